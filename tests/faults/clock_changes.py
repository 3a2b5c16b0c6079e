"""Row 17: clocks go forward and back in ten zones for two years, and a weekly question keeps its hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from bot.core import cadence
from bot.core.localtime import local
from tests.fakes.office import CONTENT
from tests.faults.matrix import Row, struck

# Both hemispheres; a change at midnight (Havana, Beirut), of half an hour (Lord_Howe), of two (Troll), four a year.
ZONES = (
    "Europe/London",
    "Europe/Riga",
    "America/New_York",
    "America/Santiago",
    "America/Havana",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Pacific/Auckland",
)
TUESDAY, HOUR, YEARS = 1, 9, 2
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=365 * YEARS)
ASKING = replace(CONTENT.policy.asking, hour=HOUR)


def rows() -> Iterator[Row]:
    changes = sum(map(clock_changes, ZONES))
    wrong = [one for zone in ZONES for one in astray(zone)]
    weeks = sum(len(slots(zone)) for zone in ZONES)
    yield Row(
        17,
        "The clocks change, both ways",
        struck(changes, f"changes in {len(ZONES)} zones and {YEARS} years"),
        f"One question a week, on Tuesday at {HOUR}:00 of the person's clock",
        f"{weeks:,} slots, {len(wrong)} missing, doubled or at another hour",
        not wrong,
    )


def clock_changes(zone: str) -> int:
    """How often a zone's clock is put forward or back."""
    hours = [local(BEGIN + timedelta(hours=n), zone).utcoffset() for n in range(YEARS * 365 * 24)]
    return sum(one != other for one, other in pairwise(hours))


def slots(zone: str) -> list[datetime]:
    """Every weekly slot, each found from the one before as the program does."""
    rule = {"weekday": TUESDAY, "hour": HOUR, "zone": zone, "asking": ASKING, "weeks": 1}
    found = [cadence.next_slot(BEGIN, **rule)]  # type: ignore[arg-type]  # the arguments by name
    while found[-1] < END:
        found.append(cadence.following(found[-1], **rule))  # type: ignore[arg-type]  # as above
    return found[:-1]


def astray(zone: str) -> list[date]:
    """Tuesdays without exactly one slot, and days of slots that are at another hour."""
    shown = [local(slot, zone) for slot in slots(zone)]
    wrong = [at.date() for at in shown if (at.weekday(), at.hour, at.minute) != (TUESDAY, HOUR, 0)]
    days = [at.date() for at in shown]
    tuesdays = [days[0] + timedelta(weeks=n) for n in range(len(days))]
    return wrong + [expected for expected, day in zip(tuesdays, days, strict=True) if expected != day]
