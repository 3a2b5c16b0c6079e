"""What comes of silence is told to each person once for all their pilots, and never to the boss before the owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.card import Card
from bot.core.nags import OUTCOME
from bot.core.ports import Store
from bot.service import tick
from tests.fakes.office import CONTENT, Office

pytest_plugins = ["tests.databases"]

DAY = timedelta(days=1)
NAMES = ("Invoice matcher", "Chat helper", "Ticket router", "Claims", "Forecast", "Search")
RISKS = ("high", "high", "low", "low", "high", "low")


@pytest.fixture
def office(any_store: Store) -> Office:
    """Pulses alone; each step of the ladder comes a working day after the one before."""
    policy = CONTENT.policy
    pulses = tuple(one for one in policy.cadences if one.questionnaire == "pulse")
    quick = replace(policy.escalation, days=dict.fromkeys(policy.escalation.days, 1))
    return Office(
        any_store, content=replace(CONTENT, policy=replace(policy, cadences=pulses, escalation=quick))
    )


def told(office: Office, user: str) -> list[Card]:
    return [card for card in office.platform.inbox(user) if "what I said would follow" in card.fallback]


def silent(office: Office, number: int, owner: str = "anna", sponsor: str = "sven") -> None:
    """So many pilots of one owner and one sponsor, about which nobody answers."""
    anna, sven = office.person(owner), office.person(sponsor)
    for name, risk in list(zip(NAMES, RISKS, strict=True))[:number]:
        office.pilot(name, anna, sponsor=sven.id, risk=risk)


def to_the_end(office: Office) -> datetime:
    """Let time pass until something has come of the silence."""
    while not office.events("silence.outcome"):
        due = office.read(lambda unit: unit.next_moment())
        office.until(max(due, office.now))
    return office.now


def test_six_pilots_are_one_message_for_the_owner_and_one_for_the_sponsor(office: Office) -> None:
    silent(office, 6)
    to_the_end(office)
    (owners,), (sponsors,) = told(office, "anna"), told(office, "sven")
    assert owners == sponsors
    assert owners.title == "6 pilots: no answer"
    paused = "Paused until 7 Jan 2027: Invoice matcher, Chat helper and Forecast."
    assert owners.fallback.splitlines()[1:] == [
        "Nobody has answered about them since 1 Dec. This is what I said would follow.",
        f"{paused} To go on with one, write resume and its name.",
        "Called Unknown from now on: Ticket router, Claims and Search.",
    ]


def test_one_pilot_is_told_of_in_its_own_name(office: Office) -> None:
    silent(office, 1)
    to_the_end(office)
    (card,) = told(office, "anna")
    assert card.title == "Invoice matcher"
    assert "It is paused until 7 Jan 2027; `resume invoice-matcher` ends that." in card.fallback


def test_the_owner_s_message_leaves_before_the_boss_s(office: Office) -> None:
    silent(office, 3)
    to_the_end(office)
    at = [post.conversation for post in office.platform.posts if post.card in told(office, "anna")]
    assert at == ["dm:anna", "dm:sven"]


def test_a_sponsor_of_two_owners_reads_of_both_at_once_and_each_owner_of_their_own(office: Office) -> None:
    sven = office.person("sven")
    for user, name in (("anna", "Invoice matcher"), ("ben", "Chat helper")):
        office.pilot(name, office.person(user), sponsor=sven.id, risk="low")
    to_the_end(office)
    (both,) = told(office, "sven")
    assert "Called Unknown from now on: Invoice matcher and Chat helper." in both.fallback
    assert [card.title for user in ("anna", "ben") for card in told(office, user)] == [
        "Invoice matcher",
        "Chat helper",
    ]


@pytest.mark.parametrize("risk", ["high", "low", "medium"])
def test_a_boss_on_the_other_side_of_the_earth_hears_at_an_hour_of_their_own(
    office: Office, risk: str
) -> None:
    """Riga and Los Angeles have no good hour in common; the owner does not wait for that, and the boss is not woken."""
    far = office.person("walter", zone="America/Los_Angeles")
    office.pilot("Invoice matcher", office.person("anna"), sponsor=far.id, risk=risk)
    at = to_the_end(office)
    assert len(told(office, "anna")) == 1
    assert not told(office, "walter")
    office.until(at + DAY)
    assert [card.title for card in told(office, "walter")] == ["Invoice matcher"]
    forms = [card for card in office.platform.inbox("walter") if card.fields]
    assert len(forms) == (risk == "medium"), "asked to decide, at that hour too"
    assert len(told(office, "anna")) == 1


def test_a_boss_who_is_asleep_is_not_told_of_a_silence_that_has_ended_by_the_morning(office: Office) -> None:
    far = office.person("walter", zone="America/Los_Angeles")
    office.pilot("Invoice matcher", office.person("anna"), sponsor=far.id, risk="low")
    at = to_the_end(office)
    office.answers("anna")
    office.until(at + DAY)
    assert not told(office, "walter")


def test_a_boss_who_is_away_hears_when_they_are_back(office: Office) -> None:
    silent(office, 3)
    office.runs("sven", "away until 18 December")
    to_the_end(office)
    assert len(told(office, "anna")) == 1
    office.until(datetime(2026, 12, 19, tzinfo=UTC))
    assert not told(office, "sven")
    office.until_told("sven")
    assert [card.title for card in told(office, "sven")] == ["3 pilots: no answer"]


def test_it_counts_as_one_message_in_the_week_of_each(office: Office) -> None:
    silent(office, 6)
    to_the_end(office)
    for user in ("anna", "sven"):
        person = office.read(lambda unit, user=user: unit.person_of(office.connection.id, user))
        noted = office.read(lambda unit, person=person: unit.nags_of(person.id, limit=99))
        assert [nag.step for nag in noted].count(OUTCOME) == 1


def test_a_pilot_on_which_it_fails_keeps_no_other_from_its_end(office: Office) -> None:
    silent(office, 3)
    before = to_the_end_is_due(office)
    assert len(before) == 3
    (alone,) = before[0].parts
    tick.run(office.store, office.content, alone, office.now)
    office.deliver()
    assert [card.title for card in told(office, "anna")] == ["Invoice matcher"]
    assert len(office.events("silence.outcome")) == 1


def to_the_end_is_due(office: Office) -> list[tick.Job]:
    """The jobs of the moment at which the end is due, none of them done."""
    steps = 0
    while True:
        office.now = max(office.now, office.read(lambda unit: unit.next_moment()))
        jobs = list(tick.due(office.store, office.content, office.now))
        steps = len(office.events("silence.step"))
        if steps == 3 and all(job.pilot and job.name.startswith("schedule:") for job in jobs):
            return jobs
        office.tick()
