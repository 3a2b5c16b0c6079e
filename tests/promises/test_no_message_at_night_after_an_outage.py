"""After an outage what was missed comes at a good hour, once, or not at all: never at night, never as a backlog."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.compose.notes import note
from bot.core.ports import DeliveryError, Message
from bot.core.records import Person, Pilot
from bot.service import deliver, schedules
from bot.storage import open_store
from tests.fakes.office import MONDAY, Office

pytest_plugins = ["tests.databases"]

RIGA = ZoneInfo("Europe/Riga")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """No database decides anything here; what is held in the outbox is tested on both."""
    store = open_store(sqlite_url)
    yield Office(store)
    store.close()


def in_riga(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the last week of November 2026; Tuesday is the 24th."""
    return datetime(2026, 11, day, hour, minute, tzinfo=RIGA)


def pilot(office: Office, owner: Person) -> Pilot:
    """One that is asked on Tuesday the 24th, and on nothing else in that week."""
    return office.pilot("Invoice matcher", owner, created=date(2026, 11, 9))


def came(office: Office, user: str = "anna", *, until: datetime) -> list[datetime]:
    """When this person is sent new messages from now on, on the clock in Riga, looked at every hour."""
    found, seen = [], len(office.platform.inbox(user))
    while office.now < until:
        office.tick()
        if len(office.platform.inbox(user)) > seen:
            seen = len(office.platform.inbox(user))
            found.append(office.now.astimezone(RIGA))
        office.now += HOUR
    return found


def is_good(moment: datetime) -> bool:
    return moment.weekday() < 4 and 8 <= moment.hour < 18


# --- what was due


@pytest.mark.parametrize("back", [in_riga(24, 21), in_riga(25, 0), in_riga(25, 3), in_riga(27, 12)])
def test_a_question_missed_in_an_outage_comes_at_the_next_good_hour(office: Office, back: datetime) -> None:
    pilot(office, office.person("anna"))
    office.now = back
    first, *_ = came(office, until=back + 5 * DAY)
    assert is_good(first)
    assert first - back < 3 * DAY


def test_a_late_afternoon_question_is_not_sent_in_the_evening_after_a_short_outage(office: Office) -> None:
    pilot(office, office.person("anna", hour=17))
    office.now = in_riga(24, 20)  # three hours late: less than late_hours, and night all the same
    first, *_ = came(office, until=in_riga(26, 18))
    assert (first.day, first.hour) == (25, 8)


def test_a_reminder_missed_in_an_outage_waits_for_the_morning_and_two_become_one(office: Office) -> None:
    pilot(office, office.person("anna"))
    office.until(in_riga(24, 10, 5))  # asked
    office.now = in_riga(26, 1)  # down over the reminder of Wednesday 10:00
    assert [moment.strftime("%a %H") for moment in came(office, until=in_riga(30, 12))] == ["Thu 08"]


