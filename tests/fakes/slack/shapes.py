"""What Slack refuses in a message, a modal or a list of options, and whom a message would notify; pure checks.

Limits are those of Slack's reference and of the comments in @slack/types; written down a second time, so that a
mistake in ours is seen.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_TEXT = 40_000
MESSAGE_CHARS = 13_000  # of all blocks; msg_blocks_too_long has been seen from 13,200 (bolt-js 2509)
IN_MESSAGES = {
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "markdown",
    "rich_text",
    "section",
} | {
    "table",
    "video",
}
IN_VIEWS = (IN_MESSAGES - {"table"}) | {"input"}
ELEMENTS = {"button", "checkboxes", "datepicker", "datetimepicker", "email_text_input", "external_select"} | {
    "multi_static_select",
    "number_input",
    "overflow",
    "plain_text_input",
    "radio_buttons",
    "static_select",
    "url_text_input",
    "users_select",
}
LENGTHS = {  # (type, key) -> fewest and most characters
    ("button", "text"): (1, 75),
    ("button", "value"): (1, 2_000),
    ("button", "url"): (1, 3_000),
    ("header", "text"): (1, 150),
    ("section", "text"): (1, 3_000),
    ("image", "alt_text"): (1, 2_000),
    ("image", "title"): (1, 2_000),
    ("image", "image_url"): (1, 3_000),
    ("input", "label"): (1, 2_000),
    ("input", "hint"): (1, 2_000),
    ("markdown", "text"): (1, 12_000),
    ("plain_text_input", "initial_value"): (0, 3_000),
    ("modal", "title"): (1, 24),
    ("modal", "submit"): (1, 24),
    ("modal", "close"): (1, 24),
    ("modal", "private_metadata"): (0, 3_000),
    ("modal", "callback_id"): (1, 255),
    ("home", "private_metadata"): (0, 3_000),
    ("home", "callback_id"): (1, 255),
}
NEEDED = {  # type -> what has to be there
    "actions": ("elements",),
    "button": ("action_id", "text"),
    "context": ("elements",),
    "header": ("text",),
    "image": ("alt_text",),
    "input": ("element", "label"),
    "rich_text": ("elements",),
}
COUNTS = {("actions", "elements"): 25, ("context", "elements"): 10, ("section", "fields"): 10}
OPTIONS = {
    "radio_buttons": 10,
    "checkboxes": 10,
    "overflow": 5,
    "static_select": 100,
    "multi_static_select": 100,
}
GROUPS = 100
ID, PLACEHOLDER, OPTION, FIELD = 255, 150, 75, 2_000
LIVE = {"broadcast", "channel", "user", "usergroup"}  # elements of rich text that name somebody
LINK = re.compile(r"<[a-z]+:[^>]*>")
STANDARD_LINK = re.compile(r"\]\([^)]*\)")
MENTION = re.compile(r"<(?:[!@#][^>]*)>")


def wrong_message(args: Json) -> str:
    """Slack's error code for a message; empty where it is taken."""
    blocks = args.get("blocks") or []
    if not args.get("text"):
        return "no_text"  # Slack takes blocks alone; we never send them, as nobody would hear of them
    if len(args["text"]) > MESSAGE_TEXT:
        return "msg_too_long"
    if len(blocks) > MESSAGE_BLOCKS or any(faults(blocks, IN_MESSAGES)):
        return "invalid_blocks"
    return "msg_blocks_too_long" if len(json.dumps(blocks, ensure_ascii=False)) > MESSAGE_CHARS else ""


def wrong_view(view: Json) -> str:
    """Slack's error code for a modal; empty where it is taken."""
    return "invalid_arguments" if any(view_faults(view)) else ""


def view_faults(view: Json) -> Iterator[str]:
    """What is wrong with a modal or a home."""
    blocks = view.get("blocks") or []
    if view.get("type") not in {"modal", "home"}:
        yield "type"
    if view.get("type") == "modal" and "title" not in view:
        yield "no title"
    if not 0 < len(blocks) <= VIEW_BLOCKS:
        yield f"{len(blocks)} blocks"
    if view.get("type") == "modal" and "submit" not in view and any(_is_input(block) for block in blocks):
        yield "an input without submit"
    yield from _lengths(view)
    yield from faults(blocks, IN_VIEWS)


def wrong_options(said: Json) -> list[str]:
    """What is wrong with the answer to a search."""
    options = said.get("options")
    if not isinstance(options, list) or len(options) > OPTIONS["static_select"] or set(said) != {"options"}:
        return ["options"]
    return list(_wrong_options(options))


def mentions(text: str, blocks: object = ()) -> set[str]:
    """Whom a message would notify: in its text, in its markup, in its rich text."""
    found = set(MENTION.findall(text))
    for part in _parts(blocks):
        if part.get("type") == "mrkdwn":
            found |= set(MENTION.findall(part["text"]))
        if part.get("type") == "markdown":
            found |= set(MENTION.findall(part["text"]))
        if part.get("type") in LIVE:
            found.add(json.dumps(dict(part)))
    return found


