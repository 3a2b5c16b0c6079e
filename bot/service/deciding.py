"""Opens the decision form: on its day, after too long a time Stuck, or on request; it must not know what it does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.core import cadence, decisions, names, permissions
from bot.core.card import Card
from bot.core.compose import decision as words
from bot.core.compose.form import form_card
from bot.core.decisions import DECISION
from bot.core.localtime import wall
from bot.core.permissions import Action
from bot.core.ports import Message, Nothing, Problems, Reply, Show
from bot.core.questionnaire import STAGES
from bot.core.records import Person, PersonId, Pilot
from bot.core.state import Checkin
from bot.service import cases, checkins, evaluate, framing, hours, registry, schedules
from bot.service.work import Work

AGAIN = timedelta(days=7)  # a decision that nobody makes is asked for once a week, as the digest does
AT_ONCE = 5  # people who open the same decision in the same moment
LATEST = 1  # decisions looked at for what has been settled

Values = Mapping[str, Any]


# --- by itself ------------------------------------------------------------------------------------------------------


def look(work: Work, pilot: Pilot) -> None:
    """The day on which a decision may be due has come: ask for it, or plan the next look."""
    if pilot.stage not in STAGES:  # a pause ends by itself first, and then this is planned anew
        schedules.set_decision(work, pilot, None)
        return
    standing = evaluate.stand(work, pilot)
    good = _good_hour(work, pilot, work.today())
    if not cases.waits(work, pilot, standing=standing):
        schedules.plan_decision(work, pilot)
    elif good > work.now:
        schedules.set_decision(work, pilot, good)
    else:
        schedules.set_decision(work, pilot, _good_hour(work, pilot, work.today() + AGAIN))
        ask_or_tell(work, pilot)


def _good_hour(work: Work, pilot: Pilot, day: date) -> datetime:
    """The first good moment of a day, or after now where that is over, for whoever decides."""
    person = whom(work, pilot)
    zone, asking = work.zone(person), work.asking(person)
    return cadence.good_moment(max(wall(day, time(asking.hour), zone), work.now), zone=zone, asking=asking)


def whom(work: Work, pilot: Pilot) -> Person | None:
    """Who is to be asked first: of those who decide, the first who is here."""
    known = [person for one, _ in decisions.deciders(pilot) if (person := work.unit.person(one)) is not None]
    return next((person for person in known if not work.is_away(person)), next(iter(known), None))


def _holds(work: Work, pilot: Pilot, person: PersonId) -> Checkin | None:
    """The form of this decision that somebody has before them."""
    live = work.unit.live_checkins(pilot=pilot.id)
    return next((one for one in live if one.questionnaire == DECISION and one.state.person == person), None)


def ask_or_tell(work: Work, pilot: Pilot) -> None:
    """Ask for a decision, once at a time; where nobody can be asked, the leads hear why."""
    person = whom(work, pilot)
    if person is not None and _holds(work, pilot, person.id):
        return
    asked = ask(work, pilot)
    if not isinstance(asked, str):
        return
    due = pilot.decide_by if pilot.decide_by is not None and pilot.decide_by < work.today() else None
    card = words.nobody_to_ask(pilot.name, pilot.id, why=asked, due=due, today=work.today())
    for lead in registry.leads(work.unit, pilot):
        address = registry.address_of(work.unit, lead.id)
        if address is not None:
            key = f"undecided:{pilot.id}:{work.today().isoformat()}:{lead.id}"
            at = hours.there(work, lead)
            work.unit.enqueue(Message(key, address, card, not_before=at), work.now)


def ask(work: Work, pilot: Pilot) -> Person | str:
    """Send the form to whoever decides; whom, or why nobody was asked (it goes on a sentence)."""
    person = whom(work, pilot)
    if person is None or not person.active:
        return words.NO_DECIDER
    if _holds(work, pilot, person.id):
        return words.has_it(person.name)
    if person.away_until is not None and work.is_away(person):
        return words.away(person.name, person.away_until, work.today(person))
    if registry.address_of(work.unit, person.id) is None:
        return words.unreachable(person.name)
    _open(work, pilot, person.id)
    return person


def _open(work: Work, pilot: Pilot, person: PersonId) -> Checkin | None:
    """A form of one's own, beside those of others: a slot is one for each pilot, so each takes the next free one."""
    slots = (work.now + timedelta(microseconds=taken) for taken in range(AT_ONCE))
    opened = (
        checkins.open_one(work, pilot, DECISION, person=person, slot=slot, on_demand=True, beside=True)
        for slot in slots
    )
    return next((checkin for checkin in opened if checkin is not None), None)


# --- on request -----------------------------------------------------------------------------------------------------


def decide(work: Work, person: Person, pilot: Pilot, *, direct: bool) -> Reply:
    """The form for whoever may decide; for all others, whom to ask. In a direct conversation it comes as a message."""
    if pilot.stage in decisions.ENDED:
        return Show(words.over(pilot.name, pilot.stage))
    if not cases.role_of(work, pilot, person.id):
        return Show(_not_yours(work, person, pilot))
    own = _holds(work, pilot, person.id)
    opened = own or _open(work, pilot, person.id)
    if opened is None:
        return Show(words.elsewhere(pilot.name))
    reachable = registry.address_of(work.unit, person.id) is not None
    return Nothing() if direct and reachable and own is None else Show(_form(work, pilot, opened))


def _form(work: Work, pilot: Pilot, checkin: Checkin) -> Card:
    form = checkins.form_of(work, checkin) or work.content.questionnaires[DECISION]
    context = framing.context_for(work, checkin, form, pilot)
    return form_card(form, context, checkin.state, work.now)


def _not_yours(work: Work, person: Person, pilot: Pilot) -> Card:
    decider = next((cases.name_of(work, one) for one, _ in decisions.deciders(pilot)), "")
    owns = permissions.barred(person.id, Action.DECIDE, pilot)
    return words.not_yours(
        pilot.name, decider=decider, owns=owns, due=pilot.decide_by, today=work.today(person)
    )


def settled(work: Work, person: Person, pilot: Pilot, *, since: date) -> Reply | None:
    """What an old button says where it has been decided since the day it was drawn; None where it has not."""
    newest = next(iter(work.unit.decisions(pilot=pilot.id, limit=LATEST)), None)
    if newest is None or work.day(newest.at) < since:
        return None
    today, who = work.today(person), cases.name_of(work, newest.by)
    said = words.decided_by(newest, who, work.day(newest.at, person), today)
    again = cases.role_of(work, pilot, person.id) and pilot.stage not in decisions.ENDED
    actions = (words.decide_button(pilot.name, pilot.id, label="Decide anew"),) if again else ()
    return Show(words.settled(pilot.name, said, actions))


def pilots_resolved(work: Work, checkin: Checkin, values: Values) -> Values | Problems:
    """The pilot that another is merged into by its whole name, or what is wrong with what was written."""
    wanted = values.get("dec.into")
    if checkin.questionnaire != DECISION or not isinstance(wanted, str) or not wanted.strip():
        return values
    others = [one for one in work.unit.pilots() if one.id != checkin.pilot and permissions.is_for_all(one)]
    match names.match_name(wanted, [(one.id, one.key, one.name) for one in others]):
        case names.Found(pilot):
            return {**values, "dec.into": next(one.name for one in others if one.id == pilot)}
    return Problems({"dec.into": words.no_such_pilot(wanted)})
