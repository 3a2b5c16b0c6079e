"""The example that `rampcheck demo` shows: a made-up portfolio with a past; it must not know who shows it."""

from __future__ import annotations

from typing import cast

from bot.app import App
from bot.core.ports import Unit
from bot.demo.held import Held
from bot.demo.history import timeline
from bot.demo.people import settle
from bot.demo.portfolio import STORIES
from bot.service import schedules
from bot.service.work import Work


def prepare(app: App) -> None:
    """Fill an empty organisation with the example as of the clock's now; one that has pilots is left alone."""
    now = app.clock.now()
    app.store.write(app.organisation.id, lambda unit: _seed(Work(unit, app.content, now)))


def _seed(work: Work) -> None:
    """All of the past in the order in which it happened, then what is open now and what comes next."""
    if work.unit.pilots():
        return
    held = Held(work.unit)
    past = Work(cast(Unit, held), work.content, work.now)  # Held hands on all but messages
    scene = settle(past)
    for moment, deed in timeline(scene, STORIES):
        deed(Work(past.unit, work.content, moment))
    for pilot in work.unit.pilots():
        schedules.plan(work, pilot)
    held.release(work)
