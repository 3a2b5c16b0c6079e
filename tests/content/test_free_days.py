"""Holidays in a policy: what is read from them, which mistakes are named, and what they cost those who have none."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.content.loader import load
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
        ("  country: UK\n", "unknown country 'UK'; use its two letters, such as DE or GB"),
        ("  country: lv\n", "unknown country 'lv'; use LV"),
        (
            "  country: DE\n  subdivision: Augsberg\n",
            "unknown subdivision 'Augsberg'; did you mean 'Augsburg'?",
        ),
        ("  country: LV\n  subdivision: BY\n", "no part of LV has holidays of its own; remove 'subdivision'"),
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


def test_a_policy_without_holidays_is_published_as_before(tmp_path: Path) -> None:
    """The digest of a policy that names none does not know of them: nothing has to be published anew."""
    assert load(SHIPPED).policy.asking.free == frozenset()
    assert not [line for line in complaints(tmp_path) if "published" in line]


def test_whoever_names_no_country_does_not_pay_for_the_library() -> None:
    look = "import sys; from bot.content.loader import load; load({!r}); sys.exit('holidays' in sys.modules)"
    code = "from pathlib import Path; " + look.replace("{!r}", "Path(sys.argv[1])")
    assert subprocess.run([sys.executable, "-c", code, str(SHIPPED)], check=False).returncode == 0
