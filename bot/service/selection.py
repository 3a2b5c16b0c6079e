"""Which pilots a list keeps; it must not know how the list is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.core import permissions
from bot.core.command import MINE, ListFilter
from bot.core.compose.portfolio import Line
from bot.core.names import folded
from bot.core.ports import Unit
from bot.core.questionnaire import SIDE_STAGES
from bot.core.records import Person, Pilot, PilotId
from bot.core.state import Phase
from bot.service import views
from bot.service.evaluate import Standing
from bot.service.standings import standings
from bot.service.work import Work

ENDED = ("stopped", "retired")
QUIET_FROM = 2  # check-ins without an answer in a row, as signal P10 begins

Keeps = Callable[[Pilot], bool]


def narrowed(work: Work, reader: Person, pilots: Sequence[Pilot], where: ListFilter) -> tuple[Line, ...]:
    """One line for each pilot that a filter keeps; those that ended are kept only when asked for by their stage."""
    owned = _owned(work.unit, reader, where.owner)
    kept = [pilot for pilot in pilots if _recorded(pilot, where) and owned(pilot)]
    found = standings(work, kept)
    holds = _in_state(work, where.state, found)
    return views.lines_of(work, [pilot for pilot in kept if holds(pilot)], found)


def in_words(where: ListFilter) -> str:
    """A filter as a title says it."""
    state = where.state.replace("_", " ")
    parts = (where.stage, state, where.group, where.tag and f"#{where.tag}", where.owner, where.text)
    return ", ".join(part for part in parts if part)


def _recorded(pilot: Pilot, where: ListFilter) -> bool:
    """What the record alone can tell."""
    if pilot.stage != where.stage and (where.stage or pilot.stage in ENDED):
        return False
    if where.group and folded(where.group) not in folded(pilot.group):
        return False
    if where.tag and folded(where.tag) not in {folded(tag) for tag in pilot.tags}:
        return False
    return not where.text or folded(where.text) in folded(pilot.name)


def _owned(unit: Unit, reader: Person, owner: str) -> Keeps:
    """Whether a pilot is the reader's, or its owner has that name."""
    if not owner:
        return lambda _: True
    if owner == MINE:
        return lambda pilot: bool(permissions.relations(reader, pilot))
    named = {person.id for person in unit.people() if folded(owner) in folded(person.name)}
    return lambda pilot: pilot.owner in named


def _in_state(work: Work, state: str, found: Mapping[PilotId, Standing]) -> Keeps:
    """Whether a pilot is in a state: one of LIST_STATES, any where none is named."""
    match state:
        case "stuck" | "at_risk" | "moving" | "unknown":
            return lambda pilot: found[pilot.id].course == state
        case "quiet":
            return lambda pilot: found[pilot.id].streak >= QUIET_FROM
        case "late":
            today = work.today()
            return lambda pilot: pilot.target is not None and pilot.target < today
        case "blocked":
            blocked = _blocked(work.unit)
            return lambda pilot: pilot.id in blocked
        case "waiting":
            waiting = {checkin.pilot for checkin in work.unit.live_checkins()}
            return lambda pilot: pilot.id in waiting
        case "unowned":
            return lambda pilot: pilot.owner is None and pilot.stage not in SIDE_STAGES
    return lambda _: True


def _blocked(unit: Unit) -> set[PilotId]:
    """Pilots whose newest answered pulse names a blocker."""
    pulses = unit.latest(questionnaire="pulse", per_pilot=views.PULSES_READ)
    answered = (next((one for one in past if one.phase == Phase.DONE), None) for past in pulses.values())
    last = {one.id: one.pilot for one in answered if one is not None}
    given = unit.answers_of(last)
    return {
        pilot
        for checkin, pilot in last.items()
        if given.get(checkin, {}).get("pulse.block", "nothing") != "nothing"
    }
