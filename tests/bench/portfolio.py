"""What ten thousand pilots with five years of check-ins cost: a status, a `why`, a digest, a night: goals G12, G13.

One pilot lives through a year by the real services and gets that year four times more before it; the others are its
copies. Beside each thing stand its own rows read by statements written by hand, which are left alone; and the same
thing where there are 26 weeks in place of 260. Filling takes minutes, so `figures` may be given a smaller portfolio.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Connection

from bot.app import settle
from bot.core.compose.status import status_card
from bot.core.compose.why import SIGNALS
from bot.core.ports import Unit
from bot.core.records import PersonId, PilotId
from bot.service import auditor, digest, evaluations, explain, views
from bot.service.work import Work
from tests.bench.crowd import Crowd, crowd
from tests.bench.memory import peak_above
from tests.bench.places import POSTGRES, SQLITE, database
from tests.bench.rounds import MILLI, ROUNDS, Figure, chosen, interleaved, latency, ratio, spread, timed
from tests.bench.status import heard

PILOTS = 10_000
LONG, SHORT = (26, 5), (13, 1)  # pulses that are lived, and years like them in all: 260 weeks, and 26
PER_ROUND = 20  # pilots, others in each round
BATCHES = 2  # of the night, in one round: a sample
MB = 1024**2
RAW_MOST, AGED_MOST, DIGEST_MOST_MS, STATUS_MOST_MS = 2.0, 1.3, 100.0, 5.0  # G12, G13
AUDIT_MOST_MS = 100.0  # an auditor that is slow is one that somebody switches off

Chosen = tuple[PilotId, PersonId]

# The rows of one pilot that stand behind its status and its `why`.
OF_PILOT = """
SELECT * FROM pilot WHERE org_id = {org} AND id = {pilot};
SELECT * FROM evaluation WHERE org_id = {org} AND pilot_id = {pilot};
SELECT * FROM level WHERE org_id = {org} AND pilot_id = {pilot};
SELECT * FROM mute WHERE org_id = {org} AND pilot_id = {pilot}
"""
OF_STATUS = (
    OF_PILOT
    + """;
SELECT c.*, a.* FROM (SELECT * FROM checkin WHERE org_id = {org} AND pilot_id = {pilot} AND questionnaire_id =
  (SELECT id FROM word WHERE org_id = {org} AND word = 'pulse') ORDER BY slot DESC LIMIT 6) AS c
  LEFT JOIN submission AS s ON s.checkin_id = c.id LEFT JOIN answer AS a ON a.submission_id = s.id;
SELECT c.*, a.* FROM (SELECT * FROM checkin WHERE org_id = {org} AND pilot_id = {pilot} AND questionnaire_id =
  (SELECT id FROM word WHERE org_id = {org} AND word = 'pulse') ORDER BY slot DESC LIMIT 26) AS c
  LEFT JOIN submission AS s ON s.checkin_id = c.id LEFT JOIN answer AS a ON a.submission_id = s.id AND a.question_id IN
  (SELECT id FROM word WHERE org_id = {org} AND word IN ('pulse.block', 'pulse.who'));
SELECT * FROM checkin WHERE org_id = {org} AND pilot_id = {pilot}
  AND phase IN ('open', 'snoozed', 'waiting', 'expired');
SELECT * FROM request WHERE org_id = {org} AND pilot_id = {pilot} AND reply = '';
SELECT * FROM decision WHERE org_id = {org} AND pilot_id = {pilot};
SELECT * FROM schedule WHERE org_id = {org} AND pilot_id = {pilot};
SELECT * FROM event WHERE org_id = {org} AND pilot_id = {pilot} AND kind = 'pilot.target' ORDER BY at DESC LIMIT 200;
SELECT n.* FROM person AS n JOIN pilot AS p ON n.id IN (p.owner, p.deputy, p.sponsor, p.decider)
  WHERE p.org_id = {org} AND p.id = {pilot}
"""
)
# The rows of all pilots that stand behind a digest.
OF_ALL = """
SELECT * FROM pilot WHERE org_id = {org};
SELECT * FROM evaluation WHERE org_id = {org};
SELECT * FROM decision WHERE org_id = {org};
SELECT * FROM event WHERE org_id = {org} AND kind = 'pilot.stage';
SELECT s.* FROM pilot AS p JOIN snapshot AS s ON s.id = (SELECT n.id FROM snapshot AS n WHERE n.org_id = {org} AND
  n.pilot_id = p.id ORDER BY n.at DESC LIMIT 1) WHERE p.org_id = {org};
