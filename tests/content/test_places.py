"""In which country a time zone lies: by every name that a chat or a browser reports for it."""

from __future__ import annotations

from importlib.resources import files
from zoneinfo import available_timezones

import pytest

from bot.content.places import RENAMED, country_of
from tests.soak.people import ZONES


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        *ZONES.items(),
        ("Europe/Sofia", "BG"),
        ("Asia/Jerusalem", "IL"),
        ("Europe/Oslo", "NO"),  # keeps Berlin's clock
        ("Africa/Accra", "GH"),  # keeps Abidjan's
        ("Asia/Calcutta", "IN"),  # what Chrome says for Asia/Kolkata
        ("Asia/Saigon", "VN"),
        ("Asia/Rangoon", "MM"),
        ("Asia/Katmandu", "NP"),
        ("Europe/Kiev", "UA"),
        ("America/Buenos_Aires", "AR"),
        ("US/Eastern", "US"),
        ("Canada/Eastern", "CA"),
        ("Israel", "IL"),
        ("Iceland", "IS"),
        ("Africa/Asmera", "ER"),  # joined with Kenya's clock in the database
        ("Pacific/Truk", "FM"),  # with Papua New Guinea's
        ("Atlantic/Jan_Mayen", "SJ"),  # with Germany's
    ],
)
def test_a_place_lies_in_its_country(zone: str, country: str) -> None:
    assert country_of(zone) == country


@pytest.mark.parametrize(
    "zone", ["UTC", "GMT", "Etc/GMT+3", "CET", "EST", "EST5EDT", "", "nonsense", "../etc"]
)
def test_an_hour_of_many_countries_lies_in_none(zone: str) -> None:
    assert country_of(zone) == ""


def test_every_zone_that_names_a_place_lies_in_a_country() -> None:
    places = [zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")]
    assert [zone for zone in places if not country_of(zone)] == []


def test_whoever_was_renamed_has_a_name_now() -> None:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    assert [now for now in RENAMED.values() if f"\t{now}" not in table] == []
