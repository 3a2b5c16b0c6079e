"""Which pilots a list keeps; it must not know how the list is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.core.command import MINE, ListFilter
from bot.core.compose.portfolio import Line
from bot.core.names import folded
from bot.core.ports import Unit
from bot.core.questionnaire import SIDE_STAGES
from bot.core.records import Person, Pilot
from bot.core.signals import Course
from bot.core.state import Phase
from bot.service import evaluate, registry, views
from bot.service.work import Work

ENDED = ("stopped", "retired")
QUIET_FROM = 2  # check-ins without an answer in a row, as signal P10 begins


def narrowed(work: Work, reader: Person, pilots: Sequence[Pilot], where: ListFilter) -> tuple[Line, ...]:
    """One line for each pilot that a filter keeps; those that ended are kept only when asked for by their stage."""
    kept = [pilot for pilot in pilots if _recorded(work.unit, reader, pilot, where)]
    lines = views.lines(work, kept)
    holds = _states(work).get(where.state)
    if holds is None:
        return lines
    return tuple(line for line, pilot in zip(lines, kept, strict=True) if holds(line, pilot))


def in_words(where: ListFilter) -> str:
    """A filter as a title says it."""
    state = where.state.replace("_", " ")
    parts = (where.stage, state, where.group, where.tag and f"#{where.tag}", where.owner, where.text)
    return ", ".join(part for part in parts if part)


def _recorded(unit: Unit, reader: Person, pilot: Pilot, where: ListFilter) -> bool:
    """What the record alone can tell."""
    if pilot.stage != where.stage and (where.stage or pilot.stage in ENDED):
        return False
    if where.group and folded(where.group) not in folded(pilot.group):
        return False
    if where.tag and folded(where.tag) not in {folded(tag) for tag in pilot.tags}:
        return False
    if where.text and folded(where.text) not in folded(pilot.name):
        return False
    return not where.owner or _owned(unit, reader, pilot, where.owner)


def _owned(unit: Unit, reader: Person, pilot: Pilot, owner: str) -> bool:
    if owner == MINE:
        return bool(registry.relations(pilot, reader) - {"lead"})
    person = unit.person(pilot.owner) if pilot.owner else None
    return person is not None and folded(owner) in folded(person.name)


Keeps = Callable[[Line, Pilot], bool]


def _states(work: Work) -> Mapping[str, Keeps]:
    """Each word of LIST_STATES -> whether a pilot is kept."""
    today = work.today()
    return {
        "stuck": lambda line, _: line.course is Course.STUCK,
        "at_risk": lambda line, _: line.course is Course.AT_RISK,
        "moving": lambda line, _: line.course is Course.MOVING,
        "unknown": lambda line, _: line.course is Course.UNKNOWN,
        "quiet": lambda _, pilot: evaluate.streak(work, pilot) >= QUIET_FROM,
        "late": lambda _, pilot: pilot.target is not None and pilot.target < today,
        "blocked": lambda _, pilot: _is_blocked(work.unit, pilot),
        "waiting": lambda _, pilot: bool(work.unit.live_checkins(pilot=pilot.id)),
        "unowned": lambda _, pilot: pilot.owner is None and pilot.stage not in SIDE_STAGES,
    }


def _is_blocked(unit: Unit, pilot: Pilot) -> bool:
    pulses = unit.history(pilot.id, questionnaire="pulse", limit=views.PULSES_READ, answers=True)
    last = next((past for past in pulses if past.phase == Phase.DONE), None)
    return last is not None and last.answers.get("pulse.block", "nothing") != "nothing"
