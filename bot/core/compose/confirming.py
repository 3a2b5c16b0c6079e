"""What a reviewer is asked to confirm, item by item in one message, and what others hear; it decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.card import Action, Block, Button, Card, Facts, Person, Span, Tone, bold, fit, say, spoken
from bot.core.compose import words
from bot.core.compose.gate import WHO, reason_field
from bot.core.questionnaire import Item
from bot.core.records import ItemLevel, Pilot, Request
from bot.core.reviewing import NotYours
from bot.core.tokens import About, Token, encode

CONFIRM, NOT_YET, PASS_ON = "confirm", "not_yet", "pass_on"  # verbs of a request to confirm
APPROVE, OBJECT = "approve", "object"  # verbs of a request for a second approval
LINK_SHOWN = 120  # characters of a link in a line


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a request to confirm. `answer` is empty until its reviewer has spoken or it needs none any more."""

    item: Item
    level: ItemLevel | None
    need: int
    role: str
    said_by: str = ""
    answer: str = ""


def confirm_card(request: Request, pilot: Pilot, stage: str, asked_by: str, lines: Sequence[Line]) -> Card:
    """The first item that waits, with its proof and three buttons; after the last one what was answered."""
    waiting = [line for line in lines if not line.answer]
    name = words.pilot_name(pilot.name)
    if not waiting:
        title = f"{name}: confirmed, thank you" if lines else f"{name}: nothing to confirm any more"
        body: tuple[Block, ...] = (
            (_answers(lines),) if lines else (say("Nothing is needed from you any more."),)
        )
        actions: tuple[Action, ...] = (words.button("Show the gate", pilot.id, "gate"),)
        return Card(title, f"{title}\n{spoken(body)}", body=body, actions=actions)
    title = f"{name}: does the proof show it?"
    body = tuple(_asking(waiting[0], lines, stage, asked_by))
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=tuple(_answering(request, waiting[0])))


def _asking(line: Line, lines: Sequence[Line], stage: str, asked_by: str) -> Iterator[Block]:
    role, number = words.role_name(line.role), lines.index(line) + 1
    count = f" {number} of {len(lines)}:" if len(lines) > 1 else ""
    yield say(f"{asked_by} asks you as {role} to confirm what {words.stage_name(stage)} needs.{count}")
    yield say(bold(f"{words.item_name(line.item)}. "), line.item.question)
    yield Facts(tuple(_facts(line)))
    yield _proof(line)
    done = [one for one in lines if one.answer]
    if done:
        yield _answers(done)


def _facts(line: Line) -> Iterator[tuple[str, str]]:
    yield "Needed", f"{line.need}: {line.item.levels[line.need]}"
    if line.level is not None and line.level.level is not None:
        by = f" ({line.said_by})" if line.said_by else ""
        yield "Said", f"{line.level.level}: {line.item.levels[line.level.level]}{by}"
    if line.item.proof:
        yield "Good proof is", line.item.proof


def _proof(line: Line) -> Block:
    link = line.level.link if line.level else ""
    if not link:
        return say(bold("Proof: "), "no link was given. Say “Not yet” if you cannot know without one.")
    return say(bold("Proof: "), Span(fit(link, LINK_SHOWN), url=link))


def _answers(lines: Sequence[Line]) -> Facts:
    return Facts(tuple((words.item_name(line.item), line.answer) for line in lines))


def _answering(request: Request, line: Line) -> Iterator[Action]:
    def token(verb: str) -> str:
        return encode(Token(About.REQUEST, request.id, verb, arg=line.item.id))

    to = Person(WHO, "Who can confirm it?", hint="Leave it empty if you do not know.")
    yield Button("Yes, I checked it", token(CONFIRM), Tone.PRIMARY)
    yield Button("Not yet", token(NOT_YET), asks=(reason_field(),))
    yield Button("Not mine", token(PASS_ON), asks=(to,))


# --- what is said after ---------------------------------------------------------------------------------------------

YES = "you confirmed it"


def no(reason: str) -> str:
    """A reviewer's own no, in their message."""
    return f"not yet: {reason}"


def passed_on(name: str) -> str:
    """An item that its reviewer handed on, in their message."""
    return f"handed to {name}" if name else "not yours"


SETTLED = "settled meanwhile"


def why_not(why: NotYours, item: str) -> str:
    """Why somebody may not confirm an item, and what to do."""
    match why:
        case NotYours.OWN:
            return f"You own, deputise for or build this pilot, so somebody else has to confirm {item}."
        case NotYours.NOT_NAMED:
            return f"{item} is not yours to confirm any more. `gate` shows who does."
        case NotYours.TWICE:
            return f"You have confirmed {item} in another role; a second person has to."
        case NotYours.NOT_READY:
            return f"{item} has changed and is not ready to be confirmed. You are asked again when it is."


def told_card(pilot: Pilot, who: str, role: str, said: Mapping[str, str]) -> Card:
    """What the owner hears of a reviewer's answers: item -> what was said."""
    name = words.pilot_name(pilot.name)
    title = f"{name}: {who} answered as {words.role_name(role)}"
    body = (Facts(tuple(said.items())),)
    actions = (words.button("Show the gate", pilot.id, "gate"),)
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=actions)


CONFIRMED = "confirmed"


def unnamed_card(pilot: Pilot, item: str, role: str, who: str) -> Card:
    """What the owner hears where a reviewer hands an item back to nobody."""
    line = (
        f"{who} says that confirming “{item}” is not theirs, and named nobody. Name who confirms it as "
        f"{words.role_name(role)}: `gate {pilot.key}`."
    )
    title = f"{words.pilot_name(pilot.name)}: a reviewer is missing"
    actions = (words.button("Show the gate", pilot.id, "gate"),)
    return Card(title, line, body=(say(line),), actions=actions)


# --- a second approval ----------------------------------------------------------------------------------------------


def approve_card(request: Request, pilot: Pilot, stage: str, decider: str, reason: str) -> Card:
    """A pilot of high risk passes its gate when a second person approves."""
    name = words.pilot_name(pilot.name)
    title = f"{name}: a second approval"
    first = f"{decider} decided to let {name} into {words.stage_name(stage)}."
    first += " Its risk is high, so a second person has to approve."
    because = f"Their reason: {reason}." if reason else ""
    body = tuple(say(line) for line in (first, because) if line)

    def token(verb: str) -> str:
        return encode(Token(About.REQUEST, request.id, verb))

    actions = (
        Button("Approve", token(APPROVE), Tone.PRIMARY),
        Button("Not yet", token(OBJECT), asks=(reason_field(),)),
        words.button("Show the gate", pilot.id, "gate"),
    )
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=actions)


def approved_card(pilot: Pilot, line: str) -> Card:
    """What came of a second approval, for whoever was asked and whoever decided."""
    title = words.pilot_name(pilot.name)
    return Card(
        title, f"{title}: {line}", body=(say(line),), actions=(words.button("Status", pilot.id, "status"),)
    )


def approved(who: str, stage: str) -> str:
    """The gate is passed."""
    return f"{who} approved it as the second person. It moves on to {words.stage_name(stage)}."


def objected(who: str, reason: str) -> str:
    """The gate stays shut."""
    return f"{who} does not approve it yet: {reason}. It stays where it is."


def not_any_more(stage: str) -> str:
    """The gate shut again between the decision and its approval."""
    return f"The gate to {words.stage_name(stage)} is not passed any more, so nothing moved. Decide anew once it is."
