"""What is read about a pilot, cell by cell of the table: through every door that a person has, as each reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.core import permissions
from bot.core.permissions import Sensitivity
from bot.core.ports import Inbound, Place, Sender, Show, Wrote
from bot.core.records import Event, Given, ItemLevel, Person, Pilot
from bot.core.state import Checkin, Phase, State
from bot.core.values import Value
from bot.service import receive, users
from bot.storage import open_store
from tests.fakes.office import CONTENT, Office
from tests.fakes.rehearsal import Rehearsal

pytest_plugins = ["tests.databases"]

PARTS = ("owner", "deputy", "sponsor", "decider", "builder")
# Who each reader is here: alone what their column says, so that nothing else lets them read.
READERS = (*PARTS, "admin", "lead", "group lead", "reviewer", "operations", "member", "guest")
LOOKING = (
    "status {}",
    "history {}",
    "why {}",
    "why {} score",
    "why {} gate",
    "gate {}",
    "list",
    "todo",
    "digest",
)
DOORS = (
    *LOOKING,
    "proof {}",
    "users {}",
    "decide {}",
    "checkin {}",
    "known P99 of {} until tomorrow because x",
)
# By what each kind is recognised, whatever card it stands in.
MARKS = {
    Sensitivity.CLAIMS: ("without proof", "claimed "),
    Sensitivity.TEXTS: ("A Zanzibar tender",),
    Sensitivity.RELEASE: ("The night batch of Uppsala",),
    Sensitivity.VIEWS: ("More hopeful", "work harder without it?"),
    Sensitivity.FRESH: ("P01",),
}


VOTE = CONTENT.questionnaires["second"].question("second.user").options[0].slug  # type: ignore[union-attr]  # it ships


def opened(
    office: Office, pilot: Pilot, form: str, by: Person, answers: dict[str, Value], *, hours: int = 1
) -> None:
    """A check-in that somebody answered a few hours ago."""
    at, version = office.now - timedelta(hours=hours), CONTENT.questionnaires[form].version
    times = {"opened_at": at, "closes_at": at + timedelta(days=9), "done_at": at}
    state = State(Phase.DONE, by.id, outcome="answered", revision=1, **times)

    def keep(unit: Any) -> None:
        unit.keep_form(CONTENT.questionnaires[form])
        made = unit.open_checkin(Checkin(0, pilot.id, form, version, at, state))
        unit.keep([Given(made.id, name, value, 1, by.id, at) for name, value in answers.items()])

    office.write(keep)


class Scene:
    """A pilot before its production gate of which there is something of every kind, with a reader of each sort."""

    def __init__(self, office: Office, *, private: bool) -> None:
        self.office = office
        self.people = {name: self._reader(name) for name in READERS}
        held = {part: self.people[part].id for part in PARTS if part != "owner"}
        reviewers = (("security", self.people["reviewer"].id), ("operations", self.people["operations"].id))
        day = office.now.date()
        self.pilot: Pilot = office.pilot(
            "Invoice matcher",
            self.people["owner"],
            private=private,
            group="Crafts",
            stage="hardening",
            stage_since=day - timedelta(days=300),
            created=day - timedelta(days=400),
            reviewers=reviewers,
            **held,
        )
        self._fill()

    def _reader(self, name: str) -> Person:
        standing = name if name in ("admin", "lead", "member") else "guest"
        leads = ("Crafts",) if name == "group lead" else ()
        return self.office.person(name.replace(" ", ""), standing=standing, leads=leads)

    def _fill(self) -> None:
        office, owner, sponsor = self.office, self.people["owner"], self.people["sponsor"]
        need = {"pulse.moved": "worked", "pulse.block": "security", "pulse.need": "A Zanzibar tender"}
        opened(office, self.pilot, "pulse", owner, need | {"pulse.sure": "even"})
        opened(office, self.pilot, "second", sponsor, {"second.sponsor": "more_hopeful"})
        fear: dict[str, Value] = {"gate.open": "The night batch of Uppsala", "gate.limit": "under_10"}
        opened(office, self.pilot, "gate", owner, fear)
        other: dict[str, Value] = {"gate.open": "Nobody is on call"}  # who said nothing reads nothing yet
        opened(office, self.pilot, "gate", self.people["operations"], other, hours=2)
        vote = Event(users.VOTE, office.now, None, self.pilot.id, after=VOTE)
        office.write(lambda unit: [unit.record(vote) for _ in range(5)])
        bare = ItemLevel("data.access", 3, office.now, office.now, by=owner.id)
        office.write(lambda unit: unit.set_level(self.pilot.id, bare))
        office.now += timedelta(minutes=1)
        office.tick()

    def told(self, reader: str) -> str:
        """All that somebody is shown who tries every door; nothing of it is done."""
        store = Rehearsal(self.office.store, lambda _: None)
        user, said = reader.replace(" ", ""), []
        for door in DOORS:
            sender = Sender("local", self.office.tenant, user)
            inbound = Inbound("once", sender, Wrote(door.format(self.pilot.name)), Place(f"dm:{user}"))
            reply = receive.receive(store, CONTENT, inbound, self.office.now)  # type: ignore[arg-type]  # a Store that undoes
            said.append(reply.card.fallback if isinstance(reply, Show) else "")
        return "\n".join(said)


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    store = open_store(sqlite_url)
    yield Office(store)
    store.close()


@pytest.mark.parametrize("private", [False, True])
def test_each_reads_through_every_door_what_their_column_says_and_nothing_else(
    office: Office, *, private: bool
) -> None:
    scene = Scene(office, private=private)
    wrong = []
    for reader in READERS:
        told = scene.told(reader)
        for kind, marks in MARKS.items():
            may = permissions.reads(scene.people[reader], kind, scene.pilot)
            for mark in marks:
                if (mark in told) is not may:
                    wrong.append(f"{reader} {'does not read' if may else 'reads'} {kind}: {mark}")
        is_open = (
            "Invoice matcher: " in told
        )  # the title of a card about it; what was typed is echoed otherwise
        if is_open is not permissions.reads(scene.people[reader], Sensitivity.OPEN, scene.pilot):
            wrong.append(f"{reader} {'reads' if is_open else 'does not read'} open")
    assert not wrong, "\n".join(wrong)


def test_there_is_a_mark_for_every_level_of_reading() -> None:
    assert {*MARKS, Sensitivity.OPEN} == set(Sensitivity)
