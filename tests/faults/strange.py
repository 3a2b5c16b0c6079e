"""Row 29: hostile input at the doors and in the outputs that no other row tries; it must not know what is right.

What comes by Slack's socket and back from its page, content files, settings, and the files that an admin is handed by
somebody else: a copy of the database, a decision. And the labels of pictures and of /metrics.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from bot.core.card import Grid
from bot.core.ports import Fate
from bot.meter import Counted
from bot.pictures.heatmap import NO_LETTER, png
from bot.storage import open_store
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.hub import Browser, Hub
from tests.adapters.slack.test_ingress import UNREADABLE
from tests.faults.forged import heard
from tests.faults.handed import NESTED, ODD, TEXTS, Tried, content, handed_over, settings
from tests.faults.matrix import Row, struck
from tests.faults.places import sqlite
from tests.service.hostile import lived

TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def rows() -> Iterator[Row]:
    """The one."""
    found = [*at_slack(), content(), settings(), *handed_over(), pictured(), measured()]
    wrong = [f"{one.where}: {one.wrong[:3]}" for one in found if one.wrong]
    doors = ", ".join(struck(one.number, one.where) for one in found)
    yield Row(
        29,
        "Naughty texts, odd shapes, giants and deep nests at the doors and in the outputs that rows 13 to 20 leave out",
        doors,
        "Refused in plain words that say what to do, or inert; no traceback, nothing changed",
        "; ".join(wrong) or "0 taken, 0 tracebacks or errors, 0 live",
        not wrong,
    )


# --- Slack, but for its signed posts ---------------------------------------------------------------------------------


def at_slack() -> Iterator[Tried]:
    with sqlite() as url:
        yield asyncio.run(loudly(envelopes(url)))
    with sqlite() as url:
        yield asyncio.run(loudly(way_back(url)))


async def loudly(story: Awaitable[Tried]) -> Tried:
    """With what was logged as an error, or nobody waited for, among what is wrong."""
    unheard: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    with heard() as errors:
        found = await story
    told = [one.getMessage() for one in errors]
    return Tried(found.where, found.number, [*found.wrong, *told, *unheard])


def frames() -> Iterator[str]:
    """What might stand in a socket's text frame."""
    yield from (body.decode("latin-1") for body in UNREADABLE)
    for kind in ("events_api", "interactive", "slash_commands", None, {}):
        for ident, payload in (("e", odd) for odd in ODD):
            yield json.dumps(
                {"type": kind, "envelope_id": ident, "payload": payload, "retry_attempt": payload}
            )
        yield json.dumps(
            {"type": kind, "envelope_id": NESTED, "payload": {"type": "event_callback", "event": NESTED}}
        )
    for text in TEXTS:
        command = dict.fromkeys(("command", "team_id", "user_id", "channel_id", "trigger_id", "text"), text)
        yield json.dumps(
            {"type": text, "envelope_id": text, "payload": {**command, "type": text, "actions": [text]}}
        )


async def envelopes(url: str) -> Tried:
    """A socket that brings all of it, then bytes and two megabytes, is used or opened again, and commands work."""
    sent = 0
    async with Airport(url, "socket") as airport:
        anna = airport.somebody("U0ANNA", "Anna Berzina")

        async def send(frame: str | bytes) -> None:
            socket = await airport.slack.until(
                lambda: next((one for one in airport.slack.sockets if not one.closed), None)
            )
            await (socket.send_str(frame) if isinstance(frame, str) else socket.send_bytes(frame))

        for frame in frames():
            await send(frame)
            sent += 1
        kept = airport.slack.count("apps.connections.open")
        people = len(airport.read(lambda unit: unit.people()))
        await send(b"\x00\xff")
        await airport.slack.until(lambda: airport.slack.count("apps.connections.open") == kept + 1)
        answered = await anna.command("todo")
        wrong = [] if (kept, people, bool(answered)) == (1, 1, True) else [(kept, people, answered)]
    return Tried("frames by Slack's socket", sent, wrong)


GRANTED = (
    "access_token",
    "token_type",
    "scope",
    "bot_user_id",
    "app_id",
    "authed_user",
    "team",
    "expires_in",
)


async def way_back(url: str, fields: Sequence[str] = GRANTED) -> Tried:
    """Every parameter of the way back from Slack's page, and every field of what Slack says a code is worth."""
    wrong: list[object] = []
    tried = 0
    async with Hub(url, "http") as hub:
        hub.slack.consent = hub.slack.api
        hub.slack.api.workspace.add("U0ANNA", "Anna")
        async with Browser(hub) as browser:
            await browser.opens("/slack/install")
            long = await browser.opens(f"/slack/oauth_redirect?state={'x' * 9_000}")
            wrong += [] if long.status == 400 else [long]
            for name in ("state", "code", "error"):
                for text in TEXTS:
                    asked = quote(text[:500].encode("utf-8", "surrogatepass"))
                    page = await browser.opens(f"/slack/oauth_redirect?{name}={asked}&state=x&code=y")
                    tried += 1
                    if page.status != 400 or _runs(page.text):
                        wrong.append((name, text[:20], page.status))
        whole: Any = hub.slack.grants._granted
        for name in fields:
            for odd in (
                *ODD,
                *({"id": text, "name": text} for text in ("<script>alert(1)</script>", "\x1b[2J\u202e")),
            ):
                hub.slack.grants._granted = lambda api, n=name, o=odd: {**whole(api), n: o}  # type: ignore[method-assign]  # what Slack might say one day
                async with Browser(hub) as browser:
                    page = await browser.installs()
                tried += 1
                if page.status not in {200, 502} or _runs(page.text) or not page.title:
                    wrong.append((name, repr(odd)[:20], page.status))
    return Tried("requests to the way back from Slack's page", tried, wrong)


def _runs(page: str) -> bool:
    return (
        "<script" in page
        or ("onerror=" in page.replace("&quot;", "") and "<img" in page)
        or "Traceback" in page
    )


# --- outputs ---------------------------------------------------------------------------------------------------------


def pictured(texts: Sequence[str] = TEXTS, turns: str = TURNS) -> Tried:
    """Labels that would turn what stands behind them are drawn as letters in the order in which they were written."""
    wrong = [
        f"{ord(turn):x}"
        for turn in turns
        if _drawn(f"invoice{turn}gnp.exe") != _drawn(f"invoice{NO_LETTER}gnp.exe")
    ]
    wrong += [text[:20] for text in texts if not _drawn(text)]
    return Tried("labels of pictures", len(turns) + len(texts), wrong)


def _drawn(label: str) -> bytes:
    return png(Grid(label, (label,), ((label, (5,)),), note=label))


def measured(texts: Sequence[str] = TEXTS) -> Tried:
    """The page of figures of an organisation that wrote all of it: nothing of that is on it."""
    with sqlite() as url:
        store = open_store(url)
        office, _ = lived(store, texts)
        counted = Counted()
        for text in texts:
            counted.delivered(text, Fate.SENT, waited_s=1.0)
        page = counted.page(store, office.now).decode()
        store.close()
    words = {word for text in texts for word in text.split() if not word.isascii() or word.startswith("<")}
    return Tried("labels of /metrics", len(texts), [word for word in words if word in page])
