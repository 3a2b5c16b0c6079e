"""The checker of the soak: it finds nothing where all is well, and each kind of violation in a doctored record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.soak import checker
from tests.soak.record import Act, Asked, House, Noted, Post, Record, Silent, Turn, Waited

TUESDAY = datetime(2026, 1, 6, 8, 0, tzinfo=UTC)  # 10:00 in Riga
WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)
OWNER, DEPUTY, STRANGER, PILOT = 1, 2, 3, 7
HOUSE = House(18, 8, frozenset({0, 1, 2, 3}), frozenset(), reminders=2, weeks=2)


def sound() -> Record:
    """Six weeks of one pilot: asked every fortnight, reminded once, answered; a digest a week to one channel."""
    record = Record(HOUSE, TUESDAY - DAY, TUESDAY + 6 * WEEK)
    record.zones = dict.fromkeys((OWNER, DEPUTY, STRANGER), "Europe/Riga")
    record.places = {"dm:owner": OWNER, "dm:deputy": DEPUTY, "dm:stranger": STRANGER}
    record.owners = {PILOT: {OWNER, DEPUTY}}
    for number in (1, 2, 3):
        asked(record, number, TUESDAY + (number - 1) * 2 * WEEK)
    for week in range(6):
        post(record, f"digest:1:{week}", TUESDAY + week * WEEK, where="channel:pilots", title="Weekly digest")
    return record


def asked(record: Record, number: int, at: datetime) -> None:
    """A check-in: opened, a reminder on the next day, answered two hours after it."""
    end = at + DAY + 2 * HOUR
    record.asked.append(Asked(number, PILOT, OWNER, at, at, at + 3 * DAY, end, "done"))
    note(record, "checkin.opened", at, number)
    post(record, f"checkin:{number}:ask1", at)
    post(record, f"checkin:{number}:reminder2", at + DAY)
    note(record, "checkin.answered", end, number)
    record.acts.append(Act(end, OWNER, f"act{number}", stored=True, checkin=number))
    record.sights.add(f"act{number}")
    record.answered.add(number)


def note(record: Record, kind: str, at: datetime, checkin: int) -> None:
    record.noted.append(Noted(len(record.noted), kind, at, PILOT, "pulse@1", {"checkin": checkin}))


def post(record: Record, key: str, at: datetime, *, where: str = "dm:owner", title: str = "") -> None:
    number = len(record.posts) + 1
    record.posts.append(Post(number, at, where, key, title))
    record.waited.append(Waited(number, key, where, "", "sent", "", at, at))


def test_a_sound_record_breaks_no_promise() -> None:
    assert [one for broken in checker.violations(sound()).values() for one in broken] == []


# --- what is doctored, and the promise that it breaks


def posted_twice(record: Record) -> None:
    record.posts.append(replace(record.posts[0], number=99))


def never_posted(record: Record) -> None:
    del record.posts[0]


def waits_for_ever(record: Record) -> None:
    record.waited[0] = replace(record.waited[0], state="leased")


def given_up_in_silence(record: Record) -> None:
    record.waited[0] = replace(record.waited[0], state="dead")


def made_up(record: Record) -> None:
    del record.waited[0]


def overtaken(record: Record) -> None:
    record.posts[0], record.posts[1] = record.posts[1], record.posts[0]


def acknowledged_and_gone(record: Record) -> None:
    record.sights.clear()


def acknowledged_without_an_answer(record: Record) -> None:
    record.answered.clear()


def at_night(record: Record) -> None:
    record.posts[0] = replace(record.posts[0], at=TUESDAY + 12 * HOUR)


def on_a_friday(record: Record) -> None:
    record.posts[0] = replace(record.posts[0], at=TUESDAY + 3 * DAY)


def on_a_holiday(record: Record) -> None:
    record.house = replace(HOUSE, free=frozenset({TUESDAY.date()}))


def at_night_where_they_moved_to(record: Record) -> None:
    record.turns.append(Turn(TUESDAY - HOUR, OWNER, "zone", "Asia/Tokyo"))
    record.posts[0] = replace(record.posts[0], at=TUESDAY + 4 * HOUR)


def a_backlog(record: Record) -> None:
    asked_between(record, TUESDAY + 2 * DAY)


def asked_between(record: Record, at: datetime) -> None:
    """One more check-in, between the first and the second."""
    asked(record, 4, at)
    record.noted.sort(key=lambda one: one.at)


def asked_again_by_somebody_who_moved(record: Record) -> None:
    """Four days by the calendar, and less than five days for whoever moved from Riga to Tokyo."""
    asked_between(record, TUESDAY + 4 * DAY)
    record.turns.append(Turn(TUESDAY + 3 * DAY, OWNER, "zone", "Asia/Tokyo"))


def a_slot_dropped_where_one_of_two_can_be_asked(record: Record) -> None:
    record.lost[DEPUTY] = TUESDAY
    a_slot_dropped(record)


def a_slot_dropped(record: Record) -> None:
    record.noted = [one for one in record.noted if one.after["checkin"] != 2]


def two_open(record: Record) -> None:
    record.noted = [
        one for one in record.noted if (one.kind, one.after["checkin"]) != ("checkin.answered", 1)
    ]


def three_reminders(record: Record) -> None:
    for number in (3, 4):
        post(record, f"checkin:1:reminder{number}", TUESDAY + DAY + HOUR)


def reminded_of_what_was_answered(record: Record) -> None:
    post(record, "checkin:1:reminder3", TUESDAY + 2 * DAY)


def asked_while_away(record: Record) -> None:
    record.turns.append(Turn(TUESDAY - HOUR, OWNER, "away", (TUESDAY + 2 * DAY).date().isoformat()))


def asked_after_leaving(record: Record) -> None:
    record.turns.append(Turn(TUESDAY + WEEK, OWNER, "left"))


def a_stranger_asked(record: Record) -> None:
    record.posts[0] = replace(record.posts[0], conversation="dm:stranger")


def two_digests(record: Record) -> None:
    post(record, "digest:1:again", TUESDAY + HOUR, where="channel:pilots", title="Weekly digest")


def told_twice(record: Record) -> None:
    for number in (1, 2):
        post(record, f"trouble:{number}", TUESDAY, title="The digest did not reach #pilots")


def two_messages_at_once(record: Record) -> None:
    for number in (1, 2):
        post(record, f"checkin:{number}:invite", TUESDAY)


def too_many_in_one_message(record: Record) -> None:
    post(record, "bundle:1", TUESDAY)
    record.within["bundle:1"] = [f"checkin:{number}:invite" for number in range(6)]


def more_than_a_week_has_room_for(record: Record) -> None:
    for number in range(9):
        post(record, f"checkin:{number}:invite", TUESDAY + number * HOUR)


def a_boss_who_hears_of_silence_where_there_is_an_answer(record: Record) -> None:
    record.silent.append(Silent(5, PILOT, STRANGER, TUESDAY))
    post(record, "request:5", TUESDAY + 2 * DAY, where="dm:stranger")
    record.posts.sort(key=lambda one: one.at)


def a_boss_who_hears_first(record: Record) -> None:
    record.silent.append(Silent(5, PILOT, STRANGER, TUESDAY + 2 * DAY))
    post(record, "request:5", TUESDAY + 3 * DAY, where="dm:stranger")
    record.posts.sort(key=lambda one: one.at)


DOCTORED: dict[Callable[[Record], None], str] = {
    posted_twice: "each message is delivered once",
    never_posted: "nothing is lost",
    waits_for_ever: "nothing is lost",
    given_up_in_silence: "nothing is lost",
    made_up: "nothing is made up",
    overtaken: "order is kept",
    acknowledged_and_gone: "what was acknowledged",
    acknowledged_without_an_answer: "what was acknowledged",
    at_night: "nobody is disturbed",
    on_a_friday: "nobody is disturbed",
    on_a_holiday: "nobody is disturbed",
    at_night_where_they_moved_to: "nobody is disturbed",
    a_backlog: "no backlog",
    asked_again_by_somebody_who_moved: "no backlog",
    a_slot_dropped: "no slot is dropped",
    a_slot_dropped_where_one_of_two_can_be_asked: "no slot is dropped",
    two_open: "one open request",
    three_reminders: "at most two reminders",
    reminded_of_what_was_answered: "at most two reminders",
    asked_while_away: "whoever is away",
    asked_after_leaving: "whoever left",
    a_stranger_asked: "only the responsible",
    two_messages_at_once: "several pilots of one person",
    too_many_in_one_message: "several pilots of one person",
    more_than_a_week_has_room_for: "a week has a budget",
    a_boss_who_hears_of_silence_where_there_is_an_answer: "the boss hears later",
    a_boss_who_hears_first: "the boss hears later",
    two_digests: "a digest comes once",
    told_twice: "a digest comes once",
}


def put_off_until_the_next_slot(record: Record) -> None:
    """The check-in of the first slot is snoozed and answered as the second falls due, which is left out for it."""
    record.noted = [one for one in record.noted if one.after["checkin"] == 3]
    for kind, at in (("opened", TUESDAY), ("answered", TUESDAY + 2 * WEEK)):
        record.noted.append(Noted(0, f"checkin.{kind}", at, PILOT, "pulse@1", {"checkin": 1}))
    record.noted.sort(key=lambda one: one.at)


def moved_half_a_day_east(record: Record) -> None:
    """Five days by the calendar, and four and a half by the clock."""
    asked_between(record, TUESDAY + 4 * DAY + 13 * HOUR)
    record.turns.append(Turn(TUESDAY + 3 * DAY, OWNER, "zone", "Asia/Tokyo"))


def nobody_left_to_ask(record: Record) -> None:
    """Neither address takes anything: whoever leads is asked for a new owner."""
    record.lost = dict.fromkeys((OWNER, DEPUTY), TUESDAY + DAY)
    record.noted = record.noted[:2]


ALLOWED: dict[Callable[[Record], None], str] = {
    put_off_until_the_next_slot: "no slot is dropped",
    moved_half_a_day_east: "no backlog",
    nobody_left_to_ask: "no slot is dropped",
}


@pytest.mark.parametrize("doctor", ALLOWED, ids=lambda doctor: doctor.__name__)
def test_what_is_no_violation_is_not_called_one(doctor: Callable[[Record], None]) -> None:
    record = sound()
    doctor(record)
    broken = next(one for text, one in checker.violations(record).items() if text.startswith(ALLOWED[doctor]))
    assert broken == []


@pytest.mark.parametrize("doctor", DOCTORED, ids=lambda doctor: doctor.__name__)
def test_each_kind_of_violation_is_found(doctor: Callable[[Record], None]) -> None:
    record = sound()
    doctor(record)
    found = [text for text, broken in checker.violations(record).items() if broken]
    assert any(text.startswith(DOCTORED[doctor]) for text in found)


def test_no_promise_is_there_that_nothing_is_doctored_against() -> None:
    assert [
        text for text in checker.CHECKS if not any(text.startswith(known) for known in DOCTORED.values())
    ] == []


def test_the_checker_shares_no_code_with_the_bot() -> None:
    import ast
    from pathlib import Path

    for name in ("checker", "record"):
        tree = ast.parse(Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8"))
        modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        modules += [
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        ]
        assert [module for module in modules if module.split(".")[0] in ("bot", "adapters")] == []
