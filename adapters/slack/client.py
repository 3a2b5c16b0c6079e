"""Slack's Web API as the few calls that Rampcheck makes: paced, never repeated blindly; it knows no card."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.common.http import Line
from adapters.slack.faults import Refused, TokenRefused, fault, no_socket, too_many
from adapters.slack.pacing import Pacing
from adapters.slack.profile import Profile, profile
from bot.core.pace import Wait
from bot.core.ports import DeliveryError, MessageRef, Payload, pages
from bot.log import get

# Together they stay under the 20 s that a delivery may take.
TIMEOUT = 10  # seconds for one call
PATIENCE = 4.0  # seconds that a call waits for its turn; whoever would wait longer is told when to come back
GOES_ON_WITHIN = 120.0  # seconds for all that goes on after an answer: nobody waits for it with us
LOOK_UP: Final = "users.lookupByEmail"
EVENT_TYPE: Final = "rampcheck_message"
GRANTED: Final = "x-oauth-scopes"  # the header with the scopes of the token that was used
LOOKED_AT = 15  # messages looked through for a lost one: it is among the newest, or it was not sent
THREAD_LOOKED_AT = 200  # of a thread, which Slack tells from its beginning; ours have a handful

log = get("slack")
Json = Mapping[str, Any]
Call = Callable[[AsyncWebClient], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Account:
    """Where the app is installed, and who it is there."""

    team: str
    bot: str
    bot_user: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A workspace by the name that its people use, and what the app may do there."""

    name: str
    team: str
    scopes: frozenset[str]


class Access(Protocol):
    """Gives out a workspace's token."""

    async def token(self) -> str:
        """The token to call with now. Raises DeliveryError where there is none."""
        ...

    async def refused(self, token: str, code: str) -> None:
        """Slack does not take that token. Returns where another one is worth a try, else raises DeliveryError."""
        ...


def line_to_slack() -> Line:
    """A line on which no call takes longer than `TIMEOUT`."""
    return Line(within=TIMEOUT)


