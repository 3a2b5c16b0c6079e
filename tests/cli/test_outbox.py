"""`rampcheck outbox`: what was given up is seen, sent after all or dropped, and nothing by mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.core.ports import DeliveryError
from tests.cli.terminal import office, ran, refused


@pytest.fixture
def lost(home: Path) -> Path:
    """Dana's question was given up: her chat was gone."""
    with office(home) as scene:
        dana = scene.person("dana")
        scene.platform.failing = [DeliveryError("the chat is gone", permanent=True)]
        scene.pilot("Invoice matcher", dana)
        scene.runs("dana", "checkin matcher")
    return home


@pytest.mark.usefixtures("home")
def test_nothing_given_up_is_said() -> None:
    assert ran("outbox", "list") == "0 messages due, 0 to be tried later.\nNo message was given up.\n"
    assert ran("outbox", "retry", "--all") == "No message was given up.\n"


@pytest.mark.usefixtures("lost")
def test_a_letter_is_listed_with_why_and_with_what_to_do() -> None:
    said = ran("outbox", "list")
    assert "Invoice matcher" in said
    assert "the chat is gone" in said
    assert "rampcheck outbox retry NUMBER" in said
    [letter] = json.loads(ran("outbox", "list", "--json"))["dead"]
    assert (letter["platform"], letter["conversation"]) == ("local", "dm:dana")


@pytest.mark.usefixtures("lost")
def test_a_letter_is_sent_after_all() -> None:
    [letter] = json.loads(ran("outbox", "list", "--json"))["dead"]
    assert ran("outbox", "retry", str(letter["id"])) == "1 message will be sent with the next heartbeat.\n"
    assert ran("outbox", "list").startswith("1 message due")
    assert f"No letter {letter['id']} was given up" in refused("outbox", "drop", str(letter["id"]))
    assert f"No letter {10**30} was given up" in refused("outbox", "drop", str(10**30))


@pytest.mark.usefixtures("lost")
def test_letters_are_dropped_by_their_reason() -> None:
    assert ran("outbox", "drop", "--reason", "token") == "No message was given up.\n"
    assert ran("outbox", "drop", "--reason", "chat is gone") == "1 message dropped.\n"
    assert json.loads(ran("outbox", "list", "--json"))["dead"] == []


@pytest.mark.usefixtures("lost")
@pytest.mark.parametrize("words", [(), ("1", "--all"), ("--all", "--reason", "gone")])
def test_nothing_is_touched_before_it_is_said_which(words: tuple[str, ...]) -> None:
    assert refused("outbox", "drop", *words).startswith("Say which: ")
    assert len(json.loads(ran("outbox", "list", "--json"))["dead"]) == 1
