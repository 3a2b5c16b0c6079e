"""What the outbox promises on every database: order in a lane, one holder, fences, staleness, nothing lost."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.ports import Leased, MessageRef, Store
from bot.core.records import Address, Identity
from bot.storage.errors import StorageError
from tests.storage.scenes import DAY, HOUR, NOW, World, enqueue, message, raw, world

pytest_plugins = ["tests.databases"]

HOLD = 60.0
AFTER = timedelta(seconds=HOLD + 1)
REF = MessageRef("D1", "m1")


def lease(store: Store, now: datetime = NOW, limit: int = 10) -> list[Leased]:
    return list(store.outbox.lease(now, limit=limit, hold=HOLD))


def keys(leased: list[Leased]) -> list[str]:
    return [each.message.key for each in leased]


def elsewhere(at: World, conversation: str) -> Address:
    return replace(at.address, conversation=conversation)


def state_of(url: str, key: str) -> tuple[str, str]:
    ((state, reason),) = raw(url, f"SELECT state, reason FROM message WHERE key = '{key}'")
    return state, reason


def test_a_key_is_taken_once(store: Store) -> None:
    at = world(store)
    assert enqueue(store, at, message(at, "k"), message(at, "k")) == [True, False]
    assert keys(lease(store)) == ["k"]


def test_a_key_is_free_again_when_its_unit_failed(store: Store) -> None:
    at = world(store)
    with pytest.raises(ZeroDivisionError):
        store.write(at.organisation.id, lambda unit: unit.enqueue(message(at, "k"), NOW) / 0)
    assert lease(store) == []
    assert enqueue(store, at, message(at, "k")) == [True]


def test_a_leased_message_carries_all_that_was_enqueued(store: Store) -> None:
    at = world(store)
    address = Address(at.connection.id, "local", "D9", "https://service", "root-7")
    asked = message(at, "k", address=address, not_before=NOW - HOUR, stale_at=NOW + DAY)
    enqueue(store, at, asked)
    (leased,) = lease(store)
    assert leased.message == asked
    assert leased == Leased(
        leased.id,
        at.organisation.id,
        asked,
        1,
        NOW + timedelta(seconds=HOLD),
        None,
        "root-7",
        again=False,
        wanted_at=NOW,
    )


def test_a_lane_keeps_its_order_and_is_in_one_hand(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "a"), message(at, "b"), message(at, "c", address=elsewhere(at, "D2")))
    first = lease(store)
    assert sorted(keys(first)) == ["a", "c"]
    assert lease(store) == []
    assert store.outbox.sent(first[0], REF, NOW)
    assert keys(lease(store)) == ["b"]


def test_threads_of_one_conversation_are_one_lane(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "a"), message(at, "b", address=replace(at.address, thread="t")))
    assert keys(lease(store)) == ["a"]


def test_a_message_for_later_lets_the_others_pass_and_then_comes_first(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "a", not_before=NOW + HOUR), message(at, "b"))
    assert store.read(at.organisation.id, lambda unit: unit.next_moment()) == NOW
    (other,) = lease(store)
    assert other.message.key == "b"
    assert store.outbox.sent(other, REF, NOW)
    enqueue(store, at, message(at, "c"))
    assert keys(lease(store, NOW + HOUR)) == ["a"]


def test_the_limit_holds_and_the_longest_due_go_first(store: Store) -> None:
    at = world(store)
    for n in range(5):
        enqueue(
            store, at, message(at, f"k{n}", address=elsewhere(at, f"E{n}")), now=NOW + timedelta(seconds=n)
        )
    assert keys(lease(store, NOW + HOUR, limit=3)) == ["k0", "k1", "k2"]
    assert keys(lease(store, NOW + HOUR, limit=3)) == ["k3", "k4"]
    assert lease(store, NOW + HOUR, limit=0) == []


def test_a_lease_that_ran_out_is_given_again_and_the_first_holder_is_powerless(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "k"))
    (first,) = lease(store)
    (second,) = lease(store, NOW + AFTER)
    assert (second.attempt, second.again) == (2, True)
    assert not store.outbox.sent(first, REF, NOW + AFTER)
    assert not store.outbox.later(first, NOW + DAY, "x")
    assert not store.outbox.pause(first, NOW + DAY, "x")
    assert not store.outbox.dead(first, NOW + AFTER, "x")
    assert store.outbox.sent(second, REF, NOW + AFTER)


def test_many_are_settled_at_once_and_a_lease_that_was_lost_takes_no_other_with_it(
    store: Store, database_url: str
) -> None:
    at = world(store)
    enqueue(store, at, *(message(at, f"k{n}", address=elsewhere(at, f"E{n}")) for n in range(3)))
    held = lease(store)
    lost = replace(held[1], attempt=held[1].attempt + 1)
    done = [(one, MessageRef(f"E{n}", f"m{n}")) for n, one in enumerate([held[0], lost, held[2]])]
    assert store.outbox.sent_all(done, NOW) == [True, False, True]
    states = [state_of(database_url, f"k{n}")[0] for n in range(3)]
    assert states == ["sent", "leased", "sent"]
    assert raw(database_url, "SELECT ref_message FROM message WHERE state = 'sent' ORDER BY id") == [
        ("m0",),
        ("m2",),
    ]
    assert store.outbox.sent_all([(held[1], REF)], NOW) == [True]
    assert store.outbox.sent_all([], NOW) == []


def test_what_may_have_been_sent_says_so_until_it_is_settled(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "k"))
    lease(store)
    (second,) = lease(store, NOW + AFTER)
    assert store.outbox.later(second, NOW + HOUR, "could not look it up")
    (third,) = lease(store, NOW + HOUR)
    assert third.again


def test_what_was_answered_unclearly_may_have_been_sent(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "k"))
    (first,) = lease(store)
    assert store.outbox.later(first, NOW + HOUR, "no answer", unsure=True)
    (second,) = lease(store, NOW + HOUR)
    assert second.again
    assert store.outbox.later(second, NOW + 2 * HOUR, "no connection")
    (third,) = lease(store, NOW + 2 * HOUR)
    assert third.again, "once unclear it stays so"


def test_a_message_of_several_parts_keeps_its_place_until_the_last_is_sent(
    store: Store, database_url: str
) -> None:
    at = world(store)
    enqueue(store, at, message(at, "long", stale_at=NOW + HOUR), message(at, "next", under="long"))
    (first,) = lease(store)
    assert (first.parts, first.root) == (0, None)
    assert store.outbox.goes_on(first, REF, NOW)
    assert not store.outbox.goes_on(first, REF, NOW), "settled once"
    (second,) = lease(store)
    assert (second.message.key, second.parts, second.root) == ("long", 1, REF)
    assert (second.attempt, second.again) == (1, False), "each part has all its attempts"
    assert store.outbox.later(second, NOW + DAY, "HTTP 503")
    assert lease(store, NOW + HOUR * 2) == [], "what hangs under it waits"
    (third,) = lease(store, NOW + DAY)
    assert (third.message.key, third.parts) == ("long", 1), "what was begun is finished, however late"
    assert store.outbox.sent(third, REF, NOW + DAY)
    (child,) = lease(store, NOW + DAY)
    assert (child.message.key, child.thread) == ("next", REF.message)
    assert state_of(database_url, "long")[0] == "sent"


def test_what_was_begun_cannot_be_cancelled_and_was_not_sent_until_it_is_whole(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "long"))
    (first,) = lease(store)
    assert store.outbox.goes_on(first, REF, NOW)
    assert not store.write(at.organisation.id, lambda unit: unit.cancel("long", "changed"))
    assert not store.read(at.organisation.id, lambda unit: unit.was_sent("long"))
    (second,) = lease(store)
    assert store.outbox.sent(second, REF, NOW)
    assert store.read(at.organisation.id, lambda unit: unit.was_sent("long"))
    assert not store.read(at.organisation.id, lambda unit: unit.was_sent("other"))


def test_trying_later_counts_and_pausing_does_not(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "k"))
    (first,) = lease(store)
    assert (first.attempt, first.again) == (1, False)
    assert store.outbox.later(first, NOW + HOUR, "HTTP 503")
    assert lease(store, NOW + HOUR - AFTER) == []
    (second,) = lease(store, NOW + HOUR)
    assert (second.attempt, second.again) == (2, False)
    assert store.outbox.pause(second, NOW + 2 * HOUR, "rate limited")
    (third,) = lease(store, NOW + 2 * HOUR)
    assert third.attempt == 2
    assert not store.outbox.sent(second, REF, NOW), "a paused lease is settled"
    assert store.outbox.sent(third, REF, NOW)


def test_settling_twice_counts_once(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "k"))
    (leased,) = lease(store)
    assert store.outbox.sent(leased, REF, NOW)
    assert not store.outbox.sent(leased, REF, NOW)
    assert lease(store, NOW + DAY) == []


def test_what_cannot_be_delivered_is_kept_with_its_reason_and_the_lane_goes_on(
    store: Store, database_url: str
) -> None:
    at = world(store)
    enqueue(store, at, message(at, "a"), message(at, "b"))
    (leased,) = lease(store)
    assert store.outbox.dead(leased, NOW, "channel_not_found")
    assert state_of(database_url, "a") == ("dead", "channel_not_found")
    (leased,) = lease(store)
    assert leased.message.key == "b"
    assert store.outbox.dead(leased, NOW, "stale")
    assert state_of(database_url, "b") == ("stale", "stale")


def test_what_came_too_late_is_dropped_and_not_sent(store: Store, database_url: str) -> None:
    at = world(store)
    enqueue(
        store, at, message(at, "a", stale_at=NOW), message(at, "b", stale_at=NOW + HOUR), message(at, "c")
    )
    (leased,) = lease(store)
    assert leased.message.key == "a", "at its last moment it still goes"
    assert store.outbox.later(leased, NOW + HOUR, "HTTP 503")
    assert keys(lease(store, NOW + HOUR)) == ["b"]
    assert state_of(database_url, "a")[0] == "stale"


def test_what_is_in_a_workers_hands_is_not_dropped_as_stale(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "a", stale_at=NOW + timedelta(seconds=1)))
    (leased,) = lease(store)
    assert lease(store, NOW + timedelta(seconds=2)) == []
    assert store.outbox.sent(leased, REF, NOW + timedelta(seconds=3))


def test_an_amend_follows_what_it_amends_and_knows_where_it_is(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "invite"), message(at, "done", replaces="invite"))
    (leased,) = lease(store)
    assert (leased.message.key, leased.ref) == ("invite", None)
    assert store.outbox.sent(leased, MessageRef("D1", "42", "t"), NOW)
    (amend,) = lease(store)
    assert (amend.message.key, amend.ref) == ("done", MessageRef("D1", "42", "t"))
    assert store.outbox.sent(amend, MessageRef("D1", "42", "t"), NOW)
    enqueue(store, at, message(at, "again", replaces="done"))
    assert lease(store)[0].ref == MessageRef("D1", "42", "t")


@pytest.mark.parametrize("key", ["never", "dropped", "late", "itself"])
def test_an_amend_without_its_message_is_settled_and_frees_its_lane(
    store: Store, database_url: str, key: str
) -> None:
    at = world(store)
    org = at.organisation.id
    enqueue(store, at, message(at, "dropped"), message(at, "late", stale_at=NOW - HOUR))
    assert store.write(org, lambda unit: unit.cancel("dropped", "changed"))
    enqueue(store, at, message(at, "itself", replaces=key), message(at, "next"))
    assert keys(lease(store)) == ["next"]
    assert state_of(database_url, "itself") == ("dead", "nothing to amend")


def test_an_amend_in_another_lane_waits_for_its_message(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "a"), message(at, "b", address=elsewhere(at, "D2"), replaces="a"))
    (leased,) = lease(store)
    assert lease(store) == []
    assert store.outbox.sent(leased, REF, NOW)
    assert lease(store)[0].ref == REF


def test_an_amend_of_a_later_message_is_nothing_to_amend(store: Store, database_url: str) -> None:
    at = world(store)
    enqueue(store, at, message(at, "early", replaces="root"), message(at, "root"))
    assert keys(lease(store)) == ["root"]
    assert state_of(database_url, "early") == ("dead", "nothing to amend")


def test_a_reply_hangs_under_its_root(store: Store, database_url: str) -> None:
    at = world(store)
    enqueue(
        store,
        at,
        message(at, "digest"),
        message(at, "detail", under="digest"),
        message(at, "lost", under="no"),
    )
    (root,) = lease(store)
    assert store.outbox.sent(root, MessageRef("C1", "root-1"), NOW)
    (reply,) = lease(store)
    assert (reply.message.key, reply.thread, reply.ref) == ("detail", "root-1", None)
    assert store.outbox.sent(reply, MessageRef("C1", "reply-1", "root-1"), NOW)
    enqueue(store, at, message(at, "deeper", under="detail"))
    assert [(each.message.key, each.thread) for each in lease(store)] == [("deeper", "root-1")]
    assert state_of(database_url, "lost") == ("dead", "the message it belongs under was not sent")


def test_a_message_is_cancelled_until_somebody_has_it(store: Store, database_url: str) -> None:
    at = world(store)
    org = at.organisation.id
    enqueue(store, at, message(at, "a"), message(at, "b"))
    (leased,) = lease(store)
    assert not store.write(org, lambda unit: unit.cancel("a", "changed"))
    assert store.write(org, lambda unit: unit.cancel("b", "changed"))
    assert not store.write(org, lambda unit: unit.cancel("b", "changed"))
    assert not store.write(org, lambda unit: unit.cancel("c", "changed"))
    assert state_of(database_url, "b") == ("cancelled", "changed")
    assert store.outbox.sent(leased, REF, NOW)
    assert lease(store) == []


def test_a_conversation_that_is_switched_off_gets_nothing_until_it_is_heard(
    store: Store, database_url: str
) -> None:
    at = world(store)
    org = at.organisation.id
    enqueue(store, at, message(at, "a"), message(at, "b"), message(at, "other", address=at.channel.address))
    held = lease(store, limit=1)
    store.write(org, lambda unit: unit.switch_off(at.address))
    assert keys(lease(store)) == ["other"]
    assert state_of(database_url, "b") == ("dead", "address switched off")
    assert store.outbox.dead(held[0], NOW, "gone")
    assert enqueue(store, at, message(at, "c")) == [True]
    assert lease(store) == []
    assert state_of(database_url, "c") == ("dead", "address switched off")
    store.write(org, lambda unit: unit.save_identity(Identity(at.owner.id, "U1", at.address)))
    enqueue(store, at, message(at, "d"))
    assert keys(lease(store)) == ["d"]


def test_what_changes_a_message_for_later_waits_for_it(store: Store) -> None:
    at = world(store)
    enqueue(
        store,
        at,
        message(at, "a", not_before=NOW + HOUR),
        message(at, "amend", replaces="a"),
        message(at, "b"),
    )
    assert keys(lease(store)) == ["b"]


def test_the_next_moment_of_a_lane_is_its_first_messages(store: Store) -> None:
    at = world(store)
    enqueue(store, at, message(at, "a"), message(at, "b"))
    (first,) = lease(store)
    store.outbox.later(first, NOW + HOUR, "no answer")

    def nearest() -> datetime | None:
        return store.read(at.organisation.id, lambda unit: unit.next_moment())

    assert nearest() == NOW + HOUR
    (leased,) = lease(store, NOW + HOUR)
    assert nearest() == leased.until
    store.outbox.sent(leased, REF, NOW)
    assert nearest() == NOW


def test_organisations_use_the_same_keys_without_meeting(store: Store) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")
    for at in (one, two):
        assert enqueue(store, at, message(at, "root"), message(at, "amend", replaces="root")) == [True, True]
    first = {each.organisation: each for each in lease(store)}
    assert set(first) == {one.organisation.id, two.organisation.id}
    assert store.outbox.sent(first[one.organisation.id], MessageRef("D1", "of one"), NOW)
    (amend,) = lease(store)
    assert (amend.organisation, amend.ref) == (one.organisation.id, MessageRef("D1", "of one"))
    assert store.outbox.dead(first[two.organisation.id], NOW, "gone")
    assert lease(store) == []


def test_a_message_to_another_organisations_chat_is_refused(store: Store) -> None:
    one, two = world(store), world(store, "Beta", tenant="T2")
    with pytest.raises(StorageError, match="not there"):
        enqueue(store, two, message(two, "k", address=one.address))


LANES, EACH, WORKERS = 8, 6, 4


def test_many_workers_deliver_each_message_once_and_in_order(store: Store) -> None:
    at = world(store)
    enqueue(
        store,
        at,
        *(
            message(at, f"{lane}.{n}", address=elsewhere(at, f"L{lane}"))
            for n in range(EACH)
            for lane in range(LANES)
        ),
    )
    delivered: dict[str, list[int]] = defaultdict(list)
    holding: set[str] = set()
    wrong: list[str] = []
    gate = threading.Lock()
    left = threading.Semaphore(0)

    def work() -> None:
        idle = 0
        while idle < 50 and sum(map(len, delivered.values())) < LANES * EACH:
            batch = lease(store, limit=3)
            idle = 0 if batch else idle + 1
            for leased in batch:
                lane, number = leased.message.key.split(".")
                with gate:
                    if lane in holding:
                        wrong.append(f"lane {lane} is in two hands")
                    holding.add(lane)
            for leased in batch:
                lane, number = leased.message.key.split(".")
                with gate:
                    delivered[lane].append(int(number))
                    holding.discard(lane)
                assert store.outbox.sent(leased, REF, NOW)
        left.release()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert delivered == {str(lane): list(range(EACH)) for lane in range(LANES)}
    assert left._value == WORKERS, "a worker died"


# --- held for the morning


def test_what_is_held_lets_its_lane_go_on_and_comes_by_itself_in_its_order(store: Store) -> None:
    at, morning = world(store), NOW + 8 * HOUR
    enqueue(store, at, message(at, "a"), message(at, "b"))
    for _ in range(2):
        (leased,) = lease(store)
        assert store.outbox.hold(leased, morning, "night")
    enqueue(store, at, message(at, "answer"))
    (answer,) = lease(store)
    assert answer.message.key == "answer"
    assert store.outbox.sent(answer, REF, NOW)
    assert lease(store, morning - HOUR) == []
    for key in ("a", "b"):
        (leased,) = lease(store, morning)
        assert (leased.message.key, leased.attempt) == (key, 1), "waiting uses up no attempt"
        assert store.outbox.sent(leased, REF, morning)


def test_what_amends_a_held_message_waits_for_it(store: Store) -> None:
    at, morning = world(store), NOW + 8 * HOUR
    enqueue(store, at, message(at, "a"))
    (leased,) = lease(store)
    assert store.outbox.hold(leased, morning, "night")
    enqueue(store, at, message(at, "a:2", replaces="a"))
    assert lease(store) == []
    assert keys(lease(store, morning)) == ["a"]


def test_a_held_message_is_cancelled_and_goes_stale_like_any_other(store: Store) -> None:
    at, morning = world(store), NOW + 8 * HOUR
    enqueue(store, at, message(at, "a"), message(at, "b", stale_at=NOW + HOUR))
    for _ in range(2):
        (leased,) = lease(store)
        assert store.outbox.hold(leased, morning, "night")
    assert store.write(at.organisation.id, lambda unit: unit.cancel("a", "answered"))
    assert lease(store, morning) == []


def test_a_card_that_cannot_be_read_keeps_nobody_else_waiting(store: Store, database_url: str) -> None:
    at = world(store)
    enqueue(store, at, message(at, "bad"), message(at, "good", address=elsewhere(at, "D2")))
    raw(database_url, """UPDATE message SET card = '{"title": 7}' WHERE key = 'bad'""")
    found = {leased.message.key: leased.broken for leased in lease(store)}
    assert found == {"bad": True, "good": False}
