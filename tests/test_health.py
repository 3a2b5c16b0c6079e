"""/healthz, /readyz and /metrics: what they say, to whom, and that nobody is named."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families as families

from bot import web
from bot.app import App, MovableClock, build, local_connection
from bot.core.card import Card
from bot.core.ports import Clicked, DeliveryError, Inbound, Message, Place, Sender, Wrote
from bot.core.records import Address, Identity, Person, Pilot
from bot.core.signals.kinds import Signal
from bot.meter import PLATFORMS, Counted
from bot.service import registry
from bot.service.work import Work
from bot.settings import load
from bot.worker import Worker
from tests.fakes.slack.server import BOT_TOKEN, SECRET

ROOT = Path(__file__).parents[1]
OWNER, PILOT, ORGANISATION, WORDS = (
    "Zebulon Quist",
    "Walrus whisperer",
    "Narwhal Works",
    "legal hates walruses",
)
TOKEN = "walrus-walrus-walrus"  # it opens nothing
Read = Callable[..., Awaitable[tuple[int, str]]]


def opened(url: str, **settings: str) -> App:
    return build(
        load({"DATABASE_URL": url, "RAMPCHECK_ORGANISATION": ORGANISATION, **settings}), clock=MovableClock()
    )


@pytest.fixture
def app(sqlite_url: str) -> App:
    return opened(sqlite_url)


def populated(app: App) -> None:
    """One pilot with an owner who can be reached."""
    connection = local_connection(app.store, app.organisation)

    def add(work: Work) -> Pilot:
        owner = work.unit.save_person(Person(0, OWNER))
        work.unit.save_identity(Identity(owner.id, "zeb", Address(connection.id, "local", "dm:zeb")))
        day = work.today()
        fresh = Pilot(0, "", PILOT, stage="pilot", stage_since=day, created=day, owner=owner.id)
        return registry.add_pilot(work, fresh, actor=None)

    app.store.write(app.organisation.id, lambda unit: add(Work(unit, app.content, app.clock.now())))


def visited(app: App, *paths: str, **headers: str) -> list[tuple[int, str]]:
    """Status and text of each page, asked for on this machine."""

    async def visit() -> list[tuple[int, str]]:
        async with TestClient(TestServer(web.application(app))) as client:
            found = [await client.get(path, headers=headers) for path in paths]
            return [(one.status, await one.text()) for one in found]

    return asyncio.run(visit())


def values(page: str) -> Mapping[tuple[str, ...], float]:
    """(name, labels' words) -> value of everything on a page."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families(page)
        for sample in family.samples
        if "le" not in sample.labels
    }


async def _lived(app: App) -> None:
    await Worker(app).travel(app.clock.now() + timedelta(days=15))
    said = Inbound("k1", Sender("local", "local", "zeb"), Wrote(WORDS), Place("dm:zeb", direct=True))
    await app.on_inbound(said)
    await Worker(app).beat()


def test_the_page_counts_what_was_sent_and_stored(app: App) -> None:
    populated(app)
    asyncio.run(_lived(app))
    [(status, page)] = visited(app, "/metrics")
    found = values(page)
    assert status == 200
    assert found["rampcheck_deliveries_total", "local", "sent"] >= 2
    assert (
        found["rampcheck_due_to_sent_seconds_count", "local"]
        == found["rampcheck_deliveries_total", "local", "sent"]
    )
    assert found["rampcheck_inbound_total", "local", "stored"] == 1
    assert found["rampcheck_answered_to_stored_seconds_count", "local"] == 1
    assert found["rampcheck_outbox_messages", "due"] == found["rampcheck_outbox_dead",] == 0
    assert found["rampcheck_outbox_oldest_seconds",] == found["rampcheck_due_oldest_seconds",] == 0
    assert found["rampcheck_worker_silent_seconds",] < 3600
    app.close()


