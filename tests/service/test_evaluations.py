"""Pilots are evaluated after every answer and once a night; what was found is kept, and shown to others a day later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.core.ports import Store
from bot.core.records import Pilot
from bot.core.signals import Course
from bot.core.signals.evaluation import Evaluation, Mute
from bot.service import evaluate, evaluations, registry
from bot.service.standings import standings
from bot.service.work import Work
from tests.fakes.office import CALM, Office

pytest_plugins = ["tests.databases"]

DAY = timedelta(days=1)


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    office.person("lena", standing="lead")
    return office


def old_pilot(office: Office, **fields: Any) -> Pilot:
    """A pilot that is old, undated and without a sponsor: three strong signals, two of them about time."""
    since = office.now.date() - timedelta(days=200)
    made = {"stage_since": since, "created": since, "owner_accepted": True} | fields
    return office.pilot("Invoice matcher", office.person("anna"), **made)


def kept(office: Office) -> Evaluation:
    found = office.read(lambda unit: unit.evaluation(1))
    assert found is not None
    return found


def ids(found: Evaluation) -> set[str]:
    return {seen.signal.id for seen in found.signals}


def change(office: Office, **fields: Any) -> None:
    office.do(lambda work: registry.change_pilot(work, work.unit.pilot(1), fields, actor=None))


def test_a_new_pilot_is_evaluated_at_the_next_beat(office: Office) -> None:
    old_pilot(office)
    assert office.read(lambda unit: unit.evaluation(1)) is None
    office.tick()
    assert kept(office).heading.course is Course.STUCK
    assert {"P01", "P04", "P07"} <= ids(kept(office))


def test_an_answer_is_evaluated_at_once_and_its_signal_keeps_its_day(office: Office) -> None:
    old_pilot(office)
    office.until_asked("anna")
    first = kept(office)
    office.answers("anna", CALM)
    office.tick()
    assert kept(office).at == office.now > first.at
    assert "P04" not in ids(kept(office)), "the answer named a date"
    since = {seen.signal.id: seen.since for seen in first.signals}
    assert {seen.signal.id: seen.since for seen in kept(office).signals}.items() <= since.items()


def test_every_night_everybody_is_evaluated(office: Office) -> None:
    for name in ("anna", "bo"):
        office.pilot(f"{name}'s pilot", office.person(name), target=date(2027, 9, 1))
    office.tick()
    before = office.read(lambda unit: unit.evaluations())
    office.until(office.now + DAY)
    after = office.read(lambda unit: unit.evaluations())
    assert all(before[pilot].at < after[pilot].at < office.now for pilot in (1, 2))
    local = after[1].at.astimezone().astimezone(office.now.tzinfo)
    assert (local.hour, local.minute) == (0, 0)  # two o'clock in Riga


def test_a_course_holds_until_another_is_seen_twice(office: Office) -> None:
    old_pilot(office)
    office.tick()
    change(office, target=date(2027, 3, 1), sponsor=office.person("grace").id)
    office.tick()
    assert (kept(office).heading.course, kept(office).heading.next) == (Course.STUCK, Course.AT_RISK)
    assert [event.after for event in office.events("pilot.course")] == ["stuck"]
    office.until(office.now + DAY)
    assert kept(office).heading.course is not Course.STUCK
    assert kept(office).was is Course.STUCK


def test_what_was_found_is_read_and_what_is_awaited_is_computed(office: Office) -> None:
    old_pilot(office)

    def course() -> Course:
        return office.do(lambda work: evaluate.stand(work, work.unit.pilot(1)).course)

    assert course() is Course.STUCK, "computed before the first beat"
    office.tick()
    assert course() is Course.STUCK
    office.do(lambda work: registry.pause(work, work.unit.pilot(1), date(2026, 12, 24), actor=None))
    assert course() is Course.PAUSED, "a pause shows at once"


def test_others_see_a_signal_a_day_after_its_people(office: Office) -> None:
    old_pilot(office)
    office.tick()

    def seen(*, own: bool) -> tuple[Course, int]:
        found = office.do(lambda work: evaluate.stand(work, work.unit.pilot(1), own=own))
        return found.course, len(found.signals)

    first = seen(own=True)
    assert first[1] >= 3
    assert seen(own=False)[1] == 0
    office.until(office.now + DAY + timedelta(hours=1))
    assert seen(own=False) == seen(own=True)


def test_many_pilots_that_nobody_looked_at_yet_are_not_known(office: Office) -> None:
    for number in range(12):
        office.pilot(f"Pilot {number}", office.person(f"owner{number}"))

    def courses(work: Work) -> set[Course]:
        return {found.course for found in standings(work, work.unit.pilots()).values()}

    assert office.do(courses) == {Course.UNKNOWN}


def test_a_signal_that_was_acknowledged_neither_counts_nor_calls_until_its_day(office: Office) -> None:
    old_pilot(office)
    office.tick()
    today = office.now.date()
    mute = Mute(1, "P01", today + 2 * DAY, "Waits for the tender", 1, office.now)
    office.do(lambda work: (work.unit.save_mute(mute), evaluations.ask(work, 1)))
    office.tick()
    assert "P01" not in ids(kept(office))
    assert [seen.signal.id for seen in kept(office).known] == ["P01"]
    office.until(office.now + 4 * DAY)
    assert "P01" in ids(kept(office))
    assert kept(office).known == ()


def test_what_is_usual_is_learnt_from_our_own_pilots(office: Office) -> None:
    today = office.now.date()
    for number in range(8):
        since = today - timedelta(days=400)
        made = office.pilot(
            f"Pilot {number}", office.person(f"owner{number}"), stage_since=since, created=since
        )
        left = {"stage": "hardening", "stage_since": since + timedelta(days=300 + number)}
        office.do(lambda work, made=made, left=left: registry.change_pilot(work, made, left, actor=None))
    assert office.read(lambda unit: unit.usual_stays()) == {}
    office.tick()
    assert office.read(lambda unit: unit.usual_stays()).get("pilot")
    assert len(office.events("portfolio.stays")) == 1
    office.until(office.now + DAY)
    assert len(office.events("portfolio.stays")) == 2, "once a day"


# --- the log of signals ---------------------------------------------------------------------------------------------


def test_a_signal_that_comes_or_goes_is_logged_once(office: Office) -> None:
    old_pilot(office)
    office.tick()
    came = {event.subject for event in office.events("signal.on")}
    assert came == ids(kept(office))
    office.until(office.now + DAY)
    assert len(office.events("signal.on")) == len(came), "what stays on is no event"
    change(office, target=date(2027, 3, 1))
    office.tick()
    assert [event.subject for event in office.events("signal.off")] == ["P04"]


def test_an_acknowledged_signal_has_not_gone(office: Office) -> None:
    pilot = old_pilot(office)
    office.tick()
    mute = Mute(pilot.id, "P04", office.now.date() + 20 * DAY, "We wait for the budget", 1, office.now)
    office.write(lambda unit: unit.save_mute(mute))
    office.until(office.now + DAY)
    assert "P04" not in ids(kept(office))
    assert office.events("signal.off") == []