class Client:
    """One workspace's calls. Every one of them raises DeliveryError and nothing else."""

    def __init__(self, line: Line, access: Access, *, url: str) -> None:
        self._line = line
        self._access = access
        self._url = url
        self._pacing = Pacing()
        self._web: AsyncWebClient | None = None
        self._direct: dict[str, str] = {}  # user -> the direct conversation with them

    async def whoami(self) -> Account:
        """Where the token is good."""
        said = await self._call("auth.test", lambda web: web.auth_test())
        return Account(said["team_id"], said.get("bot_id", ""), said.get("user_id", ""))

    async def grant(self) -> Grant:
        """What the token is good for: Slack tells it in a header of every answer."""
        said = await self._answered("auth.test", lambda web: web.auth_test())
        listed = next((value for name, value in said.headers.items() if name.lower() == GRANTED), "")
        scopes = frozenset(scope.strip() for scope in listed.split(",") if scope.strip())
        return Grant(str(said.data.get("team", "")), said.data["team_id"], scopes)

    async def post(self, channel: str, payload: Payload, *, key: str = "", thread: str = "") -> MessageRef:
        """Post one message to a channel, a direct conversation or, by their id, to a person. `key` finds it again."""
        to = self._direct.get(channel, channel)
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": mark(key)}} if key else None
        said = await self._call(
            "chat.postMessage",
            lambda web: web.chat_postMessage(
                channel=to,
                thread_ts=thread or None,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
                **for_slack(payload),
            ),
            channel=to,
        )
        if is_person(channel):
            self._direct[channel] = said["channel"]
        return MessageRef(said["channel"], said["ts"], thread=thread)

    async def update(self, ref: MessageRef, payload: Payload) -> None:
        """Replace a message."""
        message = for_slack(payload)
        await self._call(
            "chat.update", lambda web: web.chat_update(channel=ref.conversation, ts=ref.message, **message)
        )

    async def reply(self, channel: str, payload: Payload, *, thread: str = "") -> None:
        """Post an answer and, however long Slack asks us to wait, what goes on in its thread."""
        first, *more = pages(payload)
        ref = await self.post(channel, first, thread=thread)
        async with asyncio.timeout(GOES_ON_WITHIN):
            for message in more:
                await self._patiently(
                    partial(self.post, ref.conversation, message, thread=thread or ref.message)
                )

    async def _patiently(self, post: Callable[[], Awaitable[MessageRef]]) -> MessageRef:
        """Post as soon as Slack takes it."""
        while True:
            try:
                return await post()
            except DeliveryError as error:
                if error.retry_after is None:
                    raise
                await asyncio.sleep(error.retry_after)

    async def whisper(self, channel: str, user: str, payload: Payload, *, thread: str = "") -> None:
        """Show something to one person in a channel; it is gone when they reload."""
        for message in map(for_slack, pages(payload)):
            await self._call(
                "chat.postEphemeral",
                partial(_whispered, channel=channel, user=user, thread_ts=thread or None, **message),
            )

    async def find(self, conversation: str, key: str, *, thread: str = "") -> MessageRef | None:
        """The message posted under `key`, among the newest of a direct conversation or in a thread of it."""
        channel = await self.direct(conversation) if is_person(conversation) else conversation
        said = await (self._replies(channel, thread) if thread else self._newest(channel))
        found = (message for message in said.get("messages", []) if _key(message) == mark(key))
        return next((MessageRef(channel, message["ts"], thread=thread) for message in found), None)

    async def _newest(self, channel: str) -> Any:
        look: dict[str, Any] = {"channel": channel, "limit": LOOKED_AT, "include_all_metadata": True}
        return await self._call("conversations.history", lambda web: web.conversations_history(**look))

    async def _replies(self, channel: str, thread: str) -> Any:
        look: dict[str, Any] = {
            "channel": channel,
            "ts": thread,
            "limit": THREAD_LOOKED_AT,
            "include_all_metadata": True,
        }
        return await self._call("conversations.replies", lambda web: web.conversations_replies(**look))

    async def upload(self, name: str, data: bytes) -> str:
        """Give Slack a file that is in no channel; its id. It can be shown once Slack has looked at it.

        Its alternative text belongs to the block that shows it: with one at the upload Slack says yes and shares
        nothing (python-slack-sdk 1818).
        """
        place = await self._call(
            "files.getUploadURLExternal",
            lambda web: web.files_getUploadURLExternal(filename=name, length=len(data)),
        )
        await self._put(place["upload_url"], data)
        await self._call(
            "files.completeUploadExternal",
            lambda web: web.files_completeUploadExternal(files=[{"id": place["file_id"], "title": name}]),
        )
        return str(place["file_id"])

    async def is_ready(self, file: str) -> bool:
        """Whether Slack has looked at a file: until then it names no type of it."""
        said = await self._call("files.info", lambda web: web.files_info(file=file))
        return bool(said["file"].get("mimetype"))

    async def direct(self, user: str) -> str:
        """The direct conversation with a person, asked for once."""
        if user not in self._direct:
            said = await self._call("conversations.open", lambda web: web.conversations_open(users=user))
            self._direct[user] = said["channel"]["id"]
        return self._direct[user]

    async def profile(self, user: str, *, team: str = "", patience: float) -> Profile:
        """What Slack says of a person, seen from `team`; waits no longer than `patience` seconds for a turn."""
        said = await self._call("users.info", lambda web: web.users_info(user=user), patience=patience)
        return profile(said["user"], team=team)

    async def profile_of(self, email: str, *, team: str) -> Profile | None:
        """Whose account has an e-mail address; None where Slack knows none, or it may not be told."""
        try:
            said = await self._call(LOOK_UP, lambda web: web.users_lookupByEmail(email=email))
        except Refused as refused:
            if refused.code != "users_not_found":
                raise
            return None
        return profile(said["user"], team=team)

    async def open_view(self, trigger: str, view: Json, *, over: bool = False) -> None:
        """Open a modal for whoever pressed, `over` the one that is open."""
        if over:
            await self._call("views.push", lambda web: web.views_push(trigger_id=trigger, view=dict(view)))
        else:
            await self._call("views.open", lambda web: web.views_open(trigger_id=trigger, view=dict(view)))

    async def update_view(self, view_id: str, view: Json, *, seen: str = "") -> None:
        """Replace a modal that is open; `seen` is the hash of what the person saw."""
        await self._call(
            "views.update",
            lambda web: web.views_update(view_id=view_id, hash=seen or None, view=dict(view)),
        )

    async def publish_view(self, user: str, view: Json) -> None:
        """Put a page in the place of somebody's home."""
        await self._call("views.publish", lambda web: web.views_publish(user_id=user, view=dict(view)))

    async def respond(self, url: str, message: Json) -> None:
        """Answer at the address that came with a press: 5 times within 30 minutes, and no scope is needed."""
        await self._put(url, for_slack(message))

    async def _put(self, url: str, what: Json | bytes) -> None:
        """Send to an address that Slack gave us: a file as it is, all else as JSON."""
        body: dict[str, Any] = {"data": what} if isinstance(what, bytes) else {"json": dict(what)}
        try:
            async with self._line.session().post(url, **body) as answer:
                if answer.status == 429:
                    raise too_many(answer.headers.get("Retry-After"))
                if answer.status >= 400:
                    raise DeliveryError(f"Slack answered {answer.status} at an address of its own")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DeliveryError(f"Slack could not be reached ({type(error).__name__})") from None

    async def socket_address(self, app_token: str) -> str:
        """A single-use address for Socket Mode."""
        said = await self._call(
            "apps.connections.open",
            lambda web: web.apps_connections_open(app_token=app_token),
            patience=0.0,
            paced=False,  # it is asked for on reconnecting only, and whoever asks backs off by itself
        )
        return str(said["url"])

    async def _call(
        self,
        method: str,
        call: Call,
        *,
        channel: str = "",
        patience: float = PATIENCE,
        paced: bool = True,
    ) -> Any:
        """What one call answers."""
        if paced:
            await self._turn(method, channel, patience)
        return (await self._answered(method, call)).data

    async def _answered(self, method: str, call: Call) -> Any:
        """One call, made once: with retries of the SDK's a dropped connection would post twice."""
        token = await self._access.token()
        try:
            return await self._once(method, call, token)
        except TokenRefused as refused:
            await self._access.refused(token, refused.code)
        # Slack did nothing with a token that it refused, so a second try with another one doubles nothing.
        return await self._once(method, call, await self._access.token())

    async def _once(self, method: str, call: Call, token: str) -> Any:
        try:
            return await call(self._sdk(token))
        except SlackApiError as error:
            raise self._refused(method, error) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            unsent = isinstance(error, aiohttp.ClientConnectorError)  # no connection, so nothing went out
            raise DeliveryError(
                f"Slack could not be reached ({type(error).__name__})", unsent=unsent
            ) from None

    def _sdk(self, token: str) -> AsyncWebClient:
        """The SDK's client with that token on the session of the running loop."""
        session = self._line.session()
        if self._web is None or self._web.session is not session or self._web.token != token:
            self._web = AsyncWebClient(token=token, base_url=self._url, session=session, retry_handlers=[])
        return self._web

    async def _turn(self, method: str, channel: str, patience: float) -> None:
        now = asyncio.get_running_loop().time()
        try:
            wait = self._pacing.turn(method, channel, now, patience=patience)
        except Wait as later:
            raise DeliveryError("it is not its turn yet", retry_after=later.seconds) from None
        if wait:
            await asyncio.sleep(wait)

    def _refused(self, method: str, error: SlackApiError) -> DeliveryError:
        answer: Any = error.response
        status = getattr(answer, "status_code", getattr(answer, "status", 0))
        said = getattr(answer, "data", None)
        code, needed = (said.get("error"), said.get("needed")) if isinstance(said, dict) else ("", "")
        if status == 429 or code in {"ratelimited", "rate_limited"}:
            asked = too_many(answer.headers.get("Retry-After"))
            self._pacing.hold(method, asyncio.get_running_loop().time(), asked.retry_after or 0)
            return asked
        if status >= 500:
            return DeliveryError(f"Slack answered {status}")
        if method == "apps.connections.open":
            return no_socket(str(code or ""))
        return fault(str(code or ""), needed=str(needed or ""))


def for_slack(payload: Json) -> dict[str, Any]:
    """A message without what is ours to know."""
    return {name: part for name, part in payload.items() if name not in {"more", "grids"}}


async def _whispered(web: AsyncWebClient, **parts: Any) -> Any:
    return await web.chat_postEphemeral(**parts)


def is_person(conversation: str) -> bool:
    """Whether an address is a person's id rather than a conversation's."""
    return conversation[:1] in {"U", "W"}


def is_direct(conversation: str) -> bool:
    """Whether an address leads to one person."""
    return conversation[:1] in {"D", "U", "W"}


def mark(key: str) -> str:
    """A message's key as other apps may see it: metadata is no place for what a key says."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _key(message: Json) -> str:
    metadata = message.get("metadata") or {}
    return (
        str(metadata.get("event_payload", {}).get("key", ""))
        if metadata.get("event_type") == EVENT_TYPE
        else ""
    )
