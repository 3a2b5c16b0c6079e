"""Row 3: kill -9 of the web process while people send forms; whoever got no answer presses again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.bench import owners
from tests.bench.places import each_database
from tests.bench.slack_crowd import SLACK
from tests.fakes.slack.server import FakeSlack
from tests.faults.fleet import Crowded, Fleet, pressing
from tests.faults.matrix import Row, struck
from tests.faults.places import folder
from tests.storage.scenes import raw

RATE, OWNERS, KILLS = 500, 1000, 8
CALM = 40  # forms a second in the end: what one process stores with ease
LIVES_S = 3.0  # at most, from the moment at which a process takes requests


@dataclass(frozen=True, slots=True)
class Killed:
    """What one database's processes did: kills, answers in hand at them, and what is not as it was acknowledged."""

    kills: int
    in_hand: int
    rate: float  # forms a second that were sent while a process was up
    acknowledged: int
    before: int  # of these, until the last kill
    missing: int
    twice: int
    broken: int

    @property
    def is_right(self) -> bool:
        return not (self.missing or self.twice or self.broken) and self.acknowledged == OWNERS


def rows() -> Iterator[Row]:
    """The one, on both databases."""
    with folder() as place:
        found = [(name, asyncio.run(answered(url, place))) for name, url in each_database()]
    yield Row(
        3,
        f"kill -9 of the web process, at {RATE} forms a second",
        "; ".join(
            f"{name}: {struck(one.kills, 'kills')} over {struck(one.in_hand, 'requests in hand')}, "
            f"{one.rate:.0f} forms a second sent"
            for name, one in found
        ),
        "What was acknowledged is stored; what was not is stored once when it comes again",
        "; ".join(
            f"{name}: {one.missing} of {one.acknowledged:,} acknowledged answers missing ({one.before:,} of them "
            f"between two kills), {one.twice} stored twice"
            for name, one in found
        ),
        all(one.is_right for _, one in found),
    )


async def answered(url: str, place: Path) -> Killed:
    """Process after process is killed at a moment of chance; the last one lives until all are through."""
    forms = await asyncio.to_thread(owners.filled, SLACK, url, pilots=OWNERS, pulses=2)
    crowd, dice, rates = Crowded([make() for make in forms.posts]), Random(3), list[float]()
    async with (
        FakeSlack(tiers=False) as slack,
        Fleet("web", url, forms.moment, slack=slack, log=place / "log") as fleet,
    ):
        for _ in range(KILLS):
            await fleet.one_more()
            death = asyncio.create_task(dies(fleet, dice.uniform(0.2, LIVES_S)))
            rates.append(await pressing(fleet, crowd, RATE, until=death))
            await death
        in_hand, before = fleet.seen.in_hand, len(crowd.taken)
        await fleet.one_more()
        calm = asyncio.create_task(asyncio.sleep(300))
        await pressing(fleet, crowd, CALM, until=calm)
        calm.cancel()
        kills = fleet.seen.codes[-9]
        await fleet.stop(fleet.running[0])
    stored = dict(raw(url, "SELECT checkin_id, count(*) FROM submission GROUP BY checkin_id"))
    missing = sum(forms.checkins[who] not in stored for who in crowd.taken)
    twice = sum(stored.get(one, 0) > 1 for one in forms.checkins)
    return Killed(
        kills,
        in_hand,
        sum(rates) / len(rates),
        len(crowd.taken),
        before,
        missing,
        twice,
        fleet.seen.broken,
    )


async def dies(fleet: Fleet, after: float) -> None:
    """The one that runs is killed."""
    await asyncio.sleep(after)
    await fleet.kill(fleet.running[0])
