"""What silence comes to in the end: done for each pilot, told to each person once for all of theirs.

It must not know when an end is due, nor who was asked before. The owner hears first: a sponsor or decider who is away,
or for whom it is night, does so later, and not at all where somebody has answered by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.core import nags
from bot.core.compose import silence as words
from bot.core.decisions import ENDED
from bot.core.ports import Message
from bot.core.records import Address, Event, Person, PersonId, Pilot
from bot.service import checkins, deciding, hours, nagging, registry, silence
from bot.service.work import Concluded, Work

CAME = "silence.outcome"  # an event: `subject` is what came of it
TOLD = (
    "silence.told"  # an event: `subject` is the part in the pilot whose holder has heard of it, or was asked
)
OWNER, DECIDER, SPONSOR = "owner", "decider", "sponsor"


def conclude(work: Work, pilot: Pilot) -> None:
    """Everybody was asked, and nobody answered: what was announced happens, and its people hear of it.

    Where messages wait for each other they are told with `tell`, else at once.
    """
    outcome = silence.outcome_of(work, pilot)
    came = Event(CAME, work.now, None, pilot.id, outcome)
    work.unit.record(came)
    if outcome == "pause":
        until = work.today() + timedelta(days=work.content.policy.escalation.pause_days)
        pilot = registry.pause(work, pilot, until, actor=None)
        checkins.withdraw(work, pilot, f"{pilot.name} is paused.")
    silence.end(work, pilot, None)
    _go_round(work, pilot, came)


def go_on(work: Work, pilot: Pilot) -> None:
    """Somebody who could not be disturbed then can be now. What does not hold any more is told to nobody."""
    came = next(iter(work.unit.events(pilot=pilot.id, kinds=(CAME,), limit=1)), None)
    over = pilot.stage in ENDED or silence.has_another_owner(work, pilot)
    if came is None or over or (pilot.stage == "paused") != (came.subject == "pause"):
        silence.put(work, pilot, None)
    else:
        _go_round(work, pilot, came)


def _go_round(work: Work, pilot: Pilot, came: Event) -> None:
    """Each hears at an hour of their own; the silence is looked at again when the next of them is there."""
    told = {event.subject for event in work.unit.events(pilot=pilot.id, kinds=(TOLD,), since=came.at)}
    hear, later = [], []
    for part, person in _who_hears(work, pilot, came.subject):
        if part in told:
            continue
        if (at := hours.there(work, person) if person else work.now) > work.now:
            later.append(at)
            continue
        work.unit.record(Event(TOLD, work.now, None, pilot.id, part))
        if part == DECIDER:
            deciding.ask_or_tell(work, pilot)
        else:
            hear.append(person)
    if hear:
        _tell_of(work, pilot, came.subject, tuple(one.id for one in hear if one is not None))
    silence.put(work, pilot, min(later, default=None))


def _who_hears(work: Work, pilot: Pilot, outcome: str) -> Iterator[tuple[str, Person | None]]:
    """The owner, the sponsor beside them, and whoever decides where that is what came of it."""
    seen = set()
    for part, holder in ((OWNER, pilot.owner), (SPONSOR, pilot.sponsor)):
        person = work.unit.person(holder) if holder is not None and holder not in seen else None
        if person is not None and person.active and registry.address_of(work.unit, person.id) is not None:
            seen.add(holder)
            yield part, person
    if outcome == "decide":
        yield DECIDER, deciding.whom(work, pilot)


def _tell_of(work: Work, pilot: Pilot, outcome: str, hear: tuple[PersonId, ...]) -> None:
    since, checkin = silence.begun(work, pilot)
    end = Concluded(pilot, checkin, since, outcome, pilot.paused_until or work.today(), hear)
    if work.gathered is None:
        _tell_all(work, [end])
    else:
        work.gathered.concluded.append(end)


def tell(work: Work) -> None:
    """Each person hears of all ends that were gathered for them, in one message."""
    if work.gathered is not None:
        _tell_all(work, work.gathered.concluded)
        work.gathered.concluded.clear()


def _tell_all(work: Work, ends: Sequence[Concluded]) -> None:
    """Owners first: of two messages of one moment it is theirs that leaves first."""
    owners = [end.pilot.owner for end in ends]
    others = [holder for end in ends for holder in end.hear]
    for holder in dict.fromkeys((*owners, *others)):
        person = work.unit.person(holder) if holder is not None else None
        address = registry.address_of(work.unit, person.id) if person is not None else None
        theirs = [end for end in ends if person is not None and person.id in end.hear]
        if person is not None and address is not None and theirs:
            _tell(work, person, address, theirs)


def _tell(work: Work, person: Person, address: Address, ends: Sequence[Concluded]) -> None:
    told = [
        words.Ended(end.pilot.key, end.pilot.name, work.day(end.since, person), end.outcome, end.until)
        for end in ends
    ]
    first = ends[0]
    key = f"silence/{first.pilot.id}/{first.checkin}/{person.id}"
    work.unit.enqueue(Message(key, address, words.ended(told, work.today(person))), work.now)
    # One message is noted once, however many pilots it names.
    nagging.note(work, person.id, first.pilot.id, first.checkin, nags.OUTCOME)
