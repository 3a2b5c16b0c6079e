"""A simulated portfolio: the same for a seed, lived through the real engine, and judged as its report says."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.content.loader import Instead, load
from bot.core.signals import Course
from bot.settings import QUESTIONNAIRES
from bot.simulation import simulate
from bot.simulation.fates import Fate, lives
from bot.simulation.verdict import Case, Report, report
from bot.storage import migrate, open_store

BEGAN = date(2026, 2, 2)


def case(fate: Fate, stuck: date | None = None, begins: date | None = BEGAN) -> Case:
    return Case(fate, begins, stuck, Course.STUCK if stuck else Course.MOVING, {})


# --- the report -----------------------------------------------------------------------------------------------------


def test_precision_and_recall_count_those_that_stand_still_and_report() -> None:
    found = report(
        [
            case(Fate.STUCK, date(2026, 3, 2)),
            case(Fate.OVER_OPTIMISTIC, date(2026, 3, 30)),
            case(Fate.STUCK),
            case(Fate.MOVING, date(2026, 3, 2), begins=None),
            case(Fate.MOVING, begins=None),
        ]
    )
    assert (found.found, found.called, found.standing) == (2, 3, 3)
    assert (found.precision, found.recall) == (2 / 3, 2 / 3)
    assert found.weeks == 6, "after four weeks and after eight"


def test_silent_pilots_count_neither_way() -> None:
    found = report([case(Fate.SILENT, date(2026, 3, 2)), case(Fate.STUCK, date(2026, 3, 2))])
    assert (found.precision, found.recall) == (1, 1)


def test_a_call_before_the_fate_began_is_a_false_one() -> None:
    found = report([case(Fate.STUCK, date(2026, 2, 1))])
    assert (found.found, found.called, found.precision, found.recall) == (0, 1, 0, 0)


def test_nothing_is_divided_by_nothing() -> None:
    found = report([case(Fate.MOVING, begins=None)])
    assert (found.precision, found.recall, found.weeks) == (None, None, None)


# --- the lives ------------------------------------------------------------------------------------------------------


def test_ten_pilots_have_the_fates_of_the_shares_and_the_first_five_every_kind_but_one() -> None:
    fates = [life.fate for life in lives(10, 26, 1, ("value.problem",), BEGAN)]
    assert {fate: fates.count(fate) for fate in Fate} == {
        Fate.MOVING: 5,
        Fate.STUCK: 2,
        Fate.SILENT: 1,
        Fate.OVER_OPTIMISTIC: 2,
    }
    assert set(fates[:4]) == {Fate.MOVING, Fate.STUCK, Fate.OVER_OPTIMISTIC}


def test_another_seed_makes_up_other_pilots() -> None:
    first, again, other = (
        [(life.begins, life.target, life.pace) for life in lives(4, 26, seed, ("value.problem",), BEGAN)]
        for seed in (1, 1, 2)
    )
    assert first == again != other


# --- through the engine ---------------------------------------------------------------------------------------------


@cache
def simulated(policy: Path | None = None) -> Report:
    """Four pilots for ten weeks."""
    content = load(QUESTIONNAIRES, Instead(policy=policy))
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/simulated.db"
        migrate.upgrade(url)
        store = open_store(url)
        try:
            return simulate(store, content, pilots=4, weeks=10, seed=4)
        finally:
            store.close()


def test_a_seed_says_all() -> None:
    assert [(case.fate, case.begins, case.stuck, case.last) for case in simulated().cases] == [
        (Fate.MOVING, None, None, Course.AT_RISK),
        (Fate.MOVING, None, None, Course.AT_RISK),
        (Fate.STUCK, date(2026, 1, 24), date(2026, 3, 13), Course.STUCK),
        (Fate.OVER_OPTIMISTIC, date(2026, 1, 20), date(2026, 3, 13), Course.STUCK),
    ]


def test_what_fired_is_counted_by_fate() -> None:
    assert {name: dict(by) for name, by in simulated().signals().items()} == {
        "P03": {Fate.STUCK: 1, Fate.OVER_OPTIMISTIC: 1},
        "P07": {Fate.MOVING: 1, Fate.STUCK: 1},
        "P08": {Fate.MOVING: 2, Fate.STUCK: 1},
        "P09": {Fate.STUCK: 1, Fate.OVER_OPTIMISTIC: 1},
        "P11": {Fate.MOVING: 2},
        "P12": {Fate.OVER_OPTIMISTIC: 1},
        "P13": {Fate.MOVING: 1},
        "P18": {Fate.OVER_OPTIMISTIC: 1},
    }


def test_the_policy_that_is_tried_is_the_one_that_judges(tmp_path: Path) -> None:
    """Checked by hand for as long as one likes, P08 is gone; the lives are the same."""
    text = (QUESTIONNAIRES / "policy.yaml").read_text()
    assert "P08: {days: 60," in text
    other = tmp_path / "calmer.yaml"
    other.write_text(text.replace("P08: {days: 60,", "P08: {days: 9999,"))
    assert "P08" not in simulated(other).signals()
    assert [one.begins for one in simulated(other).cases] == [one.begins for one in simulated().cases]
