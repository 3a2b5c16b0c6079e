"""Teams as an adapter: verifies, translates, sends, says no more than it was told; it decides nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, assert_never

from aiohttp import web

from adapters.common.http import Line
from adapters.teams import inputs, limits, replies
from adapters.teams.auth import Gate, OpenGate, SignedGate
from adapters.teams.client import TIMEOUT, Client, NoToken, Spot, Tokens
from adapters.teams.cloud import Cloud
from adapters.teams.controls import asked_with
from adapters.teams.credentials import Credential, TokenSource, fetcher
from adapters.teams.ingress import Ingress
from adapters.teams.keys import Keys
from adapters.teams.office import Office
from adapters.teams.parse import PLATFORM, Envelope, asked, data_of, envelope, named_tenant, parse
from adapters.teams.profile import profile
from adapters.teams.render import render
from adapters.teams.replies import Answer, Call, Confide, How, Post, Surface
from adapters.teams.turns import Turns
from bot.core.card import Card
from bot.core.compose import notes
from bot.core.limits import InHand
from bot.core.ports import (
    Clicked,
    Clock,
    DeliveryError,
    Inbound,
    MessageRef,
    OnInbound,
    OnSearch,
    Payload,
    Problems,
    Reply,
    Sender,
    Show,
    Traits,
)
from bot.core.records import Address
from bot.log import get

BUDGET: Final = 2.4  # seconds from a press to its answer: Teams asks again after five
IN_HAND: Final = 200  # acts at once: more would miss the budget, so whoever comes then is told at once
NAMED_WITHIN: Final = 0.7  # seconds for a look-up before an act is stored; without it somebody is a bare id
NAMED_AGAIN: Final = timedelta(
    minutes=1
)  # before a tenant that gave no answer is asked about somebody once more, or about anybody else
NEVER: Final = datetime.max.replace(tzinfo=UTC)
DRAIN: Final = 5.0  # seconds that replies on their way get when we stop
HEARD: Final = (
    20_000  # conversations whose latest service address is remembered; the stored one is as good mostly
)
_MEMBER = "29:"  # begins the id of a person, who has to be spoken to in a conversation of their own
_CHANNEL = ("@thread.tacv2", "@thread.skype")  # end the id of a channel

log = get("teams")
Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bot:
    """Who we are to Microsoft. `targeted`: clients that show an answer to one person alone are in use."""

    app: str
    tenant: str
    tenants: tuple[str, ...]
    credential: Credential | None
    cloud: Cloud
    targeted: bool = False


class TeamsAdapter:
    """One bot in the tenants on its list. Without a credential, the one of the Agents Playground."""

    name: Final = PLATFORM
    traits: Final = Traits(
        can_amend=True, can_start=True, modal=False, max_payload_bytes=limits.MESSAGE_BYTES
    )

    def __init__(self, clock: Clock, office: Office, bot: Bot, *, http: Any = None) -> None:
        self._office = office
        self._bot = bot
        self._line = Line(within=TIMEOUT)
        self._client = Client(self._line.session, _tokens(bot, clock, http), bot.cloud)
        self._turns = Turns(self._take)
        self._ingress = Ingress(_gate(bot, clock, self._line), self._pass, self._afterwards)
        self._on_inbound: OnInbound | None = None
        self._on_search: OnSearch | None = None
        self._services: dict[str, str] = {}  # conversation -> the service that it was heard from last
        self._tenants: dict[int, str] = {}  # connection -> tenant
        self._connected: set[str] = set()
        self._directs: dict[str, Spot] = {}  # member -> the direct conversation with them
        self._clock = clock
        self._ask_again: dict[
            tuple[str, str], datetime
        ] = {}  # (tenant, account) -> not asked about before that
        self._silent: dict[str, datetime] = {}  # tenant -> nobody of it is asked about before that
        self._in_hand = InHand()
        self._calls: set[asyncio.Task[None]] = set()

    # --- the port

    def render(self, card: Card) -> Payload:
        """The message of a card: its notification's text, and the Adaptive Card."""
        return render(card)

    def parse(self, raw: Any) -> Inbound | None:
        """The act that a verified activity means."""
        return parse(raw)

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        """Post a message. Teams cannot be asked for what was sent under a key."""
        del key
        spot = await self._spot(address)
        if address.thread:
            return await self._client.post(_under(spot, address.thread), payload)
        if spot.conversation.endswith(_CHANNEL):
            return await self._client.start_thread(spot, payload)
        if spot.conversation.startswith(_MEMBER):
            spot = await self._direct(spot)
        return await self._client.post(spot, payload)

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        """Replace a message that was sent."""
        spot = await self._spot(address)
        await self._client.put(replace(spot, conversation=ref.conversation), ref.message, payload)

    async def find(self, address: Address, key: str) -> MessageRef | None:
        """Nothing: without Graph Teams cannot be asked."""
        del address, key
        return None

    async def run(self, on_inbound: OnInbound, on_search: OnSearch | None = None) -> None:
        """Take what people do until cancelled."""
        self._on_inbound, self._on_search = on_inbound, on_search
        try:
            await asyncio.Event().wait()
        finally:
            self._on_inbound = self._on_search = None
            if self._calls:
                await asyncio.wait(self._calls, timeout=DRAIN)

    def close(self) -> None:
        """Let go of every connection."""
        self._line.close()

    def routes(self) -> list[web.RouteDef]:
        """What the web server has to serve."""
        return self._ingress.routes()

    # --- what comes in

    async def _pass(self, raw: Raw) -> Answer:
        """One verified activity through the SDK."""
        return self._at_once(raw) or await self._turns.run(raw)

    async def _take(self, raw: Raw) -> Answer:
        """Answer one activity: what is answered is stored, what was not stored is said to be so."""
        found = envelope(raw)
        if found is None:
            return Answer()
        self._hear(found)
        surface = replies.surface_of(raw, found)
        inbound = parse(raw)
        if inbound is None:
            return await self._looked_for(raw) or replies.asking(data_of(raw), surface)
        if self._on_inbound is None or self._is_full():
            return replies.busy(surface)
        work = asyncio.create_task(self._acted(self._on_inbound, raw, inbound, surface))
        self._in_hand.take(work, time.monotonic())
        work.add_done_callback(lambda done: self._in_hand.done(done, time.monotonic()))
        await asyncio.wait({work}, timeout=BUDGET)
        if not work.done():
            log.warning("teams.busy", in_hand=len(self._in_hand))
            work.add_done_callback(self._answered_late)
            return replies.busy(
                surface
            )  # the work goes on: the second delivery, or the next press, finds it done
        if (error := work.exception()) is not None:
            log.error("teams.failed", cause=error)
            return replies.busy(surface)
        return work.result()

    def _at_once(self, raw: Raw) -> Answer | None:
        """What whoever waits is told before the SDK takes its time, while too much is going on."""
        found = envelope(raw) if self._on_inbound is not None and self._is_full() else None
        if found is None or parse(raw) is None:
            return None
        return replies.busy(replies.surface_of(raw, found))

    def _is_full(self) -> bool:
        """Whether one more would not be answered in time."""
        return len(self._in_hand) >= IN_HAND or self._in_hand.is_behind(time.monotonic())

    def _answered_late(self, done: asyncio.Task[Answer]) -> None:
        """What follows an answer is still said: its second delivery will find everything done."""
        if not done.cancelled() and done.exception() is None and (then := done.result().then) is not None:
            self._afterwards(then)

    async def _acted(self, on_inbound: OnInbound, raw: Raw, inbound: Inbound, surface: Surface) -> Answer:
        await self._connect(inbound.sender.tenant, named_tenant(raw))
        inbound = await self._introduced(inbound, surface)
        stranger = await self._stranger_named(raw, inbound)
        reply = stranger or await on_inbound(inbound)
        if isinstance(reply, Problems) and surface.how is How.PRESSED and any(reply.by_field):
            again = await self._asked_again(on_inbound, raw, inbound, reply)
            if again is not None:
                return again
        return replies.answer(reply, surface)

    async def _introduced(self, inbound: Inbound, surface: Surface) -> Inbound:
        """With name and address of whoever is new: an event says neither, and a message no address.

        Where the tenant gave no answer, it is asked again with what they do next, after a while; meanwhile nobody else
        waits for it either.
        """
        sender = inbound.sender
        if not self._to_ask_about(sender):
            return inbound
        known = await self._office.introduced(sender.tenant, sender.user)
        self._ask_again[sender.tenant, sender.user] = NEVER if known else self._clock.now() + NAMED_AGAIN
        if known:
            return inbound
        try:
            async with asyncio.timeout(NAMED_WITHIN):
                who = profile(await self._client.member(surface.spot, surface.member))
        except (DeliveryError, TimeoutError) as error:
            log.info("teams.unnamed", kind=type(error).__name__)
            if not (isinstance(error, DeliveryError) and error.permanent):
                self._silent[sender.tenant] = self._clock.now() + NAMED_AGAIN
            return inbound
        self._ask_again[sender.tenant, sender.user] = NEVER
        named = replace(sender, name=who.name or sender.name, email=who.email, guest=who.guest)
        return replace(inbound, sender=named)

    def _to_ask_about(self, sender: Sender) -> bool:
        if len(self._ask_again) >= HEARD:
            self._ask_again.clear()
        again = self._ask_again.get((sender.tenant, sender.user))
        silent = self._silent.get(sender.tenant)
        return all(until is None or until <= self._clock.now() for until in (again, silent))

    async def _asked_again(
        self, on_inbound: OnInbound, raw: Raw, inbound: Inbound, wrong: Problems
    ) -> Answer | None:
        """The form once more, with what is wrong at its fields: the one it came from, or the engine's own."""
        data = data_of(raw)
        form = asked_with(data)
        if form is None and isinstance(inbound.act, Clicked):
            opened = replace(
                inbound, dedupe_key=f"{inbound.dedupe_key}:again", act=Clicked(inbound.act.token)
            )
            reply: Reply = await on_inbound(opened)
            form = reply.card if isinstance(reply, Show) and reply.card.fields else None
        return replies.asked_again(form, data, inputs.values_of(data), wrong) if form else None

    async def _stranger_named(self, raw: Raw, inbound: Inbound) -> Problems | None:
        """Somebody was picked who never met us: only who has the app can be written to."""
        picked = inputs.picked(data_of(raw))
        missing = [
            name
            for name, account in picked.items()
            if not await self._office.knows(inbound.sender.tenant, account)
        ]
        return Problems(dict.fromkeys(missing, notes.NOT_MET)) if missing else None

    async def _looked_for(self, raw: Raw) -> Answer | None:
        search = asked(raw)
        if search is None or self._on_search is None:
            return None
        return replies.found(tuple(await self._on_search(search)))

    async def _connect(self, tenant: str, name: str) -> None:
        if tenant not in self._connected:
            await self._office.connected(tenant, name)
            self._connected.add(tenant)

    def _hear(self, found: Envelope) -> None:
        """Services move: the latest word from a conversation says where it is reached."""
        if len(self._services) >= HEARD:
            self._services.clear()
        self._services[found.place] = found.service

    # --- what goes out

    def _afterwards(self, call: Call) -> None:
        """Make the call that follows an acknowledgement."""
        task = asyncio.create_task(self._made(call))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _made(self, call: Call) -> None:
        try:
            await self._make(call)
        except DeliveryError as error:
            log.warning("teams.reply_lost", what=type(call).__name__, reason=error.reason)

    async def _make(self, call: Call) -> None:
        match call:
            case Post(spot, message):
                await self._client.post(spot, message)
            case Confide(spot, member, message) if self._bot.targeted:
                await self._client.post(spot, message, private_to={"id": member})
            case Confide(spot, member, message):
                await self._confide(spot, member, message)
            case _:
                assert_never(call)

    async def _confide(self, spot: Spot, member: str, message: Payload) -> None:
        """In the direct conversation; a word in the channel says where to look, or why there is nothing to see."""
        try:
            await self._client.post(await self._direct(replace(spot, conversation=member)), message)
        except DeliveryError as error:
            log.info("teams.not_confided", reason=error.reason)
            await self._client.post(spot, render(notes.note(notes.WRITE_DIRECTLY)))
        else:
            await self._client.post(spot, render(notes.note(notes.SENT_DIRECTLY)))

    async def _direct(self, spot: Spot) -> Spot:
        """The direct conversation with a member, asked for once."""
        if spot.conversation not in self._directs:
            if len(self._directs) >= HEARD:
                self._directs.clear()
            self._directs[spot.conversation] = await self._client.start_direct(spot)
        return self._directs[spot.conversation]

    async def _spot(self, address: Address) -> Spot:
        """Where a stored address is reached now."""
        tenant = self._tenants.get(address.connection) or await self._office.tenant(address.connection)
        if tenant:
            self._tenants[address.connection] = tenant
        service = self._services.get(address.conversation) or address.service or self._bot.cloud.service
        return Spot(service, address.conversation, tenant)


def _under(spot: Spot, root: str) -> Spot:
    """The thread beneath a message of a channel; elsewhere there are no threads."""
    if not spot.conversation.endswith(_CHANNEL):
        return spot
    return replace(spot, conversation=f"{spot.conversation};messageid={root}")


def _tokens(bot: Bot, clock: Clock, http: Any) -> Tokens:
    if bot.credential is None:
        return NoToken()
    fetch = fetcher(bot.credential, app=bot.app, tenant=bot.tenant, cloud=bot.cloud, http=http)
    return TokenSource(fetch, clock)


def _gate(bot: Bot, clock: Clock, line: Line) -> Gate:
    if bot.credential is None:
        return OpenGate(bot.cloud)
    keys = Keys(line.session, bot.cloud.openid, clock)
    return SignedGate(keys, clock, bot.cloud, app=bot.app, tenants=bot.tenants)
