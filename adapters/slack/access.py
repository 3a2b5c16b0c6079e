"""The token of a workspace at the moment of a call: kept fresh, never shown; it must not know what the call is.

A token that rotates is renewed by one caller alone, whatever thread, event loop or process it is in: whoever gets the
lease in the database. No transaction is open while Slack is asked.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from adapters.slack.faults import REFUSED
from adapters.slack.oauth import Oauth, OauthError
from adapters.slack.office import Office
from bot.core.installations import Grant, Health, Installation
from bot.core.ports import Clock, DeliveryError
from bot.log import get

RENEW_BEFORE: Final = timedelta(
    hours=2
)  # of the twelve that a token lives: six times as long as Slack is ever down
LEASE: Final = timedelta(seconds=30)  # three times the longest call
TRY_AGAIN: Final = timedelta(minutes=1)  # after an exchange that Slack did not answer
REST: Final = 600.0  # seconds that messages wait where a token is refused: an admin has to act first
WAITS: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.0)  # seconds, for an exchange that somebody else is making
KEEP_WAITS: Final = (0.2, 1.0, 3.0, 10.0)  # seconds after each try to store a grant that was exchanged
SPENT: Final = {
    "invalid_refresh_token",
    "token_expired",
    "token_revoked",
    "account_inactive",
    "invalid_grant",
}
REMOVED: Final = "the app was removed from the workspace"

log = get("slack")


class NoToken:
    """For calls that bring the app's own token along."""

    async def token(self) -> str:
        """None is needed."""
        return ""

    async def refused(self, token: str, code: str) -> None:
        """There is no other."""
        del token
        raise DeliveryError(f"{REFUSED[code]} ({code})", permanent=True)


class OneToken:
    """The token that was set for the one workspace. While Slack refuses it, it is tried every ten minutes only."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._why = ""
        self._until = 0.0  # of the event loop's time
        self.removed = False

    async def token(self) -> str:
        """The token, unless it was refused lately or the app was removed."""
        if self.removed:
            raise DeliveryError(REMOVED, permanent=True)
        wait = self._until - asyncio.get_running_loop().time()
        if wait > 0:
            raise DeliveryError(self._why, retry_after=wait)
        return self._token

    async def refused(self, token: str, code: str) -> None:
        """Say so, once. What is to be sent waits: the token can be corrected."""
        del token
        self._until = asyncio.get_running_loop().time() + REST
        if not self._why:
            log.error(
                "slack.refused_by_slack", reason=code, fix="check SLACK_BOT_TOKEN, install the app again"
            )
        self._why = f"{REFUSED[code]} ({code})"
        raise DeliveryError(self._why, retry_after=REST)


class Installed:
    """The token of one of many workspaces, as it is stored now."""

    def __init__(
        self, team: str, office: Office, oauth: Oauth, clock: Clock, *, tasks: set[asyncio.Task[None]]
    ) -> None:
        self._team = team
        self._office = office
        self._oauth = oauth
        self._clock = clock
        self._tasks = tasks  # exchanges, to be finished before we stop

    async def token(self) -> str:
        """The stored token; renewed well before it ends, or somebody else's renewal waited for once it has."""
        seen = await self._seen()
        if self._ends_within(seen, RENEW_BEFORE):
            seen = await self._another(seen, usable=not self._ends_within(seen, TRY_AGAIN))
        return seen.grant.token

    async def refused(self, token: str, code: str) -> None:
        """Another one may be there already, or be had; else somebody has to install again, and messages wait."""
        seen = await self._seen()
        if seen.grant.token != token:
            return
        if code == "token_expired" and seen.grant.renewal:
            await self._another(seen, usable=False)
            return
        await self._give_up(seen, code)
        raise _broken(code)

    async def _another(self, seen: Installation, *, usable: bool) -> Installation:
        """What is stored once the grant seen was exchanged, by us or by somebody else.

        Where it still is `usable`, it is kept rather than waited for. Raises DeliveryError where there is none.
        """
        for wait in (0.0, *WAITS):
            await asyncio.sleep(wait)
            found = await self._seen()
            if found.edition != seen.edition:
                return found
            if await self._office.lease(seen, LEASE):
                await self._finished(seen)
                found = await self._seen()
            if usable or found.edition != seen.edition:
                return found
        raise DeliveryError("the workspace's token is being renewed", retry_after=TRY_AGAIN.total_seconds())

    async def _seen(self) -> Installation:
        """What is stored, if it can be used."""
        found = await self._office.installation(self._team)
        if found is None or found.health is Health.REMOVED:
            raise DeliveryError(REMOVED, permanent=True)
        if found.health is Health.BROKEN:
            raise _broken(found.reason)
        return found

    def _ends_within(self, seen: Installation, span: timedelta) -> bool:
        ends = seen.grant.expires_at
        return ends is not None and bool(seen.grant.renewal) and ends - self._clock.now() <= span

    async def _finished(self, seen: Installation) -> None:
        """Exchange, to the end: between Slack's answer and the database nobody may be interrupted."""
        task = asyncio.create_task(self._exchange(seen))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)

    async def _exchange(self, seen: Installation) -> None:
        try:
            grant = await self._oauth.renew(seen.grant.renewal)
        except OauthError as error:
            if error.code in SPENT:
                await self._give_up(seen, error.code)
                return
            log.warning("slack.not_renewed", team=self._team, reason=str(error))
            await self._office.rest(seen, TRY_AGAIN)
            return
        await self._keep(seen, grant)

    async def _keep(self, seen: Installation, grant: Grant) -> None:
        """Store what Slack gives once only: a database that is away for a moment must not cost a workspace."""
        for wait in KEEP_WAITS:
            try:
                if await self._office.renewed(seen, grant):
                    log.info("slack.renewed", team=self._team, edition=seen.edition + 1)
                return
            except DeliveryError as error:
                log.error("slack.not_kept", team=self._team, reason=error.reason)
                await asyncio.sleep(wait)

    async def _give_up(self, seen: Installation, code: str) -> None:
        if await self._office.failed(seen, code):
            log.error("slack.install_again", team=self._team, reason=code, fix="open /slack/install")


def _broken(reason: str) -> DeliveryError:
    return DeliveryError(f"the app has to be installed in the workspace again ({reason})", retry_after=REST)
