"""The laws of homes on both databases: drawn soon after every change, by one at a time, never an older page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.ports import Stale, Store
from bot.core.records import Address
from tests.storage.scenes import NOW, World, raw, world

pytest_plugins = ["tests.databases"]

SOON, LATER = NOW + timedelta(seconds=3), NOW + timedelta(minutes=1)
HOLD = 60.0


@pytest.fixture
def at(store: Store) -> World:
    return world(store)


def opens(store: Store, at: World, person: int | None = None, user: str = "U1") -> None:
    where = Address(at.connection.id, at.connection.platform, user)
    store.write(
        at.organisation.id, lambda unit: unit.open_home(at.owner.id if person is None else person, where, NOW)
    )


def changes(store: Store, at: World, *people: int) -> None:
    store.write(at.organisation.id, lambda unit: unit.outdate_homes(people, at=SOON, leads_at=LATER))


def taken(store: Store, moment: datetime) -> Sequence[Stale]:
    return store.homes.lease(moment, limit=9, hold=HOLD)


def drawn(store: Store, moment: datetime, *, lead: bool = False) -> int:
    """Draw all that is due; how many that were."""
    found = taken(store, moment)
    assert all(store.homes.drawn(one, lead=lead) for one in found)
    return len(found)


def test_a_home_is_drawn_when_it_is_opened_and_whoever_never_did_has_none(store: Store, at: World) -> None:
    changes(store, at, at.owner.id, at.helper.id)
    assert taken(store, LATER) == []
    opens(store, at)
    [home] = taken(store, NOW)
    assert (home.person, home.address.conversation, home.failures) == (at.owner.id, "U1", 0)
    assert home.address.platform == at.connection.platform
    assert taken(store, NOW) == [], "it is in somebody's hands"


def test_many_changes_draw_it_once_and_leave_nothing_behind(
    store: Store, at: World, database_url: str
) -> None:
    opens(store, at)
    assert drawn(store, NOW) == 1
    for _ in range(30):
        changes(store, at, at.owner.id, at.helper.id)
    assert taken(store, NOW) == [], "it settles first"
    assert drawn(store, SOON) == 1
    assert drawn(store, LATER) == 0
    assert raw(database_url, "SELECT count(*) FROM home_change") == [(0,)]
    assert raw(database_url, "SELECT count(*) FROM home") == [(1,)]


def test_a_change_while_it_is_in_hand_has_it_drawn_again(store: Store, at: World) -> None:
    opens(store, at)
    [home] = taken(store, NOW)
    changes(store, at, at.owner.id)
    assert taken(store, SOON) == []
    assert store.homes.drawn(home, lead=False)
    assert drawn(store, SOON) == 1


def test_a_lease_that_ran_out_is_anothers_and_the_first_is_powerless(store: Store, at: World) -> None:
    opens(store, at)
    [lost] = taken(store, NOW)
    over = NOW + timedelta(seconds=HOLD)
    [again] = taken(store, over)
    assert not store.homes.drawn(lost, lead=False)
    assert not store.homes.later(lost, NOW)
    assert store.homes.drawn(again, lead=False)


def test_opening_it_while_it_is_in_hand_takes_it_from_nobody(store: Store, at: World) -> None:
    opens(store, at)
    [home] = taken(store, NOW)
    opens(store, at)
    assert taken(store, NOW) == []
    assert store.homes.drawn(home, lead=False)
    assert drawn(store, NOW) == 1


def test_what_was_refused_comes_later_and_counts(store: Store, at: World) -> None:
    opens(store, at)
    for failures in range(3):
        [home] = taken(store, NOW + timedelta(seconds=10 * failures))
        assert home.failures == failures
        store.homes.later(home, NOW + timedelta(seconds=10 * failures + 10))
        changes(store, at, at.owner.id)
    assert taken(store, NOW + timedelta(seconds=29)) == []
    assert drawn(store, NOW + timedelta(seconds=30)) == 1


def test_a_leads_home_follows_everything_but_more_slowly(store: Store, at: World) -> None:
    opens(store, at)
    assert drawn(store, NOW, lead=True) == 1
    changes(store, at, at.helper.id)
    changes(store, at, at.helper.id)
    assert taken(store, SOON) == []
    assert drawn(store, LATER, lead=True) == 1
    changes(store, at, at.owner.id)
    assert drawn(store, SOON) == 1, "what concerns the lead is drawn as soon as anybody's"


def test_a_home_that_nobody_looks_at_any_more_is_left_alone_until_it_is_opened(
    store: Store, at: World
) -> None:
    opens(store, at)
    [home] = taken(store, NOW)
    assert store.homes.gone(home)
    changes(store, at, at.owner.id)
    assert taken(store, LATER) == []
    opens(store, at, at.helper.id)
    [home] = taken(store, LATER)
    assert home.person == at.helper.id, "the account is another person's now"


def test_nothing_is_drawn_in_a_workspace_that_took_the_app_away(store: Store, at: World) -> None:
    opens(store, at)
    store.write(at.organisation.id, lambda unit: unit.save_connection(replace(at.connection, active=False)))
    assert taken(store, NOW) == []
