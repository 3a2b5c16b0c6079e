"""Runs the bot: for ever, or for one heartbeat; it must not know what is asked or stored."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot import app as wiring
from bot import web
from bot.app import App
from bot.cli import opening, screen
from bot.cli.trouble import Trouble
from bot.core.compose.words import count, listed
from bot.service import beat, deliver, lookup, rounds
from bot.worker import Worker
from bot.worker import work as work_on

LOOKED_AT = 50  # ports tried after the one wanted: so many demos beside each other is not one person's doing
PAGE_ALONE = (
    "The local chat shows what its own process delivers, so it needs the worker beside it. "
    "Leave out --no-worker, or set RAMPCHECK_LOCAL_CHAT=off."
)
DONE = {  # what a job is about
    "schedule": "planned check-in",
    "checkin": "open check-in",
    "digest": "digest",
}


@dataclass(frozen=True, slots=True)
class StillClock:
    """A clock that stands at one moment."""

    moment: datetime

    def now(self) -> datetime:
        """Always the same moment."""
        return self.moment


def serve(*, with_worker: bool) -> None:
    """The web server until SIGTERM or Ctrl-C."""
    found = opening.settings(long_running=True)
    if found.local_chat and not with_worker:
        raise Trouble(PAGE_ALONE)
    if not is_free(found.host, found.port):
        raise Trouble(f"Port {found.port} is in use. Stop what uses it, or set PORT to another number.")
    app = wiring.build(found, journal=opening.journal(found))
    where = f"http://{found.host}:{found.port}/"
    what = f"The local chat is at {where}" if found.local_chat else f"Listening at {where}"
    run(app, with_worker=with_worker, greeting=f"{what}   Ctrl-C stops it.")


def run(app: App, *, with_worker: bool, greeting: str, then: Callable[[], None] = lambda: None) -> None:
    """Serve an opened program, greet and do what comes `then`; whatever happens, its database is closed behind it."""

    def announce() -> None:
        screen.warn(greeting)
        then()

    try:
        beside = Worker(app) if with_worker else None
        asyncio.run(web.serve(app, beside=beside, announce=announce))
    except BaseException:
        opening.let_go(app)
        raise
    screen.warn("Stopped.")


def work() -> None:
    """A worker until SIGTERM or Ctrl-C."""
    found = opening.without_page(opening.settings(long_running=True))
    if found.worker_port and not is_free(found.host, found.worker_port):
        raise Trouble(
            f"Port {found.worker_port} is in use. Stop what uses it, or set RAMPCHECK_WORKER_PORT to another number."
        )
    app = wiring.build(found, journal=opening.journal(found))
    try:
        asyncio.run(_watched(app) if found.worker_port else work_on(app))
    except BaseException:
        opening.let_go(app)
        raise


async def _watched(app: App) -> None:
    """A worker, and the pages that tell whether it is well."""
    site = await web.watch(app)
    try:
        await work_on(app)
    finally:
        await site.cleanup()


def tick(at: str, *, as_json: bool) -> None:
    """One heartbeat, now or as if it were another moment; prints what was done."""
    with opening.talking() as app:
        if at:
            app.clock = StillClock(moment(at, app.organisation.zone))
        done = asyncio.run(beat.beat(app.post, app.content, app.clock.now()))
    if as_json:
        screen.as_json({"done": dict(done.done), "failed": dict(done.failed), "messages": done.taken})
    else:
        screen.say(_account(done))
    if done.failed:
        raise Trouble("\n".join(f"{job} failed: {why}" for job, why in done.failed.items()))


def send(pilot: str, questionnaire: str) -> None:
    """One round out of turn: asked, and delivered."""
    with opening.talking() as app:
        form = lookup.form_named(app.content, questionnaire)
        found = opening.look(app, lambda work: lookup.pilot_named(work.unit, pilot))
        asked = opening.change(app, lambda work: rounds.send(work, found, form))
        asyncio.run(deliver.drain(app.post))
    screen.say(f"Asked {asked.name}: {form.title}, {found.name}.")


def moment(text: str, zone: str) -> datetime:
    """A moment as typed, in the organisation's zone where it names none. Raises Trouble."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Trouble(
            f"'{text}' is not a moment. Write it like 2026-03-31T09:00 or 2026-03-31T09:00+02:00."
        ) from None
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there yet. A host that is not this machine's is left to the server to complain about."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        return error.errno != errno.EADDRINUSE
    return True


def free_port(host: str, wanted: int) -> int:
    """The port wanted, or the next one that nobody uses. Raises Trouble."""
    for port in range(wanted, min(wanted + LOOKED_AT, 65535) + 1):
        if is_free(host, port):
            return port
    raise Trouble(f"Ports {wanted} to {wanted + LOOKED_AT} are all in use. Name another: --port 9000")


def _account(done: beat.Beat) -> str:
    """What a heartbeat did, in a sentence."""
    parts = [_counted(number, kind) for kind, number in done.done.items()]
    parts += [f"{count(done.taken, 'message')} taken to the chats"] if done.taken else []
    return f"Done: {listed(parts)}." if parts else "Nothing is due, and nothing waits to be delivered."


def _counted(number: int, kind: str) -> str:
    """So many jobs of a kind; evaluations are rounds of many pilots, so their number says nothing."""
    return "pilots evaluated" if kind == "evaluate" else count(number, DONE.get(kind, kind))
