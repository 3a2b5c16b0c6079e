"""The connector's few calls: paced, tried again where that helps, to trusted hosts alone; it knows no card."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote

import aiohttp

from adapters.common.raw import text_of
from adapters.teams.cloud import Cloud
from adapters.teams.faults import AGAIN, fault, rest
from adapters.teams.pacing import Pacing
from bot.core.pace import Wait, spread
from bot.core.ports import DeliveryError, MessageRef, Payload
from bot.log import get

# Together they stay under the 20 s that a delivery may take.
TIMEOUT = 8  # seconds for one call
PATIENCE = 4.0  # seconds that a call waits for its turn; whoever would wait longer is told when to come back
RESTS: Final = (1.0, 3.0)  # seconds before each further try of a call that may be tried again
JITTER: Final = 0.2  # of a rest, at most: calls that failed together do not come again together
LONGEST: Final = 64 * 1024  # bytes of an answer that are read

log = get("teams")
Json = Mapping[str, Any]


class Tokens(Protocol):
    """Gives the token that calls carry."""

    async def token(self) -> str:
        """A token; empty where none is needed. Raises DeliveryError."""
        ...

    def refuse(self, text: str) -> bool:
        """That token was refused; whether another is worth a try."""
        ...


class NoToken:
    """The Agents Playground asks for none."""

    async def token(self) -> str:
        """Nothing."""
        return ""

    def refuse(self, text: str) -> bool:
        """There is no other."""
        del text
        return False


@dataclass(frozen=True, slots=True)
class Spot:
    """A conversation with the service that reaches it and the tenant it belongs to."""

    service: str
    conversation: str
    tenant: str = ""


class Client:
    """The calls of all conversations. Every one of them raises DeliveryError and nothing else."""

    def __init__(self, session: Callable[[], aiohttp.ClientSession], tokens: Tokens, cloud: Cloud) -> None:
        self._session = session
        self._tokens = tokens
        self._cloud = cloud
        self._pacing = Pacing()

    async def post(self, spot: Spot, payload: Payload, *, private_to: Json | None = None) -> MessageRef:
        """Post into a conversation; `private_to` is the account that alone sees it."""
        activity = _outgoing(payload, spot) | (
            {"recipient": dict(private_to), "isTargeted": True} if private_to else {}
        )
        suffix = "?isTargetedActivity=true" if private_to else ""
        path = f"{_part(spot.conversation)}/activities{suffix}"
        said = await self._call(spot, "POST", path, activity)
        return MessageRef(spot.conversation, text_of(said, "id"))

    async def put(self, spot: Spot, message: str, payload: Payload) -> None:
        """Replace a message."""
        path = f"{_part(spot.conversation)}/activities/{_part(message)}"
        await self._call(spot, "PUT", path, _outgoing(payload, spot) | {"id": message})

    async def start_thread(self, spot: Spot, payload: Payload) -> MessageRef:
        """Post to a channel: the message becomes the root of a thread, and replies hang under its id."""
        body = {
            "isGroup": True,
            "channelData": {"channel": {"id": spot.conversation}, "tenant": {"id": spot.tenant}},
            "activity": _outgoing(payload, spot),
            "tenantId": spot.tenant,
        }
        said = await self._call(spot, "POST", "", body)
        conversation, message = text_of(said, "id"), text_of(said, "activityId")
        root = message or conversation.partition(";messageid=")[2]
        return MessageRef(conversation or f"{spot.conversation};messageid={root}", root)

    async def start_direct(self, spot: Spot) -> Spot:
        """The direct conversation with the account that stands in the place of the conversation; made where missing."""
        body = {"isGroup": False, "members": [{"id": spot.conversation}], "tenantId": spot.tenant}
        said = await self._call(spot, "POST", "", body)
        return Spot(spot.service, text_of(said, "id"), spot.tenant)

    async def member(self, spot: Spot, member: str) -> Json:
        """What the tenant says of somebody in a conversation: no event says it. It waits for no turn."""
        self._trusted(spot)
        url = (
            f"{spot.service.rstrip('/')}/v3/conversations/{_part(spot.conversation)}/members/{_part(member)}"
        )
        status, text, _ = await self._once("GET", url, {})
        if status >= 300:
            raise fault(status, text)
        return _object(text)

    def _trusted(self, spot: Spot) -> None:
        if not self._cloud.trusts(spot.service):
            what = "the stored service address is not one of Teams'; nothing is sent there"
            raise DeliveryError(what, gone=True)

    async def _call(self, spot: Spot, method: str, path: str, body: Json) -> Json:
        """One call in its conversation's turn, with the tries that it is worth."""
        self._trusted(spot)
        url = f"{spot.service.rstrip('/')}/v3/conversations{'/' if path else ''}{path}"
        loop = asyncio.get_running_loop()
        lane = self._pacing.lane(spot.conversation, loop.time())
        try:
            async with asyncio.timeout(PATIENCE):
                await lane.lock.acquire()
        except TimeoutError:
            raise DeliveryError("that conversation is busy", retry_after=PATIENCE) from None
        try:
            for tried, pause in enumerate((*RESTS, None)):
                await self._turn(spot, lane)
                status, text, after = await self._once(method, url, body)
                if status < 300:
                    return _object(text)
                of = f"{spot.conversation}:{tried}"
                held = spread(rest(after), JITTER, of)
                if status == 429:
                    lane.pace.hold(loop.time(), held)
                if pause is None or status not in AGAIN or (status == 429 and held > PATIENCE):
                    raise fault(status, text, str(held))
                await asyncio.sleep(0 if status == 429 else spread(pause, JITTER, of))
        finally:
            lane.lock.release()
        raise AssertionError("the last try ends the loop")

    async def _turn(self, spot: Spot, lane: Any) -> None:
        now = asyncio.get_running_loop().time()
        try:
            await asyncio.sleep(self._pacing.turn(spot.tenant, lane, now, patience=PATIENCE))
        except Wait as wait:
            raise DeliveryError(str(wait), retry_after=wait.seconds) from None

    async def _once(self, method: str, url: str, body: Json) -> tuple[int, str, str | None]:
        """Status, body and Retry-After of one call; with another token where Teams did not take the first."""
        token = await self._tokens.token()
        answer = await self._sent(method, url, body, token)
        if answer[0] == 401 and self._tokens.refuse(token):
            return await self._sent(method, url, body, await self._tokens.token())
        return answer

    async def _sent(self, method: str, url: str, body: Json, token: str) -> tuple[int, str, str | None]:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        raw = json.dumps(body, ensure_ascii=False).encode() if body else None
        session = self._session()
        try:
            async with session.request(
                method, url, data=raw, headers=headers, allow_redirects=False
            ) as answer:
                text = (await answer.content.read(LONGEST)).decode("utf-8", "replace")
                return answer.status, text, answer.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise DeliveryError(f"Teams could not be reached ({type(error).__name__})") from None


def _outgoing(payload: Payload, spot: Spot) -> dict[str, Any]:
    """A message as the connector takes it: it asks for the tenant with what a bot says unasked."""
    room = {"id": spot.conversation, **({"tenantId": spot.tenant} if spot.tenant else {})}
    data = {"channelData": {"tenant": {"id": spot.tenant}}} if spot.tenant else {}
    return {**payload, "conversation": room, **data}


def _part(text: str) -> str:
    """An id as one piece of a path."""
    return quote(text, safe="")


def _object(text: str) -> Json:
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}
