"""What a finished check-in changes: the pilot's record, item levels, the blocker."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.core.outcome import Blocker, blocker, level_changes, nothing_values, pilot_changes
from bot.core.questionnaire import Questionnaire
from bot.core.records import ItemLevel
from bot.core.values import NoneYet, NotApplicable, NotKnown, Value
from tests.core.scenery import LINK, NOW, TODAY, ago, content, day, level, pilot

DANA, SOFIA, OKAFOR = 1, 2, 3
SOON = date(2026, 6, 30)


# --- the pilot's record: pulse ------------------------------------------------------------------------------


def test_the_first_date_for_real_use_is_kept_as_the_original_one() -> None:
    assert pilot_changes("pulse", {"pulse.date": SOON}, pilot(), TODAY) == {
        "target": SOON,
        "original_target": SOON,
    }


def test_a_later_date_moves_the_target_and_not_the_original() -> None:
    dated = pilot(target=SOON, original_target=SOON)
    later = SOON + timedelta(days=30)
    assert pilot_changes("pulse", {"pulse.date": later}, dated, TODAY) == {"target": later}


def test_no_date_yet_takes_the_date_away() -> None:
    dated = pilot(target=SOON, original_target=SOON)
    assert pilot_changes("pulse", {"pulse.date": NoneYet()}, dated, TODAY) == {"target": None}


@pytest.mark.parametrize("answers", [{}, {"pulse.date": SOON}])
def test_a_date_kept_or_not_given_changes_nothing(answers: dict[str, Value]) -> None:
    assert pilot_changes("pulse", answers, pilot(target=SOON, original_target=SOON), TODAY) == {}


def test_other_forms_leave_the_record_alone() -> None:
    assert pilot_changes("review", {"pulse.date": SOON, "kickoff.name": "X"}, pilot(), TODAY) == {}


# --- the pilot's record: kickoff ----------------------------------------------------------------------------


def test_a_kickoff_fills_the_record() -> None:
    answers: dict[str, Value] = {
        "kickoff.name": "Claims triage",
        "kickoff.work": "Sorting new claims",
        "kickoff.stage": "hardening",
        "kickoff.since": day(10),
        "kickoff.metric": "Minutes a claim",
        "kickoff.baseline": 30,
        "kickoff.target": 12.5,
        "kickoff.golive": SOON,
    }
    assert pilot_changes("kickoff", answers, pilot(), TODAY) == {
        "name": "Claims triage",
        "work": "Sorting new claims",
        "stage": "hardening",
        "stage_since": day(10),
        "metric": "Minutes a claim",
        "baseline": 30.0,
        "goal": 12.5,
        "target": SOON,
        "original_target": SOON,
    }


def test_an_idea_has_been_one_since_today_unless_it_already_was_one() -> None:
    answers: dict[str, Value] = {"kickoff.stage": "idea"}
    assert pilot_changes("kickoff", answers, pilot(), TODAY) == {"stage": "idea", "stage_since": TODAY}
    assert pilot_changes("kickoff", answers, pilot(stage="idea"), TODAY) == {}


def test_a_kickoff_does_not_wake_a_paused_pilot() -> None:
    paused = pilot(stage="paused", paused_until=day(-30), before_pause="pilot")
    assert pilot_changes("kickoff", {"kickoff.stage": "limited"}, paused, TODAY) == {}


def test_a_new_owner_has_to_accept_and_the_old_one_stays_as_deputy() -> None:
    assert pilot_changes("kickoff", {"kickoff.owner": str(OKAFOR)}, pilot(), TODAY, by=DANA) == {
        "owner": OKAFOR,
        "deputy": DANA,
    }


def test_a_deputy_who_is_there_stays() -> None:
    found = pilot_changes("kickoff", {"kickoff.owner": str(OKAFOR)}, pilot(deputy=SOFIA), TODAY, by=DANA)
    assert found == {"owner": OKAFOR}


def test_who_names_themselves_has_accepted() -> None:
    answers: dict[str, Value] = {"kickoff.owner": str(DANA), "kickoff.sponsor": str(DANA)}
    assert pilot_changes("kickoff", answers, pilot(), TODAY, by=DANA) == {
        "owner_accepted": True,
        "sponsor": DANA,
        "sponsor_accepted": True,
    }


def test_a_new_sponsor_has_not_accepted_yet() -> None:
    known = pilot(sponsor_accepted=True)
    answers: dict[str, Value] = {"kickoff.sponsor": str(OKAFOR)}
    found = pilot_changes("kickoff", answers, known, TODAY, by=DANA)
    assert found == {"sponsor": OKAFOR, "sponsor_accepted": False}


def test_naming_the_same_sponsor_again_does_not_take_the_yes_back() -> None:
    known = pilot(sponsor_accepted=True)
    assert pilot_changes("kickoff", {"kickoff.sponsor": str(SOFIA)}, known, TODAY, by=DANA) == {}


def test_what_is_left_empty_erases_nothing() -> None:
    assert pilot_changes("kickoff", {}, pilot(metric="Hours", baseline=3.0, target=SOON), TODAY) == {}


def test_not_measured_yet_takes_a_number_back() -> None:
    answers: dict[str, Value] = {"kickoff.baseline": NoneYet()}
    assert pilot_changes("kickoff", answers, pilot(baseline=3.0), TODAY) == {"baseline": None}


@pytest.mark.parametrize(
    ("touches", "known", "risk"),
    [
        (("people",), "", "high"),
        (("people", "public"), "", "high"),
        (("personal",), "", "medium"),
        (("sector", "acts"), "", "medium"),
        (("none",), "", "low"),
        (("none", "personal"), "", "medium"),
        (("personal",), "low", "medium"),
        (("none",), "high", None),  # only a reviewer lowers a risk
        (("personal",), "medium", None),
    ],
)
def test_what_it_touches_proposes_the_risk(touches: tuple[str, ...], known: str, risk: str | None) -> None:
    found = pilot_changes("kickoff", {"kickoff.touch": touches}, pilot(risk=known), TODAY)
    assert found == ({} if risk is None else {"risk": risk})


# --- item levels --------------------------------------------------------------------------------------------


def test_a_first_answer_is_a_level_as_of_now() -> None:
    assert _reviewed({"data.access": 2}) == (
        ItemLevel("data.access", 2, at=NOW, changed_at=NOW, by=DANA, checkin=7),
    )


def test_i_dont_know_is_kept_as_unknown() -> None:
    (found,) = _reviewed({"data.access": NotKnown()})
    assert (found.level, found.not_applicable) == (None, "")


def test_does_not_apply_is_kept_with_its_reason() -> None:
    (found,) = _reviewed({"data.owner": NotApplicable("bought tool")})
    assert (found.level, found.not_applicable) == (None, "bought tool")


def test_the_reason_may_come_from_the_question_after() -> None:
    (found,) = _reviewed({"data.owner": NotApplicable(""), "data.owner.why_not": "no data"})
    assert found.not_applicable == "no data"


def test_does_not_apply_without_a_reason_still_does_not_apply() -> None:
    (found,) = _reviewed({"data.owner": NotApplicable("")})
    assert found.not_applicable


def test_the_same_level_again_is_a_confirmation() -> None:
    before = level("data.access", 2, days=30, same=1)
    (found,) = _reviewed({"data.access": 2}, before)
    assert (found.same, found.at, found.changed_at) == (2, NOW, ago(30))


def test_another_level_starts_anew_and_keeps_its_link() -> None:
    before = level("data.access", 3, days=30, link=LINK, same=2)
    (found,) = _reviewed({"data.access": 4}, before)
    assert (found.level, found.same, found.changed_at) == (4, 0, NOW)
    assert (found.link, found.link_at) == (LINK, ago(30))


def test_what_applies_again_is_a_change() -> None:
    before = level("data.owner", None, days=30, not_applicable="bought tool")
    (found,) = _reviewed({"data.owner": NotKnown()}, before)
    assert (found.not_applicable, found.changed_at, found.same) == ("", NOW, 0)


def test_finishing_the_same_checkin_again_confirms_nothing() -> None:
    (first,) = _reviewed({"data.access": 2}, level("data.access", 2, days=30))
    assert _reviewed({"data.access": 2}, first) == ()


def test_a_link_proves_the_level_it_came_with() -> None:
    (found,) = _reviewed({"data.access": 3, "data.access.link": LINK})
    assert (found.level, found.link, found.link_at) == (3, LINK, NOW)


def test_a_link_makes_a_repeated_answer_new() -> None:
    before = level("data.access", 3, days=30, same=4)
    (found,) = _reviewed({"data.access": 3, "data.access.link": LINK}, before)
    assert (found.same, found.at, found.changed_at) == (0, NOW, ago(30))


def test_a_link_alone_is_attached_to_the_level_on_record() -> None:
    before = level("data.access", 3, days=30)
    (found,) = _reviewed({"data.access.link": LINK}, before)
    assert (found.level, found.link, found.at) == (3, LINK, NOW)


def test_a_link_without_any_level_proves_nothing() -> None:
    assert _reviewed({"data.access.link": LINK}) == ()


def test_linking_twice_in_one_checkin_changes_nothing() -> None:
    answers: dict[str, Value] = {"data.access": 3, "data.access.link": LINK}
    (first,) = _reviewed(answers)
    assert _reviewed(answers, first) == ()


def test_items_that_were_not_asked_stay_as_they_are() -> None:
    assert _reviewed({"data.access": 2}, level("gov.risk", 3), level("data.access", 2, checkin=7)) == ()


@pytest.mark.parametrize(
    ("answers", "reached"),
    [
        ({}, 0),
        ({"kickoff.metric": "Hours"}, 1),
        ({"kickoff.metric": "Hours", "kickoff.baseline": NoneYet()}, 1),
        ({"kickoff.metric": "Hours", "kickoff.baseline": 0}, 2),
        ({"kickoff.metric": "Hours", "kickoff.baseline": 12.5, "kickoff.target": 6}, 2),
    ],
)
def test_the_kickoff_numbers_say_how_far_the_baseline_is(answers: dict[str, Value], reached: int) -> None:
    (found,) = _changes("kickoff", answers)
    assert (found.item, found.level) == ("value.baseline", reached)


def test_a_kickoff_does_not_undo_a_baseline_that_was_agreed() -> None:
    agreed = level("value.baseline", 3, days=10, link=LINK)
    answers: dict[str, Value] = {"kickoff.metric": "Hours", "kickoff.baseline": 12}
    (found,) = _changes("kickoff", answers, agreed)
    assert (found.level, found.same) == (3, 1)


def test_a_kickoff_answers_its_own_item_too() -> None:
    found = _changes("kickoff", {"value.problem": 2, "kickoff.metric": "Hours"})
    assert {each.item: each.level for each in found} == {"value.problem": 2, "value.baseline": 1}


def test_a_pulse_changes_no_level() -> None:
    assert _changes("pulse", {"pulse.moved": "finished", "pulse.done": LINK}) == ()


# --- blocker and "nothing to report" ------------------------------------------------------------------------


def test_a_blocker_has_a_name_a_person_and_a_need() -> None:
    answers: dict[str, Value] = {
        "pulse.block": "security",
        "pulse.who": str(OKAFOR),
        "pulse.need": "A date for the review",
    }
    found = blocker(_form("pulse"), answers)
    assert found == Blocker("security", "Security review", OKAFOR, "A date for the review")


def test_a_blocker_may_be_nobodys_yet() -> None:
    assert blocker(_form("pulse"), {"pulse.block": "money"}) == Blocker("money", "Money")


@pytest.mark.parametrize("answers", [{}, {"pulse.block": "nothing"}])
def test_nothing_in_the_way_is_no_blocker(answers: dict[str, Value]) -> None:
    assert blocker(_form("pulse"), answers) is None


def test_nothing_to_report_records_that_nothing_happened() -> None:
    assert nothing_values(_form("pulse")) == {"pulse.moved": "nothing"}
    assert nothing_values(_form("review")) == {}


# --- shorthand ----------------------------------------------------------------------------------------------


def _form(name: str) -> Questionnaire:
    return content().questionnaires[name]


def _changes(name: str, answers: dict[str, Value], *before: ItemLevel) -> tuple[ItemLevel, ...]:
    levels = {known.item: known for known in before}
    return level_changes(_form(name), answers, levels, by=DANA, at=NOW, checkin=7)


def _reviewed(answers: dict[str, Value], *before: ItemLevel) -> tuple[ItemLevel, ...]:
    return _changes("review", answers, *before)


def test_a_level_said_again_without_sight_of_the_earlier_one_is_as_good_as_new() -> None:
    known = level("flow.map", 3, days=60, same=2)
    (seen,) = _changes("review", {"flow.map": 3}, known)
    levels = {known.item: known}
    (blind,) = level_changes(
        _form("review"), {"flow.map": 3}, levels, by=DANA, at=NOW, checkin=7, blind="flow.map"
    )
    assert (seen.same, seen.fresh_at) == (3, None)
    assert (blind.same, blind.fresh_at, blind.changed_at) == (0, NOW, known.changed_at)
