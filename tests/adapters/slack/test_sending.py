"""Messages on their way to Slack: posted once, found again, paced, and given up with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from adapters.slack.adapter import SlackAdapter
from adapters.slack.client import mark
from bot.app import SystemClock
from bot.core.card import Card, say
from bot.core.ports import DeliveryError, MessageRef
from bot.core.records import Address
from tests.adapters.slack.airport import Airport
from tests.fakes.slack.server import BOT_TOKEN, FakeSlack, Fault
from tests.fakes.slack.workspace import TEAM

pytest_plugins = ["tests.databases"]

CARD = Card("Hello", "Hello there", (say("Hello there"),))
OTHER = Card("Hello", "Hello again", (say("Hello again"),))


class Nobody:
    """An office that knows nobody."""

    async def connected(self, team: str) -> None:
        del team

    async def knows(self, team: str, user: str) -> bool:
        del team, user
        return True

    async def team(self, connection: int) -> str:
        del connection
        return TEAM


Story = Callable[[FakeSlack, SlackAdapter], Awaitable[None]]


def played(story: Story, *, token: str = BOT_TOKEN) -> None:
    """A story with a fake and an adapter that only sends."""

    async def all_of_it() -> None:
        async with FakeSlack() as slack:
            slack.workspace.add("U0ANNA", "Anna")
            slack.workspace.add_channel("C0PILOTS", "pilots")
            adapter = SlackAdapter(SystemClock(), Nobody(), bot_token=token, url=f"{slack.url}/api/")
            try:
                await story(slack, adapter)
            finally:
                adapter.close()
                await asyncio.sleep(0)

    asyncio.run(all_of_it())


def to(conversation: str, thread: str = "") -> Address:
    return Address(1, "slack", conversation, thread=thread)


async def failure(work: Awaitable[object]) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await work
    return caught.value


def test_a_person_is_written_to_without_asking_for_their_conversation_first() -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        ref = await adapter.send(to("U0ANNA"), adapter.render(CARD), key="k1")
        assert ref == MessageRef("D0ANNA", slack.workspace.inbox("U0ANNA")[0].ts)
        assert await adapter.find(to("U0ANNA"), "k1") == ref
        assert [method for method, _ in slack.calls] == ["chat.postMessage", "conversations.history"]

    played(story)


def test_a_message_is_found_by_its_key_which_nobody_else_can_read() -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        refs = [await adapter.send(to("U0ANNA"), adapter.render(CARD), key=f"secret-{n}") for n in range(3)]
        fresh = SlackAdapter(SystemClock(), Nobody(), bot_token=BOT_TOKEN, url=f"{slack.url}/api/")
        assert await fresh.find(to("U0ANNA"), "secret-1") == refs[1]
        assert await fresh.find(to("U0ANNA"), "secret-9") is None
        assert slack.count("conversations.open") == 1
        metadata = slack.workspace.inbox("U0ANNA")[0].metadata
        assert metadata == {"event_type": "rampcheck_message", "event_payload": {"key": mark("secret-0")}}
        fresh.close()

    played(story)


def test_a_message_is_changed_in_its_place() -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        ref = await adapter.send(to("C0PILOTS"), adapter.render(CARD), key="k1")
        await adapter.amend(to("C0PILOTS"), ref, adapter.render(OTHER))
        message = slack.workspace.message("C0PILOTS", ref.message)
        assert message
        assert (message.text, message.versions) == ("Hello again", 2)

    played(story)


def test_a_channel_cannot_be_looked_through_so_what_may_be_there_is_not_posted_again() -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        error = await failure(adapter.find(to("C0PILOTS"), "k1"))
        assert error.permanent
        assert "look before posting it again" in error.reason
        assert slack.calls == []

    played(story)


def test_a_part_of_a_thread_is_found_by_its_key() -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        root = await adapter.send(to("U0ANNA"), adapter.render(CARD), key="k1")
        part = await adapter.send(to("U0ANNA", root.message), adapter.render(OTHER), key="k1#2")
        assert await adapter.find(to("U0ANNA", root.message), "k1#2") == part
        assert await adapter.find(to("U0ANNA", root.message), "k1#3") is None

    played(story)


def test_trap_7_a_dropped_connection_does_not_post_twice() -> None:
    """The SDK's own handler for lost connections would have posted again by itself."""

    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        slack.fail("chat.postMessage", Fault(drop=True, kept=True))
        error = await failure(adapter.send(to("U0ANNA"), adapter.render(CARD), key="k1"))
        assert not error.permanent
        assert slack.count("chat.postMessage") == 1
        found = await adapter.find(to("U0ANNA"), "k1")
        assert found
        assert len(slack.workspace.inbox("U0ANNA")) == 1

    played(story)


