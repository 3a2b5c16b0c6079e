"""An airport that any number of workspaces install the app from, as people do it in a browser; it knows no test."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import aiohttp
from yarl import URL

from bot.core.card import Card, say
from bot.core.installations import Installation
from bot.core.ports import Message
from bot.core.records import Address, Connection
from bot.storage.sealing import new_key
from tests.adapters.slack.airport import Airport
from tests.fakes.slack.elsewhere import Elsewhere
from tests.fakes.slack.grants import CLIENT_ID, CLIENT_SECRET
from tests.fakes.slack.people import Somebody

PUBLIC = "http://127.0.0.1:1"  # what stands in addresses; the browser goes to where we listen instead
CARD = Card("Hello", "Hello there", (say("Hello there"),))


@dataclass
class Seen:
    """A page in the browser."""

    status: int
    text: str
    headers: Any

    @property
    def title(self) -> str:
        found = re.search("<h1>(.*?)</h1>", self.text)
        return unescape(found[1]) if found else ""


@dataclass
class Hub(Airport):
    """The running program with OAuth. `more` are further settings."""

    more: dict[str, str] = field(default_factory=dict)
    keys: str = field(default_factory=new_key)

    def identity(self) -> dict[str, str]:
        return {
            "SLACK_CLIENT_ID": CLIENT_ID,
            "SLACK_CLIENT_SECRET": CLIENT_SECRET,
            "RAMPCHECK_PUBLIC_URL": PUBLIC,
            "RAMPCHECK_SECRET_KEYS": self.keys,
            **self.more,
        }

    @property
    def connected(self) -> bool:
        return self.mode == "http" or bool(self.slack.sockets)

    def elsewhere(self, team: str, name: str, *, enterprise: str = "") -> Elsewhere:
        """Another workspace at Slack."""
        return Elsewhere(self.slack, team, name, enterprise=enterprise)

    async def install(self, at: Elsewhere | None = None, *, by: str = "U0ANNA", name: str = "Anna") -> Seen:
        """Somebody installs the app, from our page over Slack's and back."""
        api = at.api if at else self.slack.api
        api.workspace.add(by, name)
        self.slack.consent, self.slack.grants.installer = api, by
        async with Browser(self) as browser:
            return await browser.installs()

    def kept(self, team: str) -> Installation:
        found = self.app.store.installations.of("slack", team)
        assert found, f"{team} is a stranger"
        return found

    def connections(self) -> dict[str, tuple[int, Connection]]:
        """Team -> (organisation, connection)."""
        found = (self.app.store.connection(number) for number in range(1, 9))
        return {one[1].external: one for one in found if one}

    def queue(self, team: str, user: str, key: str) -> None:
        """A message to somebody."""
        kept = self.kept(team)
        message = Message(key, Address(kept.connection, "slack", user), CARD)
        self.app.store.write(kept.organisation, lambda unit: unit.enqueue(message, self.clock.now()))

    def person_at(self, team: str, user: str) -> Any:
        kept = self.kept(team)
        return self.app.store.read(kept.organisation, lambda unit: unit.person_of(kept.connection, user))


class Browser:
    """Somebody's browser, which keeps cookies and follows what it is told to."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def __aenter__(self) -> Browser:
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def installs(self) -> Seen:
        """All the way."""
        return await self.opens(await self.confirms(await self.starts()))

    async def starts(self) -> str:
        """Our own page; where its link leads."""
        page = await self.opens("/slack/install")
        assert page.status == 200, page.text
        found = re.search('<a href="(.*?)"', page.text)
        assert found
        return unescape(found[1])

    async def confirms(self, link: str) -> str:
        """Slack's page; where it leads back to."""
        async with self.session.get(URL(link, encoded=True), allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            return answer.headers["Location"].removeprefix(PUBLIC)

    async def opens(self, path: str) -> Seen:
        """One of our pages."""
        async with self.session.get(URL(f"{self.hub.address}{path}", encoded=True)) as answer:
            return Seen(answer.status, await answer.text(), answer.headers)


def at(place: Elsewhere, user: str) -> Somebody:
    """A person at another workspace's screen."""
    return Somebody(place, user)
