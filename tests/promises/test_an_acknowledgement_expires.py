"""A signal that somebody knows of is silent until its day, and speaks again on the next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.ports import Store
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def found(office: Office, pilot: int) -> Any:
    return office.read(lambda unit: unit.evaluation(pilot))


def test_it_counts_again_on_the_day_after(office: Office) -> None:
    anna = office.person("anna")
    old = office.now.date() - timedelta(days=300)
    pilot = office.pilot("Invoice matcher", anna, stage_since=old, created=old)
    office.until(office.now + timedelta(days=2))
    assert "P01" in {seen.signal.id for seen in found(office, pilot.id).signals}
    until = office.now.date() + timedelta(days=6)
    office.runs(
        "anna", f"known P01 of Invoice matcher until {until.isoformat()} because the tender ends then"
    )
    office.until(office.now + timedelta(days=1))
    assert "P01" in {seen.signal.id for seen in found(office, pilot.id).known}
    office.until(office.now + timedelta(days=7))
    assert "P01" in {seen.signal.id for seen in found(office, pilot.id).signals}
