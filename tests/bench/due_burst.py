"""From due to sent when 10,000 people are due at one moment, and what a message costs on its way.

The program's worker, as in production, opens the check-ins, composes and sends them to a sink that takes a tenth of a
second for each, as platforms do. The floor beside it is a loop that only posts the same bodies, a hundred in flight;
on PostgreSQL procrastinate, a task library, has a job for each body, all planned for one moment. Platforms let through
less than any of these ways (`slack_sending`, `teams_sending`): this is what the program itself adds.
"""

from __future__ import annotations

import itertools
import json
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine, select, update

from bot.storage.database import parsed
from bot.storage.fields import table
from bot.storage.tables import EvaluationRow, ScheduleRow
from tests.bench.crowd import answered_once, multiply
from tests.bench.due_burst_servers import (
    ARRIVED,
    BEGIN,
    BODIES,
    DIRECT,
    PLAN,
    PROCRASTINATE,
    SINK,
    STATEMENTS,
    WORKER,
    serving,
)
from tests.bench.places import POSTGRES, SQLITE, database
from tests.bench.rounds import MILLI, Figure, quantile
from tests.bench.web_load import Server

PILOTS = 10_000
SETTLED_S = 3.0  # what a worker does once it is up is done
LOOK_S = 0.5
PATIENCE_S = 1800.0
WORKERS = {SQLITE: (1,), POSTGRES: (1, 3)}


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it: seconds from due to there, one for each message; the processor's, and statements."""

    delays: Sequence[float]
    cpu: float
    statements: int = 0

    def told(self, measure: str) -> Iterator[Figure]:
        """When half of all were there, and nearly all, and the last."""
        half, nearly = quantile(self.delays, 0.5), quantile(self.delays, 0.99)
        last = max(self.delays)
        yield Figure(measure, f"p50 {half:.1f} s, p99 {nearly:.1f} s, the last {last:.1f} s")
        yield Figure(f"{measure}, processor time of each", f"{self.cpu / len(self.delays) * MILLI:.2f} ms")


def figures(pilots: int = PILOTS) -> Iterator[Figure]:
    """The measures on both databases."""
    for name, many in ((name, many) for name, ways in WORKERS.items() for many in ways):
        with database(name) as url, serving((SINK,)) as (sink,):
            where = f"{name}, {many} worker{'s' if many > 1 else ''}"
            yield from measured(where, url, sink, many, pilots)


def measured(where: str, url: str, sink: Server, workers: int, pilots: int) -> Iterator[Figure]:
    """One burst by so many workers, then the same bodies by those who only post."""
    ours = by_workers(url, sink, workers, pilots)
    burst = f"{pilots:,} due at once, from due to sent"
    yield from ours.told(f"{burst}, {where}")
    yield Figure(f"statements of a message, {where}", f"{ours.statements / pilots:.2f}")
    bodies = sink.page(BODIES)
    with serving((DIRECT, _at(sink))) as (floor,):
        least = planned(floor, sink, bodies)
    yield from least.told(f"{burst}, posting the same bodies directly, beside {where}")
    yield from compared(f"{burst}: {where} / posting directly", ours, least)
    if POSTGRES not in where or workers > 1:
        return
    with database(POSTGRES) as jobs, serving((PROCRASTINATE, _at(sink), jobs)) as (queue,):
        beside = planned(queue, sink, bodies)
    yield from beside.told(f"{burst}, procrastinate's jobs that only post, beside {where}")
    yield from compared(f"{burst}: {where} / procrastinate's jobs", ours, beside)


def compared(measure: str, ours: Sent, other: Sent) -> Iterator[Figure]:
    """Of one run, in turn."""
    half, nearly = (quantile(ours.delays, share) / quantile(other.delays, share) for share in (0.5, 0.99))
    cpu = ours.cpu / other.cpu
    yield Figure(measure, f"p50 {half:.2f} x, p99 {nearly:.2f} x, processor time {cpu:.2f} x")


def by_workers(url: str, sink: Server, many: int, pilots: int) -> Sent:
    """All are asked by so many processes of the program."""
    moment = crowded(url, pilots)
    with serving(*[(WORKER, _at(sink), url, moment.isoformat())] * many) as found:
        time.sleep(SETTLED_S)
        before = [(one.cpu(), int(one.page(STATEMENTS))) for one in found]
        due = time.time()
        for one in found:
            one.page(BEGIN)
        came = _waited(sink, pilots)
        after = [(one.cpu(), int(one.page(STATEMENTS))) for one in found]
    cpu, statements = (
        sum(one[part] - other[part] for one, other in zip(after, before, strict=True)) for part in (0, 1)
    )
    assert len(came) == pilots, f"{len(came)} messages to {pilots} people"
    return Sent([at - due for at in came], cpu, int(statements))


def planned(poster: Server, sink: Server, bodies: bytes) -> Sent:
    """The bodies, by somebody who has them beforehand."""
    plan = f"http://127.0.0.1:{poster.port}{PLAN}"
    urllib.request.urlopen(plan, data=bodies, timeout=PATIENCE_S).close()
    before, began = poster.cpu(), time.time()
    poster.page(BEGIN, within_s=PATIENCE_S)
    came = json.loads(sink.page(ARRIVED))
    sink.page(BODIES)
    return Sent([at - began for at in came], poster.cpu() - before)


def crowded(url: str, pilots: int) -> datetime:
    """Pilots that have answered once, and the moment at which the pulse of all of them is due; their night is done."""
    answered_once(url)
    schedule = table(ScheduleRow)
    engine = create_engine(parsed(url))
    with engine.begin() as connection:
        pulse = select(schedule.c.next_due_at).where(schedule.c.questionnaire == "pulse")
        moment: datetime = connection.scalars(pulse).one()
        connection.execute(update(table(EvaluationRow)).values(due_at=moment + timedelta(hours=12)))
    engine.dispose()
    multiply(url, pilots)
    return moment.astimezone(UTC)


def _waited(sink: Server, pilots: int) -> list[float]:
    """When each message came, once all have, and a moment more for any that there should not be."""
    began = time.time()
    for rest in itertools.repeat(LOOK_S):
        came: list[float] = json.loads(sink.page(ARRIVED))
        if len(came) >= pilots:
            time.sleep(rest * 4)
            return json.loads(sink.page(ARRIVED))  # type: ignore[no-any-return]  # numbers
        assert time.time() - began < PATIENCE_S, f"{len(came)} messages came"
        time.sleep(rest)
    raise AssertionError


def _at(sink: Server) -> str:
    return f"http://127.0.0.1:{sink.port}/"
