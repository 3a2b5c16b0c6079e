"""Check-ins and single questions in other hands, and on their way back; it must not know of time or reminders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.core import cadence
from bot.core.compose import checkin as words
from bot.core.compose.form import form_card
from bot.core.context import Context
from bot.core.events import (
    Amend,
    Effect,
    Handed,
    HandedOver,
    Keep,
    PassedBack,
    Say,
    Step,
    Submitted,
)
from bot.core.progress import OVER, advance, ask_slot, waking
from bot.core.questionnaire import QuestionId, Questionnaire
from bot.core.routing import on_path, path
from bot.core.state import Phase, State
from bot.core.values import Value


def handed_over(form: Questionnaire, context: Context, state: State, event: HandedOver) -> Step:
    """The whole check-in is somebody else's from now on; the clock of its reminders starts anew.

    `context` is that of the new person: their zone and what they are to the pilot. A question they had already comes
    with the rest.
    """
    if event.by != state.person or state.phase not in (Phase.OPEN, Phase.SNOOZED, Phase.EXPIRED):
        return Step(state)
    if event.to == state.person:
        return Step(state, problems={"to": words.ALREADY_YOURS})
    seen = cadence.good_moment(event.at, zone=context.zone, asking=context.asking)  # at the latest
    ladder, closes_at = cadence.ladder(seen, zone=context.zone, asking=context.asking)
    revision = state.revision + 1
    own = tuple(question for question, to in state.handed.items() if to == event.to)
    after = replace(
        state,
        phase=Phase.OPEN,
        person=event.to,
        handed={question: to for question, to in state.handed.items() if to != event.to},
        asking=(*state.asking, *own),
        drafts={},
        said=f"handed{revision}",
        ladder=ladder,
        reminders=0,
        closes_at=max(state.closes_at, closes_at),
        snoozed_until=None,
        step=revision,
        revision=revision,
    )
    told = words.inherited_card if event.inherited else words.handed_over_card
    gone = Amend(state.said, state.person, told(form, context, event.to))
    new = form_card(form, context, after, event.at, handed_by=event.by, inherited=event.inherited)
    merged = tuple(Amend(ask_slot(q, event.to), event.to, words.not_needed_card(context)) for q in own)
    return Step(waking(after), (gone, *merged, Say(after.said, event.to, new, stale_at=after.closes_at)))


def handed(form: Questionnaire, context: Context, state: State, event: Handed) -> Step:
    """One question goes to a colleague; the rest stays."""
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
        drafts={question: value for question, value in state.drafts.items() if question != event.question},
    )
    card = words.asked_card(form, context, shown[event.question], event.by, after)
    asked = Say(ask_slot(event.question, event.to), event.to, card, stale_at=state.closes_at)
    if after.asking:  # what is left keeps its step, so that a form half filled in stays good
        after = waking(replace(after, revision=after.revision + 1))
        card = form_card(form, context, after, event.at)
        return Step(after, (asked, Amend(after.said, after.person, card)))
    return advance(form, context, after, event.at, (asked,), by=event.by)


def passed_back(form: Questionnaire, context: Context, state: State, event: PassedBack) -> Step:
    """A colleague could not answer: the question is back with whoever handed it on."""
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
    said = form_card(form, context, after, event.at)
    told = Say(
        f"back:{event.question}:{revision}", state.person, words.passed_back_card(context, question, event.by)
    )
    thanks = Amend(ask_slot(event.question, event.by), event.by, words.not_needed_card(context))
    return Step(waking(after), (thanks, Amend(state.said, state.person, said), told))


def colleague_answered(
    form: Questionnaire, context: Context, state: State, event: Submitted, found: Mapping[QuestionId, Value]
) -> Step:
    """What a colleague answered is kept under their name and told to whoever asked."""
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
            effects.append(
                Amend(ask_slot(name, event.by), event.by, words.thanked_card(context, question, value))
            )
            told = words.came_back_card(context, question, value, event.by)
            effects.append(Say(f"back:{name}:{after.revision}", state.person, told))
    return advance(form, context, after, event.at, tuple(effects), by=event.by)
