"""Row 11: the same act is delivered again and again, at the same moment, to several processes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from tests.bench import owners
from tests.bench.slack_crowd import SLACK
from tests.databases import cloned, running_postgres
from tests.fakes.office import CALM
from tests.fakes.slack.server import FakeSlack
from tests.faults.fleet import Fleet, Seen
from tests.faults.matrix import Row, struck
from tests.faults.places import folder
from tests.storage.scenes import raw

COPIES, PROCESSES, FORMS = 50, 3, 10


def rows() -> Iterator[Row]:
    """The one."""
    with folder() as place, running_postgres(place / "pg") as server:
        seen, stored, answers, events = asyncio.run(delivered(cloned(server), place))
    yield Row(
        11,
        "One act delivered again and again, at the same moment, to several processes",
        f"{struck(seen.sent - FORMS, 'copies')} of {FORMS} forms, {COPIES} of one at once, to {PROCESSES} web "
        "processes on PostgreSQL",
        "Counted once; nobody gets an error",
        f"{sum(stored)} submissions of {FORMS} forms, {sum(answers)} answers where {FORMS * len(CALM)} were given, "
        f"{events} events; {seen.broken} of 5xx, {seen.torn} never answered",
        stored == [1] * FORMS
        and answers == [len(CALM)] * FORMS
        and events == FORMS
        and not (seen.broken or seen.torn),
    )


async def delivered(url: str, place: Path) -> tuple[Seen, list[int], list[int], int]:
    """What was seen; how many submissions and answers each form left, and how often one is told of in the log."""
    forms = await asyncio.to_thread(owners.filled, SLACK, url, pilots=FORMS, pulses=2)
    of_these = f"({', '.join(map(str, forms.checkins))})"
    async with (
        FakeSlack(tiers=False) as slack,
        Fleet("web", url, forms.moment, slack=slack, log=place / "log") as fleet,
    ):
        for _ in range(PROCESSES):
            await fleet.one_more()
        for make in forms.posts:
            post = make()
            await asyncio.gather(
                *(fleet.post(post, to=fleet.running[nth % PROCESSES]) for nth in range(COPIES))
            )
        for one in list(fleet.running):
            await fleet.stop(one)
    stored = raw(url, f"SELECT count(*) FROM submission WHERE checkin_id IN {of_these} GROUP BY checkin_id")
    answers = raw(
        url,
        "SELECT count(*) FROM answer JOIN submission ON submission.id = answer.submission_id"
        f" WHERE checkin_id IN {of_these} GROUP BY checkin_id",
    )
    told = raw(url, "SELECT count(*) FROM event WHERE kind = 'checkin.answered'")[0][0] - len(
        raw(url, f"SELECT DISTINCT checkin_id FROM submission WHERE checkin_id NOT IN {of_these}")
    )
    return fleet.seen, [many for (many,) in stored], [many for (many,) in answers], told
