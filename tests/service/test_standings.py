"""Who is an admin by setting, and who is a guest by their platform's word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.ports import Inbound, Place, Sender, Store, Wrote
from bot.core.records import Person, Standing
from bot.service import people, receive
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]
EMAIL = "Ana@acme.example"


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def comes(office: Office, user: str, **told: object) -> Person:
    """Somebody writes for the first time, or once more."""
    office.acts += 1
    sender = replace(Sender("local", office.tenant, user, name=user.capitalize()), **told)  # type: ignore[arg-type]  # its fields
    inbound = Inbound(f"act{office.acts}", sender, Wrote("help"), Place(f"dm:{user}"))
    receive.receive(office.store, office.content, inbound, office.now)
    met: Person = office.read(lambda unit: unit.person_of(office.connection.id, user))
    return met


def test_whoever_is_an_admin_by_setting_is_one_from_their_first_word(office: Office) -> None:
    for _ in range(2):  # on every start
        office.do(lambda work: people.name_admins(work, (EMAIL,)))
    assert [(one.name, one.standing) for one in office.read(lambda unit: unit.people())] == [
        (EMAIL, Standing.ADMIN)
    ]
    met = comes(office, "ana", email=EMAIL.lower())
    assert (met.name, met.standing) == ("Ana", Standing.ADMIN)
    assert comes(office, "bo", email="bo@acme.example").standing is Standing.MEMBER


def test_whoever_is_an_admin_by_their_account_is_one_from_their_first_word(office: Office) -> None:
    for _ in range(2):  # on every start
        office.do(lambda work: people.name_admins(work, ("local:ana", "slack:U024BE7LH")))
    met = comes(office, "ana")
    assert (met.name, met.standing) == ("Ana", Standing.ADMIN)
    assert comes(office, "bo").standing is Standing.MEMBER
    known = comes(office, "carl")
    office.do(lambda work: people.name_admins(work, ("local:carl",)))
    assert office.read(lambda unit: unit.person(known.id)).standing is Standing.ADMIN
    assert len(office.read(lambda unit: unit.people())) == 3, "nobody of a platform that is not connected"


def test_whoever_is_there_already_is_made_an_admin(office: Office) -> None:
    known = comes(office, "ana", email=EMAIL)
    office.do(lambda work: people.name_admins(work, (EMAIL,)))
    assert office.read(lambda unit: unit.person(known.id)).standing is Standing.ADMIN


def test_a_platforms_guest_is_a_guest_and_stays_what_an_admin_made_of_them(office: Office) -> None:
    guest = comes(office, "gus", guest=True)
    assert guest.standing is Standing.GUEST
    office.do(lambda work: people.set_standing(work, guest, Standing.LEAD))
    assert comes(office, "gus", guest=True).standing is Standing.LEAD


def test_a_platforms_guest_whom_an_admin_makes_a_member_stays_one(office: Office) -> None:
    guest = comes(office, "gus", guest=True)
    office.do(lambda work: people.set_standing(work, guest, Standing.MEMBER))
    member = comes(office, "gus", guest=True)
    assert member.standing is Standing.MEMBER, "their platform says it once more"
    office.do(lambda work: people.set_standing(work, member, Standing.GUEST))
    assert comes(office, "gus", guest=True).standing is Standing.GUEST


def test_a_member_who_becomes_a_guest_sees_no_more_than_one(office: Office) -> None:
    assert comes(office, "gus").standing is Standing.MEMBER
    assert comes(office, "gus", guest=True).standing is Standing.GUEST
    assert comes(office, "gus").standing is Standing.GUEST, "nobody said that they are one of us again"
