"""Messages on their way out: sent once, in order, tried again when it helps, given up when it does not."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.core.card import Card, say
from bot.core.compose.notes import note
from bot.core.ports import DeliveryError, Message, MessageRef, Payload, Store
from bot.core.records import Address
from bot.service import deliver
from tests.fakes.office import Office
from tests.fakes.platform import Platform


@pytest.fixture
def office(store: Store) -> Office:
    office = Office(store)
    office.person("anna")
    office.person("bo")
    return office


def put(office: Office, key: str, user: str = "anna", **more: object) -> None:
    message = Message(key, office.address(user), note(key), **more)  # type: ignore[arg-type]  # fields of Message
    office.write(lambda unit: unit.enqueue(message, office.now))


def keys(office: Office, user: str = "anna") -> list[str]:
    return [card.fallback for card in office.platform.inbox(user)]


def test_a_message_is_sent_once_and_a_second_of_the_same_key_never(office: Office) -> None:
    put(office, "one")
    put(office, "one")
    office.deliver()
    office.deliver()
    assert keys(office) == ["one"]


def test_messages_to_one_person_keep_their_order_while_others_go_on(office: Office) -> None:
    office.platform.refusing = {"dm:anna": [DeliveryError("busy", retry_after=60)]}
    for key in ("one", "two", "three"):
        put(office, key)
    put(office, "other", "bo")
    office.deliver()
    assert (keys(office), keys(office, "bo")) == ([], ["other"])
    office.now += timedelta(seconds=61)
    office.deliver()
    assert keys(office) == ["one", "two", "three"]


def test_what_fails_is_tried_again_later_and_later_then_given_up(office: Office) -> None:
    office.platform.failing = [DeliveryError("down")] * 100
    put(office, "one")
    waits = 0
    while not office.events("delivery.dead"):
        office.deliver()
        office.now += timedelta(hours=1)
        waits += 1
        assert waits <= deliver.ATTEMPTS
    assert office.platform.calls == deliver.ATTEMPTS
    (event,) = office.events("delivery.dead")
    assert event.after == {"key": "one", "reason": "down", "address_off": False, "told": False}


def test_what_failed_together_does_not_come_again_together(office: Office) -> None:
    users = [f"user{number}" for number in range(20)]
    for user in users:
        put(office, user, user)
    office.platform.failing = [DeliveryError("down")] * 20
    office.deliver()
    office.now += deliver.BACKOFF[0]
    came = []
    for _ in range(9):
        office.now += timedelta(milliseconds=50)
        before = office.platform.calls
        office.deliver()
        came.append(office.platform.calls - before)
    assert sum(came) == 20
    assert max(came) < 10, "they are spread over a fifth of the rest"


def test_waiting_as_the_platform_asks_uses_up_no_attempt(office: Office) -> None:
    office.platform.failing = [DeliveryError("slow down", retry_after=30)] * (deliver.ATTEMPTS + 5)
    put(office, "one")
    for _ in range(deliver.ATTEMPTS + 6):
        office.deliver()
        office.now += timedelta(seconds=31)
    assert keys(office) == ["one"]


def test_a_conversation_that_is_gone_gets_nothing_more_until_it_is_heard_from(office: Office) -> None:
    office.platform.failing = [DeliveryError("blocked by the person", gone=True)]
    put(office, "one")
    put(office, "two")
    office.deliver()
    assert keys(office) == []
    assert office.platform.calls == 1
    assert office.events("delivery.dead")[0].after["address_off"] is True
    office.says("anna", "help")
    put(office, "three")
    office.deliver()
    assert keys(office) == ["three"]


def test_one_message_that_cannot_be_sent_does_not_silence_its_person(office: Office) -> None:
    office.platform.failing = [DeliveryError("too large", permanent=True)]
    put(office, "one")
    put(office, "two")
    office.deliver()
    assert keys(office) == ["two"]


def test_a_message_whose_answer_was_lost_is_looked_up_and_not_doubled(office: Office) -> None:
    office.platform.swallow = True
    put(office, "one")
    office.deliver()
    office.now += timedelta(minutes=5)
    office.deliver()
    assert keys(office) == ["one"]


def test_an_amend_changes_the_message_in_its_place(office: Office) -> None:
    put(office, "one")
    put(office, "one:again", replaces="one")
    office.deliver()
    assert keys(office) == ["one:again"]
    assert office.platform.posts[0].versions == 2


def test_what_came_too_late_is_dropped_not_sent(office: Office) -> None:
    put(office, "one", stale_at=office.now + timedelta(hours=1))
    office.now += timedelta(hours=2)
    office.deliver()
    assert keys(office) == []


# --- what goes on in a thread


def put_long(office: Office, parts: int) -> None:
    card = Card("long", "long", tuple(say(f"part {number}") for number in range(1, parts + 1)))
    office.platform.blocks_a_message = 1
    office.write(lambda unit: unit.enqueue(Message("long", office.address("anna"), card), office.now))
    put(office, "after", under="long")


def seen(office: Office) -> list[tuple[str, str]]:
    posts = [post for post in office.platform.posts if post.conversation == "dm:anna"]
    return [(post.key, post.thread) for post in posts]


def test_the_parts_of_a_message_stand_in_its_thread_in_order(office: Office) -> None:
    put_long(office, 3)
    office.deliver()
    assert seen(office) == [("long", ""), ("long#2", "long"), ("long#3", "long"), ("after", "long")]


def test_a_pause_in_the_middle_of_a_thread_loses_and_doubles_nothing(office: Office) -> None:
    put_long(office, 4)
    busy = DeliveryError("busy", retry_after=30)
    office.platform.failing = [None, busy, busy, None, DeliveryError("down")]
    for _ in range(8):
        office.deliver()
        office.now += timedelta(seconds=31)
    assert [key for key, _ in seen(office)] == ["long", "long#2", "long#3", "long#4", "after"]


def test_a_part_whose_answer_was_lost_is_looked_up_and_not_doubled(office: Office) -> None:
    put_long(office, 3)
    office.platform.swallow = True
    for _ in range(3):
        office.deliver()
        office.now += timedelta(minutes=5)
    office.platform.swallow = True
    assert [key for key, _ in seen(office)] == ["long", "long#2", "long#3", "after"]


def test_what_stands_of_a_message_stays_when_a_later_part_is_refused(office: Office) -> None:
    put_long(office, 3)
    office.platform.failing = [None, DeliveryError("refused", permanent=True)]
    office.deliver()
    assert [key for key, _ in seen(office)] == ["long", "after"]
    (event,) = office.events("delivery.dead")
    assert event.after["reason"] == "refused"


def test_what_was_surely_not_sent_is_sent_again_without_looking(office: Office) -> None:
    office.platform.failing = [DeliveryError("no connection", unsent=True)]
    office.platform.searchable = False
    put(office, "one")
    office.deliver()
    office.now += timedelta(minutes=5)
    office.deliver()
    assert keys(office) == ["one"]


def test_what_may_be_there_already_and_cannot_be_looked_up_is_not_sent_again(office: Office) -> None:
    office.platform.swallow, office.platform.searchable = True, False
    put(office, "one")
    for _ in range(4):
        office.deliver()
        office.now += timedelta(hours=1)
    assert keys(office) == ["one"]
    assert len(office.events("delivery.dead")) == 1


def test_a_worker_killed_over_giving_up_leaves_one_line_in_the_log(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What tells of it and what ends it are one transaction: there is no moment between them to be killed in."""

    def killed(*_: object) -> bool:
        raise SystemExit

    monkeypatch.setattr(type(office.store.outbox), "dead", killed)
    office.platform.failing = [DeliveryError("refused", permanent=True)] * 2
    put(office, "one")
    office.deliver()
    office.now += timedelta(hours=1)
    office.deliver()
    assert len(office.events("delivery.dead")) == 1


