"""The two addresses of an installation: the way to Slack and the way back; it keeps nothing itself.

The way back has to carry the state that we gave out within ten minutes, once, to the browser that has its cookie:
else somebody could be made to finish an installation that another person began.
"""

from __future__ import annotations

import contextlib
import hmac
import re
import secrets
from datetime import timedelta
from typing import Final

from aiohttp import web

from adapters.slack import pages
from adapters.slack.oauth import PLATFORM, Oauth, OauthError, Redeemed
from adapters.slack.office import Office
from adapters.slack.scopes import BOT_SCOPES, REDIRECT_PATH
from bot.core.compose import arrival as words
from bot.core.ports import DeliveryError, Sender
from bot.log import get

START: Final = "/slack/install"
COOKIE: Final = "rampcheck-slack-state"
WITHIN: Final = timedelta(minutes=10)  # long enough to log in at Slack first
SLACK: Final = "Slack"
CODE: Final = re.compile(r"[a-z0-9_]{1,60}")  # of an error that Slack names; anything else is not repeated

log = get("slack")


class Installing:
    """Serves both addresses."""

    def __init__(self, oauth: Oauth, office: Office) -> None:
        self._oauth = oauth
        self._office = office

    def routes(self) -> list[web.RouteDef]:
        """What the web server has to serve."""
        return [
            web.get(START, self.start, allow_head=False),
            web.get(REDIRECT_PATH, self.back, allow_head=False),
        ]

    async def start(self, request: web.Request) -> web.Response:
        """What Rampcheck may do, why, and the way to Slack's own page."""
        del request
        state = secrets.token_urlsafe(32)
        try:
            await self._office.begun(state, WITHIN)
        except DeliveryError:
            return pages.response(words.not_kept(START), status=503)
        answer = pages.response(words.before(SLACK, self._oauth.address(state), BOT_SCOPES))
        answer.set_cookie(
            COOKIE,
            state,
            max_age=int(WITHIN.total_seconds()),
            path="/slack",
            httponly=True,
            samesite="Lax",  # the way back is a link followed on Slack's page
            # Over plain http, on one's own machine, a browser would not send a secure cookie back.
            secure=self._oauth.settings.public_url.startswith("https:"),
        )
        return answer

    async def back(self, request: web.Request) -> web.Response:
        """Whatever comes back from Slack's page, as a page that says what to do."""
        try:
            answer = await self._back(request)
        except OauthError as error:
            log.warning("slack.not_installed", reason=str(error))
            answer = pages.response(words.refused(SLACK, _shown(error.code), START), status=502)
        except DeliveryError as error:
            log.error("slack.not_kept", reason=error.reason)
            answer = pages.response(words.not_kept(START), status=503)
        answer.del_cookie(COOKIE, path="/slack")
        return answer

    async def _back(self, request: web.Request) -> web.Response:
        asked, given = request.query.get("state", ""), request.cookies.get(COOKIE, "")
        if request.query.get("error") == "access_denied":
            return pages.response(words.cancelled(START))
        ours = asked and hmac.compare_digest(_bytes(asked), _bytes(given))
        if not ours or not await self._office.returned(asked):
            return pages.response(words.too_late(START), status=400)
        if error := request.query.get("error"):
            return pages.response(words.refused(SLACK, _shown(error), START), status=400)
        return await self._arrived(await self._oauth.redeem(request.query.get("code", "")))

    async def _arrived(self, redeemed: Redeemed) -> web.Response:
        arrival, wanted = redeemed.arrival, self._oauth.settings.teams
        if wanted and arrival.external not in wanted:
            log.warning("slack.not_allowed", team=arrival.external)
            with contextlib.suppress(OauthError):
                await self._oauth.give_back(arrival.grant)
            return pages.response(words.not_for(arrival.name), status=403)
        await self._office.installed(arrival, await self._installer(redeemed))
        log.info("slack.installed", team=arrival.external)
        to = f"https://slack.com/app_redirect?app={arrival.about['app']}&team={arrival.external}"
        return pages.response(words.done(SLACK, arrival.name, to))

    async def _installer(self, redeemed: Redeemed) -> Sender:
        """With name and zone where Slack tells them; they are looked up again when that person first acts."""
        who = Sender(PLATFORM, redeemed.arrival.external, redeemed.user)
        try:
            found = await self._oauth.who(redeemed.arrival.grant, redeemed.user)
        except OauthError as error:
            log.warning("slack.unknown_person", user=redeemed.user, kind=str(error))
            return who
        return Sender(who.platform, who.tenant, who.user, name=found.name, zone=found.zone)


def _shown(code: str) -> str:
    return code if CODE.fullmatch(code) else "something that cannot be shown" if code else ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
