"""The local chat over HTTP: what the page loads, its files, its clock, and a restart."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from adapters.local import page
from adapters.local.adapter import LocalAdapter
from bot.core.card import Card, say
from bot.core.ports import Problems
from bot.core.records import Address
from tests.adapters.local.chatting import Chat, chatting, play
from tests.fakes import cards
from tests.fakes.desk import application, scripted


def test_the_state_says_who_one_can_be_and_what_is_there_for_each() -> None:
    async def story(chat: Chat) -> None:
        await chat.bot.open()
        status, state = await chat.get("/local/state?user=anna")
        assert status == 200
        assert [(one["user"], one["unread"]) for one in state["cast"]][:2] == [("anna", 2), ("ben", 0)]
        assert [one["id"] for one in state["conversations"]] == [
            "dm:anna",
            "channel:ai-pilots",
            "channel:finance",
        ]
        assert [one["unread"] for one in state["conversations"]] == [2, 4, 0]
        root, *replies = state["messages"]["channel:ai-pilots"]
        assert [reply["thread"] for reply in replies] == [root["id"]] * 3
        assert state["clock"]["zone"] == "Europe/Riga"
        assert (await chat.get("/local/state"))[1]["user"] == "anna"

    play(story)


def test_nobody_sees_another_persons_direct_messages() -> None:
    async def story(chat: Chat) -> None:
        await chat.bot.open()
        _, state = await chat.get("/local/state?user=rita")
        assert "dm:anna" not in json.dumps(state)

    play(story)


def test_reading_a_conversation_takes_its_unread_mark_away() -> None:
    async def story(chat: Chat) -> None:
        await chat.bot.open()
        assert (await chat.post("/local/seen", {"user": "anna", "conversation": "dm:anna"}))[0] == 200
        _, state = await chat.get("/local/state?user=anna")
        assert state["conversations"][0]["unread"] == 0
        assert state["cast"][0]["unread"] == 0

    play(story)


def test_a_live_page_is_told_of_messages_for_it_and_of_unread_ones_for_others() -> None:
    async def story(chat: Chat) -> None:
        _, state = await chat.get("/local/state?user=anna")
        url = chat.server.make_url(f"/local/events?user=anna&since={state['event']}")
        async with chat.browser.get(url) as events:
            await chat.bot.say("dm:ben", cards.WELCOME)
            await chat.bot.say("dm:anna", cards.PULSE)
            told = [await next_event(events) for _ in range(3)]
        assert [name for name, _ in told] == ["badge", "message", "badge"]
        assert told[0][1] == {"user": "ben", "unread": 1}
        assert told[1][1]["message"]["card"]["title"] == cards.PULSE.title

    play(story)


def test_a_live_page_is_not_told_what_is_for_somebody_else_alone() -> None:
    async def story(chat: Chat) -> None:
        _, state = await chat.get("/local/state?user=rita")
        url = chat.server.make_url(f"/local/events?user=rita&since={state['event']}")
        async with chat.browser.get(url) as events:
            await chat.act(kind="text", text="/rampcheck status", conversation="channel:finance")
            await chat.bot.say("channel:finance", cards.DIGEST)
            name, data = await next_event(events)
        assert (name, data["message"]["card"]["title"]) == ("message", cards.DIGEST.title)

    play(story)


async def next_event(response: Any) -> tuple[str, Any]:
    fields: dict[str, str] = {}
    while True:
        line = (await asyncio.wait_for(response.content.readline(), 5)).decode().rstrip("\n")
        if not line and "event" in fields:
            return fields["event"], json.loads(fields["data"])
        name, _, value = line.partition(": ")
        fields[name] = value


def test_a_page_that_comes_back_with_its_last_event_misses_nothing() -> None:
    async def story(chat: Chat) -> None:
        _, state = await chat.get("/local/state?user=anna")
        await chat.bot.say("dm:anna", cards.PULSE)
        url = chat.server.make_url("/local/events?user=anna&since=elsewhere")
        async with chat.browser.get(url, headers={"Last-Event-ID": state["event"]}) as events:
            assert (await next_event(events))[0] == "message"

    play(story)


def test_a_quiet_page_is_told_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(chat: Chat) -> None:
        monkeypatch.setattr(page, "BEAT", 0.02)
        _, state = await chat.get("/local/state?user=anna")
        url = chat.server.make_url(f"/local/events?user=anna&since={state['event']}")
        async with chat.browser.get(url) as events:
            name, data = await next_event(events)
        assert (name, data["clock"]["now"]) == ("clock", "2026-12-01T08:00:00+00:00")

    play(story)


def test_moving_the_clock_says_what_arrived_and_where() -> None:
    async def story(chat: Chat) -> None:
        status, answer = await chat.post("/local/clock", {"by": "week"})
        assert status == 200
        assert answer["clock"]["now"] == "2026-12-08T08:00:00+00:00"
        assert answer["arrived"] == {"dm:ben": 1, "dm:anna": 1, "channel:ai-pilots": 4}

    play(story)


def test_a_clock_that_is_moving_or_runs_by_itself_is_left_alone() -> None:
    async def story(chat: Chat) -> None:
        chat.desk.slow = 0.2
        first = asyncio.create_task(chat.post("/local/clock", {"by": "day"}))
        await asyncio.sleep(0.05)
        assert await chat.post("/local/clock", {"by": "day"}) == (
            409,
            {"message": "The clock is already moving."},
        )
        assert (await first)[0] == 200
        chat.desk.movable = False
        assert await chat.post("/local/clock", {"by": "day"}) == (
            409,
            {"message": "This clock runs by itself."},
        )
        assert (await chat.post("/local/clock", {"by": "year"}))[0] == 400

    play(story)


FILES = sorted(page.STATIC.iterdir())


def test_the_page_needs_nothing_from_elsewhere() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        outside = set(re.findall(r"""["'(=]\s*((?:https?:)?//[\w.-]+\.\w+)""", text)) - {"http://www.w3.org"}
        assert not outside, f"{path.name} names {outside}"


