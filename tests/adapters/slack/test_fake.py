"""The fake Slack refuses what Slack refuses: a fake that allows too much proves nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.fakes.slack.people import Somebody
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, FakeSlack, Fault, signed
from tests.fakes.slack.shapes import links, mentions

Json = dict[str, Any]
WORDS = {"type": "plain_text", "text": "Words"}
SECTION = {"type": "section", "text": WORDS}
BUTTON = {"type": "button", "text": WORDS, "action_id": "a", "value": "v"}
INPUT = {
    "type": "input",
    "block_id": "field:a",
    "label": WORDS,
    "element": {"type": "plain_text_input", "action_id": "value"},
}
VIEW = {"type": "modal", "title": WORDS, "submit": WORDS, "blocks": [INPUT]}


@dataclass
class Desk:
    """Somebody with a token in front of the API, and a clock to move."""

    slack: FakeSlack
    session: aiohttp.ClientSession
    now: float = 1000.0

    async def call(self, method: str, *, token: str = BOT_TOKEN, **args: Any) -> Json:
        url, sent = f"{self.slack.url}/api/{method}", {"Authorization": f"Bearer {token}"}
        async with self.session.post(url, json=args, headers=sent) as answer:
            said: Json = await answer.json()
            return {**said, "after": answer.headers.get("Retry-After")}

    async def error(self, method: str, **args: Any) -> str:
        return str((await self.call(method, **args)).get("error", ""))

    async def say(self, text: str = "Hello", channel: str = "C0PILOTS", **args: Any) -> Json:
        return await self.call("chat.postMessage", channel=channel, text=text, **args)

    def trigger(self) -> str:
        return self.slack.workspace.trigger("U0ANNA")

    async def opened(self, **view: Any) -> Json:
        return await self.call("views.open", trigger_id=self.trigger(), view={**VIEW, **view})


def told(story: Callable[[Desk], Awaitable[None]], **how: Any) -> None:
    async def all_of_it() -> None:
        async with FakeSlack(**how) as slack, aiohttp.ClientSession() as session:
            desk = Desk(slack, session)
            slack.workspace.clock = lambda: desk.now
            slack.workspace.add("U0ANNA", "Anna")
            slack.workspace.add("U0BEN", "Ben")
            slack.workspace.add_channel("C0PILOTS", "pilots")
            await story(desk)

    asyncio.run(all_of_it())


def test_a_call_needs_the_right_token_and_a_known_method() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.error("auth.test", token="xoxb-another") == "invalid_auth"
        assert await desk.error("auth.test", token=APP_TOKEN) == "invalid_auth"
        assert await desk.error("apps.connections.open", token=BOT_TOKEN) == "invalid_auth"
        assert await desk.error("chat.shout") == "unknown_method"
        assert (await desk.call("auth.test"))["ok"]

    told(story)


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        ("chat.postMessage", "chat:write"),
        ("chat.postEphemeral", "chat:write"),
        ("chat.update", "chat:write"),
        ("conversations.open", "im:write"),
        ("conversations.history", "im:history"),
        ("users.info", "users:read"),
    ],
)
def test_a_call_needs_its_scope(method: str, scope: str) -> None:
    async def story(desk: Desk) -> None:
        desk.slack.api.scopes -= {scope}
        said = await desk.call(method, channel="C0PILOTS", users="U0ANNA", user="U0ANNA", text="x", ts="1.1")
        assert (said["error"], said["needed"]) == ("missing_scope", scope)

    told(story)


def test_channels_are_never_read() -> None:
    async def story(desk: Desk) -> None:
        assert await desk.error("conversations.history", channel="C0PILOTS") == "missing_scope"

    told(story)


def test_each_method_has_its_own_speed() -> None:
    async def story(desk: Desk) -> None:
        said = [await desk.call("users.list") for _ in range(21)]
        assert [one["ok"] for one in said] == [True] * 20 + [False]
        assert said[-1]["error"] == "ratelimited"
        assert int(said[-1]["after"]) > 0
        assert (await desk.call("users.info", user="U0ANNA"))["ok"]
        assert desk.slack.refused == ["users.list"]

    told(story)


def test_a_channel_takes_a_message_a_second() -> None:
    async def story(desk: Desk) -> None:
        said = [await desk.say() for _ in range(4)]
        assert said[-1]["error"] == "ratelimited"
        assert (await desk.say(channel="U0ANNA"))["ok"]

    told(story)


def test_a_trigger_is_good_once_and_for_three_seconds() -> None:
    async def story(desk: Desk) -> None:
        trigger = desk.trigger()
        assert (await desk.call("views.open", trigger_id=trigger, view=VIEW))["ok"]
        assert await desk.error("views.open", trigger_id=trigger, view=VIEW) == "exchanged_trigger_id"
        late = desk.trigger()
        desk.now += 3.1
        assert await desk.error("views.open", trigger_id=late, view=VIEW) == "expired_trigger_id"
        assert await desk.error("views.open", trigger_id="made.up", view=VIEW) == "invalid_trigger_id"

    told(story)


def test_three_modals_stand_on_one_another_and_no_fourth() -> None:
    async def story(desk: Desk) -> None:
        assert (await desk.opened())["ok"]
        for _ in range(2):
            assert (await desk.call("views.push", trigger_id=desk.trigger(), view=VIEW))["ok"]
        assert await desk.error("views.push", trigger_id=desk.trigger(), view=VIEW) == "push_limit_reached"

    told(story)


def test_a_modal_that_changed_meanwhile_is_not_written_over() -> None:
    async def story(desk: Desk) -> None:
        view = (await desk.opened())["view"]
        change = {"view_id": view["id"], "hash": view["hash"], "view": VIEW}
        assert (await desk.call("views.update", **change))["ok"]
        assert await desk.error("views.update", **change) == "hash_conflict"
        assert await desk.error("views.update", view_id="V0", view=VIEW) == "not_found"

    told(story)


def test_a_response_url_is_good_five_times_and_for_half_an_hour() -> None:
    async def story(desk: Desk) -> None:
        async def answered(url: str) -> int:
            async with desk.session.post(url, json={"text": "Hello"}) as answer:
                return answer.status

        often = desk.slack.answer_at("U0ANNA", "C0PILOTS", "")
        assert [await answered(often) for _ in range(6)] == [200] * 5 + [404]
        late = desk.slack.answer_at("U0ANNA", "C0PILOTS", "")
        desk.now += 30 * 60 + 1
        assert await answered(late) == 404

    told(story)


def test_only_somebody_in_the_channel_sees_what_is_for_their_eyes() -> None:
    async def story(desk: Desk) -> None:
        async def whispered(user: str, channel: str = "C0PILOTS") -> str:
            return await desk.error("chat.postEphemeral", channel=channel, user=user, text="Psst")

        direct = desk.slack.workspace.direct("U0ANNA").id
        desk.slack.workspace.channels["C0PILOTS"].without = frozenset({"U0BEN"})
        assert await whispered("U0ANNA") == ""
        assert await whispered("U0BEN") == "user_not_in_channel"
        assert await whispered("U0BEN", direct) == "user_not_in_channel"
        desk.slack.workspace.users["U0ANNA"].deleted = True
        assert await whispered("U0ANNA") == "user_not_in_channel"

    told(story)


def test_nobody_posts_where_they_are_not() -> None:
    async def story(desk: Desk) -> None:
        desk.slack.workspace.add_channel("C0OLD", "old", archived=True)
        desk.slack.workspace.add_channel("C0ELSE", "elsewhere", joined=False)
        desk.slack.workspace.add("U0LEFT", "Left", deleted=True)
        for channel, code in {
            "C0OLD": "is_archived",
            "C0ELSE": "not_in_channel",
            "C0NONE": "channel_not_found",
            "U0NONE": "channel_not_found",
            "U0LEFT": "user_disabled",
        }.items():
            assert (await desk.say(channel=channel)).get("error") == code

    told(story)


def test_only_ones_own_messages_are_changed() -> None:
    async def story(desk: Desk) -> None:
        hers = desk.slack.workspace.post("C0PILOTS", {"text": "Mine"}, user="U0ANNA")
        where = {"channel": "C0PILOTS", "text": "Changed"}
        assert await desk.error("chat.update", ts=hers.ts, **where) == "cant_update_message"
        assert await desk.error("chat.update", ts="1.1", **where) == "message_not_found"
        ours = await desk.say()
        assert await desk.error("chat.update", ts=ours["ts"], **where) == ""

    told(story)


def _options(count: int, length: int = 5) -> list[Json]:
    text = {"type": "plain_text", "text": "x" * length}
    return [{"text": text, "value": f"v{number}"} for number in range(count)]


def _pressing(element: Json) -> list[Json]:
    return [{"type": "actions", "elements": [element]}]


WRONG_BLOCKS: dict[str, Any] = {
    "too many blocks": [SECTION] * 51,
    "a block nobody knows": [{"type": "banner"}],
    "an input in a message": [INPUT],
    "a block_id twice": [{**SECTION, "block_id": "a"}] * 2,
    "a long block_id": [{**SECTION, "block_id": "a" * 256}],
    "a long header": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    "a header with markup": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "a long section": [{"type": "section", "text": {"type": "plain_text", "text": "x" * 3001}}],
    "an empty text": [{"type": "section", "text": {"type": "plain_text", "text": ""}}],
    "an empty rich text": [{"type": "rich_text", "elements": []}],
    "an image without words": [{"type": "image", "image_url": "https://x.example/i.png"}],
    "much context": [{"type": "context", "elements": [WORDS] * 11}],
    "many buttons": [{"type": "actions", "elements": [{**BUTTON, "action_id": f"a{n}"} for n in range(26)]}],
    "two buttons of one name": [{"type": "actions", "elements": [BUTTON, BUTTON]}],
    "a long label": _pressing({**BUTTON, "text": {"type": "plain_text", "text": "x" * 76}}),
    "a long value": _pressing({**BUTTON, "value": "x" * 2001}),
    "a button without a name": _pressing({"type": "button", "text": WORDS}),
    "eleven radio buttons": _pressing({"type": "radio_buttons", "action_id": "a", "options": _options(11)}),
    "a long option": _pressing({"type": "radio_buttons", "action_id": "a", "options": _options(2, 76)}),
    "an option that is not offered": _pressing(
        {"type": "radio_buttons", "action_id": "a", "options": _options(2), "initial_option": _options(3)[2]}
    ),
    "a hundred and one options": _pressing(
        {"type": "static_select", "action_id": "a", "options": _options(101)}
    ),
}


@pytest.mark.parametrize("blocks", WRONG_BLOCKS.values(), ids=WRONG_BLOCKS)
def test_a_message_that_slack_would_not_take_is_refused(blocks: Any) -> None:
    async def story(desk: Desk) -> None:
        assert (await desk.say(blocks=blocks)).get("error") == "invalid_blocks"
        assert (await desk.say(blocks=[SECTION]))["ok"]

    told(story)


def test_a_message_has_a_text_and_an_end() -> None:
    async def story(desk: Desk) -> None:
        assert (await desk.say(""))["error"] == "no_text"
        assert (await desk.say("x" * 40_001))["error"] == "msg_too_long"
        large = [{"type": "section", "text": {"type": "plain_text", "text": "x" * 2900}}] * 5
        assert (await desk.say(blocks=large))["error"] == "msg_blocks_too_long"

    told(story)


WRONG_VIEWS: dict[str, Json] = {
    "a long title": {"title": {"type": "plain_text", "text": "x" * 25}},
    "a long submit": {"submit": {"type": "plain_text", "text": "x" * 25}},
    "long metadata": {"private_metadata": "x" * 3001},
    "a long callback_id": {"callback_id": "x" * 256},
    "too many blocks": {"blocks": [SECTION] * 101},
    "no blocks": {"blocks": []},
    "an input without submit": {"submit": None},
    "a number as a bound": {
        "blocks": [{**INPUT, "element": {"type": "number_input", "action_id": "v", "min_value": 0}}]
    },
    "a button to enter": {"blocks": [{**INPUT, "element": BUTTON}]},
}


@pytest.mark.parametrize("change", WRONG_VIEWS.values(), ids=WRONG_VIEWS)
def test_a_modal_that_slack_would_not_take_is_refused(change: Json) -> None:
    async def story(desk: Desk) -> None:
        view = {name: part for name, part in {**VIEW, **change}.items() if part is not None}
        assert await desk.error("views.open", trigger_id=desk.trigger(), view=view) == "invalid_arguments"

    told(story)


def test_problems_stand_at_inputs_of_the_modal_only() -> None:
    async def story(desk: Desk) -> None:
        await desk.opened()
        anna = Somebody(desk.slack, "U0ANNA")
        assert anna.modal
        anna.changed(anna.modal, {"response_action": "errors", "errors": {"field:a": "No."}})
        assert anna.modal.errors == {"field:a": "No."}
        for wrong in ({"another": "No."}, {}):
            with pytest.raises(AssertionError):
                anna.changed(anna.modal, {"response_action": "errors", "errors": wrong})
        with pytest.raises(AssertionError):
            anna.changed(anna.modal, {"response_action": "update", "view": {**VIEW, "blocks": []}})
        with pytest.raises(AssertionError):
            anna.changed(anna.modal, {"response_action": "shrug"})

    told(story)


def test_faults_come_in_turn_and_then_it_works_again() -> None:
    async def story(desk: Desk) -> None:
        desk.slack.fail(
            "auth.test", Fault(status=429, after=9), Fault(code="internal_error"), Fault(drop=True)
        )
        first = await desk.call("auth.test")
        assert (first["error"], first["after"]) == ("ratelimited", "9")
        assert await desk.error("auth.test") == "internal_error"
        with pytest.raises(aiohttp.ClientError):
            await desk.call("auth.test")
        assert (await desk.call("auth.test"))["ok"]

    told(story)


def test_an_answer_that_is_lost_leaves_the_message_there() -> None:
    async def story(desk: Desk) -> None:
        desk.slack.fail("chat.postMessage", Fault(drop=True, kept=True))
        with pytest.raises(aiohttp.ClientError):
            await desk.say()
        assert len(desk.slack.workspace.messages) == 1

    told(story)


@pytest.mark.parametrize("forgetful", [False, True])
def test_an_event_is_repeated_with_its_headers_until_it_is_taken(*, forgetful: bool) -> None:
    async def story(desk: Desk) -> None:
        seen: list[tuple[str | None, str | None, str]] = []

        async def take(request: web.Request) -> web.Response:
            body, headers = await request.read(), request.headers
            assert headers["X-Slack-Signature"] == signed(body, headers["X-Slack-Request-Timestamp"])
            number, why = headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")
            seen.append((number, why, json.loads(body)["event_id"]))
            return web.Response(status=500 if len(seen) < 3 else 200)

        site = web.Application()
        site.add_routes([web.post("/slack/events", take)])
        async with TestServer(site) as server:
            desk.slack.events_url = str(server.make_url("/slack/events"))
            said = await Somebody(desk.slack, "U0ANNA").write("Hello")
        assert (said.status, said.attempts) == (200, 3)
        assert [one[:2] for one in seen] == [(None, None), ("1", "http_error"), ("2", "http_error")]
        assert len({ident for _, _, ident in seen}) == (3 if forgetful else 1)

    told(story, forgetful=forgetful)


def test_a_socket_needs_a_ticket_that_was_not_used_and_there_are_ten() -> None:
    async def story(desk: Desk) -> None:
        tickets = [(await desk.call("apps.connections.open", token=APP_TOKEN))["url"] for _ in range(11)]
        sockets = [await desk.session.ws_connect(url) for url in tickets]
        greetings = [(await socket.receive_json())["type"] for socket in sockets]
        assert greetings == ["hello"] * 10 + ["disconnect"]
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await desk.session.ws_connect(tickets[0])
        for socket in sockets:
            await socket.close()

    told(story)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("<!channel> look", []),
        ("<@U0BEN>", []),
        ("", [{"type": "section", "text": {"type": "mrkdwn", "text": "<!here|here>"}}]),
        ("", [{"type": "markdown", "text": "<#C0PILOTS>"}]),
        (
            "",
            [
                {
                    "type": "rich_text",
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "broadcast"}]}],
                }
            ],
        ),
    ],
)
def test_it_knows_whom_a_message_would_notify(text: str, blocks: list[Json]) -> None:
    assert mentions(text, blocks)
    inert = [{"type": "section", "text": {"type": "plain_text", "text": "<!channel>"}}]
    assert not mentions("&lt;!channel&gt; @here", inert)


def test_it_knows_what_can_be_followed() -> None:
    assert links("<https://evil.example|your bank>")
    assert links("", [{"type": "markdown", "text": "[your bank](https://evil.example)"}])
    assert links("", [{"type": "link", "url": "https://evil.example"}])
    assert not links("&lt;https://evil.example|your bank&gt; [your bank](https://evil.example)")
