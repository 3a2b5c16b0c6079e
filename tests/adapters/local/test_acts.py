"""What people do in the local chat, and what comes back to them."""

from __future__ import annotations

from bot.core.ports import Clicked, Close, Ran, Show, Update, Wrote
from tests.adapters.local.chatting import Chat, play
from tests.fakes import cards


def test_a_click_reaches_the_bot_with_what_was_entered_and_its_problems_come_back() -> None:
    async def story(chat: Chat) -> None:
        ref = await chat.bot.say("dm:anna", cards.PULSE)
        answer = await chat.act(
            kind="click", token="pulse.submit", values={"users": "many"}, message=ref.message
        )
        assert answer["kind"] == "problems"
        assert answer["fields"]["users"].startswith("“many” is not a whole number.")
        assert chat.bot.acts[0].act == Clicked("pulse.submit", {"users": "many"})
        assert chat.bot.acts[0].on.message == ref.message

    play(story)


def test_an_answered_message_changes_in_its_place() -> None:
    async def story(chat: Chat) -> None:
        ref = await chat.bot.say("dm:anna", cards.PULSE)
        values = {"moved": "some", "sure": "yes", "users": "none"}
        answer = await chat.act(kind="click", token="pulse.submit", values=values, message=ref.message)
        assert answer == {"kind": "nothing"}
        (shown,) = await chat.messages("anna", "dm:anna")
        assert (shown["id"], shown["card"]["title"], shown["rev"]) == (ref.message, cards.THANKS.title, 1)

    play(story)


def test_what_is_typed_stands_in_the_conversation_and_a_command_for_its_writer_only() -> None:
    async def story(chat: Chat) -> None:
        place = "channel:finance"
        await chat.act(kind="text", text="status", conversation=place)
        await chat.act(kind="text", text="/rampcheck help", conversation=place)
        assert [inbound.act for inbound in chat.bot.acts] == [Wrote("status"), Ran("help")]
        mine, hers = await chat.messages("anna", place), await chat.messages("rita", place)
        assert [one["text"] or one["card"]["title"] for one in mine] == [
            "status",
            cards.STATUS.title,
            "/rampcheck help",
            cards.HELP.title,
        ]
        assert [one["text"] for one in hers] == ["status"]

    play(story)


def test_a_private_reply_is_replaced_by_the_next_and_goes_when_it_is_closed() -> None:
    async def story(chat: Chat) -> None:
        shown = (await chat.act(kind="text", text="/rampcheck status"))["message"]
        more = (await chat.act(kind="click", token="status.more", message=shown["id"]))["message"]
        assert (more["id"], more["card"]["title"]) == (shown["id"], cards.STATUS_MORE.title)
        chat.bot.replies["again"] = Update(cards.STATUS)
        again = (await chat.act(kind="click", token="again", message=shown["id"]))["message"]
        assert (again["id"], again["rev"]) == (shown["id"], 2)
        closed = await chat.act(kind="click", token="status.close", message=shown["id"])
        assert closed == {"kind": "close", "removed": shown["id"]}
        assert len(await chat.messages("anna", "dm:anna")) == 1

    play(story)


def test_a_reply_for_all_is_a_message_of_the_conversation_and_an_update_waits_for_the_outbox() -> None:
    async def story(chat: Chat) -> None:
        ref = await chat.bot.say("channel:finance", cards.DIGEST)
        chat.bot.replies = {
            "all": Show(cards.HELP, private=False),
            "update": Update(cards.THANKS),
            "close": Close(),
        }
        await chat.act(kind="click", token="all", message=ref.message, conversation="channel:finance")
        update = await chat.act(
            kind="click", token="update", message=ref.message, conversation="channel:finance"
        )
        assert (update["kind"], update["card"]["title"]) == ("update", cards.THANKS.title)
        closed = await chat.act(
            kind="click", token="close", message=ref.message, conversation="channel:finance"
        )
        assert closed == {"kind": "close", "removed": ""}
        titles = [one["card"]["title"] for one in await chat.messages("rita", "channel:finance")]
        assert titles == [cards.DIGEST.title, cards.HELP.title]

    play(story)


def test_the_same_act_twice_is_one_message() -> None:
    async def story(chat: Chat) -> None:
        for _ in range(2):
            await chat.act("the-same-1", kind="text", text="help")
        assert {inbound.dedupe_key for inbound in chat.bot.acts} == {"local:anna:the-same-1"}
        assert len(await chat.messages("anna", "dm:anna")) == 2

    play(story)


def test_a_reply_to_a_reply_hangs_under_the_root_and_one_to_a_lost_root_stands_alone() -> None:
    async def story(chat: Chat) -> None:
        root = await chat.bot.say("channel:finance", cards.DIGEST)
        reply = await chat.bot.say("channel:finance", cards.DETAILS[0], thread=root.message)
        await chat.bot.say("channel:finance", cards.DETAILS[1], thread=reply.message)
        await chat.bot.say("channel:finance", cards.DETAILS[2], thread="mgone")
        threads = [one["thread"] for one in await chat.messages("rita", "channel:finance")]
        assert threads == ["", root.message, root.message, ""]

    play(story)


def test_people_are_found_by_a_part_of_their_name() -> None:
    async def story(chat: Chat) -> None:
        _, found = await chat.get("/local/people?q=LIND")
        assert found == {
            "people": [{"user": "rita", "name": "Rita Lindqvist", "note": "Sponsor: decides on both pilots"}]
        }

    play(story)
