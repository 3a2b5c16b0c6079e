"""Who an account in Teams is: whoever the tenant vouches for, or an admin links; on both platforms one person."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.teams.profile import profile
from bot.core.records import Address, Connection, Identity, Person
from bot.service import identities, people
from bot.service.work import Work
from tests.adapters.teams import screen
from tests.adapters.teams.tenant import Tenant, run

pytest_plugins = ["tests.databases"]

EMAIL = "anna.berzina@example.org"
OWN = {"userPrincipalName": EMAIL, "userRole": "user", "email": "Anna.Berzina@Example.org"}
GUEST = {"userPrincipalName": "anna.berzina_example.org#EXT#@tenant.example", "email": EMAIL}
OTHER = screen.TENANT.replace("6", "7")


def added(tenant: Tenant) -> Person:
    """What a spreadsheet or `rampcheck people add` makes of somebody."""
    return tenant.write(lambda work: people.add(work, "Anna Berzina", email=EMAIL))


def on_slack(tenant: Tenant) -> Person:
    """Somebody who is written to on Slack."""

    def join(work: Work) -> Person:
        there = work.unit.save_connection(Connection(0, "slack", "T0AIRPORT"))
        person = work.unit.save_person(Person(0, "Anna Berzina", email=EMAIL))
        work.unit.save_identity(Identity(person.id, "U0ANNA", Address(there.id, "slack", "U0ANNA")))
        return person

    return tenant.write(join)


# --- by what the tenant vouches for


@pytest.mark.parametrize("known", [added, on_slack])
def test_whose_address_the_tenant_vouches_for_is_who_they_are_here_already(
    known: Any, sqlite_url: str
) -> None:
    async def story(tenant: Tenant) -> None:
        anna = known(tenant)
        tenant.told(screen.ANNA, "Anna Berzina", **OWN)
        await tenant.says(screen.activity("installationUpdate", action="add"))
        found = tenant.person(screen.ANNA)
        assert found
        assert found.id == anna.id
        assert tenant.reached(anna.id)["teams"] == screen.DIRECT

    run(sqlite_url, story)


def test_a_guests_address_is_another_tenants_word(sqlite_url: str) -> None:
    async def story(tenant: Tenant) -> None:
        anna = added(tenant)
        tenant.told(screen.ANNA, "Anna Berzina", **GUEST)
        await tenant.says(screen.wrote("help"))
        found = tenant.person(screen.ANNA)
        assert found
        assert (found.id != anna.id, found.email) == (True, "")

    run(sqlite_url, story)


@pytest.mark.parametrize(
    ("said", "email"),
    [
        (OWN, "Anna.Berzina@Example.org"),
        ({**OWN, "email": ""}, EMAIL),
        ({"userPrincipalName": EMAIL}, EMAIL),
        (GUEST, ""),
        ({**OWN, "userRole": "guest"}, ""),
        ({**OWN, "userRole": "anonymous"}, ""),
        ({"email": EMAIL, "userRole": "user"}, ""),
        ({"userPrincipalName": "x", "userRole": "user", "email": 7}, ""),
    ],
)
def test_only_a_tenants_own_people_bring_an_address(said: dict[str, Any], email: str) -> None:
    assert profile({"name": " Anna ", **said}).email == email
    assert profile({"name": " Anna ", **said}).name == "Anna"
    assert EMAIL not in repr(profile(said))


# --- by an admin


def test_who_was_linked_is_one_person_on_both_platforms_and_reached_in_teams_once_they_wrote(
    sqlite_url: str,
) -> None:
    async def story(tenant: Tenant) -> None:
        anna = on_slack(tenant)

        def link(work: Work) -> bool:
            there = identities.connection_to(work, "teams")
            return identities.link(work, anna, there, screen.ANNA, can_start=False)

        assert tenant.write(link)
        assert not tenant.write(link), "it is theirs already"
        assert tenant.reached(anna.id) == {"slack": "U0ANNA"}
        await tenant.says(screen.wrote("help"))
        assert tenant.reached(anna.id) == {"slack": "U0ANNA", "teams": screen.DIRECT}
        assert len(tenant.read(lambda unit: unit.people())) == 1

    run(sqlite_url, story)


def test_what_an_admin_took_away_no_address_gives_back(sqlite_url: str) -> None:
    async def story(tenant: Tenant) -> None:
        anna = added(tenant)
        tenant.told(screen.ANNA, "Anna Berzina", **OWN)
        await tenant.says(screen.wrote("help"))
        tenant.write(lambda work: identities.unlink(work, anna, identities.connection_to(work, "teams")))
        await tenant.says(screen.wrote("help"))
        found = tenant.person(screen.ANNA)
        assert found
        assert found.id != anna.id

    run(sqlite_url, story)


# --- tenants


@pytest.mark.parametrize(("told", "called"), [({"name": "Contoso"}, "Contoso"), ({}, f"Teams {OTHER[:8]}")])
def test_a_new_tenant_is_called_as_it_calls_itself_or_by_a_short_id(
    told: dict[str, str], called: str, sqlite_url: str
) -> None:
    async def story(tenant: Tenant) -> None:
        await tenant.says(screen.wrote("help", channelData={"tenant": {"id": OTHER, **told}}))
        assert called in {one.name for one in tenant.app.store.organisations()}

    run(sqlite_url, story, TEAMS_TENANTS=OTHER)


# --- what came before


def test_the_first_message_says_why_it_comes_and_how_to_stop_it(sqlite_url: str) -> None:
    async def story(tenant: Tenant) -> None:
        tenant.told(screen.ANNA, "Anna Berzina")
        await tenant.says(screen.activity("installationUpdate", action="add"))
        [first] = tenant.teams.in_room(screen.DIRECT)
        shown = str(first.card)
        assert "because you, or your admin, added Rampcheck" in shown
        assert "Remove or mute me" in shown
        assert "Not mine" in shown

    run(sqlite_url, story)
