"""The whole life of a check-in as pure functions; it must not know of clocks, databases or platforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from bot.core import answers as reading
from bot.core import cadence
from bot.core.card import Card
from bot.core.compose import checkin as words
from bot.core.context import Context
from bot.core.questionnaire import Question, QuestionId, Questionnaire, Screen
from bot.core.records import PersonId
from bot.core.routing import on_path, path
from bot.core.state import Phase, State
from bot.core.values import Value

SAY_BEFORE_CLOSING = timedelta(hours=1)  # a reminder nearer to the end than this would only annoy
OVER = frozenset({Phase.DONE, Phase.DECLINED, Phase.CLOSED})


@dataclass(frozen=True, slots=True)
class Submitted:
    """Fields were sent. `step` is the step that the form was drawn at, `values` are raw."""

    at: datetime
    by: PersonId
    step: int
    values: Mapping[QuestionId, Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """A text was typed in the conversation."""

    at: datetime
    by: PersonId
    text: str


@dataclass(frozen=True, slots=True)
class WentBack:
    """Back to the screen before."""

    at: datetime
    by: PersonId
    step: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """An answered question is to be answered anew."""

    at: datetime
    by: PersonId
    question: QuestionId


@dataclass(frozen=True, slots=True)
class Snoozed:
    """Ask again at `until`."""

    at: datetime
    by: PersonId
    until: datetime


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The whole check-in goes to `to`."""

    at: datetime
    by: PersonId
    to: PersonId


@dataclass(frozen=True, slots=True)
class Handed:
    """One question goes to `to`; its answer comes back."""

    at: datetime
    by: PersonId
    question: QuestionId
    to: PersonId


@dataclass(frozen=True, slots=True)
class PassedBack:
    """A colleague gives a handed question back unanswered."""

    at: datetime
    by: PersonId
    question: QuestionId


@dataclass(frozen=True, slots=True)
class SaidNothing:
    """Nothing to report this time."""

    at: datetime
    by: PersonId


@dataclass(frozen=True, slots=True)
class Declined:
    """The person will not answer, and says why."""

    at: datetime
    by: PersonId
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The check-in is no longer wanted: replaced by a newer one, or its pilot is paused or gone."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has passed."""

    at: datetime


Event = (
    Submitted
    | Typed
    | WentBack
    | Corrected
    | Snoozed
    | HandedOver
    | Handed
    | PassedBack
    | SaidNothing
    | Declined
    | Withdrawn
    | Ticked
)


@dataclass(frozen=True, slots=True)
class Say:
    """Post a new message to `to` under the name `slot`; past `stale_at` it is not worth sending."""

    slot: str
    to: PersonId
    card: Card
    stale_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Amend:
    """Replace the message named `slot`, which is with `to`."""

    slot: str
    to: PersonId
    card: Card


@dataclass(frozen=True, slots=True)
class Keep:
    """Store one answer; None takes an earlier one back."""

    question: QuestionId
    value: Value | None
    by: PersonId


@dataclass(frozen=True, slots=True)
class Finish:
    """The check-in has ended as `answered`, `nothing`, `declined`, `missed`, `closed`, or was `corrected` later.

    The message `slot` of `to` is to show the end; the service composes it, for it alone knows the effect.
    """

    outcome: str
    slot: str
    to: PersonId


Effect = Say | Amend | Keep | Finish

NO_PROBLEMS: Mapping[QuestionId, str] = {}


@dataclass(frozen=True, slots=True)
class Step:
    """The state after an event, what is to be done, and what was wrong with the values by question.

    The empty question id speaks of the event as a whole. With problems nothing else has changed.
    """

    state: State
    effects: tuple[Effect, ...] = ()
    problems: Mapping[QuestionId, str] = field(default_factory=lambda: NO_PROBLEMS)


