"""What Slack refuses: sizes, ids and forms of what is sent to it, scopes and the speed of calls; pure checks."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Any

SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "conversations.open": "im:write",
    "conversations.history": "im:history",
    "users.info": "users:read",
    "users.list": "users:read",
}
ALL_SCOPES = frozenset(
    {"chat:write", "commands", "im:history", "im:write", "users:read", "app_mentions:read"}
)
# Calls a minute, from Slack's own table; a channel takes one message a second.
TIERS = {
    "chat.postEphemeral": 100,
    "chat.postMessage": 300,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.open": 50,
    "users.info": 100,
    "users.list": 20,
    "views.open": 100,
    "views.publish": 100,
    "views.push": 100,
    "views.update": 100,
}
CHANNEL_BURST = 3  # messages that a channel takes at once before one a second is insisted on

Json = Mapping[str, Any]


def wrong_message(args: Json) -> str:
    """Slack's error code for a message; empty where it is taken."""
    blocks = args.get("blocks") or []
    if not args.get("text"):
        return "no_text"
    if len(args["text"]) > 40_000:
        return "msg_too_long"
    if len(blocks) > 50 or any(_wrong(blocks)):
        return "invalid_blocks"
    return "msg_blocks_too_long" if len(json.dumps(blocks, ensure_ascii=False)) > 13_000 else ""


def wrong_view(view: Json) -> str:
    """Slack's error code for a modal; empty where it is taken."""
    blocks = view.get("blocks") or []
    labels = [_plain(view.get(name)) for name in ("title", "submit", "close")]
    asks = any(block.get("type") == "input" for block in blocks)
    bad = (
        view.get("type") != "modal"
        or not labels[0]
        or any(len(label) > 24 for label in labels)
        or len(blocks) > 100
        or len(view.get("private_metadata") or "") > 3000
        or (asks and not labels[1])
        or any(_wrong(blocks))
    )
    return "invalid_arguments" if bad else ""


def wrong_options(said: Json) -> list[str]:
    """What is wrong with the answer to a search."""
    options = said.get("options")
    if not isinstance(options, list) or len(options) > 100 or set(said) != {"options"}:
        return ["options"]
    values = [option["value"] for option in options]
    wrong = [fault for option in options for fault in _wrong_option(option)]
    return wrong + (["a value twice"] if len(values) != len(set(values)) else [])


def _wrong_option(option: Json) -> Iterator[str]:
    texts = [_plain(option["text"]), option["value"]]
    texts += [_plain(option["description"])] if "description" in option else []
    if any(not 0 < len(text) <= 75 for text in texts):
        yield "option"


def _wrong(blocks: list[Json]) -> Iterator[str]:
    """What is wrong with blocks."""
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        yield "block_id twice"
    for block in blocks:
        yield from _wrong_block(block)


def _wrong_block(block: Json) -> Iterator[str]:
    if len(block.get("block_id", "")) > 255:
        yield "block_id"
    match block.get("type"):
        case "header" if not 0 < len(_plain(block["text"])) <= 150:
            yield "header"
        case "section":
            fields = block.get("fields", [])
            if len(_plain(block.get("text"))) > 3000 or len(fields) > 10:
                yield "section"
            yield from ("field" for one in fields if len(_plain(one)) > 2000)
        case "context" if len(block["elements"]) > 10:
            yield "context"
        case "actions":
            ids = [one.get("action_id") for one in block["elements"]]
            if not 0 < len(ids) <= 25 or len(ids) != len(set(ids)):
                yield "actions"
            yield from (fault for one in block["elements"] for fault in _wrong_element(one))
        case "input":
            if not 0 < len(_plain(block["label"])) <= 2000 or len(_plain(block.get("hint"))) > 2000:
                yield "input"
            yield from _wrong_element(block["element"])


def _wrong_element(element: Json) -> Iterator[str]:
    if len(element.get("action_id", "")) > 255 or len(_plain(element.get("placeholder"))) > 150:
        yield "element"
    if element["type"] == "button" and (
        not 0 < len(_plain(element["text"])) <= 75 or len(element.get("value", "")) > 2000
    ):
        yield "button"
    options = element.get("options")
    few = 10 if element["type"] in {"radio_buttons", "checkboxes"} else 100
    if options is not None and not 0 < len(options) <= few:
        yield "options"
    for option in options or []:
        yield from _wrong_option(option)


def _plain(text: Any) -> str:
    return str(text.get("text", "")) if isinstance(text, Mapping) else ""


class Speed:
    """Counts calls in the last minute."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def too_fast(self, method: str, channel: str, now: float) -> int:
        """Seconds to wait; 0 where the call is taken, and counted."""
        limits = [(method, TIERS.get(method, 10_000), 60.0)]
        if method == "chat.postMessage":
            limits.append((channel, CHANNEL_BURST, float(CHANNEL_BURST)))
        for name, most, within in limits:
            while self._calls[name] and self._calls[name][0] <= now - within:
                self._calls[name].popleft()
            if len(self._calls[name]) >= most:
                return max(1, round(self._calls[name][0] + within - now))
        for name, _, _ in limits:
            self._calls[name].append(now)
        return 0
