"""Sends messages to a Slack of its own over TLS in three ways and tells what each cost: `slack_sending` starts it.

`python -m tests.bench.slack_senders URL ROUNDS` prints, as JSON, for each round the processor seconds a message of our
client, of a bare aiohttp session that is shared, and of the SDK as it comes. The certificate is trusted by the
environment, which is why this is a process of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Awaitable, Callable

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.access import OneToken
from adapters.slack.client import EVENT_TYPE, Client, line_to_slack, mark
from adapters.slack.render import render
from bot.core.card import Button, Card, say
from bot.core.ports import Payload
from tests.bench.rounds import interleaved

AT_ONCE = 30  # messages: as many as our pacing lets through without a wait
BATCHES = 4  # of one way in one round
INVITATION = Card(
    "Invoice matcher: how is it going?",
    "Invoice matcher: five questions, two minutes",
    (say("Five questions about Invoice matcher, about two minutes. Answer until Friday."),),
    actions=(
        Button("Answer", "r1|checkin|4711|1|show|"),
        Button("Nothing to report", "r1|checkin|4711|1|calm|"),
        Button("Not mine", "r1|checkin|4711|1|hand|"),
    ),
)
QUIET = {"unfurl_links": False, "unfurl_media": False}
_people = (f"U0OWNER{number:06}" for number in itertools.count())

Post = Callable[[str], Awaitable[object]]


async def ours(url: str, payload: Payload) -> None:
    """By our client, a workspace for each batch, so that none of it waits for a turn."""
    client = Client(_LINE, OneToken("xoxb-fake-bot"), url=url)
    await _all(lambda user: client.post(user, payload, key=f"checkin:{user}"))


async def bare(url: str, payload: Payload) -> None:
    """By aiohttp alone, the same message."""
    session, head = _LINE.session(), {"Authorization": "Bearer xoxb-fake-bot"}

    async def post(user: str) -> None:
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": mark(user)}}
        message = {"channel": user, "metadata": metadata, **QUIET, **payload}
        async with session.post(f"{url}chat.postMessage", json=message, headers=head) as answer:
            assert (await answer.json())["ok"]

    await _all(post)


async def stock(url: str, payload: Payload) -> None:
    """By the SDK's client, which opens a connection for every call."""
    client = AsyncWebClient(token="xoxb-fake-bot", base_url=url)
    await _all(lambda user: client.chat_postMessage(channel=user, **payload))


async def _all(post: Post) -> None:
    await asyncio.gather(*(post(next(_people)) for _ in range(AT_ONCE)))


_LINE = line_to_slack()


def main(url: str, rounds: int) -> None:
    """Measure and print."""
    payload = render(INVITATION)
    with asyncio.Runner() as runner:

        def cost(way: Callable[[str, Payload], Awaitable[None]]) -> float:
            before = time.process_time()
            for _ in range(BATCHES):
                runner.run(_awaited(way(url, payload)))
            return (time.process_time() - before) / (AT_ONCE * BATCHES)

        rows = interleaved(*(lambda way=way: cost(way) for way in (ours, bare, stock)), rounds=rounds)
        _LINE.close()
    print(json.dumps(rows))


async def _awaited(work: Awaitable[None]) -> None:
    await work


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
