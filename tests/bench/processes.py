"""Starts programs as a person would and times them from outside; it must not know what they are for."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from aiohttp import web

ROOT = Path(__file__).parents[2]
LOOK_S = 0.004  # between two looks: an error of that size in a second, at no cost to the one who is looked at
PATIENCE_S = 60
OURS = ("RAMPCHECK_", "DATABASE_URL", "PORT", "LOG_LEVEL")  # settings of whoever runs this must not matter


def environment(**settings: str) -> dict[str, str]:
    """The caller's environment without any setting of ours, and with those given; bytecode is kept, as installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"PYTHONPATH": str(ROOT)} | settings


@dataclass(frozen=True, slots=True)
class Took:
    """What a program took to get somewhere, in seconds: on the clock, and of a processor."""

    wall: float
    cpu: float


def ended(arguments: Sequence[str], folder: Path) -> Took:
    """From the start of a Python program to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=folder, env=environment(), check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def said(arguments: Sequence[str], folder: Path) -> str:
    """What a Python program prints."""
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment(), check=True, capture_output=True, text=True
    ).stdout


def spoke(arguments: Sequence[str], folder: Path) -> Took:
    """From the start of a Python program to its first line; how long it takes to end does not count."""
    began = time.perf_counter()
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = Took(time.perf_counter() - began, _used(process))
    assert line, f"{arguments[0]} {arguments[1][:60]} said nothing"
    return took


def _used(process: subprocess.Popen[bytes]) -> float:
    """Seconds of a processor that a process has had, in steps of 10 ms."""
    used = psutil.Process(process.pid).cpu_times()
    return float(used.user + used.system)


@contextmanager
def running(arguments: Sequence[str], folder: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program that serves; told to stop afterwards, and waited for."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(**settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_S)
            process.kill()


def until(arguments: Sequence[str], folder: Path, ready: Callable[[], bool], **settings: str) -> Took:
    """From the start of a serving program until it is ready; it is stopped then."""
    began = time.perf_counter()
    with running(arguments, folder, **settings) as process:
        while not ready():
            if process.poll() is not None or time.perf_counter() - began > PATIENCE_S:
                raise AssertionError(f"{' '.join(arguments)[-60:]} did not get ready: {_complaint(process)}")
            time.sleep(LOOK_S)
        return Took(time.perf_counter() - began, _used(process))


def _complaint(process: subprocess.Popen[bytes]) -> str:
    process.kill()
    return process.stderr.read().decode(errors="replace").strip() if process.stderr else ""


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def answers(port: int, path: str = "/") -> bool:
    """Whether a page is there: status 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_S) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def in_a_thread(
    make: Callable[[], web.Application], port: int, tls: ssl.SSLContext | None = None
) -> Iterator[None]:
    """A site that is served by a thread of this process."""
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def start() -> None:
        runner = web.AppRunner(make(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
        ready.set()

    thread = threading.Thread(
        target=lambda: (loop.run_until_complete(start()), loop.run_forever()), daemon=True
    )
    thread.start()
    assert ready.wait(PATIENCE_S)
    yield
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
