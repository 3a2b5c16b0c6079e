"""One worker of the soak: the product's own worker in a process of its own, with a clock that it is told.

The only things put in place are the clock, the platform (a socket to the sink), how often pilots are evaluated, once a
week, and how often the log is sealed, every six hours: neither is what is proved here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from bot import log
from bot.app import App
from bot.content import free_days
from bot.content.loader import load
from bot.core.card import Card, Submit
from bot.core.card_json import to_json
from bot.core.ports import (
    Changed,
    Clicked,
    DeliveryError,
    Inbound,
    MessageRef,
    Nothing,
    Payload,
    Place,
    Problems,
    Ran,
    Reply,
    Sender,
    Show,
    Traits,
    Update,
)
from bot.core.questionnaire import Content
from bot.core.records import Address, Pilot
from bot.service import ServiceError, accounts, evaluations, registry, rounds, sealing
from bot.service.work import Work
from bot.settings import load as settings
from bot.storage import open_store, postgres, sqlite, store  # the last three before the fork, not after each
from bot.worker import Worker
from tests.soak.people import BY_ZONE, filled

READY = (postgres, sqlite, store)
SHIPPED = load(Path(__file__).parents[2] / "questionnaires")
# The days on which the organisation is closed beside the country: a Tuesday, half a week, and one before Christmas.
CLOSED = frozenset(date.fromisoformat(f"2026-{day}") for day in ("04-14", "07-21", "07-22", "07-23", "12-22"))


def content_of(country: str, *, reviews: bool) -> Content:
    """As it ships, but for one question a fortnight for each pilot and, where there are `reviews`, a longer one each
    month; in an organisation in that country, or in those of its people.
    """
    asked = ("pulse", "review") if reviews else ("pulse",)
    cadences = tuple(one for one in SHIPPED.policy.cadences if one.questionnaire in asked)
    if country == BY_ZONE:
        free, by_zone = free_days.FreeDays(own=CLOSED), free_days.ByZone(CLOSED)
        asking = replace(SHIPPED.policy.asking, free=free, countries=by_zone)
    else:
        free, week = free_days.FreeDays(country, own=CLOSED), free_days.working_week(country)
        asking = replace(SHIPPED.policy.asking, free=free, working_days=week)
    return replace(SHIPPED, policy=replace(SHIPPED.policy, cadences=cadences, asking=asking))


@dataclass(slots=True)
class ToldClock:
    """A clock that shows what it was told last; it can be set back."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


