"""Dead letters on every database: counted, listed, sent after all, dropped; what lives is left alone."""

from __future__ import annotations

import pytest

from bot.core.ports import Backlog, MessageRef, Store
from bot.service import ServiceError, letters
from bot.service.letters import Which
from tests.storage.scenes import DAY, HOUR, NOW, World, enqueue, message, raw, world

pytest_plugins = ["tests.databases"]

REF = MessageRef("D1", "m1")


def given_up(store: Store, at: World, *keys: str, reason: str = "channel_not_found") -> None:
    """Messages of these keys, each tried once and given up."""
    for key in keys:
        enqueue(store, at, message(at, key, stale_at=NOW + HOUR))
        (leased,) = store.outbox.lease(NOW, limit=1, hold=60)
        assert store.outbox.dead(leased, NOW, reason)


def test_what_waits_and_what_is_dead_is_counted(store: Store) -> None:
    at = world(store)
    assert store.letters.backlog(NOW) == Backlog(0, 0, 0, None)
    given_up(store, at, "gone")
    enqueue(store, at, message(at, "due"), message(at, "later", not_before=NOW + DAY))
    assert store.letters.backlog(NOW) == Backlog(1, 1, 1, NOW)
    assert store.letters.backlog(NOW + 2 * DAY) == Backlog(2, 0, 1, NOW)


def test_the_latest_is_listed_first_with_all_one_needs_to_know(store: Store) -> None:
    at = world(store)
    given_up(store, at, "a", "b")
    latest, first = letters.found(store, Which())
    assert (latest.key, first.key) == ("b", "a")
    assert (latest.organisation, latest.platform, latest.conversation) == (at.organisation.id, "local", "D1")
    assert (latest.reason, latest.attempts, latest.at) == ("channel_not_found", 1, NOW)
    assert latest.title == message(at, "b").card.title
    assert letters.found(store, Which(reason="CHANNEL")) == [latest, first]
    assert letters.found(store, Which(reason="token")) == []
    assert letters.found(store, Which(ids=[first.id])) == [first]


def test_a_letter_is_sent_after_all_however_late_and_looked_up_first(store: Store) -> None:
    at = world(store)
    given_up(store, at, "a", "b")
    later = NOW + 2 * DAY  # long past the moment at which it would have been dropped as stale
    assert letters.retry(store, letters.found(store, Which()), later) == 2
    (leased,) = store.outbox.lease(later, limit=9, hold=60)
    assert (leased.message.key, leased.again, leased.attempt) == ("a", True, 1)
    assert store.outbox.sent(leased, REF, later)
    (leased,) = store.outbox.lease(later, limit=9, hold=60)
    assert leased.message.key == "b"
    assert store.letters.backlog(later).dead == 0


def test_a_dropped_letter_is_gone_and_never_sent(store: Store) -> None:
    at = world(store)
    given_up(store, at, "a")
    found = letters.found(store, Which())
    assert letters.drop(store, found, NOW) == 1
    assert letters.drop(store, found, NOW) == letters.retry(store, found, NOW) == 0
    assert letters.found(store, Which()) == []
    assert store.outbox.lease(NOW + DAY, limit=9, hold=60) == []


def test_only_the_dead_are_touched(store: Store) -> None:
    at = world(store)
    given_up(store, at, "a")
    (dead,) = letters.found(store, Which())
    enqueue(store, at, message(at, "waits"))
    assert letters.retry(store, [dead], NOW) == 1
    assert letters.drop(store, [dead], NOW) == 0
    with pytest.raises(ServiceError, match=rf"No letter {dead.id} was given up"):
        letters.found(store, Which(ids=[dead.id]))


def test_who_got_it_after_all_and_who_never_will_is_an_event(store: Store) -> None:
    at = world(store)
    given_up(store, at, "a", "b")
    latest, first = letters.found(store, Which())
    letters.retry(store, [first], NOW + HOUR)
    letters.drop(store, [latest], NOW + HOUR)
    events = store.read(
        at.organisation.id, lambda unit: unit.events(kinds=("delivery.retried", "delivery.dropped"))
    )
    assert {(one.kind, one.subject) for one in events} == {
        ("delivery.retried", "a"),
        ("delivery.dropped", "b"),
    }


def test_letters_of_every_organisation_are_listed(store: Store) -> None:
    ours, theirs = world(store), world(store, "Other", tenant="T2")
    given_up(store, ours, "a")
    given_up(store, theirs, "a")
    assert {one.organisation for one in letters.found(store, Which())} == {
        ours.organisation.id,
        theirs.organisation.id,
    }


@pytest.mark.parametrize("statement", ["SELECT count(*) FROM message WHERE state = 'dead'"])
def test_counting_the_dead_needs_no_look_at_what_was_sent(
    store: Store, database_url: str, statement: str
) -> None:
    at = world(store)
    enqueue(store, at, *(message(at, f"k{number}") for number in range(800)))
    plan = raw(
        database_url, f"EXPLAIN {'' if database_url.startswith('postgres') else 'QUERY PLAN'} {statement}"
    )
    assert "ix_message_dead" in str(plan)
