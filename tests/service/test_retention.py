"""What has been kept long enough goes at night, a little at a time, and each night once."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.ports import Store, Unit
from bot.core.retention import Kept
from bot.service import retention
from tests.fakes.office import CONTENT, MONDAY, Office

pytest_plugins = ["tests.databases"]
NIGHT = MONDAY.replace(hour=0)  # two in the morning in Riga
LONG = timedelta(days=CONTENT.policy.retention.receipts + 1)


def keep(office: Office, number: int, when: datetime) -> None:
    def see(unit: Unit) -> None:
        for each in range(number):
            unit.first_sight(f"{when.isoformat()}:{each}", when)

    office.write(see)


def left(office: Office) -> bool:
    """Whether anything old is still there; looking takes one away."""
    found: bool = office.write(
        lambda unit: unit.forget(Kept.RECEIPTS, NIGHT - LONG + timedelta(days=1), limit=1)
    )
    return found


def test_it_goes_at_night_in_chunks_and_once_a_night(any_store: Store) -> None:
    office, nights = Office(any_store), retention.Nights()
    keep(office, retention.CHUNK + 2, NIGHT - LONG)
    nights.go_on(office.store, office.content, MONDAY)  # people are at work
    nights.go_on(office.store, office.content, NIGHT)
    assert left(office), "one chunk at each beat"
    nights.go_on(office.store, office.content, NIGHT + timedelta(seconds=2))
    assert not left(office)
    keep(office, 1, NIGHT - LONG)
    nights.go_on(office.store, office.content, NIGHT + timedelta(seconds=4))
    assert left(office), "through with this night"
    keep(office, 1, NIGHT - LONG)
    nights.go_on(office.store, office.content, NIGHT + timedelta(days=1))
    assert not left(office)
