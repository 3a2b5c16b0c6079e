"""Opens check-ins, lets events happen to them and obeys the effects; it must not know what the words are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core import checkin as engine
from bot.core import events, nags, review
from bot.core.bundles import TOGETHER, Lane
from bot.core.card import Card
from bot.core.compose import checkin as words
from bot.core.compose.bundle import strip
from bot.core.compose.form import in_short
from bot.core.context import Context
from bot.core.decisions import DECISION
from bot.core.events import Amend, Effect, Finish, Keep, Say, Step
from bot.core.ports import Message
from bot.core.questionnaire import STAGES, Questionnaire
from bot.core.records import Asked, Event, Given, Person, PersonId, Pilot
from bot.core.routing import Answers
from bot.core.state import ASKING, Checkin, Phase, State
from bot.core.values import Json
from bot.service import (
    Conflict,
    ServiceError,
    answerers,
    bundling,
    cases,
    consequences,
    evaluate,
    framing,
    homes,
    nagging,
    registry,
    release,
    silence,
)
from bot.service.consequences import Ended
from bot.service.work import Held, Work

ENDED = ("stopped", "retired")  # stages in which nobody is asked anything


@dataclass(frozen=True, slots=True)
class Happened:
    """A check-in after an event, with the form and context it was judged by; `lines` say what its answers did.

    `at_form`: its person has the form before them, and reads there what is asked next.
    """

    checkin: Checkin
    form: Questionnaire
    context: Context
    step: Step
    before: State
    lines: tuple[str, ...] = ()
    at_form: bool = False


def open_one(  # noqa: PLR0913 - what a check-in is opened with, all of it by name
    work: Work,
    pilot: Pilot,
    form_id: str,
    *,
    person: PersonId,
    slot: datetime,
    on_demand: bool = False,
    answers: Answers | None = None,
    beside: bool = False,
    full: bool = False,
) -> Checkin | None:
    """Ask one questionnaire of one person; None when this slot was opened before.

    An older open one is replaced, unless this one is to stand `beside` it until either is answered. `full`: a review
    of all items, not of those picked this time.
    """
    work.unit.keep_form(work.content.questionnaires[form_id])
    picked = evaluate.pick_items(work, pilot, form_id, slot=slot, full=full)
    form = review.arranged(work.content.questionnaires[form_id], picked.items, picked.blind)
    blank = State(Phase.OPEN, person, work.now, work.now)
    fresh = Checkin(
        0, pilot.id, form.id, form.version, slot, blank, picked.items, on_demand, blind=picked.blind
    )
    earlier = work.unit.history(pilot.id, questionnaire=form.id, limit=framing.READ, answers=True)
    stored = work.unit.open_checkin(fresh)
    if stored is None:
        return None
    if not beside:
        _replace_older(work, earlier)
    context = framing.context_for(work, stored, form, pilot, earlier=earlier)
    step = engine.start(form, context, person, work.now, answers=answers or {})
    happened = Happened(replace(stored, state=step.state), form, context, step, before=blank)
    _store(work, happened, was=blank.revision, actor=person)
    work.unit.record(
        Event(
            "checkin.opened",
            work.now,
            None,
            pilot.id,
            form.key,
            after={"checkin": stored.id, "person": person},
        )
    )
    return happened.checkin


def _replace_older(work: Work, earlier: Sequence[Asked]) -> None:
    """One open request for each pilot and questionnaire: what is still asking, or still takes late answers, ends."""
    for asked in earlier:
        if asked.phase not in (Phase.DONE, Phase.DECLINED, Phase.CLOSED):
            happen(work, asked.id, events.Withdrawn(work.now, "a newer one has been sent."), actor=None)


def withdraw(work: Work, pilot: Pilot, reason: str) -> None:
    """Close everything that still asks somebody about a pilot."""
    for checkin in work.unit.live_checkins(pilot=pilot.id):
        happen(work, checkin.id, events.Withdrawn(work.now, reason), actor=None)


def happen(
    work: Work,
    checkin_id: int,
    event: events.Event,
    *,
    actor: PersonId | None,
    people: Mapping[PersonId, str] | None = None,
) -> Happened | None:
    """Let an event happen to a check-in and store all that follows; None when there is no such check-in.

    Raises Conflict when somebody else changed it meanwhile.
    """
    checkin = work.unit.checkin(checkin_id)
    if checkin is None:
        return None
    form = form_of(work, checkin)
    pilot = work.unit.pilot(checkin.pilot)
    if form is None or pilot is None:
        return None
    wanted = _still_wanted(work, pilot, checkin, event)
    if wanted is not event and isinstance(wanted, events.HandedOver):
        people = {**(people or {}), **_names(work, wanted.by, wanted.to)}
    event = wanted
    seen = _as_theirs(checkin, event)
    context = framing.context_for(work, seen, form, pilot, people=people or {})
    step = engine.step(form, context, checkin.state, event)
    happened = Happened(
        replace(checkin, state=step.state),
        form,
        context,
        step,
        before=checkin.state,
        at_form=_is_at_form(checkin, event),
    )
    if step.state.revision != checkin.state.revision or step.effects:
        lines = _store(work, happened, was=checkin.state.revision, actor=actor)
        if isinstance(event, events.Snoozed):
            after: Json = {"checkin": checkin.id, "until": event.until.isoformat()}
            work.unit.record(Event("checkin.snoozed", work.now, actor, pilot.id, form.key, after=after))
        return replace(happened, lines=lines)
    return happened


def _is_at_form(checkin: Checkin, event: events.Event) -> bool:
    """Whether an event comes from the form of a check-in's own person, which then shows what is asked next."""
    match event:
        case events.Submitted(by=by, handed=handed):
            return by == checkin.state.person and not handed
        case events.WentBack(by=by):
            return by == checkin.state.person
    return False


