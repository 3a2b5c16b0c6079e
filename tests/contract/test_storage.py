"""What every database must do for a unit of work: keep it whole, keep it unique, keep it in its organisation."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.core.bundles import Strip
from bot.core.card import Card
from bot.core.chain import ORIGIN, Link
from bot.core.erasure import Marks
from bot.core.nags import Nag
from bot.core.ports import Leased, Message, MessageRef, Store, Unit
from bot.core.records import (
    Address,
    Condition,
    Connection,
    Decision,
    Event,
    Finding,
    Given,
    Identity,
    ItemLevel,
    Person,
    Pilot,
    Request,
    Schedule,
    ScoreRange,
    Slice,
    Snapshot,
    Sought,
    Standing,
    Subscription,
    Verdict,
)
from bot.core.retention import Kept
from bot.core.signals import Course, Heading
from bot.core.signals.evaluation import Mute, Seen
from bot.core.state import Phase
from bot.core.values import NoneYet, NotApplicable, NotKnown
from bot.storage.errors import StorageError, Taken
from tests.storage.scenes import (
    DAY,
    HOUR,
    NOW,
    REPLIES,
    WEEK,
    evaluation,
    fill,
    form,
    opened,
    raw,
    stored,
    world,
)

pytest_plugins = ["tests.databases"]


# --- units ----------------------------------------------------------------------------------------------------------


def test_a_unit_is_stored_whole_or_not_at_all(store: Store) -> None:
    at = world(store)

    def fails(unit: Unit) -> None:
        unit.save_person(Person(0, "Cleo"))
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        store.write(at.organisation.id, fails)
    assert [person.name for person in store.read(at.organisation.id, lambda unit: unit.people())] == [
        "Ann Lindqvist",
        "Bo Strand",
    ]


def test_a_unit_in_which_a_statement_failed_is_over_even_when_the_error_is_swallowed(store: Store) -> None:
    at = world(store)

    def stubborn(unit: Unit) -> None:
        unit.save_person(Person(0, "Cleo"))
        with contextlib.suppress(StorageError):
            unit.save_pilot(Pilot(0, "inv", "There already"))
        with contextlib.suppress(StorageError):
            unit.save_person(Person(0, "Dora"))

    with pytest.raises(Taken):
        store.write(at.organisation.id, stubborn)
    assert len(store.read(at.organisation.id, lambda unit: unit.people())) == 2


def test_a_unit_reads_its_own_writes(store: Store) -> None:
    at = world(store)

    def work(unit: Unit) -> bool:
        person = unit.save_person(Person(0, "Cleo"))
        return unit.person(person.id) == person

    assert store.write(at.organisation.id, work)


def test_what_looks_cannot_write(store: Store) -> None:
    at = world(store)
    with pytest.raises(StorageError):
        store.read(at.organisation.id, lambda unit: unit.save_person(Person(0, "Cleo")))


def test_an_organisation_that_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(StorageError, match="no organisation 99"):
        store.read(99, lambda unit: unit.people())


def test_an_act_is_seen_for_the_first_time_once(store: Store) -> None:
    at = world(store)
    seen = [store.write(at.organisation.id, lambda unit: unit.first_sight("act", NOW)) for _ in range(3)]
    assert seen == [True, False, False]


def test_an_act_whose_unit_failed_was_not_seen(store: Store) -> None:
    at = world(store)

    def fails(unit: Unit) -> None:
        assert unit.first_sight("act", NOW)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - it is raised above
        store.write(at.organisation.id, fails)
    assert store.write(at.organisation.id, lambda unit: unit.first_sight("act", NOW))


def test_organisations_and_their_workspaces_are_found(store: Store) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")
    assert store.organisations() == [one.organisation, two.organisation]
    assert store.organisation_of("local", "T2") == (two.organisation.id, two.connection.id)
    assert store.organisation_of("local", "T3") is None


def test_signs_of_life_are_the_newest(store: Store) -> None:
    store.beat("w1", NOW)
    store.beat("w1", NOW + HOUR)
    store.beat("w2", NOW)
    assert store.beats() == {"w1": NOW + HOUR, "w2": NOW}


def test_moments_come_back_in_utc_to_the_microsecond(store: Store) -> None:
    there = datetime(2026, 7, 1, 9, 0, 0, 123_457, tzinfo=timezone(timedelta(hours=3)))
    for moment in (there, datetime.min.replace(tzinfo=UTC) + DAY, datetime.max.replace(tzinfo=UTC) - DAY):
        store.beat("w", moment)
        found = store.beats()["w"]
        assert found == moment
        assert found.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StorageError, match="no time zone"):
        store.beat("w", NOW.replace(tzinfo=None))


# --- people ---------------------------------------------------------------------------------------------------------


def test_a_person_is_kept_as_saved_and_changed(store: Store) -> None:
    at = world(store)
    asked = Person(0, "Cleo", "c@x", "Asia/Tokyo", Standing.LEAD, weekday=2, hour=11, away_until=NOW.date())
    saved = store.write(at.organisation.id, lambda unit: unit.save_person(asked))
    assert saved == replace(asked, id=saved.id)
    gone = replace(saved, active=False, name="Cléo")
    store.write(at.organisation.id, lambda unit: unit.save_person(gone))
    assert store.read(at.organisation.id, lambda unit: unit.person(saved.id)) == gone


def test_saving_what_is_not_there_is_refused(store: Store) -> None:
    at = world(store)
    with pytest.raises(StorageError, match="not there"):
        store.write(at.organisation.id, lambda unit: unit.save_person(Person(4711, "Nobody")))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lind", ["Ann Lindqvist"]),
        ("@ANN", ["Ann Lindqvist"]),
        ("acme.example", ["Ann Lindqvist", "Bo Strand"]),
        ("%", ["100% Percy"]),
        ("_", ["Under_score"]),
        ("\\", ["Back\\slash"]),
        ("STRASSE", ["Weiß Straße"]),
        ("lindqvistann", []),
        ("qvist\nann", []),
        ("a\0b", []),
        ("\ud800", []),
        ("x" * 100_000, []),
    ],
)
def test_people_are_found_by_a_part_of_name_or_email_and_nothing_is_a_wildcard(
    store: Store, text: str, found: list[str]
) -> None:
    at = world(store)

    def add(unit: Unit) -> None:
        for name in ("100% Percy", "Under_score", "Back\\slash", "Weiß Straße"):
            unit.save_person(Person(0, name))
        unit.save_person(Person(0, "Ann Lindqvist the Elder", active=False))

    store.write(at.organisation.id, add)
    people = store.read(at.organisation.id, lambda unit: unit.find_people(text))
    assert [person.name for person in people] == found


def test_people_come_by_name_alike_on_every_database(store: Store) -> None:
    at = world(store)
    names = ["zoe", "Ärla", "Abe", "ann-sofie", "Ann B", "ann b", "Öz"]
    store.write(at.organisation.id, lambda unit: [unit.save_person(Person(0, name)) for name in names])
    people = store.read(at.organisation.id, lambda unit: unit.people())
    assert [person.name for person in people] == [
        "Abe",
        "Ann B",
        "ann b",
        "Ann Lindqvist",
        "ann-sofie",
        "Bo Strand",
        "zoe",
        "Ärla",
        "Öz",
    ]


def test_whoever_leads_all_pilots_or_a_group_is_found_without_reading_everybody(store: Store) -> None:
    at = world(store)
    people = [
        Person(0, "Lea Lead", standing=Standing.LEAD),
        Person(0, "Ada Admin", standing=Standing.ADMIN),
        Person(0, "Gus Grouplead", leads=("Finance",)),
        Person(0, "Gerda Guest", standing=Standing.GUEST),
        Person(0, "Lou Left", standing=Standing.LEAD, active=False),
    ]
    store.write(at.organisation.id, lambda unit: [unit.save_person(person) for person in people])
    found = store.read(at.organisation.id, lambda unit: unit.overseers())
    assert [person.name for person in found] == ["Ada Admin", "Gus Grouplead", "Lea Lead"]


def test_an_account_leads_to_its_person_and_moves_with_a_save(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    assert store.read(org, lambda unit: unit.person_of(at.connection.id, "U1")) == at.owner
    assert store.read(org, lambda unit: unit.person_of(at.connection.id, "U2")) is None
    moved = Identity(at.helper.id, "U1", replace(at.address, conversation="D2"))
    store.write(org, lambda unit: unit.save_identity(moved))
    assert store.read(org, lambda unit: unit.person_of(at.connection.id, "U1")) == at.helper
    assert store.read(org, lambda unit: (unit.identities(at.owner.id), unit.identities(at.helper.id))) == (
        [],
        [moved],
    )


def test_active_accounts_come_first(store: Store) -> None:
    at = world(store)
    old = Identity(
        at.owner.id, "U0", Address(at.connection.id, "local", "D0", "https://s", "t"), active=False
    )
    store.write(at.organisation.id, lambda unit: unit.save_identity(old))
    assert store.read(at.organisation.id, lambda unit: unit.identities(at.owner.id)) == [
        Identity(at.owner.id, "U1", at.address),
        old,
    ]


def test_saving_a_known_workspace_returns_it(store: Store) -> None:
    at = world(store)
    gone = store.write(
        at.organisation.id, lambda unit: unit.save_connection(replace(at.connection, active=False))
    )
    again = store.write(at.organisation.id, lambda unit: unit.save_connection(Connection(0, "local", "T1")))
    assert (gone.id, again) == (at.connection.id, at.connection)
    assert store.read(at.organisation.id, lambda unit: unit.connection(at.connection.id)) == at.connection


def test_a_workspace_of_another_organisation_is_not_taken_over(store: Store) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")
    with pytest.raises(StorageError, match="another organisation"):
        store.write(two.organisation.id, lambda unit: unit.save_connection(Connection(0, "local", "T1")))
    assert store.organisation_of("local", "T1") == (one.organisation.id, one.connection.id)


def test_a_channel_is_made_on_first_sight_renamed_and_switched_off_until_heard(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    assert store.write(org, lambda unit: unit.channel(at.channel.address)) == at.channel
    renamed = store.write(org, lambda unit: unit.channel(at.channel.address, "ai"))
    assert renamed == replace(at.channel, name="ai")
    store.write(org, lambda unit: unit.switch_off(at.channel.address))
    assert store.read(org, lambda unit: unit.channels()) == [replace(renamed, active=False)]
    assert store.write(org, lambda unit: unit.channel(at.channel.address)) == renamed


# --- pilots ---------------------------------------------------------------------------------------------------------


def test_a_pilot_is_kept_with_every_field(store: Store) -> None:
    at = world(store)
    whole = Pilot(
        0,
        "bot",
        "Service bot",
        work="Answers",
        stage="pilot",
        stage_since=NOW.date(),
        created=NOW.date(),
        owner=at.owner.id,
        owner_accepted=True,
        deputy=at.helper.id,
        sponsor=at.helper.id,
        sponsor_accepted=True,
        decider=at.owner.id,
        builder=at.owner.id,
        target=NOW.date(),
        original_target=NOW.date(),
        decide_by=NOW.date(),
        group="Finance",
        tags=("a", "b,c", 'd"e'),
        risk="high",
        metric="hours",
        baseline=1.5,
        goal=-0.1,
        intended_users=7_000_000_000,
        paused_until=NOW.date(),
        before_pause="framed",
        private=True,
        external="EXT",
        reviewers=(("gov.audit:privacy", 0), ("security", at.helper.id)),
        conditions=(
            Condition("G3", "gov.audit", at.helper.id, NOW.date() + DAY, at.owner.id, agreed=NOW.date()),
        ),
        scale_if="half the time",
        stop_if="no “win” by May",
    )
    saved = store.write(at.organisation.id, lambda unit: unit.save_pilot(whole))
    assert saved == replace(whole, id=saved.id)
    org = at.organisation.id
    for look in (
        lambda unit: unit.pilot(saved.id),
        lambda unit: unit.pilot_by_key("bot"),
        lambda unit: unit.pilot_by_external("EXT"),
    ):
        assert store.read(org, look) == saved
    assert store.read(org, lambda unit: unit.pilots()) == [at.pilot, saved]
    assert store.read(org, lambda unit: unit.pilot_names()) == [
        (at.pilot.id, "inv", "Invoice matcher"),
        (saved.id, "bot", "Service bot"),
    ]
    assert store.read(org, lambda unit: unit.pilots_of(at.helper.id)) == [saved]
    assert store.read(org, lambda unit: unit.pilot_by_external("")) is None
    assert store.read(org, lambda unit: unit.pilot_by_key("a\0")) is None


def test_a_pilots_key_is_unique_in_its_organisation(store: Store) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")
    with pytest.raises(Taken, match="there already"):
        store.write(one.organisation.id, lambda unit: unit.save_pilot(Pilot(0, "inv", "Other")))
    with pytest.raises(Taken):
        store.write(two.organisation.id, lambda unit: unit.save_pilot(Pilot(0, "b", "B", external="X-1")))
    store.write(one.organisation.id, lambda unit: [unit.save_pilot(Pilot(0, key, key)) for key in "ab"])


def test_a_number_that_no_column_holds_is_refused_in_words(store: Store) -> None:
    at = world(store)
    with pytest.raises(StorageError, match="number is too large"):
        store.write(
            at.organisation.id, lambda unit: unit.save_pilot(Pilot(0, "b", "B", intended_users=10**30))
        )
    with pytest.raises(StorageError, match="number is too large"):
        store.write(at.organisation.id, lambda unit: unit.open_checkin(opened(at, revision=32_768)))


def test_events_come_newest_first_and_by_pilot_kind_and_time(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    log = [
        Event("stage", NOW, at.owner.id, at.pilot.id, "stage", "idea", {"to": ["a", None]}),
        Event("owner", NOW + HOUR, None, at.pilot.id, "owner", 1, 2),
        Event("settings", NOW + HOUR, at.helper.id),
        Event("stage", NOW + DAY, at.owner.id, at.pilot.id, "stage", False, "pil\0ot"),
    ]
    store.write(org, lambda unit: [unit.record(event) for event in log])

    def events(**given: Any) -> list[Event]:
        return list(store.read(org, lambda unit: unit.events(**given)))

    assert events() == log[::-1]
    assert events(pilot=at.pilot.id) == [log[3], log[1], log[0]]
    assert events(kinds=["stage"]) == [log[3], log[0]]
    assert events(kinds=iter(["stage", "owner"]), pilot=at.pilot.id, since=NOW + HOUR) == [log[3], log[1]]
    assert events(since=NOW + DAY) == [log[3]]
    assert events(limit=1) == [log[3]]
    assert events(pilot=at.pilot.id + 1) == []


@pytest.mark.parametrize("table", ["answer", "submission", "event", "decision"])
@pytest.mark.parametrize("change", ["UPDATE {0} SET org_id = org_id", "DELETE FROM {0}"])
def test_answers_and_events_are_append_only_in_the_database_itself(
    store: Store, database_url: str, table: str, change: str
) -> None:
    at = world(store)
    store.write(at.organisation.id, lambda unit: fill(unit, at))
    with pytest.raises(Exception, match="append-only"):
        raw(database_url, change.format(table))
    assert raw(database_url, f"SELECT count(*) FROM {table}")[0][0] > 0


def test_a_form_is_kept_as_it_was_used(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    asked = form()
    for _ in range(2):
        store.write(org, lambda unit: unit.keep_form(asked))
    assert store.read(org, lambda unit: unit.form("pulse", 1)) == asked
    assert store.read(org, lambda unit: unit.form("pulse", 2)) is None
    with pytest.raises(ValueError, match="Raise its version"):
        store.write(org, lambda unit: unit.keep_form(form(text="Other words")))


def test_a_form_whose_unit_failed_is_not_there(store: Store) -> None:
    at = world(store)

    def fails(unit: Unit) -> None:
        unit.keep_form(form())
        assert unit.form("pulse", 1) == form()
        raise KeyError

    with pytest.raises(KeyError):
        store.write(at.organisation.id, fails)
    assert store.read(at.organisation.id, lambda unit: unit.form("pulse", 1)) is None
    other = form(text="Other words")
    store.write(at.organisation.id, lambda unit: unit.keep_form(other))
    assert store.read(at.organisation.id, lambda unit: unit.form("pulse", 1)) == other


def test_schedules_fall_due_the_oldest_first(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    pulse = store.write(
        org, lambda unit: unit.save_schedule(Schedule(0, at.pilot.id, "pulse", NOW + HOUR, weeks=2))
    )
    review = store.write(org, lambda unit: unit.save_schedule(Schedule(0, at.pilot.id, "review", NOW)))
    never = store.write(org, lambda unit: unit.save_schedule(Schedule(0, at.pilot.id, "value", None)))

    def due(now: datetime, limit: int = 9) -> list[Schedule]:
        return list(store.read(org, lambda unit: unit.due_schedules(now, limit=limit)))

    assert due(NOW - HOUR) == []
    assert due(NOW) == [review]
    assert due(NOW + HOUR) == [review, pulse]
    assert due(NOW + HOUR, limit=1) == [review]
    store.write(org, lambda unit: unit.save_schedule(replace(review, next_due_at=NOW + WEEK)))
    assert due(NOW + DAY) == [pulse]
    again = store.write(org, lambda unit: unit.save_schedule(Schedule(0, at.pilot.id, "value", NOW)))
    assert again.id == never.id


# --- check-ins ------------------------------------------------------------------------------------------------------


def test_a_slot_is_opened_once(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    first = stored(store, at, opened(at))
    assert store.write(org, lambda unit: unit.open_checkin(opened(at))) is None
    for other in (opened(at, slot=NOW + WEEK), opened(at, questionnaire="review")):
        assert stored(store, at, other).id != first.id


def test_only_the_first_of_two_saves_of_one_revision_counts(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    first = stored(store, at, opened(at))
    done = replace(first, state=replace(first.state, phase=Phase.DONE, revision=1, done_at=NOW))
    lost = replace(first, state=replace(first.state, phase=Phase.DECLINED, revision=1))
    assert store.write(org, lambda unit: unit.save(done, was=0))
    assert not store.write(org, lambda unit: unit.save(lost, was=0))
    assert store.read(org, lambda unit: unit.checkin(first.id)) == done


def test_answers_are_appended_and_the_last_one_stands(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    first = stored(store, at, opened(at, answers={"moved": "blocked"}))

    def give(revision: int, **values: Any) -> list[Given]:
        rows = [
            Given(first.id, name, value, revision, at.helper.id, NOW + HOUR) for name, value in values.items()
        ]
        store.write(org, lambda unit: unit.keep(rows))
        return rows

    one = give(1, block="security", users=12)
    two = give(2, block=None, moved="forward")
    log = store.read(org, lambda unit: unit.given(first.id))
    assert log[0] == Given(first.id, "moved", "blocked", 0, at.owner.id, NOW)
    assert sorted(log[1:3], key=lambda given: given.question) == sorted(one, key=lambda given: given.question)
    assert sorted(log[3:], key=lambda given: given.question) == sorted(two, key=lambda given: given.question)
    now = store.read(org, lambda unit: unit.checkin(first.id))
    assert now is not None
    assert now.state.answers == {"moved": "forward", "users": 12}


def test_every_kind_of_value_comes_back_as_it_was_given(store: Store) -> None:
    at = world(store)
    values = {
        **REPLIES,
        "unknown": NotKnown(),
        "na": NotApplicable("no data"),
        "none": NoneYet(),
        "yes": True,
        "no": False,
        "zero": 0,
        "share": 0.1,
        "nothing": (),
        "long": "ä" * 100_000,
        "strange": "tab\t nul\0 bell\a rtl\u202e half\ud800 face\U0001f642",
        "big": 2**80,
    }
    asked = stored(store, at, opened(at, answers=values))
    found = store.read(at.organisation.id, lambda unit: unit.checkin(asked.id))
    assert found is not None
    assert found == asked
    assert {name: type(value) for name, value in found.state.answers.items()} == {
        name: type(value) for name, value in values.items()
    }


def test_a_plain_text_that_no_database_holds_is_refused_in_words_and_nothing_is_stored(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    for name in ("nul\0", "half\ud800"):
        with pytest.raises(StorageError, match="cannot be stored"):
            store.write(org, lambda unit, name=name: unit.save_person(Person(0, name)))
    saved = store.write(
        org, lambda unit: unit.save_person(Person(0, "tab\t bell\a rtl\u202e" + "x" * 100_000))
    )
    assert store.read(org, lambda unit: unit.person(saved.id)) == saved
    assert len(store.read(org, lambda unit: unit.people())) == 3


def test_an_answer_to_a_check_in_that_is_not_there_is_refused(store: Store) -> None:
    at = world(store)
    with pytest.raises(StorageError, match="not there"):
        store.write(at.organisation.id, lambda unit: unit.keep([Given(99, "q", 1, 0, at.owner.id, NOW)]))


def test_a_question_given_twice_at_one_moment_keeps_both(store: Store) -> None:
    at = world(store)
    asked = stored(store, at, opened(at))
    rows = [Given(asked.id, "q", value, 1, at.owner.id, NOW) for value in (1, 2)]
    store.write(at.organisation.id, lambda unit: unit.keep(rows))
    assert store.read(at.organisation.id, lambda unit: unit.given(asked.id)) == rows
    found = store.read(at.organisation.id, lambda unit: unit.checkin(asked.id))
    assert found is not None
    assert found.state.answers == {"q": 2}


def test_check_ins_wake_up_the_longest_asleep_first(store: Store) -> None:
    at = world(store)
    late = stored(store, at, opened(at, wake_at=NOW + HOUR))
    soon = stored(store, at, opened(at, slot=NOW + WEEK, wake_at=NOW))
    stored(store, at, opened(at, slot=NOW + 2 * WEEK))

    def due(now: datetime, limit: int = 9) -> list[int]:
        return list(store.read(at.organisation.id, lambda unit: unit.due_checkins(now, limit=limit)))

    assert due(NOW - HOUR) == []
    assert due(NOW + HOUR) == [soon.id, late.id]
    assert due(NOW + HOUR, limit=1) == [soon.id]


def test_live_check_ins_are_those_that_still_ask_somebody(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    other = store.write(org, lambda unit: unit.save_pilot(Pilot(0, "two", "Two")))
    waiting = stored(
        store, at, opened(at, slot=NOW + WEEK, phase=Phase.WAITING, handed={"block": at.helper.id})
    )
    asking = stored(store, at, opened(at, answers={"moved": "x"}))
    for weeks, phase in enumerate((Phase.DONE, Phase.DECLINED, Phase.EXPIRED, Phase.CLOSED), start=2):
        stored(store, at, opened(at, slot=NOW + weeks * WEEK, phase=phase))

    def live(**given: Any) -> list[Any]:
        return list(store.read(org, lambda unit: unit.live_checkins(**given)))

    assert live() == [asking, waiting]
    assert live(pilot=at.pilot.id) == [asking, waiting]
    assert live(pilot=other.id) == []
    assert live(person=at.helper.id) == [waiting]
    assert live(person=at.owner.id, pilot=at.pilot.id) == [asking, waiting]
    back = replace(waiting, state=replace(waiting.state, handed={}, phase=Phase.OPEN, revision=1))
    assert store.write(org, lambda unit: unit.save(back, was=0))
    assert live(person=at.helper.id) == []


def test_history_is_newest_first_and_latest_is_by_pilot(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    two = store.write(org, lambda unit: unit.save_pilot(Pilot(0, "two", "Two")))
    weeks = [stored(store, at, opened(at, slot=NOW + n * WEEK, answers={"n": n})) for n in range(4)]
    review = stored(store, at, opened(at, slot=NOW + WEEK + HOUR, questionnaire="review"))
    twos = [
        stored(store, at, replace(opened(at, slot=NOW + n * WEEK, outcome="kept", late=True), pilot=two.id))
        for n in range(3)
    ]

    def ids(rows: Any) -> list[int]:
        return [row.id for row in rows]

    def history(**given: Any) -> Any:
        return store.read(org, lambda unit: unit.history(at.pilot.id, **given))

    assert ids(history()) == [weeks[3].id, weeks[2].id, review.id, weeks[1].id, weeks[0].id]
    assert ids(history(limit=2)) == [weeks[3].id, weeks[2].id]
    assert ids(history(questionnaire="review")) == [review.id]
    assert history(questionnaire="never") == []
    assert [row.answers for row in history(questionnaire="pulse", answers=True, limit=2)] == [
        {"n": 3},
        {"n": 2},
    ]
    latest = store.read(org, lambda unit: unit.latest(questionnaire="pulse", per_pilot=2))
    assert {pilot: ids(rows) for pilot, rows in latest.items()} == {
        at.pilot.id: [weeks[3].id, weeks[2].id],
        two.id: [twos[2].id, twos[1].id],
    }
    row = latest[two.id][0]
    assert (
        row.pilot,
        row.questionnaire,
        row.version,
        row.person,
        row.slot,
        row.phase,
        row.outcome,
        row.late,
    ) == (
        two.id,
        "pulse",
        1,
        at.owner.id,
        NOW + 2 * WEEK,
        "open",
        "kept",
        True,
    )
    assert store.read(org, lambda unit: unit.latest(questionnaire="never", per_pilot=2)) == {}
    asked = {
        pilots: store.read(
            org, lambda unit, of=pilots: unit.latest(questionnaire="pulse", per_pilot=2, pilots=of)
        )
        for pilots in ((), (at.pilot.id,), (999,))
    }
    assert [len(found) for found in asked.values()] == [0, 1, 0], "of those that are asked for alone"
    wanted = [weeks[3].id, weeks[0].id, review.id]
    answers = store.read(org, lambda unit: unit.answers_of(wanted))
    assert answers == {weeks[3].id: {"n": 3}, weeks[0].id: {"n": 0}}
    for question, those in (("n", answers), ("never", {})):
        assert store.read(org, lambda unit, to=question: unit.answers_of(wanted, to=(to,))) == those
    assert store.read(org, lambda unit: unit.answers_of([], to=("n",))) == {}


# --- readiness, requests, digests -----------------------------------------------------------------------------------


def test_links_are_due_the_longest_not_looked_at_first(store: Store) -> None:
    at = world(store)
    org = at.organisation.id

    def claim(item: str, level: int, looked: datetime | None = None, **more: Any) -> None:
        given = {"link": "https://x", "link_checked_at": looked} | more
        said = ItemLevel(item, level, NOW, NOW, **given)
        store.write(org, lambda unit: unit.set_level(at.pilot.id, said))

    claim("new", 3)
    claim("old", 4, NOW - 9 * DAY)
    claim("older", 3, NOW - 20 * DAY)
    claim("failed", 3, NOW - 2 * DAY, link_failures=1)
    claim("fresh", 3, NOW - 2 * DAY)
    claim("just failed", 3, NOW, link_failures=1)
    claim("low", 2)
    claim("bare", 3, link="")

    def due(limit: int) -> list[str]:
        return [
            one.item
            for one in store.read(
                org, lambda unit: unit.due_links(NOW - 7 * DAY, failed=NOW - DAY, limit=limit)
            )
        ]

    assert due(9) == ["new", "older", "old", "failed"]
    assert due(2) == ["new", "older"]


def test_levels_are_one_for_each_item_and_replaced(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    asked = stored(store, at, opened(at))
    first = ItemLevel(
        "data.quality", 3, NOW, NOW, at.owner.id, "https://x", NOW, same=2, checkin=asked.id, fresh_at=NOW
    )
    first = replace(
        first,
        verdicts=(
            Verdict("G3", "security", at.helper.id, NOW, yes=True, level=3, link="https://x"),
            Verdict("G2", "sponsor", at.owner.id, NOW + DAY, yes=False, level=2, reason="not “yet”"),
        ),
        link_checked_at=NOW,
        link_failures=2,
    )
    other = ItemLevel("data.access", None, NOW, NOW, not_applicable="no data")
    store.write(org, lambda unit: [unit.set_level(at.pilot.id, level) for level in (first, other)])
    assert store.read(org, lambda unit: unit.levels(at.pilot.id)) == {
        level.item: level for level in (first, other)
    }
    two = store.write(org, lambda unit: unit.save_pilot(Pilot(0, "two", "Two")))
    store.write(org, lambda unit: unit.set_level(two.id, other))
    assert store.read(org, lambda unit: unit.levels_of_all()) == {
        at.pilot.id: {level.item: level for level in (first, other)},
        two.id: {other.item: other},
    }
    later = replace(first, level=4, at=NOW + DAY, link="", link_at=None, checkin=None)
    store.write(org, lambda unit: unit.set_level(at.pilot.id, later))
    assert store.read(org, lambda unit: unit.levels(at.pilot.id))["data.quality"] == later


def test_snapshots_are_the_newest_now_or_then(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    two = store.write(org, lambda unit: unit.save_pilot(Pilot(0, "two", "Two")))

    def shot(pilot: int, moment: datetime, overall: int | None) -> Snapshot:
        return Snapshot(pilot, moment, overall, {"data": overall, "value": None}, "value", 0.25, 1, 2)

    shots = [shot(at.pilot.id, NOW + n * DAY, n) for n in range(3)] + [shot(two.id, NOW + 2 * DAY, None)]
    again = shot(at.pilot.id, NOW + 2 * DAY, 77)
    store.write(org, lambda unit: [unit.add_snapshot(each) for each in (*shots, again)])
    assert store.read(org, lambda unit: unit.snapshot(at.pilot.id)) == again
    assert store.read(org, lambda unit: unit.snapshot(at.pilot.id, before=NOW + DAY)) == shots[1]
    assert store.read(org, lambda unit: unit.snapshot(at.pilot.id, before=NOW - DAY)) is None
    assert store.read(org, lambda unit: unit.snapshots()) == {at.pilot.id: again, two.id: shots[3]}
    assert store.read(org, lambda unit: unit.snapshots(before=NOW + DAY)) == {at.pilot.id: shots[1]}


def test_requests_are_open_until_replied_to(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    asked = stored(store, at, opened(at))
    one = Request(
        0, "help", at.pilot.id, at.helper.id, at.owner.id, NOW, "Who?", "security", checkin=asked.id
    )
    first = store.write(org, lambda unit: unit.save_request(one))
    second = store.write(
        org, lambda unit: unit.save_request(replace(one, kind="owner", person=at.owner.id, checkin=None))
    )
    assert store.read(org, lambda unit: unit.request(first.id)) == first == replace(one, id=first.id)
    done = replace(first, reply="yes", replied_at=NOW + HOUR)
    store.write(org, lambda unit: unit.save_request(done))

    def requests(**given: Any) -> list[Request]:
        return list(store.read(org, lambda unit: unit.requests(**given)))

    assert requests() == [second]
    assert requests(unanswered=False) == [done, second]
    assert requests(person=at.helper.id, unanswered=False) == [done]
    assert requests(person=at.helper.id, pilot=at.pilot.id) == []
    assert requests(pilot=at.pilot.id) == [second]


def test_help_that_was_asked_of_somebody_is_found_by_what_it_is_about(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    one = Request(0, "help", at.pilot.id, at.helper.id, at.owner.id, NOW, topic="Security review")
    first = store.write(org, lambda unit: unit.save_request(one))
    under = store.write(org, lambda unit: unit.save_request(replace(one, under=first.id)))
    old = store.write(
        org,
        lambda unit: unit.save_request(replace(one, reply="on_it", replied_at=NOW - HOUR, under=first.id)),
    )
    for other in (replace(one, topic="Money"), replace(one, kind="owner"), replace(one, person=at.owner.id)):
        store.write(org, lambda unit, other=other: unit.save_request(other))

    def asked(since: datetime) -> list[Request]:
        return list(
            store.read(org, lambda unit: unit.help_asked(at.helper.id, "Security review", since=since))
        )

    assert asked(NOW) == [first, under]
    assert asked(NOW - HOUR) == [first, under, old]
    assert store.read(org, lambda unit: unit.request(under.id)) == under


def test_decisions_come_back_whole_the_newest_first(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    asked = stored(store, at, opened(at, questionnaire="decision"))
    whole = Decision(
        0,
        at.pilot.id,
        "stop",
        NOW + HOUR,
        at.helper.id,
        "decider",
        "better",
        "The gap",
        (NOW + WEEK).date(),
        NOW.date(),
        "Ask the vendor first",
        ("tests", "map"),
        ("access",),
        "Another",
        "fix",
        "pilot",
        "stopped",
        "decision@1",
        1,
        2,
        42,
        {"data": 40, "value": None},
        ("P01", "P04"),
        asked.id,
    )
    plain = Decision(0, at.pilot.id, "fix", NOW, at.owner.id, "lead")
    first = store.write(org, lambda unit: unit.add_decision(whole))
    second = store.write(org, lambda unit: unit.add_decision(plain))
    assert (first, second) == (replace(whole, id=first.id), replace(plain, id=second.id))

    def decisions(**given: Any) -> list[Decision]:
        return list(store.read(org, lambda unit: unit.decisions(**given)))

    assert decisions() == [first, second]
    assert decisions(pilot=at.pilot.id, limit=1) == [first]
    assert decisions(since=NOW + HOUR) == [first]
    assert decisions(pilot=at.pilot.id, since=NOW + DAY) == []
    assert decisions(pilot=at.pilot.id + 1) == []


def test_a_posted_card_is_known_as_it_was_amended_last(store: Store) -> None:
    at = world(store)
    org = at.organisation.id

    def posted(key: str) -> str | None:
        card = store.read(org, lambda unit: unit.posted(key))
        return None if card is None else card.title

    def post(key: str, title: str, **given: Any) -> None:
        message = Message(key, at.address, Card(title, title), **given)
        assert store.write(org, lambda unit: unit.enqueue(message, NOW))

    assert posted("digest:1") is None
    post("digest:1", "First")
    post("digest:1:1", "Its thread", under="digest:1")
    post("digest:10", "Another")
    assert posted("digest:1") == "First"
    post("digest:1:decided:7", "Amended", replaces="digest:1")
    assert posted("digest:1") == "Amended"


def test_an_evaluation_comes_back_whole_and_falls_due(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    first = evaluation(at)
    store.write(org, lambda unit: unit.save_evaluation(first))
    assert store.read(org, lambda unit: unit.evaluation(at.pilot.id)) == first
    turned = replace(
        first,
        heading=Heading(Course.STUCK, NOW + DAY, Course.AT_RISK, 1),
        was=Course.MOVING,
        signals=(*first.signals, Seen(replace(first.signals[0].signal, id="P04"), NOW + HOUR)),
        known=(),
        due_at=NOW + WEEK,
    )
    store.write(org, lambda unit: unit.save_evaluation(turned))
    assert store.read(org, lambda unit: unit.evaluations()) == {at.pilot.id: turned}

    def due(moment: datetime) -> list[int]:
        return list(store.read(org, lambda unit: unit.due_evaluations(moment, limit=9)))

    assert due(NOW + DAY) == []
    store.write(org, lambda unit: unit.await_evaluation(at.pilot.id, NOW + HOUR))
    assert due(NOW + DAY) == [at.pilot.id]
    kept = store.read(org, lambda unit: unit.evaluation(at.pilot.id))
    assert kept == replace(turned, due_at=NOW + HOUR)


def test_a_pilot_that_waits_for_its_first_evaluation_has_none(store: Store) -> None:
    at = world(store)
    store.write(at.organisation.id, lambda unit: unit.await_evaluation(at.pilot.id, NOW))
    look = store.read(
        at.organisation.id,
        lambda unit: (unit.evaluation(at.pilot.id), unit.evaluations(), unit.due_evaluations(NOW, limit=9)),
    )
    assert look == (None, {}, [at.pilot.id])


def test_a_signal_is_muted_anew_in_place_of_the_last_time(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    for day in (1, 9):
        mute = Mute(at.pilot.id, "P01", (NOW + day * DAY).date(), f"Day {day}", at.owner.id, NOW)
        store.write(org, lambda unit, mute=mute: unit.save_mute(mute))
    assert store.read(org, lambda unit: unit.mutes(at.pilot.id)) == [mute]


def test_usual_stays_are_replaced_as_one(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    for stays in ({"pilot": 80, "framed": 20}, {"pilot": 90}):
        store.write(org, lambda unit, stays=stays: unit.save_usual_stays(stays))
    assert store.read(org, lambda unit: unit.usual_stays()) == {"pilot": 90}


def test_the_range_of_scores_takes_in_the_one_in_force(store: Store) -> None:
    at = world(store)
    org = at.organisation.id

    def scored(days: int, overall: int | None) -> None:
        shot = Snapshot(at.pilot.id, NOW + days * DAY, overall, {}, "", 1.0, 1, 1)
        store.write(org, lambda unit: unit.add_snapshot(shot))

    def ranged(days: int) -> ScoreRange | None:
        return store.read(org, lambda unit: unit.score_range(at.pilot.id, since=NOW + days * DAY))

    assert ranged(0) is None
    for days, overall in ((0, 10), (5, 40), (9, 44), (12, None)):
        scored(days, overall)
    assert ranged(7) == ScoreRange(40, 44, NOW + 5 * DAY)
    assert ranged(10) == ScoreRange(44, 44, NOW + 9 * DAY)
    assert ranged(-3) == ScoreRange(10, 44, NOW)


def test_the_last_act_is_that_of_one_person_on_one_pilot(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    for days, actor in ((1, at.owner.id), (2, at.owner.id), (3, at.helper.id), (4, None)):
        event = Event("pilot.name", NOW + days * DAY, actor, at.pilot.id)
        store.write(org, lambda unit, event=event: unit.record(event))
    acts = store.read(org, lambda unit: [unit.last_act(at.pilot.id, who) for who in (at.owner.id, 999)])
    assert acts == [NOW + 2 * DAY, None]


def test_subscriptions_fall_due_and_are_dropped(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    made = store.write(
        org,
        lambda unit: unit.save_subscription(
            Subscription(0, at.channel, NOW, Slice("Finance", "pilot", "emea"), at.owner.id)
        ),
    )
    assert store.read(org, lambda unit: unit.subscriptions()) == [made]
    assert store.read(org, lambda unit: unit.due_subscriptions(NOW - HOUR)) == []
    assert store.read(org, lambda unit: unit.due_subscriptions(NOW)) == [made]
    later = replace(made, next_due_at=NOW + WEEK)
    store.write(org, lambda unit: unit.save_subscription(later))
    assert store.read(org, lambda unit: unit.due_subscriptions(NOW + DAY)) == []
    store.write(org, lambda unit: unit.drop_subscription(made.id))
    assert store.read(org, lambda unit: unit.subscriptions()) == []


def test_the_next_moment_is_the_nearest_of_all_that_fall_due(store: Store) -> None:
    at = world(store)
    org = at.organisation.id

    def nearest() -> datetime | None:
        return store.read(org, lambda unit: unit.next_moment())

    def then(work: Callable[[Unit], object]) -> datetime | None:
        store.write(org, work)
        return nearest()

    assert nearest() is None
    assert (
        then(lambda unit: unit.save_subscription(Subscription(0, at.channel, NOW + 4 * DAY))) == NOW + 4 * DAY
    )
    assert (
        then(lambda unit: unit.save_schedule(Schedule(0, at.pilot.id, "pulse", NOW + 3 * DAY)))
        == NOW + 3 * DAY
    )
    assert then(lambda unit: unit.open_checkin(opened(at, wake_at=NOW + 2 * DAY))) == NOW + 2 * DAY


# --- looking for accounts -------------------------------------------------------------------------------------------


def test_whose_account_may_be_looked_for_and_who_comes_first(store: Store) -> None:
    at = world(store)  # Ann has an account there, Bo has none
    org, here = at.organisation.id, at.connection.id

    def names(now: datetime = NOW) -> list[str]:
        found = store.read(org, lambda unit: unit.people_to_seek(here, now, limit=9))
        return [person.name for person in found]

    for person in (Person(0, "Cleo"), Person(0, "Dana", "dana@acme.example", active=False)):
        store.write(org, lambda unit, person=person: unit.save_person(person))
    assert names() == ["Bo Strand"]
    store.write(org, lambda unit: unit.save_sought(Sought(at.helper.id, here, NOW + DAY, Finding.ABSENT)))
    assert names() == []
    store.write(org, lambda unit: unit.save_person(Person(0, "Eva", "eva@acme.example")))
    assert names(NOW + DAY) == ["Eva", "Bo Strand"]
    store.write(org, lambda unit: unit.save_sought(Sought(at.helper.id, here, NOW, Finding.APART)))
    assert names(NOW + WEEK) == ["Eva"]


def test_somebody_is_found_by_the_whole_address_alone(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    store.write(org, lambda unit: unit.save_person(Person(0, "bo@acme.example", "bo@acme.example.net")))

    def of(email: str) -> list[int]:
        return [one.id for one in store.read(org, lambda unit: unit.people_of_email(email))]

    assert of("BO@Acme.Example") == [at.helper.id]
    assert of("acme.example") == of("") == of("o@acme.example") == []
    twin = store.write(org, lambda unit: unit.save_person(Person(0, "Bob", "Bo@acme.example")))
    assert of("bo@acme.example") == [at.helper.id, twin.id]


# --- organisations --------------------------------------------------------------------------------------------------


# Every method of Unit that reads, called for the things of one world: what it returns in another must be nothing.
def _theirs(at: Any) -> Marks:
    """All that fills a world, as if one person had written it."""
    written = ("Invoice matcher", "Who can clear it?", "Known", "idea", "Fallback", "Title")
    return Marks(at.helper.id, (at.owner.name,), (at.owner.email, "seen", "U1"), ("D1",), written)


LOOKS: dict[str, Callable[[Unit, Any], Any]] = {
    "person": lambda unit, at: unit.person(at.owner.id),
    "people": lambda unit, at: unit.people(),
    "find_people": lambda unit, at: unit.find_people("ann"),
    "person_of": lambda unit, at: unit.person_of(at.connection.id, "U1"),
    "people_of_email": lambda unit, at: unit.people_of_email("ANN@acme.example"),
    "person_at": lambda unit, at: unit.person_at(at.address),
    "people_to_seek": lambda unit, at: unit.people_to_seek(at.connection.id, NOW, limit=9),
    "sought": lambda unit, at: unit.sought(),
    "nags_of": lambda unit, at: unit.nags_of(at.owner.id, limit=9),
    "nags": lambda unit, at: unit.nags(since=NOW, limit=9),
    "connections": lambda unit, at: unit.connections(),
    "identities": lambda unit, at: unit.identities(at.owner.id),
    "absent": lambda unit, at: unit.absent(),
    "overseers": lambda unit, at: unit.overseers(),
    "represented": lambda unit, at: unit.represented(),
    "connection": lambda unit, at: unit.connection(at.connection.id),
    "channels": lambda unit, at: unit.channels(),
    "pilot": lambda unit, at: unit.pilot(at.pilot.id),
    "pilot_by_key": lambda unit, at: unit.pilot_by_key("inv"),
    "pilot_by_external": lambda unit, at: unit.pilot_by_external("X-1"),
    "pilots": lambda unit, at: unit.pilots(),
    "pilots_of": lambda unit, at: unit.pilots_of(at.owner.id),
    "pilot_names": lambda unit, at: unit.pilot_names(),
    "events": lambda unit, at: (unit.events(), unit.events(pilot=at.pilot.id, kinds=["stage"], since=NOW)),
    "form": lambda unit, at: unit.form("pulse", 1),
    "schedules": lambda unit, at: unit.schedules(at.pilot.id),
    "unproven": lambda unit, at: unit.unproven(since=NOW - DAY, late=NOW),
    "due_schedules": lambda unit, at: unit.due_schedules(NOW + DAY, limit=9),
    "next_moment": lambda unit, at: unit.next_moment(),
    "checkin": lambda unit, at: unit.checkin(1),
    "given": lambda unit, at: unit.given(1),
    "due_checkins": lambda unit, at: unit.due_checkins(NOW + DAY, limit=9),
    "live_checkins": lambda unit, at: (
        unit.live_checkins(),
        unit.live_checkins(person=at.helper.id),
        unit.live_checkins(pilot=at.pilot.id, person=at.owner.id),
    ),
    "history": lambda unit, at: (
        unit.history(at.pilot.id, answers=True),
        unit.history(at.pilot.id, questionnaire="pulse"),
    ),
    "latest": lambda unit, at: unit.latest(questionnaire="pulse", per_pilot=2),
    "answers_of": lambda unit, at: unit.answers_of([1]),
    "levels": lambda unit, at: unit.levels(at.pilot.id),
    "levels_of_all": lambda unit, at: unit.levels_of_all(),
    "due_links": lambda unit, at: unit.due_links(NOW, failed=NOW, limit=9),
    "snapshot": lambda unit, at: (unit.snapshot(at.pilot.id), unit.snapshot(at.pilot.id, before=NOW + DAY)),
    "snapshots": lambda unit, at: (unit.snapshots(), unit.snapshots(before=NOW + DAY)),
    "score_range": lambda unit, at: unit.score_range(at.pilot.id, since=NOW + DAY),
    "last_act": lambda unit, at: unit.last_act(at.pilot.id, at.owner.id),
    "evaluation": lambda unit, at: unit.evaluation(at.pilot.id),
    "evaluations": lambda unit, at: unit.evaluations(),
    "due_evaluations": lambda unit, at: unit.due_evaluations(NOW + DAY, limit=9),
    "mutes": lambda unit, at: unit.mutes(at.pilot.id),
    "usual_stays": lambda unit, at: unit.usual_stays(),
    "request": lambda unit, at: unit.request(1),
    "requests": lambda unit, at: (unit.requests(), unit.requests(person=at.helper.id, unanswered=False)),
    "decisions": lambda unit, at: (
        unit.decisions(),
        unit.decisions(pilot=at.pilot.id),
        unit.decisions(since=NOW),
        unit.decisions(pilot=at.pilot.id, since=NOW),
    ),
    "help_asked": lambda unit, at: unit.help_asked(at.helper.id, "", since=NOW - DAY),
    "posted": lambda unit, at: unit.posted("hello"),
    "stands_in": lambda unit, at: unit.stands_in("checkin:1:invite"),
    "strips": lambda unit, at: unit.strips("bundle"),
    "unsealed": lambda unit, at: unit.unsealed(limit=9),
    "trail_of_kind": lambda unit, at: unit.trail_of_kind("stage"),
    "erasures": lambda unit, at: unit.erasures(),
    "last_link": lambda unit, at: unit.last_link(),
    "sealed": lambda unit, at: unit.sealed(after=0, limit=9),
    "trail": lambda unit, at: unit.trail(at.pilot.id),
    "subscriptions": lambda unit, at: unit.subscriptions(),
    "due_subscriptions": lambda unit, at: unit.due_subscriptions(NOW + DAY),
}
# Every method that writes, aimed at the things of another world: nothing there may change.
CHANGES: dict[str, Callable[[Unit, Any], Any]] = {
    "first_sight": lambda unit, at: unit.first_sight("seen", NOW + DAY),
    "save_person": lambda unit, at: unit.save_person(replace(at.owner, name="Eve")),
    "save_identity": lambda unit, at: unit.save_identity(
        Identity(at.owner.id, "U1", replace(at.address, conversation="E"))
    ),
    "drop_identity": lambda unit, at: unit.drop_identity(Identity(at.owner.id, "U1", at.address)),
    "add_nag": lambda unit, at: unit.add_nag(
        Nag(
            at.owner.id,
            at.pilot.id,
            unit.history(at.pilot.id)[0].id if unit.history(at.pilot.id) else 1,
            "sponsor",
            NOW,
        )
    ),
    "put_strip": lambda unit, at: unit.put_strip(Strip("bundle", "checkin:1:invite", Card("Eve", "Eve"))),
    "save_sought": lambda unit, at: unit.save_sought(
        Sought(at.owner.id, at.connection.id, NOW + WEEK, Finding.APART)
    ),
    "switch_off": lambda unit, at: (unit.switch_off(at.address), unit.switch_off(at.channel.address)),
    "save_connection": lambda unit, at: unit.save_connection(replace(at.connection, active=False)),
    "channel": lambda unit, at: unit.channel(at.channel.address, "eve"),
    "save_pilot": lambda unit, at: unit.save_pilot(replace(at.pilot, name="Eve")),
    "record": lambda unit, at: unit.record(Event("stage", NOW, None, at.pilot.id)),
    "keep_form": lambda unit, at: unit.keep_form(form(text="Eve")),
    "save_schedule": lambda unit, at: unit.save_schedule(Schedule(1, at.pilot.id, "pulse", None)),
    "open_checkin": lambda unit, at: unit.open_checkin(opened(at, slot=NOW + DAY)),
    "save": lambda unit, at: unit.save(replace(opened(at, phase=Phase.DONE), id=1), was=0),
    "keep": lambda unit, at: unit.keep([Given(1, "moved", "eve", 1, at.owner.id, NOW)]),
    "set_level": lambda unit, at: unit.set_level(at.pilot.id, ItemLevel("data.quality", 4, NOW, NOW)),
    "drop_snapshot": lambda unit, at: unit.drop_snapshot(at.pilot.id, NOW),
    "add_snapshot": lambda unit, at: unit.add_snapshot(
        Snapshot(at.pilot.id, NOW + HOUR, 1, {}, "", 0.1, 1, 1)
    ),
    "save_evaluation": lambda unit, at: unit.save_evaluation(evaluation(at, points=99)),
    "await_evaluation": lambda unit, at: unit.await_evaluation(at.pilot.id, NOW - DAY),
    "save_mute": lambda unit, at: unit.save_mute(
        Mute(at.pilot.id, "P01", NOW.date(), "eve", at.owner.id, NOW)
    ),
    "save_usual_stays": lambda unit, at: unit.save_usual_stays({"pilot": 1}),
    "save_request": lambda unit, at: unit.save_request(
        Request(1, "help", at.pilot.id, at.helper.id, None, NOW, reply="eve")
    ),
    "add_decision": lambda unit, at: unit.add_decision(
        Decision(0, at.pilot.id, "stop", NOW, at.owner.id, "lead", lesson="eve")
    ),
    "save_subscription": lambda unit, at: unit.save_subscription(Subscription(1, at.channel, NOW + WEEK)),
    "drop_subscription": lambda unit, at: unit.drop_subscription(1),
    "open_home": lambda unit, at: unit.open_home(at.owner.id, at.address, NOW),
    "outdate_homes": lambda unit, at: unit.outdate_homes([at.owner.id], at=NOW, leads_at=NOW),
    "enqueue": lambda unit, at: unit.enqueue(_eve(at), NOW),
    "hold_anew": lambda unit, at: unit.hold_anew(at.address, NOW + DAY, NOW),
    "cancel": lambda unit, at: unit.cancel("hello", "eve"),
    "give_up": lambda unit, at: unit.give_up(_in_hand(at), NOW, "eve"),
    "add_links": lambda unit, at: unit.add_links([Link(2, 1, ORIGIN, "eve")]),
    "begin_erasure": lambda unit, at: unit.begin_erasure(_theirs(at), NOW),
    "scrub": lambda unit, at: [
        unit.scrub(_theirs(at), where, NOW, after=0) for where in unit.tables_to_scrub()
    ],
    "forget_accounts": lambda unit, at: unit.forget_accounts(_theirs(at)),
    "forget": lambda unit, at: [unit.forget(kind, NOW + 9 * WEEK, limit=9) for kind in Kept],
    "end_erasure": lambda unit, at: unit.end_erasure(at.helper.id),
}


def _eve(at: Any) -> Any:
    from bot.core.card import Card
    from bot.core.ports import Message

    return Message("hello", at.address, Card("Eve", "Eve"))


def _in_hand(at: Any) -> Leased:
    return Leased(1, at.organisation.id, _eve(at), 1, NOW)


def test_the_two_lists_name_every_method_of_a_unit() -> None:
    methods = {name for name in dir(Unit) if not name.startswith("_") and callable(getattr(Unit, name))}
    apart = {"was_sent", "tables_to_scrub", "foresee"}
    assert methods == set(LOOKS) | set(CHANGES) | apart, "which have tests of their own"


def test_what_one_organisation_was_sent_another_was_not(store: Store) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")
    for at in (one, two):
        store.write(at.organisation.id, lambda unit, at=at: unit.enqueue(_eve(at), NOW))
    sent = next(m for m in store.outbox.lease(NOW, limit=9, hold=9) if m.organisation == one.organisation.id)
    assert store.outbox.sent(sent, MessageRef("C", "1"), NOW)
    assert store.read(one.organisation.id, lambda unit: unit.was_sent("hello"))
    assert not store.read(two.organisation.id, lambda unit: unit.was_sent("hello"))


def test_nothing_of_one_organisation_is_seen_from_another(store: Store) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")
    store.write(one.organisation.id, lambda unit: fill(unit, one))
    for name, look in LOOKS.items():
        seen = store.read(one.organisation.id, lambda unit, look=look: look(unit, one))
        shown = seen if isinstance(seen, tuple) else (seen,)
        assert all(shown), f"{name} shows nothing: the test is blind"
        leaked = store.read(two.organisation.id, lambda unit, look=look: look(unit, one))
        own = {"people": two.owner, "pilots": two.pilot}
        assert "Acme" not in repr(leaked), name
        if name in {
            "people",
            "find_people",
            "people_of_email",
            "connections",
            "channels",
            "pilots",
            "pilot_names",
            "pilot_by_key",
            "pilot_by_external",
        }:
            assert leaked == store.read(two.organisation.id, lambda unit, look=look: look(unit, two)), own
        else:
            assert not leaked or not any(leaked), name


def test_identical_organisations_see_each_its_own(store: Store) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")
    for at in (one, two):
        store.write(at.organisation.id, lambda unit, at=at: fill(unit, at))
    for name, look in LOOKS.items():
        if name in {"checkin", "given", "answers_of", "request"}:  # asked by number, which differs
            assert not store.read(two.organisation.id, lambda unit, look=look: look(unit, two)), name
            continue
        first = store.read(one.organisation.id, lambda unit, look=look: look(unit, one))
        second = store.read(two.organisation.id, lambda unit, look=look: look(unit, two))
        assert len(repr(first)) == pytest.approx(len(repr(second)), abs=8), f"{name} sees more than its own"


def test_nothing_of_one_organisation_is_changed_from_another(store: Store) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")
    store.write(one.organisation.id, lambda unit: fill(unit, one))

    def picture() -> dict[str, Any]:
        looks = {
            name: store.read(one.organisation.id, lambda unit, look=look: look(unit, one))
            for name, look in LOOKS.items()
        }
        return looks | {"connections": store.organisation_of("local", "T1")}

    before = picture()
    for name, change in CHANGES.items():
        with contextlib.suppress(StorageError):  # refused or not: what matters is below
            store.write(two.organisation.id, lambda unit, change=change: change(unit, one))
        assert picture() == before, name
    assert not store.write(one.organisation.id, lambda unit: unit.first_sight("seen", NOW))
    assert [leased.message.card.title for leased in store.outbox.lease(NOW, limit=9, hold=9)] == ["Title"]
