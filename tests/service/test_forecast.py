"""How good an owner's forecasts were is told to them in a direct conversation, and to nobody else anywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.ports import Show, Store
from tests.fakes.office import CALM, MONDAY, Office

pytest_plugins = ["tests.databases"]

LEAST = 5  # policy.yaml: P18, resolved


@pytest.fixture
def office(store: Store) -> Office:
    office = Office(store)
    anna, grace = office.person("anna"), office.person("grace")
    office.person("lena", standing="lead")
    since = MONDAY.date() - timedelta(days=40)
    office.pilot("Invoice matcher", anna, sponsor=grace.id, stage_since=since, created=since)
    return office


def says(office: Office, user: str, **where: str) -> str:
    reply = office.says(user, "status invoice", **where)
    assert isinstance(reply, Show), reply
    return reply.card.fallback


def forecast(office: Office, times: int) -> None:
    """So many check-ins that say "likely" of a date that passes."""
    for _ in range(times):
        office.says("anna", "checkin invoice")
        soon = (office.now + timedelta(days=3)).date().isoformat()
        while office.live("anna"):
            office.answers(
                "anna", CALM | {"pulse.date": soon, "pulse.sure": "likely", "pulse.why_date": "guess"}
            )
        office.now += timedelta(days=7)


def test_from_five_dates_on_an_owner_reads_it_where_nobody_reads_along(office: Office) -> None:
    forecast(office, LEAST - 1)
    assert "Your forecasts" not in says(office, "anna")
    forecast(office, 1)
    told = "Your forecasts: Brier score 0.49 over 5 past dates, no better than a coin toss (0.25). Only you see this"
    assert told in says(office, "anna")
    others = [says(office, "anna", channel="ai-pilots"), *(says(office, user) for user in ("grace", "lena"))]
    assert not [text for text in others if "Brier" in text or "forecasts" in text]
