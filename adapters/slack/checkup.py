"""What `rampcheck doctor` asks Slack: whether it takes our tokens, and what the app may do; it prints nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from adapters.slack.access import NoToken, OneToken
from adapters.slack.client import Client, Grant, line_to_slack
from adapters.slack.scopes import BOT_SCOPES, EVENTS_PATH
from bot.core.ports import DeliveryError

T = TypeVar("T")
TOKENS_AT: Final = "The how-to page for Slack says where each value stands."
AGAIN: Final = (
    "Put what `rampcheck manifest slack` prints into the app's manifest at Slack, then install the app again"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was asked: whether it is right, what was found, and what to do where it is not."""

    what: str
    ok: bool
    found: str
    fix: str = ""


async def look(*, bot_token: str, app_token: str, url: str) -> tuple[Found, ...]:
    """Ask Slack; nothing is sent to anybody, and no socket is opened."""
    line = line_to_slack()
    try:
        client, nowhere = Client(line, OneToken(bot_token), url=url), Client(line, NoToken(), url=url)
        workspace = await _asked(client.grant)
        found = [*_workspace(workspace)]
        if app_token:
            found.append(_socket(await _asked(lambda: nowhere.socket_address(app_token))))
        else:
            found.append(
                Found("Slack's posts", ok=True, found=f"taken at {EVENTS_PATH}, if Slack can reach it")
            )
        return tuple(found)
    finally:
        line.close()


async def _asked(call: Callable[[], Awaitable[T]]) -> T | DeliveryError:
    try:
        return await call()
    except DeliveryError as error:
        return error


def _workspace(said: Grant | DeliveryError) -> Iterator[Found]:
    if isinstance(said, DeliveryError):
        yield Found("Slack", ok=False, found=said.reason, fix=TOKENS_AT)
        return
    yield Found("Slack", ok=True, found=f"installed in {said.name or 'a workspace'} ({said.team})")
    missing = [scope for scope in BOT_SCOPES if scope not in said.scopes]
    if missing:
        lacks = "; ".join(f"{scope} {BOT_SCOPES[scope]}" for scope in missing)
        yield Found("Slack permissions", ok=False, found=f"the app lacks {lacks}", fix=f"{AGAIN}.")
    else:
        yield Found("Slack permissions", ok=True, found=f"all {len(BOT_SCOPES)} are granted")


def _socket(said: str | DeliveryError) -> Found:
    if isinstance(said, DeliveryError):
        return Found("Slack's socket", ok=False, found=said.reason, fix=TOKENS_AT)
    return Found("Slack's socket", ok=True, found="Slack gives one to this token")
