"""Many pilots with years behind them: one lives through them by the real services, the others are its copies.

Copies are made row by row inside the database, whatever the tables are: their numbers are multiplied, so that rows of
all pilots lie beside each other in the order in which they came to be, as they would after a year.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Table,
    Text,
    cast,
    create_engine,
    func,
    insert,
    literal,
    select,
    text,
)

from bot.core.ports import Act, Clicked, Inbound, Place, Reply, Sender
from bot.core.questionnaire import Questionnaire
from bot.core.records import Person, PersonId, PilotId
from bot.core.state import Checkin
from bot.service import checkins, receive
from bot.storage import open_store
from bot.storage.database import parsed
from bot.storage.fields import Row
from tests.fakes.office import CALM, Office

PILOTS = 1000
APART = 10_000  # between the numbers of two rows once they are copied: more than the one has, and than there are copies
PULSES = 26  # a year of fortnights; twelve reviews come with them
# What a pilot has of its own; whatever else a row refers to, all copies share.
COPIED = frozenset(
    "person identity pilot event schedule checkin helper submission answer level snapshot evaluation mute request"
    " decision nag".split()
)
NAMED_APART = {  # texts that get the copy's number
    "person": ("name", "folded"),
    "identity": ("external", "conversation"),
    "pilot": ("key", "name", "folded"),
}
OWNER = "anna"


@dataclass(frozen=True)
class Crowd:
    """An organisation full of pilots, each with one open check-in."""

    office: Office
    pilots: Sequence[tuple[PilotId, PersonId]]  # with their owners
    asked: Mapping[PilotId, Checkin]

    def user(self, pilot: PilotId) -> str:
        """The platform's name of a pilot's owner."""
        return f"{OWNER}-{pilot % APART}" if pilot >= APART else OWNER

    def acts(self, pilot: PilotId, act: Act) -> Reply:
        """What a pilot's owner does in their direct conversation; nothing is delivered."""
        user = self.user(pilot)
        inbound = Inbound(uuid.uuid4().hex, Sender("local", "local", user), act, Place(f"dm:{user}"))
        return receive.receive(self.office.store, self.office.content, inbound, self.office.now)


@contextmanager
def crowd(url: str, *, pilots: int = PILOTS, pulses: int = PULSES, years: int = 1) -> Iterator[Crowd]:
    """A database with all tables, filled and open; before the first of these pulses lie other years like it."""
    store = open_store(url)
    office = Office(store)
    live(office, pulses)
    store.close()
    remember(url, years)
    multiply(url, pilots)
    office.store = open_store(url)
    try:
        yield Crowd(office, *office.read(_found))
    finally:
        office.store.close()


def _found(unit: Any) -> tuple[list[tuple[PilotId, PersonId]], dict[PilotId, Checkin]]:
    pilots = [(pilot.id, pilot.owner) for pilot in unit.pilots()]
    pulses = [checkin for checkin in unit.live_checkins() if checkin.questionnaire == "pulse"]
    return pilots, {
        checkin.pilot: checkin for checkin in pulses
    }  # a sponsor may be asked to decide meanwhile


# --- the one --------------------------------------------------------------------------------------------------------


def live(office: Office, pulses: int) -> None:
    """One pilot is asked and answered until it has a past, and is being asked once more."""
    owner, people = office.person(OWNER), [office.person(name) for name in ("bo", "dora", "sven", "kim")]
    day = office.now.date()
    holders = {
        role: person.id for role, person in zip(("deputy", "sponsor", "decider"), people[1:], strict=True)
    }
    office.pilot(
        "Invoice matcher", owner, target=day + timedelta(days=200), work="Matches invoices", **holders
    )
    done = 0
    while done < pulses:
        checkin = office.until_asked(OWNER)
        answer(office, owner, checkin, nth=done)
        done += checkin.questionnaire == "pulse"
    while office.until_asked(OWNER).questionnaire != "pulse":
        answer(office, owner, office.until_asked(OWNER), nth=done)


def answered_once(url: str) -> Office:
    """A pilot whose owner has answered their first pulse, for `multiply`; the store is closed again."""
    office = Office(open_store(url))
    owner = office.person(OWNER)
    office.pilot("Invoice matcher", owner)
    answer(office, owner, office.until_asked(OWNER), nth=0)
    office.tick()
    office.store.close()
    return office


def answer(office: Office, owner: Person, checkin: Checkin, *, nth: int) -> None:
    """Screen after screen until it asks no more."""
    form = office.do(lambda work: checkins.form_of(work, checkin))
    found: Checkin | None = checkin
    while found is not None and found.state.asking:
        values = {name: _value(form, name, nth) for name in found.state.asking}
        office.act(OWNER, Clicked(submit(office, found), values))
        live = [one for one in office.live(OWNER) if one.id == checkin.id and one.state.person == owner.id]
        found = live[0] if live else None


