"""Decisions about a pilot: what the rules suggest and why, who may decide, what a choice does; it words nothing.

The rules are those of content.md section 7 (Suggestion logic) and the honesty rules below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.core.permissions import Action, barred
from bot.core.policy import Policy
from bot.core.questionnaire import STAGES, ItemId
from bot.core.records import Decision, Event, PersonId, Pilot
from bot.core.signals import Course

DECISION = "decision"  # the questionnaire, and its line among a pilot's schedules
CLOSABLE = 3  # gate items that can be closed in one round: as many as a gate takes conditions (section 2)
RESULT, SOME_RESULT = 3, 2  # levels of value.proof: target met or in reach; numbers of before and after
LIVE = frozenset({"limited", "production"})
DECIDABLE = frozenset({"pilot", "hardening", "limited"})
ENDED = frozenset({"stopped", "retired"})
REVIEW_DAYS = 90  # days in production after which few users or no objection is a verdict (section 7)
REACH = 0.2  # share of the intended users, as P09 has it


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


# --- the suggestion -------------------------------------------------------------------------------------------------


class Why(StrEnum):
    """One reason. What goes with it in a `Reason` is in brackets."""

    SERIOUS_HARM = "serious_harm"
    NO_RIGHTS = "no_rights"
    RESULT = "result"  # the target is met or in reach
    SOME_RESULT = "some_result"
    NO_RESULT = "no_result"
    GATE_MET = "gate_met"
    GATE_OPEN = "gate_open"  # [number: items missing; item: the lowest]
    GATE_WAITS = "gate_waits"  # [number: items that lack nothing but a reviewer's yes]
    REOPENED = "reopened"  # [number: items of passed gates that do not hold any more; item: the first]
    NO_OWNER = "no_owner"
    NO_SPONSOR = "no_sponsor"
    SPONSOR_SILENT = "sponsor_silent"
    SHARED_BLOCKER = "shared_blocker"
    FIXED_TWICE = "fixed_twice"  # [number: rounds]
    OVERDUE = "overdue"  # [number: days]
    STUCK = "stuck"  # [number: days]
    FEW_USERS = "few_users"  # [number: per cent of those intended]
    NOT_MISSED = "not_missed"
    IN_USE = "in_use"
    TOO_EARLY = "too_early"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with its number or readiness item, see `Why`."""

    why: Why
    number: int = 0
    item: ItemId = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the rules suggest, None for leaving it as it is, and why: the strongest reason first.

    It stands beside the form and is never chosen beforehand: a person decides.
    """

    choice: Choice | None
    reasons: tuple[Reason, ...]
    item: ItemId = ""  # the gap to close, where the suggestion is to fix


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a suggestion rests on, on one day.

    `stage` is the one before a pause. `proof` and `rights` are effective levels of value.proof and data.rights, None
    for not answered. `lacking` are the items of the next gate that are not met, the farthest first; `waiting` is how
    many lack nothing but a reviewer's yes; `gated` tells that there is a next gate. `reopened` are items of gates
    behind it that do not hold any more. `signals` are the ids of those that are on. `fixes` and `extensions` as
    `rounds` gives them. `stuck_days` counts from the day the pilot became Stuck. Of a live pilot: `harm` and
    `missed` are the slugs of v30.harm and v30.miss, `reach` is the share of the intended users, `live_days` the days
    in production.
    """

    stage: str
    today: date
    decide_by: date | None = None
    proof: int | None = None
    rights: int | None = None
    gated: bool = True
    lacking: tuple[ItemId, ...] = ()
    waiting: int = 0
    reopened: tuple[ItemId, ...] = ()
    signals: frozenset[str] = frozenset()
    course: Course = Course.MOVING
    stuck_days: int = 0
    fixes: int = 0
    extensions: int = 0
    owned: bool = True
    sponsored: bool = True
    shared_blocker: bool = False
    harm: str = ""
    missed: str = ""
    reach: float | None = None
    live_days: int = 0

    @property
    def overdue(self) -> int:
        """Days past the decide-by date; 0 before it, or where there is none."""
        return max((self.today - self.decide_by).days, 0) if self.decide_by else 0

    @property
    def wanted(self) -> bool:
        """Whether somebody owns the result and somebody pays for it (P06, P07)."""
        return self.owned and self.sponsored and not self.signals & {"P06", "P07"}


def suggest(grounds: Grounds, policy: Policy) -> Suggestion:
    """The suggestion of content.md section 7 with its reasons; total."""
    harm = _harm(grounds)
    if harm:
        return Suggestion(Choice.STOP, harm)
    if grounds.stage == "production":
        return _live(grounds)
    if grounds.stage not in DECIDABLE:
        return Suggestion(None, (Reason(Why.TOO_EARLY),))
    return _underway(grounds, int(policy.thresholds["box"]["fixes"]))


