"""What we owe Slack for what comes in: taken once, and acknowledged when stored, before Slack is asked for anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack.client import Client
from bot.core.state import Phase
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.telling import Tell
from tests.fakes.slack.server import Fault
from tests.fakes.slack.workspace import TEAM

pytest_plugins = ["tests.databases"]


@contextmanager
def slack_out_of_reach() -> Iterator[asyncio.Event]:
    """No call to Slack's API ends before the event is set."""
    reached, patch, call = asyncio.Event(), pytest.MonkeyPatch(), Client._call

    async def held(self: Client, *args: Any, **named: Any) -> Any:
        await reached.wait()
        return await call(self, *args, **named)

    patch.setattr(Client, "_call", held)
    try:
        yield reached
    finally:
        reached.set()
        patch.undo()


def test_what_was_stored_is_acknowledged_before_slack_is_asked_for_anything(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        checkin = await airport.until_asked("U0ANNA")
        calls = len(airport.slack.calls)
        with slack_out_of_reach():
            said = await anna.press(anna.inbox[0], "Nothing to report")
            assert said, "acknowledged"
            assert airport.state(checkin).phase is Phase.DONE, "and stored"
            written = await anna.write("help")
            assert (written.status, written.attempts) == (200, 1)
            assert len(airport.slack.calls) == calls
        await airport.settled()
        await airport.deliver()
        assert anna.inbox[0].versions == 2

    tell(story)


def test_whoever_is_new_here_is_acknowledged_though_slack_does_not_tell_their_name(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.acquaintance.WITHIN", 0.05)

    async def story(airport: Airport) -> None:
        emil = airport.somebody("U0EMIL", "Emil Ozols", known=False)
        with slack_out_of_reach():
            said = await emil.write("help")
            assert (said.status, said.attempts) == (200, 1)
            assert airport.person("U0EMIL")

    tell(story)


@pytest.mark.parametrize("forgetful", [False, True], ids=["the same event_id", "another event_id"])
def test_an_event_that_comes_again_is_one_act_whatever_id_it_brings(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, *, forgetful: bool
) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.slack.forgetful = forgetful
        monkeypatch.setattr("adapters.slack.adapter.BUDGET", 0.2)
        taken: Any = airport.adapter._on_inbound
        slow = iter([0.4])

        async def stored_and_slow(inbound: Any) -> Any:
            reply = await taken(inbound)
            await asyncio.sleep(next(slow, 0.0))
            return reply

        monkeypatch.setattr(airport.adapter, "_on_inbound", stored_and_slow)
        said = await anna.write("add Invoice matcher")
        assert said.attempts > 1, "it came again"
        await airport.slack.until(lambda: not airport.adapter._in_hand)
        await airport.settled()
        pilots = airport.read(lambda unit: unit.pilots())
        assert [pilot.name for pilot in pilots] == ["Invoice matcher"]
        complaints = [one for one in anna.inbox if "already" in one.text]
        assert not complaints

    tell(story)


def test_two_messages_of_the_same_words_are_two_acts(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        for _ in range(2):
            await anna.write("help")
        await airport.settled()
        assert airport.slack.count("chat.postMessage") == 2

    tell(story)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "reaction_added", "user": "U0ANNA", "item": {}},
        {"type": "channel_rename", "channel": {"id": "C0X", "name": "x"}},
        {"type": "message", "channel_type": "im", "subtype": "message_changed", "channel": "D0ANNA"},
        {
            "type": "message",
            "channel_type": "channel",
            "channel": "C0X",
            "user": "U0ANNA",
            "text": "hi",
            "ts": "1.1",
        },
        {"type": "something_new_of_next_year"},
    ],
    ids=lambda event: str(event["type"]),
)
def test_an_event_that_nobody_listens_to_is_acknowledged_at_once(tell: Tell, event: dict[str, Any]) -> None:
    async def story(airport: Airport) -> None:
        said = await airport.slack.event(event)
        assert (said.status, said.attempts) == (200, 1)
        assert not airport.read(lambda unit: unit.people())

    tell(story)


def test_an_interaction_that_is_none_of_ours_is_acknowledged(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        common = {"team": {"id": TEAM}, "user": {"id": "U0ANNA"}, "trigger_id": "1.1"}
        for payload in (
            {"type": "block_actions", "actions": [{"type": "button", "action_id": "x", "block_id": "b"}]},
            {"type": "view_submission", "view": {"callback_id": "another", "type": "modal"}},
            {"type": "view_closed", "view": {"callback_id": "another", "type": "modal"}},
            {"type": "shortcut", "callback_id": "another"},
            {"type": "message_action", "callback_id": "another"},
        ):
            said = await airport.slack.deliver("interactive", {**common, **payload})
            assert said, payload["type"]
            assert said.status == 200, payload["type"]

    tell(story)


def test_in_a_storm_of_429s_everything_arrives_in_the_end_and_once(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        owners = [airport.somebody(f"U0P{number:02}", f"Person {number}") for number in range(12)]
        for owner in owners:
            airport.pilot(f"Pilot of {owner.id}", owner.id)
        airport.slack.fail("chat.postMessage", *[Fault(status=429, after=1), Fault()] * 3)
        await airport.until_asked(owners[0].id)
        for _ in range(20):
            if all(owner.inbox for owner in owners):
                break
            await airport.pass_time(timedelta(minutes=2))
        assert [len(owner.inbox) for owner in owners] == [1] * len(owners)
        await airport.pass_time(timedelta(minutes=10))
        assert [len(owner.inbox) for owner in owners] == [1] * len(owners)
        assert airport.slack.refused == [], "beside the storm itself nothing came too fast"

    tell(story)
