"""The quarter in a channel: from the pilots' own records, once a quarter, and never of what a channel may not see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.card import Card
from bot.core.ports import Show, Store
from bot.core.quarter import Ended
from bot.core.records import Decision, Event, Pilot
from bot.service import quarter
from tests.fakes.office import CALM, Office

pytest_plugins = ["tests.databases"]

CHECKED = {
    "v30.users": "9",
    "v30.check": "by_rule",
    "v30.cost": "expected",
    "v30.harm": "none",
    "v30.miss": "most",
    "v30.next": "keep",
}


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    office.person("anna")
    office.person("lena", standing="lead")
    return office


def add(office: Office, name: str, **fields: object) -> Pilot:
    anna = office.read(lambda unit: unit.person_of(office.connection.id, "anna"))
    return office.pilot(name, anna, owner_accepted=True, **fields)


def moves(office: Office, pilot: Pilot, stage: str) -> Pilot:
    """The pilot comes into another stage today."""

    def change(unit: object) -> Pilot:
        event = Event("pilot.stage", office.now, None, pilot.id, before=pilot.stage, after=stage)
        unit.record(event)  # type: ignore[attr-defined]  # a unit of work
        moved = replace(pilot, stage=stage, stage_since=office.now.date())
        return unit.save_pilot(moved)  # type: ignore[attr-defined, no-any-return]  # a unit of work

    return office.write(change)  # type: ignore[no-any-return]  # what `change` gives


def told(office: Office, line: str = "digest quarter") -> Card:
    reply = office.says("lena", line)
    assert isinstance(reply, Show)
    return reply.card


def posted(office: Office) -> list[Card]:
    """The quarters posted to the channel."""
    return [
        post.card
        for post in office.platform.posts
        if post.conversation == "channel:ai-pilots" and " to " in post.card.title
    ]


def test_the_command_tells_of_the_quarter_that_is_over(office: Office) -> None:
    went = add(office, "Invoice matcher", stage="limited")
    ended = add(office, "Mail sorter")
    hidden = add(office, "Salary checker", stage="limited", private=True)
    for pilot, stage in ((went, "production"), (hidden, "production"), (ended, "stopped")):
        moves(office, pilot, stage)
    made = Decision(0, ended.id, "stop", office.now, went.owner or 0, "lead", reuse=("tests",))
    office.write(lambda unit: unit.add_decision(made))
    assert "0 pilots did, 0 were stopped" in told(office).fallback
    office.now = datetime(2027, 1, 4, 9, tzinfo=UTC)
    card = told(office)
    assert card.title == "AI pilots, October to December 2026"
    assert "1 pilot did, 1 was stopped on the way. Too few for a share." in card.fallback
    assert "Stopped, merged or retired: 1 pilot, 1 with something to reuse." in card.fallback


def test_what_was_in_the_way_is_read_from_the_check_ins(office: Office) -> None:
    add(office, "Invoice matcher")
    office.until_asked("anna")
    office.answers("anna", CALM | {"pulse.block": "data"})
    office.tick()
    office.now += timedelta(days=14)
    office.until_asked("anna")
    office.answers("anna", CALM)
    office.now = datetime(2027, 1, 4, 9, tzinfo=UTC)
    assert office.do(quarter.gather).blockers == 1
    assert "1 blocker, too few to say." in told(office).fallback


def test_a_live_pilot_is_held_against_its_target_at_day_ninety(office: Office) -> None:
    live = date(2026, 7, 10)
    add(office, "Invoice matcher", stage="limited", stage_since=live, created=live, baseline=10.0, goal=5.0)
    add(office, "Mail sorter", stage="limited", stage_since=live, created=live)
    office.runs("anna", "checkin Invoice matcher questionnaire:value30")
    office.answers("anna", CHECKED | {"v30.metric": "4"})
    office.now = datetime(2027, 1, 4, 9, tzinfo=UTC)
    found = office.do(quarter.gather)
    assert (found.met, found.missed, found.unmeasured) == (1, 0, 1)


def test_who_left_nothing_to_reuse_is_counted_among_the_ended_alone(office: Office) -> None:
    pilot = add(office, "Mail sorter")
    made = Decision(0, pilot.id, "stop", office.now, pilot.owner or 0, "lead", reuse=("nothing",))
    office.write(lambda unit: unit.add_decision(made))
    later = Decision(0, pilot.id, "later", office.now, pilot.owner or 0, "lead", until=date(2027, 3, 1))
    office.write(lambda unit: unit.add_decision(later))
    office.now = datetime(2027, 1, 4, 9, tzinfo=UTC)
    assert office.do(quarter.gather).ended == Ended(1, 0)


def test_it_is_posted_with_the_first_digest_of_a_quarter_and_once(office: Office) -> None:
    add(office, "Invoice matcher", group="Finance")
    office.runs("lena", "digest here group=Finance stage=pilot", channel="ai-pilots")
    office.until(datetime(2026, 12, 31, 9, tzinfo=UTC))
    assert not posted(office)
    office.until(datetime(2027, 1, 7, 9, tzinfo=UTC))
    (card,) = posted(office)
    assert card.title == "AI pilots, Finance, October to December 2026"
    office.until(datetime(2027, 3, 30, 9, tzinfo=UTC))
    assert len(posted(office)) == 1
    office.until(datetime(2027, 4, 10, 9, tzinfo=UTC))
    assert [one.title for one in posted(office)][1:] == ["AI pilots, Finance, January to March 2027"]


def test_a_channel_that_joins_in_the_middle_of_a_quarter_waits_for_its_end(office: Office) -> None:
    add(office, "Invoice matcher")
    office.runs("lena", "digest here", channel="ai-pilots")
    office.until(office.now + timedelta(days=9))
    assert not posted(office)
