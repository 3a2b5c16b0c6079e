"""The checker of the soak: it finds nothing where all is well, and each kind of violation in a doctored record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.soak import checker
from tests.soak.record import Act, Asked, Heir, House, Noted, Post, Record, Silent, Turn, Waited

TUESDAY = datetime(2026, 1, 6, 8, 0, tzinfo=UTC)  # 10:00 in Riga
WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)
OWNER, DEPUTY, STRANGER, PILOT = 1, 2, 3, 7
HOUSE = House(18, 8, "LV", frozenset({4}), frozenset(), reminders=2, weeks=2)


def a_boss_who_hears_of_it_among_others(record: Record) -> None:
    record.silent.append(Silent(5, PILOT, STRANGER, TUESDAY))
    record.within["bundle:request:4"] = ["request:4", "request:5"]
    post(record, "bundle:request:4", TUESDAY + 2 * DAY, where="dm:stranger")
    record.posts.sort(key=lambda one: one.at)


def a_boss_asked_about_each_pilot_in_a_message(record: Record) -> None:
    for number in range(4):
        record.silent.append(Silent(number, 90 + number, STRANGER, TUESDAY - WEEK))
        post(record, f"request:{number}", TUESDAY, where="dm:stranger")


def a_boss_asked_about_six_in_one_message(record: Record) -> None:
    record.silent += [Silent(number, 90 + number, STRANGER, TUESDAY - WEEK) for number in range(6)]
    record.within["bundle:request:0"] = [f"request:{number}" for number in range(6)]
    post(record, "bundle:request:0", TUESDAY, where="dm:stranger")


def sound() -> Record:
    """Six weeks of one pilot: asked every fortnight, reminded once, answered; a digest a week to one channel."""
    record = Record(HOUSE, TUESDAY - DAY, TUESDAY + 6 * WEEK)
    record.zones = dict.fromkeys((OWNER, DEPUTY, STRANGER), "Europe/Riga")
    record.places = {"dm:owner": OWNER, "dm:deputy": DEPUTY, "dm:stranger": STRANGER}
    record.owners, record.owner = {PILOT: {OWNER, DEPUTY}}, {PILOT: OWNER}
    record.channel = "channel:pilots"
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
    record.house = replace(HOUSE, country="GR")  # Epiphany


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
    """Three days by the calendar, also for whoever moved from Riga to Tokyo."""
    asked_between(record, TUESDAY + 3 * DAY)
    record.turns.append(Turn(TUESDAY + 3 * DAY, OWNER, "zone", "Asia/Tokyo"))


def a_slot_dropped_where_one_of_two_can_be_asked(record: Record) -> None:
    record.lost[DEPUTY] = TUESDAY
    a_slot_dropped(record)


def a_slot_dropped(record: Record) -> None:
    record.noted = [one for one in record.noted if one.after["checkin"] != 2]


def no_review_in_two_months(record: Record) -> None:
    record.house, record.end = replace(HOUSE, reviews=True), TUESDAY + 8 * WEEK


def a_pulse_put_off_for_a_review(record: Record) -> None:
    """It fell due beside the review, and again three days after that was answered."""
    record.house = replace(HOUSE, reviews=True)
    record.noted = [
        replace(one, subject="review@1") if one.after["checkin"] == 2 else one for one in record.noted
    ]


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


def on_a_day_that_the_organisation_is_closed(record: Record) -> None:
    record.house = replace(HOUSE, closed=frozenset({TUESDAY.date()}))


def on_a_holiday_of_their_own_country(record: Record) -> None:
    on_a_holiday_of_another_country(record)
    record.zones[OWNER] = "Europe/Berlin"


def on_a_holiday_of_another_country(record: Record) -> None:
    """Whit Monday, which is a day like any other in Latvia."""
    record.house = replace(HOUSE, country="zone")
    record.posts[0] = replace(record.posts[0], at=datetime(2026, 5, 25, 8, tzinfo=UTC))


def on_a_sunday_where_the_week_ends_on_friday(record: Record) -> None:
    """Sunday is a working day in Israel; Thursday evening begins the weekend, and 21 January is a Wednesday."""
    record.house = replace(HOUSE, country="IL", never_on=frozenset({1}))


def at_another_hour(record: Record) -> None:
    record.asked[0] = replace(record.asked[0], slot=TUESDAY + HOUR)


def on_another_weekday(record: Record) -> None:
    record.asked[0] = replace(record.asked[0], slot=TUESDAY + DAY)


def waited(record: Record, at: datetime) -> None:
    """The second check-in comes at that moment, having waited for the first, which was answered the day before."""
    record.asked[0] = replace(record.asked[0], done_at=TUESDAY + 2 * WEEK - DAY)
    record.asked[1] = replace(record.asked[1], slot=at)


def waited_and_came_at_another_hour(record: Record) -> None:
    waited(record, TUESDAY + 2 * WEEK + DAY + HOUR)


def waited_and_came_a_day_later(record: Record) -> None:
    waited(record, TUESDAY + 2 * WEEK + DAY + timedelta(minutes=1))


def not_at_the_hour_of_ones_own(record: Record) -> None:
    record.begin = TUESDAY - 6 * WEEK
    record.turns.append(Turn(TUESDAY - 5 * WEEK, OWNER, "hours", "1:14"))


def a_slot_opened_twice(record: Record) -> None:
    record.asked.append(replace(record.asked[0], id=9))


def asked_the_day_after_an_early_answer(record: Record) -> None:
    record.asked.append(Asked(8, PILOT, OWNER, *([TUESDAY + 13 * DAY] * 3), None, "done", by_hand=True))
    note(record, "checkin.answered", TUESDAY + 13 * DAY, 8)


def reminded_on_the_same_day(record: Record) -> None:
    record.posts[1] = replace(record.posts[1], at=TUESDAY + 2 * HOUR)


def reminded_after_it_closed(record: Record) -> None:
    record.asked[0] = replace(record.asked[0], closes_at=TUESDAY + HOUR)


def put_off_for_three_weeks(record: Record) -> None:
    snooze(record, until=TUESDAY + 3 * WEEK)


def spoken_of_while_put_off(record: Record) -> None:
    snooze(record, until=TUESDAY + 2 * DAY)


def snooze(record: Record, *, until: datetime) -> None:
    after = {"checkin": 1, "until": until.isoformat()}
    record.noted.append(Noted(99, "checkin.snoozed", TUESDAY + HOUR, PILOT, "pulse@1", after))


def reminded_in_full_after_eight_in_vain(record: Record) -> None:
    """Four fortnights of two reminders that nobody answered, and the next question is reminded of like the first."""
    record.posts = [one for one in record.posts if "reminder" not in one.key]
    for number in range(10, 15):
        at = TUESDAY + (number - 4) * 2 * WEEK
        record.asked.append(Asked(number, PILOT, OWNER, at, at, at + 3 * DAY, None, "expired"))
        for nth in (1, 2):
            post(record, f"checkin:{number}:reminder{nth}", at + nth * DAY)


def called_missing_while_away(record: Record) -> None:
    record.turns.append(Turn(TUESDAY + 4 * DAY, OWNER, "away", (TUESDAY + 9 * DAY).date().isoformat()))
    note(record, "checkin.missed", TUESDAY + 6 * DAY, 1)


def asked_though_somebody_stands_in(record: Record) -> None:
    until = (TUESDAY + 4 * WEEK).date()
    record.turns.append(Turn(TUESDAY + WEEK, OWNER, "delegates", f"{STRANGER}:{until.isoformat()}"))


def nobody_asked_for_a_new_owner(record: Record) -> None:
    record.turns.append(Turn(TUESDAY + WEEK, OWNER, "left"))


def asked_twice_for_a_new_owner(record: Record) -> None:
    for number in (1, 2):
        record.heirs.append(Heir(number, PILOT, STRANGER, "owner", TUESDAY + number * DAY))


def tried_again_after_a_refusal(record: Record) -> None:
    record.refused["dm:owner"] = [TUESDAY, TUESDAY + DAY]


def a_refusal_that_nobody_hears_of(record: Record) -> None:
    record.refused["dm:owner"] = [TUESDAY]


def a_week_without_a_digest(record: Record) -> None:
    record.posts = [one for one in record.posts if one.key != "digest:1:3"]


def silence(record: Record, *steps: tuple[str, str, timedelta]) -> None:
    for kind, subject, after in steps:
        record.noted.append(Noted(0, f"silence.{kind}", TUESDAY + after, PILOT, subject, None))


def two_steps_at_once(record: Record) -> None:
    silence(record, ("begun", "", DAY), ("step", "deputy", 2 * DAY), ("step", "lead", 2 * DAY))


def a_step_that_is_taken_twice(record: Record) -> None:
    silence(record, ("begun", "", DAY), ("step", "lead", 2 * DAY), ("step", "lead", 4 * DAY))


def silence_that_goes_on_for_ever(record: Record) -> None:
    record.end = TUESDAY + 20 * WEEK
    silence(record, ("begun", "", DAY), ("step", "lead", 2 * DAY))


def a_slot_dropped_while_only_the_owner_is_away(record: Record) -> None:
    record.turns.append(Turn(TUESDAY + DAY, OWNER, "away", (TUESDAY + 4 * WEEK).date().isoformat()))
    a_slot_dropped(record)


def asked_about_a_pilot_that_has_ended(record: Record) -> None:
    ends(record, TUESDAY + WEEK)


def reminded_of_a_pilot_that_has_ended(record: Record) -> None:
    ends(record, TUESDAY + 4 * WEEK + HOUR)


def ends(record: Record, at: datetime) -> None:
    record.pilots["Matcher"] = PILOT
    record.turns.append(Turn(at, OWNER, "stops", "Matcher"))


def a_stand_in_long_after_their_days(record: Record) -> None:
    until = (TUESDAY - 9 * WEEK).date()
    record.turns.append(Turn(TUESDAY - 10 * WEEK, OWNER, "delegates", f"{STRANGER}:{until.isoformat()}"))
    a_stranger_asked(record)


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
    on_a_holiday_of_their_own_country: "nobody is disturbed",
    at_night_where_they_moved_to: "nobody is disturbed",
    a_backlog: "no backlog",
    asked_again_by_somebody_who_moved: "no backlog",
    a_slot_dropped: "no slot is dropped",
    a_slot_dropped_where_one_of_two_can_be_asked: "no slot is dropped",
    no_review_in_two_months: "no slot is dropped",
    two_open: "one open request",
    three_reminders: "at most two reminders",
    reminded_of_what_was_answered: "at most two reminders",
    asked_while_away: "whoever is away is left",
    asked_after_leaving: "whoever left",
    a_stranger_asked: "only the responsible",
    two_messages_at_once: "several pilots of one person",
    too_many_in_one_message: "several pilots of one person",
    more_than_a_week_has_room_for: "a week has a budget",
    a_boss_who_hears_of_silence_where_there_is_an_answer: "the boss hears later",
    a_boss_who_hears_first: "the boss hears later",
    a_boss_who_hears_of_it_among_others: "the boss hears later",
    a_boss_asked_about_each_pilot_in_a_message: "why nobody answers is asked",
    a_boss_asked_about_six_in_one_message: "why nobody answers is asked",
    on_a_day_that_the_organisation_is_closed: "nobody is disturbed",
    on_a_sunday_where_the_week_ends_on_friday: "nobody is disturbed",
    at_another_hour: "the question comes on one's own",
    on_another_weekday: "the question comes on one's own",
    waited_and_came_at_another_hour: "the question comes on one's own",
    not_at_the_hour_of_ones_own: "the question comes on one's own",
    a_slot_opened_twice: "each slot is opened once",
    asked_the_day_after_an_early_answer: "each slot is opened once",
    reminded_on_the_same_day: "a reminder comes on a later day",
    reminded_after_it_closed: "a reminder comes on a later day",
    put_off_for_three_weeks: "what is snoozed",
    spoken_of_while_put_off: "what is snoozed",
    reminded_in_full_after_eight_in_vain: "whoever answers no reminder",
    called_missing_while_away: "whoever is away is not called",
    asked_though_somebody_stands_in: "whoever was named to answer",
    nobody_asked_for_a_new_owner: "for whoever left",
    asked_twice_for_a_new_owner: "for whoever left",
    tried_again_after_a_refusal: "an address that takes nothing",
    a_refusal_that_nobody_hears_of: "an address that takes nothing",
    a_week_without_a_digest: "no week passes",
    asked_about_a_pilot_that_has_ended: "a pilot that ends",
    reminded_of_a_pilot_that_has_ended: "a pilot that ends",
    two_steps_at_once: "silence goes up step by step",
    a_step_that_is_taken_twice: "silence goes up step by step",
    silence_that_goes_on_for_ever: "silence goes up step by step",
    a_slot_dropped_while_only_the_owner_is_away: "no slot is dropped",
    a_stand_in_long_after_their_days: "only the responsible",
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
    """Four days by the calendar, and three and a half by the clock."""
    asked_between(record, TUESDAY + 3 * DAY + 13 * HOUR)
    record.turns.append(Turn(TUESDAY + 3 * DAY, OWNER, "zone", "Asia/Tokyo"))


def nobody_left_to_ask(record: Record) -> None:
    """Neither address takes anything: whoever leads is asked for a new owner."""
    record.lost = dict.fromkeys((OWNER, DEPUTY), TUESDAY + DAY)
    record.noted = record.noted[:2]


def everybody_away(record: Record) -> None:
    for person in (OWNER, DEPUTY):
        record.turns.append(Turn(TUESDAY + DAY, person, "away", (TUESDAY + 3 * WEEK).date().isoformat()))
    a_slot_dropped(record)


def sent_by_hand_in_the_evening(record: Record) -> None:
    at = TUESDAY + 10 * HOUR
    record.asked.append(Asked(8, PILOT, OWNER, at, at, at + 3 * DAY, None, "open", by_hand=True))
    post(record, "checkin:8:ask0", at)


def a_stand_in_asked(record: Record) -> None:
    until = (TUESDAY + WEEK).date()
    record.turns.append(Turn(TUESDAY - WEEK, OWNER, "delegates", f"{STRANGER}:{until.isoformat()}"))
    a_stranger_asked(record)


def asked_on_a_wednesday_since_tuesday_is_free(record: Record) -> None:
    record.house = replace(HOUSE, closed=frozenset({TUESDAY.date()}))
    record.asked[0] = replace(record.asked[0], slot=TUESDAY + DAY)


def reminded_of_what_was_put_off_by_whoever_handed_it_over(record: Record) -> None:
    snooze(record, until=TUESDAY + 2 * DAY)
    post(record, "checkin:1:handed1", TUESDAY + 3 * HOUR, where="dm:deputy")
    record.posts.sort(key=lambda one: one.at)


def asked_at_the_deputys_hour_since_the_owner_is_gone(record: Record) -> None:
    record.lost[OWNER] = record.begin
    record.asked = [replace(one, slot=one.slot + HOUR) for one in record.asked]


def handed_over_and_reminded_anew(record: Record) -> None:
    post(record, "checkin:1:handed1", TUESDAY + 25 * HOUR, where="dm:deputy")
    for number in (3, 4):
        post(record, f"checkin:1:reminder{number}", TUESDAY + DAY + HOUR, where="dm:deputy")
    record.posts.sort(key=lambda one: one.at)


def the_slot_of_a_pilot_that_has_ended(record: Record) -> None:
    ends(record, TUESDAY + 3 * DAY)
    record.noted = record.noted[:2]


def back_sooner_than_was_said_first(record: Record) -> None:
    record.turns.append(Turn(TUESDAY - WEEK, OWNER, "away", (TUESDAY + WEEK).date().isoformat()))
    record.turns.append(Turn(TUESDAY - 2 * DAY, OWNER, "away", (TUESDAY - DAY).date().isoformat()))


def two_messages_at_one_moment_are_one_reminder(record: Record) -> None:
    """Seven pilots: five stand in one message and two in another; two such moments are not four in vain."""
    record.posts = [one for one in record.posts if "reminder" not in one.key]
    for number in range(10, 30):
        at = TUESDAY + (7 + number // 10) * 2 * WEEK
        record.asked.append(Asked(number, PILOT, OWNER, at, at, at + 3 * DAY, None, "expired"))
        post(record, f"checkin:{number}:reminder1", at + DAY)
        if number >= 20:
            post(record, f"checkin:{number}:reminder2", at + 2 * DAY)


ALLOWED: dict[Callable[[Record], None], str] = {
    on_a_holiday_of_another_country: "nobody is disturbed",
    put_off_until_the_next_slot: "no slot is dropped",
    a_pulse_put_off_for_a_review: "no slot is dropped",
    moved_half_a_day_east: "no backlog",
    nobody_left_to_ask: "no slot is dropped",
    everybody_away: "no slot is dropped",
    sent_by_hand_in_the_evening: "nobody is disturbed",
    a_stand_in_asked: "only the responsible",
    two_messages_at_one_moment_are_one_reminder: "whoever answers no reminder",
    back_sooner_than_was_said_first: "whoever is away is left",
    the_slot_of_a_pilot_that_has_ended: "no slot is dropped",
    handed_over_and_reminded_anew: "at most two reminders",
    reminded_of_what_was_put_off_by_whoever_handed_it_over: "what is snoozed",
    asked_at_the_deputys_hour_since_the_owner_is_gone: "the question comes on one's own",
    waited_and_came_a_day_later: "the question comes on one's own",
    asked_on_a_wednesday_since_tuesday_is_free: "the question comes on one's own",
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
