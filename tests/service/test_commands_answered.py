"""What people see when they ask: the right pilot, the right facts, nothing that is not theirs to read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.ports import Nothing, Reply, Show, Store
from tests.fakes.office import CALM, MONDAY, Office


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    office.person("lena", standing="lead")
    anna, bo = office.person("anna"), office.person("bo")
    office.person("carl")
    target = MONDAY.date() + timedelta(days=100)
    office.pilot("Invoice matcher", anna, sponsor=bo.id, target=target, group="Finance", tags=("genai",))
    office.pilot("Claims triage", bo, stage="hardening", group="Claims")
    return office


def text(reply: Reply) -> str:
    assert isinstance(reply, Show), reply
    return reply.card.fallback


def test_status_shows_stage_owner_date_bars_gaps_and_whose_turn_it_is(office: Office) -> None:
    shown = text(office.says("lena", "status invoice"))
    for words in (
        "Invoice matcher: Pilot for 20 days",
        "Owner: Anna",
        "Real use planned: 3 Mar 2027",
        "Use-case value: not known",
        "Missing for Hardening: 0 of 8 met",
        "Last check-in: none yet",
        "Next check-in:",
        "Next move: Anna",
    ):
        assert words in shown


@pytest.mark.parametrize(
    "typed", ["STATUS invoice matcher", "/rampcheck status Invoice", "status “invoice matcher”"]
)
def test_commands_do_not_mind_case_quotes_and_prefixes(office: Office, typed: str) -> None:
    assert "Invoice matcher: Pilot" in text(office.says("lena", typed))


def test_a_guest_lists_what_they_have_a_part_in_and_gets_no_digest(office: Office) -> None:
    guest = office.person("gita", standing="guest")
    office.pilot("Meter reader", None, deputy=guest.id)
    listed = text(office.says("gita", "list"))
    assert "Meter reader" in listed
    assert "Invoice matcher" not in listed
    for refused in ("digest", "add Another one"):
        assert text(office.says("gita", refused)).startswith("That is for members of the organisation.")


def test_the_lead_of_a_group_has_its_pilots_in_hand_and_no_others(office: Office) -> None:
    office.person("greta", leads=("finance",))
    assert "Paused until 15 Dec" in text(office.says("greta", "pause Invoice matcher until 15 December"))
    assert "Only this pilot's own people" in text(office.says("greta", "pause Claims until 15 December"))


def test_a_name_that_only_others_may_see_can_be_given_again(office: Office) -> None:
    """Or else adding would tell that it is there."""
    office.pilot("Quiet one", None, private=True)
    office.says("carl", "add Quiet one")
    assert len([pilot for pilot in office.read(lambda unit: unit.pilots()) if pilot.name == "Quiet one"]) == 2


def test_a_pilot_nobody_knows_offers_the_nearest_names(office: Office) -> None:
    assert "Did you mean Invoice matcher?" in text(office.says("lena", "status invioce macher"))


def test_a_name_alone_shows_its_status(office: Office) -> None:
    assert "Claims triage: Hardening" in text(office.says("lena", "claims triage"))


def test_a_command_nobody_knows_offers_the_nearest(office: Office) -> None:
    assert "2 pilots" in text(
        office.says("lena", "statsu")
    )  # a slip in a command that only reads is forgiven
    assert "Did you mean resume" in text(office.says("lena", "resmue invoice"))
    assert "I do not know the command" in text(office.says("lena", "frobnicate everything now"))


def test_free_text_is_read_by_owner_deputy_sponsor_and_lead_alone(office: Office) -> None:
    office.until_asked("anna")
    office.answers("anna", CALM | {"pulse.block": "security"})
    office.answers("anna", {"pulse.need": "Marin must stop ignoring us"})
    for command in ("status invoice", "history invoice"):
        for reader in ("anna", "bo", "lena"):
            assert "Marin must stop" in text(office.runs(reader, command)), (reader, command)
        assert "Marin must stop" not in text(office.runs("carl", command)), command
        assert "Security review" in text(office.runs("carl", command))


def test_a_private_pilot_is_there_for_its_people_and_the_leads_alone(office: Office) -> None:
    office.pilot("Secret helper", office.person("dora"), private=True)
    assert "Secret helper" in text(office.says("dora", "status secret"))
    assert "Secret helper" in text(office.says("lena", "list"))
    assert "Secret helper" not in text(office.says("carl", "list"))
    assert "Secret helper" not in text(office.says("carl", "status secret helper"))
    taken = text(office.says("carl", "add secret helper"))
    assert "status" not in taken


@pytest.mark.parametrize(
    ("typed", "kept", "dropped"),
    [
        ("list", {"Invoice matcher", "Claims triage"}, set()),
        ("list hardening", {"Claims triage"}, {"Invoice matcher"}),
        ("list group:finance", {"Invoice matcher"}, {"Claims triage"}),
        ("list tag:genai", {"Invoice matcher"}, {"Claims triage"}),
        ("list mine", {"Invoice matcher"}, {"Claims triage"}),
        ("list stuck", set(), {"Invoice matcher", "Claims triage"}),
        ("list unowned", set(), {"Invoice matcher", "Claims triage"}),
    ],
)
def test_a_list_is_narrowed(office: Office, typed: str, kept: set[str], dropped: set[str]) -> None:
    shown = text(office.says("anna", typed))
    assert all(name in shown for name in kept)
    assert not any(name in shown for name in dropped)


def test_todo_names_the_open_check_in_and_requests(office: Office) -> None:
    assert "Nothing is waiting for you." in text(office.says("anna", "todo"))
    office.until_asked("anna")
    assert "pilot check-in, until" in text(office.says("anna", "todo"))


def test_a_check_in_can_be_started_early_by_those_responsible_only(office: Office) -> None:
    assert "Only this pilot's own people" in text(office.says("carl", "checkin invoice"))
    assert office.says("anna", "checkin invoice") == Nothing()
    assert len(office.live("anna")) == 1
    again = text(office.says("anna", "checkin invoice"))
    assert "What changed most" in again
    assert "open already, with Anna" in text(office.says("bo", "checkin invoice"))


def test_pausing_needs_a_day_within_sixty_and_closes_what_is_open(office: Office) -> None:
    office.until_asked("anna")
    assert "A pause needs a day" in text(office.says("anna", "pause invoice until 2028-01-01"))
    assert "Only this pilot's own people" in text(office.says("carl", "pause invoice until 2027-01-10"))
    assert "Paused until 10 Jan 2027" in text(office.says("anna", "pause invoice until 2027-01-10"))
    assert office.live("anna") == []
    assert "paused" in office.platform.inbox("anna")[0].fallback
    assert "It goes on in Pilot" in text(office.says("anna", "resume invoice"))


def test_history_tells_who_changed_what_from_what(office: Office) -> None:
    office.until_asked("anna")
    office.answers("anna")
    office.answers("anna", {"pulse.why_date": "approval"})
    shown = text(office.says("lena", "history invoice"))
    assert "Planned date of real use, Anna: 3 Mar 2027 → 1 Jun 2027" in shown
    assert "Pilot check-in, Anna: answered" in shown


def test_only_a_lead_sets_up_the_digest_and_only_in_a_channel(office: Office) -> None:
    assert "Only a portfolio lead" in text(office.runs("carl", "digest subscribe", channel="pilots"))
    assert "type `digest here` in the one you mean" in text(office.runs("lena", "digest subscribe"))
    assert "type `digest unsubscribe` in the one" in text(office.runs("lena", "digest unsubscribe"))
    assert "gets the weekly digest" in text(office.runs("lena", "digest subscribe", channel="pilots"))
    assert "No more weekly digests" in text(office.runs("lena", "digest unsubscribe", channel="pilots"))
    assert "nothing to stop" in text(office.runs("lena", "digest unsubscribe", channel="pilots"))


def test_help_lists_every_command_and_explains_one(office: Office) -> None:
    assert "digest [show" in text(office.says("carl", "help"))
    assert "pause Invoice matcher until" in text(office.says("carl", "help pause"))


HOSTILE = ["", "x" * 100_000, "\u202estatus\u202c", "status \x00\x07", "🙂" * 500, "status " * 200]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_gets_an_answer(office: Office, typed: str) -> None:
    assert isinstance(office.says("carl", typed), Show)
