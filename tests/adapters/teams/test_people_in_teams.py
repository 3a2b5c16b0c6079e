"""Who an account in Teams is: whoever the tenant vouches for, or an admin links; on both platforms one person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.teams.adapter import NAMED_AGAIN
from adapters.teams.profile import profile
from bot.core.compose.notes import note
from bot.core.ports import DeliveryError, Message
from bot.core.records import Address, Connection, Identity, Person, Standing
from bot.service import identities, people, registry
from bot.service.work import Work
from tests.adapters.teams import screen
from tests.adapters.teams.door import teams_adapter
from tests.adapters.teams.tenant import Tenant, run
from tests.fakes.desk import FakeClock

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


@pytest.mark.parametrize(
    ("said", "guest"),
    [
        (OWN, False),
        ({}, False),
        (GUEST, True),
        ({**OWN, "userRole": "guest"}, True),
        ({"userRole": "anonymous"}, True),
    ],
)
def test_who_is_from_elsewhere_is_a_guest(said: dict[str, Any], guest: bool) -> None:
    assert profile({"name": "Anna", **said}).guest is guest


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


# --- reached alone, whoever was only met in front of others


def test_somebody_met_in_a_channel_is_written_to_in_a_conversation_of_their_own(sqlite_url: str) -> None:
    async def story(tenant: Tenant) -> None:
        tenant.teams.room(screen.CHANNEL, "channel")
        await tenant.says(screen.mentioned("help"))
        anna = tenant.person(screen.ANNA)
        assert anna
        assert tenant.reached(anna.id) == {"teams": screen.mri(screen.ANNA)}
        tenant.write(lambda work: put(work, anna))
        await tenant.deliver()
        assert "Hello, you" in str(tenant.teams.in_room(screen.DIRECT)[-1].card)
        await tenant.says(screen.wrote("help"))
        assert tenant.reached(anna.id) == {"teams": screen.DIRECT}

    run(sqlite_url, story)


def put(work: Work, person: Person) -> None:
    address = registry.address_of(work.unit, person.id)
    assert address
    work.unit.enqueue(Message("k", address, note("Hello, you")), work.now)


def test_whoever_could_not_be_asked_about_at_first_is_asked_about_again(sqlite_url: str) -> None:
    async def story(tenant: Tenant) -> None:
        anna = added(tenant)
        tenant.teams.names.clear()  # the tenant says nothing
        await tenant.says(screen.activity("installationUpdate", action="add"))
        stranger = tenant.person(screen.ANNA)
        assert stranger
        assert stranger.id != anna.id
        tenant.told(screen.ANNA, "Anna Berzina", **OWN)
        await tenant.says(screen.wrote("help"))
        assert tenant.person(screen.ANNA) == stranger, "not at once: an outage must not slow everybody down"
        tenant.adapter._clock = FakeClock(datetime.now(UTC) + NAMED_AGAIN)
        await tenant.says(screen.wrote("help"))
        found = tenant.person(screen.ANNA)
        assert found
        assert found.id == anna.id
        asked = tenant.teams.members_asked
        await tenant.says(screen.wrote("help"))
        assert tenant.teams.members_asked == asked

    run(sqlite_url, story)


def test_while_a_tenant_gives_no_answer_nobody_else_waits_for_one(sqlite_url: str) -> None:
    ben = {"id": screen.mri(screen.BEN), "name": "Ben", "aadObjectId": screen.BEN}

    async def story(tenant: Tenant) -> None:
        asked: list[object] = []
        client, clock = tenant.adapter._client, FakeClock(datetime.now(UTC))
        answering, tenant.adapter._clock = client.member, clock

        async def silent(*about: object) -> Any:
            asked.append(about)
            raise DeliveryError("nobody answers")

        client.member = silent  # type: ignore[assignment, method-assign]  # a tenant that is down
        await tenant.says(screen.wrote("help"))
        await tenant.says(screen.wrote("help", **{"from": ben}))
        assert len(asked) == 1
        assert tenant.person(screen.BEN), "what he did was stored all the same"
        client.member = answering  # type: ignore[method-assign]  # and up again
        tenant.told(screen.BEN, "Ben Kalnins", userPrincipalName="ben@example.org", email="ben@example.org")
        tenant.adapter._clock = FakeClock(clock.now() + NAMED_AGAIN)
        await tenant.says(screen.wrote("help", **{"from": ben}))
        found = tenant.person(screen.BEN)
        assert found
        assert found.email == "ben@example.org"

    run(sqlite_url, story)


def test_a_service_that_moved_is_known_after_a_restart(sqlite_url: str) -> None:
    """For a person and for a channel that gets the digest: what is stored follows what was heard last."""
    moved = "http://127.0.0.1:9/emea/"

    async def story(tenant: Tenant) -> None:
        tenant.teams.room(screen.CHANNEL, "channel")
        await tenant.says(screen.wrote("help"))
        anna = tenant.person(screen.ANNA)
        assert anna
        tenant.write(lambda work: people.set_standing(work, anna, Standing.LEAD))
        await tenant.says(screen.mentioned("digest subscribe"))
        for raw in (screen.wrote("help"), screen.mentioned("help")):
            inbound = tenant.adapter.parse(raw | {"serviceUrl": moved})
            assert inbound
            await tenant.app.on_inbound(inbound)
        [subscription] = tenant.read(lambda unit: unit.subscriptions())
        address = tenant.read(lambda unit: registry.address_of(unit, anna.id))
        assert address
        assert (address.service, subscription.channel.address.service) == (moved, moved)
        fresh = teams_adapter(tenant.teams.cloud, tenant.teams.directory)
        assert (await fresh._spot(address)).service == moved
        fresh.close()

    run(sqlite_url, story)
