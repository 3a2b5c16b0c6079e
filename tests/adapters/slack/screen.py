"""What a person sees and does on Slack's screen, as the payloads Slack then sends: the shapes are its documents'."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.slack import controls
from adapters.slack.inputs import DAY, MAIN, NONE, NONE_YET, OTHER

TEAM, APP, US, ANNA = "T0AAAA111", "A0APP0001", "U0BOT0001", "U0ANNA001"
DIRECT, CHANNEL, MESSAGE = "D0ANNA001", "C0PILOTS1", "1795400000.000100"

Json = dict[str, Any]
Values = Mapping[str, str | list[str]]
_number = itertools.count(1)


def envelope(**parts: Any) -> Json:
    """What comes with everything a person presses or sends; its trigger is of its own each time."""
    number = next(_number)
    return {
        "team": {"id": TEAM, "domain": "example"},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": ANNA, "username": "anna", "name": "anna", "team_id": TEAM},
        "api_app_id": APP,
        "token": "unused",
        "trigger_id": f"{number}.{TEAM}.{number:032x}",
        **parts,
    }


def event(inner: Json, **parts: Any) -> Json:
    """An event as the Events API and the socket deliver it."""
    number = next(_number)
    ours = {
        "enterprise_id": None,
        "team_id": TEAM,
        "user_id": US,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": inner,
        "event_id": f"Ev{number:09}",
        "event_time": 1795400000 + number,
        "authorizations": [ours],
        **parts,
    }


def wrote(text: str, **parts: Any) -> Json:
    """A direct message; Slack escapes what was typed."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return said({"text": escaped, **parts})


def said(parts: Json) -> Json:
    """A direct message with its text as Slack has it."""
    plain = {
        "type": "message",
        "channel": DIRECT,
        "channel_type": "im",
        "user": ANNA,
        "ts": f"{next(_number)}.000001",
    }
    return event({**plain, **parts})


def mentioned(text: str, **parts: Any) -> Json:
    """A message in a channel that names us."""
    plain = {"type": "app_mention", "channel": CHANNEL, "user": ANNA, "ts": f"{next(_number)}.000001"}
    return event({**plain, "text": text, **parts})


def pressed(button: Json, **parts: Any) -> Json:
    """A button of a message, pressed."""
    number = next(_number)
    action = {
        "type": button["type"],
        "action_id": button["action_id"],
        "block_id": "aB1cD",
        "text": button["text"],
        "value": button["value"],
        "action_ts": f"{number}.123456",
    }
    return (
        envelope(
            type="block_actions",
            container={"type": "message", "message_ts": MESSAGE, "channel_id": DIRECT, "is_ephemeral": False},
            channel={"id": DIRECT, "name": "directmessage"},
            message={"type": "message", "ts": MESSAGE, "bot_id": "B0BOT0001"},
            response_url="http://127.0.0.1/response",
            actions=[action],
        )
        | parts
    )


def sent(view: Json, values: Values) -> Json:
    """A modal, filled in and sent."""
    shown = {
        **view,
        "id": f"V{next(_number):09}",
        "hash": "156772938.1827394",
        "team_id": TEAM,
        "app_installed_team_id": TEAM,
        "state": {"values": filled(view, values)},
    }
    return envelope(type="view_submission", view=shown, response_urls=[])


def closed(view: Json, values: Values) -> Json:
    """A modal, closed with what was filled in until then; no trigger comes with it."""
    told = sent(view, values)
    del told["trigger_id"], told["response_urls"]
    return told | {"type": "view_closed", "is_cleared": False}


def ran(text: str, **parts: Any) -> Json:
    """A slash command, as its form arrives."""
    number = next(_number)
    return {
        "token": "unused",
        "team_id": TEAM,
        "team_domain": "example",
        "channel_id": CHANNEL,
        "channel_name": "ai-pilots",
        "user_id": ANNA,
        "user_name": "anna",
        "command": "/rampcheck",
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1/response",
        "trigger_id": f"{number}.{TEAM}.{number:032x}",
        **parts,
    }


def buttons(blocks: list[Json]) -> Iterator[Json]:
    """The buttons of a message or a modal."""
    for block in blocks:
        if block["type"] == "actions":
            yield from block["elements"]


def carrying(blocks: list[Json], token: str) -> Json:
    """The one button that sends a token or asks with it first."""
    found = [button for button in buttons(blocks) if _token(button) == token]
    assert len(found) == 1, f"{token!r} is on {len(found)} buttons"
    return found[0]


def option(blocks: list[Json], values: Values) -> Json | None:
    """The button in the message that answers a lone question so."""
    drawn = [button for button in buttons(blocks) if controls.carried(button) is controls.Carries.OPTION]
    return next(
        (button for button in drawn if getattr(controls.meant(button), "values", None) == values), None
    )


def _token(button: Json) -> str:
    if asks := controls.form(button):
        return str(getattr(asks.actions[0], "token", ""))
    act = controls.meant(button)
    return str(getattr(act, "token", "")) if controls.carried(button) is not controls.Carries.OPTION else ""


# --- filling in


def filled(view: Json, values: Values) -> Json:
    """The state of a modal in which somebody entered these values and touched nothing else."""
    inputs = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    entered: dict[str, str | list[str]] = {}
    for name, value in values.items():
        assert MAIN + name in inputs, f"a value for {name!r}, which is not asked"
        entered |= _placed(name, value, inputs)
    return {
        block: {element["action_id"]: _state(element, entered.get(block))}
        for block, element in inputs.items()
    }


def _placed(name: str, value: str | list[str], inputs: Mapping[str, Json]) -> dict[str, str | list[str]]:
    """Which input of a field somebody would use for a value."""
    if value == NONE and NONE_YET + name in inputs:
        return {NONE_YET + name: [NONE]}
    if DAY + name in inputs and value not in _offered(inputs[MAIN + name]):
        return {MAIN + name: OTHER, DAY + name: value}
    return {MAIN + name: value}


def _offered(element: Json) -> list[str]:
    groups = element.get("option_groups", [{"options": element.get("options", [])}])
    return [one["value"] for group in groups for one in group["options"]]


def _state(element: Json, value: str | list[str] | None) -> Json:
    kind = element["type"]
    if kind == "external_select":
        return _one(kind, [{"value": value, "text": {"type": "plain_text", "text": value}}] if value else [])
    if "option" in str(sorted(element)):
        known = _offered(element)
        chosen = [value] if isinstance(value, str) else value or []
        assert set(chosen) <= set(known), f"{chosen} is not offered"
        options = [{"value": one, "text": {"type": "plain_text", "text": one}} for one in chosen]
        several = kind in {"checkboxes", "multi_static_select"}
        return {"type": kind, "selected_options": options} if several else _one(kind, options)
    part = {"datepicker": "selected_date", "users_select": "selected_user"}.get(kind, "value")
    return {"type": kind, part: value}


def _one(kind: str, options: list[Json]) -> Json:
    return {"type": kind, "selected_option": options[0] if options else None}
