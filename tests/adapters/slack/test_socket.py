"""Socket Mode: connected for good, whatever happens to the socket, and nothing lost that was not acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.slack.socket import Socket
from tests.adapters.slack.airport import Airport
from tests.fakes.slack.server import Fault

pytest_plugins = ["tests.databases"]

Tell = Callable[[Callable[[Airport], Awaitable[None]]], None]


@pytest.fixture
def tell(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Tell:
    monkeypatch.setattr("adapters.slack.socket.PAUSES", (0.0, 0.05))

    def told(story: Callable[[Airport], Awaitable[None]]) -> None:
        async def all_of_it() -> None:
            async with Airport(sqlite_url, "socket") as airport:
                await story(airport)

        asyncio.run(all_of_it())

    return told


def test_a_socket_that_slack_wants_to_renew_is_renewed_without_losing_what_is_in_hand(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        taken: Any = airport.adapter._on_inbound

        async def slow(inbound: Any) -> Any:
            await asyncio.sleep(0.3)
            return await taken(inbound)

        monkeypatch.setattr(airport.adapter, "_on_inbound", slow)
        command = asyncio.create_task(anna.command("todo"))
        await airport.slack.until(lambda: airport.adapter._in_hand)
        await airport.slack.disconnect()
        said = await command
        assert said, "it was acknowledged by the socket that it came by"
        await airport.slack.until(lambda: airport.slack.count("apps.connections.open") == 2)
        assert await anna.command("todo")

    tell(story)


def test_a_socket_that_ends_without_a_word_is_opened_again(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        for _ in range(3):
            await airport.slack.cut()
            await airport.slack.until(lambda: airport.slack.sockets)
            assert await anna.command("todo")

    tell(story)


def test_a_socket_that_is_silent_is_given_up(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.socket.HEARTBEAT", 0.1)

    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.slack.hush()
        await airport.slack.until(lambda: airport.slack.count("apps.connections.open") > 1)
        await airport.slack.until(lambda: airport.slack.sockets)
        assert await anna.command("todo")

    tell(story)


def test_a_socket_that_brings_nothing_at_all_is_given_up_though_it_is_open(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.socket.HEARTBEAT", 1000.0)
    monkeypatch.setattr(Socket.__init__, "__kwdefaults__", {"silence": 0.3})

    async def story(airport: Airport) -> None:
        await airport.slack.until(lambda: airport.slack.count("apps.connections.open") > 1)

    tell(story)


def test_connecting_is_tried_until_it_works(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.slack.fail(
            "apps.connections.open",
            Fault(status=500),
            Fault(drop=True),
            Fault(status=429, after=1),
            Fault(code="internal_error"),
        )
        await airport.slack.cut()
        await airport.slack.until(lambda: airport.slack.sockets)
        assert await anna.command("todo")

    tell(story)


def test_an_event_that_was_not_acknowledged_comes_again_and_is_answered_once(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.slack.server.ANSWER_WITHIN", 0.5)

    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        taken: Any = airport.adapter._on_inbound
        cuts = iter([True])

        async def cut_off(inbound: Any) -> Any:
            reply = await taken(inbound)
            if next(cuts, False):
                await airport.slack.cut()  # stored, and the acknowledgement never arrives
            return reply

        monkeypatch.setattr(airport.adapter, "_on_inbound", cut_off)
        said = await anna.write("help")
        assert (said.status, said.attempts) == (200, 2)
        await airport.settled()
        assert airport.slack.count("chat.postMessage") == 1

    tell(story)


def test_a_socket_outlives_the_time_that_a_call_may_take(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.client.TIMEOUT", 0.5)

    async def story() -> None:
        async with Airport(sqlite_url, "socket") as airport:
            anna = airport.somebody("U0ANNA", "Anna Berzina")
            await asyncio.sleep(1.2)
            assert await anna.command("todo")
            assert airport.slack.count("apps.connections.open") == 1

    asyncio.run(story())


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled", "too_many_websockets"])
def test_whatever_slack_ends_a_socket_for_there_is_another_and_nothing_is_lost(
    tell: Tell, reason: str
) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        text = asyncio.create_task(anna.write("help"))
        await airport.slack.disconnect(reason)
        said = await text
        assert said.status == 200
        await airport.slack.until(lambda: airport.slack.sockets)
        assert await anna.command("todo")
        await airport.settled()
        assert airport.slack.count("chat.postMessage") == 1

    tell(story)


def test_a_socket_that_is_refused_again_and_again_is_asked_for_more_and_more_seldom(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(airport: Airport) -> None:
        waited: list[int] = []

        class Pauses(tuple[float, ...]):
            def __getitem__(self, number: Any) -> Any:
                waited.append(number)
                return 0.0

        monkeypatch.setattr("adapters.slack.socket.PAUSES", Pauses((0.0, 1.0, 2.0, 5.0)))
        for _ in range(5):  # each greets, and is at once told to go
            await airport.slack.until(lambda: airport.slack.sockets)
            await airport.slack.disconnect("too_many_websockets")
        await airport.slack.until(lambda: airport.slack.sockets)
        assert waited == [1, 2, 3, 3, 3]

    tell(story)


def test_an_eleventh_socket_waits_for_its_turn(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(airport: Airport) -> None:
        monkeypatch.setattr("tests.fakes.slack.server.SOCKETS", 0)
        await airport.slack.cut()
        await airport.slack.until(lambda: airport.slack.count("apps.connections.open") > 2)
        monkeypatch.setattr("tests.fakes.slack.server.SOCKETS", 10)
        await airport.slack.until(lambda: airport.slack.sockets)

    tell(story)
