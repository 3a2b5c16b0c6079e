"""Where on the screen somebody acted, and so what can be answered there; pure: it reads the payload's envelope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.common.raw import part_of, text_of
from adapters.slack.controls import Carries, carried

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: its answer goes back with the acknowledgement."""

    trigger: str
    answer_at: str
    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of a message; `private` where only this person sees that message, `shared` if all shall see more."""

    trigger: str
    answer_at: str
    private: bool
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A modal that was submitted: problems are shown at its fields, or it changes, or closes."""

    view: Json


@dataclass(frozen=True, slots=True)
class InModal:
    """A button within a modal that is open."""

    trigger: str
    view: str
    seen: str  # the hash of what the person saw: an older modal is not written over a newer one


@dataclass(frozen=True, slots=True)
class AtHome:
    """A button on somebody's home, which is drawn anew by itself."""

    trigger: str


@dataclass(frozen=True, slots=True)
class Written:
    """A text in a direct conversation or a channel."""

    channel: str
    user: str
    thread: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Nothing that could be answered: a modal that was closed, an app that was removed."""


Surface = Command | Pressed | Sent | InModal | AtHome | Written | Elsewhere


def surface_of(raw: Json) -> Surface:
    """The surface of a verified payload; total."""
    if "command" in raw:
        return Command(text_of(raw, "trigger_id"), text_of(raw, "response_url"), text_of(raw, "text"))
    match raw.get("type"):
        case "event_callback":
            return _written(part_of(raw, "event"))
        case "view_submission":
            return Sent(part_of(raw, "view"))
        case "block_actions":
            return _pressed(raw)
        case "shortcut" | "message_action":
            return Pressed(text_of(raw, "trigger_id"), text_of(raw, "response_url"), private=False)
        case _:
            return Elsewhere()


def pressed_in(raw: Json) -> Json:
    """The control that was pressed; empty where none was."""
    actions = raw.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    return first if isinstance(first, Mapping) else {}


def inputs_of(view: Json) -> tuple[str, ...]:
    """The block ids of a modal's fields, in order."""
    blocks = view.get("blocks")
    known = [one for one in blocks if isinstance(one, Mapping)] if isinstance(blocks, list) else []
    return tuple(text_of(one, "block_id") for one in known if one.get("type") == "input")


def picked_people(raw: Json) -> tuple[str, ...]:
    """The accounts that were picked in a form or a message, by Slack's own picker."""
    view, message = part_of(part_of(raw, "view"), "state"), part_of(raw, "state")
    blocks = [*part_of(view, "values").values(), *part_of(message, "values").values()]
    fields = [field for block in blocks if isinstance(block, Mapping) for field in block.values()]
    actions = raw.get("actions")
    fields += actions if isinstance(actions, list) else []
    found = (one.get("selected_user") for one in fields if isinstance(one, Mapping))
    return tuple(dict.fromkeys(user for user in found if isinstance(user, str) and user))


def _pressed(raw: Json) -> Surface:
    container, trigger = part_of(raw, "container"), text_of(raw, "trigger_id")
    if container.get("type") == "view":
        view = part_of(raw, "view")
        if view.get("type") == "home":
            return AtHome(trigger)
        return InModal(trigger, text_of(view, "id"), text_of(view, "hash"))
    shared = carried(pressed_in(raw)) is Carries.COMMAND
    return Pressed(trigger, text_of(raw, "response_url"), container.get("is_ephemeral") is True, shared)


def _written(event: Json) -> Surface:
    if event.get("type") not in {"message", "app_mention"}:
        return Elsewhere()
    return Written(text_of(event, "channel"), text_of(event, "user"), text_of(event, "thread_ts"))
