"""Whether Slack would take a message or a modal: its own types, its SDK's models, and what neither of them checks."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft7Validator

try:
    from slack_sdk.models import blocks as models
    from slack_sdk.models import views
except ImportError:  # without the SDK the types and our own checks still hold
    models = views = None

Json = Mapping[str, Any]

SCHEMA = json.loads((Path(__file__).parent / "schema" / "blockkit.schema.json").read_text(encoding="utf-8"))
_MESSAGE = Draft7Validator({**SCHEMA, "$ref": "#/definitions/Message"})
_MODAL = Draft7Validator({**SCHEMA, "$ref": "#/definitions/Modal"})

MESSAGE_CHARS = 13_000  # of all blocks; msg_blocks_too_long has been seen from 13,200
LENGTHS = {  # (type, key) -> characters; from the comments of @slack/types and Slack's reference
    ("header", "text"): 150,
    ("button", "text"): 75,
    ("button", "value"): 2_000,
    ("button", "url"): 3_000,
    ("button", "action_id"): 255,
    ("image", "alt_text"): 2_000,
    ("input", "label"): 2_000,
    ("input", "hint"): 2_000,
    ("modal", "title"): 24,
    ("modal", "submit"): 24,
    ("modal", "close"): 24,
    ("modal", "private_metadata"): 3_000,
    ("modal", "callback_id"): 255,
    ("plain_text_input", "initial_value"): 3_000,
}
COUNTS = {("actions", "elements"): 25, ("context", "elements"): 10, ("section", "fields"): 10}
BOXES = {"radio_buttons": 10, "checkboxes": 10, "static_select": 100, "multi_static_select": 100}
INERT = {"text", "link", "rich_text_section", "rich_text_list", "rich_text_preformatted"}


def check_message(payload: Json) -> None:
    """AssertionError with all that Slack would refuse in a message, or would take for markup."""
    by_type = [
        error.message for error in _MESSAGE.iter_errors({key: payload[key] for key in ("text", "blocks")})
    ]
    said = [*by_type, *_models(payload["blocks"]), *_blocks(payload["blocks"], most=50)]
    said += _text(payload["text"])
    size = len(json.dumps(payload["blocks"], ensure_ascii=False))
    said += [f"{size} characters of blocks"] if size > MESSAGE_CHARS else []
    said += ["an input in a message" for block in payload["blocks"] if block["type"] == "input"]
    assert not said, "\n".join(said)


def check_view(view: Json) -> None:
    """AssertionError with all that Slack would refuse in a modal."""
    said = [*(error.message for error in _MODAL.iter_errors(view)), *_view_model(view)]
    said += _blocks(view["blocks"], most=100)
    said += _lengths(view)
    has_inputs = any(block["type"] == "input" for block in view["blocks"])
    said += ["an input without submit"] if has_inputs and "submit" not in view else []
    assert not said, "\n".join(said)


def check_home(view: Json) -> None:
    """AssertionError with all that Slack would refuse in a home. Its types are those of a modal's blocks."""
    shown = {"type": "modal", "title": {"type": "plain_text", "text": "Home"}, "blocks": view["blocks"]}
    said = [*(error.message for error in _MODAL.iter_errors(shown)), *_view_model(view)]
    said += [*_blocks(view["blocks"], most=100), *_lengths(view)]
    said += ["an input" for block in view["blocks"] if block["type"] == "input"]
    said += [f"{key} of a home" for key in ("title", "submit", "close") if key in view]
    said += [] if view["type"] == "home" and view["blocks"] else ["no home, or an empty one"]
    assert not said, "\n".join(said)


def _models(blocks: list[Json]) -> Iterator[str]:
    """What slack_sdk says, and what it would not send on."""
    for block in blocks if models else ():
        try:
            (parsed,) = models.Block.parse_all([dict(block)])
            yield from _dropped(block, parsed.to_dict())
        except Exception as error:  # noqa: BLE001  # the SDK raises its own and AttributeError
            yield f"{block['type']}: {error!r}"


def _dropped(ours: object, theirs: object) -> Iterator[str]:
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        missing = {key for key in set(ours) - set(theirs) if ours[key] not in (False, None)}
        yield from (f"the SDK knows no {key!r} of {ours.get('type')}" for key in sorted(missing))
        for key in set(ours) & set(theirs):
            yield from _dropped(ours[key], theirs[key])


def _view_model(view: Json) -> Iterator[str]:
    if not views:
        return
    try:
        views.View(**view).to_dict()
    except Exception as error:  # noqa: BLE001  # the SDK raises its own and AttributeError
        yield repr(error)


# --- what neither checks


def _blocks(blocks: list[Json], *, most: int) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks"
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"block_id {name!r} stands {times} times" for name, times in ids.items() if times > 1)
    for block in blocks:
        actions = Counter(part["action_id"] for part in _parts(block) if "action_id" in part)
        yield from (
            f"action_id {name!r} stands {times} times" for name, times in actions.items() if times > 1
        )
        for part in _parts(block):
            yield from _part(part)


def _part(part: Json) -> Iterator[str]:
    yield from _lengths(part)
    kind = str(part.get("type", ""))
    for (of, key), most in COUNTS.items():
        if kind == of and not 1 <= len(part.get(key, [""])) <= most:
            yield f"{len(part[key])} {key} of {kind}"
    if kind == "mrkdwn" or part.get("type") in {"user", "usergroup", "broadcast", "channel"}:
        yield f"{kind}: markup where a person's words may stand"
    if "elements" in part and kind in INERT and not part["elements"]:
        yield f"{kind} without elements"
    if kind in {"plain_text", "text"} and not part["text"]:
        yield f"an empty {kind}"
    if len(str(part.get("block_id", ""))) > 255:
        yield "a long block_id"
    if kind in BOXES:
        yield from _options(part, BOXES[kind])
    if kind == "number_input":
        yield from (
            f"{key} is a number"
            for key in ("min_value", "max_value")
            if not isinstance(part.get(key, ""), str)
        )
    if kind == "image" and not part.get("alt_text"):
        yield "an image without words"


def _options(part: Json, most: int) -> Iterator[str]:
    groups = part.get("option_groups", [part])
    if len(groups) > 100 or any(not 1 <= len(group["options"]) <= most for group in groups):
        yield f"{[len(group['options']) for group in groups]} options of {part['type']}"
    options = [option for group in groups for option in group["options"]]
    for option in options:
        texts = (option["text"]["text"], option["value"], option.get("description", {"text": "-"})["text"])
        yield from (
            f"option {text[:20]!r}: {len(text)} characters" for text in texts if not 1 <= len(text) <= 75
        )
    started = part.get("initial_options", [part["initial_option"]] if "initial_option" in part else [])
    yield from (f"{one['value']!r} is not among the options" for one in started if one not in options)


def _lengths(part: Json) -> Iterator[str]:
    for (kind, key), most in LENGTHS.items():
        value = part.get(key)
        text = value.get("text", "") if isinstance(value, Mapping) else value
        if part.get("type") == kind and isinstance(text, str) and len(text) > most:
            yield f"{key} of {kind}: {len(text)} characters"


def _text(text: str) -> Iterator[str]:
    if not text:
        yield "no text"
    if len(text) > 4_000:
        yield f"{len(text)} characters of text"
    if re.search(r"[<>]|&(?!amp;|lt;|gt;)", text):
        yield "markup in the text"


def _parts(part: object) -> Iterator[Json]:
    if isinstance(part, Mapping):
        yield part
        yield from (inner for value in part.values() for inner in _parts(value))
    elif isinstance(part, list):
        yield from (inner for one in part for inner in _parts(one))