class Line:
    """The adapter `local`: every call goes to the sink and waits for its answer, several at once."""

    name = "local"
    traits = Traits(True, True, False, 65536, can_look_up=True)

    def __init__(self, port: int, clock: ToldClock, *, look_up: bool) -> None:
        self.traits = replace(self.traits, can_look_up=look_up)
        self._port, self._clock = port, clock
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    def render(self, card: Card) -> Payload:
        return {"card": to_json(card)}

    def parse(self, raw: Any) -> Inbound | None:
        del raw
        return None

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        await self._call("send", address, key, payload["card"])
        return MessageRef(address.conversation, key)

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        await self._call("amend", address, ref.message, payload["card"])

    async def find(self, address: Address, key: str) -> MessageRef | None:
        found = await self._call("find", address, key, None)
        return MessageRef(address.conversation, key) if found else None

    async def run(self, on_inbound: Any, on_search: Any = None) -> None:
        del on_inbound, on_search
        await asyncio.Event().wait()

    async def _call(self, op: str, address: Address, key: str, card: Any) -> str:
        line = (
            self._idle.pop()
            if self._idle
            else await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)
        )
        asked = {"op": op, "conversation": address.conversation, "key": key, "card": card}
        asked |= {"at": self._clock.now().timestamp(), "pid": os.getpid()}
        reader, writer = line
        writer.write(json.dumps(asked).encode() + b"\n")
        answer = json.loads(await reader.readline())
        self._idle.append(line)
        if "refused" in answer:
            raise DeliveryError(answer["refused"], gone=True)
        return str(answer["ref"])


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is hired with: the database, the sink's port, the chat, the country, whether there
    are reviews, and whether the platform can be asked for what was sent.
    """

    url: str
    port: int
    connection: int
    country: str
    reviews: bool
    look_up: bool


def run(orders: Orders, pipe: Pipe) -> None:
    """Do as the pipe says until it closes; being killed at any point is what this is for."""
    log.configure("ERROR", "text")
    logging.disable(logging.WARNING)
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        asyncio.run(_obey(orders, pipe))
    os._exit(0)


SEALED_EVERY = timedelta(hours=6)  # of a log in which a minute has passed at every beat
# What is killed here are processes, never the machine: a commit need not be on the disk.
QUICK = {**sqlite.WRITING, "synchronous": "OFF"}


async def _obey(orders: Orders, pipe: Pipe) -> None:
    clock = ToldClock(datetime(2026, 1, 1, tzinfo=UTC))
    sqlite.WRITING = QUICK
    opened = open_store(orders.url)
    (organisation,) = opened.organisations()
    doors = {"local": Line(orders.port, clock, look_up=orders.look_up)}
    content = content_of(orders.country, reviews=orders.reviews)
    app = App(settings({"DATABASE_URL": orders.url}), opened, content, clock, organisation, doors)
    worker = Worker(app)
    pipe.send("ready")
    while True:
        what, at, acts = await asyncio.to_thread(pipe.recv)
        clock.moment = at
        evaluations.next_night = _next_week
        sealing.EVERY = SEALED_EVERY
        if what == "beat":
            await worker.beat()
            pipe.send([])
        else:
            pipe.send([await _done(app, act, orders.connection) for act in acts])


def _next_week(work: Work) -> datetime:
    day = (work.now + timedelta(days=7 - work.now.weekday())).replace(hour=2, minute=0)
    return max(day, work.now + timedelta(hours=1))


async def _done(app: App, act: dict[str, Any], connection: int) -> tuple[str, str]:
    """Let a person do something: "stored" what they meant, "told" them something else, or "refused" it; and the key
    under which what they did last is known.
    """
    user = act["user"]
    sender = Sender("local", "local", user, zone=act.get("zone", ""))
    if act["kind"] in ("zone", "left"):
        is_open = act["kind"] == "zone"
        follow = lambda unit: accounts.follow(  # noqa: E731  # a unit of work
            Work(unit, app.content, app.clock.now()), sender, connection, Changed(open=is_open)
        )
        await asyncio.to_thread(app.store.write, app.organisation.id, follow)
        return "stored", act["key"]
    if act["kind"] in ("sent", "stops"):
        do = _send if act["kind"] == "sent" else _stop
        return await asyncio.to_thread(_by_hand, app, act["pilot"], do), act["key"]
    if act["kind"] == "opens":
        return await _opened(app, act, sender)
    said = Ran(act["text"]) if act["kind"] == "says" else Clicked(act["token"], act["values"])
    place = Place(f"dm:{user}", direct=True)
    reply = await app.on_inbound(Inbound(act["key"], sender, said, place))
    return _word(reply, act["attempt"]), act["key"]


async def _opened(app: App, act: dict[str, Any], sender: Sender) -> tuple[str, str]:
    """Open the form behind a button, fill it in and send it: two acts, of which the second may not come to be.

    Whoever saw no form presses again, which is another press; a form that was sent is delivered again as it was.
    """
    place, press = Place(f"dm:{sender.user}", direct=True), f"{act['key']}:open{act['attempt']}"
    shown = await app.on_inbound(Inbound(press, sender, Clicked(act["token"]), place))
    sent = _filled_in(app, shown.card) if isinstance(shown, Show) else None
    if sent is None:
        return "told", press
    reply = await app.on_inbound(Inbound(act["key"], sender, sent, place))
    word, further = _word(reply, act["attempt"]), _further(app, reply)
    while further is not None:  # a form of several screens is gone through as it stands before them
        press = f"{press}+"
        further = _further(app, await app.on_inbound(Inbound(press, sender, further, place)))
    return word, act["key"]


def _further(app: App, reply: Reply) -> Clicked | None:
    """The next screen of a form that was sent, filled in; None where there is none."""
    return _filled_in(app, reply.card) if isinstance(reply, Update) and not reply.over else None


def _filled_in(app: App, card: Card) -> Clicked | None:
    submit = next((one for one in card.actions if isinstance(one, Submit)), None)
    if submit is None:
        return None
    token = app.store.button_key(app.organisation.id).sign(submit.token)
    return Clicked(token, filled(to_json(card), app.clock.now().date()))


def _by_hand(app: App, named: str, do: Callable[[Work, Pilot], object]) -> str:
    """What an admin does to a pilot: "stored", or "refused" for a reason."""

    def work(unit: Any) -> None:
        (pilot,) = (one for one in unit.pilots() if one.name == named)
        do(Work(unit, app.content, app.clock.now()), pilot)

    try:
        app.store.write(app.organisation.id, work)
    except ServiceError:
        return "refused"
    return "stored"


def _send(work: Work, pilot: Pilot) -> None:
    rounds.send(work, pilot, work.content.questionnaires["pulse"])


def _stop(work: Work, pilot: Pilot) -> None:
    registry.change_pilot(work, pilot, {"stage": "stopped"}, actor=None)


def _word(reply: Reply, attempt: int) -> str:
    """A second delivery is answered by nothing: what the first was told died with whoever told it."""
    match reply:
        case Problems():
            return "refused"
        case Show():
            return "told"
        case Nothing() if attempt:
            return "told"
        case _:
            return "stored"