def test_what_follows_from_silence_is_not_told_at_night(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    office.pilot("Invoice matcher", anna, created=date(2026, 11, 9), deputy=bo.id)
    office.until(in_riga(24, 10, 5))
    office.now = in_riga(27, 23)  # down over both reminders and the end, which was on Friday at ten
    first, *_ = came(office, until=in_riga(30, 18))
    assert is_good(first)
    assert "If nobody answers, I ask Bo" in office.platform.inbox("anna")[-1].fallback


def test_what_waited_for_a_check_in_to_close_does_not_come_at_night_when_it_closed_in_an_outage(
    office: Office,
) -> None:
    asked = pilot(office, office.person("anna"))
    office.until(in_riga(24, 10, 5))  # open until Friday at ten
    review = next(
        one for one in office.read(lambda unit: unit.schedules(asked.id)) if one.questionnaire == "review"
    )
    office.write(lambda unit: unit.save_schedule(replace(review, next_due_at=in_riga(25, 10))))
    office.until(in_riga(25, 10, 5))  # it waits for the other to close
    office.now = in_riga(29, 23)
    office.tick()
    opened = [one.subject for one in office.events("checkin.opened")]
    assert opened == ["pulse@1"]
    *_, last = came(office, until=in_riga(30, 18) + DAY)
    assert last == in_riga(30, 10) + DAY, "her usual day and hour"
    assert [one.kind for one in office.events("checkin.opened", "checkin.missed")] == [
        "checkin.opened",
        "checkin.missed",
        "checkin.opened",
    ]


def test_whoever_snoozed_into_an_outage_is_asked_in_the_morning(office: Office) -> None:
    pilot(office, office.person("anna"))
    office.until(in_riga(24, 10, 5))
    office.snoozes("anna", "Wed 25 Nov")
    office.now = in_riga(25, 23)
    first, *_ = came(office, until=in_riga(27, 12))
    assert (first.day, first.hour) == (26, 8)


def test_three_months_of_outage_leave_one_question_and_one_digest(office: Office) -> None:
    office.person("lena", standing="lead")
    office.runs("lena", "digest subscribe", channel="ai-pilots")
    for number in range(3):
        office.pilot(f"Pilot {number}", office.person(f"owner{number}"))
    office.now = MONDAY + 90 * DAY
    digests = len(office.platform.channel("ai-pilots"))
    office.until(office.now + DAY)
    for number in range(3):
        asked = [card for card in office.platform.inbox(f"owner{number}") if card.fields]
        assert len(asked) <= 1, "one open request for each pilot, whatever was missed"
    posted = [post for post in office.platform.channel("ai-pilots")[digests:] if not post.thread]
    assert len(posted) <= 1


def weekly(office: Office, owner: Person) -> Pilot:
    """One that is asked every Tuesday, and nothing else."""
    asked = pilot(office, owner)
    office.do(lambda work: schedules.set_cadence(work, asked, 1))
    for schedule in office.read(lambda unit: unit.schedules(asked.id)):
        if schedule.questionnaire != "pulse":
            office.write(lambda unit, one=schedule: unit.save_schedule(replace(one, next_due_at=None)))
    return asked


@pytest.mark.parametrize("weeks", [1, 5])
def test_after_weeks_without_a_worker_the_question_of_this_hour_comes(office: Office, weeks: int) -> None:
    weekly(office, office.person("anna"))
    office.now = in_riga(24, 10, 5) + weeks * 7 * DAY
    office.tick()
    assert len(office.platform.inbox("anna")) == 1
    assert office.events("slot.skipped") == []
    (asked,) = office.live("anna")
    assert asked.slot == in_riga(24, 10) + weeks * 7 * DAY, (
        "it is that of this week, not the one missed first"
    )


def test_after_weeks_without_a_worker_the_newest_question_is_skipped_for_the_next_that_is_near(
    office: Office,
) -> None:
    weekly(office, office.person("anna"))
    office.now = in_riga(30, 12) + 7 * DAY  # a Monday: the next one is tomorrow
    asked, *_ = came(office, until=office.now + 2 * DAY)
    assert asked.strftime("%a %d %H") == "Tue 08 10"
    assert len(office.events("slot.skipped")) == 1, "weeks of silence are one line in the log"


@pytest.mark.parametrize("back", [in_riga(24, 23), in_riga(25, 4), in_riga(28, 12)])
def test_a_digest_missed_in_an_outage_is_posted_at_a_good_hour(office: Office, back: datetime) -> None:
    office.person("lena", standing="lead")
    pilot(office, office.person("anna"))
    office.now = MONDAY
    office.runs("lena", "digest subscribe", channel="ai-pilots")
    office.now = back
    posted = []
    while office.now < back + 3 * DAY:
        before = len(office.platform.channel("ai-pilots"))
        office.tick()
        if len(office.platform.channel("ai-pilots")) > before:
            posted.append(office.now.astimezone(RIGA))
        office.now += HOUR
    assert len(posted) == 1
    assert is_good(posted[0])


def test_a_digest_that_the_next_one_has_nearly_reached_is_left_out(office: Office) -> None:
    office.person("lena", standing="lead")
    pilot(office, office.person("anna"))
    office.runs("lena", "digest subscribe", channel="ai-pilots")
    office.now = in_riga(30, 12)  # Monday; the next is on Tuesday at nine
    office.tick()
    assert office.platform.channel("ai-pilots") == []
    assert len(office.events("digest.skipped")) == 1
    office.until(office.now + DAY)
    assert len([post for post in office.platform.channel("ai-pilots") if not post.thread]) == 1


def test_after_weeks_without_a_worker_the_digest_of_this_hour_comes(office: Office) -> None:
    office.person("lena", standing="lead")
    office.runs("lena", "digest subscribe", channel="ai-pilots")
    due = office.read(lambda unit: unit.subscriptions())[0].next_due_at
    office.now = due + 7 * DAY + timedelta(minutes=5)
    office.tick()
    office.deliver()
    assert len([post for post in office.platform.channel("ai-pilots") if not post.thread]) == 1
    assert office.events("digest.skipped") == []


# --- what was on its way


def written(office: Office, key: str, **more: object) -> None:
    message = Message(key, office.address("anna"), note(key), **more)  # type: ignore[arg-type]  # fields of Message
    office.write(lambda unit: unit.enqueue(message, office.now))


def keys(office: Office) -> list[str]:
    return [card.fallback for card in office.platform.inbox("anna")]


def test_what_a_platform_refused_until_night_is_sent_in_the_morning(office: Office) -> None:
    office.person("anna")
    office.now = in_riga(24, 17, 50)
    office.platform.failing = [DeliveryError("down", unsent=True)] * 100
    written(office, "question")
    sent = []
    while office.now < in_riga(25, 12) and not sent:
        if office.now == in_riga(24, 18, 6):
            office.platform.failing.clear()  # it works again, in the evening
        office.deliver()
        sent = keys(office)
        office.now += timedelta(minutes=1)
    assert office.now - timedelta(minutes=1) == in_riga(25, 8)


def test_an_answer_to_somebody_who_writes_at_night_does_not_wait_for_what_is_held(office: Office) -> None:
    office.person("anna")
    office.now = in_riga(24, 17)
    written(office, "late")
    office.now = in_riga(24, 22)
    office.deliver()
    written(office, "answer")
    office.deliver()
    assert keys(office) == ["answer"]
    office.now = in_riga(25, 8)
    office.deliver()
    assert keys(office) == ["answer", "late"]


def test_what_is_held_keeps_its_order_in_the_morning(office: Office) -> None:
    office.person("anna")
    office.now = in_riga(24, 17)
    for key in ("one", "two", "three"):
        written(office, key)
    written(office, "one:amended", replaces="one")
    office.now = in_riga(25, 2)
    office.deliver()
    assert keys(office) == []
    office.now = in_riga(25, 8)
    office.deliver()
    assert keys(office) == ["one:amended", "two", "three"]


def test_what_is_on_time_is_sent_at_any_hour(office: Office) -> None:
    """Whoever writes at night is answered at night, and what leaves within minutes is on time."""
    office.person("anna")
    office.now = in_riga(24, 23)
    written(office, "answer")
    office.now += deliver.WAITED_FOR
    office.deliver()
    assert keys(office) == ["answer"]
