"""Whoever decides about several pilots is asked in one message, and decides about each of them by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.card import Button, Card, Submit
from bot.core.ports import Clicked, Reply, Show, Store, Update
from bot.service import auditor, nagging
from tests.fakes.office import MONDAY, Office

pytest_plugins = ["tests.databases"]

TODAY, DAY = MONDAY.date(), timedelta(days=1)
LONG_AGO = {"stage_since": TODAY - timedelta(days=120), "created": TODAY - timedelta(days=120)}
STOP = {"dec.choice": "stop", "dec.reason": "no_need"}
LESSON = {"dec.learn": "Nobody needed it.", "dec.reuse": ["tests"]}


@pytest.fixture
def office(any_store: Store) -> Office:
    """Two pilots, both due for Dora's decision."""
    office = Office(any_store)
    anna, dora = office.person("anna"), office.person("dora")
    for name in ("Invoice matcher", "Chat helper"):
        due = TODAY - timedelta(days=9)
        office.pilot(name, anna, decider=dora.id, decide_by=due, **LONG_AGO)
    return office


def decisions(office: Office, user: str = "dora") -> list[Card]:
    """What somebody was asked to decide about several."""
    return [card for card in office.platform.inbox(user) if card.title.startswith("Decisions about")]


def labels(card: Card) -> list[str]:
    return [one.label for one in card.actions if isinstance(one, Button)]


def lines(card: Card) -> Iterator[str]:
    return iter(card.fallback.splitlines()[1:])


def opened(reply: Reply) -> Card:
    assert isinstance(reply, Show | Update), reply
    return reply.card


def sends(office: Office, card: Card, values: dict[str, Any]) -> Reply:
    submit = next(one for one in card.actions if isinstance(one, Submit))
    return office.act("dora", Clicked(submit.token, values))


def stops(office: Office, name: str) -> None:
    """Dora decides to stop a pilot, from its line."""
    form = opened(office.presses("dora", f"Decide: {name}"))
    sends(office, opened(sends(office, form, STOP)), LESSON)


def test_each_pilot_is_a_line_with_its_reason_and_a_button_that_opens_its_own_form(office: Office) -> None:
    office.until_told("dora")
    (card,) = office.platform.inbox("dora")
    assert card.title == "Decisions about 2 pilots"
    assert labels(card) == ["Decide: Invoice matcher", "Decide: Chat helper"]
    for name, line in zip(("Invoice matcher", "Chat helper"), lines(card), strict=False):
        assert line.startswith(f"{name} (scale, fix or stop). Due since 14 Nov. Suggested: Stop.")
        assert line.endswith("Closes Thu 26 Nov 11:00.")
    assert card.footer.startswith("You get this because you are named for these pilots."), "once for both"
    form = opened(office.presses("dora", "Decide: Chat helper"))
    assert form.title == "Chat helper: Scale, fix or stop"
    assert "In this stage: Pilot for 120 days" in form.fallback, "the ledger stands above the form itself"


def test_what_is_decided_about_one_leaves_the_others_as_they_were(office: Office) -> None:
    office.until_told("dora")
    stops(office, "Chat helper")
    (card,) = decisions(office)
    assert card.title == "Decisions about 2 pilots: 1 still open"
    assert labels(card) == ["Decide: Invoice matcher"]
    assert "Chat helper (scale, fix or stop). Thank you. Decided: Stop." in card.fallback
    office.until_told("dora")
    assert office.platform.inbox("dora")[-1].title == "Invoice matcher: Scale, fix or stop"


def test_a_reminder_a_snooze_and_the_way_back_are_one_message_each(office: Office) -> None:
    office.until_told("dora")
    office.until(office.now + DAY)
    assert len(decisions(office)) == 2
    assert all("Still waiting for you." in line for line in list(lines(decisions(office)[-1]))[:2])
    assert "I asked again further down" in decisions(office)[0].fallback
    for name in ("Invoice matcher", "Chat helper"):
        form = opened(office.presses("dora", f"Decide: {name}"))
        office.snoozes("dora", "Wed 25 Nov", card=form)
    assert labels(decisions(office)[-1]) == ["Decide now: Invoice matcher", "Decide now: Chat helper"]
    office.until(office.now + DAY)
    assert len(decisions(office)) == 3
    office.runs("dora", "away until 1 December")
    told = len(office.platform.inbox("dora"))
    office.until(office.now.replace(day=1, month=12, hour=20))
    assert len(office.platform.inbox("dora")) == told
    office.until(office.now + DAY)
    assert [card.title for card in office.platform.inbox("dora")[told:]] == ["Decisions about 2 pilots"]


def test_who_decides_because_nobody_is_named_to_is_asked_in_one_message_too(any_store: Store) -> None:
    office = Office(any_store)
    anna, grace = office.person("anna"), office.person("grace")
    for name in ("Invoice matcher", "Chat helper", "Search"):
        office.pilot(name, anna, sponsor=grace.id, decide_by=TODAY, **LONG_AGO)
    office.until_told("grace")
    assert [card.title for card in office.platform.inbox("grace")] == ["Decisions about 3 pilots"]


def test_a_decision_within_another_message_is_proven_to_have_been_asked(office: Office) -> None:
    office.until_told("dora")
    office.now += 2 * auditor.EVERY
    assert office.do(auditor.audit) == auditor.Audit()


def test_a_decision_waits_for_whoever_is_away_and_is_not_said_to_be_anothers(office: Office) -> None:
    office.person("grace")
    office.until_told("dora")
    given = opened(office.runs("dora", "delegate Grace until 31 December"))
    assert "Grace answers it" not in given.fallback
    gone = opened(office.runs("dora", "away until 4 December"))
    assert "Invoice matcher, scale, fix or stop: it waits for you until Mon 7 Dec 10:00." in gone.fallback
    assert not decisions(office, "grace")
    assert len(office.live("dora")) == 2


def test_what_a_decider_is_sent_counts_once_in_their_week_and_what_they_ask_for_does_not(
    office: Office,
) -> None:
    dora = office.read(lambda unit: unit.person_of(office.connection.id, "dora"))
    office.until_told("dora")
    office.until(office.now + DAY)
    noted = office.read(lambda unit: unit.nags_of(dora.id, limit=9))
    assert [nag.step for nag in noted] == ["first reminder"] * 2 + ["decision"] * 2
    rules = replace(office.content.policy.asking, messages_a_week=3)
    office.content = replace(office.content, policy=replace(office.content.policy, asking=rules))
    office.now += timedelta(hours=1)
    assert office.do(lambda work: nagging.room(work, dora)) == office.now, "two messages, whatever they name"
    own = office.pilot("Search", office.person("ben"), decider=dora.id)
    office.says("dora", f"decide {own.key}")
    assert len(office.read(lambda unit: unit.nags_of(dora.id, limit=9))) == 4
