"""A link becomes the proof of a readiness item: who may attach it, what is asked for, and what it does to the score."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.card import Button, Card, Choice, Submit
from bot.core.ports import Clicked, Problems, Reply, Show, Store
from bot.core.records import ItemLevel, Pilot
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]

LINK = "https://example.org/report"
ITEM = "data.access"


@pytest.fixture
def office(any_store: Store) -> Office:
    opened = Office(any_store)
    anna, emil, bella = opened.person("anna"), opened.person("emil"), opened.person("bella")
    opened.pilot("Invoice matcher", anna, deputy=emil.id, builder=bella.id)
    opened.person("dora")
    opened.person("lena", standing="lead")
    return opened


def pilot(office: Office) -> Pilot:
    found = office.read(lambda unit: unit.pilot_by_key("invoice-matcher"))
    assert found
    return found


def claim(office: Office, level: int | None, **more: Any) -> None:
    stored = ItemLevel(ITEM, level, at=office.now, changed_at=office.now, by=1, **more)
    office.write(lambda unit: unit.set_level(pilot(office).id, stored))


def level(office: Office) -> ItemLevel | None:
    return office.read(lambda unit: unit.levels(pilot(office).id).get(ITEM))


def card(reply: Reply) -> Card:
    assert isinstance(reply, Show), reply
    return reply.card


def send(office: Office, user: str, shown: Card, values: dict[str, Any]) -> Reply:
    submit = next(action for action in shown.actions if isinstance(action, Submit))
    return office.act(user, Clicked(submit.token, values))


def options(shown: Card, name: str) -> Choice:
    return next(field for field in shown.fields if isinstance(field, Choice) and field.name == name)


def test_a_claim_with_its_proof_counts_in_full_and_the_effect_is_said(office: Office) -> None:
    claim(office, 3)
    said = card(office.says("anna", f"proof Invoice matcher for live data access {LINK}"))
    assert "Live data access: proof added, counts 3 instead of 2. Readiness 50 → 75." in said.fallback
    stored = level(office)
    assert stored
    assert (stored.link, stored.link_at, stored.level) == (LINK, office.now, 3)
    snapshot = office.read(lambda unit: unit.snapshot(pilot(office).id))
    assert snapshot
    assert snapshot.overall == 75


def test_who_attached_what_and_when_is_on_record(office: Office) -> None:
    claim(office, 3)
    bella = office.read(lambda unit: unit.person_of(office.connection.id, "bella"))
    assert bella
    office.says("bella", f"proof Invoice matcher for live data access {LINK}")
    [event] = office.read(lambda unit: unit.events(pilot=pilot(office).id, kinds=("item.proof",)))
    assert (event.actor, event.at, event.subject, event.before, event.after) == (
        bella.id,
        office.now,
        ITEM,
        None,
        LINK,
    )
    assert "Proof of live data access, Bella: added" in card(office.says("anna", "history invoice")).fallback


@pytest.mark.parametrize("user", ["anna", "emil", "bella", "lena"])
def test_owner_deputy_builder_and_lead_may_attach_it(office: Office, user: str) -> None:
    claim(office, 3)
    office.says(user, f"proof Invoice matcher for live data access {LINK}")
    assert level(office).link == LINK  # type: ignore[union-attr]  # claimed above


def test_others_are_told_whom_to_ask(office: Office) -> None:
    claim(office, 3)
    said = card(office.says("dora", f"proof Invoice matcher for live data access {LINK}"))
    assert "Ask Anna, Emil or Bella." in said.fallback
    assert level(office).link == ""  # type: ignore[union-attr]  # claimed above
    shown = card(office.says("anna", f"proof {LINK}"))
    refused = send(office, "dora", shown, {"pilot": "invoice-matcher", "item": ITEM, "link": LINK})
    assert "Ask Anna" in card(refused).fallback
    assert "There is none yet" in card(office.says("dora", f"proof {LINK}")).fallback


def test_a_private_pilot_is_not_there_for_others(office: Office) -> None:
    anna = office.read(lambda unit: unit.person_of(office.connection.id, "anna"))
    office.pilot("Secret merger", anna, private=True)
    assert "Secret merger" not in card(office.says("dora", f"proof Secret merger {LINK}")).fallback


def test_ones_only_pilot_is_chosen_already_and_what_lacks_proof_comes_first(office: Office) -> None:
    claim(office, 4)
    shown = card(office.says("bella", f"proof {LINK}"))
    assert options(shown, "pilot").initial == ("invoice-matcher",)
    first, second = options(shown, "item").options[:2]
    assert (first.value, first.label) == (ITEM, "Live data access · level 4")
    assert first.group == "Counts less until it has proof"
    assert second.group == "Use-case value"
    assert shown.fields[-1].initial == LINK
    assert max(len(one.label) for one in options(shown, "item").options) <= 75


def test_without_a_pilot_it_is_asked_for_first_and_then_its_items(office: Office) -> None:
    claim(office, 3)
    anna = office.read(lambda unit: unit.person_of(office.connection.id, "anna"))
    office.pilot("Claims triage", anna)
    shown = card(office.says("anna", f"proof {LINK}"))
    assert [field.name for field in shown.fields] == ["pilot", "link"]
    shown = card(send(office, "anna", shown, {"pilot": "invoice-matcher", "link": LINK}))
    assert [field.name for field in shown.fields] == ["pilot", "item", "link"]
    send(office, "anna", shown, {"pilot": "invoice-matcher", "item": ITEM, "link": LINK})
    assert level(office).link == LINK  # type: ignore[union-attr]  # claimed above


@pytest.mark.parametrize("claimed", [None, "never"])
def test_an_item_without_a_level_asks_for_it_and_counts_with_it(office: Office, claimed: Any) -> None:
    if claimed is None:
        claim(office, None)
    asked = card(office.says("anna", f"proof Invoice matcher for live data access {LINK}"))
    assert "has no level yet" in asked.fallback
    assert len(options(asked, "level").options) == 5
    before = level(office)
    assert before is None or before.link == ""
    assert isinstance(send(office, "anna", asked, {"link": LINK}), Problems)
    said = card(send(office, "anna", asked, {"level": "3", "link": LINK}))
    assert "counts 3" in said.fallback
    assert level(office).level == 3  # type: ignore[union-attr]  # set just now
    assert (
        "Level of live data access, Anna: none → 3" in card(office.says("anna", "history invoice")).fallback
    )


def test_a_low_level_keeps_its_proof_and_may_be_raised_at_once(office: Office) -> None:
    claim(office, 2)
    said = card(office.says("anna", f"proof Invoice matcher for live data access {LINK}"))
    assert "proof makes a difference from level 3 on" in said.fallback
    assert level(office).link == LINK  # type: ignore[union-attr]  # claimed above
    [change] = [one for one in said.actions if isinstance(one, Button) and one.label == "Change its level"]
    asked = card(office.act("anna", Clicked(change.token)))
    assert options(asked, "level").previous.startswith("Now: 2")
    raised = card(send(office, "anna", asked, {"level": "4", "link": LINK}))
    assert "counts 4 instead of 2" in raised.fallback


def test_proof_given_anew_is_said_to_be_renewed(office: Office) -> None:
    claim(office, 3, link=LINK, link_at=office.now)
    said = card(office.says("anna", f"proof Invoice matcher for live data access {LINK}/2"))
    assert "proof renewed, still counts 3. Readiness stays 75." in said.fallback


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (f"proof Invoice matcher for warp drive {LINK}", "no readiness item called “warp drive”"),
        (f"proof Nobody knows this {LINK}", "which pilot “Nobody knows this” is"),
    ],
)
def test_what_is_not_understood_is_asked_for_in_the_form(office: Office, typed: str, problem: str) -> None:
    shown = card(office.says("anna", typed))
    assert any(problem in said for _, said in shown.problems)
    assert shown.fields[-1].initial == LINK


def test_what_is_no_link_is_said_at_its_field(office: Office) -> None:
    claim(office, 3)
    shown = card(office.says("anna", f"proof {LINK}"))
    for link in ("javascript:alert(1)", "not a link at all"):
        reply = send(office, "anna", shown, {"pilot": "invoice-matcher", "item": ITEM, "link": link})
        assert isinstance(reply, Problems)
        assert list(reply.by_field) == ["link"]


def test_a_name_with_for_in_it_is_found(office: Office) -> None:
    anna = office.read(lambda unit: unit.person_of(office.connection.id, "anna"))
    office.pilot("Assistant for sales", anna)
    shown = card(office.says("anna", f"proof Assistant for sales {LINK}"))
    assert options(shown, "pilot").initial == ("assistant-for-sales",)
    asked = card(office.says("anna", f"proof Assistant for sales for live data access {LINK}"))
    assert "has no level yet" in asked.fallback


def test_the_link_need_not_come_last_and_may_be_left_out(office: Office) -> None:
    claim(office, 3)
    said = card(office.says("anna", f"proof {LINK} Invoice matcher for live data access"))
    assert "proof added" in said.fallback
    shown = card(office.says("anna", "proof Invoice matcher for live data access"))
    assert options(shown, "item").initial == (ITEM,)
