"""The program as a process of its own, at a moment of its own: `python -m tests.faults.served WHICH MOMENT PORT`.

WHICH is `web` or `work`; the settings come from the environment, as in production. It must not know what is broken.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime

from bot import web, worker
from bot.app import App, build
from bot.log import configure
from bot.settings import load
from tests.fakes.running_clock import RunningClock


def main(which: str, moment: str, port: str) -> None:
    """Until it is told to stop."""
    clock = RunningClock()
    clock.move_to(datetime.fromisoformat(moment))
    configure("ERROR", "text")
    app = build(load({**os.environ, "PORT": port, "RAMPCHECK_LOCAL_CHAT": "off"}), clock=clock)
    asyncio.run(_running(which, app))


async def _running(which: str, app: App) -> None:
    await (web.serve(app) if which == "web" else worker.work(app))


if __name__ == "__main__":
    main(*sys.argv[1:])
