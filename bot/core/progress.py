"""How a check-in goes on: the next questions, waiting, the end; it must not know what brought it here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.compose import checkin as words
from bot.core.compose.form import form_card
from bot.core.context import Context
from bot.core.events import (
    Amend,
    Effect,
    Finish,
    Keep,
    Step,
)
from bot.core.questionnaire import QuestionId, Questionnaire
from bot.core.records import PersonId
from bot.core.routing import on_path, path
from bot.core.state import Phase, State
from bot.core.values import Value

OVER = frozenset({Phase.DONE, Phase.DECLINED, Phase.CLOSED})


def advance(
    form: Questionnaire,
    context: Context,
    state: State,
    at: datetime,
    effects: tuple[Effect, ...],
    *,
    by: PersonId,
) -> Step:
    """Go to the next unanswered screen, wait for colleagues, or finish; drop what the path no longer holds."""
    state, dropped = _drop_hidden(form, context, state, by)
    state = replace(state, revision=state.revision + 1)
    asking = next_questions(form, context, state)
    over = state.phase in OVER
    if asking:
        asking_state = state if asking == state.asking else replace(state, asking=asking, step=state.revision)
        card = form_card(form, context, asking_state, at)
        return Step(waking(asking_state), (*effects, *dropped, Amend(state.said, state.person, card)))
    state = replace(state, asking=(), step=state.revision)
    if state.handed and not over:
        waiting = waking(replace(state, phase=Phase.WAITING))
        card = words.waiting_card(form, context, waiting, at)
        return Step(waiting, (*effects, *dropped, Amend(state.said, state.person, card)))
    ended = finish(state, "corrected" if state.phase is Phase.DONE else "answered", at)
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
    closed = tuple(Amend(ask_slot(q, to), to, words.not_needed_card(context)) for q, to in homeless.items())
    return state, (*(Keep(question, None, by) for question in hidden), *closed)


def next_questions(form: Questionnaire, context: Context, state: State) -> tuple[QuestionId, ...]:
    """The open questions of the first screen that has any."""
    for screen in path(form, state.answers, context.record):
        found = tuple(q for q in on_path((screen,)) if not settled(state, q))
        if found:
            return found
    return ()


def settled(state: State, question: QuestionId) -> bool:
    """Whether a question needs nothing more from the person asked."""
    return question in state.answers or question in state.skipped or question in state.handed


def still_drafted(state: State) -> dict[QuestionId, Value]:
    """The drafts that are still of use: of questions that its person is being asked, until the time is over."""
    if state.phase not in (Phase.OPEN, Phase.SNOOZED):
        return {}
    return {question: value for question, value in state.drafts.items() if question in state.asking}


def finish(state: State, outcome: str, at: datetime) -> Step:
    """The end. `corrected` keeps the first outcome and the first end; a check-in that had expired ends late."""
    if outcome != "corrected":
        late = state.late or state.phase is Phase.EXPIRED
        state = replace(state, phase=Phase.DONE, outcome=outcome, done_at=at, late=late)
    ended = replace(state, asking=(), ladder=(), snoozed_until=None, wake_at=None)
    return Step(ended, (Finish(outcome, state.said, state.person),))


def ask_again(
    form: Questionnaire, context: Context, state: State, asked: tuple[QuestionId, ...], at: datetime
) -> Step:
    """Put these questions once more, with what was entered before."""
    revision = state.revision + 1
    phase = Phase.OPEN if state.phase in (Phase.WAITING, Phase.SNOOZED) else state.phase
    after = waking(replace(state, phase=phase, asking=asked, step=revision, revision=revision))
    return Step(after, (Amend(state.said, state.person, form_card(form, context, after, at)),))


def close_handed(context: Context, state: State) -> tuple[Effect, ...]:
    """Colleagues who still have a question are told that it is settled."""
    return tuple(Amend(ask_slot(q, to), to, words.not_needed_card(context)) for q, to in state.handed.items())


def ask_slot(question: QuestionId, to: PersonId) -> str:
    """The name of the message that asks a colleague one question; asking them again makes it live again."""
    return f"ask:{question}:{to}"


def waking(state: State) -> State:
    """The state with its next waking moment; one that is over has none."""
    if state.phase in OVER or state.phase is Phase.EXPIRED:
        return replace(state, wake_at=None)
    if state.phase is Phase.SNOOZED and state.snoozed_until is not None:
        return replace(state, wake_at=min(state.snoozed_until, state.closes_at))
    first = state.ladder[:1] if state.phase is Phase.OPEN else ()
    return replace(state, wake_at=min((*first, state.closes_at)))


def ended(state: State, phase: Phase, outcome: str, at: datetime) -> State:
    """The state at an end that is not an answer."""
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
