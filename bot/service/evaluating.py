"""What follows from looking at a pilot again: its evaluation, and what that shows of people and gates.

It must not know when a pilot is due to be looked at.
"""

from __future__ import annotations

from bot.core.records import Pilot, PilotId
from bot.service import attesting, evaluations, gates, leaving
from bot.service.work import Work


def look_at_pilots(work: Work) -> None:
    """Evaluate the pilots whose time has come; notice whose owner or sponsor is gone, and gates that opened again."""
    for pilot in evaluations.renew_due(work):
        _notice(work, pilot)


def look_at_pilot(work: Work, ident: PilotId) -> None:
    """The same for one of them."""
    pilot = evaluations.renew_one(work, ident)
    if pilot is not None:
        _notice(work, pilot)


def _notice(work: Work, pilot: Pilot) -> None:
    leaving.notice(work, pilot)
    gates.watch(work, pilot)
    attesting.notice(work, pilot)
