"""Once a year a pilot's owner confirms that its record is true: when they are asked, and what becomes of their word.

Their word is an event, and so a link of the log's chain. It must not word any of it.
"""

from __future__ import annotations

from datetime import timedelta

from bot.core import permissions
from bot.core.compose import attesting as words
from bot.core.compose import notes
from bot.core.decisions import ENDED
from bot.core.permissions import Action
from bot.core.ports import Message, Nothing, Reply, Show
from bot.core.records import Event, Person, PersonId, Pilot
from bot.core.tokens import Token
from bot.core.values import Json
from bot.service import cases, evaluate, hours, nagging, registry
from bot.service.work import Work

ASKED, TRUE, REFUSED = "record.asked", "record.confirmed", "record.refused"  # events
PAUSED = "paused"  # a stage: what waits is not asked about
YEAR = timedelta(days=365)
AGAIN = timedelta(days=28)  # before somebody who did not press is asked once more
MENDED = timedelta(days=7)  # after a no: time to put it right
OPEN_FOR = timedelta(days=14)  # a message that could not be sent by then comes another time
WAITS = timedelta(days=28)  # for an answer that the question can ride along with: two check-ins
ONE_IN = timedelta(days=7)  # whoever owns several is asked about one in a week
FEW = 50  # questions of one week looked back at, of which one may be theirs


def ride_along(work: Work, pilot: Pilot) -> None:
    """The owner has answered: ask them at their next good hour, where it is time for it."""
    if pilot.owner is not None and pilot.stage not in ENDED and _is_time(work, pilot):
        _ask_in_turn(work, pilot, pilot.owner)


def notice(work: Work, pilot: Pilot) -> None:
    """At night: ask whoever answers nothing that it could ride along with, where their week has room for a message."""
    if pilot.stage in (*ENDED, PAUSED) or pilot.owner is None or not _is_time(work, pilot, late=WAITS):
        return
    owner = work.unit.person(pilot.owner)
    if owner is None or work.is_away(owner) or nagging.room(work, owner) > work.now:
        return
    _ask_in_turn(work, pilot, owner.id)


def _ask_in_turn(work: Work, pilot: Pilot, owner: PersonId) -> None:
    """One question in a week to one person, over all their pilots."""
    lately = work.unit.events(kinds=(ASKED,), since=work.now - ONE_IN, limit=FEW)
    if all(event.after != owner for event in lately):
        _ask(work, pilot, owner)


def _is_time(work: Work, pilot: Pilot, *, late: timedelta = timedelta(0)) -> bool:
    """A year, and so much more, after the pilot began or the record was last confirmed; not again at once."""
    if work.today() - pilot.created < YEAR + late:
        return False
    since = work.now - YEAR - late
    told = work.unit.events(pilot=pilot.id, kinds=(ASKED, TRUE, REFUSED), since=since, limit=20)
    if any(event.kind == TRUE for event in told):
        return False
    rest = MENDED if told and told[0].kind == REFUSED else AGAIN
    return not told or work.now - told[0].at >= rest


def _ask(work: Work, pilot: Pilot, owner: int) -> None:
    address = registry.address_of(work.unit, owner)
    if address is None:
        return
    person, slot = work.unit.person(owner), work.today().toordinal()
    good = hours.good(work, person, work.now)
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


def newest_word(work: Work, pilot: Pilot) -> Event | None:
    """The newest word about the record."""
    return next(iter(work.unit.events(pilot=pilot.id, kinds=(TRUE, REFUSED), limit=1)), None)


def told(work: Work, pilot: Pilot, reader: Person) -> str:
    """The newest word about the record, as a status and a reason show it; empty where there is none."""
    newest = newest_word(work, pilot)
    if newest is None or newest.actor is None:
        return ""
    on, who = work.day(newest.at, reader), cases.name_of(work, newest.actor)
    return words.standing(who, on, work.today(reader), true=newest.kind == TRUE)