def start(
    form: Questionnaire,
    context: Context,
    person: PersonId,
    at: datetime,
    *,
    answers: Mapping[QuestionId, Value] | None = None,
) -> Step:
    """A check-in that asks `person` from `at` on; `answers` are those already known, e.g. a new pilot's name.

    It is done at once where nothing on the path is left to ask.
    """
    reminders, closes_at = cadence.ladder(at, zone=context.zone, asking=context.asking)
    state = State(Phase.OPEN, person, at, closes_at, answers=dict(answers or {}), ladder=reminders, revision=1, step=1)
    kept = tuple(Keep(question, value, person) for question, value in state.answers.items())
    asking = _next_questions(form, context, state)
    if not asking:
        ended = _finish(state, "answered", at)
        return replace(ended, effects=(*kept, *ended.effects))
    state = _waking(replace(state, asking=asking))
    card = words.form_card(form, context, state, at)
    return Step(state, (*kept, Say(state.said, person, card, stale_at=closes_at)))


def step(form: Questionnaire, context: Context, state: State, event: Event) -> Step:
    """What an event does to a check-in. Total: a stale, repeated or foreign event changes nothing."""
    match event:
        case Submitted():
            return _submitted(form, context, state, event)
        case Typed():
            return _typed(form, context, state, event)
        case WentBack():
            return _went_back(form, context, state, event)
        case Corrected():
            return _corrected(form, context, state, event)
        case Snoozed():
            return _snoozed(form, context, state, event)
        case HandedOver():
            return _handed_over(form, context, state, event)
        case Handed():
            return _handed(form, context, state, event)
        case PassedBack():
            return _passed_back(form, context, state, event)
        case SaidNothing():
            return _said_nothing(form, context, state, event)
        case Declined():
            return _declined(form, context, state, event)
        case Withdrawn():
            return _withdrawn(form, context, state, event)
        case Ticked():
            return _ticked(form, context, state, event)
    assert_never(event)


def questions_for(state: State, person: PersonId) -> tuple[QuestionId, ...]:
    """The questions now before this person: their colleague's, or those handed to them."""
    if person == state.person and state.asking:
        return state.asking
    return tuple(question for question, to in state.handed.items() if to == person)


# --- answering ------------------------------------------------------------------------------------------------------


def _submitted(form: Questionnaire, context: Context, state: State, event: Submitted) -> Step:
    asked = questions_for(state, event.by)
    if not asked or state.phase in (Phase.DECLINED, Phase.CLOSED):
        return Step(state)
    by_owner = event.by == state.person and bool(state.asking)
    if by_owner and event.step != state.step:
        return Step(state)
    known = on_path(path(form, state.answers, context.record))
    found, problems = _read(context, [known[q] for q in asked if q in known], event.values, event.at)
    if problems:
        return Step(state, problems=problems)
    if not by_owner:
        return _colleague_answered(form, context, state, event, found)
    skipped = tuple(q for q in asked if q not in found)
    after = replace(
        state,
        answers={**{q: v for q, v in state.answers.items() if q not in skipped}, **found},
        skipped=(*(q for q in state.skipped if q not in asked), *skipped),
        asking=(),
    )
    taken_back = tuple(Keep(q, None, event.by) for q in skipped if q in state.answers)
    kept = tuple(Keep(q, v, event.by) for q, v in found.items() if state.answers.get(q) != v)
    return _advance(form, context, after, event.at, (*kept, *taken_back), by=event.by)


def _read(
    context: Context, asked: list[Question], values: Mapping[QuestionId, Any], at: datetime
) -> tuple[dict[QuestionId, Value], dict[QuestionId, str]]:
    """Typed answers and problems by question; a required question without an answer is a problem."""
    found: dict[QuestionId, Value] = {}
    problems: dict[QuestionId, str] = {}
    for question in asked:
        value = reading.read(question, values.get(question.id), reading.Reading(context.day(at), context.people))
        if isinstance(value, reading.Wrong):
            problems[question.id] = value.why
        elif value is not None:
            found[question.id] = value
        elif question.required:
            problems[question.id] = words.missing(question)
    return found, problems


