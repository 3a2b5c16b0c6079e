"""Decisions about a pilot: who may decide, what may be chosen, what a choice does; it words nothing.

The rules are those of content.md section 7 that keep decisions honest; what is suggested is in `suggestion`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.core.permissions import Action, barred, kept_from
from bot.core.policy import Policy
from bot.core.questionnaire import STAGES
from bot.core.records import Decision, Event, PersonId, Pilot

DECISION = "decision"  # the questionnaire, and its line among a pilot's schedules
LIVE = frozenset({"limited", "production"})
DECIDABLE = frozenset({"pilot", "hardening", "limited"})
ENDED = frozenset({"stopped", "retired"})


class Choice(StrEnum):
    """What can be decided. LATER decides nothing: it moves the date, with a reason, and is counted."""

    SCALE = "scale"
    FIX = "fix"
    PAUSE = "pause"
    MERGE = "merge"
    STOP = "stop"
    RETIRE = "retire"
    LATER = "later"


ENDING = frozenset({Choice.MERGE, Choice.STOP, Choice.RETIRE})


# --- who decides ----------------------------------------------------------------------------------------------------


def deciders(pilot: Pilot) -> tuple[tuple[PersonId, str], ...]:
    """Who may decide by their part in the pilot, the first to be asked first: the decider, else the sponsor.

    Segregation of duties: neither the builder nor the owner decides about their own pilot.
    """
    named = ((pilot.decider, "decider"), (pilot.sponsor, "sponsor"))
    return tuple(
        (person, role)
        for person, role in named
        if person is not None and not barred(person, Action.DECIDE, pilot)
    )[:1]


def role_of(pilot: Pilot, person: PersonId, *, lead: bool, stands_in: bool) -> str:
    """As what somebody may decide about a pilot; empty where they may not.

    `stands_in`: the decision waits, or nobody is named, so that a lead may make it.
    """
    found = next((role for named, role in deciders(pilot) if named == person), "")
    if found:
        return found
    own = barred(person, Action.STAND_IN, pilot)
    return "lead" if lead and stands_in and not own else ""


def waits(
    pilot: Pilot, today: date, *, stuck_days: int | None, policy: Policy, made: Sequence[Decision] = ()
) -> bool:
    """Whether a decision is due: on the decide-by date, or once the pilot has been Stuck for the policy's days.

    `stuck_days` is None where it is not Stuck; `made` are its decisions, the newest first. A pilot that was decided
    about has until the day that was set, however stuck it still is.
    """
    if pilot.stage not in STAGES:
        return False
    if pilot.decide_by is not None:
        if pilot.decide_by <= today:
            return True
        if made and made[0].until == pilot.decide_by:
            return False
    return stuck_days is not None and stuck_days >= policy.thresholds["state"]["decide_days"]


# --- what may be chosen ---------------------------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why a choice is not offered."""

    FIXED_TWICE = "fixed_twice"
    EXTENDED = "extended"
    PAUSED_BEFORE = "paused_before"
    NEVER_LIVE = "never_live"
    NOT_UNDERWAY = "not_underway"


def rounds(made: Iterable[Decision], choice: Choice) -> int:
    """How often the same was decided in a row, of decisions given newest first.

    Pausing and moving the date do not begin anew: otherwise they would be the way to a third round of Fix.
    """
    count = 0
    for decision in made:
        if decision.choice == choice:
            count += 1
        elif decision.choice == Choice.SCALE or (choice is Choice.LATER and decision.choice != Choice.PAUSE):
            break
    return count


