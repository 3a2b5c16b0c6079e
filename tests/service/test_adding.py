"""`add`: the name that somebody typed is the pilot's name, or it is refused in words."""

from __future__ import annotations

import pytest

from bot.core.ports import Reply, Show, Store
from bot.service.registry import NAME_LIMIT
from tests.fakes.office import Office


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    office.person("anna")
    return office


def text(reply: Reply) -> str:
    assert isinstance(reply, Show), reply
    return reply.card.fallback


def names(office: Office) -> list[str]:
    return [pilot.name for pilot in office.read(lambda unit: unit.pilots())]


@pytest.mark.parametrize("name", ["New hire helper", "Pilot check", "the Oracle", "x" * NAME_LIMIT])
def test_a_name_is_kept_whole(office: Office, name: str) -> None:
    office.says("anna", f"add {name}")
    assert names(office) == [name]


def test_a_name_too_long_for_a_card_is_refused_and_not_cut(office: Office) -> None:
    said = text(office.says("anna", f"add {'x' * (NAME_LIMIT + 1)}"))
    assert "at most 60 characters; this one has 61" in said
    assert names(office) == []


def test_the_same_name_twice_is_one_pilot_however_it_is_spaced(office: Office) -> None:
    office.says("anna", "add Invoice  matcher")
    assert "“invoice matcher” already" in text(office.says("anna", 'add "invoice   matcher"'))
    assert names(office) == ["Invoice matcher"]