def _still_wanted(work: Work, pilot: Pilot, checkin: Checkin, event: events.Event) -> events.Event:
    """The event, or the end of a check-in whose pilot has ended or whose person no longer answers for it."""
    state = checkin.state
    if state.phase not in (*ASKING, Phase.EXPIRED) or isinstance(event, events.Withdrawn):
        return event
    if pilot.stage in ENDED:
        return events.Withdrawn(event.at, f"{pilot.name} has ended.")
    if checkin.questionnaire == DECISION:
        may = cases.role_of(work, pilot, state.person)
        return event if may else events.Withdrawn(event.at, f"{pilot.name} is decided by somebody else now.")
    if checkin.questionnaire == release.FORM and not release.is_next(pilot):
        return events.Withdrawn(event.at, f"{pilot.name} is not before its production gate any more.")
    changes = work.unit.events(pilot=pilot.id, kinds=("pilot.owner",), since=state.opened_at)
    if pilot.owner == state.person or all(change.before != state.person for change in changes):
        return event
    heir = _heir(work, pilot, checkin)
    if heir is None:
        return events.Withdrawn(event.at, f"{pilot.name} has another owner now.")
    return events.HandedOver(event.at, state.person, heir.id, inherited=True)


def _heir(work: Work, pilot: Pilot, checkin: Checkin) -> Person | None:
    """Whoever an open check-in goes to once its pilot has another owner; nobody who is away, or was the owner."""
    form = form_of(work, checkin)
    if form is None or checkin.state.phase not in (Phase.OPEN, Phase.SNOOZED):
        return None
    try:
        found = answerers.whom(work, pilot, form)
    except ServiceError:
        return None
    return None if found.id == checkin.state.person or work.is_away(found) else found


def _names(work: Work, *people: PersonId) -> dict[PersonId, str]:
    found = {one: work.unit.person(one) for one in people}
    return {one: person.name for one, person in found.items() if person is not None}


def _as_theirs(checkin: Checkin, event: events.Event) -> Checkin:
    """A check-in that is handed over is looked at as its new person's: their zone, their role."""
    if not isinstance(event, events.HandedOver):
        return checkin
    return replace(checkin, state=replace(checkin.state, person=event.to))


def form_of(work: Work, checkin: Checkin) -> Questionnaire | None:
    """The version a check-in was opened under, whatever has been published since, with its items in their order."""
    form = work.content.questionnaires.get(checkin.questionnaire)
    if form is None or form.version != checkin.version:
        form = work.unit.form(checkin.questionnaire, checkin.version)
    return review.arranged(form, checkin.focus, checkin.blind) if form is not None else None


def _store(work: Work, happened: Happened, *, was: int, actor: PersonId | None) -> tuple[str, ...]:
    checkin, effects = happened.checkin, happened.step.effects
    kept = tuple(_given(checkin, effect, work.now) for effect in effects if isinstance(effect, Keep))
    if not work.unit.save(checkin, was=was):
        raise Conflict("Somebody else answered in the same moment. Please look again.")
    if kept:
        work.unit.keep(kept)
    for effect in effects:
        _obey(work, happened, effect)
    lines = _made_true(work, happened, changed=bool(kept))
    pilot = work.unit.pilot(checkin.pilot)
    seen_by = homes.people_of(pilot) if pilot else set()
    homes.outdated(work, seen_by | homes.asked_in(happened.before, checkin.state))
    finish = next((effect for effect in effects if isinstance(effect, Finish)), None)
    if finish is not None:
        _finished(work, happened, finish, lines, actor=actor)
    return lines


def _made_true(work: Work, happened: Happened, *, changed: bool) -> tuple[str, ...]:
    """What the answers do once the check-in is done, and what each later correction does; in words."""
    if happened.checkin.state.phase is not Phase.DONE:
        return ()
    corrected = happened.before.phase is Phase.DONE
    if corrected and not changed:
        return ()
    before = happened.before.answers if corrected else None
    lines = consequences.apply(work, Ended(happened.checkin, happened.form, happened.context, before))
    if happened.form.id == DECISION:
        _settle(work, happened)
    return lines


