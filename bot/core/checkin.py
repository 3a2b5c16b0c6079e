"""The whole life of a check-in as pure functions; it must not know of clocks, databases or platforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any, assert_never

from bot.core import answers as reading
from bot.core import cadence
from bot.core.compose import checkin as words
from bot.core.compose.form import form_card
from bot.core.context import Context
from bot.core.events import (
    Abandoned,
    Amend,
    Corrected,
    Declined,
    Event,
    Finish,
    Handed,
    HandedOver,
    Keep,
    PassedBack,
    SaidNothing,
    Say,
    Snoozed,
    Step,
    Submitted,
    Ticked,
    Typed,
    WentAway,
    WentBack,
    Withdrawn,
)
from bot.core.handing import colleague_answered, handed, handed_over, passed_back
from bot.core.progress import (
    OVER,
    advance,
    ask_again,
    close_handed,
    ended,
    finish,
    next_questions,
    settled,
    still_drafted,
    waking,
)
from bot.core.questionnaire import Question, QuestionId, Questionnaire, Screen
from bot.core.records import PersonId
from bot.core.reminding import set_aside, snoozed, ticked
from bot.core.routing import on_path, path
from bot.core.state import Phase, State
from bot.core.values import Value


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
    state = State(
        Phase.OPEN, person, at, closes_at, answers=dict(answers or {}), ladder=reminders, revision=1, step=1
    )
    kept = tuple(Keep(question, value, person) for question, value in state.answers.items())
    asking = next_questions(form, context, state)
    if not asking:
        ended = finish(state, "answered", at)
        return replace(ended, effects=(*kept, *ended.effects))
    state = waking(replace(state, asking=asking))
    card = form_card(form, context, state, at)
    return Step(state, (*kept, Say(state.said, person, card, stale_at=closes_at)))


def step(form: Questionnaire, context: Context, state: State, event: Event) -> Step:
    """What an event does to a check-in. Total: a stale, repeated or foreign event changes nothing."""
    if context.personal and isinstance(event, HandedOver | Handed | Corrected):
        return Step(state, problems={"": words.PERSONAL})
    done = _happened(form, context, state, event)
    drafts = still_drafted(done.state)
    return done if drafts == done.state.drafts else replace(done, state=replace(done.state, drafts=drafts))


def _happened(  # noqa: C901 - one case for each event
    form: Questionnaire, context: Context, state: State, event: Event
) -> Step:
    match event:
        case Submitted():
            return _submitted(form, context, state, event)
        case Abandoned():
            return _abandoned(form, context, state, event)
        case Typed():
            return _typed(form, context, state, event)
        case WentBack():
            return _went_back(form, context, state, event)
        case Corrected():
            return _corrected(form, context, state, event)
        case Snoozed():
            return snoozed(form, context, state, event)
        case WentAway():
            return set_aside(form, context, state, event)
        case HandedOver():
            return handed_over(form, context, state, event)
        case Handed():
            return handed(form, context, state, event)
        case PassedBack():
            return passed_back(form, context, state, event)
        case SaidNothing():
            return _said_nothing(form, context, state, event)
        case Declined():
            return _declined(form, context, state, event)
        case Withdrawn():
            return _withdrawn(form, context, state, event)
        case Ticked():
            return ticked(form, context, state, event)
    assert_never(event)


def questions_for(state: State, person: PersonId) -> tuple[QuestionId, ...]:
    """The questions now before this person: their colleague's, or those handed to them."""
    if person == state.person and state.asking:
        return state.asking
    return tuple(question for question, to in state.handed.items() if to == person)


# --- answering ------------------------------------------------------------------------------------------------------


def _submitted(form: Questionnaire, context: Context, state: State, event: Submitted) -> Step:
    asked = _asked_by(state, event)
    if not asked or state.phase in (Phase.DECLINED, Phase.CLOSED):
        return Step(state)
    by_owner = not event.handed and event.by == state.person and bool(state.asking)
    if by_owner and event.step != state.step:
        return Step(state)
    known = on_path(path(form, state.answers, context.record))
    found, problems = _read(context, [known[q] for q in asked if q in known], event.values, event.at)
    if problems:
        return Step(state, problems=problems)
    if not by_owner:
        return colleague_answered(form, context, state, event, found)
    skipped = tuple(q for q in asked if q not in found)
    after = replace(
        state,
        answers={**{q: v for q, v in state.answers.items() if q not in skipped}, **found},
        skipped=(*(q for q in state.skipped if q not in asked), *skipped),
        asking=(),
    )
    taken_back = tuple(Keep(q, None, event.by) for q in skipped if q in state.answers)
    kept = tuple(Keep(q, v, event.by) for q, v in found.items() if state.answers.get(q) != v)
    return advance(form, context, after, event.at, (*kept, *taken_back), by=event.by)