def test_the_page_shows_what_waits_and_what_was_given_up(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    populated(app)

    async def refuse(*_: object, **__: object) -> None:
        raise DeliveryError("nobody is there", permanent=True)

    monkeypatch.setattr(type(app.adapters["local"]), "send", refuse)
    asyncio.run(_lived(app))
    [(_, page)] = visited(app, "/metrics")
    found = values(page)
    assert found["rampcheck_outbox_dead",] >= found["rampcheck_deliveries_total", "local", "dead"] > 0
    written = app.clock.now()
    address = Address(local_connection(app.store, app.organisation).id, "local", "dm:zeb")
    waiting = Message("waits", address, Card("It waits", "It waits."))
    app.store.write(app.organisation.id, lambda unit: unit.enqueue(waiting, written))
    app.clock.move_to(written + timedelta(hours=1))  # type: ignore[attr-defined]  # it is movable
    [(_, page)] = visited(app, "/metrics")
    assert values(page)["rampcheck_outbox_messages", "due"] == 1
    assert values(page)["rampcheck_outbox_oldest_seconds",] >= 3600
    assert values(page)["rampcheck_due_oldest_seconds",] >= 3600
    app.close()


def test_signals_are_counted_by_their_kind(app: App) -> None:
    populated(app)
    asyncio.run(_lived(app))
    kept = app.store.read(app.organisation.id, lambda unit: unit.evaluations())
    kinds: list[Signal] = [seen.signal for found in kept.values() for seen in found.signals]
    assert kinds, "an owner who never answers is a signal"
    [(_, page)] = visited(app, "/metrics")
    assert all(values(page)["rampcheck_signals", kind.id] == 1 for kind in kinds)
    app.close()


def test_nobody_and_nothing_is_named(app: App) -> None:
    populated(app)
    asyncio.run(_lived(app))
    pressed = Inbound("k2", Sender("n\u0332ovel", "local", "zeb"), Clicked("x"), Place("dm:zeb", direct=True))
    asyncio.run(app.on_inbound(pressed))  # a platform that there is not adds no label of its own
    page = "\n".join(text for _, text in visited(app, "/metrics", "/readyz", "/healthz"))
    for secret in (*OWNER.split(), *PILOT.split(), *ORGANISATION.split(), *WORDS.split()[1:], "zeb", "novel"):
        assert secret.lower() not in page.lower()
    platforms = set(re.findall(r'platform="([^"]*)"', page))
    assert platforms <= PLATFORMS | {"other"}
    app.close()


@pytest.mark.parametrize("mark", web.PASSED_ON)
def test_without_a_token_only_this_machine_reads_it(app: App, mark: str) -> None:
    assert visited(app, "/metrics")[0][0] == 200
    [(status, said)] = visited(app, "/metrics", **{mark: "203.0.113.9"})
    assert (status, "RAMPCHECK_METRICS_TOKEN" in said) == (403, True)
    app.close()


def test_with_a_token_whoever_brings_it_reads_it(sqlite_url: str) -> None:
    app = opened(sqlite_url, RAMPCHECK_METRICS_TOKEN=TOKEN)
    assert visited(app, "/metrics")[0][0] == 401
    assert visited(app, "/metrics", Authorization=f"Bearer {TOKEN[:-1]}")[0][0] == 401
    assert visited(app, "/metrics", Authorization="Bearer \u00fc")[0][0] == 401
    assert visited(app, "/metrics", Authorization=f"Bearer {TOKEN}")[0][0] == 200
    assert TOKEN not in repr(app.settings)
    app.close()


def test_ready_means_that_the_database_answers_and_a_worker_lives(app: App) -> None:
    assert visited(app, "/healthz", "/readyz")[0][0] == 200
    [(status, said)] = visited(app, "/readyz")
    assert (status, "no worker" in said) == (503, True)
    asyncio.run(Worker(app).beat())
    assert visited(app, "/readyz")[0][0] == 200
    app.clock.move_to(app.clock.now() + timedelta(minutes=5))  # type: ignore[attr-defined]  # it is movable
    assert visited(app, "/readyz")[0][0] == 503
    app.close()
    assert [status for status, _ in visited(app, "/healthz", "/readyz", "/metrics")] == [200, 503, 503]


def test_ready_means_that_slack_has_said_which_workspace_it_is_unless_another_platform_is_served(
    sqlite_url: str,
) -> None:
    slack = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SECRET}
    for local, expected in (("off", 503), ("on", 200)):
        app = opened(sqlite_url, **slack | {"RAMPCHECK_LOCAL_CHAT": local})
        asyncio.run(Worker(app).beat())
        [(status, said)] = visited(app, "/readyz")
        assert (status, "Slack has not said yet which workspace" in said) == (expected, True)
        app.close()


def test_whoever_stands_before_it_is_told_that_it_stops(app: App) -> None:
    asyncio.run(Worker(app).beat())
    app.stopping = True
    [(alive, _), (status, said)] = visited(app, "/healthz", "/readyz")
    assert (alive, status, "told to stop" in said) == (200, 503, True)
    app.close()


def test_starting_does_not_wait_for_what_only_counts() -> None:
    program = "import sys, bot.app, bot.web, bot.worker; print('prometheus_client' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_many_threads_may_be_the_first_to_count() -> None:
    counted = Counted()

    async def at_once() -> None:
        await asyncio.gather(*(asyncio.to_thread(counted.warm) for _ in range(8)))

    asyncio.run(at_once())
