"""The web server: adapters' routes and the health pages; it must not know what the routes do."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol, runtime_checkable

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot import __version__
from bot.app import App, routes, settle, until_stopped
from bot.log import get
from bot.settings import is_loopback

MAX_BODY = 256 * 1024  # bytes; no platform's payload comes near it (performance.md, point 1)
# Connections that nobody has taken yet: where there is no room, the next try of whoever calls comes after a second.
BACKLOG = 1024
STALE_BEAT = timedelta(seconds=60)  # thirty missed heartbeats: the worker is dead or stuck
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"  # the form in which it reads a page
PASSED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP")  # a proxy's marks
APP: web.AppKey[App] = web.AppKey("app", App)
SERVES: web.AppKey[bool] = web.AppKey("serves", bool)  # whether people come to the platforms' doors here

log = get("web")


def application(app: App, *, doors: bool = True) -> web.Application:
    """The aiohttp application: the health pages, and with `doors` every route of every adapter."""
    logging.getLogger("aiohttp.server").addFilter(_is_ours)
    site = web.Application(client_max_size=MAX_BODY)
    site[APP], site[SERVES] = app, doors
    health = (("/healthz", healthy), ("/readyz", ready), ("/metrics", metrics))
    site.add_routes([web.get(path, page) for path, page in health])
    if doors:
        site.add_routes(routes(app.adapters))
        site.on_shutdown.extend(
            _sends_away(door) for door in app.adapters.values() if isinstance(door, Lasting)
        )
    return site


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether aiohttp tells of a mistake of ours. Of what was no HTTP, and is answered by 400, it logs an error too:
    whoever can reach the port could fill the log with them.
    """
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


def _sends_away(door: Lasting) -> Callable[[web.Application], Awaitable[None]]:
    async def send_away(site: web.Application) -> None:
        del site
        door.send_away()

    return send_away


async def healthy(request: web.Request) -> web.Response:
    """The process answers."""
    del request
    return web.json_response({"ok": True, "version": __version__})


async def ready(request: web.Request) -> web.Response:
    """The database answers, a worker has shown life lately, and a platform is known; else, and once it stops, 503."""
    app = request.app[APP]
    if app.stopping:
        return web.json_response({"ok": False, "why": "it was told to stop"}, status=503)
    try:
        beats = await asyncio.to_thread(app.store.beats)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with the database, the answer is "not ready"
        log.error("ready.failed", cause=error)
        return web.json_response({"ok": False, "why": "the database does not answer"}, status=503)
    last = max(beats.values(), default=None)
    if last is None or app.clock.now() - last > STALE_BEAT:
        return web.json_response({"ok": False, "why": "no worker has shown life lately"}, status=503)
    doors = list(app.adapters.values()) if request.app[SERVES] else []
    waiting = [door.waits_for for door in doors if isinstance(door, Learning) and door.waits_for]
    if waiting and len(waiting) == len(doors):  # while another platform is served, it goes on being served
        return web.json_response({"ok": False, "why": waiting[0]}, status=503)
    return web.json_response({"ok": True, "waiting": waiting} if waiting else {"ok": True})


async def metrics(request: web.Request) -> web.Response:
    """Counts for Prometheus; 401 or 403 for whoever may not see them, 503 where the database does not answer."""
    app = request.app[APP]
    refused = _may_not_read(request, app.settings.metrics_token)
    if refused is not None:
        return refused
    try:
        page = await asyncio.to_thread(app.meter.page, app.store, app.clock.now())
    except Exception as error:  # noqa: BLE001  # as above
        log.error("metrics.failed", cause=error)
        return web.json_response({"ok": False, "why": "the database does not answer"}, status=503)
    return web.Response(body=page, headers={"Content-Type": PROMETHEUS})


def _may_not_read(request: web.Request, wanted: str) -> web.Response | None:
    """What whoever brings no token gets; without one only this machine is answered, and no proxy on it."""
    if wanted:
        brought = request.headers.get("Authorization", "")
        if hmac.compare_digest(brought.encode(), f"Bearer {wanted}".encode()):
            return None
        return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"}, text="Bring the token.\n")
    passed_on = any(name in request.headers for name in PASSED_ON)
    if is_loopback(request.remote or "") and not passed_on:
        return None
    return web.Response(status=403, text="Set RAMPCHECK_METRICS_TOKEN, and bring it as a bearer token.\n")


@runtime_checkable
class Learning(Protocol):
    """A platform that has to tell us something before anybody there can be served."""

    @property
    def waits_for(self) -> str:
        """What it has not told yet, in words; empty where it has."""
        ...


@runtime_checkable
class Lasting(Protocol):
    """An adapter with requests that last until somebody ends them: a server that stops waits for no other kind."""

    def send_away(self) -> None: ...


class Companion(Protocol):
    """What runs beside the server in the same process: the worker, unless it runs elsewhere."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...


async def serve(
    app: App, *, beside: Companion | None = None, announce: Callable[[], None] = lambda: None
) -> None:
    """Serve until told to stop; `announce` is called once requests are taken."""
    stopped = asyncio.create_task(until_stopped())
    await asyncio.sleep(0)  # it listens from here on: told to stop while still starting, we stop as cleanly
    site = web.AppRunner(application(app), access_log=None, shutdown_timeout=5)
    await site.setup()
    tasks = [
        asyncio.create_task(adapter.run(app.on_inbound, app.on_search)) for adapter in app.adapters.values()
    ]
    await web.TCPSite(site, app.settings.host, app.settings.port, backlog=BACKLOG).start()
    if beside is not None:
        await beside.start()
    settle()
    log.info("web.started", host=app.settings.host, port=app.settings.port, worker=beside is not None)
    announce()
    warming = asyncio.create_task(asyncio.to_thread(app.meter.warm))  # behind the greeting: it takes a while
    await stopped
    app.stopping = True
    await asyncio.sleep(app.settings.stop_after)
    await warming
    await _stop(app, site, tasks, beside)


async def watch(app: App) -> web.AppRunner:
    """The health pages alone, beside a worker that serves nobody; the caller cleans it up."""
    site = web.AppRunner(application(app, doors=False), access_log=None, shutdown_timeout=1)
    await site.setup()
    await web.TCPSite(site, app.settings.host, app.settings.worker_port).start()
    log.info("health.started", host=app.settings.host, port=app.settings.worker_port)
    return site


async def _stop(
    app: App, site: web.AppRunner, tasks: list[asyncio.Task[None]], beside: Companion | None
) -> None:
    """Take nothing new, finish what is in hand, let go.

    The adapters go on until every request that was taken is answered: one that came last is not told to come again.
    """
    resting = asyncio.create_task(beside.stop()) if beside is not None else None
    await site.cleanup()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if resting is not None:
        await resting
    app.close()
    log.info("web.stopped")
