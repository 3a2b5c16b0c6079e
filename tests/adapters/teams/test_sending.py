"""What the adapter sends: at Teams' pace, again where that helps, never twice, and to nobody but Teams."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from adapters.teams import pacing
from adapters.teams.cloud import GOVERNMENT, PLAYGROUND, PUBLIC
from adapters.teams.credentials import (
    Certificate,
    Credential,
    Federated,
    ManagedIdentity,
    Secret,
    Token,
    TokenSource,
    fetcher,
)
from adapters.teams.faults import code_of, fault
from bot.core.card import Card
from bot.core.ports import DeliveryError, MessageRef
from bot.core.records import Address
from tests.adapters.teams import screen
from tests.adapters.teams.office import Counter, run
from tests.fakes.desk import FakeClock
from tests.fakes.teams.microsoft import Directory, private_key
from tests.fakes.teams.server import Fault

HERE = Address(1, "teams", screen.DIRECT)
CHANNEL = Address(1, "teams", screen.CHANNEL)
CARD = Card("Hello", "Hello")


@pytest.fixture(autouse=True)
def _short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.client.RESTS", (0.01, 0.02))
    monkeypatch.setattr("adapters.teams.pacing.IN_CONVERSATION", 0.0)


async def send(counter: Counter, address: Address = HERE) -> MessageRef:
    return await counter.adapter.send(address, counter.adapter.render(CARD), key="k")


async def refusal(counter: Counter, address: Address = HERE) -> DeliveryError:
    with pytest.raises(DeliveryError) as refused:
        await send(counter, address)
    return refused.value


# --- where it goes


def test_a_message_to_a_channel_begins_a_thread_and_replies_hang_beneath_it() -> None:
    async def story(counter: Counter) -> None:
        root = await send(counter, CHANNEL)
        assert root.conversation == f"{screen.CHANNEL};messageid={root.message}"
        below = await send(counter, replace(CHANNEL, thread=root.message))
        assert below.conversation == root.conversation
        await counter.adapter.amend(CHANNEL, root, counter.adapter.render(Card("Changed", "Changed")))
        found = counter.teams.message(root.conversation, root.message)
        assert found
        assert found.activity["summary"] == "Changed"

    run(story)


def test_somebody_not_yet_spoken_to_is_reached_by_their_id() -> None:
    async def story(counter: Counter) -> None:
        member = screen.mri(screen.BEN)
        first = await send(counter, replace(HERE, conversation=member))
        second = await send(counter, replace(HERE, conversation=member))
        assert first.conversation == second.conversation
        assert counter.teams.rooms[first.conversation].members == [member]
        assert [method for method, _ in counter.teams.calls] == ["POST"] * 3

    run(story)


def test_what_is_sent_names_the_tenant_and_answers_no_message() -> None:  # T4, T10
    async def story(counter: Counter) -> None:
        await send(counter)
        [message] = counter.teams.messages
        assert message.activity["channelData"] == {"tenant": {"id": screen.TENANT}}
        assert message.activity["conversation"]["tenantId"] == screen.TENANT
        assert "replyToId" not in message.activity

    run(story)


def test_a_stored_service_that_is_not_teams_gets_neither_message_nor_token() -> None:
    async def story(counter: Counter) -> None:
        error = await refusal(counter, replace(HERE, service="https://evil.example/"))
        assert error.gone
        assert counter.teams.directory.given == 0

    run(story)


@pytest.mark.parametrize(
    ("service", "trusted"),
    [
        ("https://smba.trafficmanager.net/emea/", True),
        ("https://smba.infra.gcc.teams.microsoft.com/gcc", True),
        ("https://europe.botframework.com/", True),
        ("http://smba.trafficmanager.net/emea/", False),
        ("https://smba.trafficmanager.net.evil.example/", False),
        ("https://evilbotframework.com/", False),
        ("https://user:pw@smba.trafficmanager.net/", False),
        ("https://smba.trafficmanager.net/?x=1", False),
        ("https://smba.infra.gov.teams.microsoft.us/", False),
        ("http://127.0.0.1:56150/_connector", False),
        ("ftp://smba.trafficmanager.net/", False),
        ("", False),
    ],
)
def test_only_teams_own_hosts_are_spoken_to(service: str, trusted: bool) -> None:
    assert PUBLIC.trusts(service) is trusted


def test_each_cloud_has_its_own_hosts() -> None:
    assert GOVERNMENT.trusts("https://smba.infra.gov.teams.microsoft.us/gcch")
    assert not GOVERNMENT.trusts("https://smba.trafficmanager.net/")
    assert PLAYGROUND.trusts("http://localhost:56150/_connector")
    assert not PLAYGROUND.trusts("http://192.168.1.7:56150/_connector")


# --- what goes wrong


@pytest.mark.parametrize(
    "trouble", [Fault(status=412), Fault(status=502, html=True), Fault(status=504)]
)  # T11
def test_what_passes_is_tried_again_at_once(trouble: Fault) -> None:
    async def story(counter: Counter) -> None:
        counter.teams.fail(trouble, trouble)
        await send(counter)
        assert len(counter.teams.messages) == 1
        assert len(counter.teams.calls) == 3

    run(story)


def test_what_does_not_pass_is_left_for_later_with_its_status() -> None:  # T11: stock loses it in a web page
    async def story(counter: Counter) -> None:
        counter.teams.fail(*[Fault(status=502, html=True)] * 3)
        error = await refusal(counter)
        assert not error.permanent
        assert "502" in error.reason

    run(story)


@pytest.mark.parametrize(
    ("status", "code", "gone"),
    [
        (400, "BadSyntax", False),
        (403, "BotDisabledByAdmin", True),
        (404, "ConversationNotFound", True),
        (413, "MessageSizeTooBig", False),
    ],
)  # T13
def test_what_teams_refuses_is_never_tried_again(status: int, code: str, gone: bool) -> None:
    async def story(counter: Counter) -> None:
        counter.teams.fail(Fault(status=status, code=code))
        error = await refusal(counter)
        assert (error.permanent, error.gone) == (True, gone)
        assert code in error.reason
        assert len(counter.teams.calls) == 1

    run(story)


def test_somebody_who_blocked_us_is_gone_until_heard_from() -> None:  # T3: stock swallows it
    async def story(counter: Counter) -> None:
        counter.teams.rooms[screen.DIRECT].closed = "ConversationBlockedByUser"
        error = await refusal(counter)
        assert error.gone
        assert error.reason == "the person has blocked the app (403 ConversationBlockedByUser)"

    run(story)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"error": {"code": "Throttled", "message": "x"}}', "Throttled"),
        (
            '{"errorCode": 209, "message": "{\\"subCode\\": \\"MessageWritesBlocked\\"}"}',
            "MessageWritesBlocked",
        ),
        (
            '{"error": {"code": "Forbidden", "message": "{\\"subCode\\": \\"MessageWritesBlocked\\"}"}}',
            "MessageWritesBlocked",
        ),
        ("<html>", ""),
        ("[1]", ""),
        ('{"error": 7, "message": 8}', ""),
        ("", ""),
    ],
)
def test_the_reason_is_found_in_every_shape_it_comes_in(body: str, code: str) -> None:
    assert code_of(body) == code
    assert fault(403, body).gone


@pytest.mark.parametrize(("after", "rest"), [("7", 7.0), ("0", 1.0), (None, 10.0), ("soon", 10.0)])
def test_a_rest_that_teams_asks_for_is_kept(after: str | None, rest: float) -> None:
    assert fault(429, "", after).retry_after == rest


# --- pace


def test_in_a_conversation_one_message_follows_another() -> None:
    async def story(counter: Counter) -> None:
        rooms = [f"a:1{number}" for number in range(5)]
        for room in rooms:
            counter.teams.room(room)
        sends = [send(counter, replace(HERE, conversation=room)) for room in rooms for _ in range(4)]
        await asyncio.gather(*sends)
        assert len(counter.teams.messages) == 20
        assert not counter.teams.refused

    run(story)


def test_a_turn_comes_once_a_second_in_a_conversation_and_twenty_times_in_a_tenant() -> None:
    paces = pacing.Pacing()
    rooms = [pacing.Lane(pacing.Pace(1.0)) for _ in range(60)]
    waits = [paces.turn("t", room, 100.0, patience=9) for room in rooms]
    assert sum(wait < 1 for wait in waits) <= 20 + pacing.BURST
    assert paces.turn("t", rooms[0], 104.0, patience=9) == 0
    assert paces.turn("t", rooms[0], 104.0, patience=9) == pytest.approx(1.0)
    with pytest.raises(pacing.Wait) as told:
        paces.turn("t", rooms[0], 104.0, patience=0.5)
    assert told.value.seconds == pytest.approx(2.0)


# --- our own token


def source(fetch: Callable[[], Token]) -> tuple[TokenSource, FakeClock]:
    clock = FakeClock()
    return TokenSource(fetch, clock), clock


def test_one_token_serves_everybody_and_is_renewed_early_beside_the_loop() -> None:  # T5
    given: list[float] = []

    def fetch() -> Token:
        time.sleep(0.1)
        given.append(1)
        return Token(f"token-{len(given)}", timedelta(hours=1))

    async def story() -> None:
        tokens, clock = source(fetch)
        beats = 0

        async def heart() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.005)
                beats += 1

        beating = asyncio.create_task(heart())
        assert set(await asyncio.gather(*(tokens.token() for _ in range(50)))) == {"token-1"}
        assert beats > 3, "the loop stood still"
        beating.cancel()
        clock.move(timedelta(minutes=54))
        assert await tokens.token() == "token-1"
        clock.move(timedelta(minutes=2))
        assert await tokens.token() == "token-2"

    asyncio.run(story())


def test_a_token_that_teams_refuses_is_replaced_once_a_minute_at_most() -> None:
    async def story(counter: Counter) -> None:
        await send(counter)
        counter.teams.directory.given += 1  # the connector now wants another one
        error = await refusal(counter)
        assert error.permanent
        assert "TEAMS_APP_ID" in error.reason
        counter.clock.move(timedelta(minutes=2))
        await send(counter)

    run(story)


def _certificate(folder: Path) -> Path:
    key, name = private_key(2), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rampcheck")])
    now = FakeClock().now()
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=9))
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "bot.pem"
    path.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(pem))
    return path


@pytest.mark.parametrize("kind", ["secret", "certificate", "federated", "managed"])
def test_each_kind_of_identity_gets_a_token(kind: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("another-issuers-token\n")
    credentials: dict[str, Credential] = {
        "secret": Secret("hunter2"),
        "certificate": Certificate(_certificate(tmp_path)),
        "federated": Federated(tmp_path / "token"),
        "managed": ManagedIdentity(),
    }
    entra = Directory()
    fetch = fetcher(credentials[kind], app=screen.APP, tenant=screen.TENANT, cloud=PUBLIC, http=entra)
    assert fetch().text == "token-1"
    assert fetch().lasts > timedelta(minutes=50)
    asked = entra.asked[0]
    match kind:
        case "managed":
            return
        case "secret":
            assert asked["client_secret"] == "hunter2"
        case "federated":
            assert asked["client_assertion"] == "another-issuers-token"
    assert asked["scope"] == "https://api.botframework.com/.default"
    assert screen.TENANT in asked["url"]


def test_a_secret_that_is_refused_says_what_to_do_and_never_the_secret() -> None:
    entra = Directory(refusing="AADSTS7000222")
    fetch = fetcher(Secret("hunter2"), app=screen.APP, tenant=screen.TENANT, cloud=PUBLIC, http=entra)

    async def story() -> None:
        tokens, _ = source(fetch)
        with pytest.raises(DeliveryError) as refused:
            await tokens.token()
        assert "the secret has expired" in refused.value.reason
        assert not refused.value.permanent, "what waits is sent once there is a new one"
        assert "hunter2" not in refused.value.reason + repr(Secret("hunter2"))

    asyncio.run(story())


def test_a_certificate_that_is_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "bot.pem").write_text("nonsense")
    credential = Certificate(tmp_path / "bot.pem")
    fetch: Any = fetcher(credential, app=screen.APP, tenant=screen.TENANT, cloud=PUBLIC, http=Directory())

    async def story() -> None:
        with pytest.raises(DeliveryError):
            await source(fetch)[0].token()

    asyncio.run(story())
