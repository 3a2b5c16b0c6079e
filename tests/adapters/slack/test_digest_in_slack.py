"""The digest in a channel of a workspace: whole, in order, once, and with somebody told where it cannot be posted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack import uploads
from adapters.slack.pacing import Pacing
from bot.core.card import Card, Grid, Picture, say
from bot.core.ports import Message
from bot.core.records import Address, Pilot, Snapshot
from bot.service import deliver, registry
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.validators import check_message
from tests.fakes.slack.people import Somebody, labels
from tests.fakes.slack.server import Fault
from tests.fakes.slack.workspace import BOT_USER, TEAM
from tests.fakes.slack.workspace import Message as Shown

pytest_plugins = ["tests.databases"]

CHANNEL = "C0PILOTS"
LONG = Card("Stuck", "Stuck", tuple(say(f"{number}: " + "word " * 60) for number in range(60)))
Story = Callable[[Airport, Somebody], Awaitable[None]]


@pytest.fixture
def tell(sqlite_url: str) -> Callable[[Story], None]:
    """A story with a lead who has set up the digest in #pilots."""

    def told(story: Story) -> None:
        async def all_of_it() -> None:
            async with Airport(sqlite_url, "http") as airport:
                lena = airport.somebody("U0LENA", "Lena Ozola", standing="lead")
                airport.slack.workspace.add_channel(CHANNEL, "pilots")
                await lena.command("digest subscribe", channel=CHANNEL)
                await story(airport, lena)

        asyncio.run(all_of_it())

    return told


Tell = Callable[[Story], None]


def channel(airport: Airport) -> list[Shown]:
    return [one for one in airport.slack.workspace.messages if one.channel == CHANNEL and not one.only]


def told(lena: Somebody) -> list[Shown]:
    return [one for one in lena.inbox if "did not reach #pilots" in one.text]


def change(airport: Airport, pilot: Pilot, **changes: Any) -> None:
    airport.write(lambda work: registry.change_pilot(work, pilot, changes, actor=None))


async def post_long(airport: Airport) -> None:
    to = Address(airport.connection, "slack", CHANNEL)
    airport.write(lambda work: work.unit.enqueue(Message("long", to, LONG), work.now))
    await airport.deliver()


async def wait(airport: Airport, *, rounds: int = 12) -> None:
    """Time passes until whatever was put off is done."""
    for _ in range(rounds):
        airport.clock.moment += timedelta(minutes=2)
        (await airport.adapter.client_for(TEAM))._pacing = Pacing()  # two minutes have passed for it as well
        await airport.deliver()


def numbers(airport: Airport) -> list[int]:
    found = [block for one in channel(airport) for block in one.blocks if block["type"] == "rich_text"]
    return [int(block["elements"][0]["elements"][0]["text"].partition(":")[0]) for block in found]


# --- whole and once