def test_what_is_in_anothers_hands_by_now_is_theirs_to_give_up(office: Office) -> None:
    put(office, "one")
    (slow,) = office.store.outbox.lease(office.now, limit=1, hold=1)
    office.now += timedelta(minutes=1)
    (fast,) = office.store.outbox.lease(office.now, limit=1, hold=60)
    assert not office.write(lambda unit: unit.give_up(slow, office.now, "refused"))
    assert office.write(lambda unit: unit.give_up(fast, office.now, "refused"))
    assert not office.write(lambda unit: unit.give_up(fast, office.now, "refused"))


class Slow(Platform):
    """It answers a while after it took a message, and knows how many it had taken unanswered at most."""

    waiting, most = 0, 0

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        for _ in range(50):  # turns of the loop: all that would come at once is there by then
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        self.waiting -= 1
        return await super().send(address, payload, key=key)


@pytest.mark.parametrize("asks", [True, False])
def test_where_nobody_can_ask_what_arrived_a_crash_leaves_few_in_doubt(office: Office, *, asks: bool) -> None:
    slow = Slow(traits=replace(Platform().traits, can_look_up=asks))
    office.platform = slow
    for number in range(3 * deliver.BLIND):
        office.person(f"user{number}")
        put(office, f"message{number}", f"user{number}")
    office.deliver()
    assert len(slow.posts) == 3 * deliver.BLIND
    assert (slow.most > deliver.BLIND) is asks


