"""A check-in's life, told as its people see it; the engine alone, without clock, database or chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.content.loader import load
from bot.core import checkin as engine
from bot.core import events
from bot.core.context import Context
from bot.core.events import Amend, Finish, Keep, Say, Step
from bot.core.routing import Record
from bot.core.state import Phase, State
from bot.core.values import NoneYet

CONTENT = load(Path(__file__).parents[2] / "questionnaires")
PULSE = CONTENT.questionnaires["pulse"]
ANNA, BO, CARL = 1, 2, 3
TUESDAY = datetime(2026, 3, 31, 7, 0, tzinfo=UTC)  # 10:00 in Riga
CALM = {
    "pulse.moved": "worked",
    "pulse.block": "nothing",
    "pulse.date": "2026-06-01",
    "pulse.users": "12",
    "pulse.sure": "even",
}
BLOCKED = CALM | {"pulse.block": "security"}


def world(**changes: Any) -> Context:
    """Invoice matcher, in Pilot, owned by Anna in Riga."""
    context = Context(
        checkin=7,
        pilot_name="Invoice matcher",
        asking=CONTENT.policy.asking,
        zone="Europe/Riga",
        record=Record(pilot={"stage": "pilot", "target_date": date(2026, 6, 1)}, role="owner"),
        names={ANNA: "Anna", BO: "Bo", CARL: "Carl"},
        people={ANNA: "Anna", BO: "Bo Lindqvist", CARL: "Carl"},
        placeholders={"last_date": "17 Mar"},
        nothing={"pulse.moved": "nothing"},
    )
    return replace(context, **changes)


WORLD = world()


def begin(context: Context = WORLD) -> State:
    return engine.start(PULSE, context, ANNA, TUESDAY).state


def go(state: State, event: events.Event, context: Context = WORLD) -> Step:
    return engine.step(PULSE, context, state, event)


def submit(
    state: State, values: dict[str, Any], *, by: int = ANNA, at: datetime = TUESDAY, **where: Any
) -> Step:
    return go(state, events.Submitted(at, by, where.get("step", state.step), values))


def kept(step: Step) -> dict[str, Any]:
    return {effect.question: effect.value for effect in step.effects if isinstance(effect, Keep)}


def test_the_invitation_says_what_pilot_how_many_questions_and_how_long() -> None:
    step = engine.start(PULSE, WORLD, ANNA, TUESDAY)
    (said,) = step.effects
    assert isinstance(said, Say)
    assert (said.slot, said.to) == ("invite", ANNA)
    for words in (
        "Invoice matcher",
        "5 questions",
        "about a minute",
        "Closes Fri 3 Apr 10:00",
        "since 17 Mar",
    ):
        assert words in said.card.fallback
    assert [field.name for field in said.card.fields] == list(CALM)


def test_five_calm_answers_finish_it_on_one_screen() -> None:
    step = submit(begin(), CALM)
    assert step.state.phase is Phase.DONE
    assert step.state.outcome == "answered"
    assert kept(step)["pulse.users"] == 12
    assert Finish("answered", "invite", ANNA) in step.effects
    assert step.state.wake_at is None


def test_a_blocker_brings_the_follow_ups_and_all_of_them_may_be_left_empty() -> None:
    step = submit(begin(), BLOCKED)
    assert step.state.asking == ("pulse.who", "pulse.need")
    assert submit(step.state, {}).state.phase is Phase.DONE


def test_a_date_moved_by_more_than_14_days_asks_why() -> None:
    assert "pulse.why_date" in submit(begin(), CALM | {"pulse.date": "2026-06-16"}).state.asking
    assert submit(begin(), CALM | {"pulse.date": "2026-06-15"}).state.phase is Phase.DONE


def test_no_date_yet_is_an_answer_of_its_own() -> None:
    assert submit(begin(), CALM | {"pulse.date": "none"}).state.answers["pulse.date"] == NoneYet()


def test_problems_come_back_for_each_question_in_plain_words_and_nothing_else_changes() -> None:
    state = begin()
    step = submit(
        state, {"pulse.moved": "soon", "pulse.users": "-3", "pulse.date": "someday", "pulse.block": "data"}
    )
    assert step.state == state
    assert step.effects == ()
    assert set(step.problems) == {"pulse.moved", "pulse.users", "pulse.date", "pulse.sure"}
    assert "not one of the choices" in step.problems["pulse.moved"]
    assert "smallest number" in step.problems["pulse.users"]
    assert step.problems["pulse.sure"] == "Please choose an answer."


def test_a_second_press_of_the_same_button_changes_nothing() -> None:
    state = begin()
    first = submit(state, BLOCKED)
    again = submit(first.state, BLOCKED, step=state.step)
    assert (again.state, again.effects) == (first.state, ())


def test_somebody_else_cannot_answer() -> None:
    state = begin()
    assert submit(state, CALM, by=CARL) == Step(state)


def test_back_shows_the_screen_before_with_what_was_entered() -> None:
    state = submit(begin(), BLOCKED).state
    step = go(state, events.WentBack(TUESDAY, ANNA, state.step))
    (amend,) = step.effects
    assert isinstance(amend, Amend)
    assert {field.name: field.initial for field in amend.card.fields}["pulse.block"] == ("security",)
    assert submit(step.state, CALM).state.phase is Phase.DONE


def test_changing_an_answer_drops_what_it_hides_from_the_result_and_says_so_to_the_history() -> None:
    done = submit(submit(begin(), BLOCKED).state, {"pulse.who": "Bo Lindqvist", "pulse.need": "a date"}).state
    correcting = go(done, events.Corrected(TUESDAY, ANNA, "pulse.block"))
    assert correcting.state.phase is Phase.DONE
    step = submit(correcting.state, {"pulse.block": "nothing"})
    assert "pulse.who" not in step.state.answers
    assert kept(step) == {"pulse.block": "nothing", "pulse.who": None, "pulse.need": None}
    assert step.state.phase is Phase.DONE
    assert step.state.outcome == "answered"
    assert Finish("corrected", "invite", ANNA) in step.effects


def test_one_question_can_go_to_a_colleague_and_its_answer_comes_back() -> None:
    state = submit(begin(), BLOCKED).state
    step = go(state, events.Handed(TUESDAY, ANNA, "pulse.who", BO))
    asked = next(effect for effect in step.effects if isinstance(effect, Say))
    assert (asked.to, asked.slot) == (BO, f"ask:pulse.who:{BO}")
    waiting = submit(step.state, {"pulse.need": "a slot in May"})
    assert waiting.state.phase is Phase.WAITING
    answered = go(waiting.state, events.Typed(TUESDAY, BO, "Carl"))
    assert answered.state.phase is Phase.DONE
    assert answered.state.answers["pulse.who"] == str(CARL)
    told = [effect for effect in answered.effects if isinstance(effect, Say) and effect.to == ANNA]
    assert "Bo answered" in told[0].card.fallback


def test_handing_one_question_on_keeps_a_half_filled_form_good() -> None:
    state = begin()
    handed = go(state, events.Handed(TUESDAY, ANNA, "pulse.users", BO)).state
    rest = {name: value for name, value in CALM.items() if name != "pulse.users"}
    assert submit(handed, rest, step=state.step).state.phase is Phase.WAITING


def test_a_colleague_who_does_not_know_gives_the_question_back() -> None:
    handed = go(begin(), events.Handed(TUESDAY, ANNA, "pulse.users", BO)).state
    step = go(handed, events.PassedBack(TUESDAY, BO, "pulse.users"))
    assert "pulse.users" in step.state.asking
    assert step.state.handed == {}


def test_a_question_still_with_a_colleague_at_closing_time_is_let_go() -> None:
    handed = go(begin(), events.Handed(TUESDAY, ANNA, "pulse.users", BO)).state
    rest = {name: value for name, value in CALM.items() if name != "pulse.users"}
    waiting = submit(handed, rest).state
    step = go(waiting, events.Ticked(waiting.closes_at))
    assert step.state.phase is Phase.DONE
    assert "pulse.users" not in step.state.answers


def test_the_whole_check_in_can_be_handed_over() -> None:
    state = begin()
    step = go(state, events.HandedOver(TUESDAY, ANNA, BO))
    gone, new = step.effects
    assert isinstance(gone, Amend)
    assert "Bo" in gone.card.fallback
    assert isinstance(new, Say)
    assert new.to == BO
    assert submit(step.state, CALM, by=ANNA).effects == ()
    assert submit(step.state, CALM, by=BO).state.phase is Phase.DONE


def test_nothing_to_report_is_one_tap_but_not_twice_in_a_row() -> None:
    step = go(begin(), events.SaidNothing(TUESDAY, ANNA))
    assert (step.state.phase, step.state.outcome) == (Phase.DONE, "nothing")
    assert kept(step) == {"pulse.moved": "nothing"}
    strict = world(nothing={})
    again = go(begin(strict), events.SaidNothing(TUESDAY, ANNA), strict)
    assert again.state.phase is Phase.OPEN
    assert "last time" in again.problems[""]
    (said,) = engine.start(PULSE, strict, ANNA, TUESDAY).effects
    assert isinstance(said, Say)
    assert "Nothing to report" not in [action.label for action in said.card.actions]


def test_a_snooze_is_at_most_seven_days_and_asks_again_in_a_new_message() -> None:
    state = begin()
    assert go(state, events.Snoozed(TUESDAY, ANNA, TUESDAY + timedelta(days=8))).problems
    until = TUESDAY + timedelta(days=2)
    snoozed = go(state, events.Snoozed(TUESDAY, ANNA, until)).state
    assert (snoozed.phase, snoozed.wake_at) == (Phase.SNOOZED, until)
    woken = go(snoozed, events.Ticked(until))
    assert woken.state.phase is Phase.OPEN
    assert [type(effect) for effect in woken.effects] == [Amend, Say]
    assert woken.state.closes_at > until


def test_a_snoozed_check_in_can_be_answered_at_once() -> None:
    snoozed = go(begin(), events.Snoozed(TUESDAY, ANNA, TUESDAY + timedelta(days=2))).state
    assert submit(snoozed, CALM).state.phase is Phase.DONE


def test_declining_needs_a_reason() -> None:
    state = begin()
    assert "reason" in go(state, events.Declined(TUESDAY, ANNA, " ")).problems
    step = go(state, events.Declined(TUESDAY, ANNA, "We are in an audit"))
    assert step.state.phase is Phase.DECLINED
    assert submit(step.state, CALM).effects == ()


def test_two_reminders_at_most_then_silence_counts_and_a_late_answer_is_still_taken() -> None:
    state, said = begin(), 0
    while state.wake_at is not None:
        step = go(state, events.Ticked(state.wake_at))
        said += sum(isinstance(effect, Say) for effect in step.effects)
        state = step.state
    assert said == CONTENT.policy.asking.reminders == 2
    assert (state.phase, state.outcome) == (Phase.EXPIRED, "missed")
    late = submit(state, CALM, at=state.closes_at + timedelta(days=2))
    assert (late.state.phase, late.state.late, late.state.outcome) == (Phase.DONE, True, "answered")


def test_an_answer_stops_the_reminders() -> None:
    done = submit(begin(), CALM).state
    assert go(done, events.Ticked(TUESDAY + timedelta(days=1))) == Step(done)


def test_after_an_outage_one_reminder_is_sent_not_two() -> None:
    state = begin()
    step = go(state, events.Ticked(state.ladder[-1] + timedelta(minutes=30)))
    assert sum(isinstance(effect, Say) for effect in step.effects) == 1
    assert step.state.ladder == ()


def test_what_an_outage_moved_into_the_night_is_said_in_the_morning() -> None:
    state = begin()
    night = TUESDAY + timedelta(days=1, hours=12)
    step = go(state, events.Ticked(night))
    assert step.effects == ()
    assert step.state.wake_at is not None
    assert night < step.state.wake_at < night + timedelta(hours=11)
    again = go(step.state, events.Ticked(step.state.wake_at))
    assert sum(isinstance(effect, Say) for effect in again.effects) == 1


def test_a_tick_before_its_time_changes_nothing() -> None:
    state = begin()
    assert go(state, events.Ticked(TUESDAY + timedelta(hours=1))) == Step(state)


def test_a_replaced_check_in_is_closed_for_good() -> None:
    state = begin()
    step = go(state, events.Withdrawn(TUESDAY, "a newer one has been sent."))
    assert step.state.phase is Phase.CLOSED
    assert submit(step.state, CALM).effects == ()
    assert go(step.state, events.Corrected(TUESDAY, ANNA, "pulse.moved")).effects == ()


def test_typed_text_answers_a_lone_question_and_else_points_to_the_form() -> None:
    state = begin()
    step = go(state, events.Typed(TUESDAY, ANNA, "worked"))
    assert "5 questions are open" in step.problems[""]
    lone = replace(state, asking=("pulse.moved",))
    assert go(lone, events.Typed(TUESDAY, ANNA, "2")).state.answers["pulse.moved"] == "worked"


def test_last_times_answer_is_a_grey_line_and_never_chosen_beforehand() -> None:
    before = world(
        record=replace(WORLD.record, last={"pulse.block": "security", "pulse.users": 4}), blocked_for=3
    )
    (said,) = engine.start(PULSE, before, ANNA, TUESDAY).effects
    assert isinstance(said, Say)
    fields = {field.name: field for field in said.card.fields}
    assert fields["pulse.block"].previous == "Last time: Security review (3 times in a row)"
    assert fields["pulse.block"].initial == ()
    assert fields["pulse.users"].previous == "Last time: 4"
    assert fields["pulse.users"].initial == ""


def test_what_is_already_known_is_not_asked_again() -> None:
    kickoff = CONTENT.questionnaires["kickoff"]
    step = engine.start(kickoff, WORLD, ANNA, TUESDAY, answers={"kickoff.name": "Invoice matcher"})
    assert "kickoff.name" not in step.state.asking
    assert kept(step) == {"kickoff.name": "Invoice matcher"}


@pytest.mark.parametrize("form", sorted(CONTENT.questionnaires))
def test_every_shipped_form_starts_and_says_what_it_asks(form: str) -> None:
    focus = frozenset(item.id for item in CONTENT.model.items())
    context = world(
        record=replace(WORLD.record, focus=focus, role="sponsor" if form == "second" else "owner")
    )
    step = engine.start(CONTENT.questionnaires[form], context, ANNA, TUESDAY)
    assert step.state.asking