def test_a_long_message_stands_whole_in_its_thread(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        del lena
        await post_long(airport)
        await wait(airport, rounds=4)
        first, *more = channel(airport)
        assert {one.thread for one in more} == {first.ts}
        assert numbers(airport) == list(range(60))
        assert airport.slack.refused == []

    tell(story)


@pytest.mark.parametrize(
    "faults",
    [
        [Fault(), Fault(status=429, after=7), Fault(), Fault(status=429, after=1)],
        [Fault(status=429, after=30), Fault(status=429, after=30)],
        [Fault(), Fault(code="something_new")],
    ],
)
def test_whatever_slack_answers_no_part_is_lost_or_doubled(tell: Tell, faults: list[Fault]) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        del lena
        airport.slack.fail("chat.postMessage", *faults)
        await post_long(airport)
        await wait(airport)
        assert numbers(airport) == list(range(60))

    tell(story)


def test_a_worker_that_dies_between_two_parts_leaves_the_rest_to_the_next(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        del lena
        to = Address(airport.connection, "slack", CHANNEL)
        airport.write(lambda work: work.unit.enqueue(Message("long", to, LONG), work.now))
        await deliver.drain(airport.app.post, stopping=lambda: bool(numbers(airport)))
        assert 0 < len(numbers(airport)) < 60
        await wait(airport, rounds=4)
        assert numbers(airport) == list(range(60))

    tell(story)


def test_a_digest_whose_answer_was_lost_is_not_posted_twice_and_its_subscriber_looks(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        airport.slack.fail("chat.postMessage", Fault(drop=True, kept=True))
        await airport.pass_time(timedelta(days=2))
        await wait(airport)
        assert len([one for one in channel(airport) if not one.thread]) == 1
        assert told(lena) == [], "nobody knows that"
        (note,) = [one for one in lena.inbox if "may not have reached #pilots" in one.text]
        assert "look before posting it again" in note.text
        check_message({"text": note.text, "blocks": note.blocks})

    tell(story)


# --- trouble


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ({"joined": False}, "invite it with /invite"),
        ({"archived": True}, "name another one"),
    ],
)
def test_a_channel_that_takes_nothing_is_told_of_once_and_recovers(
    tell: Tell, trouble: dict[str, bool], says: str
) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        place = airport.slack.workspace.channels[CHANNEL]
        for name, value in trouble.items():
            setattr(place, name, value)
        await airport.pass_time(timedelta(days=16))
        (note,) = told(lena)
        assert says in note.text
        place.joined, place.archived = True, False
        await airport.pass_time(timedelta(days=7))
        assert len([one for one in channel(airport) if not one.thread]) == 1

    tell(story)


def test_a_missing_permission_is_named(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        airport.slack.fail("chat.postMessage", Fault(code="missing_scope"))
        await airport.pass_time(timedelta(days=2))
        (note,) = told(lena)
        assert "install it again with the current manifest" in note.text

    tell(story)


def test_invited_into_a_private_channel_the_bot_posts_at_once(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        place = airport.slack.workspace.channels[CHANNEL]
        place.joined = False
        await airport.pass_time(timedelta(days=2))
        assert channel(airport) == []
        place.joined = True
        event = {"type": "member_joined_channel", "user": BOT_USER, "channel": CHANNEL, "inviter": lena.id}
        await airport.slack.event(event)
        await airport.deliver()
        assert len([one for one in channel(airport) if not one.thread]) == 1

    tell(story)


def test_the_note_posts_it_now_by_its_button(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        place = airport.slack.workspace.channels[CHANNEL]
        place.archived = True
        await airport.pass_time(timedelta(days=2))
        place.archived = False
        await lena.press(told(lena)[0], "Post it now")
        await airport.deliver()
        assert len([one for one in channel(airport) if not one.thread]) == 1

    tell(story)


# --- its buttons


def test_its_buttons_answer_whoever_presses_and_nobody_else(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        airport.somebody("U0ANNA", "Anna Berzina")
        carl = airport.somebody("U0CARL", "Carl", known=False)
        airport.pilot("Invoice matcher", "U0ANNA")
        await airport.pass_time(timedelta(days=2))
        posted = channel(airport)
        (root,) = [one for one in posted if not one.thread]
        check_message({"text": root.text, "blocks": root.blocks})
        for who in (lena, carl):
            await who.press(root, "All pilots")
            await airport.settled()
            assert "Invoice matcher" in who.whispers[-1].text
        assert channel(airport) == posted, "the channel sees nothing of it"
        assert root.versions == 1

    tell(story)


def test_its_buttons_tell_a_stranger_nothing_of_a_private_pilot(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        del lena
        airport.somebody("U0ANNA", "Anna Berzina")
        carl = airport.somebody("U0CARL", "Carl", known=False)
        pilot = airport.pilot("Merger notes", "U0ANNA")
        change(airport, pilot, decide_by=airport.clock.now().date())
        await airport.pass_time(timedelta(days=2))
        (root,) = [one for one in channel(airport) if not one.thread]
        assert "Decide: Merger notes" in labels(root.blocks)

        change(airport, pilot, private=True)
        await carl.press(root, "Decide: Merger notes")
        await airport.settled()
        assert "Merger" not in carl.whispers[-1].text

    tell(story)


# --- its picture

GRID = Grid("Readiness", ("Value", "Data"), (("Invoice matcher", (42, None)),))
PICTURE = Card("Readiness", "Value 42, Data not known", (Picture("map-1", "Value 42, Data not known", GRID),))


async def post_picture(airport: Airport, key: str = "map") -> None:
    to = Address(airport.connection, "slack", CHANNEL)
    airport.write(lambda work: work.unit.enqueue(Message(key, to, PICTURE), work.now))
    await airport.deliver()


def images(airport: Airport) -> list[dict[str, Any]]:
    return [block for one in channel(airport) for block in one.blocks if block["type"] == "image"]


def test_the_picture_is_uploaded_looked_at_and_shown_with_its_words(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        del lena
        airport.slack.api.files.looks = 3
        await post_picture(airport)
        assert channel(airport) == [], "Slack has not looked at it yet"
        await wait(airport, rounds=3)
        (image,) = images(airport)
        (file,) = airport.slack.api.files.kept.values()
        assert image["slack_file"] == {"id": file.id}
        assert image["alt_text"] == "Value 42, Data not known"
        assert file.data.startswith(b"\x89PNG")
        check_message({"text": channel(airport)[0].text, "blocks": channel(airport)[0].blocks})
        assert not any("alt_txt" in str(args) for _, args in airport.slack.calls)

    tell(story)


def test_the_same_picture_is_uploaded_once_whatever_happens_to_its_message(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        del lena
        airport.slack.fail("chat.postMessage", Fault(status=429, after=1), Fault(code="something_new"))
        await post_picture(airport)
        await wait(airport, rounds=3)
        await post_picture(airport, "another")
        assert len(images(airport)) == 2
        assert airport.slack.count("files.getUploadURLExternal") == 1

    tell(story)


def test_a_picture_that_slack_does_not_show_yet_is_waited_for(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        del lena
        airport.slack.fail("chat.postMessage", Fault(code="invalid_blocks"))
        await post_picture(airport)
        await wait(airport, rounds=3)
        assert len(images(airport)) == 1
        assert airport.slack.count("files.getUploadURLExternal") == 1

    tell(story)


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("files.getUploadURLExternal", Fault(code="missing_scope")),
        ("files.completeUploadExternal", Fault(code="missing_scope")),
        ("files.getUploadURLExternal", Fault(status=500)),
        ("upload", Fault(status=500)),
    ],
)
def test_a_picture_that_cannot_be_had_holds_nothing_up(
    tell: Tell, method: str, fault: Fault, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(uploads, "PATIENCE", -1.0)

    async def story(airport: Airport, lena: Somebody) -> None:
        del lena
        airport.slack.fail(method, fault)
        await post_picture(airport)
        await wait(airport, rounds=2)
        (shown,) = channel(airport)
        assert images(airport) == []
        assert "Value 42, Data not known" in shown.text
        assert str(shown.blocks).count("Value 42, Data not known") == 1
        assert sum("slack.no_picture" in line for line in caplog.messages) == 1

    tell(story)


def test_without_the_permission_to_ask_the_picture_is_shown_when_slack_takes_it(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        del lena
        airport.slack.api.scopes -= {"files:read"}
        airport.slack.api.files.looks = 0
        await post_picture(airport)
        assert len(images(airport)) == 1

    tell(story)


def test_the_weekly_digest_has_the_map_first_in_its_thread(tell: Tell) -> None:
    async def story(airport: Airport, lena: Somebody) -> None:
        del lena
        airport.somebody("U0ANNA", "Anna Berzina")
        pilot = airport.pilot("Invoice matcher", "U0ANNA")
        change(airport, pilot, decide_by=airport.clock.now().date())
        scores = {"value": 42, "data": 60}
        score = Snapshot(pilot.id, airport.clock.now(), 50, scores, "value", 0.5, 1, 1)
        airport.write(lambda work: work.unit.add_snapshot(score))
        await airport.pass_time(timedelta(days=2))
        await wait(airport, rounds=3)
        root, first, *_ = channel(airport)
        assert first.thread == root.ts
        (image,) = images(airport)
        assert image in first.blocks
        assert "Invoice matcher: Value 42, Process not known, Data 60" in image["alt_text"]

    tell(story)