def _settle(work: Work, happened: Happened) -> None:
    """Once it is decided nobody else is asked to, and of a pilot that has ended nobody is asked anything."""
    pilot = work.unit.pilot(happened.checkin.pilot)
    if pilot is None:
        return
    over = pilot.stage not in STAGES
    reason = cases.why_closed(work, pilot)
    asked = work.unit.history(pilot.id, questionnaire="" if over else DECISION, limit=framing.LOOK_BACK)
    waiting = {one.id for one in asked if one.phase == Phase.EXPIRED and one.questionnaire == DECISION}
    waiting |= {
        one.id for one in work.unit.live_checkins(pilot=pilot.id) if over or one.questionnaire == DECISION
    }
    for checkin in sorted(waiting - {happened.checkin.id}):
        happen(work, checkin, events.Withdrawn(work.now, reason), actor=None)


def _given(checkin: Checkin, kept: Keep, now: datetime) -> Given:
    return Given(checkin.id, kept.question, kept.value, checkin.state.revision, kept.by, now)


def _obey(work: Work, happened: Happened, effect: Effect) -> None:
    match effect:
        case Say():
            _say(work, happened, effect)
            _count(work, happened.checkin, effect)
        case Amend():
            show(work, happened, effect)
        case Keep() | Finish():
            return  # stored together, above


def _say(work: Work, happened: Happened, said: Say) -> None:
    checkin, unit = happened.checkin, work.unit
    address = registry.address_of(unit, said.to)
    if address is None:
        after: Json = {"checkin": checkin.id}
        unit.record(Event("person.unreachable", work.now, None, checkin.pilot, str(said.to), after=after))
        return
    message = Message(message_key(checkin, said.slot), address, said.card, stale_at=said.stale_at)
    if work.gathered is not None and _goes_with_others(checkin, said):
        lane = Lane.DECISIONS if checkin.questionnaire == DECISION else Lane.QUESTIONS
        work.gathered.said.append(Held(message, _strip(happened, said.card, work.now), lane))
    elif not unit.enqueue(message, work.now, soon=happened.before.revision == 0):
        # They were asked this before: the message they have comes alive. Of a new check-in there is none.
        show(work, happened, Amend(said.slot, said.to, said.card))


def _goes_with_others(checkin: Checkin, said: Say) -> bool:
    """Whether it may stand in one message with others of its lane."""
    return said.slot.startswith(TOGETHER) and said.to == checkin.state.person


def _strip(happened: Happened, card: Card, now: datetime) -> Card:
    form, context, state = happened.form, happened.context, happened.checkin.state
    before = happened.before.person
    by = before if before != state.person else None
    short = in_short(form, context, state, now, handed_by=by) if card.fields else ""
    return strip(form, context, state, card, short)


def _count(work: Work, checkin: Checkin, said: Say) -> None:
    """What its person did not ask for is written down; not a colleague's question, nor a decision asked for by hand."""
    step = nagging.step_of(said.slot, checkin.state.reminders)
    decides = checkin.questionnaire == DECISION
    if step and said.to == checkin.state.person and (work.gathered is not None or not decides):
        step = nags.DECISION if decides and step == nags.INVITATION else step
        nagging.note(work, said.to, checkin.pilot, checkin.id, step)


def show(work: Work, happened: Happened, amended: Amend, *, to: str = "") -> None:
    """A message of a check-in shows another card, or its line in a message of several; `to` names the change."""
    checkin, address = happened.checkin, registry.address_of(work.unit, amended.to)
    if address is None:
        return
    replaced, to = message_key(checkin, amended.slot), to or str(checkin.state.revision)
    if host := work.unit.stands_in(replaced):
        line = _strip(happened, amended.card, work.now)
        if happened.at_form and checkin.state.asking:
            bundling.keep(work, host, replaced, line)
        else:
            bundling.change(work, host, replaced, line, address=address, to=f"{checkin.id}:{to}")
        return
    work.unit.enqueue(Message(f"{replaced}:{to}", address, amended.card, replaces=replaced), work.now)


def message_key(checkin: Checkin, slot: str) -> str:
    """The key under which a check-in's message is delivered, and can be found again."""
    return f"checkin:{checkin.id}:{slot}"


def _heard(work: Work, happened: Happened, outcome: str) -> None:
    """Silence begins with a check-in that nobody answered, and ends with one that somebody did."""
    pilot = work.unit.pilot(happened.checkin.pilot)
    if pilot is None or outcome == "closed":
        return
    if outcome == "missed":
        silence.begin(work, pilot, happened.checkin, happened.form)
    elif silence.climbs(happened.form):
        silence.end(work, pilot, work.unit.person(happened.checkin.state.person))


def _finished(
    work: Work, happened: Happened, finish: Finish, lines: tuple[str, ...], *, actor: PersonId | None
) -> None:
    checkin = happened.checkin
    work.unit.record(
        Event(
            f"checkin.{finish.outcome}",
            work.now,
            actor,
            checkin.pilot,
            happened.form.key,
            after={"checkin": checkin.id, "late": checkin.state.late},
        )
    )
    _heard(work, happened, finish.outcome)
    if finish.outcome in ("missed", "declined"):
        return
    card = words.closing_card(happened.form, happened.context, checkin.state, lines)
    show(work, happened, Amend(finish.slot, finish.to, card))
