"""Where many pilots are, with as many reads as for a few; it must not know how any of it is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bot.core.records import Pilot, PilotId
from bot.core.signals.evaluation import Evaluation
from bot.service import evaluate, evaluations
from bot.service.evaluate import Levels, Standing
from bot.service.work import Work

FEW = 8  # up to here each pilot is read for itself, whatever number of others there are


def standings(work: Work, pilots: Sequence[Pilot], *, scored: bool = True) -> Mapping[PilotId, Standing]:
    """The standing of each pilot as everybody sees it: what its own people learnt today is not in it yet.

    Not `scored`: for who looks at the scores of a few at most, whose levels are read one by one.
    """
    if len(pilots) <= FEW:
        return {pilot.id: evaluate.stand(work, pilot, own=False) for pilot in pilots}
    levels, found = _levels(work, together=scored), work.unit.evaluations()
    return {
        pilot.id: evaluate.standing(
            work, pilot, partial(levels, pilot.id), _last(work, pilot, found), own=False
        )
        for pilot in pilots
    }


def _levels(work: Work, *, together: bool) -> Callable[[PilotId], Levels]:
    if not together:
        return work.unit.levels
    all_of_them = work.unit.levels_of_all()
    return lambda pilot: all_of_them.get(pilot, {})


def _last(work: Work, pilot: Pilot, found: Mapping[PilotId, Evaluation]) -> Evaluation:
    """What was found last, a moment old at most: computing it for many would cost what keeping it saves."""
    return found.get(pilot.id) or evaluations.unknown(work, pilot.id)
