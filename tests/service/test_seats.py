"""Everybody can be reached in the local chat at once, whether or not somebody has looked at its page."""

from __future__ import annotations

import asyncio

from bot import desk
from bot.core.ports import Store
from bot.core.records import Address, Connection, Identity, Person
from bot.service import registry, seats
from tests.fakes.office import MONDAY, Office


class Still:
    def now(self) -> object:
        return MONDAY


def test_everybody_is_seated_once_and_looking_writes_nothing(any_store: Store) -> None:
    office = Office(any_store)
    many = desk.SHOWN + 15
    office.write(lambda unit: [unit.save_person(Person(0, f"Person {number:03}")) for number in range(many)])
    page = desk.LocalDesk(any_store, office.organisation, office.connection, Still())
    assert asyncio.run(page.cast()) == []

    assert office.write(lambda unit: seats.seat_everybody(unit, office.connection)) == many
    assert office.write(lambda unit: seats.seat_everybody(unit, office.connection)) == 0
    everybody = office.read(lambda unit: unit.people())
    assert all(
        office.read(lambda unit, one=one: registry.address_of(unit, one.id)) is not None for one in everybody
    )
    assert len(asyncio.run(page.cast())) == desk.SHOWN


def test_whoever_is_reached_elsewhere_stays_there(any_store: Store) -> None:
    office = Office(any_store)
    slack = office.write(lambda unit: unit.save_connection(Connection(0, "slack", "T1")))
    bo = office.write(lambda unit: unit.save_person(Person(0, "Bo")))
    there = Address(slack.id, "slack", "D1")
    office.write(lambda unit: unit.save_identity(Identity(bo.id, "U1", there)))
    assert office.write(lambda unit: seats.seat_everybody(unit, office.connection)) == 0
    assert office.read(lambda unit: registry.address_of(unit, bo.id)) == there