def _typed(form: Questionnaire, context: Context, state: State, event: Typed) -> Step:
    """Typed text answers a lone question; with several before the person, the form is needed."""
    asked = questions_for(state, event.by)
    if state.phase in OVER and not asked:
        return Step(state)
    if len(asked) != 1:
        return Step(state, problems={"": words.use_the_form(len(asked))} if asked else {})
    return _submitted(form, context, state, Submitted(event.at, event.by, state.step, {asked[0]: event.text}))


def _colleague_answered(
    form: Questionnaire, context: Context, state: State, event: Submitted, found: Mapping[QuestionId, Value]
) -> Step:
    answered = {q: v for q, v in found.items() if q in state.handed}
    if not answered:
        return Step(state)
    after = replace(
        state,
        answers={**state.answers, **answered},
        handed={q: to for q, to in state.handed.items() if q not in answered},
    )
    questions = on_path(path(form, after.answers, context.record))
    effects: list[Effect] = [Keep(q, v, event.by) for q, v in answered.items()]
    for name, value in answered.items():
        question = questions.get(name) or form.question(name)
        if question is not None:
            effects.append(Amend(_ask_slot(name), event.by, words.thanked_card(context, question, value)))
            told = words.came_back_card(context, question, value, event.by)
            effects.append(Say(f"back:{name}:{after.revision}", state.person, told))
    return _advance(form, context, after, event.at, tuple(effects), by=event.by)


def _advance(
    form: Questionnaire, context: Context, state: State, at: datetime, effects: tuple[Effect, ...], *, by: PersonId
) -> Step:
    """Go to the next unanswered screen, wait for colleagues, or finish; drop what the path no longer holds."""
    state, dropped = _drop_hidden(form, context, state, by)
    state = replace(state, revision=state.revision + 1)
    asking = _next_questions(form, context, state)
    over = state.phase in OVER
    if asking:
        asking_state = state if asking == state.asking else replace(state, asking=asking, step=state.revision)
        card = words.form_card(form, context, asking_state, at)
        return Step(_waking(asking_state), (*effects, *dropped, Amend(state.said, state.person, card)))
    state = replace(state, asking=(), step=state.revision)
    if state.handed and not over:
        waiting = _waking(replace(state, phase=Phase.WAITING))
        card = words.waiting_card(form, context, waiting, at)
        return Step(waiting, (*effects, *dropped, Amend(state.said, state.person, card)))
    ended = _finish(state, "corrected" if state.phase is Phase.DONE else "answered", at)
    return replace(ended, effects=(*effects, *dropped, *ended.effects))


def _drop_hidden(
    form: Questionnaire, context: Context, state: State, by: PersonId
) -> tuple[State, tuple[Effect, ...]]:
    """Answers and hand-overs of questions that the path no longer holds leave the state; history keeps them."""
    shown = on_path(path(form, state.answers, context.record))
    hidden = [question for question in state.answers if question not in shown]
    homeless = {q: to for q, to in state.handed.items() if q not in shown}
    state = replace(
        state,
        answers={q: v for q, v in state.answers.items() if q in shown},
        handed={q: to for q, to in state.handed.items() if q in shown},
        skipped=tuple(q for q in state.skipped if q in shown),
    )
    closed = tuple(Amend(_ask_slot(q), to, words.not_needed_card(context)) for q, to in homeless.items())
    return state, (*(Keep(question, None, by) for question in hidden), *closed)


def _next_questions(form: Questionnaire, context: Context, state: State) -> tuple[QuestionId, ...]:
    """The open questions of the first screen that has any."""
    for screen in path(form, state.answers, context.record):
        found = tuple(q for q in on_path((screen,)) if not _settled(state, q))
        if found:
            return found
    return ()


