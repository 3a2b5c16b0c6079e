"""Gathers what one decision rests on into a file for an auditor; it must not know how that file is proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.core import chain, dossier
from bot.core.chain import Link, Logged
from bot.core.dossier import Part
from bot.core.erasure import REDACTED
from bot.core.questionnaire_json import to_json
from bot.core.records import Asked, Decision, Given
from bot.core.values import encode
from bot.service import ServiceError, attesting, users
from bot.service.work import Work

ALL = 1_000_000  # decisions or check-ins: more than there will ever be
NAMED = 5  # decisions that are named where a number is none


def export(work: Work, number: int) -> Part:
    """The file of one decision. Raises ServiceError where there is none of that number."""
    every = work.unit.decisions(limit=ALL)
    made = next((one for one in every if one.id == number), None)
    if made is None:
        raise ServiceError(_unknown(work, number, every[:NAMED]))
    return dossier.written(dict(_parts(work, made)))


def unsealed(file: Part) -> Sequence[str]:
    """The events in a file that have no link yet."""
    parts = file["parts"]
    assert isinstance(parts, dict)  # noqa: S101 - as `written` makes it
    return [name for name, part in parts.items() if isinstance(part, dict) and part.get("link", "") is None]


def _unknown(work: Work, number: int, newest: Sequence[Decision]) -> str:
    names = {pilot: name for pilot, _, name in work.unit.pilot_names()}
    told = "; ".join(
        f"{one.id} ({one.choice} for {names.get(one.pilot, '')}, {one.at:%Y-%m-%d})" for one in newest
    )
    return f"There is no decision {number}. The newest are: {told}." if told else "Nothing was decided yet."


def _parts(work: Work, made: Decision) -> Iterator[tuple[str, Part]]:
    """Every part with its name, in the order in which a person reads them."""
    pilot = work.unit.pilot(made.pilot)
    asked = [one for one in work.unit.history(made.pilot, limit=ALL) if one.slot <= made.at]
    yield dossier.DECISION, dossier.as_json(made)
    if pilot is not None:
        yield "pilot", dossier.as_json(pilot)
    yield "scores", _scores(work, made)
    yield "record", _word(work, made)
    for edition in sorted({(one.questionnaire, one.version) for one in asked}):
        form = work.unit.form(*edition)
        if form is not None:
            yield f"{dossier.FORM} {form.key}", to_json(form)
    for one in reversed(asked):
        yield from _checkin(work, one)
    trail = _trail(work, made)
    for link, logged in (*trail, *_redactions(work, made, [logged.id for _, logged in trail])):
        yield f"{dossier.EVENT} {logged.id}", dossier.event_part(logged, link)
    yield "people", _people(work, made, asked)


def _trail(work: Work, made: Decision) -> Sequence[tuple[Link | None, Logged]]:
    """What happened to the pilot, but for its users' votes: beside who was asked when, each would have a name."""
    return [one for one in work.unit.trail(made.pilot) if one[1].event.kind != users.VOTE]


def _redactions(work: Work, made: Decision, events: Sequence[int]) -> Iterator[tuple[Link | None, Logged]]:
    """The lines of the log that say what was taken out of these events, or out of the decision."""
    for link, logged in work.unit.trail_of_kind(REDACTED):
        told = (logged.event,)
        if chain.remnants_in(told).keys() & set(events) or made.id in chain.remnants_in(told, "decisions"):
            yield link, logged


def _word(work: Work, made: Decision) -> Part:
    """Who said last before it was decided whether the pilot's record is true; empty where nobody had. The event with
    that number is a part of its own.
    """
    said = [
        logged for _, logged in _trail(work, made) if logged.event.kind in (attesting.TRUE, attesting.REFUSED)
    ]
    last = max((one for one in said if one.event.at <= made.at), key=lambda one: one.event.at, default=None)
    if last is None:
        return {}
    true = last.event.kind == attesting.TRUE
    return {"true": true, "by": last.event.actor, "at": last.event.at.isoformat(), "event": last.id}


def _scores(work: Work, made: Decision) -> Part:
    """The readiness that stood when it was decided; the decision itself holds the numbers it was shown."""
    snapshot = work.unit.snapshot(made.pilot, before=made.at)
    return dossier.as_json(snapshot) if snapshot else {}


def _checkin(work: Work, asked: Asked) -> Iterator[tuple[str, Part]]:
    """A check-in with its reminders, then each answer as it was given: later ones correct earlier ones."""
    kept = work.unit.checkin(asked.id)
    plain = dossier.as_json(asked)
    del plain["answers"]
    yield f"check-in {asked.id}", plain | {"reminders": kept.state.reminders if kept else 0}
    for number, answer in enumerate(work.unit.given(asked.id), start=1):
        yield f"answer {number} of check-in {asked.id} ({answer.question})", _answer(answer)


def _answer(answer: Given) -> Part:
    value = None if answer.value is None else encode(answer.value)
    return dossier.as_json(answer) | {"value": value}


def _people(work: Work, made: Decision, asked: Sequence[Asked]) -> Part:
    """Who the numbers of people in the other parts are."""
    pilot = work.unit.pilot(made.pilot)
    holders = {pilot.owner, pilot.deputy, pilot.sponsor, pilot.decider, pilot.builder} if pilot else set()
    holders |= {person for _, person in pilot.reviewers} if pilot else set()
    actors = {logged.event.actor for _, logged in _trail(work, made)}
    answerers = {answer.by for one in asked for answer in work.unit.given(one.id)}
    named = {made.by} | holders | actors | answerers | {one.person for one in asked}
    return {str(person.id): person.name for person in work.unit.people() if person.id in named}
