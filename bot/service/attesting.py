"""Once a year a pilot's owner confirms that its record is true: when they are asked, and what becomes of their word.

Their word is an event, and so a link of the log's chain. It must not word any of it.
"""

from __future__ import annotations

from datetime import timedelta

from bot.core import cadence, permissions
from bot.core.compose import attesting as words
from bot.core.compose import notes
from bot.core.decisions import ENDED
from bot.core.permissions import Action
from bot.core.ports import Message, Nothing, Reply, Show
from bot.core.records import Event, Person, Pilot
from bot.core.tokens import Token
from bot.core.values import Json
from bot.service import cases, evaluate, registry
from bot.service.work import Work

ASKED, TRUE, REFUSED = "record.asked", "record.confirmed", "record.refused"  # events
YEAR = timedelta(days=365)
AGAIN = timedelta(days=28)  # before somebody who did not press is asked once more
MENDED = timedelta(days=7)  # after a no: time to put it right
OPEN_FOR = timedelta(days=14)  # a message that could not be sent by then comes with a later check-in


def ride_along(work: Work, pilot: Pilot) -> None:
    """The owner has answered: ask them at their next good hour, where it is time for it."""
    if pilot.owner is not None and pilot.stage not in ENDED and _is_time(work, pilot):
        _ask(work, pilot, pilot.owner)


def _is_time(work: Work, pilot: Pilot) -> bool:
    """A year after the pilot began or the record was last confirmed; not again at once."""
    if work.today() - pilot.created < YEAR:
        return False
    told = work.unit.events(pilot=pilot.id, kinds=(ASKED, TRUE, REFUSED), since=work.now - YEAR, limit=20)
    if any(event.kind == TRUE for event in told):
        return False
    rest = MENDED if told and told[0].kind == REFUSED else AGAIN
    return not told or work.now - told[0].at >= rest


def _ask(work: Work, pilot: Pilot, owner: int) -> None:
    address = registry.address_of(work.unit, owner)
    if address is None:
        return
    person, slot = work.unit.person(owner), work.today().toordinal()
    good = cadence.good_moment(work.now, zone=work.zone(person), asking=work.content.policy.asking)
    card = words.question(_record(work, pilot, person), slot=slot)
    message = Message(_key(pilot, slot), address, card, not_before=good, stale_at=good + OPEN_FOR)
    if work.unit.enqueue(message, work.now):
        work.unit.record(Event(ASKED, work.now, None, pilot.id, str(slot), after=owner))


def _key(pilot: Pilot, slot: int) -> str:
    return f"record:{pilot.id}:{slot}"


def _record(work: Work, pilot: Pilot, reader: Person | None) -> words.Record:
    scores = evaluate.stand(work, pilot, own=True).readiness
    levels = work.unit.levels(pilot.id)
    named = [cases.name_of(work, one) if one is not None else "" for one in (pilot.sponsor, pilot.decider)]
    items = len(list(work.content.model.items()))
    return words.Record(pilot, named[0], named[1], scores.overall, len(levels), items, work.today(reader))


def answered(work: Work, person: Person, pilot: Pilot, token: Token) -> Reply:
    """The owner's one tap. It holds for the question that was put, once."""
    slot = str(token.step)
    asked = work.unit.events(pilot=pilot.id, kinds=(ASKED,), limit=100)
    theirs = any(event.subject == slot and event.after == person.id for event in asked)
    if not theirs:
        return Show(notes.not_there())
    if not permissions.may(person, Action.ATTEST, pilot):
        owner = cases.name_of(work, pilot.owner) if pilot.owner is not None else ""
        sees = permissions.may(person, Action.SEE, pilot)
        return Show(words.not_yours(pilot, owner) if sees else notes.not_there())
    said = work.unit.events(pilot=pilot.id, kinds=(TRUE, REFUSED), limit=100)
    if any(event.subject == slot for event in said) or token.arg not in (words.TRUE, words.NOT_TRUE):
        return Show(notes.stale())
    true = token.arg == words.TRUE
    scores = evaluate.stand(work, pilot, own=True).readiness
    after: Json = {"overall": scores.overall, "stage": pilot.stage}
    work.unit.record(Event(TRUE if true else REFUSED, work.now, person.id, pilot.id, slot, after=after))
    card = words.confirmed(pilot, work.today(person)) if true else words.refused(pilot)
    address = registry.address_of(work.unit, person.id)
    if address is not None:
        key = _key(pilot, token.step)
        work.unit.enqueue(Message(f"{key}:{token.arg}", address, card, replaces=key), work.now)
    return Nothing()


def told(work: Work, pilot: Pilot, reader: Person) -> str:
    """The newest word about the record, as a status shows it; empty where there is none."""
    newest = next(iter(work.unit.events(pilot=pilot.id, kinds=(TRUE, REFUSED), limit=1)), None)
    if newest is None or newest.actor is None:
        return ""
    on, who = work.day(newest.at, reader), cases.name_of(work, newest.actor)
    return words.standing(who, on, work.today(reader), true=newest.kind == TRUE)