@pytest.mark.parametrize(
    "fault", [Fault(drop=True), Fault(status=500), Fault(status=503), Fault(code="internal_error")]
)
def test_what_may_pass_is_tried_again_later(fault: Fault) -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        slack.fail("chat.postMessage", fault)
        error = await failure(adapter.send(to("U0ANNA"), adapter.render(CARD), key="k1"))
        assert (error.permanent, error.gone, error.retry_after) == (False, False, None)
        await adapter.send(to("U0ANNA"), adapter.render(CARD), key="k1")

    played(story)


def test_a_server_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.client.TIMEOUT", 0.2)

    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        slack.fail("chat.postMessage", Fault(hang=1.0))
        error = await failure(adapter.send(to("U0ANNA"), adapter.render(CARD), key="k1"))
        assert not error.permanent
        assert "could not be reached" in error.reason

    played(story)


def test_a_429_holds_the_whole_method_for_as_long_as_slack_says() -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        slack.fail("chat.update", Fault(status=429, after=30))
        ref = await adapter.send(to("C0PILOTS"), adapter.render(CARD), key="k1")
        first = await failure(adapter.amend(to("C0PILOTS"), ref, adapter.render(OTHER)))
        assert first.retry_after == 30
        second = await failure(adapter.amend(to("C0PILOTS"), ref, adapter.render(OTHER)))
        assert second.retry_after == pytest.approx(30, abs=1)
        assert slack.count("chat.update") == 1, "the second was not even tried"

    played(story)


@pytest.mark.parametrize(
    ("code", "gone", "says"),
    [
        ("channel_not_found", True, "invited"),
        ("not_in_channel", True, "/invite"),
        ("is_archived", True, "archived"),
        ("user_disabled", True, "deactivated"),
        ("team_access_not_granted", True, "removed from that workspace"),
        ("restricted_action_read_only_channel", False, "does not let the app post"),
        ("msg_blocks_too_long", False, "longer"),
    ],
)
def test_what_cannot_be_delivered_is_given_up_with_a_reason(code: str, gone: bool, says: str) -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        slack.fail("chat.postMessage", Fault(code=code))
        error = await failure(adapter.send(to("C0PILOTS"), adapter.render(CARD), key="k1"))
        assert (error.permanent, error.gone) == (True, gone)
        assert says in error.reason

    played(story)