def links(text: str, blocks: object = ()) -> set[str]:
    """Addresses that a message hides behind words of its own choice."""
    marked = [text, *(part["text"] for part in _parts(blocks) if part.get("type") == "mrkdwn")]
    found = {link for one in marked for link in LINK.findall(one)}
    standard = [part["text"] for part in _parts(blocks) if part.get("type") == "markdown"]
    found |= {link for one in standard for link in STANDARD_LINK.findall(one)}
    return found | {str(part.get("url")) for part in _parts(blocks) if part.get("type") == "link"}


def faults(blocks: object, known: set[str]) -> Iterator[str]:
    """What is wrong with blocks."""
    listed = [block for block in blocks if isinstance(block, Mapping)] if isinstance(blocks, list) else []
    ids = Counter(block["block_id"] for block in listed if "block_id" in block)
    yield from (f"block_id {name} stands {times} times" for name, times in ids.items() if times > 1)
    for block in listed:
        if block.get("type") not in known:
            yield f"{block.get('type')} does not go here"
        yield from _block_faults(block)


def _block_faults(block: Json) -> Iterator[str]:
    actions = Counter(part["action_id"] for part in _parts(block) if "action_id" in part)
    yield from (f"action_id {name} stands {times} times" for name, times in actions.items() if times > 1)
    for part in _parts(block):
        yield from _lengths(part)
        yield from _part_faults(part)
    if _is_input(block) and block.get("element", {}).get("type") not in ELEMENTS - {"button", "overflow"}:
        yield "an input of nothing that is entered"
    if block.get("type") == "actions":
        yield from (
            f"{one.get('type')} cannot be pressed"
            for one in block["elements"]
            if one.get("type") not in ELEMENTS
        )


def _part_faults(part: Json) -> Iterator[str]:
    kind = str(part.get("type", ""))
    yield from (f"{kind} without {name}" for name in NEEDED.get(kind, ()) if not part.get(name))
    for (of, name), most in COUNTS.items():
        if kind == of and not 0 < len(part.get(name, [None])) <= most:
            yield f"{len(part[name])} {name} of {kind}"
    if kind == "section":
        yield from ("a field too long" for one in part.get("fields", ()) if len(_plain(one)) > FIELD)
    if kind == "header" and part["text"].get("type") != "plain_text":
        yield "a header with markup"
    if kind in {"plain_text", "mrkdwn", "text"} and not part.get("text"):
        yield f"an empty {kind}"
    if kind.startswith("rich_text") and not part.get("elements"):
        yield f"an empty {kind}"
    if max(len(str(part.get(name, ""))) for name in ("block_id", "action_id")) > ID:
        yield "an id too long"
    if len(_plain(part.get("placeholder"))) > PLACEHOLDER:
        yield "a placeholder too long"
    if kind in OPTIONS:
        yield from _choice_faults(part, OPTIONS[kind])
    if kind == "number_input" and any(
        not isinstance(part.get(name, ""), str) for name in ("min_value", "max_value")
    ):
        yield "a bound that is no string"


def _choice_faults(part: Json, most: int) -> Iterator[str]:
    groups = part.get("option_groups", [part])
    if len(groups) > GROUPS or any(not 0 < len(group.get("options", ())) <= most for group in groups):
        yield f"options of {part['type']}"
    options = [option for group in groups for option in group.get("options", ())]
    yield from _wrong_options(options)
    started = part.get("initial_options", [part["initial_option"]] if "initial_option" in part else [])
    yield from ("an option that is not offered is chosen" for one in started if one not in options)


def _wrong_options(options: list[Json]) -> Iterator[str]:
    for option in options:
        texts = [_plain(option["text"]), option["value"]]
        texts += [_plain(option["description"])] if "description" in option else []
        if any(not 0 < len(text) <= OPTION for text in texts):
            yield "an option too long or empty"
    if len({option["value"] for option in options}) != len(options):
        yield "a value twice"


def _lengths(part: Json) -> Iterator[str]:
    for (kind, key), (fewest, most) in LENGTHS.items():
        if part.get("type") == kind and key in part:
            text = _plain(part[key]) if isinstance(part[key], Mapping) else str(part[key])
            if not fewest <= len(text) <= most:
                yield f"{key} of {kind}: {len(text)} characters"


def _is_input(block: object) -> bool:
    return isinstance(block, Mapping) and block.get("type") == "input"


def _plain(text: object) -> str:
    return str(text.get("text", "")) if isinstance(text, Mapping) else ""


def _parts(part: object) -> Iterator[Json]:
    if isinstance(part, Mapping):
        yield part
        yield from (inner for value in part.values() for inner in _parts(value))
    elif isinstance(part, list):
        yield from (inner for one in part for inner in _parts(one))