SELECT s.* FROM pilot AS p JOIN snapshot AS s ON s.id = (SELECT n.id FROM snapshot AS n WHERE n.org_id = {org} AND
  n.pilot_id = p.id ORDER BY n.at DESC LIMIT 1 OFFSET 1) WHERE p.org_id = {org};
SELECT c.* FROM pilot AS p JOIN checkin AS c ON c.id IN (SELECT n.id FROM checkin AS n WHERE n.pilot_id = p.id AND
  n.org_id = {org} AND n.questionnaire_id = (SELECT id FROM word WHERE org_id = {org} AND word = 'pulse')
  ORDER BY n.slot DESC LIMIT 3) WHERE p.org_id = {org}
"""


def figures(rounds: int = ROUNDS, pilots: int = PILOTS) -> Iterator[Figure]:
    """The measures on both databases."""
    for name in (SQLITE, POSTGRES):
        with portfolio(name, pilots, *LONG) as long, portfolio(name, pilots, *SHORT) as short:
            yield from measured(f"{pilots:,} pilots, {name}", long, short, rounds)


@contextmanager
def portfolio(name: str, pilots: int, pulses: int, years: int) -> Iterator[Portfolio]:
    """That many pilots with that much behind them."""
    with database(name) as url, crowd(url, pilots=pilots, pulses=pulses, years=years) as found:
        settle()  # as in production
        yield Portfolio(found)


def measured(where: str, long: Portfolio, short: Portfolio, rounds: int) -> Iterator[Figure]:
    """What one pilot costs, then all of them together, then their night."""
    status = ("a status", Portfolio.status, OF_STATUS, 1)
    why = ("a `why`", Portfolio.why, OF_PILOT, 1)
    for what, look, raw, many in (status, why):
        most = STATUS_MOST_MS if look is Portfolio.status else None
        yield from beside(what, where, Pair(look, raw, many), long, short, rounds, most=most)
    yield from beside("a digest", where, Pair(Portfolio.digest, OF_ALL, 0), long, short, rounds)
    peak = peak_above(lambda: long.digest(long.some()[0]))
    if peak is not None:
        yield Figure(f"a digest: peak memory above that before, {where}", f"{peak / MB:.0f} MB")
    yield from audited(where, long, short, rounds)
    yield from night(where, long, short, rounds)


@dataclass(frozen=True, slots=True)
class Pair:
    """Something the service does, and the statements that read its rows; `of_one` pilot, or of all."""

    look: Callable[[Portfolio, Chosen], object]
    raw: str
    of_one: int


def beside(
    what: str,
    where: str,
    pair: Pair,
    long: Portfolio,
    short: Portfolio,
    rounds: int,
    *,
    most: float | None = None,
) -> Iterator[Figure]:
    """One thing against its raw statements, and against the same with a short past."""
    taken: list[list[float]] = []

    def each(portfolio: Portfolio, look: Callable[[Chosen], object]) -> float:
        one = [timed(partial(look, pilot)) for pilot in portfolio.some()[: PER_ROUND if pair.of_one else 1]]
        taken.append(one)
        return statistics.median(one)

    rows = interleaved(
        lambda: each(long, partial(pair.look, long)),
        lambda: each(long, lambda pilot: long.raw(pair.raw, pilot)),
        lambda: each(short, partial(pair.look, short)),
        rounds=rounds,
    )
    goal = "(G13)" if pair.look is Portfolio.status else "(G12)" if not pair.of_one else ""
    medians = [row[0] for row in rows]
    if most is not None:
        every = [timed(partial(pair.look, long, pilot)) for _ in range(5) for pilot in long.some()]
        yield latency(f"{what}, {where}", every, most=most)
    elif pair.of_one:
        yield spread(f"{what}, {where}", [one * MILLI for one in medians], "ms")
    else:
        yield spread(f"{what}, {where} {goal}", [one * MILLI for one in medians], "ms", most=DIGEST_MOST_MS)
    measure = f"{what} / statements by hand that read its rows, {where} {goal}".rstrip()
    yield ratio(measure, chosen(rows, 0, 1), most=RAW_MOST if goal else None)
    yield ratio(f"{what}: 260 weeks / 26 weeks, {where}", chosen(rows, 0, 2), most=AGED_MOST)
    sent, fetched = long.cost(partial(pair.look, long, long.some()[0]))
    yield Figure(f"{what}: statements, and rows that they fetch, {where}", f"{sent}, {fetched:,}")


def audited(where: str, long: Portfolio, short: Portfolio, rounds: int) -> Iterator[Figure]:
    """The auditor's look at all of them, and at what it said last, which nobody has heard of for five years."""
    rows = interleaved(long.audit_timed, short.audit_timed, rounds=rounds)
    taken = [row[0] * MILLI for row in rows]
    yield spread(f"the auditor's look at all, {where}", taken, "ms", most=AUDIT_MOST_MS)
    yield ratio(f"the auditor's look: 260 weeks / 26 weeks, {where}", chosen(rows, 0, 1))


