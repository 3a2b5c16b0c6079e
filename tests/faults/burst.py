"""Row 24: a thousand owners send their forms within a second, as on a Monday at nine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from tests.bench import owners
from tests.bench.capacity import LATE_S
from tests.bench.places import each_database
from tests.bench.rounds import quantile
from tests.bench.slack_crowd import SLACK
from tests.fakes.slack.server import FakeSlack
from tests.faults.fleet import Fleet, Seen, at_rate
from tests.faults.matrix import Row, struck
from tests.faults.places import folder
from tests.storage.scenes import raw

RATE, OWNERS = 1000, 1000


def rows() -> Iterator[Row]:
    """The one, on both databases."""
    found = [(name, *asyncio.run(crowded(url))) for name, url in each_database()]
    seen = [one for _, one, *_ in found]
    yield Row(
        24,
        f"{OWNERS:,} owners send their forms within a second, to one process",
        "; ".join(f"{name}: {struck(one.sent, f'forms in {took:.1f} s')}" for name, one, took, _ in found),
        f"Nobody waits longer than {LATE_S:g} s: whoever is not stored is told to press again; no 5xx",
        "; ".join(f"{name}: {_told(one, missing)}" for name, one, _, missing in found),
        not any(one.broken or one.torn or one.late(LATE_S) or one.errors for one in seen)
        and not any(missing for *_, missing in found),
    )


def _told(seen: Seen, missing: int) -> str:
    return (
        f"{seen.late(LATE_S)} later, one in a hundred after {quantile(seen.seconds, 0.99):.1f} s, "
        f"{seen.broken} of 5xx, {seen.torn} never answered; {seen.acknowledged:,} acknowledged, "
        f"{missing} of them missing; {seen.busy / seen.sent:.0%} told to press again"
    )


async def crowded(url: str) -> tuple[Seen, float, int]:
    """What was seen, in how many seconds all was sent, and how many acknowledged answers are missing."""
    forms = await asyncio.to_thread(owners.filled, SLACK, url, pilots=OWNERS, pulses=2)
    with folder() as place:
        async with (
            FakeSlack(tiers=False) as slack,
            Fleet("web", url, forms.moment, slack=slack, log=place / "log") as fleet,
        ):
            await fleet.one_more()
            posts = [make() for make in forms.posts]
            began = time.perf_counter()
            taken = await at_rate(fleet, posts, RATE)
            took = time.perf_counter() - began
            await fleet.stop(fleet.running[0])
    known = dict(raw(url, "SELECT checkin_id, count(*) FROM submission GROUP BY checkin_id"))
    missing = sum(ok and not known.get(one) for ok, one in zip(taken, forms.checkins, strict=True))
    return fleet.seen, took, missing
