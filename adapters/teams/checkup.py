"""What `rampcheck doctor` asks Microsoft: a token for the bot, the keys that Teams signs with; it prints nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from adapters.common.http import Line
from adapters.teams import keys
from adapters.teams.adapter import Bot
from adapters.teams.client import TIMEOUT
from adapters.teams.credentials import Credential, CredentialsError, ManagedIdentity, fetcher
from adapters.teams.ingress import PATH

STANDS_AT: Final = "The how-to page for Teams says where each value stands."


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was asked: whether it is right, what was found, and what to do where it is not."""

    what: str
    ok: bool
    found: str
    fix: str = ""


async def look(bot: Bot, *, http: Any = None) -> tuple[Found, ...]:
    """Ask Microsoft; nothing is sent to anybody. `http` stands in for MSAL's HTTP client."""
    posts = Found("Teams' posts", ok=True, found=f"taken at {PATH}, if Teams can reach it by HTTPS")
    if bot.credential is None:
        return (Found("Teams", ok=True, found="the Agents Playground on this machine; it signs nothing"),)
    line = Line(within=TIMEOUT)
    try:
        return (await _token(bot, bot.credential, http), await _keys(bot, line), posts)
    finally:
        line.close()


async def _token(bot: Bot, credential: Credential, http: Any) -> Found:
    fetch = fetcher(credential, app=bot.app, tenant=bot.tenant, cloud=bot.cloud, http=http)
    try:
        token = await asyncio.to_thread(fetch)
    except CredentialsError as error:
        fix = STANDS_AT if error.heard else _unheard(bot, credential)
        return Found("Teams", ok=False, found=str(error), fix=fix)
    minutes = int(token.lasts.total_seconds() // 60)
    return Found("Teams", ok=True, found=f"Microsoft gives the bot a token, good for {minutes} minutes")


def _unheard(bot: Bot, credential: Credential) -> str:
    """What to do where it never came to an answer of Microsoft's."""
    if isinstance(credential, ManagedIdentity):
        return "A managed identity works in Azure alone: give it to the machine there, or use SingleTenant."
    host = urlsplit(bot.cloud.login).hostname
    return (
        f"Let this machine reach {host} by HTTPS, and see that a file that is named can be read and is PEM."
    )


async def _keys(bot: Bot, line: Line) -> Found:
    host = urlsplit(bot.cloud.openid).hostname
    try:
        read = await keys.read(line.session(), bot.cloud.openid)
    except keys.UNREADABLE as error:
        what = f"Microsoft's keys cannot be read ({type(error).__name__})"
        return Found(
            "Teams' signatures", ok=False, found=what, fix=f"Let this machine reach {host} by HTTPS."
        )
    if not read:
        fix = f"See what stands between this machine and {host}."
        return Found("Teams' signatures", ok=False, found="the list of Microsoft's keys is empty", fix=fix)
    return Found("Teams' signatures", ok=True, found=f"{len(read)} of Microsoft's keys can be read")
