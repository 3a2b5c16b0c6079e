"""What the local chat refuses, and in which words."""

from __future__ import annotations

import json

import pytest

from adapters.local import page
from adapters.local.parse import MARK
from bot.core.ports import Clicked
from tests.adapters.local.chatting import Chat, play
from tests.fakes import cards


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 400),
        (b'{"as": "rampcheck.local/1"}', 400),
        (b"[" * 100_000, 400),
        (b'{"a": ' + b"9" * 5000 + b"}", 400),
        (b'"' + b"x" * (256 * 1024) + b'"', 413),
    ],
)
@pytest.mark.parametrize("path", ["/local/act", "/local/clock", "/local/seen"])
def test_a_body_that_cannot_be_read_is_answered_in_words(path: str, body: bytes, status: int) -> None:
    async def story(chat: Chat) -> None:
        answered, answer = await chat.post(path, body)
        assert answered == status
        assert answer["message"].endswith(".")
        assert chat.bot.acts == []

    play(story)


def test_only_json_is_taken() -> None:
    async def story(chat: Chat) -> None:
        for kind in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
        ):
            assert (await chat.post("/local/act", {"as": MARK}, **{"Content-Type": kind}))[0] == 415

    play(story)


def test_an_answer_of_100_000_characters_gets_through() -> None:
    async def story(chat: Chat) -> None:
        raw = {"as": MARK, "id": "act-000001", "user": "anna", "conversation": "dm:anna", "kind": "click"}
        values = {"note": "ü" * 100_000}
        body = json.dumps(raw | {"token": "pulse.submit", "values": values}, ensure_ascii=False).encode()
        assert (await chat.post("/local/act", body))[0] == 200
        act = chat.bot.acts[0].act
        assert isinstance(act, Clicked)
        assert act.values == values

    play(story)


def test_a_bot_that_fails_is_said_in_words_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    async def story(chat: Chat) -> None:
        chat.bot.fail = True
        raw = {
            "as": MARK,
            "id": "act-000001",
            "user": "anna",
            "conversation": "dm:anna",
            "kind": "text",
            "text": "hi",
        }
        status, answer = await chat.post("/local/act", raw)
        assert status == 500
        assert answer == {"message": "Something went wrong on the bot's side. Try again."}
        assert "local.request.failed" in caplog.text

    play(story)


def test_nobody_there_to_take_an_act_is_said_as_not_now() -> None:
    async def story(chat: Chat) -> None:
        raw = {
            "as": MARK,
            "id": "act-000001",
            "user": "anna",
            "conversation": "dm:anna",
            "kind": "text",
            "text": "hi",
        }
        status, answer = await chat.post("/local/act", raw)
        assert (status, answer["message"]) == (
            503,
            "Not sent: the bot is starting or stopping; try again in a moment.",
        )
        assert await chat.messages("anna", "dm:anna") == []

    play(story, running=False)


def test_a_stranger_can_neither_look_nor_write() -> None:
    async def story(chat: Chat) -> None:
        assert (await chat.get("/local/state?user=nobody"))[0] == 404
        raw = {
            "as": MARK,
            "id": "act-000001",
            "user": "nobody",
            "conversation": "dm:nobody",
            "kind": "text",
            "text": "x",
        }
        assert (await chat.post("/local/act", raw))[0] == 404
        assert chat.bot.acts == []

    play(story)


def test_an_act_without_a_person_of_the_cast_is_refused_in_a_channel_too() -> None:
    async def story(chat: Chat) -> None:
        raw = {"as": MARK, "id": "act-000001", "user": "nobody", "conversation": "channel:finance"}
        status, _ = await chat.post("/local/act", raw | {"kind": "text", "text": "x"})
        assert status == 404
        assert chat.bot.acts == []

    play(story)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[", "10.0.0.1", "0.0.0.0"]
)
def test_a_name_that_is_not_this_machine_is_refused(host: str) -> None:
    async def story(chat: Chat) -> None:
        for path in ("/local/state?user=anna", "/local/people?q=a"):
            status, answer = await chat.get(path, Host=host)
            assert (status, answer["message"][:20]) == (403, "Open the local chat ")

    play(story)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]", "LOCALHOST"])
def test_every_name_of_this_machine_is_taken(host: str) -> None:
    async def story(chat: Chat) -> None:
        assert (await chat.get("/local/state", Host=f"{host}:{chat.server.port}"))[0] == 200

    play(story)


def test_another_sites_page_can_neither_act_nor_look() -> None:
    async def story(chat: Chat) -> None:
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            assert (await chat.post("/local/clock", {"by": "day"}, **headers))[0] == 403
            assert (await chat.get("/local/state", **headers))[0] == 403
        port_next_door = f"http://127.0.0.1:{(chat.server.port or 1) + 1}"
        assert (await chat.post("/local/clock", {"by": "day"}, Origin=port_next_door))[0] == 403
        ours = str(chat.server.make_url("/")).rstrip("/")
        assert (await chat.post("/local/clock", {"by": "day"}, Origin=ours))[0] == 200

    play(story)


def test_a_socket_that_others_could_reach_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(chat: Chat) -> None:
        monkeypatch.setattr(page, "_local_socket", lambda request: False)
        status, answer = await chat.get("/local/state")
        assert (status, answer["message"]) == (
            403,
            "The local chat is for this machine only. Start the bot with --host 127.0.0.1.",
        )

    play(story)


def test_every_answer_carries_the_headers_that_keep_other_pages_out() -> None:
    async def story(chat: Chat) -> None:
        for path in ("/", "/local/chat.js", "/local/state", "/local/state?user=nobody"):
            async with chat.browser.get(chat.server.make_url(path)) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert policy.startswith("default-src 'none';")
                assert "unsafe" not in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"

    play(story)


@pytest.mark.parametrize(
    ("user", "conversation"),
    [
        ("nobody", "channel:finance"),
        ("nobody", "dm:nobody"),
        ("anna", "channel:nowhere"),
        ("x" * 500, "dm:anna"),
    ],
)
def test_nobody_unknown_has_read_anything(user: str, conversation: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.bot.say(conversation if conversation == "dm:anna" else "channel:finance", cards.WELCOME)
        status, _ = await chat.post("/local/seen", {"user": user, "conversation": conversation})
        assert status == 404
        assert not chat.adapter._rooms._read

    play(story)