def test_every_file_that_the_page_names_is_served() -> None:
    async def story(chat: Chat) -> None:
        named = {
            name for path in FILES for name in re.findall(r'"/local/([\w.-]+\.\w+)"', path.read_text("utf-8"))
        }
        named |= {
            name for path in FILES for name in re.findall(r'from "\./([\w.-]+)"', path.read_text("utf-8"))
        }
        assert {"chat.js", "chat.css", "icon.svg", "fields.js"} <= named
        assert named == {path.name for path in FILES} - {"index.html"}
        for name in named:
            async with chat.browser.get(chat.server.make_url(f"/local/{name}")) as answer:
                assert answer.status == 200

    play(story)


@pytest.mark.parametrize(
    "forbidden",
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc"],
)
def test_the_page_never_makes_markup_from_text(forbidden: str) -> None:
    assert [path.name for path in FILES if forbidden in path.read_text(encoding="utf-8")] == []


def test_after_a_restart_the_messages_are_there_and_can_be_changed(tmp_path: Path) -> None:
    async def story() -> None:
        journal = tmp_path / "journal.jsonl"
        async with chatting(journal=journal) as chat:
            ref = await chat.bot.say("dm:anna", cards.PULSE)
        async with chatting(journal=journal) as chat:
            address = Address(1, "local", "dm:anna")
            assert await chat.adapter.find(address, "script-1") == ref
            await chat.adapter.amend(
                address, ref, chat.adapter.render(Card("Later", "Later", (say("Later"),)))
            )
            (shown,) = await chat.messages("anna", "dm:anna")
            assert (shown["card"]["title"], shown["rev"]) == ("Later", 1)

    asyncio.run(story())


def test_without_a_desk_whoever_writes_is_there() -> None:
    async def story() -> None:
        _, desk, bot = scripted()
        adapter = LocalAdapter(desk.clock_)
        async with TestServer(application(adapter)) as server, ClientSession() as browser:
            life = asyncio.create_task(adapter.run(bot))
            await asyncio.sleep(0)
            bot.adapter = adapter
            await bot.say("dm:zoe", cards.WELCOME)
            await bot.say("channel:news", cards.DIGEST)
            async with browser.get(server.make_url("/local/state?user=zoe")) as answer:
                state = await answer.json()
            assert [one["user"] for one in state["cast"]] == ["zoe"]
            assert [one["id"] for one in state["conversations"]] == ["dm:zoe", "channel:news"]
            assert state["clock"] is None
            life.cancel()

    asyncio.run(story())


def test_stopping_lets_go_of_the_live_pages() -> None:
    async def story() -> None:
        adapter, _, bot = scripted()
        async with TestServer(application(adapter)) as server, ClientSession() as browser:
            life = asyncio.create_task(adapter.run(bot))
            await asyncio.sleep(0)
            async with browser.get(server.make_url("/local/events?user=anna")) as events:
                life.cancel()
                rest = await asyncio.wait_for(events.content.read(), 5)
        assert b"event: reset" in rest

    asyncio.run(story())


def test_acts_are_answered_one_reply_each_whatever_their_kind() -> None:
    async def story(chat: Chat) -> None:
        chat.bot.replies["wrong"] = Problems({"": "That cannot be done twice."})
        answer = await chat.act(kind="click", token="wrong")
        assert answer == {"kind": "problems", "fields": {"": "That cannot be done twice."}}

    play(story)
