"""What people in Teams get to see for what they do: an answer in its place, privately where it is theirs alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.core.card import Button, Card, Number, Person, Submit, Text, say
from bot.core.compose import notes
from bot.core.ports import (
    Clicked,
    Close,
    Inbound,
    Joined,
    Nothing,
    Problems,
    Ran,
    Reply,
    Show,
    Update,
    Wrote,
)
from tests.adapters.teams import screen
from tests.adapters.teams.office import Counter, run
from tests.adapters.teams.validators import check_card

FORM = Card(
    "Invoice matcher: pulse",
    "pulse",
    body=(say("2 questions"),),
    fields=(Number("users", "How many?", required=True), Text("note", "Anything else?")),
    actions=(
        Submit("Send", "f.submit"),
        Button(
            "Ask a colleague", "f.hand", asks=(Person("to", "Who knows?", required=True), Text("why", "Why?"))
        ),
    ),
)
STATUS = Card("Status", "Status: " + "all is well. " * 40, body=(say("all is well"), say("quite well")))
CARD, TEXT = "application/vnd.microsoft.card.adaptive", "application/vnd.microsoft.activity.message"


def drawn(counter: Counter, card: Card) -> Any:
    return counter.adapter.render(card)["attachments"][0]["content"]


def button(counter: Counter, card: Card, title: str) -> Any:
    return next(one for one in screen.buttons(drawn(counter, card)) if one["title"] == title)


def replying(reply: Reply) -> Callable[[Inbound], Reply]:
    return lambda inbound: reply


async def press(counter: Counter, title: str = "Send", entered: Any = None, **parts: Any) -> Any:
    status, body = await counter.says(screen.pressed(button(counter, FORM, title), entered, **parts))
    assert status == 200
    assert body["statusCode"] == 200
    return body


def texts(card: Any) -> str:
    return json.dumps(card, ensure_ascii=False)


# --- a press waits for its answer


def test_an_answer_card_comes_back_with_the_press_itself() -> (
    None
):  # T1: through botbuilder's own pipeline a 500
    async def story(counter: Counter) -> None:
        body = await press(counter, entered={"one:users": "42"})
        assert body["type"] == CARD
        check_card(body["value"])
        assert "quite well" in texts(body["value"])
        assert counter.heard[0].act == Clicked("f.submit", {"users": "42"})
        assert not counter.teams.messages

    run(story, replies=replying(Update(STATUS, over=True)))


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Nothing(), "Done."),
        (Close(), "Done."),
        (Problems({"": "Please name somebody."}), "Not saved. Please name somebody."),
        (Show(notes.stale()), notes.stale().fallback),
    ],
)
def test_a_short_answer_is_shown_for_a_moment(reply: Reply, says: str) -> None:
    async def story(counter: Counter) -> None:
        assert await press(counter) == {"statusCode": 200, "type": TEXT, "value": says}

    run(story, replies=replying(reply))


def test_a_longer_answer_to_a_press_is_a_message_of_its_own_in_a_direct_conversation() -> None:
    async def story(counter: Counter) -> None:
        assert (await press(counter))["value"] == "Status"
        [message] = counter.teams.in_room(screen.DIRECT)
        assert "quite well" in texts(message.card)

    run(story, replies=replying(Show(STATUS)))


def test_in_a_channel_the_answer_to_a_press_is_for_whoever_pressed() -> None:
    async def story(counter: Counter) -> None:
        room = {"id": f"{screen.CHANNEL};messageid=1", "conversationType": "channel"}
        assert (await press(counter, conversation=room))["type"] == CARD
        assert not counter.teams.messages

    run(story, replies=replying(Show(STATUS)))


def test_what_the_engine_refuses_is_said_at_its_field_with_all_that_was_entered() -> None:
    def engine(inbound: Inbound) -> Reply:
        asks = isinstance(inbound.act, Clicked) and inbound.act.values is None
        return Show(FORM) if asks else Problems({"users": "Write it in digits."})

    async def story(counter: Counter) -> None:
        body = await press(counter, entered={"one:users": "4000000", "one:note": "so far"})
        check_card(body["value"])
        values = {one["id"]: one.get("value") for one in body["value"]["body"] if "id" in one}
        assert values == {"one:users": 4000000, "one:note": "so far"}
        assert "⚠ Write it in digits." in texts(body["value"])
        assert len({inbound.dedupe_key for inbound in counter.heard}) == 2

    run(story, replies=engine)


def test_a_question_asked_first_can_be_answered_wrongly_and_again() -> None:
    async def story(counter: Counter) -> None:
        asking = (await press(counter, "Ask a colleague"))["value"]
        assert not counter.heard, "nothing is stored before it is sent"
        send, back = asking["actions"]
        sent = {"person:to": screen.BEN, "one:why": "knows it"}
        for _ in range(2):
            _, body = await counter.says(screen.pressed(send, sent))
            again = body["value"]
            check_card(again)
            assert "⚠ Not this one." in texts(again)
            assert {one["id"]: one.get("value") for one in again["body"] if "id" in one} == sent
            send = again["actions"][0]
        assert counter.heard[-1].act == Clicked("f.hand", {"to": screen.BEN, "why": "knows it"})
        await counter.says(screen.pressed(back))
        assert counter.heard[-1].act == Clicked("f.submit", None)

    run(story, replies=replying(Problems({"to": "Not this one."})))


def test_somebody_who_never_met_us_cannot_be_picked_yet() -> None:
    async def story(counter: Counter) -> None:
        asking = (await press(counter, "Ask a colleague"))["value"]
        _, body = await counter.says(screen.pressed(asking["actions"][0], {"person:to": screen.BEN}))
        assert notes.NOT_MET in texts(body["value"])
        assert not counter.heard

    run(story, strangers=frozenset({screen.BEN}))


def test_an_older_client_gets_the_question_as_a_message() -> None:
    async def story(counter: Counter) -> None:
        ask = button(counter, FORM, "Ask a colleague")
        assert await counter.says(screen.submitted(ask)) == (200, "")
        [message] = counter.teams.messages
        assert "Who knows?" in texts(message.card)

    run(story)


def test_when_too_much_is_in_hand_whoever_presses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.adapter.BUDGET", 0.02)

    async def story(counter: Counter) -> None:
        body = await press(counter)
        assert body["type"] == TEXT
        assert "press again" in body["value"]
        assert (await counter.says(screen.wrote("status")))[0] == 503
        await asyncio.sleep(0.3)
        await counter.settled()
        assert [message.activity["summary"] for message in counter.teams.messages][-1].startswith("Status")

    run(story, replies=replying(Show(STATUS)), slow=0.15)


def test_who_is_told_so_costs_no_more_than_telling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.adapter.IN_HAND", 0)

    async def story(counter: Counter) -> None:
        monkeypatch.delattr(counter.adapter._turns, "_handler")  # the SDK's turn would fail
        assert "press again" in (await press(counter))["value"]
        assert (await counter.says(screen.wrote("status")))[0] == 503

    run(story)


def test_an_engine_that_fails_is_no_500() -> None:  # T2
    def engine(inbound: Inbound) -> Reply:
        raise RuntimeError("x")

    async def story(counter: Counter) -> None:
        assert "press again" in (await press(counter))["value"]
        assert (await counter.says(screen.wrote("status")))[0] == 503

    run(story, replies=engine)


# --- what is written


def test_a_text_is_answered_in_the_conversation() -> None:
    async def story(counter: Counter) -> None:
        assert await counter.says(screen.wrote("status")) == (200, "")
        assert counter.heard[0].act == Wrote("status")
        assert len(counter.teams.in_room(screen.DIRECT)) == 1

    run(story, replies=replying(Show(STATUS)))


def test_in_a_channel_a_private_answer_goes_to_the_askers_own_chat() -> None:
    async def story(counter: Counter) -> None:
        await counter.says(screen.mentioned("status", thread="17"))
        [private] = [one for one in counter.teams.messages if "quite well" in texts(one.card)]
        assert private.conversation == screen.DIRECT
        [public] = [one for one in counter.teams.messages if one is not private]
        assert public.conversation == f"{screen.CHANNEL};messageid=17"
        assert notes.SENT_DIRECTLY in texts(public.card)

    run(story, replies=replying(Show(STATUS)))


def test_who_cannot_be_written_to_is_told_how() -> None:
    async def story(counter: Counter) -> None:
        counter.teams.rooms[screen.DIRECT].closed = "ConversationBlockedByUser"
        await counter.says(screen.mentioned("status"))
        [public] = counter.teams.in_room(screen.CHANNEL)
        assert notes.WRITE_DIRECTLY in texts(public.card)
        assert "quite well" not in texts(public.card)

    run(story, replies=replying(Show(STATUS)))


def test_where_clients_can_an_answer_is_shown_to_the_asker_alone() -> None:
    async def story(counter: Counter) -> None:
        await counter.says(screen.mentioned("status"))
        [message] = counter.teams.messages
        assert message.only == screen.mri(screen.ANNA)
        assert message.activity["isTargeted"] is True

    run(story, replies=replying(Show(STATUS)), targeted=True)


def test_a_public_answer_stands_in_the_thread() -> None:
    async def story(counter: Counter) -> None:
        await counter.says(screen.mentioned("digest", thread="17"))
        [message] = counter.teams.messages
        assert message.conversation == f"{screen.CHANNEL};messageid=17"

    run(story, replies=replying(Show(STATUS, private=False)))


# --- coming, going, and what is nothing to us


def test_the_first_message_greets_and_the_tenant_is_kept_once() -> None:
    async def story(counter: Counter) -> None:
        for _ in range(2):
            await counter.says(screen.activity("installationUpdate", action="add"))
        assert [inbound.act for inbound in counter.heard] == [Joined(), Joined()]
        assert counter.tenants == [screen.TENANT]
        assert "Hello Anna" in texts(counter.teams.messages[0].card)

    run(story, replies=replying(Show(notes.welcome("Anna"))))


NAMELESS = {"from": {"id": screen.mri(screen.ANNA), "aadObjectId": screen.ANNA}}


def test_an_installation_does_not_say_whose_it_is_so_the_name_is_asked_for() -> None:
    async def story(counter: Counter) -> None:
        counter.teams.names[screen.mri(screen.ANNA)] = "Anna Berzina"
        await counter.says(screen.activity("installationUpdate", action="add", **NAMELESS))
        assert counter.heard[0].sender.name == "Anna Berzina"
        counter.strangers = frozenset()
        await counter.says(screen.wrote("status"))
        assert counter.teams.members_asked == 1

    run(story, strangers=frozenset({screen.ANNA}))


def test_somebody_whose_name_cannot_be_had_is_heard_all_the_same() -> None:
    async def story(counter: Counter) -> None:
        await counter.says(screen.activity("installationUpdate", action="add", **NAMELESS))
        assert counter.heard[0].sender.name == ""

    run(story, strangers=frozenset({screen.ANNA}))


@pytest.mark.parametrize(
    "raw",
    [
        screen.activity("typing"),
        screen.activity("messageReaction", reactionsAdded=[{"type": "like"}]),
        screen.activity("event", name="x"),
        screen.activity("somethingNew"),
        screen.activity("conversationUpdate", membersAdded=[{"id": screen.mri(screen.BEN)}] * 300),  # T16
        screen.activity("invoke", name="composeExtension/query", value={}),
        screen.activity("invoke", name="adaptiveCard/action", value=None),
        screen.activity("invoke", name="adaptiveCard/action", value={"action": 7}),
    ],
)
def test_what_is_nothing_to_us_is_taken_without_a_word(raw: dict[str, Any]) -> None:
    async def story(counter: Counter) -> None:
        assert (await counter.says(raw))[0] == 200
        assert not counter.heard
        assert not counter.teams.calls

    run(story)


def test_what_somebody_types_into_a_field_is_searched_for() -> None:
    async def story(counter: Counter) -> None:
        value = {"queryText": "inv", "dataset": "rampcheck/pilots"}
        _, body = await counter.says(screen.activity("invoke", name="application/search", value=value))
        assert body["value"] == {"results": [{"value": "p1", "title": "Pilot inv: pilot stage"}]}

    run(story)


def test_a_slash_command_runs() -> None:
    async def story(counter: Counter) -> None:
        await counter.says(screen.wrote("/status invoice"))
        assert counter.heard[0].act == Ran("status invoice")

    run(story)


def test_a_service_that_moved_is_answered_where_it_is_now() -> None:
    async def story(counter: Counter) -> None:
        from bot.core.records import Address

        await counter.says(screen.wrote("status"))
        stale = Address(1, "teams", screen.DIRECT, "http://127.0.0.1:9/emea/")
        ref = await counter.adapter.send(stale, counter.adapter.render(STATUS), key="k")
        assert counter.teams.message(ref.conversation, ref.message)

    run(story)
