"""Where many pilots are, with as many reads as for a few; the formulas are those of one pilot, in evaluate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bot.core.ports import Unit
from bot.core.records import Event, Pilot, PilotId
from bot.service import evaluate
from bot.service.evaluate import DATED, MOVED, PULSES_READ, STAGES_READ, Past, Standing
from bot.service.work import Work

FEW = 8  # up to here each pilot is read for itself, whatever number of others there are
EVENTS_READ = 1_000_000  # all changes of stage and date: a pilot has a handful in its life

Log = Mapping[PilotId, Sequence[Event]]


def standings(work: Work, pilots: Sequence[Pilot]) -> Mapping[PilotId, Standing]:
    """The standing of each pilot."""
    if len(pilots) <= FEW:
        return {pilot.id: evaluate.stand(work, pilot) for pilot in pilots}
    unit = work.unit
    levels, pulses = unit.levels_of_all(), unit.latest(questionnaire="pulse", per_pilot=PULSES_READ)
    moves, dated = _log(unit, MOVED), _log(unit, DATED)
    people = {person.id: person for person in unit.people()}

    def past(pilot: Pilot) -> Past:
        return Past(
            levels=levels.get(pilot.id, {}),
            pulses=pulses.get(pilot.id, ()),
            moves=moves.get(pilot.id, ())[:STAGES_READ],
            dated=dated.get(pilot.id, ())[:1],
            owner=people.get(pilot.owner) if pilot.owner else None,
        )

    return {pilot.id: evaluate.standing(work, pilot, past(pilot)) for pilot in pilots}


def _log(unit: Unit, kind: str) -> Log:
    """The events of one kind by pilot, the newest first."""
    found: dict[PilotId, list[Event]] = defaultdict(list)
    for event in unit.events(kinds=(kind,), limit=EVENTS_READ):
        if event.pilot is not None:
            found[event.pilot].append(event)
    return found
