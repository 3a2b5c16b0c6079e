"""The country that a time zone lies in, by the tables of the IANA database; it must not know what follows from it.

They are read from the package `tzdata`, which is always installed with us, once somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

# Old names that the database joins with the clock of another country, and the name that the place has now. Browsers
# and chats still report them. https://github.com/eggert/tz/blob/main/backward
RENAMED = {
    "Africa/Asmera": "Africa/Asmara",
    "Africa/Timbuktu": "Africa/Bamako",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Virgin": "America/St_Thomas",
    "Antarctica/South_Pole": "Antarctica/McMurdo",
    "Atlantic/Jan_Mayen": "Arctic/Longyearbyen",
    "Iceland": "Atlantic/Reykjavik",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Yap": "Pacific/Chuuk",
}


def country_of(zone: str) -> str:
    """The ISO 3166 code of the country that a zone lies in, e.g. LV for Europe/Riga.

    Empty where it names no place: UTC, Etc/GMT+3, and EST or CET, which are the hours of many countries.
    """
    zone = RENAMED.get(zone, zone)
    if "/" not in zone and zone.isupper():
        return ""
    found = _countries()
    return found.get(zone) or found.get(_links().get(zone, ""), "")


@cache
def _countries() -> Mapping[str, str]:
    """Zone -> country; `zone.tab` gives one for each zone, where `zone1970.tab` gives all that share its clock."""
    rows = (line.split("\t") for line in _lines("zone.tab") if not line.startswith("#"))
    return {zone: country for country, _, zone, *_ in rows}


@cache
def _links() -> Mapping[str, str]:
    """Other name -> zone, e.g. Asia/Calcutta -> Asia/Kolkata."""
    rows = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    return {name: zone for _, zone, name in rows}


def _lines(name: str) -> Iterator[str]:
    text = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line)
