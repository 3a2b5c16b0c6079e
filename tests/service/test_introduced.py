"""Whoever is asked without having wished it is told why, and how to stop it, until they answer for the first time."""

from __future__ import annotations

import pytest

from bot.core.card import spoken
from bot.core.compose.introduction import introduction
from bot.core.ports import Store
from tests.fakes.office import Office

WHY = "because you are named as the owner of Invoice matcher"


@pytest.mark.parametrize(
    ("role", "says"),
    [
        ("owner", "named as the owner of Invoice matcher"),
        ("deputy", "named as the deputy of the owner of Invoice matcher"),
        ("decider", "named as the one who decides about Invoice matcher"),
    ],
)
def test_why_it_comes_is_the_role_that_somebody_was_named_with(role: str, says: str) -> None:
    text = spoken(introduction("Invoice matcher", role, personal=False))
    assert says in text
    assert "Press “Not mine”" in text
    assert "Mute or remove me" in text


def test_what_cannot_be_handed_on_offers_no_button_that_is_not_there() -> None:
    text = spoken(introduction("Invoice matcher", "decider", personal=True))
    assert "Not mine" not in text
    assert "Mute or remove me" in text


def test_a_colleague_is_told_by_whoever_asks_them() -> None:
    assert introduction("Invoice matcher", "helper", personal=False) == ()


def test_an_owner_whom_somebody_else_named_is_told_until_the_first_answer_and_never_again(
    any_store: Store,
) -> None:
    office = Office(any_store)
    office.pilot("Invoice matcher", office.person("anna"))
    office.until_asked("anna")
    [first] = office.platform.inbox("anna")
    assert WHY in first.fallback
    assert WHY in spoken(first.body)
    office.answers("anna")
    office.until_asked("anna")
    assert WHY not in office.platform.inbox("anna")[-1].fallback


def test_whoever_registered_the_pilot_knows_why(any_store: Store) -> None:
    office = Office(any_store)
    office.person("anna")
    office.says("anna", "add Invoice matcher")
    office.says("anna", "checkin Invoice matcher with pulse")
    office.deliver()
    asked = office.platform.inbox("anna")
    assert len(asked) > 1
    assert not [one for one in asked if WHY in one.fallback]
