"""Whose account is whose: each is looked for by one worker, and what an admin took away is not matched again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bot.core.ports import Inbound, Joined, Place, Sender, Store
from bot.core.records import Address, Person
from bot.service import identities, people, registry
from bot.service.work import Work, again
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]

WORKERS = 6


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def add(office: Office, name: str) -> Person:
    made: Person = office.do(lambda work: people.add(work, name, email=f"{name}@example.com".lower()))
    return made


def acts(office: Office, user: str, email: str) -> Person:
    """Somebody is seen with a confirmed address."""
    sender = Sender("local", "local", user, "Somebody", email=email)
    seen = Inbound(f"seen:{user}", sender, Joined(), Place(f"dm:{user}"))
    met: registry.Met = office.do(lambda work: registry.meet(work, seen, office.connection.id))
    return met.person


def test_of_many_workers_one_looks_for_somebody(office: Office) -> None:
    wanted = {add(office, name).id for name in ("Ana", "Bo")}
    start = Barrier(WORKERS)

    def turn(_: int) -> int | None:
        start.wait()
        found: Person | None = again(
            lambda: office.do(lambda work: identities.next_to_seek(work, office.connection.id))
        )
        return found.id if found else None

    with ThreadPoolExecutor(WORKERS) as pool:
        given = [one for one in pool.map(turn, range(WORKERS)) if one is not None]
    assert len(given) == len(set(given)), "nobody is looked for twice"
    assert set(given) <= wanted


def test_what_an_admin_took_away_is_not_matched_again(office: Office) -> None:
    ana = add(office, "Ana")
    assert acts(office, "u1", "ANA@example.com").id == ana.id
    office.do(lambda work: identities.unlink(work, ana, office.connection))
    assert office.do(lambda work: identities.next_to_seek(work, office.connection.id)) is None
    somebody = acts(office, "u1", "ana@example.com")
    assert (somebody.id != ana.id, somebody.email) == (True, "")


def test_another_account_with_the_address_of_somebody_who_has_one_is_somebody_else(office: Office) -> None:
    ana = add(office, "Ana")
    assert acts(office, "u1", "ana@example.com").id == ana.id
    assert acts(office, "u2", "ana@example.com").id != ana.id


def test_of_several_chats_people_are_reached_where_they_were_connected_last(office: Office) -> None:
    ana = add(office, "Ana")
    acts(office, "u1", "ana@example.com")

    def move(work: Work) -> Address | None:
        there = work.unit.save_connection(type(office.connection)(0, "slack", "T1"))
        identities.link(work, ana, there, "U0ANA", can_start=True)
        return registry.address_of(work.unit, ana.id)

    reached: Address | None = office.do(move)
    assert reached
    assert reached.platform == "slack"


def test_where_an_account_is_no_address_they_are_reached_once_they_have_written(office: Office) -> None:
    ana = add(office, "Ana")
    office.do(lambda work: identities.link(work, ana, office.connection, "u1", can_start=False))
    assert office.do(lambda work: registry.address_of(work.unit, ana.id)) is None
    assert acts(office, "u1", "").id == ana.id
    reached: Address = office.do(lambda work: registry.address_of(work.unit, ana.id))
    assert reached.conversation == "dm:u1"
