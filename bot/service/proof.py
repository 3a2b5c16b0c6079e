"""A link becomes the proof of a readiness item: who may, what is still to be asked, what it did; it words nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core import names, permissions, proof, readiness
from bot.core.answers import Wrong, link_in, tidy
from bot.core.card import Card
from bot.core.compose import notes
from bot.core.compose import proof as words
from bot.core.compose.picking import CHOOSE, PILOT
from bot.core.permissions import Action
from bot.core.ports import Problems, Reply, Show
from bot.core.questionnaire import Item
from bot.core.records import Event, ItemLevel, Person, Pilot
from bot.core.tokens import Token
from bot.core.values import Json
from bot.service import evaluate, search
from bot.service.work import Work

LEVELS = {str(level): level for level in range(5)}


@dataclass(frozen=True, slots=True)
class _Link:
    """One link in the hands of one person."""

    work: Work
    person: Person
    url: str

    def pilot(self, text: str) -> Pilot | None:
        """The pilot that a key or a name can only mean, among those the person may see."""
        seen = [pilot for pilot in self.work.unit.pilots() if permissions.may(self.person, Action.SEE, pilot)]
        match names.match_name(text, [(pilot.id, pilot.key, pilot.name) for pilot in seen]):
            case names.Found(ident):
                return next(pilot for pilot in seen if pilot.id == ident)
        return None

    def item(self, text: str) -> Item | None:
        """The readiness item that an id or a name can only mean."""
        items = list(self.work.content.model.items())
        known = [(n, one.id, evaluate.name_of(self.work.content, one.id)) for n, one in enumerate(items)]
        match names.match_name(text, known):
            case names.Found(place):
                return items[place]
        return None


def wanted(work: Work, person: Person, about: str, url: str) -> Reply:
    """The command: attach the link where everything is said, else ask for what is missing."""
    link = _Link(work, person, url)
    if not about:
        return Show(_form(link, _only_pilot(link)))
    for pilot_text, item_text in proof.readings(about):
        pilot = link.pilot(pilot_text)
        item = link.item(item_text) if pilot and item_text else None
        if pilot is not None and (item is not None or not item_text):
            return _on(link, pilot, item)
    pilot_text, item_text = next(proof.readings(about))
    if (pilot := link.pilot(pilot_text)) is not None:
        return _on(link, pilot, None, problem=(words.ITEM, words.no_such_item(item_text)))
    return Show(_form(link, None, problem=(PILOT, words.no_such_pilot(pilot_text))))


def clicked(work: Work, person: Person, token: Token, values: Mapping[str, Any] | None) -> Reply:
    """A form about proof was sent, or one is asked for."""
    given = values or {}
    link = _Link(work, person, tidy(str(given.get(words.LINK) or "")))
    if token.verb == words.ATTACH:
        return _sent(link, given) if values is not None else Show(_form(link, _only_pilot(link)))
    pilot, item = work.unit.pilot(token.id), work.content.model.item(token.arg)
    if pilot is None or item is None or not permissions.may(person, Action.PROVE, pilot):
        return Show(notes.not_there())
    if token.verb == words.ASK or values is None:
        return Show(_level_card(link, pilot, item))
    level = LEVELS.get(str(given.get(words.LEVEL) or ""))
    if level is None:
        return Problems({words.LEVEL: words.CHOOSE_LEVEL})
    return _attach(link, pilot, item, level)


def _sent(link: _Link, given: Mapping[str, Any]) -> Reply:
    """The form: first the pilot, then, with its items before one's eyes, the rest."""
    pilot = link.pilot(tidy(str(given.get(PILOT) or "")))
    if pilot is None:
        return Problems({PILOT: CHOOSE})
    if words.ITEM not in given:
        return _on(link, pilot, None)
    item = link.work.content.model.item(str(given[words.ITEM]))
    return _on(link, pilot, item) if item else Problems({words.ITEM: words.CHOOSE_ITEM})


