"""What it costs to prove that ten thousand pilots were asked, each with half a year of check-ins and messages.

One pilot is asked by the real services and its message delivered; the others are its rows again, made inside the
database.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Table, Text, cast, create_engine, insert, literal, select, text

from bot.core.ports import Unit
from bot.service import auditor
from bot.service.auditor import Audit
from bot.service.work import Work
from bot.storage import open_store
from bot.storage.database import parsed
from bot.storage.fields import table
from bot.storage.tables import CheckinRow, MessageRow, PersonRow, PilotRow, ScheduleRow
from tests.bench.places import each_database
from tests.bench.rounds import MILLI, Figure, interleaved, latency, timed
from tests.fakes.office import Office

PILOTS = 10_000
PAST = 26  # older check-ins of each, with their messages
FIRST = 1_000_000  # numbers of copies begin here, those of each week of the past a million further on
ROUNDS = 20
MOST_MS = 100.0  # an auditor that is slow is one that somebody switches off
_person, _pilot, _schedule = table(PersonRow), table(PilotRow), table(ScheduleRow)
_checkin, _message = table(CheckinRow), table(MessageRow)


def figures() -> Iterator[Figure]:
    """The audit on both databases."""
    for name, url in each_database():
        office = asked(url)
        multiply(url)
        office.store = open_store(url)
        yield from measured(name, office)
        office.store.close()


def measured(name: str, office: Office) -> Iterator[Figure]:
    """How long one audit of everything takes, and that it finds the one pilot that was not asked."""
    office.now += 2 * auditor.GRACE

    def look() -> Audit:
        found: Audit = office.read(lambda unit: auditor.audit(Work(unit, office.content, office.now)))
        return found

    assert look() == Audit(), "all of them were asked"
    used = time.process_time()
    taken = [row[0] for row in interleaved(lambda: timed(look), rounds=ROUNDS)]
    used = (time.process_time() - used) / (ROUNDS + 1)
    yield latency(f"audit of {PILOTS:,} pilots, {name}", taken)
    best = min(taken) * MILLI
    yield Figure(f"the fastest of {ROUNDS}, {name}", f"{best:.0f} ms", f"< {MOST_MS:g} ms", best < MOST_MS)
    yield Figure(f"processor time of the process, {name}", f"{used * MILLI:.0f} ms")
    office.write(forget)
    found = len(look().missed)
    yield Figure(f"pilots found after one slot was forgotten, {name}", str(found), "1", found == 1)


def forget(unit: Unit) -> None:
    """A slot went by, and there is no sign of it."""
    schedule = next(one for one in unit.schedules(FIRST + PILOTS // 2) if one.last_due_at)
    assert schedule.last_due_at is not None
    unit.save_schedule(replace(schedule, last_due_at=schedule.last_due_at + timedelta(minutes=1)))


def asked(url: str) -> Office:
    """One pilot that was asked, and its message delivered."""
    store = open_store(url)
    office = Office(store)
    office.pilot("Invoice matcher", office.person("dana"))
    office.until_asked("dana")
    store.close()
    return office


def multiply(url: str) -> None:
    """The rows of PILOTS more pilots, and a past for each."""
    engine = create_engine(parsed(url))
    with engine.begin() as connection:
        checkin, slot = connection.execute(select(_checkin.c.id, _checkin.c.slot)).one()
        copy(connection, _person, {"id": FIRST})
        copy(connection, _pilot, {"id": FIRST, "owner": FIRST}, apart=("key", "name", "folded"))
        copy(
            connection, _schedule, {"id": FIRST, "pilot_id": FIRST}, only=_schedule.c.last_due_at.is_not(None)
        )
        for week in range(PAST + 1):
            number = FIRST * (week + 1)
            then = literal(slot - timedelta(weeks=week), _checkin.c.slot.type)
            of_pilot = {"id": number, "pilot_id": FIRST, "person_id": FIRST}
            copy(connection, _checkin, of_pilot, only=_checkin.c.id == checkin, slot=then)
            invite = _message.c.key == f"checkin:{checkin}:invite"
            copy(connection, _message, {"id": number}, only=invite, keyed=number)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # as autovacuum would
    engine.dispose()


def copy(
    connection: Connection,
    source: Table,
    numbered: Mapping[str, int],
    *,
    only: Any = None,
    apart: tuple[str, ...] = (),
    keyed: int = 0,
    slot: Any = None,
) -> None:
    """The first row that is meant, PILOTS times: `numbered` columns count from a number, `apart` are texts that do.

    `keyed` is where the check-ins begin that the keys of messages name.
    """
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < PILOTS))
    row = select(source).order_by(source.c.id).limit(1)
    one = (row if only is None else row.where(only)).subquery("one")
    values = {column.name: one.c[column.name] for column in source.columns}
    values |= {name: numbers.c.n + first for name, first in numbered.items()}
    values |= {name: one.c[name].concat("-").concat(cast(numbers.c.n, Text)) for name in apart}
    if keyed:
        values["key"] = literal("checkin:").concat(cast(numbers.c.n + keyed, Text)).concat(":invite")
    if slot is not None:
        values["slot"] = slot
    rows = select(*values.values()).select_from(one.join(numbers, literal(value=True))).order_by(numbers.c.n)
    connection.execute(insert(source).from_select(list(values), rows))
