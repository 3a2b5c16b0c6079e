"""A reply in the terms of the surface that asked: what goes back at once and which call follows; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from adapters.slack.render import render, render_all, shareable
from adapters.slack.surface import (
    AtHome,
    Command,
    Elsewhere,
    InModal,
    Pressed,
    Sent,
    Surface,
    Written,
    inputs_of,
)
from adapters.slack.view import errors, view
from bot.core.card import Card, Paragraph
from bot.core.compose import notes
from bot.core.ports import Close, Nothing, Place, Problems, Reply, Show, Update

Json = Mapping[str, Any]
LATE = "Slack took too long to open the form. Please press again."
BUSY = "Rampcheck is busy and could not take that in time. Please press again in a moment."
AGAIN = 503  # an event answered with it comes again; what people press does not, so they are told


@dataclass(frozen=True, slots=True)
class OpenView:
    """Open a modal with a trigger, `over` the one that is open; where that fails, say so at `answer_at`."""

    trigger: str
    view: Json
    over: bool = False
    answer_at: str = ""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Replace an open modal, unless it changed meanwhile."""

    id: str
    view: Json
    seen: str


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer at the address that came with a press."""

    url: str
    message: Json


@dataclass(frozen=True, slots=True)
class Post:
    """Write into a conversation; with `only`, for that person's eyes."""

    channel: str
    message: Json
    thread: str
    only: str = ""


