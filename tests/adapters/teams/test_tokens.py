"""Who is believed: Microsoft's signature, for this bot, this service, this tenant; everything else is turned away."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest

from tests.adapters.teams import screen
from tests.adapters.teams.office import Counter, run
from tests.fakes.teams.microsoft import private_key
from tests.fakes.teams.server import Fault

HOUR = 3600
Make = Callable[[Counter], Any]


def signed(**changes: Any) -> Make:
    return lambda counter: counter.teams.signer.token(counter.teams.service, **changes)


def at(offset: int) -> int:
    return int(time.time()) + offset


def _number_as_key_id(counter: Counter) -> str:
    good = counter.teams.signer.token(counter.teams.service)
    header = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "kid": 7}).encode()).decode().rstrip("=")
    return ".".join([header, *good.split(".")[1:]])


def _unsigned(counter: Counter) -> str:
    return jwt.encode({"aud": screen.APP}, None, algorithm="none", headers={"kid": counter.teams.signer.kid})


BAD: dict[str, Make] = {  # T8, and what nobody thought of before
    "nothing": lambda counter: "",
    "not a token": lambda counter: "x",
    "two parts": lambda counter: "e30.e30",
    "empty parts": lambda counter: "..",
    "header of nonsense": lambda counter: "bnVsbA.bnVsbA.bnVsbA",
    "another key": signed(key=private_key(99)),
    "an unknown key id": signed(header={"kid": "key-77"}),
    "no key id": signed(header={"kid": None}),
    "a key id that is a number": _number_as_key_id,
    "HS256 with a guess": lambda counter: counter.teams.signer.token("s", key="x" * 64, alg="HS256"),
    "RS512": signed(alg="RS512"),
    "no signature": lambda counter: (
        counter.teams.signer.token(counter.teams.service).rpartition(".")[0] + "."
    ),
    "alg none": _unsigned,
    "another issuer": signed(iss="https://sts.windows.net/x/"),
    "no issuer": signed(iss=None),
    "another bot": signed(aud="00000000-0000-0000-0000-000000000001"),
    "no audience": signed(aud=None),
    "expired": signed(exp=at(-HOUR)),
    "no end": signed(exp=None),
    "an end that is a word": signed(exp="soon"),
    "an end that is no number": signed(exp=float("nan")),
    "not yet": signed(nbf=at(HOUR)),
    "another service": signed(serviceurl="https://smba.trafficmanager.net/amer/"),
    "no service": signed(serviceurl=None),
    "a service that is a number": signed(serviceurl=7),
    "far too long": lambda counter: "a" * 7_000,
}


def test_a_forged_or_foreign_token_is_401_and_reaches_nobody() -> None:
    async def story(counter: Counter) -> None:
        for name, make in BAD.items():
            status, _ = await counter.says(screen.wrote("status"), Authorization=f"Bearer {make(counter)}")
            assert status == 401, name
        assert not counter.heard
        assert (await counter.says(screen.wrote("status")))[0] == 200
        assert len(counter.heard) == 1

    run(story)


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi", "bearer", "Token x"])
def test_a_header_that_is_no_bearer_token_is_401(header: str) -> None:
    async def story(counter: Counter) -> None:
        assert (await counter.says(screen.wrote("status"), Authorization=header))[0] == 401

    run(story)


def test_a_token_within_the_clocks_skew_is_good() -> None:
    async def story(counter: Counter) -> None:
        for changes in ({"exp": at(-200)}, {"nbf": at(200)}):
            token = counter.teams.signer.token(counter.teams.service, **changes)
            assert (await counter.says(screen.wrote("status"), Authorization=f"bearer {token}"))[0] == 200

    run(story)


@pytest.mark.parametrize(
    "changes",
    [
        {"channelId": "emulator"},  # a channel that the key does not vouch for
        {"channelId": None},
        {"channelId": ["msteams"]},
        {
            "channelData": {"tenant": {"id": "00000000-0000-0000-0000-000000000001"}}
        },  # a tenant not on the list
        {"channelData": {}},
        {"channelData": "x"},
    ],
)
def test_a_body_that_the_token_does_not_stand_for_is_401(changes: dict[str, Any]) -> None:
    async def story(counter: Counter) -> None:
        assert (await counter.says(screen.wrote("status") | changes))[0] == 401
        assert not counter.heard

    run(story)


def test_a_token_speaks_for_one_service_and_no_other_of_teams() -> None:
    async def story(counter: Counter) -> None:
        good = counter.teams.service
        elsewhere = "http://127.0.0.1:9/amer/"  # as trusted as the other, but not the token's
        for service, claimed in ((elsewhere, good), (good, elsewhere), (good, None), (good, "")):
            token = counter.teams.signer.token(good, serviceurl=claimed)
            raw = screen.wrote("status", serviceUrl=service)
            status, _ = await counter.teams.post(raw, headers={"Authorization": f"Bearer {token}"})
            assert status == 401, (service, claimed)
        assert not counter.heard

    run(story)


def test_a_service_that_is_not_teams_is_401_even_with_a_good_token() -> None:
    async def story(counter: Counter) -> None:
        for service in (
            "https://evil.example/",
            "https://127.0.0.1.evil.example/",
            "http://a:b@127.0.0.1/",
            "",
            None,
        ):
            raw = screen.wrote("status", serviceUrl=service)
            token = counter.teams.signer.token(str(service))
            status, _ = await counter.teams.post(raw, headers={"Authorization": f"Bearer {token}"})
            assert status == 401, service
        assert not counter.heard

    run(story)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 400),
        (b"", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"type": 7}', "application/json", 400),
        (b'{"type": "message"', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"type": "message"}', "text/plain", 415),
        (b'{"type": "message"}', None, 415),  # T20: a client that names no content type
        (b" " * 300_000, "application/json", 413),
    ],
)
def test_what_cannot_be_read_is_the_senders_mistake(body: bytes, kind: Any, status: int) -> None:
    async def story(counter: Counter) -> None:
        said, _ = await counter.teams.post(body, headers={"Content-Type": kind})
        assert said == status
        assert not counter.heard

    run(story)


@pytest.mark.parametrize(
    "changes",
    [
        {"timestamp": "never"},
        {"entities": "x"},
        {"entities": [7]},
        {"from": "anna"},
        {"conversation": 7},
        {"recipient": []},
        {"attachments": {"a": 1}},
    ],
)
def test_a_signed_activity_of_odd_shape_is_no_failure_of_ours(changes: dict[str, Any]) -> None:  # T8
    async def story(counter: Counter) -> None:
        assert (await counter.says(screen.wrote("status") | changes))[0] in (200, 400)

    run(story)


# --- keys


def test_after_a_change_of_keys_what_they_sign_is_believed_at_once() -> None:  # T7
    async def story(counter: Counter) -> None:
        assert (await counter.says(screen.wrote("status")))[0] == 200
        counter.teams.signer.rotate()
        counter.clock.move(timedelta(minutes=6))
        assert (await counter.says(screen.wrote("status")))[0] == 200
        assert counter.teams.keys_read == 2

    run(story)


def test_unknown_key_ids_make_nobody_read_the_keys_again_and_again() -> None:
    async def story(counter: Counter) -> None:
        await counter.says(screen.wrote("status"))
        for number in range(20):
            token = counter.teams.signer.token(counter.teams.service, header={"kid": f"key-{number + 50}"})
            assert (await counter.says(screen.wrote("x"), Authorization=f"Bearer {token}"))[0] == 401
        assert counter.teams.keys_read == 1

    run(story)


def test_a_key_server_that_hangs_holds_up_nobody_whose_key_is_known() -> None:  # T6
    async def story(counter: Counter) -> None:
        await counter.says(screen.wrote("status"))
        counter.teams.keys_fault = Fault(hang=1.0)
        counter.clock.move(timedelta(minutes=6))
        token = counter.teams.signer.token(counter.teams.service, header={"kid": "key-77"})
        forged = asyncio.create_task(
            counter.teams.post(
                screen.wrote("x", serviceUrl=counter.teams.service),
                headers={"Authorization": f"Bearer {token}"},
            )
        )
        await asyncio.sleep(0.05)
        assert (await counter.says(screen.wrote("status")))[0] == 200
        assert not forged.done()
        assert (await forged)[0] == 401

    run(story)


def test_as_long_as_no_key_could_be_read_nothing_is_believed_and_all_may_come_again() -> None:
    async def story(counter: Counter) -> None:
        counter.teams.keys_fault = Fault(status=500)
        assert (await counter.says(screen.wrote("status")))[0] == 503
        counter.teams.keys_fault = None
        counter.clock.move(timedelta(seconds=11))
        assert (await counter.says(screen.wrote("status")))[0] == 200

    run(story)


def test_a_day_later_the_keys_are_read_again_beside() -> None:
    async def story(counter: Counter) -> None:
        await counter.says(screen.wrote("status"))
        counter.clock.move(timedelta(hours=25))
        token = counter.teams.signer.token(counter.teams.service, exp=at(30 * HOUR))
        assert (await counter.says(screen.wrote("status"), Authorization=f"Bearer {token}"))[0] == 200
        await counter.teams.until(lambda: counter.teams.keys_read == 2)

    run(story)
