"""One message for several pilots of one person: a line and a button for each; it must not know what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core import tokens
from bot.core.bundles import Lane
from bot.core.card import Action, Button, Card, Paragraph, Tone, bold, say, spoken
from bot.core.compose import words
from bot.core.compose.answered import fill
from bot.core.compose.introduction import several
from bot.core.context import Context
from bot.core.decisions import DECISION
from bot.core.questionnaire import Questionnaire
from bot.core.state import Phase, State
from bot.core.tokens import About, Token

ABOUT: Mapping[Lane, str] = {
    Lane.QUESTIONS: "Questions",
    Lane.DECISIONS: "Decisions",
    Lane.NO_ANSWER: "No answer",
    Lane.RECORDS: "Once a year: the records",
}


def strip(form: Questionnaire, context: Context, state: State, card: Card, short: str = "") -> Card:
    """What a check-in's own message says, as one line and at most one button; `short` in place of a form's words."""
    name = words.pilot_name(context.pilot_name)
    said = short or " ".join(spoken([block]) for block in card.body if isinstance(block, Paragraph))
    line = say(bold(name), f" ({words.small(fill(form.title, context))}). {said}")
    footer = several(personal=context.personal) if card.fields and context.introduces else ""
    verb = "Decide" if form.id == DECISION else "Answer"
    actions = _button(context, state, card, name, verb=verb)
    return Card(name, spoken([line]), (line,), actions=actions, footer=footer)


def _button(context: Context, state: State, card: Card, name: str, *, verb: str) -> tuple[Action, ...]:
    """One button, which opens the rest; none where nothing is left to do or to see."""
    if not card.actions:
        return ()
    token = tokens.encode(Token(About.CHECKIN, context.checkin, "show", state.step))
    if card.fields:
        opens = "Go on" if state.answers or state.drafts else verb
        return (Button(f"{opens}: {name}", token, Tone.PRIMARY),)
    later = f"{verb} now" if state.phase is Phase.SNOOZED else "See"
    return (Button(f"{later}: {name}", token),)


def bundle(strips: Sequence[Card], lane: Lane) -> Card:
    """The message that they stand in; its title says what it is about, and how many still wait for an answer."""
    waiting = sum(_waits(one) for one in strips)
    pilots = words.count(len({one.title for one in strips}), "pilot")
    title = f"{ABOUT[lane]} {'of' if lane is Lane.RECORDS else 'about'} {pilots}{_left(waiting, len(strips))}"
    body = tuple(block for one in strips for block in one.body)
    footer = next((one.footer for one in strips if one.footer), "")
    lines = (title, spoken(body), footer)
    return replace(
        Card(title, "\n".join(line for line in lines if line), body),
        actions=tuple(action for one in strips for action in one.actions),
        footer=footer,
    )


def _waits(one: Card) -> bool:
    return any(isinstance(action, Button) and action.tone is Tone.PRIMARY for action in one.actions)


def _left(waiting: int, number: int) -> str:
    if waiting == number:
        return ""
    return f": {waiting} still open" if waiting else ": nothing left to do here"