Call = OpenView | ChangeView | Respond | Post


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back with the acknowledgement, and the call to Slack that follows it."""

    body: Json | None = None
    then: Call | None = None
    status: int = 200


def drawn(card: Card) -> Json:
    """A card as it is posted: the message, and under `more` what goes on in its thread."""
    first, *more = render_all(card)
    return {**first, "more": more} if more else first


def answer(reply: Reply, surface: Surface, on: Place) -> Answer:
    """How a surface shows a reply; `on` is the place that modals opened from it come back to."""
    match surface:
        case Command():
            return _to_command(reply, surface, on)
        case Pressed():
            return _to_press(reply, surface, on)
        case Sent():
            return _to_modal(reply, surface, on)
        case InModal():
            return _in_modal(reply, surface, on)
        case AtHome():
            return _at_home(reply, surface, on)
        case Written():
            return _to_text(reply, surface)
        case Elsewhere():
            return Answer()
    assert_never(surface)


def opening(modal: Json, surface: Surface) -> Answer:
    """A button that asks for something first: its modal; nothing is stored before that is sent."""
    match surface:
        case Pressed(trigger, answer_at):
            return Answer(then=OpenView(trigger, modal, answer_at=answer_at))
        case InModal(trigger):
            return Answer(then=OpenView(trigger, modal, over=True))
        case AtHome(trigger):
            return Answer(then=OpenView(trigger, modal))
        case _:
            return Answer()


def busy(surface: Surface) -> Answer:
    """Nothing was stored: said where the person looks; an event is to be delivered again."""
    if isinstance(surface, Written | Elsewhere):
        return Answer(status=AGAIN)
    return answer(Problems({"": BUSY}), surface, Place(""))


def refused(surface: Surface) -> Answer:
    """What somebody of another company is told, for their eyes alone."""
    return answer(Show(notes.outsider()), surface, Place(""))


def too_late(lost: OpenView) -> Respond | None:
    """What to say where a form did not open."""
    message = {"response_type": "ephemeral", "replace_original": False, **_note({"": LATE})}
    return Respond(lost.answer_at, message) if lost.answer_at else None


def _to_command(reply: Reply, surface: Command, on: Place) -> Answer:
    match reply:
        case Show(card) if surface.trigger and _is_form(card):
            return Answer(then=OpenView(surface.trigger, view(card, on), answer_at=surface.answer_at))
        case Show(card, private):
            shown = render(card)
            shares = private and not on.direct and not _is_note(card)
            shared = shareable(shown, surface.text) if shares else shown
            return _with_command(shared, private=private)
        case Problems(by_field):
            return _with_command(_note(by_field))
        case Nothing() | Update() | Close():
            return Answer()
    assert_never(reply)


def _with_command(message: Json, *, private: bool = True) -> Answer:
    return Answer({"response_type": "ephemeral" if private else "in_channel", **message})


def _to_press(reply: Reply, surface: Pressed, on: Place) -> Answer:
    match reply:
        case Show(card) if surface.trigger and _is_form(card):
            return Answer(then=OpenView(surface.trigger, view(card, on), answer_at=surface.answer_at))
        case Show(card, private):
            return _respond(surface, render(card), private=private)
        case Problems(by_field):
            return _respond(surface, _note(by_field), replace=False)
        case Update(card) if surface.private:
            return _respond(surface, render(card))
        case Close() if surface.private:
            return Answer(then=Respond(surface.answer_at, {"delete_original": True}))
        case Nothing() | Update() | Close():
            return Answer()  # the message itself is the outbox's to change
    assert_never(reply)


def _respond(surface: Pressed, message: Json, *, private: bool = True, replace: bool = True) -> Answer:
    """Beside the message that asked, or in its place where only this person sees it."""
    if not surface.answer_at:
        return Answer()
    public = surface.shared or not private
    how = {
        "response_type": "in_channel" if public else "ephemeral",
        "replace_original": surface.private and not public and replace,
    }
    return Answer(then=Respond(surface.answer_at, {**how, **message}))


def _to_modal(reply: Reply, surface: Sent, on: Place) -> Answer:
    match reply:
        case Problems(by_field):
            return _problems(by_field, surface)
        case Show(card):
            return Answer({"response_action": "update", "view": view(card, on)})
        case Update(card, over):
            change = {"response_action": "update", "view": view(card, on)}
            return Answer({"response_action": "clear"} if over else change)
        case Close():
            return Answer({"response_action": "clear"})
        case Nothing():
            return Answer()  # an empty answer closes the modal
    assert_never(reply)


def _problems(by_field: Mapping[str, str], surface: Sent) -> Answer:
    """Each at its field. Slack takes problems at fields only: those of none stand at the first."""
    inputs = inputs_of(surface.view)
    if not inputs:
        return Answer({"response_action": "update", "view": view(notes.problem(_said(by_field)))})
    shown: dict[str, str] = {}
    for block, text in errors(by_field).items():
        at = block if block in inputs else inputs[0]
        shown[at] = f"{shown[at]}\n{text}" if at in shown else text
    return Answer({"response_action": "errors", "errors": shown})


def _in_modal(reply: Reply, surface: InModal, on: Place) -> Answer:
    match reply:
        case Show(card):
            return Answer(then=OpenView(surface.trigger, view(card, on), over=True))
        case Problems(by_field):
            problem = view(notes.problem(_said(by_field)))
            return Answer(then=OpenView(surface.trigger, problem, over=True))
        case Update(card):
            return Answer(then=ChangeView(surface.view, view(card, on), surface.seen))
        case Nothing() | Close():
            return Answer()
    assert_never(reply)


def _at_home(reply: Reply, surface: AtHome, on: Place) -> Answer:
    match reply:
        case Show(card) | Update(card):
            return Answer(then=OpenView(surface.trigger, view(card, on)))
        case Problems(by_field):
            return Answer(then=OpenView(surface.trigger, view(notes.problem(_said(by_field)))))
        case Nothing() | Close():
            return Answer()
    assert_never(reply)


def _to_text(reply: Reply, surface: Written) -> Answer:
    match reply:
        case Show(card, private):
            return _post(surface, drawn(card), private=private)
        case Problems(by_field):
            return _post(surface, _note(by_field))
        case Nothing() | Update() | Close():
            return Answer()
    assert_never(reply)


def _post(surface: Written, message: Json, *, private: bool = True) -> Answer:
    """A direct conversation is private already, and what is shown to one person's eyes alone is gone on reloading."""
    only = surface.user if private and not surface.channel.startswith("D") else ""
    return Answer(then=Post(surface.channel, message, surface.thread, only))


def _is_note(card: Card) -> bool:
    """One paragraph and nothing to press: a refusal, a remark. A channel has no use for it."""
    return len(card.body) == 1 and isinstance(card.body[0], Paragraph) and not card.actions


def _is_form(card: Card) -> bool:
    return bool(card.fields)


def _note(by_field: Mapping[str, str]) -> Json:
    return render(notes.problem(_said(by_field)))


def _said(by_field: Mapping[str, str]) -> str:
    return "\n".join(dict.fromkeys(by_field.values()))