def _harm(grounds: Grounds) -> tuple[Reason, ...]:
    found = [Reason(Why.SERIOUS_HARM)] if grounds.harm == "serious" else []
    if grounds.rights == 0 and grounds.stage in (*DECIDABLE, "production"):
        found.append(Reason(Why.NO_RIGHTS))
    return tuple(found)


def _underway(grounds: Grounds, most_fixes: int) -> Suggestion:
    """Pilot, Hardening, Limited live. What was spent so far is asked nowhere, so that it cannot count."""
    some = (grounds.proof or 0) >= SOME_RESULT
    closable = len(grounds.lacking) <= CLOSABLE
    may_fix = grounds.fixes < most_fixes
    if grounds.reopened and may_fix:
        return replace(
            _because(Choice.FIX, grounds, most_fixes, first={Why.REOPENED}), item=grounds.reopened[0]
        )
    if (grounds.proof or 0) >= RESULT and not grounds.lacking and grounds.wanted:
        if grounds.waiting:  # everybody has done their part but the reviewers: there is nothing to fix
            return replace(_because(Choice.LATER, grounds, most_fixes, first={Why.GATE_WAITS}), choice=None)
        return _because(Choice.SCALE, grounds, most_fixes)
    if some and closable and grounds.wanted and may_fix:
        return _because(Choice.FIX, grounds, most_fixes)
    if some and grounds.wanted and not closable and grounds.shared_blocker:
        return _because(Choice.PAUSE, grounds, most_fixes, first={Why.SHARED_BLOCKER})
    if grounds.overdue and not some:
        return _because(Choice.STOP, grounds, most_fixes)
    if "P07" in grounds.signals or not may_fix:
        return _because(Choice.STOP, grounds, most_fixes, first=ENDS_IT)
    return _because(Choice.FIX, grounds, most_fixes)


# What a suggestion to stop rests on where the result alone would not ask for it.
ENDS_IT = frozenset({Why.FIXED_TWICE, Why.NO_OWNER, Why.NO_SPONSOR, Why.SPONSOR_SILENT})


def _because(
    choice: Choice, grounds: Grounds, most_fixes: int, *, first: AbstractSet[Why] = frozenset()
) -> Suggestion:
    """The suggestion with every reason that holds: those it rests on come `first`."""
    reasons = sorted(_reasons(grounds, most_fixes), key=lambda reason: reason.why not in first)
    item = grounds.lacking[0] if choice is Choice.FIX and grounds.lacking else ""
    return Suggestion(choice, tuple(reasons), item)


def _reasons(grounds: Grounds, most_fixes: int) -> Iterator[Reason]:
    """Every reason that holds, the result first, then what is missing, then who, then how long it has waited."""
    proof = grounds.proof or 0
    yield Reason(
        Why.RESULT if proof >= RESULT else Why.SOME_RESULT if proof >= SOME_RESULT else Why.NO_RESULT
    )
    if grounds.lacking:
        yield Reason(Why.GATE_OPEN, len(grounds.lacking), grounds.lacking[0])
    elif grounds.waiting:
        yield Reason(Why.GATE_WAITS, grounds.waiting)
    elif grounds.gated:
        yield Reason(Why.GATE_MET)
    if grounds.reopened:
        yield Reason(Why.REOPENED, len(grounds.reopened), grounds.reopened[0])
    if grounds.shared_blocker:
        yield Reason(Why.SHARED_BLOCKER)
    if grounds.fixes >= most_fixes:
        yield Reason(Why.FIXED_TWICE, grounds.fixes)
    if not grounds.owned or "P06" in grounds.signals:
        yield Reason(Why.NO_OWNER)
    if not grounds.sponsored:
        yield Reason(Why.NO_SPONSOR)
    elif "P07" in grounds.signals:
        yield Reason(Why.SPONSOR_SILENT)
    if grounds.overdue:
        yield Reason(Why.OVERDUE, grounds.overdue)
    if grounds.course is Course.STUCK:
        yield Reason(Why.STUCK, grounds.stuck_days)


def _live(grounds: Grounds) -> Suggestion:
    """In production: what does not hold any more goes back.

    Few users after 90 days are worth one repair, nobody who would object is not.
    """
    if grounds.reopened:
        back = Reason(Why.REOPENED, len(grounds.reopened), grounds.reopened[0])
        return Suggestion(Choice.FIX, (back,), grounds.reopened[0])
    settled = grounds.live_days >= REVIEW_DAYS
    if settled and grounds.missed in ("nobody", "few"):
        return Suggestion(Choice.RETIRE, (Reason(Why.NOT_MISSED),))
    if settled and grounds.reach is not None and grounds.reach < REACH:
        few = Reason(Why.FEW_USERS, round(grounds.reach * 100))
        if grounds.fixes:
            return Suggestion(Choice.RETIRE, (few, Reason(Why.FIXED_TWICE, grounds.fixes)))
        return Suggestion(Choice.FIX, (few,))
    return Suggestion(None, (Reason(Why.IN_USE),))


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
    own = {pilot.owner, pilot.deputy, pilot.builder, by, None}
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
