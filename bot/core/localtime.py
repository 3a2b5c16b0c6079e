"""Between UTC and the wall clock of a zone, across clock changes; it must not know why anybody asks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone we can compute with; doors check what a platform or a person gave."""
    return _zone(name) is not None


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC when there is none, so that one bad row never stops everybody's round."""
    return _zone(name) or ZoneInfo("UTC")


def local(moment: datetime, zone: str) -> datetime:
    """The wall clock of `zone` at that moment; ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no zone; give it tzinfo=UTC")
    return moment.astimezone(zone_of(zone))


def wall(day: date, at: time, zone: str) -> datetime:
    """The moment (UTC) the wall clock shows that day and time, to the minute.

    A time that the clock skips is the first minute after the gap; one shown twice is the first of the two.
    """
    shown = datetime.combine(day, time(at.hour, at.minute), tzinfo=zone_of(zone))
    moment = shown.astimezone(UTC)
    if moment.astimezone(shown.tzinfo).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return moment
    return _after_gap(shown)


def _after_gap(shown: datetime) -> datetime:
    """The moment of the clock change that skips `shown`.

    Read with the offset before the change, a skipped time lies after it, and the other way round (PEP 495):
    the change is between the two readings.
    """
    before, after = shown.replace(fold=1).astimezone(UTC), shown.replace(fold=0).astimezone(UTC)
    new_offset = after.astimezone(shown.tzinfo).utcoffset()
    while after - before > _MINUTE:
        middle = before + (after - before) // _MINUTE // 2 * _MINUTE
        if middle.astimezone(shown.tzinfo).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after


@lru_cache(maxsize=1024)  # there are about 600 zones; the rest are names that are none
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # a path, a folder such as "Europe", not in the database
        return None
