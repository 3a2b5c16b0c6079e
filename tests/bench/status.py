"""What a status costs against the bare reading of its rows: goal G13.

The engine's side is one unit of work that reads a pilot, gathers the view and composes the card, for one of a thousand
pilots, each with 35 check-ins, 33 item levels and 8 snapshots behind it. Two things stand beside it, on connections of
the same pool, each in a transaction of its own:

- two statements written by hand, which read the same rows and turn them into Python values, and nothing else;
- the engine's own statements as the driver takes them, whose rows are fetched and left alone: what is over that is not
  the database's.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot.core.compose.status import status_card
from bot.core.ports import Ran, Unit
from bot.core.records import PersonId, PilotId
from bot.service import views
from bot.service.ball import CHECKINS_READ
from bot.service.facts import EVENTS_READ
from bot.service.views import PULSES_READ
from bot.service.work import Work
from bot.storage.tables import LIVE
from tests.bench.crowd import OWNER, Crowd, crowd
from tests.bench.places import each_database
from tests.bench.processes import Took
from tests.bench.rounds import Figure, interleaved, latency, ratio

MOST = 2.0  # times the two raw queries; goal G13
MOST_MS = 5.0  # the slowest in a hundred; goal G13
PER_ROUND = 60  # pilots, others in each round

Statement = tuple[str, Any]
Read = tuple[PilotId, PersonId]

RAW_PILOT = """
SELECT p.*,
  (SELECT {all}({each}(item, level, at, changed_at, by_person, link, link_at, not_applicable, same, checkin_id)){text}
     FROM level WHERE org_id = p.org_id AND pilot_id = p.id),
  (SELECT {all}({each}(id, name, email, zone, standing, active, weekday, hour, away_until)){text}
     FROM person WHERE org_id = p.org_id AND id IN (p.owner, p.deputy, p.sponsor, p.decider)),
  (SELECT {all}({each}(id, kind, person_id, asked_by, asked_at, text, topic, checkin_id)){text}
     FROM request WHERE org_id = p.org_id AND pilot_id = p.id),
  (SELECT {all}({each}(id, questionnaire, next_due_at, weeks)){text}
     FROM schedule WHERE org_id = p.org_id AND pilot_id = p.id),
  (SELECT {all}({each}(course, since, next, times, was, points, signals, known, streak, paused_days)){text}
     FROM evaluation WHERE org_id = p.org_id AND pilot_id = p.id),
  (SELECT {all}({each}(id, choice, at, by_person, reason, until, due)){text}
     FROM decision WHERE org_id = p.org_id AND pilot_id = p.id),
  (SELECT {all}({each}(kind, at, before, after)){text}
     FROM (SELECT kind, at, before, after FROM event WHERE org_id = p.org_id AND pilot_id = p.id AND kind IN
            ('pilot.stage', 'pilot.owner', 'pilot.target', 'pilot.same', 'pilot.differs') LIMIT {moves}) AS moves)
FROM pilot AS p WHERE p.org_id = {org} AND p.id = {pilot}
"""
RAW_CHECKINS = """
WITH pulses AS (
  SELECT id, slot FROM checkin WHERE org_id = {org} AND pilot_id = {pilot}
     AND questionnaire_id = (SELECT id FROM word WHERE org_id = {org} AND word = 'pulse')
   ORDER BY slot DESC LIMIT {year})
SELECT c.*,
  (SELECT {all}({each}(a.question_id, a.value)){text}
     FROM submission AS s JOIN answer AS a ON a.submission_id = s.id WHERE s.checkin_id = c.id AND (a.question_id IN
       (SELECT id FROM word WHERE org_id = {org} AND word IN ('pulse.block', 'pulse.who')) OR c.slot >= newest.since))
FROM checkin AS c, (SELECT min(slot) AS since FROM (SELECT slot FROM pulses LIMIT {pulses}) AS six) AS newest
WHERE c.id IN (
  SELECT id FROM pulses UNION SELECT id FROM checkin WHERE org_id = {org} AND pilot_id = {pilot} AND {live})
