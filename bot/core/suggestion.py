"""What the rules suggest to decide about a pilot, and why; a person decides, and this words nothing.

The rules are those of content.md section 7, Suggestion logic.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.core.decisions import DECIDABLE, Choice
from bot.core.policy import Policy
from bot.core.questionnaire import ItemId
from bot.core.signals import Course

CLOSABLE = 3  # gate items that can be closed in one round: as many as a gate takes conditions (section 2)
RESULT, SOME_RESULT = 3, 2  # levels of value.proof: target met or in reach; numbers of before and after
REVIEW_DAYS = 90  # days in production after which few users or no objection is a verdict (section 7)
REACH = 0.2  # share of the intended users, as P09 has it


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
    COSTS_MORE = "costs_more"  # [number: what a week costs; against: what it brings]
    SAME_PROBLEM = "same_problem"  # [name: the pilot that solves it]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with its number, readiness item or other pilot's name, see `Why`."""

    why: Why
    number: int = 0
    item: ItemId = ""
    name: str = ""
    against: int = 0


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

    `stage` is the one before a pause. `proof` and `rights` are effective levels of value.proof and data.rights,
    None for not answered. `lacking` are the items of the next gate that are not met, the farthest first;
    `waiting` is how many lack nothing but a reviewer's yes; `gated` tells that there is a next gate. `reopened`
    are items of gates behind it that do not hold any more. `signals` are the ids of those that are on. `fixes`
    and `extensions` as `rounds` gives them. `solved_by` is the name of the pilot that solves the same problem,
    as its owner said. `weekly_cost` and `weekly_benefit` are money of one week of running it, None where nobody has
    said. `stuck_days` counts from the day the pilot became Stuck. Of a live pilot: `harm` and `missed` are the slugs of
    v30.harm and v30.miss, `reach` is the share of the intended users, `live_days` the days in production.
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
    solved_by: str = ""
    harm: str = ""
    missed: str = ""
    reach: float | None = None
    live_days: int = 0
    weekly_cost: float | None = None
    weekly_benefit: float | None = None

    @property
    def costs_more(self) -> bool:
        """Whether running it costs more than it was measured to bring; never where one of the two is not known."""
        return (
            self.weekly_cost is not None
            and self.weekly_benefit is not None
            and self.weekly_cost > self.weekly_benefit
        )

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
    if grounds.solved_by:
        return _because(Choice.MERGE, grounds, most_fixes, first={Why.SAME_PROBLEM})
    if grounds.overdue and not some:
        return _because(Choice.STOP, grounds, most_fixes)
    if "P07" in grounds.signals or not may_fix:
        return _because(Choice.STOP, grounds, most_fixes, first=ENDS_IT)
    if grounds.costs_more:
        return _because(Choice.STOP, grounds, most_fixes, first={Why.COSTS_MORE})
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
    if grounds.costs_more:
        yield Reason(
            Why.COSTS_MORE, round(grounds.weekly_cost or 0), against=round(grounds.weekly_benefit or 0)
        )
    if grounds.shared_blocker:
        yield Reason(Why.SHARED_BLOCKER)
    if grounds.solved_by:
        yield Reason(Why.SAME_PROBLEM, name=grounds.solved_by)
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
