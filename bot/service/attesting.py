"""Once a year a pilot's owner confirms that its record is true: when they are asked, and what becomes of their word.

Their word is an event, and so a link of the log's chain. It must not word any of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from bot.core import nags, permissions
from bot.core.bundles import MOST, Lane
from bot.core.compose import attesting as words
from bot.core.compose import notes
from bot.core.decisions import ENDED
from bot.core.permissions import Action
from bot.core.ports import Message, Nothing, Reply, Show, Update
from bot.core.records import Event, Person, Pilot
from bot.core.tokens import Token
from bot.core.values import Json
from bot.service import bundling, cases, evaluate, hours, nagging, registry
from bot.service.work import Held, Work

ASKED, TRUE, REFUSED = "record.asked", "record.confirmed", "record.refused"  # events
PAUSED = "paused"  # a stage: what waits is not asked about
YEAR = timedelta(days=365)
AGAIN = timedelta(days=28)  # before somebody who did not press is asked once more
MENDED = timedelta(days=7)  # after a no: time to put it right
OPEN_FOR = timedelta(days=14)  # a message that could not be sent by then comes another time
WAITS = timedelta(days=28)  # for an answer that the question can ride along with: two check-ins
ONE_IN = timedelta(days=7)  # whoever was asked is not asked again before, also about another pilot


def ride_along(work: Work, pilot: Pilot) -> None:
    """The owner has answered: ask them at their next good hour, where it is time for it and their week has room."""
    owner = work.unit.person(pilot.owner) if pilot.owner is not None else None
    if owner is not None and _asks_about(pilot) and _is_time(work, pilot):
        _ask_by_itself(work, owner)


def notice(work: Work, pilot: Pilot) -> None:
    """At night: ask whoever answers nothing that it could ride along with."""
    owner = work.unit.person(pilot.owner) if pilot.owner is not None else None
    if owner is not None and _asks_about(pilot) and _is_time(work, pilot, late=WAITS):
        _ask_by_itself(work, owner)


def join(work: Work) -> None:
    """Whoever is about to be asked about several pilots reads the yearly question in the same message."""
    said = work.gathered.said if work.gathered is not None else ()
    asked = Counter(one.message.address for one in said if one.lane is Lane.QUESTIONS)
    for address, lines in asked.items():
        owner = work.unit.person_at(address) if lines > 1 else None
        if owner is not None:
            _ask(work, owner, Lane.QUESTIONS, most=-lines % MOST)  # what the last message still holds


def _ask_by_itself(work: Work, owner: Person) -> None:
    """In a message of its own, which counts in their week; where that is full, another time."""
    if work.is_away(owner) or nagging.room(work, owner) > work.now:
        return
    together = bundling.gathering(work)
    if asked := _ask(together, owner, Lane.RECORDS):
        bundling.send(together)
        _count(work, owner, asked)


def _count(work: Work, owner: Person, asked: Sequence[Pilot]) -> None:
    """It is noted with the newest check-in about them; whoever never had one has room in their week."""
    newest = next((past for pilot in asked for past in work.unit.history(pilot.id, limit=1)), None)
    if newest is not None:
        nagging.note(work, owner.id, newest.pilot, newest.id, nags.RECORD)


def _ask(work: Work, owner: Person, lane: Lane, *, most: int = MOST) -> list[Pilot]:
    """All of somebody's pilots whose time it is are asked about together, and then none for a week: which are."""
    address = registry.address_of(work.unit, owner.id)
    own = [one for one in work.unit.pilots_of(owner.id) if one.owner == owner.id and _asks_about(one)]
    due = [one for one in own if _is_time(work, one)][:most]
    if address is None or work.gathered is None or not due or _asked_lately(work, own):
        return []
    slot, good = work.today().toordinal(), hours.good(work, owner, work.now)
    for pilot in due:
        card = words.question(_record(work, pilot, owner), slot=slot)
        message = Message(_key(pilot, slot), address, card, not_before=good, stale_at=good + OPEN_FOR)
        work.gathered.said.append(Held(message, words.line(pilot, slot=slot), lane))
        work.unit.record(Event(ASKED, work.now, None, pilot.id, str(slot), after=owner.id))
    return due


def _asks_about(pilot: Pilot) -> bool:
    """What has ended or waits is not asked about."""
    return pilot.stage not in (*ENDED, PAUSED)


def _asked_lately(work: Work, own: Sequence[Pilot]) -> bool:
    since = work.now - ONE_IN
    return any(work.unit.events(pilot=one.id, kinds=(ASKED,), since=since, limit=1) for one in own)


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
    if any(event.subject == slot for event in said):
        return Show(notes.stale())
    if token.arg == words.OPEN:
        return Show(words.question(_record(work, pilot, person), slot=token.step))
    if token.arg not in (words.TRUE, words.NOT_TRUE):
        return Show(notes.stale())
    return _confirmed(work, person, pilot, token)


def _confirmed(work: Work, person: Person, pilot: Pilot, token: Token) -> Reply:
    """Their word goes into the log, and its message shows it; so does what was opened from a line of one."""
    true = token.arg == words.TRUE
    scores = evaluate.stand(work, pilot, own=True).readiness
    after: Json = {"overall": scores.overall, "stage": pilot.stage}
    kind, slot = TRUE if true else REFUSED, str(token.step)
    work.unit.record(Event(kind, work.now, person.id, pilot.id, slot, after=after))
    card = words.confirmed(pilot, work.today(person)) if true else words.refused(pilot)
    key, address = _key(pilot, token.step), registry.address_of(work.unit, person.id)
    if address is not None and (host := work.unit.stands_in(key)):
        bundling.change(
            work, host, key, words.settled_line(pilot, card), address=address, to=f"{key}:{token.arg}"
        )
        return Update(card, over=True)
    if address is not None:
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
