"""What Slack posts to us, as bytes of HTTP that are ready to go out: realistic in size, signed, no two alike."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode

from adapters.slack import controls
from adapters.slack.ingress import PATH
from bot.core.card import Button, Card
from tests.fakes.slack.server import signed
from tests.fakes.slack.workspace import APP, BOT_USER, TEAM

FORM = "application/x-www-form-urlencoded"
QUESTIONS = 6  # of the message that was pressed: 4.7 kB of JSON, 7.4 kB as a form (performance.md)
FORGED_BYTES = 1_000_000  # under aiohttp's own limit of 1 MiB, so that stock bolt takes it in
USER, CHANNEL = "U0ANNA", "D0ANNA"

Json = dict[str, Any]
_numbers = itertools.count(1)


def press(kind: int = 0) -> bytes:
    """A press of one of our buttons on a message with six questions; another `kind`, another button."""
    nth, stamp = next(_numbers), f"{time.time():.6f}"
    button = controls.buttons(
        Card("", "", actions=(Button("Answer", f"r1|checkin|{kind + 1}|1|show|"),))
    ).__next__()
    action = {**button, "block_id": "b0", "action_id": f"press.{kind}", "action_ts": stamp}
    message = {"type": "message", "user": BOT_USER, "ts": "1774940400.000100", "bot_id": "B0RAMPCHK"}
    blocks = [block for number in range(QUESTIONS) for block in _question(number)]
    return interactive(
        {
            "type": "block_actions",
            **envelope(USER, nth),
            "container": {
                "type": "message",
                "message_ts": message["ts"],
                "channel_id": CHANNEL,
                "is_ephemeral": False,
            },
            "channel": {"id": CHANNEL, "name": "directmessage"},
            "message": {**message, "text": "Invoice matcher: six questions", "blocks": blocks},
            "state": {"values": {}},
            "response_url": "",
            "actions": [action],
        }
    )


def command(user: str, text: str) -> bytes:
    """A slash command."""
    nth = next(_numbers)
    return post(
        urlencode(
            {
                "token": "x" * 24,
                "team_id": TEAM,
                "team_domain": "airport",
                "channel_id": CHANNEL,
                "channel_name": "directmessage",
                "user_id": user,
                "user_name": "anna",
                "command": "/rampcheck",
                "text": text,
                "api_app_id": APP,
                "is_enterprise_install": "false",
                "response_url": "",
                "trigger_id": f"{nth}.trigger",
            }
        ).encode()
    )


def submission(user: str, view: Mapping[str, Any]) -> bytes:
    """A modal that is sent; `view` as Slack tells it, with its state."""
    nth = next(_numbers)
    ours = {
        "id": f"V{nth:08}",
        "hash": f"hash.{nth}",
        "team_id": TEAM,
        "app_id": APP,
        "bot_id": "B0RAMPCHK",
        "app_installed_team_id": TEAM,
    }
    payload = {
        "type": "view_submission",
        **envelope(user, nth),
        "response_urls": [],
        "view": {**view, **ours},
    }
    return interactive(payload)


def forged() -> bytes:
    """A megabyte that Slack did not sign."""
    nth = next(_numbers)
    text = quote_plus(json.dumps({"type": "block_actions", "n": nth, "text": '{"a": "ü"}'}))
    body = f"payload={text}".encode()
    body += b"%20" * ((FORGED_BYTES - len(body)) // 3)
    return post(body, signature="v0=" + "0" * 64)


def interactive(payload: Json) -> bytes:
    """The post of a press or a form."""
    return post(urlencode({"payload": json.dumps(payload, separators=(",", ":"))}).encode())


def envelope(user: str, nth: int) -> Json:
    """What every press and form comes with."""
    return {
        "team": {"id": TEAM, "domain": "airport"},
        "user": {"id": user, "username": "anna", "name": "anna", "team_id": TEAM},
        "api_app_id": APP,
        "token": "x" * 24,
        "trigger_id": f"{nth}.123456.{'f' * 32}",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def post(body: bytes, *, signature: str = "") -> bytes:
    """The HTTP request with that body, signed now unless a signature is given."""
    stamp = str(int(time.time()))
    head = {
        "Host": "127.0.0.1",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "Accept": "*/*",
        "Content-Type": FORM,
        "Content-Length": str(len(body)),
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature or signed(body, stamp),
    }
    lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def _question(number: int) -> list[Json]:
    """One question of the message with its four options."""
    text = (
        f"*{number + 1}. What has moved since we last asked?* Pick what is closest; you can say more later."
    )
    options = [
        {
            "type": "button",
            "action_id": f"pick.{number}{nth}",
            "text": {"type": "plain_text", "text": label, "emoji": False},
            "value": f'["r1|checkin|4711|1|submit|","pulse.q{number}","{nth}"]',
        }
        for nth, label in enumerate(("Moved on", "As before", "Went back"))
    ]
    section = {
        "type": "section",
        "block_id": f"q{number}",
        "text": {"type": "mrkdwn", "text": text, "verbatim": False},
    }
    return [section, {"type": "actions", "block_id": f"a{number}", "elements": options}]