def test_what_waited_too_long_for_its_turn_is_left_to_a_new_lease(office: Office) -> None:
    """Another worker may have it before it would be sent: it is given back, and no attempt is counted."""
    office.platform.traits = replace(office.platform.traits, can_look_up=False)
    put(office, "one")
    post = deliver.Post(office.store, {"local": office.platform}, lambda: office.now, office.content)
    (leased,) = post.outbox.lease(office.now, limit=1, hold=deliver.LEASE.total_seconds())
    office.now = leased.until - deliver.SEND_WITHIN / 2
    rooms: deliver.Rooms = defaultdict(lambda: asyncio.Semaphore(deliver.BLIND))
    asyncio.run(deliver._one(post, deliver._settling(post), rooms, leased))
    assert keys(office) == []
    office.deliver()
    assert keys(office) == ["one"]


# --- faults of ours


class Flawed(Platform):
    """It cannot draw cards of that title, and breaks in the midst of sending those of the other."""

    def render(self, card: Card) -> Payload:
        if card.fallback == "undrawable":
            raise KeyError("a block of which nobody knows how it looks")
        return super().render(card)

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        if key == "breaks":
            self.calls += 1
            raise RuntimeError("a fault in the adapter")
        return await super().send(address, payload, key=key)


def test_one_message_that_cannot_be_drawn_is_given_up_and_all_others_leave(office: Office) -> None:
    office.platform = Flawed()
    put(office, "undrawable")
    put(office, "next")
    put(office, "other", "bo")
    office.deliver()
    assert (keys(office), keys(office, "bo")) == (["next"], ["other"])
    (event,) = office.events("delivery.dead")
    assert event.after["reason"] == "it cannot be drawn"


def test_a_fault_while_sending_is_tried_again_then_given_up_and_stops_nobody_else(office: Office) -> None:
    office.platform = Flawed()
    put(office, "breaks")
    put(office, "other", "bo")
    for _ in range(deliver.ATTEMPTS):
        office.deliver()
        office.now += timedelta(hours=1)
    assert keys(office, "bo") == ["other"]
    assert office.platform.calls == deliver.ATTEMPTS + 1
    assert len(office.events("delivery.dead")) == 1


class Elsewhere:
    """A store beside which another worker looks for messages whenever something is written."""

    def __init__(self, office: Office) -> None:
        self._office, self.taken = office, list[str]()

    def write(self, organisation: int, work: Any) -> Any:
        found = self._office.store.outbox.lease(self._office.now, limit=9, hold=60)
        self.taken += [one.message.key for one in found]
        return self._office.store.write(organisation, work)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._office.store, name)


def test_what_failed_is_noted_before_another_worker_has_the_next_of_its_conversation(office: Office) -> None:
    office.platform.refusing = {"dm:anna": [DeliveryError("refused", permanent=True)]}
    for key in ("one", "two"):
        put(office, key)
    elsewhere = Elsewhere(office)
    post = deliver.Post(
        cast(Store, elsewhere), {"local": office.platform}, lambda: office.now, office.content
    )
    asyncio.run(deliver.drain(post))
    assert office.events("delivery.dead")
    assert elsewhere.taken == []
    assert keys(office) == ["two"]