def _settled(state: State, question: QuestionId) -> bool:
    return question in state.answers or question in state.skipped or question in state.handed


def _finish(state: State, outcome: str, at: datetime) -> Step:
    """The end. `corrected` keeps the first outcome and the first end; a check-in that had expired ends late."""
    if outcome != "corrected":
        late = state.late or state.phase is Phase.EXPIRED
        state = replace(state, phase=Phase.DONE, outcome=outcome, done_at=at, late=late)
    ended = replace(state, asking=(), ladder=(), snoozed_until=None, wake_at=None)
    return Step(ended, (Finish(outcome, state.said, state.person),))


# --- moving about ---------------------------------------------------------------------------------------------------


def _went_back(form: Questionnaire, context: Context, state: State, event: WentBack) -> Step:
    if event.by != state.person or event.step != state.step or not state.asking or state.phase in OVER:
        return Step(state)
    before = _screen_before(path(form, state.answers, context.record), state.asking)
    asked = tuple(q for q in on_path((before,)) if q not in state.handed) if before else ()
    if not asked:
        return Step(state)
    return _ask(form, context, state, asked, event.at)


def _screen_before(screens: tuple[Screen, ...], asking: tuple[QuestionId, ...]) -> Screen | None:
    for before, screen in zip(screens, screens[1:], strict=False):
        if any(question.id in asking for question in screen.questions):
            return before
    return None


def _corrected(form: Questionnaire, context: Context, state: State, event: Corrected) -> Step:
    shown = on_path(path(form, state.answers, context.record))
    if event.by != state.person or event.question not in shown or event.question in state.handed:
        return Step(state)
    if state.phase is Phase.CLOSED:
        return Step(state, problems={"": words.CLOSED_FOR_GOOD})
    if state.phase in (Phase.DECLINED, Phase.EXPIRED) or not _settled(state, event.question):
        return Step(state)
    return _ask(form, context, state, (event.question,), event.at)


def _ask(
    form: Questionnaire, context: Context, state: State, asked: tuple[QuestionId, ...], at: datetime
) -> Step:
    revision = state.revision + 1
    phase = Phase.OPEN if state.phase in (Phase.WAITING, Phase.SNOOZED) else state.phase
    after = _waking(replace(state, phase=phase, asking=asked, step=revision, revision=revision))
    return Step(after, (Amend(state.said, state.person, words.form_card(form, context, after, at)),))


def _snoozed(form: Questionnaire, context: Context, state: State, event: Snoozed) -> Step:
    if event.by != state.person or state.phase not in (Phase.OPEN, Phase.SNOOZED):
        return Step(state)
    latest = event.at + timedelta(days=context.asking.snooze_days)
    if not event.at < event.until <= latest:
        return Step(state, problems={"": words.snooze_bounds(context.asking.snooze_days)})
    ladder, closes_at = cadence.ladder(event.until, zone=context.zone, asking=context.asking)
    left = max(context.asking.reminders - state.reminders, 0)
    after = replace(
        state,
        phase=Phase.SNOOZED,
        snoozed_until=event.until,
        ladder=ladder[:left],
        closes_at=max(state.closes_at, closes_at),
        revision=state.revision + 1,
    )
    card = words.snoozed_card(form, context, after, event.at)
    return Step(_waking(after), (Amend(state.said, state.person, card),))


def _said_nothing(form: Questionnaire, context: Context, state: State, event: SaidNothing) -> Step:
    if event.by != state.person or state.phase not in (Phase.OPEN, Phase.SNOOZED, Phase.EXPIRED):
        return Step(state)
    if not context.nothing:
        return Step(state, problems={"": words.NOTHING_TWICE})
    answers: dict[QuestionId, Value] = dict(context.nothing)
    shown = on_path(path(form, answers, context.record))
    answers = {q: v for q, v in answers.items() if q in shown}
    gone = tuple(Keep(q, None, event.by) for q in state.answers if q not in answers)
    kept = tuple(Keep(q, v, event.by) for q, v in answers.items() if state.answers.get(q) != v)
    closed = _close_handed(context, state)
    after = replace(state, answers=answers, handed={}, skipped=(), revision=state.revision + 1)
    ended = _finish(after, "nothing", event.at)
    return replace(ended, effects=(*kept, *gone, *closed, *ended.effects))


