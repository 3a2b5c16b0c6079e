"""Every card of a questionnaire as its author should see it before anybody is asked; it must not know who shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.core import cadence, outcome
from bot.core.card import Card
from bot.core.compose.conditions import both, condition_words
from bot.core.compose.form import form_card
from bot.core.context import Context
from bot.core.days import day_words
from bot.core.questionnaire import Content, Kind, QuestionId, Questionnaire, Screen
from bot.core.routing import Record
from bot.core.state import Phase, State
from bot.core.values import Value

# A pilot as in content.md section 4: what fills the placeholders of a text.
PILOT = "Invoice matcher"
SAID = {
    "pilot": PILOT,
    "owner": "Dana Ozola",
    "sponsor": "Sofia Lindqvist",
    "decider": "Ravi Menon",
    "stage": "Pilot",
    "metric": "minutes per invoice",
    "baseline": "12",
    "target": "3",
    "intended": "40",
    "sure_label": "Even",
}
DAYS = {"last_date": -14, "target_date": 60, "date": 60, "decide_by": 30}  # placeholder -> days from today
ASKED = 1  # the person who is asked; nobody, in truth


@dataclass(frozen=True, slots=True)
class Preview:
    """One screen as a card. `when` says when it is shown, `asked_when` question -> when that one is asked."""

    screen: str
    card: Card
    when: str
    asked_when: Mapping[QuestionId, str]


def previews(content: Content, form: Questionnaire, now: datetime) -> Iterator[Preview]:
    """Each screen with all its questions, those that depend on answers included, in the order written."""
    bare = replace(form, screens=tuple(_unconditional(screen) for screen in form.screens))
    context = _context(content, form, now)
    answered: dict[QuestionId, Value] = {}
    for screen in form.screens:
        asked = tuple(question.id for question in screen.questions if question.kind is not Kind.INFO)
        if not asked:
            continue
        state = _state(now, asked, answered, context)
        yield Preview(
            screen=screen.id,
            card=form_card(bare, context, state, now),
            when=condition_words(screen.when),
            asked_when={q.id: condition_words(both(screen.when, q.when)) for q in screen.questions if q.when},
        )
        answered.setdefault(asked[0], "")  # a form half-way through looks other than one just begun


def _unconditional(screen: Screen) -> Screen:
    return replace(screen, when=None, questions=tuple(replace(q, when=None) for q in screen.questions))


def _state(
    now: datetime, asked: tuple[QuestionId, ...], answered: Mapping[QuestionId, Value], context: Context
) -> State:
    _, closes_at = cadence.ladder(now, zone=context.zone, asking=context.asking)
    return State(Phase.OPEN, ASKED, now, closes_at, answers=dict(answered), asking=asked, revision=1, step=1)


def _context(content: Content, form: Questionnaire, now: datetime) -> Context:
    today = now.date()
    days = {name: _said(today + timedelta(days=days), today) for name, days in DAYS.items()}
    return Context(
        checkin=0,
        pilot_name=PILOT,
        asking=content.policy.asking,
        record=Record(pilot={"stage": "pilot"}, role=form.asks),
        names={ASKED: SAID["owner"]},
        placeholders=SAID | days,
        nothing=outcome.nothing_values(form),
    )


def _said(day: date, today: date) -> str:
    return day_words(day, today)