def night(where: str, long: Portfolio, short: Portfolio, rounds: int) -> Iterator[Figure]:
    """Batches of the night, from which the whole is computed; what is learnt of all pilots comes once before them."""
    learnt = timed(long.learn)
    short.learn()
    peak = peak_above(long.evaluate)
    rows = interleaved(long.evaluate_timed, short.evaluate_timed, rounds=rounds)
    each = [row[0] / (BATCHES * evaluations.BATCH) for row in rows]
    yield spread(f"evaluating a pilot at night, {where}", [one * MILLI for one in each], "ms")
    whole = statistics.median(each) * len(long.crowd.pilots) + learnt
    yield Figure(
        f"the night of all, {where}",
        f"{whole:.0f} s, of which {learnt:.1f} s look at all together; "
        f"by {rounds * BATCHES * evaluations.BATCH} of them",
    )
    yield ratio(f"a night: 260 weeks / 26 weeks, {where}", chosen(rows, 0, 1), most=AGED_MOST)
    if peak is not None:
        yield Figure(f"a batch of the night: peak memory above that before, {where}", f"{peak / MB:.0f} MB")
    sent = len(heard(long.evaluate)) / (BATCHES * evaluations.BATCH)
    yield Figure(f"statements of a pilot's evaluation, {where}", f"{sent:.0f}")


class Portfolio:
    """Many pilots, and what is done with them."""

    def __init__(self, found: Crowd) -> None:
        self.crowd = found
        self._chance = random.Random(7)
        store: Any = found.office.store
        self._read = store._database.read  # a benchmark may look inside

    @cached_property
    def night(self) -> Any:
        """A moment at which each of them is due."""
        return self.crowd.office.now + timedelta(days=3)

    def some(self) -> list[Chosen]:
        """Pilots of one round, with their owners."""
        return self._chance.sample(list(self.crowd.pilots), PER_ROUND)

    def _look(self, wanted: Chosen, look: Callable[[Work, Any, Any], object]) -> object:
        office = self.crowd.office

        def shown(unit: Unit) -> object:
            work = Work(unit, office.content, office.now)
            return look(work, unit.person(wanted[1]), unit.pilot(wanted[0]))

        return office.read(shown)

    def status(self, wanted: Chosen) -> object:
        return self._look(wanted, lambda work, who, pilot: status_card(views.status(work, who, pilot)))

    def why(self, wanted: Chosen) -> object:
        return self._look(wanted, partial(explain.why, part=SIGNALS))

    def digest(self, wanted: Chosen) -> object:
        return self._look(wanted, lambda work, *_: digest.compose(work))

    def audit_timed(self) -> float:
        """Seconds of an audit; whatever it finds is told to nobody."""
        office = self.crowd.office

        def look(unit: Unit) -> object:
            work = Work(unit, office.content, office.now)
            return auditor.audit(work), auditor.told(work)

        return timed(lambda: office.read(look))

    def learn(self) -> None:
        """What a night learns of all pilots together."""
        self._write(evaluations.learn)

    def evaluate(self) -> None:
        """Some batches of the night, each in a transaction of its own."""
        for _ in range(BATCHES):
            self._write(evaluations.renew_due)

    def evaluate_timed(self) -> float:
        return timed(self.evaluate)

    def _write(self, work: Callable[[Work], None]) -> None:
        office = self.crowd.office
        office.store.write(office.organisation.id, lambda unit: work(Work(unit, office.content, self.night)))

    def raw(self, statements: str, wanted: Chosen) -> Sequence[object]:
        """Statements written by hand, whose rows are fetched and left alone."""
        text = statements.format(org=self.crowd.office.organisation.id, pilot=wanted[0])

        def run(connection: Connection) -> list[object]:
            return [connection.exec_driver_sql(one).all() for one in text.split(";")]

        found: list[object] = self._read(run)
        return found

    def cost(self, work: Callable[[], object]) -> tuple[int, int]:
        """How many statements something sends, and how many rows they fetch."""
        sent = heard(work)
        counted = self._read(
            lambda connection: sum(len(connection.exec_driver_sql(sql, values).all()) for sql, values in sent)
        )
        return len(sent), counted
