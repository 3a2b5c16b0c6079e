"""Signals about all pilots together: PF1 to PF4; it must not know one pilot from another but by its blocker.

They call for one act each and name no pilot as a fault.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.policy import Policy
from bot.core.wording import count

ROUNDING = 1e-9  # a share of so many pilots that is a whole number but for the last bit


@dataclass(frozen=True, slots=True)
class Shared:
    """One blocker that several pilots name: its slug and label, and for how many rounds of check-ins running.

    `rounds` counts those in which it was shared by as many as `many` asks for.
    """

    slug: str
    label: str
    pilots: int
    rounds: int


@dataclass(frozen=True, slots=True)
class PortfolioFacts:
    """All pilots on one day. Counts are over the policy's months.

    `entered` production, `stopped` (stopped, merged or retired), `old` in Pilot for more than a year. `ages` are the
    median days in Pilot at the last month-ends, the oldest first; `started` and `left` Pilot in that time.
    `pilots` are all that there were, `open` those asked now.
    """

    entered: int = 0
    stopped: int = 0
    old: int = 0
    ages: Sequence[float] = ()
    started: int = 0
    left: int = 0
    blockers: Sequence[Shared] = ()
    open: int = 0
    pilots: int = 0


@dataclass(frozen=True, slots=True)
class PortfolioSignal:
    """One that is on: what it says, what to do; `strong` where it is more than a remark."""

    id: str
    name: str
    text: str
    action: str
    strong: bool = True


def portfolio_signals(facts: PortfolioFacts, policy: Policy) -> tuple[PortfolioSignal, ...]:
    """Every portfolio signal that is on, in the order of their numbers."""
    found = [
        low_conversion(facts, policy),
        older(facts, policy),
        *shared(facts, policy),
        no_stops(facts, policy),
    ]
    return tuple(signal for signal in found if signal is not None)


def low_conversion(facts: PortfolioFacts, policy: Policy) -> PortfolioSignal | None:
    """PF1: `entered / (entered + stopped + old)`; a remark below the average, strong below the poor end."""
    limits = policy.thresholds["PF1"]
    ended = facts.entered + facts.stopped + facts.old
    if not ended or facts.entered >= limits["info"] * ended:
        return None
    return PortfolioSignal(
        "PF1",
        "Low conversion",
        f"{facts.entered} of {ended} that ended or are over a year in Pilot reached production "
        f"in {limits['months']:g} months.",
        "Start no new pilot until one is decided; limit the open pilots of each sponsor.",
        strong=facts.entered < limits["high"] * ended,
    )


def older(facts: PortfolioFacts, policy: Policy) -> PortfolioSignal | None:
    """PF2: the median age in Pilot rose at so many month-ends running, and more start than leave."""
    needed = int(policy.thresholds["PF2"]["month_ends"]) + 1
    ages = list(facts.ages)[-needed:]
    rises = len(ages) == needed and all(after > before for before, after in itertools.pairwise(ages))
    if not rises or facts.started <= facts.left:
        return None
    return PortfolioSignal(
        "PF2",
        "Pilots are getting older",
        f"Half of those in Pilot have been there for over {ages[-1]:g} days, up from {ages[0]:g}; "
        f"{facts.started} came in, {facts.left} left.",
        "Hold a decide hour: every pilot past its date leaves with scale, fix or stop.",
    )


def shared(facts: PortfolioFacts, policy: Policy) -> list[PortfolioSignal]:
    """PF3, once for each blocker: the same in so many pilots, or such a share of those open, for so many rounds."""
    return [
        PortfolioSignal(
            "PF3",
            "Shared blocker",
            f"{blocker.label}: {count(blocker.pilots, 'pilot')} wait.",
            "Give it one owner outside the pilots, as one task.",
        )
        for blocker in shared_blockers(facts, policy)
    ]


def shared_blockers(facts: PortfolioFacts, policy: Policy) -> list[Shared]:
    """The blockers for which PF3 is on."""
    limits = policy.thresholds["PF3"]
    needed = many(facts.open, policy)
    return [one for one in facts.blockers if one.rounds >= limits["cycles"] and one.pilots >= needed]


def many(open_pilots: int, policy: Policy) -> int:
    """How many pilots make a blocker a shared one, of so many that are open; never one alone."""
    limits = policy.thresholds["PF3"]
    share = math.ceil(limits["share"] * open_pilots - ROUNDING) if open_pilots else limits["pilots"]
    return int(max(min(limits["pilots"], share), 2))


def no_stops(facts: PortfolioFacts, policy: Policy) -> PortfolioSignal | None:
    """PF4: nothing was stopped in so many months, of enough pilots to choose from."""
    limits = policy.thresholds["PF4"]
    if facts.stopped or facts.pilots < limits["pilots"]:
        return None
    return PortfolioSignal(
        "PF4",
        "Nobody ever stops",
        f"No pilot of {facts.pilots} was stopped in {limits['months']:g} months.",
        "Look at the stop rules: a portfolio without a stop is not choosing.",
    )
