"""Socket Mode: Slack's payloads over a socket that we open; it knows no payload's meaning.

The SDK's own client has stayed closed for ever in the field (python-slack-sdk 1110 and 1446, bolt-python 1529), so
the socket is aiohttp's, and the watchdog is built in: a socket that is silent for too long is given up for a new one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final

import aiohttp

from adapters.slack.door import Passed
from bot.core.ports import DeliveryError
from bot.log import get

SILENCE: Final = 30.0  # seconds; Slack pings more often than that, and so do we
HELLO_WITHIN: Final = 10.0  # seconds; a socket that does not greet will not deliver either
HEARTBEAT: Final = 10.0  # seconds between our pings; one unanswered for half of it ends the socket
PAUSES: Final = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before each further try to connect
SETTLED: Final = 5.0  # seconds; a socket that ends sooner never worked, and the next one waits its pause
LINGER: Final = 3.0  # seconds that a socket which Slack gave up stays open for acknowledgements in hand
MAX_MESSAGE: Final = 1024 * 1024  # bytes

log = get("slack")
Json = Mapping[str, Any]


class Socket:
    """Keeps one socket open until cancelled."""

    def __init__(
        self,
        address: Callable[[], Awaitable[str]],
        session: Callable[[], aiohttp.ClientSession],
        take: Callable[[Json, Mapping[str, str]], Awaitable[Passed]],
        afterwards: Callable[[Any], None],
        *,
        silence: float = SILENCE,
    ) -> None:
        self._address = address
        self._session = session
        self._take = take
        self._afterwards = afterwards
        self._silence = silence
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Connect, listen, and connect again, whatever happens to the socket."""
        failures = 0
        try:
            while True:
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                began = asyncio.get_running_loop().time()
                worked = await self._once() and asyncio.get_running_loop().time() - began > SETTLED
                failures = 0 if worked else failures + 1
        finally:
            await self._finish()

    async def _finish(self) -> None:
        """Acknowledge what is in hand and say goodbye; whoever does not answer that is left."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LINGER)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _once(self) -> bool:
        """One socket's life; whether it ever worked."""
        try:
            ws = await self._session().ws_connect(
                await self._address(), heartbeat=HEARTBEAT, max_msg_size=MAX_MESSAGE
            )
        except DeliveryError as error:
            log.warning("slack.socket.refused", reason=error.reason)
            await asyncio.sleep(error.retry_after or 0)
            return False
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("slack.socket.unreachable", kind=type(error).__name__)
            return False
        try:
            return await self._listen(ws)
        finally:
            self._keep(self._let_go(ws))

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> bool:
        """Take envelopes until the socket ends, is to end, or says nothing for too long."""
        greeted = False
        while True:
            try:
                async with asyncio.timeout(None if greeted else HELLO_WITHIN):
                    message = await ws.receive(timeout=self._silence)  # a ping that arrives counts
            except TimeoutError:
                log.warning("slack.socket.silent", greeted=greeted)
                return greeted
            if message.type is not aiohttp.WSMsgType.TEXT:
                log.info("slack.socket.closed", code=ws.close_code)
                return greeted
            envelope = _object(message.data)
            match envelope.get("type"):
                case "hello":
                    greeted = True
                    log.info("slack.socket.open")
                case "disconnect":
                    log.info("slack.socket.leave", reason=str(envelope.get("reason", "")))
                    return greeted
                case _:
                    self._keep(self._envelope(ws, envelope))

    async def _envelope(self, ws: aiohttp.ClientWebSocketResponse, envelope: Json) -> None:
        """Acknowledge what was stored. What is not acknowledged comes again, by this socket or the next."""
        ident, payload = envelope.get("envelope_id"), envelope.get("payload")
        if not isinstance(ident, str) or not isinstance(payload, dict):
            return
        passed = await self._take(payload, _retry_headers(envelope))
        if passed.status >= 500:
            return
        said: dict[str, Any] = {"envelope_id": ident}
        if passed.body and envelope.get("accepts_response_payload"):
            said["payload"] = _object(passed.body)
        try:
            await ws.send_json(said)
        except (aiohttp.ClientError, ConnectionError) as error:
            log.warning("slack.socket.lost", kind=type(error).__name__)
        if passed.then is not None:
            self._afterwards(passed.then)

    async def _let_go(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Close a socket once what came by it is acknowledged."""
        others = self._tasks - {asyncio.current_task()}
        if others and not ws.closed:
            await asyncio.wait(others, timeout=LINGER)
        await ws.close()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _retry_headers(envelope: Json) -> dict[str, str]:
    attempt = envelope.get("retry_attempt")
    if not attempt:
        return {}
    return {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": str(envelope.get("retry_reason", ""))}
