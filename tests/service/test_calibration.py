"""Calibration reads from the log which signals came on, and what became of their pilots."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.calibration import Share, Verdict
from bot.core.ports import Store
from bot.service import evaluations, registry
from bot.service.calibration import Findings, findings
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]

DAY = timedelta(days=1)
WITH, WITHOUT = 8, 8


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def portfolio(office: Office) -> None:
    """Eight pilots without a date that stay where they are, eight with one that move on after two months."""
    day, owner = office.now.date(), office.person("anna")
    for number in range(WITH):
        office.pilot(f"Undated {number}", owner)
    for number in range(WITHOUT):
        office.pilot(f"Dated {number}", owner, target=day + 300 * DAY)
    for days in range(60):
        if days % 12 == 0:
            office.tick()
        office.now += DAY
    for number in range(WITH, WITH + WITHOUT):
        pilot = office.read(lambda unit, ident=number + 1: unit.pilot(ident))
        moved = {"stage": "hardening", "stage_since": office.now.date()}
        office.do(lambda work, one=pilot, to=moved: registry.change_pilot(work, one, to, actor=None))
    office.now += 60 * DAY


def found(office: Office) -> Findings:
    return office.do(findings)


def test_a_signal_that_separates_says_so(office: Office) -> None:
    portfolio(office)
    undated = next(one for one in found(office).signals if one.signal == "P04")
    assert (undated.fired, undated.quiet) == (Share(0, WITH), Share(WITHOUT, WITHOUT))
    assert undated.verdict is Verdict.SEPARATES
    assert found(office).names["P04"] == "No production date"
    assert found(office).pilots == WITH + WITHOUT


def test_nothing_is_said_of_nothing(office: Office) -> None:
    assert found(office).signals == ()


def test_a_signal_from_before_the_log_counts_as_fired_and_towards_no_share(office: Office) -> None:
    pilot = office.pilot("Undated", office.person("anna"))
    office.now += 30 * DAY
    office.do(lambda work: work.unit.save_evaluation(evaluations.fresh(work, pilot, before=None)))
    office.now += 100 * DAY
    known = next(one for one in found(office).signals if one.signal == "P04")
    assert (known.times, known.fired, known.verdict) == (1, Share(), Verdict.TOO_FEW)
