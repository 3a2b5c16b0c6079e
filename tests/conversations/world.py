"""The organisation that a conversation takes place in, and what is true of it at the end; it knows no script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.app import App, first_organisation
from bot.content.loader import load
from bot.core.localtime import wall
from bot.core.ports import Unit
from bot.core.questionnaire import Kind
from bot.core.records import Address, Identity, ItemLevel, Person, Pilot, Standing
from bot.core.state import Checkin
from bot.core.values import NoneYet, NotApplicable, NotKnown, Value
from bot.service import registry
from bot.service.work import Work
from bot.settings import load as settings
from bot.storage import open_store
from bot.worker import Worker

T = TypeVar("T")

CONTENT = load(Path(__file__).parents[2] / "questionnaires")
ROLES = ("owner", "deputy", "sponsor", "decider")
DATES = ("target", "decide_by", "paused_until", "stage_since")


@dataclass
class Still:
    """A clock that stands until it is moved."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)


@dataclass
class World:
    """One organisation on a fresh database. All that is known of it is in there, and read anew each time."""

    url: str
    zone: str
    app: App = field(init=False)
    people: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = settings({"DATABASE_URL": self.url, "RAMPCHECK_ZONE": self.zone, "LOG_LEVEL": "WARNING"})
        store = open_store(self.url)
        self.clock = Still(self.moment("2026-11-23 09:00"))  # a Monday: people are asked on Tuesdays
        self.app = App(found, store, CONTENT, self.clock, first_organisation(store, found))

    def moment(self, text: str) -> datetime:
        """A moment on the owner's clock."""
        shown = datetime.fromisoformat(text)
        return wall(shown.date(), shown.time(), self.zone)

    def read(self, look: Callable[[Unit], T]) -> T:
        return self.app.store.read(self.app.organisation.id, look)

    def write(self, work: Callable[[Work], T]) -> T:
        app = self.app
        return app.store.write(
            app.organisation.id, lambda unit: work(Work(unit, app.content, self.clock.now()))
        )

    async def pass_time(self, until: datetime) -> None:
        """Everything due on the way happens at its own moment."""
        worker = Worker(self.app)
        while (due := self.read(lambda unit: unit.next_moment())) is not None and due <= until:
            self.clock.move_to(due)
            await worker.beat()
        self.clock.move_to(until)
        await worker.beat()

    # --- who and what is there

    def join(
        self,
        user: str,
        name: str,
        account: str,
        address: Address,
        *,
        zone: str = "",
        standing: str = "member",
    ) -> None:
        def work(work: Work) -> int:
            person = work.unit.save_person(
                Person(0, name, zone=zone or self.zone, standing=Standing(standing))
            )
            work.unit.save_identity(Identity(person.id, account, address))
            return person.id

        self.people[user] = self.write(work)

    def channel(self, name: str, address: Address) -> None:
        self.write(lambda work: work.unit.channel(address, name))

    def add_pilot(self, name: str, values: dict[str, str]) -> None:
        """A pilot of `anna`'s, in Pilot since fortnight ago, but for what the values say."""
        today = self.clock.now().astimezone(ZoneInfo(self.zone)).date()
        since = today - timedelta(days=int(values.pop("days", "14")))
        roles = {role: self.people[values.pop(role)] for role in ROLES if role in values}
        days = {day: date.fromisoformat(values.pop(day)) for day in DATES if day in values}
        start: dict[str, Any] = {"stage": "pilot", "stage_since": since, "created": since}
        made = start | {"owner": self.people["anna"], "owner_accepted": True} | roles | days | values
        self.write(lambda work: registry.add_pilot(work, Pilot(0, "", name, **made), actor=None))

    def claim(self, pilot: Pilot, values: dict[str, str]) -> None:
        """Levels of readiness items as if said now, each with a link; `all` stands for every item."""
        at, model = self.clock.now(), CONTENT.model
        everything = dict.fromkeys((item.id for item in model.items()), values.get("all", ""))
        for item, level in (everything | values).items():
            if level and item != "all":
                said = ItemLevel(
                    item, int(level), at, at, self.people["anna"], f"https://example.org/{item}", at
                )
                self.write(lambda work, said=said: work.unit.set_level(pilot.id, said))

    # --- what is true

    def pilot(self, name: str) -> Pilot:
        """The pilot of that name; of no name, the first that was added."""
        pilots = sorted(self.read(lambda unit: unit.pilots()), key=lambda pilot: pilot.id)
        return next(pilot for pilot in pilots if not name or pilot.name == name)

    def checkin(self, form: str, pilot: str) -> Checkin:
        """The newest check-in of a form, about that pilot where it is named."""
        about = self.pilot(pilot).id if pilot else None
        found = [one for one in self.checkins() if one.questionnaire == form and about in (None, one.pilot)]
        return max(found, key=lambda one: one.id)

    def checkins(self) -> list[Checkin]:
        def look(unit: Unit) -> list[Checkin]:
            asked = [past for pilot in unit.pilots() for past in unit.history(pilot.id, limit=100)]
            found = [unit.checkin(past.id) for past in asked]
            return [one for one in found if one is not None]

        return self.read(look)

    def answers(self, checkin: Checkin) -> dict[str, str]:
        """The answers that stand, as a script writes them."""
        return {name: self.written(checkin, name, value) for name, value in checkin.state.answers.items()}

    def written(self, checkin: Checkin, name: str, value: Value) -> str:
        question = CONTENT.questionnaires[checkin.questionnaire].question(name)
        match value:
            case NotKnown():
                return "unknown"
            case NotApplicable(reason):
                return f"na:{reason}"
            case NoneYet():
                return "none"
            case bool():
                return "yes" if value else "no"
            case tuple():
                return ",".join(value)
            case date():
                return value.isoformat()
        if question is not None and question.kind is Kind.PERSON:
            return self.user(int(value))
        return str(value)

    def user(self, person: int | None) -> str:
        return next((user for user, known in self.people.items() if known == person), "nobody")

    def truth(self) -> dict[str, Any]:
        """All that a conversation leaves behind and that no door may change."""

        def look(unit: Unit) -> dict[str, Any]:
            pilots = unit.pilots()
            return {
                "people": [asdict(person) for person in unit.people()],
                "pilots": [asdict(pilot) for pilot in pilots],
                "requests": [asdict(one) for one in unit.requests(unanswered=False)],
                "levels": [sorted(map(str, unit.levels(pilot.id).values())) for pilot in pilots],
                "events": [asdict(event) for event in unit.events(limit=1000)],
                "subscriptions": [_anywhere(asdict(one)) for one in unit.subscriptions()],
            }

        checkins = self.checkins()
        states = {one.id: asdict(one.state) for one in checkins}
        given = {one.id: self.read(lambda unit, one=one: list(unit.given(one.id))) for one in checkins}
        return self.read(look) | {"states": states, "given": given}


def _anywhere(subscription: dict[str, Any]) -> dict[str, Any]:
    """A subscription without the address of its channel, which is each platform's own."""
    channel = {name: part for name, part in subscription["channel"].items() if name != "address"}
    return {**subscription, "channel": channel}
