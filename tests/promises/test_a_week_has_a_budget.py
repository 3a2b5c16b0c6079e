"""Nobody gets more messages in seven days than the policy allows, over all their pilots, and fewer where none helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.nags import WEEK
from bot.core.ports import Store
from tests.fakes.office import CALM, CONTENT, Office

pytest_plugins = ["tests.databases"]

DAY = timedelta(days=1)
RIGA = ZoneInfo("Europe/Riga")


@pytest.fixture
def office(any_store: Store) -> Office:
    """Pulses alone; four messages a week, and one reminder less after two in vain."""
    policy = CONTENT.policy
    rules = replace(policy.asking, messages_a_week=4, backoff_after=2)
    pulses = tuple(one for one in policy.cadences if one.questionnaire == "pulse")
    return Office(any_store, content=replace(CONTENT, policy=replace(policy, asking=rules, cadences=pulses)))


def sent(office: Office, user: str) -> list[tuple[datetime, str]]:
    """When somebody got what, the oldest first."""
    person = office.read(lambda unit: unit.person_of(office.connection.id, user))
    return [
        (one.at, one.step) for one in reversed(office.read(lambda unit: unit.nags_of(person.id, limit=999)))
    ]


def by_day(office: Office, days: int) -> Iterator[tuple[datetime, str]]:
    """The messages that are delivered while days pass, each with its day and its key."""
    for _ in range(days):
        before = len(office.platform.posts)
        office.until(office.now + DAY)
        yield from ((office.now, post.key) for post in office.platform.posts[before:])


def most_in_a_week(moments: list[datetime]) -> int:
    return max(sum(start <= other < start + WEEK for other in moments) for start in moments)


def test_six_pilots_of_one_person_stay_within_it_and_each_is_asked_all_the_same(office: Office) -> None:
    anna = office.person("anna")
    pilots = [office.pilot(f"Pilot {number}", anna) for number in range(6)]
    asks = ("checkin:", "bundle:")  # what came of silence is told beside them
    delivered = [at for at, key in by_day(office, 28) if key.startswith(asks) and not key.endswith(":closed")]
    assert len(delivered) >= 4
    assert most_in_a_week(delivered) <= 4
    asked = {
        one for one in (pilot.id for pilot in pilots) if office.read(lambda unit, one=one: unit.history(one))
    }
    assert asked == {pilot.id for pilot in pilots}, "an invitation waits; it is not dropped"
    invited = [at.astimezone(RIGA) for at, step in sent(office, "anna") if step == "invitation"]
    assert len(invited) >= 6
    assert {at.hour for at in invited} == {10}, "what had to wait comes at her usual hour, too"


def test_what_was_counted_is_what_was_delivered(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    office.until(office.now + 28 * DAY)
    posts = [post for post in office.platform.posts if post.key.startswith(("checkin:", "silence/"))]
    assert len(posts) == len(sent(office, "anna"))


def test_reminders_fade_for_whoever_never_answers_and_come_back_with_an_answer(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    office.until(office.now + 70 * DAY)
    told = [step for _, step in sent(office, "anna")]
    rounds = list(_rounds(told))
    assert rounds[0] == 2, "two reminders at first"
    assert rounds[-2] == 0, "and none at last"
    assert sorted(rounds[:-1], reverse=True) == rounds[:-1]
    assert told.count("closed") >= 1, "what follows is told all the same, once it has closed"


def _rounds(told: list[str]) -> Iterator[int]:
    """Reminders after each invitation."""
    count = None
    for step in told:
        if step == "invitation":
            if count is not None:
                yield count
            count = 0
        elif "reminder" in step and count is not None:
            count += 1
    if count is not None:
        yield count


def test_whoever_answers_is_reminded_of_nothing(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    for _ in range(3):
        office.until_asked("anna")
        office.answers("anna", CALM)
        office.until(office.now + 5 * DAY)
    assert {step for _, step in sent(office, "anna")} == {"invitation"}
