"""Gathers a quarter of the pilots that a channel may see; it must not judge or word it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core import quarter
from bot.core.card import Card
from bot.core.compose import digest as digest_words
from bot.core.compose import quarter as words
from bot.core.decisions import ENDING, Choice
from bot.core.journey import Stint
from bot.core.ports import Message
from bot.core.quarter import Ended, Figures, Goal, Quarter
from bot.core.records import EVERYTHING, Asked, Pilot, PilotId, Slice, Subscription
from bot.core.state import Phase
from bot.service import portfolio_facts, subscribed
from bot.service.work import Work

VALUE, METRIC = "value30", "v30.metric"
PULSES_READ = 26  # of each pilot: a year of check-ins, or half of one of those asked weekly
CHECKS_READ = 8  # of each live pilot: a year and a half of value checks
DECISIONS_READ = 100_000  # all of them: a pilot has a few in its life
NOTHING = "nothing"  # the option of dec.reuse
POSTED_WITHIN = timedelta(
    days=21
)  # three digests: a quarter whose first two were skipped is told all the same


def card(work: Work, about: Slice = EVERYTHING) -> Card:
    """The last quarter that is over, in one card."""
    about = _lasting(about)
    return words.quarter(gather(work, about), digest_words.of_slice(about))


def gather(work: Work, about: Slice = EVERYTHING) -> Figures:
    """The figures of the last quarter that is over."""
    over, pilots = quarter.past(work.today()), subscribed.pilots(work.unit, about)
    ways = portfolio_facts.journeys(work, pilots)
    return quarter.figures(
        over,
        ways.values(),
        _verdicts(work, over, pilots, ways),
        _blocked(work, pilots),
        ended=_ended(work, over, pilots),
        policy=work.content.policy,
    )


def post(work: Work, subscription: Subscription) -> None:
    """Beside the first digest of a quarter, the quarter before; its key lets no second one through."""
    now = quarter.running(work.today())
    key = f"quarter:{subscription.id}:{now.first.isoformat()}"
    if work.today() - now.first >= POSTED_WITHIN or work.unit.posted(key) is not None:
        return
    address = work.unit.channel(subscription.channel.address).address
    work.unit.enqueue(Message(key, address, card(work, subscription.about)), work.now)


def _lasting(about: Slice) -> Slice:
    """Without the stage: those that left it are what a quarter tells of."""
    return replace(about, stage="")


def _verdicts(
    work: Work, over: Quarter, pilots: Sequence[Pilot], ways: Mapping[PilotId, Sequence[Stint]]
) -> Iterator[bool | None]:
    """Of each pilot whose day 90 is in the quarter, whether its first number since then meets the target."""
    checked = work.unit.latest(questionnaire=VALUE, per_pilot=CHECKS_READ)
    numbers = portfolio_facts.answers_to(
        work, [one.id for lines in checked.values() for one in lines], to=(METRIC,)
    )
    for pilot in pilots:
        day = quarter.value_day(ways[pilot.id])
        if day is None or not over.has(day):
            continue
        late = (one for one in _done(checked.get(pilot.id, ())) if work.day(one.done_at or one.slot) >= day)
        said = (numbers.get(one.id, {}).get(METRIC) for one in late)
        value = next((float(one) for one in said if isinstance(one, int | float)), None)
        yield quarter.met(Goal(pilot.baseline, pilot.goal), value)


def _blocked(work: Work, pilots: Sequence[Pilot]) -> Iterator[quarter.Blocked]:
    """What was ever in the way of each pilot, as far back as is looked."""
    asked = work.unit.latest(questionnaire=portfolio_facts.PULSE, per_pilot=PULSES_READ)
    lines = {pilot.id: _done(asked.get(pilot.id, ())) for pilot in pilots}
    ids = [one.id for done in lines.values() for one in done]
    answers = portfolio_facts.answers_to(work, ids, to=(portfolio_facts.BLOCK,))
    for done in lines.values():
        yield from quarter.blockers(
            (work.day(one.done_at or one.slot), portfolio_facts.block(answers, one)) for one in done
        )


def _done(asked: Sequence[Asked]) -> list[Asked]:
    """Those that were answered, the oldest first."""
    return [one for one in reversed(asked) if one.phase == Phase.DONE]


def _ended(work: Work, over: Quarter, pilots: Sequence[Pilot]) -> Ended:
    known = {pilot.id for pilot in pilots}
    ends = [
        made
        for made in work.unit.decisions(limit=DECISIONS_READ)
        if made.pilot in known and over.has(work.day(made.at)) and Choice(made.choice) in ENDING
    ]
    return Ended(len(ends), sum(bool(set(made.reuse) - {NOTHING}) for made in ends))
