"""What Teams sends when people type, press and add us; a client as far as the adapter can tell."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

TENANT = "6b2f3e51-0c5f-4a53-9a44-2f0a3f6f9a11"
APP = "4f6c1de0-95aa-4b2e-a8f5-5dbb0cf4b0a7"
BOT = f"28:{APP}"
ANNA = "0d9f1f10-6a52-4f0e-9a0e-1f4f5a000001"
BEN = "0d9f1f10-6a52-4f0e-9a0e-1f4f5a000002"
IVO = "0d9f1f10-6a52-4f0e-9a0e-1f4f5a000003"
LEA = "0d9f1f10-6a52-4f0e-9a0e-1f4f5a000004"
SERVICE = "https://smba.trafficmanager.net/emea/"
DIRECT = "a:1direct-anna"
CHANNEL = "19:ai-pilots@thread.tacv2"

_number = itertools.count(1)


def mri(account: str) -> str:
    """The id of a person for this bot, which is not the account's."""
    return f"29:1{account.replace('-', '')}"


def activity(kind: str, **parts: Any) -> dict[str, Any]:
    """An activity in Anna's direct conversation."""
    number = next(_number)
    return {
        "type": kind,
        "id": f"f:{1_795_400_000_000 + number}",
        "timestamp": "2026-11-23T09:00:00.000Z",
        "localTimezone": "Europe/Riga",
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "from": {"id": mri(ANNA), "name": "Anna Berzina", "aadObjectId": ANNA},
        "recipient": {"id": BOT, "name": "Rampcheck"},
        "conversation": {"id": DIRECT, "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        "locale": "en-GB",
        **parts,
    }


def wrote(text: str, **parts: Any) -> dict[str, Any]:
    client = {
        "type": "clientInfo",
        "locale": "en-GB",
        "country": "LV",
        "platform": "Windows",
        "timezone": "Europe/Riga",
    }
    return activity("message", text=text, textFormat="plain", entities=[client], **parts)


def mentioned(text: str, *, name: str = "Rampcheck", thread: str = "", **parts: Any) -> dict[str, Any]:
    """A message in a channel that begins by mentioning us."""
    at = f"<at>{name}</at>"
    mention = {"type": "mention", "text": at, "mentioned": {"id": BOT, "name": name}}
    suffix = f";messageid={thread}" if thread else ""
    return activity(
        "message",
        text=f"{at} {text}",
        entities=[mention],
        conversation={
            "id": f"{CHANNEL}{suffix}",
            "conversationType": "channel",
            "isGroup": True,
            "tenantId": TENANT,
        },
        channelData={
            "tenant": {"id": TENANT},
            "team": {"id": "19:team@thread.tacv2", "name": "Claims"},
            "channel": {"id": CHANNEL, "name": "ai-pilots"},
        },
        **parts,
    )


def pressed(
    button: Mapping[str, Any], entered: Mapping[str, Any] | None = None, **parts: Any
) -> dict[str, Any]:
    """An Action.Execute, with what was entered where the button takes it along."""
    data = dict(button["data"]) | (dict(entered or {}) if button.get("associatedInputs") != "none" else {})
    action = {"type": "Action.Execute", "verb": button["verb"], "title": button["title"], "data": data}
    value = {"action": action, "trigger": "manual"}
    return activity("invoke", name="adaptiveCard/action", value=value, replyToId="1795400000001", **parts)


def submitted(
    button: Mapping[str, Any], entered: Mapping[str, Any] | None = None, **parts: Any
) -> dict[str, Any]:
    """The same from a client that only knows Action.Submit."""
    data = dict(button["data"]) | dict(entered or {})
    return activity("message", value=data, replyToId="1795400000001", **parts)


def buttons(card: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every button of a card, those of forms that unfold beneath it too."""
    for action in card.get("actions", []):
        yield action
        if action["type"] == "Action.ShowCard":
            yield from buttons(action["card"])


def filled(card: Mapping[str, Any], values: Mapping[str, str | list[str]]) -> dict[str, str]:
    """What the inputs of a card send when these values are entered in them."""
    inputs = {one["id"]: one for one in card["body"] if str(one.get("type")).startswith("Input.")}
    sent = {ident: str(one.get("value", "")) for ident, one in inputs.items()}
    for name, value in values.items():
        _enter(name, value, inputs, sent)
    return sent


def _enter(name: str, value: str | list[str], inputs: Mapping[str, Any], sent: dict[str, str]) -> None:
    own = {_kind(ident): ident for ident in inputs if ident.partition(":")[2] == name}
    assert own, f"nothing asks for {name!r}"
    match own:
        case {"several": ident}:
            offered = inputs[ident]["choices"]
            wanted = [
                one["value"]
                for one in offered
                if one["value"].replace("%2C", ",").replace("%25", "%") in value
            ]
            sent[ident] = ",".join(wanted)
        case {"none": box, "one": ident} | {"ticked": box, "one": ident}:
            sent[box] = "none" if value == "none" else "false"
            sent[ident] = "" if value == "none" else str(value)
        case {"offered": choice, "one": ident} | {"kept": choice, "one": ident}:
            offered_days = {one["value"] for one in inputs[choice]["choices"]}
            sent[choice] = str(value) if value in offered_days else "other"
            sent[ident] = "" if value in offered_days else str(value)
        case _:
            sent[next(iter(own.values()))] = str(value)


def _kind(ident: str) -> str:
    return ident.partition(":")[0].partition("@")[0]
