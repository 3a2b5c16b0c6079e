"""Corrections and other second thoughts: they change what they change, and nobody is left with what is untrue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.ports import Problems, Show, Store
from bot.service import registry, requests
from tests.fakes.office import CALM, Office


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    for user in ("bert", "carl"):
        office.person(user)
    return office


def pilot(office: Office) -> object:
    return office.read(lambda unit: unit.pilot(1))


def test_correcting_one_answer_of_an_old_check_in_leaves_the_record_of_a_newer_one(office: Office) -> None:
    policy = office.content.policy
    pulses = tuple(one for one in policy.cadences if one.questionnaire == "pulse")  # no review in between
    office.content = replace(office.content, policy=replace(policy, cadences=pulses))
    office.pilot("Inv", office.person("anna"))
    first = office.until_asked("anna")
    office.answers("anna", CALM)
    office.until(first.slot + timedelta(days=13))
    office.until_asked("anna")
    while office.live("anna")[0].questionnaire != "pulse":
        office.until(office.now + timedelta(days=1))
        office.until_asked("anna")
    office.answers("anna", CALM | {"pulse.date": "2027-06-10"})
    before = len(office.events("pilot.target"))
    old = next(post.card for post in office.platform.posts if f"checkin:{first.id}:" in post.key)
    office.presses("anna", "Correct an answer", {"question": "pulse.users"}, card=old)
    office.answers("anna", {"pulse.users": "99"})
    assert pilot(office).target.isoformat() == "2027-06-10"  # type: ignore[attr-defined]  # a Pilot
    assert len(office.events("pilot.target")) == before
    given = [
        one.value for one in office.read(lambda unit: unit.given(first.id)) if one.question == "pulse.users"
    ]
    assert given == [12, 99]


def test_correcting_an_old_kickoff_touches_only_what_was_corrected(office: Office) -> None:
    lena = office.person("lena", standing="lead")
    office.says("lena", "add Claims triage")
    office.answers("lena", {"kickoff.work": "Sortng claims", "kickoff.stage": "framed", "value.problem": "1"})
    office.answers("lena", {"kickoff.since": "2026-10-01", "kickoff.touch": ["none"]})
    known = pilot(office)
    moved = {"stage": "hardening", "name": "Renamed"}
    office.do(lambda work: registry.change_pilot(work, known, moved, actor=lena.id))
    office.presses("lena", "Correct an answer", {"question": "kickoff.work"})
    office.answers("lena", {"kickoff.work": "Sorting claims"})
    now = pilot(office)
    assert (now.work, now.stage, now.name) == ("Sorting claims", "hardening", "Renamed")  # type: ignore[attr-defined]  # a Pilot


def test_a_blocker_taken_back_takes_the_request_back_too(office: Office) -> None:
    office.pilot("Inv", office.person("anna"))
    office.until_asked("anna")
    office.answers("anna", CALM | {"pulse.block": "security"})
    office.answers("anna", {"pulse.who": "Bert", "pulse.need": "A slot"})
    assert "your help" in office.says("bert", "todo").card.fallback  # type: ignore[union-attr]  # a Show
    office.presses("anna", "Correct an answer", {"question": "pulse.block"})
    office.answers("anna", {"pulse.block": "nothing"})
    assert "settled" in office.platform.inbox("bert")[0].fallback
    assert "Nothing is waiting" in office.says("bert", "todo").card.fallback  # type: ignore[union-attr]  # a Show
    assert "Bert: Security" not in office.says("anna", "status inv").card.fallback  # type: ignore[union-attr]  # a Show


def test_a_corrected_name_asks_the_other_person_and_tells_the_first(office: Office) -> None:
    office.pilot("Inv", office.person("anna"))
    office.until_asked("anna")
    office.answers("anna", CALM | {"pulse.block": "security"})
    office.answers("anna", {"pulse.who": "Bert"})
    office.presses("anna", "Correct an answer", {"question": "pulse.who"})
    office.answers("anna", {"pulse.who": "Carl"})
    assert "settled" in office.platform.inbox("bert")[0].fallback
    assert "needs your help" in office.platform.inbox("carl")[0].fallback
    office.presses("carl", "On it")
    office.presses("anna", "Correct an answer", {"question": "pulse.need"})
    office.answers("anna", {"pulse.need": "A slot in May"})
    assert len(office.platform.inbox("carl")) == 1, "asked once, whatever is corrected later"


def test_a_corrected_need_reaches_the_open_request(office: Office) -> None:
    office.pilot("Inv", office.person("anna"))
    office.until_asked("anna")
    office.answers("anna", CALM | {"pulse.block": "security"})
    office.answers("anna", {"pulse.who": "Bert", "pulse.need": "A slot"})
    office.presses("anna", "Correct an answer", {"question": "pulse.need"})
    office.answers("anna", {"pulse.need": "A slot in May"})
    (card,) = office.platform.inbox("bert")
    assert "A slot in May" in card.fallback


def test_a_refused_role_stays_refused(office: Office) -> None:
    office.person("lena", standing="lead")
    office.says("lena", "add Claims triage")
    first = {"kickoff.work": "x", "kickoff.stage": "framed", "value.problem": "1", "kickoff.owner": "Bert"}
    office.answers("lena", first)
    office.answers("lena", {"kickoff.since": "2026-10-01", "kickoff.touch": ["none"]})
    asked = office.platform.inbox("bert")[0]
    office.presses("bert", "Not me")
    assert pilot(office).owner is None  # type: ignore[attr-defined]  # a Pilot
    late = office.presses("bert", "Accept", card=asked)
    assert isinstance(late, Show)
    assert "already been settled" in late.card.fallback
    office.presses("lena", "Correct an answer", {"question": "kickoff.touch"})
    office.answers("lena", {"kickoff.touch": ["personal"]})
    assert (pilot(office).owner, pilot(office).risk) == (None, "medium")  # type: ignore[attr-defined]  # a Pilot
    assert len(office.platform.inbox("bert")) == 1


def test_a_question_given_back_can_be_handed_on_again_even_to_the_same_person(office: Office) -> None:
    office.pilot("Inv", office.person("anna"))
    office.until_asked("anna")
    office.presses("anna", "Ask a colleague", {"question": "pulse.users", "to": "Bert"})
    office.presses("bert", "I don't know either")
    office.presses("anna", "Ask a colleague", {"question": "pulse.users", "to": "Carl"})
    assert "asks for your help" in office.platform.inbox("carl")[0].fallback
    office.presses("carl", "I don't know either")
    office.presses("anna", "Ask a colleague", {"question": "pulse.users", "to": "Bert"})
    office.answers("bert", {"pulse.users": "7"})
    given = office.read(lambda unit: unit.given(1))
    assert [(one.question, one.value) for one in given] == [("pulse.users", 7)]


def test_two_questions_with_one_colleague_are_answered_each_on_its_own_card(office: Office) -> None:
    office.pilot("Inv", office.person("anna"))
    office.until_asked("anna")
    office.presses("anna", "Ask a colleague", {"question": "pulse.users", "to": "Bert"})
    office.presses("anna", "Ask a colleague", {"question": "pulse.sure", "to": "Bert"})
    users, sure = office.platform.inbox("bert")
    assert not isinstance(office.presses("bert", "Send", {"pulse.users": "7"}, card=users), Problems)
    assert not isinstance(office.presses("bert", "Send", {"pulse.sure": "even"}, card=sure), Problems)
    assert {one.question for one in office.read(lambda unit: unit.given(1))} == {"pulse.users", "pulse.sure"}


def test_nothing_is_handed_to_somebody_who_cannot_be_reached_or_has_left(office: Office) -> None:
    office.pilot("Inv", office.person("anna"))
    office.until_asked("anna")
    from bot.core.records import Person

    office.write(lambda unit: unit.save_person(Person(0, "Ghost")))
    office.person("zed", active=False)
    for name in ("Ghost", "zed"):
        reply = office.presses("anna", "Not mine", {"to": name})
        assert isinstance(reply, Problems), name
        assert "to" in reply.by_field
    assert len(office.live("anna")) == 1


def test_whoever_takes_over_is_reminded_in_their_own_day(office: Office) -> None:
    office.pilot("Inv", office.person("anna"))
    office.person("yuki", zone="Asia/Tokyo")
    office.until_asked("anna")
    office.presses("anna", "Not mine", {"to": "yuki"})
    (checkin,) = office.live("yuki")
    hours = {(moment + timedelta(hours=9)).hour for moment in checkin.state.ladder}
    assert all(8 <= hour < 18 for hour in hours)
    assert "Anna says this one is yours" in office.platform.inbox("yuki")[0].fallback


def test_a_check_in_follows_a_change_of_owner_and_the_end_of_its_pilot(office: Office) -> None:
    anna, bert = office.person("anna"), office.read(lambda unit: unit.find_people("bert")[0])
    office.pilot("Inv", anna)
    office.until_asked("anna")
    known = pilot(office)
    office.do(lambda work: registry.change_pilot(work, known, {"owner": bert.id}, actor=None))
    refused = office.answers("anna")
    assert isinstance(refused, Show)
    assert refused.card.fallback == "Inv: This card is from before: Bert owns it now. Nothing was changed."
    office.deliver()
    assert "another owner" in office.platform.inbox("anna")[0].fallback
    assert office.read(lambda unit: unit.given(1)) == []
    office.until_asked("bert")
    stopped = pilot(office)
    office.do(lambda work: registry.change_pilot(work, stopped, {"stage": "stopped"}, actor=None))
    office.until(office.now + timedelta(days=5))
    assert office.live("bert") == []
    assert "has ended" in office.platform.inbox("bert")[-1].fallback
    assert "nothing to pause" in office.says("bert", "pause inv until 2027-01-20").card.fallback  # type: ignore[union-attr]  # a Show


def test_a_pilot_with_a_deputy_alone_is_still_asked_about(office: Office) -> None:
    deputy = office.person("dora")
    office.pilot("Inv", None, deputy=deputy.id)
    assert office.until_asked("dora").state.person == deputy.id


def test_nobody_is_held_to_questions_that_could_not_reach_them(office: Office) -> None:
    from bot.core.records import Person

    ghost = office.write(lambda unit: unit.save_person(Person(0, "Ghost")))
    office.pilot("Inv", ghost)
    office.until(office.now + timedelta(days=45))
    assert office.events("checkin.opened") == []
    assert {event.after for event in office.events("slot.skipped")} == {"nobody to ask"}
    assert "No answer" not in office.says("bert", "status inv").card.fallback  # type: ignore[union-attr]  # a Show


def test_the_sponsors_yes_makes_measure_start_and_target_an_agreed_baseline(office: Office) -> None:
    office.person("lena", standing="lead")
    office.says("lena", "add Claims triage")
    screen = {
        "kickoff.work": "x",
        "kickoff.stage": "framed",
        "value.problem": "1",
        "kickoff.metric": "Minutes",
    }
    office.answers("lena", screen | {"kickoff.sponsor": "Bert"})
    numbers = {"kickoff.baseline": "40", "kickoff.target": "20", "kickoff.golive": "2027-05-01"}
    office.answers("lena", numbers | {"kickoff.since": "2026-10-01", "kickoff.touch": ["none"]})
    assert office.read(lambda unit: unit.levels(1))["value.baseline"].level == 2
    office.presses("bert", "Accept")
    assert office.read(lambda unit: unit.levels(1))["value.baseline"].level == 3


@pytest.mark.parametrize(("stage", "after"), [("idea", "framed"), ("pilot", "pilot")])
def test_an_idea_is_framed_when_its_owner_accepts_it(office: Office, stage: str, after: str) -> None:
    lena, bert = office.person("lena", standing="lead"), office.person("bert")
    pilot = office.pilot("Claims triage", bert, stage=stage)
    office.do(lambda work: requests.ask_roles(work, pilot, asked_by=lena.id))
    office.deliver()
    office.presses("bert", "Accept")
    found = office.read(lambda unit: unit.pilot(pilot.id))
    assert (found.stage, found.owner_accepted) == (after, True)
    assert found.stage_since == (office.now.date() if stage == "idea" else pilot.stage_since)
