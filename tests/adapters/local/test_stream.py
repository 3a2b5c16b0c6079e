"""Events for live pages: each once, in order, and again after a lost connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest

from adapters.local import stream as stream_module
from adapters.local.stream import Stream


def everything(_: Mapping[str, Any]) -> bool:
    return True


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), 10))


async def take(stream: Stream, since: str, number: int) -> list[str]:
    events = stream.follow(since, everything, beat=5)
    got = [event async for event, _ in _zip(events, number)]
    return [event.name for event in got if event]


async def _zip(events: Any, number: int) -> Any:
    for index in range(number):
        yield await anext(events), index
    await events.aclose()


def test_a_page_that_comes_back_gets_what_it_missed_and_then_what_is_new() -> None:
    async def story() -> None:
        stream = Stream()
        stream.tell("one", {})
        since = stream.last
        stream.tell("two", {})
        follower = asyncio.create_task(take(stream, since, 2))
        await asyncio.sleep(0)
        stream.tell("three", {})
        assert await follower == ["two", "three"]

    run(story)


def test_a_page_from_an_earlier_process_or_long_ago_loads_everything_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        monkeypatch.setattr(stream_module, "REPLAYED", 2)
        stream = Stream()
        early = stream.last
        for name in ("one", "two", "three"):
            stream.tell(name, {})
        for since in ("", "nonsense", "abcd1234-1", early, stream.last.partition("-")[0] + "-99"):
            assert await take(stream, since, 1) == ["reset"], since

    run(story)


def test_only_what_is_visible_is_handed_over() -> None:
    async def story() -> None:
        stream = Stream()
        since = stream.last
        stream.tell("secret", {"secret": True})
        stream.tell("open", {"secret": False})
        events = stream.follow(since, lambda data: not data["secret"], beat=5)
        event = await anext(events)
        assert event is not None
        assert event.name == "open"
        await events.aclose()

    run(story)


def test_silence_is_broken_by_a_sign_of_life() -> None:
    async def story() -> None:
        stream = Stream()
        events = stream.follow(stream.last, everything, beat=0.01)
        assert await anext(events) is None
        await events.aclose()

    run(story)


def test_closing_sends_every_page_away_now_and_later() -> None:
    async def story() -> None:
        stream = Stream()
        follower = asyncio.create_task(_all(stream))
        await asyncio.sleep(0)
        stream.close()
        assert await follower == []
        assert await _all(stream) == []

    run(story)


async def _all(stream: Stream) -> list[Any]:
    return [event async for event in stream.follow(stream.last, everything, beat=5)]


def test_a_page_that_does_not_keep_up_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        monkeypatch.setattr(stream_module, "BACKLOG", 3)
        stream = Stream()
        events = stream.follow(stream.last, everything, beat=5)
        first = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        for number in range(10):
            stream.tell(f"e{number}", {})
        await first
        assert len([event async for event in events]) == 2

    run(story)
