"""What every database must do for installations: seal them, keep them apart, let one caller renew them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.card import Card
from bot.core.installations import Arrival, Grant, Health, Installation
from bot.core.ports import Message, Store
from bot.core.records import Address
from bot.storage import open_store
from bot.storage.errors import StorageError
from bot.storage.sealing import Seal, new_key
from tests.storage.scenes import HOUR, NOW, raw, world

pytest_plugins = ["tests.databases"]

KEY, NEWER = new_key(), new_key()
SECRET, RENEWAL = "xoxe.xoxb-hunter2", "xoxe-1-hunter2"
CARD = Card("t", "t")
SOON = NOW + timedelta(seconds=30)


@pytest.fixture
def sealed(database_url: str) -> Callable[..., Store]:
    """Opens stores on one database; a test closes what it opens."""
    return lambda *keys: open_store(database_url, keys=keys or (KEY,))


def arrival(external: str = "T1", name: str = "Airport", *, token: str = SECRET) -> Arrival:
    grant = Grant(token, RENEWAL, NOW + timedelta(hours=12))
    return Arrival("slack", external, name, {"bot": "B1", "user": "U1"}, grant)


def kept(store: Store, one: Arrival | None = None) -> Installation:
    return store.installations.keep(one or arrival(), NOW, zone="Europe/Riga")


def test_what_was_granted_comes_back_and_is_nowhere_to_be_read(
    sealed: Callable[..., Store], database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = sealed()
    store.add_organisation("Acme", "UTC")
    stored = kept(store)
    found = store.installations.of("slack", "T1")
    assert found == stored
    assert found.grant == arrival().grant
    assert found.about == {"bot": "B1", "user": "U1"}
    assert "hunter2" not in repr(found) + repr(arrival()) + caplog.text
    store.close()
    assert "hunter2" not in str(raw(database_url, "SELECT * FROM installation"))
    if database_url.startswith("sqlite"):
        file = Path(database_url.removeprefix("sqlite:///"))
        assert b"hunter2" not in b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))


def test_trap_14_a_token_of_any_length_is_kept(sealed: Callable[..., Store]) -> None:
    store = sealed()
    store.add_organisation("Acme", "UTC")
    long = "xoxe.xoxb-" + "x" * 4000
    kept(store, arrival(token=long))
    found = store.installations.of("slack", "T1")
    assert found
    assert found.grant.token == long
    store.close()


def test_a_stranger_has_no_installation(sealed: Callable[..., Store]) -> None:
    store = sealed()
    assert store.installations.of("slack", "T404") is None
    assert not store.installations.everywhere("slack")
    store.close()


def test_the_first_workspace_joins_the_organisation_there_is_and_others_bring_their_own(
    sealed: Callable[..., Store],
) -> None:
    store = sealed()
    acme = store.add_organisation("Acme", "UTC")
    first, second = kept(store), kept(store, arrival("T2", "Harbour"))
    assert first.organisation == acme.id
    assert [one.name for one in store.organisations()] == ["Acme", "Harbour"]
    assert second.organisation == store.organisations()[1].id
    assert store.organisations()[1].zone == "Europe/Riga"
    assert kept(store, arrival("T2", "Renamed")).organisation == second.organisation
    assert len(store.organisations()) == 2
    store.close()


def test_an_organisation_whose_workspace_was_connected_by_a_token_is_not_joined_by_another(
    sealed: Callable[..., Store],
) -> None:
    store = sealed()
    at = world(store, tenant="T1")
    store.write(
        at.organisation.id, lambda unit: unit.save_connection(replace(at.connection, platform="slack"))
    )
    assert kept(store, arrival("T2", "Harbour")).organisation != at.organisation.id
    assert kept(store, arrival("T1")).organisation == at.organisation.id
    store.close()


def test_of_workspaces_that_arrive_at_once_one_alone_joins(sealed: Callable[..., Store]) -> None:
    store = sealed()
    acme = store.add_organisation("Acme", "UTC")
    with ThreadPoolExecutor(8) as pool:
        several = list(pool.map(lambda n: kept(store, arrival(f"T{n % 8}", f"W{n % 8}")), range(16)))
    assert len(store.organisations()) == 8
    owners = {one.external: one.organisation for one in several}
    assert sorted(owners.values()) == sorted(one.id for one in store.organisations())
    assert list(owners.values()).count(acme.id) == 1
    assert all(owners[one.external] == one.organisation for one in several)
    store.close()


# --- keys -----------------------------------------------------------------------------------------------------------


def test_a_newer_key_goes_first_and_the_older_one_still_opens(sealed: Callable[..., Store]) -> None:
    store = sealed(KEY)
    store.add_organisation("Acme", "UTC")
    kept(store)
    kept(store, arrival("T2", "Harbour"))
    store.close()
    both = sealed(NEWER, KEY)
    found = both.installations.of("slack", "T1")
    assert found
    assert found.grant.token == SECRET
    assert both.installations.reseal() == 2
    both.close()
    alone = sealed(NEWER)
    assert [alone.installations.of("slack", at).grant.token for at in ("T1", "T2")] == [SECRET, SECRET]
    alone.close()


def test_a_key_that_does_not_fit_is_said_in_words_and_repeats_no_secret(sealed: Callable[..., Store]) -> None:
    store = sealed(KEY)
    store.add_organisation("Acme", "UTC")
    kept(store)
    store.close()
    wrong = sealed(NEWER)
    for ask in (lambda: wrong.installations.of("slack", "T1"), wrong.installations.reseal):
        with pytest.raises(StorageError, match=r"slack:T1 cannot be opened.*RAMPCHECK_SECRET_KEYS") as said:
            ask()
        assert "hunter2" not in str(said.value)
    assert [one.external for one in wrong.installations.everywhere("slack")] == ["T1"], (
        "no key is needed for a list"
    )
    wrong.close()


def test_without_a_key_nothing_is_kept(sealed: Callable[..., Store], database_url: str) -> None:
    store = open_store(database_url)
    store.add_organisation("Acme", "UTC")
    with pytest.raises(StorageError, match="rampcheck keys new"):
        kept(store)
    store.close()


def test_what_was_sealed_for_one_workspace_opens_for_no_other() -> None:
    seal = Seal([KEY])
    text = seal.close({"token": SECRET}, owner="slack:T1")
    assert seal.open(text, owner="slack:T1") == {"token": SECRET}
    with pytest.raises(StorageError, match="slack:T2"):
        seal.open(text, owner="slack:T2")


# --- renewing -------------------------------------------------------------------------------------------------------


def test_one_caller_alone_may_renew_a_grant_whatever_thread_and_process(
    sealed: Callable[..., Store], database_url: str
) -> None:
    store = sealed()
    store.add_organisation("Acme", "UTC")
    seen = kept(store)
    handles = [store] if database_url.startswith("sqlite") else [store, sealed()]
    with ThreadPoolExecutor(16) as pool:
        won = list(
            pool.map(lambda n: handles[n % len(handles)].installations.lease(seen, NOW, SOON), range(16))
        )
    assert won.count(True) == 1
    assert store.installations.renew(seen, Grant("fresh"))
    assert not store.installations.lease(seen, NOW + HOUR, SOON + HOUR), "it is another grant now"
    for handle in handles:
        handle.close()


def test_a_lease_that_ran_out_is_taken_by_the_next_and_only_one_grant_is_stored(
    sealed: Callable[..., Store],
) -> None:
    store = sealed()
    store.add_organisation("Acme", "UTC")
    seen = kept(store)
    assert store.installations.lease(seen, NOW, SOON)
    assert not store.installations.lease(seen, SOON - timedelta(seconds=1), SOON + HOUR)
    assert store.installations.lease(seen, SOON, SOON + HOUR)
    assert store.installations.renew(seen, Grant("first"))
    assert not store.installations.renew(seen, Grant("second"))
    found = store.installations.of("slack", "T1")
    assert found
    assert (found.grant.token, found.edition) == ("first", seen.edition + 1)
    store.close()


def test_a_renewal_that_failed_rests_and_is_tried_again(sealed: Callable[..., Store]) -> None:
    store = sealed()
    store.add_organisation("Acme", "UTC")
    seen = kept(store)
    assert store.installations.lease(seen, NOW, SOON)
    store.installations.rest(seen, NOW + HOUR)
    assert not store.installations.lease(seen, SOON, SOON + HOUR)
    assert store.installations.lease(seen, NOW + HOUR, SOON + HOUR)
    store.close()


def test_a_grant_that_is_of_no_use_is_told_of_once_and_mended_by_installing_again(
    sealed: Callable[..., Store],
) -> None:
    store = sealed()
    store.add_organisation("Acme", "UTC")
    seen = kept(store)
    assert store.installations.fail(seen, "invalid_refresh_token")
    assert not store.installations.fail(seen, "invalid_refresh_token")
    broken = store.installations.of("slack", "T1")
    assert broken
    assert (broken.health, broken.reason) == (Health.BROKEN, "invalid_refresh_token")
    assert not store.installations.lease(seen, NOW, SOON)
    again = kept(store)
    assert (again.health, again.reason) == (Health.ON, "")
    assert not store.installations.fail(seen, "too late"), "another grant is in its place"
    store.close()


# --- removing -------------------------------------------------------------------------------------------------------


def test_a_removed_app_sends_nothing_more_until_it_is_installed_again(
    sealed: Callable[..., Store], database_url: str
) -> None:
    store = sealed()
    store.add_organisation("Acme", "UTC")
    on, other = kept(store), kept(store, arrival("T2", "Harbour"))
    for number, at in enumerate((on, other)):
        later = Message(f"later{number}", Address(at.connection, "slack", "U1"), CARD, not_before=NOW + HOUR)
        now = Message(f"now{number}", Address(at.connection, "slack", "U2"), CARD)
        store.write(at.organisation, lambda unit, both=(later, now): [unit.enqueue(one, NOW) for one in both])
    assert store.installations.remove("slack", "T1", NOW, at=NOW)
    assert not store.installations.remove("slack", "T1", NOW, at=NOW), "that was known"
    gone = store.installations.of("slack", "T1")
    assert gone
    assert (gone.health, gone.grant) == (Health.REMOVED, Grant("")), "its token is forgotten"
    left = store.outbox.lease(NOW + HOUR, limit=9, hold=60)
    assert {one.message.key for one in left} == {"later1", "now1"}
    dead = raw(database_url, "SELECT key, state, reason FROM message ORDER BY key")
    assert [tuple(row) for row in dead if row[0].endswith("0")] == [
        ("later0", "dead", "the app was removed from the workspace"),
        ("now0", "dead", "the app was removed from the workspace"),
    ]
    assert not store.installations.renew(on, Grant("late")), "a renewal under way does not bring it back"
    assert kept(store).health is Health.ON
    store.close()


def test_a_workspace_that_a_token_connected_is_removed_as_well(sealed: Callable[..., Store]) -> None:
    store = sealed()
    at = world(store, tenant="T1")
    external = at.connection.external
    assert store.installations.remove(at.connection.platform, external, NOW, at=NOW)
    found = store.connection(at.connection.id)
    assert found
    assert not found[1].active
    assert not store.installations.remove("slack", "T404", NOW, at=NOW)
    store.close()


def test_word_of_a_removal_that_comes_after_the_next_installation_changes_nothing(
    sealed: Callable[..., Store],
) -> None:
    store = sealed()
    store.add_organisation("Acme", "UTC")
    kept(store)
    assert not store.installations.remove("slack", "T1", NOW + HOUR, at=NOW - HOUR)
    found = store.installations.of("slack", "T1")
    assert found
    assert found.health is Health.ON
    store.close()


def test_nobody_is_reached_and_no_channel_is_on_where_the_chat_was_disconnected(
    sealed: Callable[..., Store],
) -> None:
    store = sealed()
    at = world(store)
    owner = at.owner.id

    def reached() -> list[bool]:
        active = store.read(at.organisation.id, lambda unit: [one.active for one in unit.identities(owner)])
        return active + [one.active for one in store.read(at.organisation.id, lambda unit: unit.channels())]

    assert all(reached())
    store.installations.remove(at.connection.platform, at.connection.external, NOW, at=NOW)
    assert reached()
    assert not any(reached())
    store.write(at.organisation.id, lambda unit: unit.save_connection(at.connection))
    assert all(reached())
    store.close()


# --- states ---------------------------------------------------------------------------------------------------------


def test_a_state_is_good_once_and_not_for_ever(sealed: Callable[..., Store], database_url: str) -> None:
    store = sealed()
    for state in ("one", "two", "three"):
        store.installations.expect(state, NOW, NOW + HOUR)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: store.installations.expected("one", NOW), range(8)))
    assert taken.count(True) == 1
    assert not store.installations.expected("two", NOW + HOUR)
    assert not store.installations.expected("another", NOW)
    assert not store.installations.expected("\ud800\0", NOW)
    assert "three" not in str(raw(database_url, "SELECT digest FROM oauth_state"))
    store.installations.expect("four", NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert len(raw(database_url, "SELECT digest FROM oauth_state")) == 1, "what ran out is swept"
    store.close()
