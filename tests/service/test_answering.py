"""What a person's act does to the organisation: stored once, answered in place, told to those concerned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.card import Submit
from bot.core.compose import notes
from bot.core.ports import Clicked, Inbound, Nothing, Place, Problems, Sender, Show, Store, Update, Wrote
from bot.core.values import NoneYet
from bot.service import receive, registry
from tests.databases import on_both
from tests.fakes.office import CALM, Office


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


@on_both
def test_five_answers_are_stored_with_who_and_when_and_the_message_shows_the_end(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    checkin = office.until_asked("anna")
    reply = office.answers("anna")
    assert isinstance(reply, Update)
    assert reply.over
    given = office.read(lambda unit: unit.given(checkin.id))
    assert {one.question for one in given} == set(CALM)
    assert {(one.by, one.at) for one in given} == {(anna.id, office.now)}
    (final,) = office.platform.inbox("anna")
    assert "Thank you" in final.fallback
    assert "12" in final.fallback
    assert office.read(lambda unit: unit.pilot(pilot.id)).target.isoformat() == "2027-06-01"


@on_both
def test_the_same_delivery_twice_is_one_act(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    checkin = office.until_asked("anna")
    token = office.signed(f"r1|checkin|{checkin.id}|{checkin.state.step}|submit|")
    for _ in range(2):
        office.act("anna", Clicked(token, CALM), key="one-and-the-same")
    assert len(office.read(lambda unit: unit.given(checkin.id))) == len(CALM)
    assert len(office.events("checkin.answered")) == 1


@on_both
def test_two_presses_of_one_button_are_one_answer_and_the_second_is_told(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    checkin = office.until_asked("anna")
    token = office.signed(f"r1|checkin|{checkin.id}|{checkin.state.step}|submit|")
    office.act("anna", Clicked(token, CALM))
    second = office.act("anna", Clicked(token, CALM))
    assert isinstance(second, Show)
    assert "already been settled" in second.card.fallback
    assert len(office.read(lambda unit: unit.given(checkin.id))) == len(CALM)


def test_with_problems_nothing_is_stored_and_each_field_says_what_is_wrong(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    checkin = office.until_asked("anna")
    reply = office.answers("anna", CALM | {"pulse.users": "many"})
    assert reply == Problems({"pulse.users": "“many” is not a number. Write digits, for example 12."})
    assert office.read(lambda unit: unit.given(checkin.id)) == []


@pytest.mark.parametrize(
    "token", ["", "r1|checkin|1|1|submit", "x" * 10_000, "r1|checkin|99999|1|submit|", "\x00"]
)
def test_a_button_that_is_old_foreign_or_made_up_changes_nothing(office: Office, token: str) -> None:
    office.person("anna")
    reply = office.act("anna", Clicked(token, {}))
    assert isinstance(reply, Show)
    assert office.events() == []


def test_not_yours_and_not_there_are_the_same_answer(office: Office) -> None:
    anna, _ = office.person("anna"), office.person("carl")
    office.pilot("Invoice matcher", anna)
    checkin = office.until_asked("anna")
    theirs = office.act("carl", Clicked(office.signed(f"r1|checkin|{checkin.id}|1|submit|"), CALM))
    nobodys = office.act("carl", Clicked(office.signed("r1|checkin|99999|1|submit|"), CALM))
    assert theirs == nobodys
    assert office.read(lambda unit: unit.given(checkin.id)) == []


def test_an_old_card_after_a_change_of_ownership_says_so_and_changes_nothing(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    pilot = office.pilot("Invoice matcher", anna)
    checkin = office.until_asked("anna")
    office.do(lambda work: registry.change_pilot(work, pilot, {"owner": bo.id}, actor=None))
    reply = office.answers("anna")
    assert isinstance(reply, Show)
    assert (
        reply.card.fallback
        == "Invoice matcher: This card is from before: Bo owns it now. Nothing was changed."
    )
    assert office.read(lambda unit: unit.given(checkin.id)) == []


def test_an_old_card_of_a_private_pilot_does_not_name_its_new_owner(office: Office) -> None:
    anna, bo = office.person("anna"), office.person("bo")
    pilot = office.pilot("Invoice matcher", anna, private=True)
    office.until_asked("anna")
    office.do(lambda work: registry.change_pilot(work, pilot, {"owner": bo.id}, actor=None))
    reply = office.answers("anna")
    assert isinstance(reply, Show)
    assert "Bo" not in reply.card.fallback
    assert "no longer yours" in reply.card.fallback


@pytest.mark.parametrize(
    "spoil", [lambda token: token.partition("r1")[2], lambda token: token[:-1], str.upper]
)
def test_a_button_that_was_tampered_with_is_an_old_one(office: Office, spoil: Callable[[str], str]) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    checkin = office.until_asked("anna")
    token = spoil(office.signed(f"r1|checkin|{checkin.id}|{checkin.state.step}|submit|"))
    reply = office.act("anna", Clicked(token, CALM))
    assert isinstance(reply, Show)
    assert reply.card.fallback == notes.OLD_BUTTON
    assert office.read(lambda unit: unit.given(checkin.id)) == []


def test_a_workspace_that_is_not_set_up_is_told_so(office: Office) -> None:
    stranger = Inbound("k", Sender("local", "elsewhere", "eve"), Wrote("help"), Place("dm:eve"))
    reply = receive.receive(office.store, office.content, stranger, office.now)
    assert isinstance(reply, Show)
    assert "not set up" in reply.card.fallback


@on_both
def test_a_named_blocker_asks_that_person_once_and_their_reply_comes_back(office: Office) -> None:
    anna, _ = office.person("anna"), office.person("bo")
    office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    office.answers("anna", CALM | {"pulse.block": "security"})
    office.answers("anna", {"pulse.who": "@Bo", "pulse.need": "A review slot by Friday"})
    (asked,) = office.platform.inbox("bo")
    assert "Anna needs your help with Invoice matcher" in asked.fallback
    assert "A review slot by Friday" in asked.fallback
    assert "I asked Bo for help" in office.platform.inbox("anna")[-1].fallback
    assert office.presses("bo", "On it") == Nothing()
    assert "You answered: On it" in office.platform.inbox("bo")[-1].fallback
    assert "Bo answered your request for help: On it" in office.platform.inbox("anna")[-1].fallback
    assert len(office.events("request.reply")) == 1


def test_only_who_was_asked_can_answer_a_request(office: Office) -> None:
    anna, _, _ = office.person("anna"), office.person("bo"), office.person("carl")
    office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    office.answers("anna", CALM | {"pulse.block": "security"})
    office.answers("anna", {"pulse.who": "Bo"})
    office.presses("carl", "On it", card=office.platform.inbox("bo")[0])
    assert office.events("request.reply") == []


def test_a_question_handed_to_a_colleague_is_answered_by_typing(office: Office) -> None:
    anna, _, carl = office.person("anna"), office.person("bo"), office.person("carl")
    office.pilot("Invoice matcher", anna)
    checkin = office.until_asked("anna")
    office.answers("anna", CALM | {"pulse.block": "data"})
    office.presses("anna", "Ask a colleague", {"question": "pulse.who", "to": "Bo"})
    office.answers("anna", {"pulse.need": "A live feed"})
    office.says("bo", "Carl")
    given = {one.question: one for one in office.read(lambda unit: unit.given(checkin.id))}
    assert given["pulse.who"].value == str(carl.id)
    assert given["pulse.who"].by != anna.id
    assert "Anna needs your help" in office.platform.inbox("carl")[0].fallback


def test_a_colleague_opens_the_one_question_that_was_handed_to_them(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna"))
    office.person("bo")
    office.until_asked("anna")
    office.presses("anna", "Ask a colleague", {"question": "pulse.users", "to": "bo"})
    [submit] = [one for one in office.platform.inbox("bo")[-1].actions if isinstance(one, Submit)]
    opened = office.act(
        "bo", Clicked(submit.token, None)
    )  # a door without fields in messages asks for them so
    assert isinstance(opened, Show)
    assert [field.name for field in opened.card.fields] == ["pulse.users"]
    office.presses("bo", "I don't know either")
    settled = office.act("bo", Clicked(submit.token, None))
    assert isinstance(settled, Show)
    assert not settled.card.fields


def test_a_name_that_fits_several_or_nobody_is_asked_back(office: Office) -> None:
    anna = office.person("anna")
    office.person("bob")
    office.person("bobby")
    office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    several = office.presses("anna", "Not mine", {"to": "bob"})
    assert isinstance(several, Nothing | Update)  # an exact name wins over a longer one
    office.until_asked("bob")
    nobody = office.presses("bob", "Not mine", {"to": "Zed"})
    assert nobody == Problems({"to": "I know nobody called “Zed”. Write the name as it stands in the chat."})
    both = office.presses("bob", "Not mine", {"to": "bo"})
    assert isinstance(both, Problems)
    assert "Several people fit" in both.by_field["to"]


def test_typed_text_is_a_command_or_an_answer_as_it_reads(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    status = office.says("anna", "status invoice")
    assert isinstance(status, Show)
    assert "Invoice matcher: Pilot for" in status.card.fallback
    unclear = office.says("anna", "we are waiting for the vendor")
    assert isinstance(unclear, Show)
    assert "5 questions are open" in unclear.card.fallback


@on_both
def test_a_lost_race_is_run_again_and_the_answer_is_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    checkin = office.until_asked("anna")
    from bot.service import checkins

    original, lost = checkins.happen, []

    def slower(*args: object, **kwargs: object) -> object:
        if not lost:
            lost.append(1)
            raise checkins.Conflict("somebody was faster")
        return original(*args, **kwargs)  # type: ignore[arg-type]  # passed through as it came

    monkeypatch.setattr(checkins, "happen", slower)
    office.answers("anna")
    assert lost
    assert len(office.read(lambda unit: unit.given(checkin.id))) == len(CALM)


def test_nothing_to_report_is_offered_again_only_after_a_real_answer(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    office.presses("anna", "Nothing to report")
    office.until(office.now + timedelta(days=1))
    office.until_asked("anna")
    labels = [getattr(action, "label", "") for action in office.platform.inbox("anna")[-1].actions]
    assert "Nothing to report" not in labels


def test_a_pilot_added_in_chat_asks_its_kickoff_and_the_named_owner_accepts(office: Office) -> None:
    office.person("lena", standing="lead")
    bo = office.person("bo")
    office.says("lena", "add Claims triage")
    screen = {
        "kickoff.work": "Sorting claims",
        "kickoff.stage": "pilot",
        "kickoff.owner": "Bo",
        "kickoff.metric": "Minutes a claim",
        "value.problem": "2",
    }
    office.answers("lena", screen)
    rest = {
        "kickoff.since": "2026-09-01",
        "kickoff.baseline": "40",
        "kickoff.target": "20",
        "kickoff.golive": "none",
        "kickoff.touch": ["personal"],
    }
    assert isinstance(office.answers("lena", rest), Update)
    pilot = office.read(lambda unit: unit.pilot_by_key("claims-triage"))
    assert (pilot.stage, pilot.owner, pilot.owner_accepted, pilot.metric) == (
        "pilot",
        bo.id,
        False,
        "Minutes a claim",
    )
    assert pilot.target is None
    assert pilot.risk == "medium"
    levels = office.read(lambda unit: unit.levels(pilot.id))
    assert levels["value.problem"].level == 2
    office.presses("bo", "Accept")
    assert office.read(lambda unit: unit.pilot(pilot.id)).owner_accepted
    assert office.events("pilot.owner_accepted")[0].after is True


def test_no_date_yet_takes_the_date_away_and_the_log_keeps_the_old_one(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna, target=office.now.date() + timedelta(days=200))
    office.until_asked("anna")
    office.answers("anna", CALM | {"pulse.date": "none"})
    assert office.read(lambda unit: unit.pilot(pilot.id)).target is None
    (event,) = office.events("pilot.target")
    assert (event.before, event.after, event.actor) == (
        pilot.target.isoformat() if pilot.target else "",
        None,
        anna.id,
    )
    assert NoneYet() in [one.value for one in office.read(lambda unit: unit.given(1))]


def test_an_old_answer_keeps_the_version_it_was_given_under(office: Office) -> None:
    anna = office.person("anna")
    pilot = office.pilot("Invoice matcher", anna)
    office.until_asked("anna")
    pulse = office.content.questionnaires["pulse"]
    newer = replace(pulse, version=pulse.version + 1, digest="another")
    office.content = replace(office.content, questionnaires={**office.content.questionnaires, "pulse": newer})
    office.answers("anna")
    office.until(office.now + timedelta(days=16))
    versions = [
        past.version for past in office.read(lambda unit: unit.history(pilot.id, questionnaire="pulse"))
    ]
    assert versions == [2, 1]


def test_a_zone_that_is_none_is_not_taken_from_a_platform(office: Office) -> None:
    for zone, kept in (("Mars/Olympus", ""), ("Asia/Tokyo", "Asia/Tokyo"), ("../etc", "Asia/Tokyo")):
        sender = Sender("local", "local", "noor", "Noor", zone)
        receive.receive(
            office.store,
            office.content,
            Inbound(f"k{zone}", sender, Wrote("help"), Place("dm:noor")),
            office.now,
        )
        (noor,) = office.read(lambda unit: unit.find_people("noor"))
        assert noor.zone == kept


def test_somebody_met_in_a_channel_is_one_person_and_is_reached_once_they_write_directly(
    office: Office,
) -> None:
    for number in range(2):
        office.runs("noor", "help", channel="pilots", key=f"k{number}")
    (noor,) = office.read(lambda unit: unit.find_people("noor"))
    assert office.read(lambda unit: registry.address_of(unit, noor.id)) is None
    office.says("noor", "help")
    (identity,) = office.read(lambda unit: unit.identities(noor.id))
    assert (identity.active, identity.address.conversation) == (True, "dm:noor")
