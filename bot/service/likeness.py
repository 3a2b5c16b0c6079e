"""A new pilot beside all others: which of them it is like, and what its owner says differs; it must not word it.

BM25 is bm25s's: kept up, 76 kB, and numpy is here already for the pictures. It is loaded by the first new pilot, on a
worker's beat, never in an answer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from bot.core import permissions
from bot.core.answers import tidy
from bot.core.compose import decision as decision_words
from bot.core.compose import likeness as words
from bot.core.compose.likeness import LIMIT, WHAT, Alike
from bot.core.permissions import Action
from bot.core.ports import Problems, Reply, Show
from bot.core.records import Decision, Event, Person, PersonId, Pilot, PilotId, Schedule
from bot.core.tokens import Token
from bot.service import hours, registry, telling
from bot.service.work import Work

LIKENESS = "likeness"  # a line among a pilot's schedules, as a decision has one: no questionnaire
SAID, SAME = "pilot.differs", "pilot.same"  # events: what differs; the pilot that it is the same as
SHOWN = 3  # pilots told of
SHARED_FROM, SHARED_SHOWN = 2, 4  # words that both use: one alone is chance; those named
SHORTEST = 3  # letters of a word that says anything
READ = 100_000  # decisions: a pilot has a few in its life
ENDED = ("stopped", "retired")


@dataclass(frozen=True, slots=True)
class Known:
    """Another pilot with all that is said of it."""

    pilot: Pilot
    text: str
    made: Decision | None = None


def plan(work: Work, pilot: Pilot, *, told_by: PersonId) -> None:
    """A pilot's first questions are answered: compare it at the next beat, or at its owner's next good hour."""
    owner = work.unit.person(pilot.owner) if pilot.owner else None
    if owner is None or any(one.questionnaire == LIKENESS for one in work.unit.schedules(pilot.id)):
        return
    due = work.now if owner.id == told_by else hours.good(work, owner, work.now)
    work.unit.save_schedule(Schedule(0, pilot.id, LIKENESS, due))


def look(work: Work, pilot: Pilot, schedule: Schedule) -> None:
    """Tell the owner which pilots this one is like; nothing where it is like none."""
    work.unit.save_schedule(replace(schedule, next_due_at=None))
    reached = pilot.owner is not None and registry.address_of(work.unit, pilot.owner) is not None
    found = alike(work, pilot) if reached else ()
    if pilot.owner is not None and found:
        telling.tell(work, pilot.owner, f"{LIKENESS}:{pilot.id}", words.card(pilot.id, pilot.name, found))


def alike(work: Work, pilot: Pilot) -> tuple[Alike, ...]:
    """The pilots that share most with this one, the ended ones first. Private ones are nobody else's to hear of."""
    known = [one for one in _all(work) if one.pilot.id != pilot.id and not one.pilot.private]
    ranked = _ranked(f"{pilot.name} {pilot.work}", known)
    return tuple(_alike(one, shared) for one, shared in sorted(ranked, key=_ended_first))


def _ended_first(ranked: tuple[Known, tuple[str, ...]]) -> bool:
    return ranked[0].pilot.stage not in ENDED


def _alike(known: Known, shared: tuple[str, ...]) -> Alike:
    learned = decision_words.learned(known.made) if known.made else ""
    pilot = known.pilot
    goes_on = pilot.stage not in ENDED
    return Alike(pilot.id, pilot.name, pilot.stage, shared[:SHARED_SHOWN], learned, goes_on=goes_on)


def _all(work: Work) -> Iterator[Known]:
    """Every pilot with its name, work, what was in its way and what was learned."""
    made: dict[PilotId, Decision] = {}
    for decision in work.unit.decisions(limit=READ):
        if decision.lesson:
            made.setdefault(decision.pilot, decision)
    asked: Mapping[PilotId, list[str]] = defaultdict(list)
    for request in work.unit.requests(unanswered=False):
        asked[request.pilot].append(f"{request.topic} {request.text}" if request.kind == "help" else "")
    for pilot in work.unit.pilots():
        lesson = made[pilot.id].lesson if pilot.id in made else ""
        text = " ".join((pilot.name, pilot.work, *asked[pilot.id], lesson))
        yield Known(pilot, text, made.get(pilot.id))


