"""What the outbox does with Teams' answers: what passes comes again by itself, what was refused never, and is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.compose.notes import note
from bot.core.ports import Message
from bot.core.records import Person, Pilot, Standing
from bot.service import people, registry
from bot.service.work import Work
from tests.adapters.slack.airport import Still
from tests.adapters.teams import screen
from tests.adapters.teams.people import Somebody, said
from tests.adapters.teams.tenant import Tenant, run
from tests.fakes.teams.server import Fault

pytest_plugins = ["tests.databases"]


@pytest.fixture(autouse=True)
def _short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.client.RESTS", (0.01, 0.02))
    monkeypatch.setattr("adapters.teams.pacing.IN_CONVERSATION", 0.0)


def put(tenant: Tenant, person: Person, key: str) -> None:
    """A message to somebody waits in the outbox."""

    def waits(work: Work) -> None:
        address = registry.address_of(work.unit, person.id)
        assert address
        work.unit.enqueue(Message(key, address, note(key)), work.now)

    tenant.write(waits)


async def met(tenant: Tenant, account: str, name: str) -> tuple[Somebody, Person]:
    """Somebody who has written to the bot."""
    somebody = Somebody(tenant.teams, account, name)
    await somebody.writes("help")
    await tenant.teams.until(lambda: not tenant.adapter._calls)
    person = tenant.person(account)
    assert person
    return somebody, person


@pytest.mark.parametrize("fault", [Fault(status=412), Fault(status=429, after=9), Fault(status=502, html=True),
                                   Fault(status=504), Fault(drop=True)],
                         ids=["412", "429", "502", "504", "no answer"])  # fmt: skip
def test_what_passes_comes_again_by_itself(fault: Fault, sqlite_url: str) -> None:
    clock = Still()

    async def story(tenant: Tenant) -> None:
        anna, person = await met(tenant, screen.ANNA, "Anna Berzina")
        tenant.teams.fail(*[fault] * 3)
        put(tenant, person, "hello")
        await tenant.deliver()
        assert not anna.card("hello")
        tenant.teams._faults.clear()
        tenant.adapter._client._pacing._lanes.clear()  # the moment for which Teams asked is over
        clock.moment += timedelta(seconds=15)
        await tenant.deliver()
        assert sum("hello" in said(one) for one in anna.inbox) == 1

    run(sqlite_url, story, clock=clock)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
def test_what_teams_refuses_is_given_up_at_once(status: int, sqlite_url: str) -> None:
    clock = Still()

    async def story(tenant: Tenant) -> None:
        anna, person = await met(tenant, screen.ANNA, "Anna Berzina")
        before = len(tenant.teams.calls)
        tenant.teams.fail(Fault(status=status))
        put(tenant, person, "hello")
        for _ in range(8):
            await tenant.deliver()
            clock.moment += timedelta(hours=1)
        assert len(tenant.teams.calls) == before + 1
        assert not anna.card("hello")
        off = status in (403, 404)
        assert ("teams" not in tenant.reached(person.id)) is off

    run(sqlite_url, story, clock=clock)


def test_who_blocked_the_app_is_left_alone_until_they_write_and_a_lead_is_told_once(sqlite_url: str) -> None:
    async def story(tenant: Tenant) -> None:
        anna, person = await met(tenant, screen.ANNA, "Anna Berzina")
        lena, lead = await met(tenant, screen.LEA, "Lena Landing")
        tenant.write(lambda work: people.set_standing(work, lead, Standing.LEAD))
        pilot = Pilot(0, "", "Invoice matcher", stage="pilot", owner=person.id)
        tenant.write(lambda work: registry.add_pilot(work, pilot, actor=None))
        tenant.teams.rooms[anna.direct].closed = "ConversationBlockedByUser"
        put(tenant, person, "one")
        put(tenant, person, "two")
        await tenant.deliver()
        await tenant.deliver()
        told = [one for one in lena.inbox if "cannot be reached" in said(one)]
        assert len(told) == 1
        assert "The person has blocked the app" in said(told[0])
        assert tenant.reached(person.id) == {}

        tenant.teams.rooms[anna.direct].closed = ""
        await anna.writes("help")
        assert tenant.reached(person.id) == {"teams": anna.direct}
        put(tenant, person, "three")
        await tenant.deliver()
        assert anna.card("three")

    run(sqlite_url, story, clock=Still())