def _declined(form: Questionnaire, context: Context, state: State, event: Declined) -> Step:
    if event.by != state.person or state.phase not in (Phase.OPEN, Phase.SNOOZED, Phase.EXPIRED):
        return Step(state)
    reason = reading.tidy(event.reason)
    if not reason or len(reason) > reading.TEXT_LIMIT:
        return Step(state, problems={"reason": words.reason_needed(reading.TEXT_LIMIT)})
    after = _over(state, Phase.DECLINED, "declined", event.at)
    card = words.declined_card(form, context, reason)
    closed = _close_handed(context, state)
    return Step(after, (*closed, Amend(state.said, state.person, card), Finish("declined", state.said, state.person)))


def _withdrawn(form: Questionnaire, context: Context, state: State, event: Withdrawn) -> Step:
    if state.phase in OVER:
        return Step(state)
    outcome = "missed" if state.phase is Phase.EXPIRED else "closed"
    after = _over(state, Phase.CLOSED, outcome, event.at)
    card = words.withdrawn_card(form, context, event.reason)
    return Step(after, (*_close_handed(context, state), Amend(state.said, state.person, card)))


def _over(state: State, phase: Phase, outcome: str, at: datetime) -> State:
    return replace(
        state,
        phase=phase,
        outcome=outcome,
        done_at=at,
        asking=(),
        ladder=(),
        handed={},
        snoozed_until=None,
        wake_at=None,
        revision=state.revision + 1,
    )


def _close_handed(context: Context, state: State) -> tuple[Effect, ...]:
    return tuple(Amend(_ask_slot(q), to, words.not_needed_card(context)) for q, to in state.handed.items())


# --- other people ---------------------------------------------------------------------------------------------------


def _handed_over(form: Questionnaire, context: Context, state: State, event: HandedOver) -> Step:
    if event.by != state.person or state.phase not in (Phase.OPEN, Phase.SNOOZED, Phase.EXPIRED):
        return Step(state)
    if event.to == state.person:
        return Step(state, problems={"to": words.ALREADY_YOURS})
    ladder, closes_at = cadence.ladder(event.at, zone=context.zone, asking=context.asking)
    revision = state.revision + 1
    after = replace(
        state,
        phase=Phase.OPEN,
        person=event.to,
        said=f"handed{revision}",
        ladder=ladder,
        reminders=0,
        closes_at=max(state.closes_at, closes_at),
        snoozed_until=None,
        step=revision,
        revision=revision,
    )
    gone = Amend(state.said, state.person, words.handed_over_card(form, context, event.to))
    new = words.form_card(form, context, after, event.at, handed_by=event.by)
    return Step(_waking(after), (gone, Say(after.said, event.to, new, stale_at=after.closes_at)))


def _handed(form: Questionnaire, context: Context, state: State, event: Handed) -> Step:
    shown = on_path(path(form, state.answers, context.record))
    if event.by != state.person or event.question not in shown or state.phase in (*OVER, Phase.EXPIRED):
        return Step(state)
    if event.question not in state.asking:
        return Step(state)
    if event.to == state.person:
        return Step(state, problems={"to": words.ALREADY_YOURS})
    after = replace(
        state,
        phase=Phase.OPEN,
        handed={**state.handed, event.question: event.to},
        asking=tuple(question for question in state.asking if question != event.question),
    )
    card = words.asked_card(form, context, shown[event.question], event.by, after)
    asked = Say(_ask_slot(event.question), event.to, card, stale_at=state.closes_at)
    if after.asking:  # what is left keeps its step, so that a form half filled in stays good
        after = _waking(replace(after, revision=after.revision + 1))
        form_card = words.form_card(form, context, after, event.at)
        return Step(after, (asked, Amend(after.said, after.person, form_card)))
    return _advance(form, context, after, event.at, (asked,), by=event.by)


