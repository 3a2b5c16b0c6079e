"""What is stored about a person is told to them in plain words, and written out whole for whoever asks for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.card import spoken
from bot.core.compose import privacy as words
from bot.core.ports import Show, Store
from bot.core.records import Event, Person
from bot.service import house, people, privacy, sealing
from tests.fakes.office import CALM, CONTENT, MONDAY
from tests.service.test_deciding import FIX, Deciding, soon

pytest_plugins = ["tests.databases"]


@pytest.fixture
def at(store: Store) -> Deciding:
    """Anna answers in her own words and corrects it, Dora decides."""
    at = Deciding(store)
    at.pilot(decide_by=MONDAY.date() + timedelta(days=8), reviewers=(("security", at.grace.id),))
    at.office.until(MONDAY + timedelta(days=3))
    at.office.answers("anna", CALM)
    at.office.presses("anna", "Correct an answer", {"question": "pulse.users"})
    at.office.answers("anna", {"pulse.users": "40"})
    at.decides("dora", at.asks("dora"), FIX, {"dec.fix": "Security is tested", "dec.until": soon()})
    return at


def copy(at: Deciding, person: Person) -> dict[str, Any]:
    """As it is in the file."""
    made: dict[str, Any] = json.loads(json.dumps(at.office.do(lambda work: privacy.export(work, person))))
    return made


def test_whoever_asks_is_told_what_is_stored_who_reads_it_how_long_and_whom_to_ask(at: Deciding) -> None:
    known = replace(at.anna, email="anna@example.org", weekday=3, hour=14)
    at.office.write(lambda unit: unit.save_person(known))
    reply = at.office.says("anna", "privacy", channel="ai-pilots")
    assert isinstance(reply, Show)
    assert reply.private
    told = spoken(reply.card.body)
    assert told == reply.card.fallback
    for line in (
        "Name: Anna",
        "E-mail: anna@example.org",
        "Time zone: Europe/Riga",
        "Asked: Thursday, 14:00",
        "Here as: member",
        "Chat accounts: Local",
        "Your pilots: Invoice matcher (owner)",
    ):
        assert line in told
    assert (
        "in your own words, and answers to private questions, only by the pilot's owner, deputy, sponsor, leads"
        in told
    )
    kept = replace(CONTENT.policy.retention, messages=91, drafts=31, receipts=32, reminders=401, texts=731)
    other = words.card(words.Stored(known, "UTC", (), (), kept)).fallback
    for days in (91, 31, 32, 401, 731):
        assert f"{days} days" in other
    assert "to have you taken out of everything" in told
    assert "An admin can have a copy of all of it made for you" in told


def test_a_reviewer_of_the_house_reads_so_and_finds_it_in_their_copy(at: Deciding) -> None:
    at.office.do(lambda work: house.name(work, at.anna, "finance"))
    reply = at.office.says("anna", "privacy")
    assert isinstance(reply, Show)
    assert "all others (reviewer: finance, where they name nobody for it)" in reply.card.fallback
    assert copy(at, at.anna)["reviewer_of_all"] == ["reviewer: finance"]
    assert copy(at, at.dora)["reviewer_of_all"] == []


def test_whoever_has_no_pilot_and_no_address_is_told_that_there_is_none() -> None:
    told = words.card(words.Stored(Person(1, "Ana"), "UTC", (), (), CONTENT.policy.retention)).fallback
    for name in ("E-mail", "Away until", "Chat accounts", "Your pilots"):
        assert f"{name}: none" in told


@pytest.mark.parametrize("sealed", [False, True])
def test_the_copy_holds_everything_of_one_person_and_nothing_of_another(
    at: Deciding, *, sealed: bool
) -> None:
    if sealed:
        sealing.seal(at.office.store)
    anna, dora, grace = (copy(at, person) for person in (at.anna, at.dora, at.grace))
    assert anna["person"]["name"] == "Anna"
    assert [one["account"] for one in anna["accounts"]] == ["anna"]
    assert [(one["pilot"], one["as"]) for one in anna["pilots"]] == [("Invoice matcher", ["owner"])]
    users = [one for one in anna["answers"] if one["question"] == "pulse.users"]
    assert [one["value"] for one in users] == [12, 40]
    assert users[0]["text"].startswith("How many people")
    assert {one["questionnaire"] for one in anna["asked"]} == {"pulse"}
    assert anna["decisions"] == []
    assert anna["log"]
    assert {one["actor"] for one in anna["log"]} == {at.anna.id}

    assert [one["text"] for one in dora["decisions"]] == ["Security is tested"]
    assert {one["by"] for one in dora["answers"]} == {at.dora.id}
    assert grace["pilots"][0]["as"] == ["sponsor", "reviewer: security"]
    assert grace["answers"] == []
    assert anna["not_in_it"]


def test_what_is_logged_of_a_person_by_others_is_in_the_copy(at: Deciding) -> None:
    added = at.office.do(lambda work: people.add(work, "Bo", email="bo@example.org", zone=""))
    known = Event("account.linked", at.office.now, None, subject=str(added.id), after="slack:U7")
    other = Event("account.linked", at.office.now, None, subject=str(at.anna.id), after="slack:U8")
    at.office.write(lambda unit: [unit.record(one) for one in (known, other)])
    told = copy(at, added)["log"]
    assert [(one["kind"], one["after"]) for one in told] == [
        ("person.added", "Bo"),
        ("account.linked", "slack:U7"),
    ]
