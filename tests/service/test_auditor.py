"""The auditor: silent while everything due was asked and delivered, and heard once where it was not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.ports import DeliveryError, Store, Unit
from bot.core.records import Person, Pilot, Standing
from bot.service import auditor
from bot.service.auditor import Audit
from bot.storage import open_store
from tests.fakes.office import Office

HOUR = timedelta(hours=1)
pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(store: Store) -> Office:
    """An admin, and Dana with a pilot."""
    return settled(store)


@pytest.fixture
def quiet(sqlite_url: str) -> Iterator[Office]:
    """The same on one database alone, for what takes weeks."""
    store = open_store(sqlite_url)
    yield settled(store)
    store.close()


def settled(store: Store) -> Office:
    made = Office(store)
    made.person("ada", standing="admin")
    made.pilot("Invoice matcher", made.person("dana"))
    return made


def watched(office: Office) -> Audit:
    found = auditor.watch(office.store, office.content, office.now, organisation=office.organisation.id)
    office.deliver()
    return found


def pilot(office: Office) -> Pilot:
    return office.read(lambda unit: unit.pilots()[0])  # type: ignore[no-any-return]  # a Pilot


def told(office: Office) -> list[str]:
    return [card.fallback for card in office.platform.inbox("ada") if "missed something" in card.title]


def test_four_quiet_weeks_leave_nothing_to_say(quiet: Office) -> None:
    office = quiet
    office.pilot("Out of reach", office.write(lambda unit: unit.save_person(Person(0, "Gus"))))
    office.pilot("Asleep", office.person("eve"))
    office.runs("eve", "pause asleep until 2026-12-20")
    for _ in range(4 * 7):
        office.until(office.now + timedelta(days=1))
        assert watched(office) == Audit()
    assert len(office.events("checkin.opened")) >= 2, "there was something to prove"
    assert len(office.events("slot.skipped")) >= 1, "and something to explain"
    assert told(office) == []


def test_who_was_due_and_not_asked_is_noticed_and_said_once(office: Office) -> None:
    office.now += timedelta(days=10)  # nothing runs meanwhile
    assert watched(office) == Audit(missed=frozenset({pilot(office).id}))
    office.now += HOUR
    watched(office)
    assert [
        text for text in told(office) if "Not asked, though it was time: Invoice matcher." in text
    ] == told(office)
    assert len(told(office)) == 1
    office.tick()  # it is asked after all
    assert watched(office) == Audit()
    office.now += timedelta(days=40)
    watched(office)
    assert len(told(office)) == 2, "it was mended in between: this is another trouble"


def test_a_slot_that_left_no_sign_is_noticed(office: Office) -> None:
    def lose(unit: Unit) -> None:
        schedule = unit.schedules(pilot(office).id)[0]
        ahead = office.now + timedelta(days=7)
        unit.save_schedule(replace(schedule, last_due_at=office.now - 2 * HOUR, next_due_at=ahead))

    office.write(lose)
    assert watched(office).missed == {pilot(office).id}


def test_a_message_that_does_not_leave_is_noticed(office: Office) -> None:
    office.platform.refusing["dm:dana"] = [DeliveryError("busy", retry_after=3 * 3600) for _ in range(9)]
    office.until_asked("dana")
    asked = office.now
    assert watched(office) == Audit(), "it may still be on its way"
    office.now = asked + 2 * HOUR
    assert watched(office) == Audit(unsent=frozenset({pilot(office).id}))
    assert "Asked, and not delivered yet: Invoice matcher." in told(office)[0]
    office.platform.refusing.clear()
    office.now = asked + 4 * HOUR
    office.deliver()
    assert watched(office) == Audit()


def test_a_message_that_was_given_up_is_final(quiet: Office) -> None:
    office = quiet
    office.platform.refusing["dm:dana"] = [DeliveryError("not today", permanent=True)]
    office.until_asked("dana")
    office.now += 2 * HOUR
    assert office.store.letters.backlog(office.now).dead == 1
    assert watched(office) == Audit(), "whoever can mend it was told when it was given up"


def test_a_private_pilot_is_counted_and_not_named(quiet: Office) -> None:
    office = quiet
    office.write(lambda unit: unit.save_pilot(replace(pilot(office), private=True)))
    office.now += timedelta(days=10)
    assert len(watched(office).missed) == 1
    assert "Invoice matcher" not in told(office)[0]
    assert "a private pilot" in told(office)[0]


def test_where_nobody_is_an_admin_the_leads_hear(quiet: Office) -> None:
    office = quiet

    def demote(unit: Unit) -> None:
        unit.save_person(replace(unit.find_people("Ada")[0], standing=Standing.LEAD))

    office.write(demote)
    office.now += timedelta(days=10)
    watched(office)
    assert len(told(office)) == 1
