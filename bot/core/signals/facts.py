"""What signals look at, for one pilot on one day; it must not know where the facts come from, nor what they mean.

A part that is None, or a level that is missing, is not known: no signal fires on what nobody knows.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.core.policy import Policy
from bot.core.questionnaire import STAGE_NAMES, ItemId
from bot.core.records import Asked
from bot.core.state import Phase

DATED_STAGES = frozenset({"pilot", "hardening"})  # where a production date is expected
STUCK_STAGES = frozenset({"framed", "pilot", "hardening", "limited"})
IN_PILOT = frozenset(
    {"pilot", "hardening", "limited", "production"}
)  # "Pilot or later" of content.md, section 5


@dataclass(frozen=True, slots=True)
class Level:
    """A readiness item as it counts: `effective` after the proof rule (0 for "I don't know"), `claimed` before it.

    `since` is the day on which the level last changed.
    """

    name: str
    effective: int
    claimed: int | None
    since: date


@dataclass(frozen=True, slots=True)
class Pace:
    """What was seen in the last so many days (P02): `low` and `high` are the extremes of the overall score.

    `answered` check-ins of which `reviewed` were reviews; `moved`: an item changed its effective level, a gate was
    passed, or something was finished with a link. `watched_days` is how long there have been scores to compare.
    """

    days: int
    answered: int
    reviewed: int
    low: int
    high: int
    moved: bool
    watched_days: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """The blocker named in the last `run` check-ins: the same category and the same person.

    `waiting_days` are days since that person was asked for help without a reply; None: not asked, or replied.
    """

    label: str
    run: int
    who: str = ""
    asked_on: date | None = None
    waiting_days: int | None = None


@dataclass(frozen=True, slots=True)
class Owned:
    """Who answers for the result. `since` is the day from which it is as it is; `left`: their account ended."""

    known: bool
    accepted: bool
    is_builder: bool = False
    left: bool = False
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Sponsored:
    """The sponsor: `acted` is the day of their last act (accepted, a view, a comment, a decision)."""

    known: bool
    name: str = ""
    acted: date | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """Who uses it: people in the newest answer, those intended, those outside the pilot team, and 60 days before.

    None where nobody said.
    """

    active: int
    intended: int | None = None
    outside: int | None = None
    before: int | None = None

    @property
    def reach(self) -> float | None:
        """`active / intended`; None where nobody said how many are meant."""
        return self.active / self.intended if self.intended else None


@dataclass(frozen=True, slots=True)
class Deciding:
    """The decision that is due: `decided` once one was logged for it; `extensions` counts putting off and Fix."""

    due: date | None
    decided: bool = False
    extensions: int = 0


@dataclass(frozen=True, slots=True)
class Answering:
    """How reviews are answered: `same` is the share of unchanged levels in each, the newest first.

    `seconds` is the median for one item, `one_level`: every item the same level; `off` is by how many levels a
    blind re-ask differed.
    """

    same: tuple[float, ...] = ()
    seconds: float | None = None
    one_level: bool = False
    off: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the owner expects: `sure` (0..1) in the last check-ins, the newest first, and its word.

    `less_hopeful` counts the sponsor's last views in a row; `brier` is over `resolved` dates.
    """

    sure: tuple[float, ...] = ()
    word: str = ""
    less_hopeful: int = 0
    brier: float | None = None
    resolved: int = 0


@dataclass(frozen=True, slots=True)
class PilotFacts:
    """What signals look at, for one pilot on one day (`today` in the organisation's zone).

    `paused_days` are the days of this stage that the pilot was paused; `pilot_since` the day on which it first
    entered Pilot. `undated_since` is the day on which the target date was taken away; None: there has been none in
    this stage. `slips` counts moves of the target date that were late enough to count (`slips`). `missed` counts
    unanswered pulses of the last few, `streak` those in a row until now (see `missed`). `away`: the owner is marked
    away today. `confidence` is the overall one of the readiness, 0..1. `median` is the days that our own pilots stay
    in this stage; None: too few of them. `measure_changes` counts changes of the success measure, or of its target
    in the easier direction; `results` tells whether there were results before the last. `checks_all`: an approved
    rule says that every output is checked.
    """

    stage: str
    stage_since: date
    today: date
    target: date | None = None
    undated_since: date | None = None
    paused: bool = False
    paused_days: int = 0
    missed: int = 0
    streak: int = 0
    away: bool = False
    confidence: float = 0.0
    median: float | None = None
    created: date | None = None
    pilot_since: date | None = None
    original_target: date | None = None
    slips: int = 0
    metric: str = ""
    measure_changes: int = 0
    results: bool = False
    checks_all: bool = False
    live_checks: bool = False  # the last value check: all or most of the output is still checked
    levels: Mapping[ItemId, Level] = field(default_factory=dict)
    pace: Pace | None = None
    blocked: Blocked | None = None
    owned: Owned | None = None
    sponsored: Sponsored | None = None
    use: Use | None = None
    deciding: Deciding | None = None
    answering: Answering | None = None
    forecast: Forecast | None = None

    @property
    def stage_days(self) -> int:
        """Days in the stage, without those paused."""
        return max((self.today - self.stage_since).days - self.paused_days, 0)

    @property
    def pilot_days(self) -> int:
        """Days in Pilot or later, without the paused ones of this stage; 0 before."""
        if self.stage not in IN_PILOT:
            return 0
        since = min(self.pilot_since or self.stage_since, self.stage_since)
        return max((self.today - since).days - self.paused_days, 0)

    @property
    def stage_name(self) -> str:
        """The stage as people call it."""
        return STAGE_NAMES.get(self.stage, self.stage)

    def low(self, item: ItemId, at_most: float) -> int | None:
        """Days for which an item has been at that level or lower while in Pilot; None: it is higher or unknown."""
        level = self.levels.get(item)
        if level is None or level.effective > at_most:
            return None
        return min((self.today - level.since).days, self.pilot_days)


def in_grace(facts: PilotFacts, policy: Policy) -> bool:
    """Whether signals about time and movement are silent: paused, or the stage is only just entered."""
    return facts.paused or facts.stage_days < policy.thresholds["P01"]["grace_days"]


def missed(pulses: Iterable[Asked], policy: Policy) -> tuple[int, int]:
    """(unanswered of the last four, unanswered in a row until now) of pulses given newest first.

    Those that still ask somebody are not counted yet, nor those that were closed before their time was up.
    """
    silent = [
        pulse.outcome == MISSED for pulse in pulses if pulse.phase in _ANSWERED or pulse.outcome == MISSED
    ]
    streak = silent.index(False) if False in silent else len(silent)
    return sum(silent[: int(policy.thresholds["P10"]["of"])]), streak


def slips(targets: Sequence[date | None], policy: Policy) -> int:
    """How often a target date moved later by more than the policy's days; dates in the order they were set.

    A date taken away and set again is compared with the one before it went: taking it away hides no slip.
    """
    most = timedelta(days=policy.thresholds["P03"]["later_days"])
    known = [day for day in targets if day is not None]
    return sum(after - before > most for before, after in itertools.pairwise(known))


MISSED = "missed"  # the outcome of a check-in whose time ran out
_ANSWERED = frozenset({Phase.DONE, Phase.DECLINED})