def _abandoned(form: Questionnaire, context: Context, state: State, event: Abandoned) -> Step:
    """What was entered and can be read is kept as a draft, and the message offers to go on.

    The step stays as it is: the same form, open somewhere else, can still be sent.
    """
    if event.by != state.person or event.step != state.step or state.phase is not Phase.OPEN:
        return Step(state)
    known = on_path(path(form, state.answers, context.record))
    asked = [known[q] for q in state.asking if q in known]
    found, _ = _read(context, asked, event.values, event.at)
    drafts = {question: value for question, value in found.items() if state.answers.get(question) != value}
    if drafts == state.drafts:
        return Step(state)
    after = replace(state, drafts=drafts, revision=state.revision + 1)
    return Step(after, (Amend(after.said, after.person, form_card(form, context, after, event.at)),))


def _asked_by(state: State, event: Submitted) -> tuple[QuestionId, ...]:
    """The questions that the card which was sent asks: a colleague's card asks its one question."""
    if not event.handed:
        return questions_for(state, event.by)
    return (event.handed,) if state.handed.get(event.handed) == event.by else ()


def _read(
    context: Context, asked: list[Question], values: Mapping[QuestionId, Any], at: datetime
) -> tuple[dict[QuestionId, Value], dict[QuestionId, str]]:
    """Typed answers and problems by question; a required question without an answer is a problem."""
    found: dict[QuestionId, Value] = {}
    problems: dict[QuestionId, str] = {}
    for question in asked:
        value = reading.read(
            question, values.get(question.id), reading.Reading(context.day(at), context.people)
        )
        if isinstance(value, reading.Wrong):
            problems[question.id] = value.why
        elif isinstance(value, str) and value in context.refused.get(question.id, {}):
            problems[question.id] = context.refused[question.id][value]
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
    lone = asked[0] if asked[0] in state.handed else ""
    values = {asked[0]: event.text}
    return _submitted(form, context, state, Submitted(event.at, event.by, state.step, values, handed=lone))


# --- moving about ---------------------------------------------------------------------------------------------------


def _went_back(form: Questionnaire, context: Context, state: State, event: WentBack) -> Step:
    if event.by != state.person or event.step != state.step or not state.asking or state.phase in OVER:
        return Step(state)
    before = _screen_before(path(form, state.answers, context.record), state.asking)
    asked = tuple(q for q in on_path((before,)) if q not in state.handed) if before else ()
    if not asked:
        return Step(state)
    return ask_again(form, context, state, asked, event.at)


def _screen_before(screens: tuple[Screen, ...], asking: tuple[QuestionId, ...]) -> Screen | None:
    for before, screen in pairwise(screens):
        if any(question.id in asking for question in screen.questions):
            return before
    return None


def _corrected(form: Questionnaire, context: Context, state: State, event: Corrected) -> Step:
    shown = on_path(path(form, state.answers, context.record))
    if event.by != state.person or event.question not in shown or event.question in state.handed:
        return Step(state)
    if state.phase is Phase.CLOSED:
        return Step(state, problems={"": words.CLOSED_FOR_GOOD})
    if state.phase in (Phase.DECLINED, Phase.EXPIRED) or not settled(state, event.question):
        return Step(state)
    return ask_again(form, context, state, (event.question,), event.at)


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
    closed = close_handed(context, state)
    after = replace(state, answers=answers, handed={}, skipped=(), revision=state.revision + 1)
    ended = finish(after, "nothing", event.at)
    return replace(ended, effects=(*kept, *gone, *closed, *ended.effects))


def _declined(form: Questionnaire, context: Context, state: State, event: Declined) -> Step:
    if event.by != state.person or state.phase not in (Phase.OPEN, Phase.SNOOZED, Phase.EXPIRED):
        return Step(state)
    reason = reading.tidy(event.reason)
    if not reason or len(reason) > reading.TEXT_LIMIT:
        return Step(state, problems={"reason": words.reason_needed(reading.TEXT_LIMIT)})
    after = ended(state, Phase.DECLINED, "declined", event.at)
    card = words.declined_card(form, context, reason)
    closed = close_handed(context, state)
    return Step(
        after, (*closed, Amend(state.said, state.person, card), Finish("declined", state.said, state.person))
    )


def _withdrawn(form: Questionnaire, context: Context, state: State, event: Withdrawn) -> Step:
    if state.phase in OVER:
        return Step(state)
    outcome = "missed" if state.phase is Phase.EXPIRED else "closed"
    after = ended(state, Phase.CLOSED, outcome, event.at)
    card = words.withdrawn_card(form, context, event.reason)
    return Step(after, (*close_handed(context, state), Amend(state.said, state.person, card)))