"""
WORDING = {
    "sqlite": {"all": "json_group_array", "each": "json_array", "text": "", "org": ":org", "pilot": ":pilot"},
    "postgresql": {
        "all": "json_agg",
        "each": "json_build_array",
        "text": "::text",
        "org": "%(org)s",
        "pilot": "%(pilot)s",
    },
}
LISTS = {RAW_PILOT: 7, RAW_CHECKINS: 1}  # how many of the last columns are JSON


def figures() -> Iterator[Figure]:
    """The measures on both databases."""
    for name, url in each_database():
        with crowd(url) as found:
            yield from measured(name, Status(found))


def measured(name: str, status: Status) -> Iterator[Figure]:
    """The measures on one database."""
    engine, raw, own = Side(status.engine), Side(status.raw), Side(status.own)
    rows = interleaved(*(partial(side.round, status) for side in (engine, raw, own)))
    yield latency(f"status, {name}", engine.kept("wall"), most=MOST_MS)
    yield latency(f"status, processor time of the process, {name}", engine.kept("cpu"))
    yield ratio(f"status / its two raw queries, {name}", pairs(rows, 0, 1, "wall"), most=MOST)
    yield ratio(f"the same as processor time of the process, {name}", pairs(rows, 0, 1, "cpu"))
    yield ratio(f"status / its own statements alone, {name}", pairs(rows, 0, 2, "wall"))
    yield Figure(f"statements of a status, {name}", str(len(status.statements(status.crowd.pilots[0]))))
    yield from of_command(name, status)


def of_command(name: str, status: Status) -> Iterator[Figure]:
    """The same, typed by its owner: received, the pilot found by its key, stored as seen."""
    typed = Side(status.typed)
    interleaved(partial(typed.round, status))
    yield latency(f"the command `status NAME`, {name}", typed.kept("wall"))
    sent = heard(lambda: status.typed(status.crowd.pilots[1]))
    yield Figure(f"statements of the command, {name}", str(len(sent)))


def pairs(rows: Iterable[Sequence[Took]], one: int, other: int, kind: str) -> list[tuple[float, float]]:
    """Two measures of each round, as seconds on the clock (`wall`) or of a processor (`cpu`)."""
    return [(getattr(row[one], kind), getattr(row[other], kind)) for row in rows]


class Side:
    """One way to read, and how long each reading took."""

    def __init__(self, read: Callable[[Read], object]) -> None:
        self._read = read
        self._rounds: list[list[Took]] = []

    def round(self, status: Status) -> Took:
        """Read some pilots; the median of a reading."""
        taken = [self._once(pilot) for pilot in status.some()]
        self._rounds.append(taken)
        return Took(*(statistics.median(getattr(one, kind) for one in taken) for kind in ("wall", "cpu")))

    def _once(self, pilot: Read) -> Took:
        began, used = time.perf_counter(), time.process_time()
        self._read(pilot)
        return Took(time.perf_counter() - began, time.process_time() - used)

    def kept(self, kind: str) -> list[float]:
        """Every reading but those of the first round, which warms up."""
        return [getattr(one, kind) for taken in self._rounds[1:] for one in taken]


class Status:
    """The same pilots read in several ways."""

    def __init__(self, found: Crowd) -> None:
        self.crowd = found
        self._chance = random.Random(7)
        self._own: dict[PilotId, list[Statement]] = {}
        store: Any = found.office.store
        self._read = store._database.read  # a benchmark may look inside
        self._names = {"org": found.office.organisation.id}

    def some(self) -> list[Read]:
        """Pilots of one round, with their owners."""
        found = self._chance.sample(self.crowd.pilots, PER_ROUND)
        for pilot in found:
            self.statements(pilot)
        return found

    def engine(self, wanted: Read) -> object:
        """As the service does it."""
        office = self.crowd.office

        def shown(unit: Unit) -> object:
            pilot, reader = unit.pilot(wanted[0]), unit.person(wanted[1])
            assert pilot is not None
            assert reader is not None
            return status_card(views.status(Work(unit, office.content, office.now), reader, pilot))

        return office.read(shown)

    def raw(self, wanted: Read) -> object:
        """The two queries."""
        return self._read(lambda connection: two_queries(connection, {**self._names, "pilot": wanted[0]}))

    def own(self, wanted: Read) -> object:
        """The engine's statements without the engine."""
        run = self.statements(wanted)
        return self._read(
            lambda connection: [connection.exec_driver_sql(sql, values).all() for sql, values in run]
        )

    def typed(self, wanted: Read) -> object:
        """The command as a person types it, in their unit of work."""
        key = f"invoice-matcher{self.crowd.user(wanted[0]).removeprefix(OWNER)}"
        return self.crowd.acts(wanted[0], Ran(f"status {key}"))

    def statements(self, wanted: Read) -> list[Statement]:
        """What the engine sends for this pilot."""
        if wanted[0] not in self._own:
            self._own[wanted[0]] = heard(lambda: self.engine(wanted))
        return self._own[wanted[0]]


def two_queries(connection: Connection, names: Mapping[str, int]) -> list[list[Any]]:
    """The pilot with all that hangs on it, and its check-ins with their answers, as plain values."""
    wording = WORDING[connection.dialect.name]
    limits = {"moves": EVENTS_READ, "pulses": PULSES_READ, "year": CHECKINS_READ, "live": LIVE}
    found = []
    for text, lists in LISTS.items():
        for row in connection.exec_driver_sql(text.format(**wording, **limits), dict(names)).all():
            found.append([*row[:-lists], *(json.loads(each or "[]") for each in row[-lists:])])
    return found


def heard(work: Callable[[], object]) -> list[Statement]:
    """The statements, with their values, that something sends to the database."""
    found: list[Statement] = []

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        found.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return [one for one in found if not one[0].startswith("BEGIN")]
