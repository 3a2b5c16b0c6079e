"""The days on which an organisation does not work, by country and by its own list; it must not know who is asked.

The library of public holidays is imported only once a country is needed: it takes longer than a whole command.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from bot.content.places import country_of
from bot.core.policy import Days

# Years of one country that are kept in memory: more than anything planned or looked back at, times the countries of a
# large company. A year is 20 days or so.
YEARS = 256


@dataclass(frozen=True, slots=True)
class FreeDays:
    """A container of days: the public holidays of a country, or of one part of it, and those in `own`.

    `country` is an ISO 3166 code such as LV, empty for none; `subdivision` one of the library's codes for its parts.
    """

    country: str = ""
    subdivision: str = ""
    own: frozenset[date] = frozenset()

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and (day in self.own or self._is_public(day))

    def _is_public(self, day: date) -> bool:
        return bool(self.country) and day in _public(self.country, self.subdivision, day.year)


@dataclass(frozen=True, slots=True)
class ByZone:
    """The days of the country of each person's zone, with those in `own` free everywhere."""

    own: frozenset[date] = frozenset()

    def days_in(self, zone: str) -> Days | None:
        """None for a zone that lies in no country, or in one whose holidays nobody knows."""
        return _days_in(zone, self.own)


@lru_cache(maxsize=1024)  # there are about 600 zones
def _days_in(zone: str, own: frozenset[date]) -> Days | None:
    country = country_of(zone)
    return Days(working_week(country), FreeDays(country, own=own)) if country in _known() else None


@cache
def _known() -> frozenset[str]:
    return frozenset(countries())


@lru_cache(maxsize=YEARS)
def _public(country: str, subdivision: str, year: int) -> Collection[date]:
    from holidays import country_holidays  # noqa: PLC0415 - see above

    return frozenset(country_holidays(country, subdiv=subdivision or None, years=year))


def countries() -> Mapping[str, Collection[str]]:
    """Every country whose holidays are known, with its parts."""
    from holidays import list_supported_countries  # noqa: PLC0415 - see above

    return list_supported_countries(include_aliases=False)


def working_week(country: str) -> tuple[int, ...]:
    """The working days of a country, Monday 0."""
    from holidays import country_holidays  # noqa: PLC0415 - see above

    weekend = country_holidays(country).weekend
    return tuple(day for day in range(7) if day not in weekend)
