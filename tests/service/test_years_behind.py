"""Three years behind a pilot cost no more than one: counted are rows fetched, and the steps of SQLite's machine.

Its steps tell what rows do not: an index that is missing, a sort of all that there ever was.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.core.compose.why import SIGNALS
from bot.core.ports import Unit
from bot.core.records import Event, Pilot, Snapshot
from bot.core.state import Checkin, Phase, State
from bot.service import auditor, digest, evaluations, explain, views
from bot.service.standings import FEW
from bot.service.work import Work
from bot.storage import open_store
from tests.fakes.office import MONDAY, Office

pytest_plugins = ["tests.databases"]

WEEK = timedelta(weeks=1)
YEAR, THREE = 60, 180  # weeks: the shorter one is longer than anything looks back
GROWS = 1.3  # times at most, for three times the history: an index gets deeper (goal G12)
# The newest check-ins of whatever questionnaire are picked from an index of all that the pilot had: eleven steps each.
OF_ALL_CHECKINS = 1.8
LOOKS: dict[str, Callable[[Work, Pilot], object]] = {
    "status": lambda work, pilot: views.status(work, _owner(work, pilot), pilot),
    "why": lambda work, pilot: explain.why(work, _owner(work, pilot), pilot, part=SIGNALS),
    "digest": lambda work, _: digest.compose(work),
    "an evaluation": lambda work, pilot: evaluations.fresh(work, pilot, before=None),
    "what a night learns of all": lambda work, _: evaluations.learn(work),
    "the audit": lambda work, _: (auditor.audit(work), auditor.told(work)),
}


def _owner(work: Work, pilot: Pilot) -> Any:
    return work.unit.person(pilot.owner or 0)


@pytest.fixture(scope="module")
def offices(
    sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Office, Office]]:
    """The same pilots with a year behind them, and with three."""
    found = []
    for weeks in (YEAR, THREE):
        file = tmp_path_factory.mktemp("years") / "rampcheck.db"
        shutil.copy(sqlite_template, file)
        office = Office(open_store(f"sqlite:///{file}"))
        fill(office, weeks)
        found.append(office)
    yield found[0], found[1]
    for office in found:
        office.store.close()


def fill(office: Office, weeks: int) -> None:
    """More pilots than are read one by one, with a check-in a week and what one leaves behind."""
    owner, sponsor = office.person("anna"), office.person("sven")
    names = [f"Pilot {number:02}" for number in range(FEW + 2)]
    pilots = [office.pilot(name, owner, sponsor=sponsor.id, decide_by=MONDAY.date()) for name in names]
    office.write(lambda unit: [_past(unit, pilot, weeks) for pilot in pilots])
    office.tick()


def _past(unit: Unit, pilot: Pilot, weeks: int) -> None:
    for week in range(weeks, 0, -1):
        slot = MONDAY - week * WEEK
        state = State(phase=Phase.DONE, person=pilot.owner or 0, opened_at=slot, closes_at=slot + WEEK)
        state = replace(state, done_at=slot, outcome="answered", answers={"pulse.block": "security"})
        opened = unit.open_checkin(Checkin(0, pilot.id, "pulse", 1, slot, state))
        for kind in ("checkin.opened", "checkin.submitted", "checkin.done"):
            unit.record(Event(kind, slot, pilot.owner if kind != "checkin.opened" else None, pilot.id))
        shot = Snapshot(
            pilot.id, slot, week % 90, {"value": 40}, "value", 0.5, 1, 1, opened.id if opened else None
        )
        unit.add_snapshot(shot)


@pytest.mark.parametrize("what", LOOKS)
def test_what_is_read_does_not_grow_with_the_years_behind(what: str, offices: tuple[Office, Office]) -> None:
    year, three = (cost(office, LOOKS[what]) for office in offices)
    assert year[1] > 0, "it reads"
    assert three[0] == year[0], "rows"
    assert three[1] <= (OF_ALL_CHECKINS if what == "an evaluation" else GROWS) * year[1], "steps"


def cost(office: Office, looks: Callable[[Work, Pilot], object]) -> tuple[int, int]:
    """The rows that it fetches, and the steps that SQLite takes for them."""

    def look(unit: Unit) -> None:
        pilot: Pilot = unit.pilots()[0]
        with counted() as found:
            looks(Work(unit, office.content, office.now), pilot)
        counts.extend(found)

    counts: list[int] = []
    office.write(look)
    return counts[0], counts[1]


@contextmanager
def counted() -> Iterator[list[int]]:
    """Rows and steps; those of a read are counted by reading it again."""
    found = [0, 0]

    def step() -> None:
        found[1] += 1

    def note(connection: Any, _: Any, statement: str, values: Any, *more: Any) -> None:
        if statement.startswith(("SELECT", "WITH")) and not more[-1]:
            raw = connection.connection.dbapi_connection
            raw.set_progress_handler(step, 1)
            found[0] += len(raw.execute(statement, values).fetchall())
            raw.set_progress_handler(None, 1)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_walk_through_all_that_happened_is_seen(offices: tuple[Office, Office]) -> None:
    def walk(work: Work, pilot: Pilot) -> object:
        return work.unit.events(pilot=pilot.id, since=MONDAY - 1000 * WEEK, limit=1000)

    year, three = (cost(office, walk) for office in offices)
    assert three[0] > year[0]
    assert three[1] > GROWS * year[1]