def refused(pilot: Pilot, made: Sequence[Decision], policy: Policy) -> dict[Choice, Refusal]:
    """The choices that are not open for this pilot, and why; `made` are its decisions, the newest first."""
    box, found = policy.thresholds["box"], dict[Choice, Refusal]()
    if rounds(made, Choice.FIX) >= box["fixes"]:
        found[Choice.FIX] = Refusal.FIXED_TWICE
    if rounds(made, Choice.LATER) >= box["extensions"]:
        found[Choice.LATER] = Refusal.EXTENDED
    if pilot.stage == "paused" or (made and made[0].choice == Choice.PAUSE):
        found[Choice.PAUSE] = Refusal.PAUSED_BEFORE
    if (pilot.before_pause or pilot.stage) not in LIVE:
        found[Choice.RETIRE] = Refusal.NEVER_LIVE
    if (pilot.before_pause or pilot.stage) not in (*DECIDABLE, "production"):
        found[Choice.SCALE] = Refusal.NOT_UNDERWAY
    return found


# --- what a choice does ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gated:
    """What the gates say when a decision is made: the next one is passed, or one behind the pilot is not any more."""

    passed: bool = False
    reopened: bool = False
    hardening_since: date | None = None  # the day it first entered Hardening


NOT_GATED = Gated()


def changes(
    choice: Choice, pilot: Pilot, today: date, *, until: date | None, gated: Gated = NOT_GATED
) -> dict[str, object]:
    """The fields of the pilot that a decision changes.

    The stage rises by a decision only through a gate that is passed, with all behind it: to Hardening by Scale or Fix,
    further by Scale. A live pilot of which a passed gate does not hold any more goes back to Hardening by Fix, as old
    as it is since it first came there: looping does not make it younger (content.md section 7).
    """
    if choice in ENDING:
        stage = "retired" if choice is Choice.RETIRE else "stopped"
        ended = {"paused_until": None, "before_pause": "", "decide_by": None}
        return {"stage": stage, "stage_since": today, **ended}
    if choice is Choice.PAUSE:
        before = pilot.before_pause or pilot.stage
        return {"stage": "paused", "paused_until": until, "before_pause": before, "decide_by": until}
    found: dict[str, object] = {"decide_by": until}
    stage = pilot.before_pause or pilot.stage
    if choice is not Choice.LATER and pilot.stage == "paused":
        found |= {"stage": stage, "paused_until": None, "before_pause": ""}
    if choice is Choice.FIX and gated.reopened and stage in LIVE:
        return found | {"stage": "hardening", "stage_since": gated.hardening_since or today}
    if gated.passed and not gated.reopened and rises(choice, stage):
        found |= _next_stage(stage, today)
    return found


def rises(choice: Choice, stage: str) -> bool:
    """Whether a choice takes a pilot through the gate before it."""
    return choice is Choice.SCALE or (choice is Choice.FIX and stage == "pilot")


def second_approver(pilot: Pilot, by: PersonId, leads: Iterable[PersonId]) -> PersonId | None:
    """Who approves beside whoever decided: decider or sponsor, else a lead; never owner, deputy or builder."""
    own = {*kept_from(Action.APPROVE, pilot), by, None}
    return next((one for one in (pilot.decider, pilot.sponsor, *leads) if one not in own), None)


def _next_stage(stage: str, today: date) -> dict[str, object]:
    if stage not in DECIDABLE:
        return {}
    return {"stage": STAGES[STAGES.index(stage) + 1], "stage_since": today}


# --- what waiting costs ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slips:
    """The ledger of a date that moves: how often it went later, by how many days in all, how often earlier."""

    later: int = 0
    days: int = 0
    earlier: int = 0


def slips(moved: Iterable[Event]) -> Slips:
    """The ledger of one date, of the events that changed it, in any order; a date set or taken away is no move."""
    later = days = earlier = 0
    for event in moved:
        before, after = _day(event.before), _day(event.after)
        if before is None or after is None or before == after:
            continue
        if after > before:
            later, days = later + 1, days + (after - before).days
        else:
            earlier += 1
    return Slips(later, days, earlier)


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def limbo(weekly_cost: float | None, overdue: int) -> float | None:
    """Cost of limbo: weekly running cost times the weeks past the decide-by date; None where no cost is known."""
    return None if weekly_cost is None or overdue <= 0 else weekly_cost * overdue / 7
