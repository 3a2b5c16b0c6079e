"""What has been kept long enough goes at night, a little at a time, and each night once."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.erasure import REMOVED
from bot.core.ports import Store, Unit
from bot.core.records import ItemLevel, Verdict
from bot.core.retention import Kept
from bot.core.signals.evaluation import Mute
from bot.service import retention, sealing
from tests.fakes.office import CALM, CONTENT, MONDAY, Office

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
    found = office.write(lambda unit: unit.forget(Kept.RECEIPTS, NIGHT - LONG + timedelta(days=1), limit=1))
    return bool(found.rows)


def go_on(nights: retention.Nights, office: Office, now: datetime) -> None:
    for organisation, kind in nights.due(office.store, now):
        nights.go_on(office.store, office.content, now, organisation=organisation, kind=kind)


def test_it_goes_at_night_in_chunks_and_once_a_night(any_store: Store) -> None:
    office, nights = Office(any_store), retention.Nights()
    keep(office, retention.CHUNK + 2, NIGHT - LONG)
    go_on(nights, office, MONDAY)  # people are at work
    go_on(nights, office, NIGHT)
    assert left(office), "one chunk at each beat"
    go_on(nights, office, NIGHT + timedelta(seconds=2))
    assert not left(office)
    keep(office, 1, NIGHT - LONG)
    go_on(nights, office, NIGHT + timedelta(seconds=4))
    assert left(office), "through with this night"
    keep(office, 1, NIGHT - LONG)
    go_on(nights, office, NIGHT + timedelta(days=1))
    assert not left(office)


def test_what_the_record_loses_the_log_tells_and_still_proves(any_store: Store) -> None:
    office = Office(any_store)
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    office.says("anna", "checkin Invoice matcher")
    office.answers("anna", CALM | {"pulse.moved": "finished"})
    office.answers("anna", {"pulse.done": "We met the works council"})
    sealing.seal(office.store)
    night = NIGHT + timedelta(days=CONTENT.policy.retention.texts + 1)
    go_on(retention.Nights(), office, night)
    told = office.events(retention.FORGOTTEN)
    assert [one.after["rows"] for one in told] == [1]
    sealing.seal(office.store)
    assert office.read(sealing.verify).good
    (asked,) = office.read(lambda unit: unit.history(pilot.id, questionnaire="pulse", answers=True))
    assert asked.answers["pulse.done"] == REMOVED
    assert asked.answers["pulse.moved"] == "finished"


def test_what_somebody_acted_on_is_the_record_and_stays(any_store: Store) -> None:
    """Why a signal is known and what a reviewer said of a gate item: an auditor asks for both."""
    office = Office(any_store)
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    word = Verdict("G3", "security", anna.id, MONDAY, yes=True, level=3, reason="Seen the report")
    level = ItemLevel("data.access", 3, MONDAY, MONDAY, verdicts=(word,))
    mute = Mute(pilot.id, "P01", MONDAY.date(), "The vendor moved", anna.id, MONDAY)

    def keep_both(unit: Unit) -> None:
        unit.set_level(pilot.id, level)
        unit.save_mute(mute)

    office.write(keep_both)
    go_on(retention.Nights(), office, NIGHT + timedelta(days=CONTENT.policy.retention.texts + 1))
    assert office.read(lambda unit: list(unit.mutes(pilot.id))) == [mute]
    assert office.read(lambda unit: unit.levels(pilot.id))["data.access"].verdicts == (word,)
