"""Somebody has left, or can be reached no more: all that was theirs moves on; it must not know how that was noticed.

Check-ins go to whoever answers beside them, requests back to whoever asked, an empty part in a pilot to a person who
names somebody for it. Whoever comes back before that has it again.
"""

from __future__ import annotations

from bot.core import events
from bot.core.compose import succession as words
from bot.core.decisions import ENDED
from bot.core.ports import Message, Unit
from bot.core.records import Event, Person, Pilot
from bot.core.state import Checkin
from bot.service import ServiceError, answerers, bundling, checkins, registry, requests, succession
from bot.service.requests import OWNER, SPONSOR
from bot.service.work import Work

LEFT = "pilot.{}_left"  # an event: the part is empty because its holder is gone; `subject` is who it was
LOST = "person.lost"  # an event: a message was refused for good, and there is nowhere else to write to them
ASKED_FOR = (OWNER, SPONSOR)  # parts that somebody must have
EMPTIED = ("deputy", "decider")  # parts that others fill: owner and sponsor


def notice(work: Work, pilot: Pilot) -> None:
    """Where a pilot's owner or sponsor is gone, however that came about, it is noticed here, once."""
    for role in ASKED_FOR:
        holder = work.unit.person(getattr(pilot, role) or 0)
        if holder is not None and (not holder.active or _is_lost(work, holder)):
            gone(work, holder)


def _is_lost(work: Work, person: Person) -> bool:
    """Whether the last message to somebody could not be delivered. Who never wrote to us is awaited, not lost."""
    if is_reached(work.unit, person):
        return False
    return any(event.subject == str(person.id) for event in work.unit.events(kinds=(LOST,)))


def is_reached(unit: Unit, person: Person) -> bool:
    """Whether any account of theirs gets messages."""
    return any(account.active for account in unit.identities(person.id))


def gone(work: Work, person: Person) -> None:
    """Pass on everything that waits for somebody, and ask who takes over their parts. A second time changes nothing."""
    why = words.gone(person.name, active=person.active)
    together = bundling.gathering(work)
    for checkin in work.unit.live_checkins(person=person.id):
        _pass_on(together, checkin, person, why)
    bundling.send(together, in_good_hours=True)
    for request in work.unit.requests(person=person.id):
        if (pilot := work.unit.pilot(request.pilot)) is not None:
            requests.let_go(work, pilot, request, why)
    for pilot in work.unit.pilots_of(person.id):
        if pilot.stage not in ENDED:
            _empty(work, pilot, person, why)


def come_back(work: Work, person: Person) -> None:
    """Somebody is here again: parts that nobody has taken over meanwhile are theirs as before."""
    for role in ASKED_FOR:
        left = work.unit.events(kinds=(LEFT.format(role),))
        had = {event.pilot or 0: event for event in reversed(left) if event.subject == str(person.id)}
        given = [name for event in had.values() if (name := _give_back(work, person, role, event))]
        address = registry.address_of(work.unit, person.id)
        if given and address is not None:
            key = f"given_back:{role}:{person.id}:{work.now.isoformat()}"
            work.unit.enqueue(Message(key, address, words.back(person.name, given, role)), work.now)


def _give_back(work: Work, person: Person, role: str, left: Event) -> str:
    """The pilot's name, where the part is still free."""
    pilot = work.unit.pilot(left.pilot or 0)
    if pilot is None or getattr(pilot, role) is not None or pilot.stage in ENDED:
        return ""
    changes = {role: person.id, f"{role}_accepted": left.before is True}
    requests.ask_roles(work, registry.change_pilot(work, pilot, changes, actor=None), asked_by=person.id)
    return pilot.name


# --- check-ins ------------------------------------------------------------------------------------------------------


def _pass_on(work: Work, checkin: Checkin, person: Person, why: str) -> None:
    if checkin.state.person == person.id:
        _hand_on(work, checkin, person, why)
    for question, to in checkin.state.handed.items():
        if to == person.id:
            checkins.happen(work, checkin.id, events.PassedBack(work.now, person.id, question), actor=None)


def _hand_on(work: Work, checkin: Checkin, person: Person, why: str) -> None:
    pilot, form = work.unit.pilot(checkin.pilot), checkins.form_of(work, checkin)
    if pilot is None or form is None:
        return
    try:
        other = answerers.whom(work, pilot, form)
    except ServiceError:
        checkins.happen(work, checkin.id, events.Withdrawn(work.now, why), actor=None)
    else:
        happened = events.HandedOver(work.now, person.id, other.id)
        named = {person.id: person.name, other.id: other.name}
        checkins.happen(work, checkin.id, happened, actor=None, people=named)


# --- parts in pilots ------------------------------------------------------------------------------------------------


def _empty(work: Work, pilot: Pilot, person: Person, why: str) -> None:
    held = [role for role in (*ASKED_FOR, *EMPTIED) if getattr(pilot, role) == person.id]
    changes = dict.fromkeys(held) | {f"{role}_accepted": False for role in held if role in ASKED_FOR}
    changed = registry.change_pilot(work, pilot, changes, actor=None)
    for role in held:
        accepted = role in ASKED_FOR and getattr(pilot, f"{role}_accepted")
        work.unit.record(Event(LEFT.format(role), work.now, None, pilot.id, str(person.id), before=accepted))
    for role in ASKED_FOR:
        if role in held:
            succession.ask(work, changed, role, why)