def _value(form: Questionnaire, name: str, nth: int) -> Any:
    """Calm answers, a blocker in every third check-in, and levels that rise."""
    blocked = {"pulse.block": "security", "pulse.who": "Bo", "pulse.need": "A review slot by Friday"}
    if name in blocked and nth % 3 == 2:
        return blocked[name]
    question = form.question(name)
    options = question.options if question else ()
    return CALM.get(name) or (options[min(nth // 6, len(options) - 1)].slug if options else None)


def submit(office: Office, checkin: Checkin) -> str:
    """The token of the button that sends the screen now asked."""
    return office.signed(f"r1|checkin|{checkin.id}|{checkin.state.step}|submit|")


# --- the years before -------------------------------------------------------------------------------------------------

YEAR = timedelta(weeks=52)


def remember(url: str, years: int) -> None:
    """Give the one pilot so many years in all: what was answered and found, once more for each year before."""
    engine = create_engine(parsed(url))
    tables = {table.name: table for table in Row.metadata.sorted_tables}
    checkin, submission = tables["checkin"], tables["submission"]
    done = select(checkin.c.id).where(checkin.c.phase == "done")
    given = select(submission.c.id).where(submission.c.checkin_id.in_(done))
    event, snapshot, answer = tables["event"], tables["snapshot"], tables["answer"]
    kept = {
        checkin: checkin.c.id.in_(done),
        submission: submission.c.id.in_(given),
        answer: answer.c.submission_id.in_(given),
        snapshot: snapshot.c.checkin_id.in_(done),
        event: event.c.kind.not_like("pilot.%"),  # it has gone through its stages once
    }
    with engine.begin() as connection:
        many = {table: connection.scalar(select(func.max(table.c.id))) for table in kept if "id" in table.c}
        last = {
            table: connection.execute(select(table).where(which)).mappings().all()
            for table, which in kept.items()
        }
        for year, table in itertools.product(range(1, years), kept):
            rows = [_earlier(table, row, year, many) for row in last[table]]
            connection.execute(insert(table), rows)
    engine.dispose()


def _earlier(table: Table, row: Mapping[str, Any], year: int, many: Mapping[Table, int]) -> dict[str, Any]:
    """A row of a year before: other numbers, other moments."""

    def moved(column: Column[Any]) -> Any:
        value = row[column.name]
        own = table if column.name == "id" else None
        meant = next((key.column.table for key in column.foreign_keys if key.column.name == "id"), own)
        if value is not None and meant in many:
            return value + year * many[meant]
        return value - year * YEAR if isinstance(value, datetime) else value

    return {column.name: moved(column) for column in table.columns}


# --- the others -----------------------------------------------------------------------------------------------------


HURRY = {  # for as long as it is filled
    "sqlite": ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -4000000"),
    # What is copied of what holds together holds together: a look at each reference takes ten times as long.
    "postgresql": ("SET LOCAL session_replication_role = replica", "SET LOCAL work_mem = '1GB'"),
}


def multiply(url: str, pilots: int = PILOTS) -> None:
    """Copy what the one pilot has until there are so many."""
    assert pilots <= APART, "their numbers would meet"
    engine = create_engine(parsed(url))
    with engine.connect() as connection, connection.begin():
        for hurry in HURRY[engine.dialect.name]:
            connection.execute(text(hurry))
        for table in Row.metadata.sorted_tables:
            if table.name in COPIED:
                _copy(connection, table, pilots)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # as autovacuum would
    engine.dispose()


def _copy(connection: Connection, table: Table, pilots: int) -> None:
    """One row less than there are to be pilots for each one: what is numbered n becomes n * APART + 1 and so on."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < pilots - 1))
    values = [_of_copy(column, numbers.c.n).label(column.name) for column in table.columns]
    rows = select(*values).select_from(table.join(numbers, literal(value=True)))
    order = [*table.primary_key, numbers.c.n]
    connection.execute(
        insert(table).from_select([column.name for column in table.columns], rows.order_by(*order))
    )
    if connection.dialect.name == "postgresql" and "id" in table.columns:
        highest = select(func.max(table.c.id)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), highest)))


def _of_copy(column: Column[Any], n: Any) -> Any:
    """A column of the copy number n."""
    meant = {key.column.table.name for key in column.foreign_keys if key.column.name == "id"}
    if column.name == "id" or meant & COPIED:
        return column * APART + n
    if column.name in NAMED_APART.get(column.table.name, ()):
        return column.concat("-").concat(cast(n, Text))
    return column