def _on(link: _Link, pilot: Pilot, item: Item | None, *, problem: tuple[str, str] | None = None) -> Reply:
    if not permissions.may(link.person, Action.PROVE, pilot):
        return Show(words.ask_them_card(pilot, _whom(link.work, pilot)))
    if item is None or not link.url:
        return Show(_form(link, pilot, item=item.id if item else "", problem=problem))
    level = link.work.unit.levels(pilot.id).get(item.id)
    if level is None or level.level is None or level.not_applicable:
        read = link_in(link.url)
        return (
            Problems({words.LINK: read.why})
            if isinstance(read, Wrong)
            else Show(_level_card(link, pilot, item))
        )
    return _attach(link, pilot, item, level.level)


def _only_pilot(link: _Link) -> Pilot | None:
    """The one pilot of whoever asks; a lead's are those they have a part in."""
    mine = [
        pilot
        for pilot in link.work.unit.pilots()
        if permissions.may(link.person, Action.PROVE, pilot) and permissions.relations(link.person, pilot)
    ]
    return mine[0] if len(mine) == 1 else None


def _form(
    link: _Link, pilot: Pilot | None, *, item: str = "", problem: tuple[str, str] | None = None
) -> Card:
    work = link.work
    if pilot is None and not any(
        permissions.may(link.person, Action.PROVE, one) for one in work.unit.pilots()
    ):
        return notes.note(words.NOBODY)
    levels = work.unit.levels(pilot.id) if pilot else {}
    pilots = search.pilot_offers(work.unit, link.person, must=pilot)
    items = proof.wanting(levels, work.content.model, work.content.policy, work.now)
    problems = (problem,) if problem else ()
    return words.attach_card(pilots, items, pilot=pilot, item=item, link=link.url, problems=problems)


def _level_card(link: _Link, pilot: Pilot, item: Item) -> Card:
    known = link.work.unit.levels(pilot.id).get(item.id)
    level = None if known is None or known.not_applicable else known.level
    return words.level_card(pilot, item, link.url or (known.link if known else ""), level=level)


def _whom(work: Work, pilot: Pilot) -> list[str]:
    holders = dict.fromkeys(person for person in (pilot.owner, pilot.deputy, pilot.builder) if person)
    found = (work.unit.person(person) for person in holders)
    return [person.name for person in found if person is not None and person.active]


# --- what it does


def _attach(link: _Link, pilot: Pilot, item: Item, level: int) -> Reply:
    """Store the link behind the level, log both, score anew, and say what that did."""
    work, url = link.work, link_in(link.url) if link.url else Wrong(words.NO_LINK)
    if isinstance(url, Wrong):
        return Problems({words.LINK: url.why})
    levels = work.unit.levels(pilot.id)
    before = levels.get(item.id)
    after = proof.attached(before, item.id, url, level=level, by=link.person.id, at=work.now)
    work.unit.set_level(pilot.id, after)
    _log(link, pilot, before, after)
    work.unit.add_snapshot(evaluate.snapshot(work, pilot))
    was, now = _scores(work, levels), _scores(work, {**levels, item.id: after})
    effect = words.Effect(
        level,
        readiness.effective(before, work.content.policy, work.now),
        readiness.effective(after, work.content.policy, work.now) or 0,
        was,
        now,
    )
    return Show(words.attached_card(pilot, item, effect))


def _scores(work: Work, levels: proof.Levels) -> int | None:
    return readiness.score(levels, work.content.model, work.content.policy, work.now).overall


def _log(link: _Link, pilot: Pilot, before: ItemLevel | None, after: ItemLevel) -> None:
    """Who changed which item's level and link, from what to what."""
    was = before.level if before else None
    changes: list[tuple[str, Json, Json]] = [
        ("item.proof", (before.link or None) if before else None, after.link)
    ]
    if was != after.level:
        changes.append(("item.level", was, after.level))
    for kind, old, new in changes:
        event = Event(kind, link.work.now, link.person.id, pilot.id, after.item, old, new)
        link.work.unit.record(event)
