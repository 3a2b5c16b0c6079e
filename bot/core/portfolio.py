"""All pilots of an organisation in numbers, from their ways and their newest blockers; it must not judge them.

What PF1 to PF4 look at (content.md section 5) is counted here, and nowhere is one pilot held against another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from bot.core.journey import MONTH, Stint, entered
from bot.core.policy import Policy
from bot.core.records import PersonId, PilotId
from bot.core.signals.portfolio import PortfolioFacts, Shared, many

IN_PILOT, LIVE, ENDED = "pilot", "production", ("stopped", "retired")


@dataclass(frozen=True, slots=True)
class Named:
    """What one pilot names as most in the way: since which day, in how many check-ins running, who can clear it."""

    slug: str
    label: str
    since: date
    rounds: int
    who: PersonId | None = None


def counted(
    journeys: Iterable[Sequence[Stint]], named: Iterable[Named], *, asked: int, today: date, policy: Policy
) -> PortfolioFacts:
    """The facts of a portfolio on one day; `asked` are the pilots that are asked what is in their way."""
    ways = list(journeys)
    ends = month_ends(today, int(policy.thresholds["PF2"]["month_ends"]) + 1)
    year = today - timedelta(days=policy.thresholds["PF1"]["months"] * MONTH)
    stints = [stint for way in ways for stint in way if stint.stage == IN_PILOT]
    return PortfolioFacts(
        entered=sum(_since(way, (LIVE,), year) for way in ways),
        stopped=sum(_since(way, ENDED, year) for way in ways),
        old=sum(_old(way, today, policy) for way in ways),
        ages=[_median_age(stints, day) for day in ends],
        started=sum(stint.since > ends[0] for stint in stints),
        left=sum(stint.until is not None and stint.until > ends[0] for stint in stints),
        blockers=shared(named, asked=asked, policy=policy),
        open=asked,
        pilots=len(ways),
    )


def shared(named: Iterable[Named], *, asked: int, policy: Policy) -> tuple[Shared, ...]:
    """Every blocker that more than one pilot names, the one most named first."""
    needed = many(asked, policy)
    by_slug: dict[str, list[Named]] = defaultdict(list)
    for one in named:
        by_slug[one.slug].append(one)
    found = [
        Shared(slug, same[0].label, len(same), _rounds(same, needed))
        for slug, same in by_slug.items()
        if len(same) > 1
    ]
    return tuple(sorted(found, key=lambda blocker: (-blocker.pilots, blocker.slug)))


def clears(named: Iterable[Named]) -> PersonId | None:
    """Who can clear a blocker, as most of those who name somebody say."""
    said = Counter(one.who for one in named if one.who is not None)
    return max(said, key=lambda person: (said[person], -person), default=None)


def waiting_for(named: Mapping[PilotId, Named], slug: str) -> dict[PilotId, Named]:
    """The pilots that a blocker holds up, the one that waits longest first."""
    same = ((pilot, one) for pilot, one in named.items() if one.slug == slug)
    return dict(sorted(same, key=lambda pair: (pair[1].since, pair[0])))


def month_ends(today: date, number: int) -> list[date]:
    """The last days of the months before today's, the oldest first."""
    found, first = list[date](), today.replace(day=1)
    for _ in range(number):
        found.append(first - timedelta(days=1))
        first = found[-1].replace(day=1)
    return found[::-1]


def _rounds(same: Sequence[Named], needed: int) -> int:
    """In how many check-ins running as many as are needed name it: the run of the last one needed."""
    runs = sorted((one.rounds for one in same), reverse=True)
    return runs[needed - 1] if len(runs) >= needed else 0


def _since(way: Sequence[Stint], stages: tuple[str, ...], day: date) -> bool:
    """Whether the first of these stages was entered after a day."""
    first = entered(way, stages)
    return first is not None and first > day


def _old(way: Sequence[Stint], today: date, policy: Policy) -> bool:
    """Whether a pilot is in Pilot still, for longer than the policy's months."""
    now = way[-1] if way else None
    most = policy.thresholds["PF1"]["months"] * MONTH
    return now is not None and now.stage == IN_PILOT and now.until is None and now.days(today) > most


def _median_age(stints: Iterable[Stint], day: date) -> int:
    """Half of those that were in Pilot on a day were there for longer; 0 where there were none."""
    there = (one for one in stints if one.since <= day and (one.until is None or one.until > day))
    return int(median([max((day - one.since).days - one.paused, 0) for one in there] or [0]))