@pytest.mark.parametrize("code", ["account_inactive", "token_revoked", "invalid_auth", "token_expired"])
def test_a_token_that_is_refused_lets_messages_wait_and_is_not_tried_for_each_of_them(
    code: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        slack.fail("chat.postMessage", Fault(code=code))
        for key in ("k1", "k2", "k3"):
            error = await failure(adapter.send(to("C0PILOTS"), adapter.render(CARD), key=key))
            assert (error.permanent, error.gone) == (False, False)
            assert error.retry_after == pytest.approx(600, abs=5)
            assert f"({code})" in error.reason
        assert slack.count("chat.postMessage") == 1
        assert caplog.text.count("slack.refused_by_slack") == 1

    played(story)


def test_a_missing_scope_is_named() -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        slack.api.scopes = frozenset()
        error = await failure(adapter.send(to("C0PILOTS"), adapter.render(CARD), key="k1"))
        assert error.permanent
        assert "chat:write" in error.reason

    played(story)


def test_a_wrong_token_is_not_repeated_in_the_reason() -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        error = await failure(adapter.send(to("C0PILOTS"), adapter.render(CARD), key="k1"))
        assert "wrong" not in error.reason
        assert "SLACK_BOT_TOKEN" in error.reason

    played(story, token="xoxb-wrong")


def test_a_burst_to_many_people_gets_no_429() -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        for number in range(60):
            slack.workspace.add(f"U{number:05}", f"Person {number}")
        work = (
            adapter.send(to(f"U{number:05}"), adapter.render(CARD), key=f"k{number}") for number in range(60)
        )
        results = await asyncio.gather(*work, return_exceptions=True)
        refused = [one for one in results if isinstance(one, DeliveryError)]
        assert all(one.retry_after for one in refused)
        assert slack.refused == []
        assert len(slack.workspace.messages) == 60 - len(refused)

    played(story)


def test_the_outbox_finds_a_lost_message_instead_of_sending_it_again(sqlite_url: str) -> None:
    async def story() -> None:
        async with Airport(sqlite_url, "http") as airport:
            anna = airport.somebody("U0ANNA", "Anna Berzina")
            airport.pilot("Invoice matcher", "U0ANNA")
            airport.slack.fail("chat.postMessage", Fault(drop=True, kept=True))
            await airport.until_asked("U0ANNA")
            assert len(anna.inbox) == 1
            airport.clock.moment += timedelta(minutes=5)
            await airport.deliver()
            assert len(anna.inbox) == 1
            await anna.press(anna.inbox[0], "Nothing to report")
            await airport.deliver()
            assert anna.inbox[0].versions == 2, "it was found, so it can be changed"

    asyncio.run(story())


def test_nothing_went_out_where_there_was_no_connection() -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        await slack._runner.cleanup()
        error = await failure(adapter.send(to("C0PILOTS"), adapter.render(CARD), key="k1"))
        assert error.unsent

    played(story)


@pytest.mark.parametrize(
    ("fault", "unsent"),
    [
        (Fault(drop=True), False),
        (Fault(status=503), False),
        (Fault(code="internal_error"), False),
        (Fault(code="fatal_error"), False),
        (Fault(code="something_new"), True),
        (Fault(status=429, after=1), True),
    ],
)
def test_what_surely_did_not_happen_is_told_from_what_may_have(fault: Fault, unsent: bool) -> None:
    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        slack.fail("chat.postMessage", fault)
        error = await failure(adapter.send(to("C0PILOTS"), adapter.render(CARD), key="k1"))
        assert error.unsent is unsent

    played(story)


def test_trap_9_all_calls_go_over_one_session() -> None:
    """Without a session of ours the SDK opens one for every call, with a handshake each."""

    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        session = adapter._line.session()
        for number in range(3):
            await adapter.send(to("U0ANNA"), adapter.render(CARD), key=f"k{number}")
        client = await adapter.client_for("")
        assert client._sdk(BOT_TOKEN).session is session is adapter._line.session()

    played(story)


@pytest.mark.filterwarnings("error::UserWarning")
def test_trap_17_every_message_has_its_text() -> None:
    """The SDK warns where it is missing; a screen reader and a notification have nothing else."""

    async def story(slack: FakeSlack, adapter: SlackAdapter) -> None:
        for card in (CARD, Card("Only a title", "")):
            ref = await adapter.send(to("U0ANNA"), adapter.render(card), key=card.title)
            await adapter.amend(to("U0ANNA"), ref, adapter.render(OTHER))
        assert all(args["text"] for method, args in slack.calls if method.startswith("chat."))

    played(story)
