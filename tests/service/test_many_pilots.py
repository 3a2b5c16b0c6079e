"""A hundred and fifty pilots cost no more statements than ten, and each stands in a list as it does alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.core.ports import Nothing, Show, Store, Unit
from bot.core.records import Event, ItemLevel, Pilot
from bot.core.state import Checkin, Phase, State
from bot.service import evaluate, evaluations, query
from bot.service.standings import FEW, standings
from bot.service.work import Work
from tests.fakes.office import MONDAY, Office

pytest_plugins = ["tests.databases"]

SOME, MANY = FEW + 2, 150
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
COMMANDS = (
    "list",
    "list mine",
    "list stuck",
    "list quiet",
    "list late",
    "list blocked",
    "list waiting",
    "list unowned",
    "list bo",
    "status",
    "digest",
)


@pytest.fixture
def office(store: Store) -> Office:
    office = Office(store)
    office.person("lena", standing="lead")
    for name in ("anna", "bo", "carl"):
        office.person(name, away_until=MONDAY.date() + DAY if name == "carl" else None)
    return office


def fill(office: Office, *numbers: int) -> None:
    """Pilots that differ in everything a standing looks at, stored in one transaction."""
    office.write(lambda unit: [_pilot(unit, office, n) for n in numbers])


def _pilot(unit: Unit, office: Office, n: int) -> None:
    owner, day = unit.people()[n % 3], MONDAY.date()
    pilot = unit.save_pilot(
        Pilot(
            0,
            f"p{n}",
            f"Pilot {n:03}",
            owner=owner.id,
            decider=owner.id,
            stage="paused" if n % 10 == 0 else "pilot",
            before_pause="pilot" if n % 10 == 0 else "",
            stage_since=day - (60 + n) * DAY,
            created=day - 300 * DAY,
            target=None if n % 2 else day + (n - 75) * DAY,
            decide_by=day,
        )
    )
    if n % 5 == 0:
        unit.record(Event("pilot.stage", MONDAY - 30 * DAY, None, pilot.id, "stage", "pilot", "paused"))
    if n % 15 == 0:
        unit.record(Event("pilot.stage", MONDAY - 9 * DAY, None, pilot.id, "stage", "paused", "pilot"))
    if n % 4 == 1:
        unit.record(Event("pilot.target", MONDAY - n * DAY, None, pilot.id, "target", "2026-01-01", None))
    for item in tuple(office.content.model.items())[: n % 9]:
        unit.set_level(pilot.id, ItemLevel(item.id, n % 5, MONDAY - n * DAY, MONDAY - n * DAY))
    unit.await_evaluation(pilot.id, MONDAY)
    for week in range(n % 11):
        _pulse(unit, pilot, owner.id, week, missed=week < n % 4)


def _pulse(unit: Unit, pilot: Pilot, person: int, week: int, *, missed: bool) -> None:
    slot = MONDAY - (week + 1) * WEEK
    phase, outcome = (Phase.CLOSED, "missed") if missed else (Phase.DONE, "answered")
    state = State(phase=phase, person=person, opened_at=slot, closes_at=slot + WEEK, outcome=outcome)
    answers = {"pulse.block": "security" if pilot.id % 3 else "nothing"}
    state = state if missed else replace(state, answers=answers)
    assert unit.open_checkin(Checkin(0, pilot.id, "pulse", 1, slot, state))


def test_a_pilot_stands_among_many_as_it_does_alone(office: Office) -> None:
    fill(office, *range(60))

    def look(work: Work) -> tuple[Any, Any]:
        pilots = work.unit.pilots()
        alone = {pilot.id: evaluate.stand(work, pilot, own=False) for pilot in pilots}
        together = standings(work, pilots)
        assert scores(alone) == scores(together) == scores(standings(work, pilots, scored=False))
        return together, alone

    def scores(found: Any) -> Any:
        return {pilot: (standing.readiness, standing.gate) for pilot, standing in found.items()}

    office.tick()
    together, alone = office.do(look)
    assert together == alone
    assert len({standing.course for standing in alone.values()}) >= 3
    assert len({standing.stage_days for standing in alone.values()}) > 1


def test_a_hundred_and_fifty_pilots_take_as_many_statements_as_ten(office: Office) -> None:
    fill(office, *range(SOME))
    shown(office, "list")  # the key that signs its buttons is read once
    before = {command: statements(lambda command=command: shown(office, command)) for command in COMMANDS}
    fill(office, *range(SOME, MANY))
    after = {command: statements(lambda command=command: shown(office, command)) for command in COMMANDS}
    assert after == before
    assert max(after.values()) < 35, "a digest reads the most"


def test_a_digest_reads_the_levels_of_nobody_whose_scores_it_does_not_show(office: Office) -> None:
    fill(office, *range(MANY))
    sent = heard(lambda: shown(office, "digest"))
    assert not [one for one in sent if one.startswith("SELECT level.pilot_id")]
    listed = heard(lambda: shown(office, "list"))
    assert [one for one in listed if one.startswith("SELECT level.pilot_id")], "a list shows everybody's"


def test_an_answer_makes_one_pilot_be_evaluated_whatever_number_of_others_there_is(office: Office) -> None:
    counts = []
    for numbers in (range(SOME), range(SOME, MANY)):
        fill(office, *numbers)
        office.tick()
        pilot = office.read(lambda unit: unit.pilots()[0])
        before = office.read(lambda unit: unit.evaluations())
        office.now += timedelta(minutes=1)
        office.write(lambda unit, pilot=pilot: unit.await_evaluation(pilot.id, office.now))
        counts.append(statements(lambda: office.do(evaluations.renew_due)))
        after = office.read(lambda unit: unit.evaluations())
        assert [one for one in after if after[one] != before[one]] == [pilot.id]
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "command", [*COMMANDS, "help", "todo", "status pilot 003", "history p3", "frobnicate"]
)
def test_what_only_looks_is_answered_outside_the_transaction_that_writes(
    office: Office, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(office, *range(SOME))
    within: list[str] = []
    answer = query.answer

    def noted(work: Work, *asked: Any) -> Any:
        within.append(kind[-1])
        return answer(work, *asked)

    kind: list[str] = []
    for name in ("read", "write"):
        run = getattr(office.store, name)
        monkeypatch.setattr(office.store, name, lambda *given, n=name, r=run: (kind.append(n), r(*given))[1])
    monkeypatch.setattr(query, "answer", noted)
    shown(office, command)
    assert within == ["read"]


def test_one_never_seen_is_stored_and_shown_what_they_ask_for_once(office: Office) -> None:
    fill(office, 1)
    assert isinstance(office.says("eve", "list", key="same"), Show)
    assert office.says("eve", "list", key="same") == Nothing()
    assert [one.name for one in office.read(lambda unit: unit.people())].count("eve") == 1


def shown(office: Office, command: str) -> None:
    assert isinstance(office.runs("lena", command, channel="pilots"), Show)


def statements(work: Callable[[], object]) -> int:
    """How many statements something sends."""
    return len(heard(work))


def heard(work: Callable[[], object]) -> list[str]:
    """The statements that something sends."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return sent