def _passed_back(form: Questionnaire, context: Context, state: State, event: PassedBack) -> Step:
    if state.handed.get(event.question) != event.by or state.phase in (*OVER, Phase.EXPIRED):
        return Step(state)
    question = on_path(path(form, state.answers, context.record)).get(event.question)
    if question is None:
        return Step(state)
    revision = state.revision + 1
    after = replace(
        state,
        phase=Phase.OPEN,
        handed={q: to for q, to in state.handed.items() if q != event.question},
        asking=(*state.asking, event.question),
        step=revision,
        revision=revision,
    )
    said = words.form_card(form, context, after, event.at)
    told = Say(f"back:{event.question}:{revision}", state.person, words.passed_back_card(context, question, event.by))
    thanks = Amend(_ask_slot(event.question), event.by, words.not_needed_card(context))
    return Step(_waking(after), (thanks, Amend(state.said, state.person, said), told))


def _ask_slot(question: QuestionId) -> str:
    return f"ask:{question}"


# --- time -----------------------------------------------------------------------------------------------------------


def _ticked(form: Questionnaire, context: Context, state: State, event: Ticked) -> Step:
    if state.wake_at is None or event.at < state.wake_at:
        return Step(state)
    if event.at >= state.closes_at:
        return _closed(form, context, state, event.at)
    if state.phase is Phase.SNOOZED:
        return _reminded(form, context, replace(state, phase=Phase.OPEN, snoozed_until=None), event.at, "wake")
    return _reminded(form, context, state, event.at, "reminder")


def _closed(form: Questionnaire, context: Context, state: State, at: datetime) -> Step:
    """Closing time: what colleagues still owe is let go; an open check-in expires and takes late answers."""
    closed = _close_handed(context, state)
    let_go = replace(
        state,
        handed={},
        skipped=(*state.skipped, *state.handed),
        revision=state.revision + 1,
    )
    if state.phase is Phase.WAITING:
        ended = _finish(let_go, "answered", at)
        return replace(ended, effects=(*closed, *ended.effects))
    after = replace(let_go, phase=Phase.EXPIRED, outcome="missed", ladder=(), snoozed_until=None, wake_at=None)
    card = words.form_card(form, context, after, at)
    return Step(after, (*closed, Amend(state.said, state.person, card), Finish("missed", state.said, state.person)))


def _reminded(form: Questionnaire, context: Context, state: State, at: datetime, kind: str) -> Step:
    """Say it once more in a new message. Several reminders missed together, after an outage, become one."""
    left = tuple(moment for moment in state.ladder if moment > at)
    state = replace(state, ladder=left, revision=state.revision + 1)
    if state.phase is Phase.WAITING or state.closes_at - at < SAY_BEFORE_CLOSING:
        return Step(_waking(state))
    number = state.reminders + (kind == "reminder")
    after = _waking(replace(state, reminders=number, said=f"{kind}{state.revision}"))
    moved = Amend(state.said, state.person, words.moved_card(form, context))
    card = words.form_card(form, context, after, at)
    return Step(after, (moved, Say(after.said, after.person, card, stale_at=after.closes_at)))


def _waking(state: State) -> State:
    """The state with its next waking moment; one that is over has none."""
    if state.phase in OVER or state.phase is Phase.EXPIRED:
        return replace(state, wake_at=None)
    if state.phase is Phase.SNOOZED and state.snoozed_until is not None:
        return replace(state, wake_at=min(state.snoozed_until, state.closes_at))
    first = state.ladder[:1] if state.phase is Phase.OPEN else ()
    return replace(state, wake_at=min((*first, state.closes_at)))
