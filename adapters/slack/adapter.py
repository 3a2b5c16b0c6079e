"""Slack as an adapter: verifies, translates, sends, says no more than it was told; it decides nothing."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from aiohttp import web

from adapters.slack import limits
from adapters.slack.access import Installed, OneToken
from adapters.slack.acquaintance import Acquaintance, coming
from adapters.slack.client import Access, Account, Client, is_direct, line_to_slack
from adapters.slack.door import Door, Passed
from adapters.slack.errands import Errand, errand, run
from adapters.slack.faults import Refused
from adapters.slack.home import home
from adapters.slack.ingress import Ingress
from adapters.slack.installing import Installing
from adapters.slack.oauth import Oauth, OauthSettings
from adapters.slack.office import Office
from adapters.slack.outsiders import outside
from adapters.slack.parse import asked, installation_of, parse, removed, to_the_person
from adapters.slack.replies import (
    Answer,
    OpenView,
    answer,
    busy,
    drawn,
    opening,
    refused,
    too_late,
)
from adapters.slack.searching import offered, searched
from adapters.slack.seeking import Seeking
from adapters.slack.shedding import shed
from adapters.slack.socket import Socket
from adapters.slack.surface import Surface, Written, surface_of
from adapters.slack.uploads import Uploads
from adapters.slack.workspaces import Workspaces
from bot.core.card import Card, Offer
from bot.core.installations import Health
from bot.core.limits import InHand
from bot.core.ports import (
    Changed,
    Clock,
    DeliveryError,
    Draw,
    Inbound,
    Left,
    MessageRef,
    OnInbound,
    OnSearch,
    Payload,
    Reply,
    Search,
    Traits,
)
from bot.core.records import Address
from bot.log import get

API: Final = "https://slack.com/api/"
BUDGET: Final = 2.4  # seconds from a press to its answer: Slack shows an error after three
IN_HAND: Final = 200  # acts at once: more would miss the budget, so whoever comes then is told at once
DRAIN: Final = 5.0  # seconds that replies on their way get when we stop
PAUSES: Final = (1.0, 5.0, 30.0, 300.0)  # seconds before each further try to learn where we are installed
NOT_KNOWN: Final = (
    "Slack did not say whether it took the message, so it may be there; look before posting it again"
)

log = get("slack")
Json = Mapping[str, Any]


class SlackAdapter:
    """One workspace by its bot token, or with `oauth` as many as install the app.

    Over signed HTTP with a signing secret, over Socket Mode with an app token, which serves all workspaces.
    """

    name: Final = "slack"
    traits: Final = Traits(
        can_amend=True,
        can_start=True,
        modal=True,
        max_payload_bytes=limits.PAYLOAD_BYTES,
        can_look_up=True,
        has_home=True,
    )

    def __init__(
        self,
        clock: Clock,
        office: Office,
        *,
        bot_token: str = "",
        signing_secret: str = "",
        app_token: str = "",
        oauth: OauthSettings | None = None,
        url: str = API,
        draw: Draw | None = None,
    ) -> None:
        self._office = office
        self._uploads = Uploads(draw)
        self._clock = clock
        self._app_token = app_token
        self._line = line_to_slack()
        self._oauth = Oauth(oauth, self._line, clock, url=url) if oauth else None
        self._only = OneToken(bot_token)
        self._workspaces = Workspaces(office, self._line, self._access_to, url=url)
        self._people = Acquaintance(office, self.client_for)
        self._seeking = Seeking(office, self.client_for)
        self._installed: Account | None = None  # where the one token is good
        self._on_inbound: OnInbound | None = None
        self._on_search: OnSearch | None = None
        self._in_hand = InHand()
        self._calls: set[asyncio.Task[None]] = set()
        self._installing = Installing(self._oauth, office) if self._oauth else None
        self._door = Door(self._listen, self._authorize, url=url)
        self._ingress = (
            Ingress(self._pass, self._afterwards, secret=signing_secret, clock=clock)
            if signing_secret
            else None
        )

    @staticmethod
    def many(client_id: str, client_secret: str, public_url: str, teams: frozenset[str]) -> OauthSettings:
        """What to hand over as `oauth`, so that workspaces install the app themselves; `teams` empty for all."""
        return OauthSettings(client_id, client_secret, public_url, teams)

    # --- the port

    def render(self, card: Card) -> Payload:
        """Text and blocks for a card, and under `more` what goes on in the thread."""
        return drawn(card)

    def parse(self, raw: Any) -> Inbound | None:
        """The act that a verified payload means."""
        return parse(raw)

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        """Post a message with its pictures. One post a call: nothing is repeated here."""
        client = await self._client_at(address)
        shown = await self._uploads.shown(client, address.connection, payload)
        try:
            return await client.post(address.conversation, shown, key=key, thread=address.thread)
        except Refused as refused:
            raise self._uploads.refused(address.connection, payload, refused) from None

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        """Replace a message that was sent."""
        client = await self._client_at(address)
        await client.update(ref, payload)

    async def find(self, address: Address, key: str) -> MessageRef | None:
        """The message sent under `key`, in direct conversations. No scope lets us read channels: see ADR 0008."""
        if not is_direct(address.conversation):
            raise DeliveryError(NOT_KNOWN, permanent=True)
        client = await self._client_at(address)
        return await client.find(address.conversation, key, thread=address.thread)

    def render_home(self, cards: Sequence[Card]) -> Payload:
        """The view of somebody's home."""
        return home(cards)

    async def show_home(self, address: Address, payload: Payload) -> None:
        """Publish a home, in the place of the one before."""
        client = await self._client_at(address)
        await client.publish_view(address.conversation, payload)

    async def run(self, on_inbound: OnInbound, on_search: OnSearch | None = None) -> None:
        """Take what people do until cancelled."""
        self._on_inbound, self._on_search = on_inbound, on_search
        seeking: asyncio.Task[None] | None = None
        try:
            if self._oauth is None:
                await self._introduce()
            seeking = asyncio.create_task(self._seeking.run(self._installed.team if self._installed else ""))
            if self._app_token:
                await self._socket().run()
            await asyncio.Event().wait()
        finally:
            if seeking is not None:
                seeking.cancel()
            self._on_inbound = self._on_search = None
            if self._calls:
                await asyncio.wait(self._calls, timeout=DRAIN)

    def close(self) -> None:
        """Let go of every connection."""
        self._line.close()

    def routes(self) -> list[web.RouteDef]:
        """What the web server has to serve: Slack's posts with a signing secret, installations with OAuth."""
        served = (self._ingress, self._installing)
        return [route for one in served if one for route in one.routes()]

    async def client_for(self, team: str) -> Client:
        """The calls of one workspace, paced by itself: the one way to them, for answers and sends alike."""
        return self._workspaces.of(team if self._oauth else "")

    def _access_to(self, team: str) -> Access:
        """Where the token of a workspace comes from."""
        if self._oauth is None:
            return self._only
        return Installed(team, self._office, self._oauth, self._clock, tasks=self._calls)

    async def _client_at(self, address: Address) -> Client:
        """The calls of the workspace that an address is in."""
        return await self.client_for(await self._workspaces.team_at(address.connection))

    @property
    def _ready(self) -> bool:
        """Whether it is known which workspace we serve, where there is but one."""
        return self._oauth is not None or self._installed is not None

    @property
    def waits_for(self) -> str:
        return "" if self._ready else "Slack has not said yet which workspace the token is for"

    # --- starting

    async def _introduce(self) -> None:
        """Learn where the token is good and have it remembered, however long that takes."""
        for failures in range(10**9):
            try:
                found = await (await self.client_for("")).whoami()
            except DeliveryError as error:
                log.error("slack.not_connected", reason=error.reason)
                await asyncio.sleep(error.retry_after or PAUSES[min(failures, len(PAUSES) - 1)])
                continue
            await self._office.connected(found.team)
            self._installed, self._only.removed = found, False
            log.info("slack.connected", team=found.team, socket=bool(self._app_token))
            return

    def _socket(self) -> Socket:
        return Socket(
            lambda: self._workspaces.nowhere.socket_address(self._app_token),
            self._line.session,
            self._pass,
            self._afterwards,
        )

    async def _authorize(self, team: str) -> Account:
        """Who we are in a workspace, as it was stored; Slack is not asked again for every event.

        While that is not known, nobody, whose messages are nobody's own echo.
        """
        if self._oauth is None:
            return self._installed or Account(team, "", "")
        found = await self._office.installation(team)
        about = found.about if found else {}
        return Account(team, about.get("bot", ""), about.get("user", ""))

    async def _serves(self, team: str) -> bool:
        """Whether the app is installed there. A stranger's payload, and a removed one's, is taken and forgotten."""
        if self._oauth is None:
            return not self._only.removed
        found = await self._office.installation(team)
        return found is not None and found.health is not Health.REMOVED

    # --- what comes in

    async def _pass(self, body: Json, headers: Mapping[str, str]) -> Passed:
        """One verified payload through the SDK."""
        return self._at_once(body) or await self._door.take(body, headers)

    async def _listen(self, raw: Json) -> tuple[int, Json | None, Errand | None]:
        try:
            if team := removed(raw):
                await self._leave(team, raw)
            if not await self._serves(installation_of(raw)):
                return 200, None, None
        except DeliveryError as error:  # the database does not answer: an event comes again, a person is told
            log.error("slack.not_looked_up", reason=error.reason)
            said = busy(surface_of(raw))
            return said.status, said.body, errand(raw, said)
        return await self._heard(raw)

    async def _leave(self, team: str, raw: Json) -> None:
        """The app was removed: kept before it is acknowledged, so that nothing is sent there from now on."""
        when = raw.get("event_time")
        at = datetime.fromtimestamp(when, UTC) if isinstance(when, int) else self._clock.now()
        if await self._office.removed(team, at):
            log.warning("slack.removed", team=team)
            if self._installed is not None and self._installed.team == team:
                self._only.removed = True

    async def _heard(self, raw: Json) -> tuple[int, Json | None, Errand | None]:
        if (search := searched(raw)) is not None:
            return 200, offered(() if outside(raw) else await self._found(search)), None
        said = await self._take(raw)
        return said.status, said.body, errand(raw, said)

    async def _found(self, search: Search) -> Sequence[Offer]:
        """What a search is offered: nothing where that takes too long, as the person types on anyway."""
        if self._on_search is None:
            return ()
        try:
            async with asyncio.timeout(BUDGET):
                return await self._on_search(search)
        except TimeoutError:
            log.warning("slack.search_slow", source=search.source.value)
            return ()

    async def _take(self, raw: Json) -> Answer:
        """Answer one payload: what is answered is stored, what was not stored is said to be so."""
        inbound, surface = parse(raw), surface_of(raw)
        if outside(raw):
            return refused(surface)
        if inbound is None:
            modal = asked(raw)
            return opening(modal, surface) if modal else Answer()
        if self._on_inbound is None or not self._ready or self._is_full():
            return busy(surface)
        inbound = to_the_person(inbound)
        work = asyncio.create_task(self._hand_on(self._on_inbound, raw, inbound))
        self._in_hand.take(work, time.monotonic())
        work.add_done_callback(lambda done: self._in_hand.done(done, time.monotonic()))
        await asyncio.wait({work}, timeout=BUDGET)
        if not work.done():
            log.warning("slack.busy", in_hand=len(self._in_hand))
            work.add_done_callback(partial(self._answered_late, surface=surface, inbound=inbound))
            return busy(
                surface
            )  # the work goes on; Slack's second delivery, or the next press, finds it done
        if (error := work.exception()) is not None:
            log.error("slack.failed", cause=error)
            return busy(surface)
        return answer(work.result(), surface, inbound.on)

    def _at_once(self, raw: Json) -> Passed | None:
        """What whoever waits is told before the SDK takes its time, while too much is going on."""
        said = shed(raw) if self._on_inbound is not None and self._is_full() else None
        if said is None:
            return None
        return Passed(said.status, json.dumps(said.body) if said.body else "", errand(raw, said))

    def _is_full(self) -> bool:
        """Whether one more would not be answered in time."""
        return len(self._in_hand) >= IN_HAND or self._in_hand.is_behind(time.monotonic())

    def _answered_late(self, done: asyncio.Task[Reply], *, surface: Surface, inbound: Inbound) -> None:
        """A text is still answered: its second delivery will not be. Who pressed was told to press again."""
        if done.cancelled() or done.exception() is not None or not isinstance(surface, Written):
            return
        if (then := answer(done.result(), surface, inbound.on).then) is not None:
            self._afterwards(Errand(inbound.sender.tenant, then))

    async def _hand_on(self, on_inbound: OnInbound, raw: Json, inbound: Inbound) -> Reply:
        """With the name and the zone of whoever is new here, as a first message greets by name."""
        if isinstance(inbound.act, Changed):
            return await on_inbound(inbound)  # it says itself who they are
        for met in await self._people.picked(raw, inbound.sender):
            await on_inbound(met)
        sender = await self._people.introduced(inbound.sender)
        if self._people.is_to_be_asked_about(inbound.sender):
            self._beside(self._people.ask_again(inbound.sender, on_inbound))
        if sender is not inbound.sender and not inbound.on.direct and not isinstance(inbound.act, Left):
            await on_inbound(coming(sender))  # met in a channel, and to be written to directly all the same
        return await on_inbound(replace(inbound, sender=sender))

    # --- what goes out

    def _afterwards(self, wanted: Errand) -> None:
        """Make the call that follows an acknowledgement."""
        self._beside(self._made(wanted))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for."""
        task = asyncio.create_task(work)
        self._calls.add(task)
        task.add_done_callback(self._is_done)

    def _is_done(self, task: asyncio.Task[None]) -> None:
        self._calls.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("slack.failed", cause=error)

    async def _made(self, wanted: Errand) -> None:
        call = wanted.call
        try:
            await run(await self.client_for(wanted.team), call)
        except DeliveryError as error:
            log.warning("slack.reply_lost", what=type(call).__name__, team=wanted.team, reason=error.reason)
            if isinstance(call, OpenView) and (sorry := too_late(call)):
                self._afterwards(Errand(wanted.team, sorry))
