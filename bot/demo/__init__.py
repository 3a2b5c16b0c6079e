"""The example that `rampcheck demo` shows: a made-up portfolio with a past; it must not know who shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from bot.app import App
from bot.core.ports import Unit
from bot.core.records import Pilot
from bot.demo.held import Held
from bot.demo.history import timeline
from bot.demo.people import settle
from bot.demo.portfolio import STORIES
from bot.service import schedules
from bot.service.second import SECOND
from bot.service.work import Work


def prepare(app: App) -> None:
    """Fill an empty organisation with the example as of the clock's now; one that has pilots is left alone."""
    now = app.clock.now()
    app.store.write(app.organisation.id, lambda unit: _seed(Work(unit, app.content, now)))


def _forget_second_views(work: Work, pilot: Pilot) -> None:
    """What the past planned for sponsors would all come at once; the next check-in plans it anew."""
    for schedule in work.unit.schedules(pilot.id):
        if schedule.questionnaire == SECOND:
            work.unit.save_schedule(replace(schedule, next_due_at=None))


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
        _forget_second_views(work, pilot)
    held.release(work)
