"""Holidays in a policy: what is read from them, which mistakes are named, and what they cost those who have none."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.content.loader import examine, load
from bot.core.cadence import may_ask
from bot.core.policy import Asking
from tests.content.folders import SHIPPED, complaints, furnish, policy, swap

WEEK = "  working_days: [monday, tuesday, wednesday, thursday, friday]\n"
LAST = "  recent_days: 3\n"  # the last key of `asking`


def written(lines: str, text: str = "") -> str:
    """The small policy with more lines under `asking`."""
    return swap(text or policy(), LAST, LAST + lines)


def asking(folder: Path, lines: str, text: str = "") -> Asking:
    return load(furnish(folder, policy=written(lines, text))).policy.asking


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("  country: UK\n", "unknown country 'UK'; use its two letters, such as DE or GB, or 'zone'"),
        ("  country: lv\n", "unknown country 'lv'; use LV"),
        (
            "  country: DE\n  subdivision: Augsberg\n",
            "unknown subdivision 'Augsberg'; did you mean 'Augsburg'?",
        ),
        ("  country: LV\n  subdivision: BY\n", "no part of LV has holidays of its own; remove 'subdivision'"),
        (
            "  country: zone\n  subdivision: BY\n",
            "'subdivision' is of one country, and 'country: zone' of many; remove one of the two",
        ),
        ("  subdivision: BY\n", "'subdivision' without 'country'; add 'country: ...', or remove it"),
        (
            "  holidays: [24.12.2026]\n",
            "'holidays' holds '24.12.2026'; write days as year-month-day, such as 2026-12-24",
        ),
        (
            "  holidays: [2026-02-30]\n",
            "'holidays' holds '2026-02-30'; write days as year-month-day, such as 2026-12-24",
        ),
        ("  holidays: [2026-12-24, 2026-12-24]\n", "2026-12-24 is listed twice in 'holidays'; keep one"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, lines: str, said: str) -> None:
    text = written(lines)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if row == lines.splitlines()[-1])
    assert complaints(tmp_path, policy=text) == [f"policy.yaml:{line}: {said}"]


def test_holidays_of_a_part_of_a_country_and_of_ones_own(tmp_path: Path) -> None:
    free = asking(tmp_path, "  country: DE\n  subdivision: BY\n  holidays: [2026-12-24]\n").free
    assert date(2026, 10, 3) in free, "German unity"
    assert date(2026, 1, 6) in free, "Epiphany, in Bavaria"
    assert date(2026, 12, 24) in free
    assert date(2026, 12, 23) not in free


def test_without_days_of_its_own_the_working_week_is_the_countrys(tmp_path: Path) -> None:
    assert asking(tmp_path, "  country: IL\n", swap(policy(), WEEK, "")).working_days == (0, 1, 2, 3, 6)


LAST_DAY = "  holidays: [2026-12-31]\n"
BY_ZONE = "  country: zone\n" + LAST_DAY


@pytest.mark.parametrize(
    ("zone", "free", "asked"),
    [
        ("Europe/Berlin", "2026-10-03 2026-12-25 2026-12-31", "2026-07-03 2026-11-26"),
        ("America/New_York", "2026-07-03 2026-11-26 2026-12-25 2026-12-31", "2026-10-05 2026-12-24"),
        ("Asia/Calcutta", "2026-01-26 2026-12-31", "2026-07-03 2026-11-26"),
        ("Asia/Jerusalem", "2026-09-21 2026-12-31", "2026-12-25"),
        ("UTC", "2026-12-31", "2026-12-25 2026-07-03"),
    ],
)
def test_by_zone_everybody_has_the_holidays_of_their_country_and_the_organisations(
    tmp_path: Path, zone: str, free: str, asked: str
) -> None:
    there = asking(tmp_path, BY_ZONE).where(zone)
    assert [day for day in free.split() if date.fromisoformat(day) not in there.free] == []
    assert [day for day in asked.split() if date.fromisoformat(day) in there.free] == []


@pytest.mark.parametrize(
    ("zone", "working"),
    [
        ("Asia/Jerusalem", (0, 1, 2, 3, 6)),
        ("Asia/Riyadh", (0, 1, 2, 3, 6)),
        ("Europe/Riga", (0, 1, 2, 3, 4)),
        ("UTC", (0, 1, 2)),
        ("Etc/GMT+5", (0, 1, 2)),
        ("CET", (0, 1, 2)),
        ("nonsense", (0, 1, 2)),
    ],
)
def test_by_zone_the_working_week_is_the_countrys_and_the_written_one_where_there_is_none(
    tmp_path: Path, zone: str, working: tuple[int, ...]
) -> None:
    three = swap(policy(), WEEK, "  working_days: [monday, tuesday, wednesday]\n")
    assert asking(tmp_path, BY_ZONE, three).where(zone).working_days == working


def test_nobody_is_asked_on_a_friday_in_a_week_that_begins_on_a_sunday(tmp_path: Path) -> None:
    israel = asking(tmp_path, BY_ZONE).where("Asia/Jerusalem")
    week = [date(2026, 11, 1) + timedelta(days=n) for n in range(7)]
    assert [f"{day:%a}" for day in week if may_ask(day, israel)] == ["Sun", "Mon", "Tue", "Wed", "Thu"]


def test_one_country_is_everybodys_whatever_their_zone(tmp_path: Path) -> None:
    latvian = asking(tmp_path, "  country: LV\n")
    assert latvian.where("America/New_York") is latvian


def test_by_zone_the_days_for_those_without_a_country_have_to_be_written(tmp_path: Path) -> None:
    said = complaints(tmp_path, policy=written(BY_ZONE, swap(policy(), WEEK, "")))
    assert said
    assert all("working_days" in line for line in said)


def test_a_policy_by_zone_is_published_as_another_than_one_without(tmp_path: Path) -> None:
    found = [_digest(tmp_path, lines) for lines in ("", LAST_DAY, BY_ZONE, "  country: zone\n", BY_ZONE)]
    assert found[-1] == found[2]
    assert len(set(found)) == 4


def _digest(folder: Path, lines: str) -> str:
    editions = examine(furnish(folder, policy=written(lines))).editions
    return next(one.digest for one in editions if one.id == "policy")


def test_a_policy_without_holidays_is_published_as_before(tmp_path: Path) -> None:
    """The digest of a policy that names none does not know of them: nothing has to be published anew."""
    asking = load(SHIPPED).policy.asking
    assert (asking.free, asking.countries) == (frozenset(), None)
    assert not [line for line in complaints(tmp_path) if "published" in line]


def test_whoever_names_no_country_does_not_pay_for_the_library() -> None:
    look = "import sys; from bot.content.loader import load; load({!r}); sys.exit('holidays' in sys.modules)"
    code = "from pathlib import Path; " + look.replace("{!r}", "Path(sys.argv[1])")
    assert subprocess.run([sys.executable, "-c", code, str(SHIPPED)], check=False).returncode == 0
