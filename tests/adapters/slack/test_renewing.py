"""Tokens that rotate: renewed in time, by one caller alone, for answers and sends alike; or somebody is told."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable

import pytest

from adapters.slack.adapter import SlackAdapter
from bot.app import SystemClock
from bot.core.installations import Health
from bot.core.ports import DeliveryError, Store
from bot.core.records import Address
from bot.settings import load
from bot.storage import open_store
from bot.workspace import SlackOffice
from tests.adapters.slack.hub import CARD, Hub
from tests.fakes.slack.people import Somebody
from tests.fakes.slack.server import Fault
from tests.fakes.slack.workspace import TEAM

pytest_plugins = ["tests.databases"]

Story = Callable[[Hub], Awaitable[None]]
CALLERS = 16


def told(story: Story, url: str) -> None:
    """A story at a hub whose tokens rotate."""

    async def all_of_it() -> None:
        hub = Hub(url, "http")
        hub.slack.grants.rotating = True
        async with hub:
            await hub.install()
            await hub.deliver()
            await story(hub)

    asyncio.run(all_of_it())


def another(hub: Hub, store: Store) -> SlackAdapter:
    """The adapter as a further process would have it, on a handle of its own."""
    app, found = hub.app, load(hub.env())
    office = SlackOffice(store, app.organisation, app.content, app.clock, SystemClock())
    oauth = SlackAdapter.many(
        found.slack_client_id, found.slack_client_secret, found.public_url, found.teams_of_slack
    )
    return SlackAdapter(SystemClock(), office, signing_secret="x" * 8, oauth=oauth, url=found.slack_api_url)


async def sent(adapter: SlackAdapter, to: Address, number: int) -> str:
    """Where one message went."""
    return (await adapter.send(to, adapter.render(CARD), key=f"k{number}")).message


@pytest.mark.parametrize("lives", [30, 43_200], ids=["known to have ended", "thought to live on"])
def test_trap_10_callers_in_threads_loops_and_processes_renew_a_token_once(
    database_url: str, lives: int
) -> None:
    async def story(hub: Hub) -> None:
        hub.slack.grants.lives = lives
        await hub.install()
        hub.slack.grants.lives = 43_200
        hub.slack.grants.expire()
        connection = hub.kept(TEAM).connection
        for number in range(CALLERS):
            hub.slack.workspace.add(f"U0{number:04}", "Somebody")
        apart = database_url.startswith("postgres")  # on SQLite one process writes
        store = open_store(database_url, keys=(hub.keys,)) if apart else hub.app.store
        elsewhere = another(hub, store)
        found: list[str] = []

        def person(number: int) -> Address:
            return Address(connection, "slack", f"U0{number:04}")

        def in_a_thread() -> None:
            async def several() -> None:
                people = range(CALLERS // 2, CALLERS)
                found.extend(await asyncio.gather(*(sent(elsewhere, person(n), n) for n in people)))
                elsewhere.close()

            asyncio.run(several())

        thread = threading.Thread(target=in_a_thread)
        thread.start()
        here = await asyncio.gather(*(sent(hub.adapter, person(n), n) for n in range(CALLERS // 2)))
        await asyncio.to_thread(thread.join)
        assert len({*here, *found}) == CALLERS, "every one of them was sent"
        assert len(hub.slack.grants.exchanged) == 1
        if apart:
            store.close()

    told(story, database_url)


def test_trap_10_a_planned_send_renews_a_token_that_has_ended(sqlite_url: str) -> None:
    async def story(hub: Hub) -> None:
        hub.slack.grants.expire()
        hub.queue(TEAM, "U0ANNA", "planned")
        await hub.deliver()
        assert len(Somebody(hub.slack, "U0ANNA").inbox) == 2
        assert len(hub.slack.grants.exchanged) == 1
        assert hub.kept(TEAM).edition == 2

    told(story, sqlite_url)


def test_trap_11_tokens_are_renewed_where_slack_api_url_points(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts: set[str] = set()

    async def story(hub: Hub) -> None:
        session = hub.adapter._line.session()
        request = session._request

        async def noted(method: str, url: str, **more: object) -> object:
            hosts.add(str(url))
            return await request(method, url, **more)

        monkeypatch.setattr(session, "_request", noted)
        hub.slack.grants.expire()
        await Somebody(hub.slack, "U0ANNA").write("todo")
        await hub.settled()
        assert hub.slack.grants.exchanged
        assert hosts
        assert all(url.startswith(hub.slack.url) for url in hosts)

    told(story, sqlite_url)


def test_a_token_is_renewed_well_before_it_ends(sqlite_url: str) -> None:
    async def story(hub: Hub) -> None:
        hub.slack.grants.lives = 3600
        await hub.install()
        hub.slack.grants.lives = 43_200
        hub.queue(TEAM, "U0ANNA", "k1")
        await hub.deliver()
        hub.queue(TEAM, "U0ANNA", "k2")
        await hub.deliver()
        assert len(hub.slack.grants.exchanged) == 1
        assert hub.slack.count("chat.postMessage") == 4, "no call was made with a token that was refused"

    told(story, sqlite_url)


def test_while_slack_cannot_renew_it_a_token_that_still_lives_is_used(sqlite_url: str) -> None:
    async def story(hub: Hub) -> None:
        hub.slack.grants.lives = 3600
        await hub.install()
        before = hub.slack.count("oauth.v2.access")
        hub.slack.fail("oauth.v2.access", Fault(status=503), Fault(status=503))
        for key in ("k1", "k2", "k3"):
            hub.queue(TEAM, "U0ANNA", key)
            await hub.deliver()
        assert len(Somebody(hub.slack, "U0ANNA").inbox) == 5
        assert hub.slack.count("oauth.v2.access") == before + 1, (
            "it is tried again after a minute, not at once"
        )
        assert hub.kept(TEAM).health is Health.ON

    told(story, sqlite_url)


@pytest.mark.parametrize("why", ["invalid_refresh_token", "token_revoked"])
def test_a_token_that_cannot_be_renewed_is_told_of_once_and_messages_wait_for_the_next_installation(
    sqlite_url: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="rampcheck")

    async def story(hub: Hub) -> None:
        if why == "token_revoked":
            hub.slack.grants.revoke(hub.slack.api)
        else:
            hub.slack.grants.expire()
            hub.slack.grants.renewals.clear()
        hub.queue(TEAM, "U0ANNA", "k1")
        hub.queue(TEAM, "U0BEN", "k2")
        await hub.deliver()
        kept = hub.kept(TEAM)
        assert (kept.health, kept.reason) == (Health.BROKEN, why)
        calls = len(hub.slack.calls)
        with pytest.raises(DeliveryError, match="installed in the workspace again") as waits:
            await sent(hub.adapter, Address(kept.connection, "slack", "U0BEN"), 3)
        assert not waits.value.permanent
        assert waits.value.retry_after
        assert len(hub.slack.calls) == calls, "Slack is not asked again"
        assert caplog.text.count("slack.install_again") == 1

        hub.slack.workspace.add("U0BEN", "Ben")
        await hub.install()
        hub.clock.moment = max(hub.clock.moment, hub.app.store.read(1, lambda unit: unit.next_moment()))
        await hub.deliver()
        assert len(Somebody(hub.slack, "U0BEN").inbox) == 1, "what waited was sent"
        assert hub.kept(TEAM).health is Health.ON

    told(story, sqlite_url)
    assert "fake-client-secret" not in caplog.text
    assert "xoxe" not in caplog.text


def test_a_renewal_is_finished_though_whoever_wanted_it_gave_up(sqlite_url: str) -> None:
    async def story(hub: Hub) -> None:
        hub.slack.grants.expire()
        hub.slack.fail("oauth.v2.access", Fault(hang=0.3))
        to = Address(hub.kept(TEAM).connection, "slack", "U0ANNA")
        sending = asyncio.create_task(sent(hub.adapter, to, 1))
        await hub.slack.until(lambda: hub.slack.count("oauth.v2.access") == 2)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await hub.slack.until(lambda: hub.kept(TEAM).edition == 2)
        assert await sent(hub.adapter, to, 2)
        assert len(hub.slack.grants.exchanged) == 1

    told(story, sqlite_url)


def test_a_grant_survives_a_database_that_is_away_for_a_moment(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.access.KEEP_WAITS", (0.0, 0.0, 0.0))

    async def story(hub: Hub) -> None:
        office, failures = hub.adapter._office, [1, 1]
        keep = office.renewed

        async def shaky(seen: object, grant: object) -> bool:
            if failures:
                failures.pop()
                raise DeliveryError("the database did not answer")
            return await keep(seen, grant)

        class Shaky:
            renewed = staticmethod(shaky)

            def __getattr__(self, name: str) -> object:
                return getattr(office, name)

        access = hub.adapter._access_to(TEAM)
        access._office = Shaky()
        hub.slack.grants.expire()
        await access.refused(hub.kept(TEAM).grant.token, "token_expired")
        assert hub.kept(TEAM).edition == 2
        assert not failures

    told(story, sqlite_url)


def test_an_expired_token_that_the_clock_thought_good_is_renewed_and_the_call_made_again(
    sqlite_url: str,
) -> None:
    async def story(hub: Hub) -> None:
        hub.slack.grants.expire()  # we think that it lives for twelve hours
        await Somebody(hub.slack, "U0ANNA").write("todo")
        await hub.settled()
        said = [one.text for one in Somebody(hub.slack, "U0ANNA").inbox]
        assert len(said) == len(set(said)) == 3, "what she wrote, a greeting and an answer, once each"
        assert len(hub.slack.grants.exchanged) == 1

    told(story, sqlite_url)