# --- which are alike ------------------------------------------------------------------------------------------------


def _ranked(wanted: str, known: Sequence[Known]) -> list[tuple[Known, tuple[str, ...]]]:
    """The best few by BM25 of those that share words with what is wanted, with these words."""
    import bm25s  # noqa: PLC0415 - loads numpy; only where a pilot is new
    from bm25s.stopwords import STOPWORDS_EN  # noqa: PLC0415 - as above

    empty = OURS | set(STOPWORDS_EN)
    asked = list(dict.fromkeys(_words(wanted, empty)))
    texts = [_words(one.text, empty) for one in known]
    if not asked or not any(texts):
        return []
    index = bm25s.BM25()
    index.index(texts, show_progress=False)
    scores = index.get_scores(asked)
    shared = [tuple(word for word in asked if word in set(text)) for text in texts]
    best = sorted(range(len(known)), key=lambda place: (-scores[place], place))
    fitting = [place for place in best if len(shared[place]) >= SHARED_FROM]
    return [(known[place], shared[place]) for place in fitting[:SHOWN]]


def _words(text: str, empty: AbstractSet[str]) -> list[str]:
    """The words that say something, in the singular as far as a last "s" tells."""
    found = (word.casefold() for word in re.findall(r"[^\W\d_]+", text))
    return [_singular(word) for word in found if len(word) >= SHORTEST and word not in empty]


def _singular(word: str) -> str:
    plural = len(word) > SHORTEST and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word


OURS = frozenset(
    {"assistant", "bot", "copilot", "helper", "new", "pilot", "team", "user", "users"}
)  # said of any


# --- the same, or what differs --------------------------------------------------------------------------------------


def clicked(
    work: Work, person: Person, pilot: Pilot, token: Token, values: Mapping[str, Any] | None
) -> Reply:
    """A button of the card: it is the same as one of them, or what differs."""
    if token.verb == words.SAME:
        return said_same(work, person, pilot, token.step)
    return answered(work, person, pilot, values)


def answered(work: Work, person: Person, pilot: Pilot, values: Mapping[str, Any] | None) -> Reply:
    """Its people say what differs; it is kept in the history."""
    text = tidy(str((values or {}).get(WHAT) or ""))
    if not text or len(text) > LIMIT:
        return Problems({WHAT: words.needed()})
    if not permissions.may(person, Action.ASK, pilot):
        return Show(words.not_yours())
    work.unit.record(Event(SAID, work.now, person.id, pilot.id, after=text))
    return Show(words.said(pilot.name, text))


def said_same(work: Work, person: Person, pilot: Pilot, other: PilotId) -> Reply:
    """Its owner says that another pilot is about the very same problem; what differs, said later, takes it back."""
    if person.id not in (pilot.owner, pilot.deputy):
        return Show(words.only_its_owner())
    known = _to_merge_into(work, other)
    if known is None:
        return Show(words.gone(pilot.name))
    if same_as(work, pilot) != known:
        work.unit.record(Event(SAME, work.now, person.id, pilot.id, after=known.id))
    return Show(words.said_same(pilot.name, known.name))


def same_as(work: Work, pilot: Pilot) -> Pilot | None:
    """The pilot about the same problem, by the last word of its owner; None for none that still goes on."""
    last = next(iter(work.unit.events(pilot=pilot.id, kinds=(SAID, SAME), limit=1)), None)
    if last is None or last.kind != SAME or not isinstance(last.after, int):
        return None
    return _to_merge_into(work, last.after)


def _to_merge_into(work: Work, other: PilotId) -> Pilot | None:
    found = work.unit.pilot(other)
    return found if found is not None and found.stage not in ENDED and not found.private else None
