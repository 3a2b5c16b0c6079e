"""The one place where a statement is tied to its organisation: nothing else in storage may run a statement of a unit.

Statements are built once, at import. `Mine` is what can be run, and only the functions here make one, so that a
query which forgets the organisation of any table in it does not import.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    FromClause,
    Join,
    Row,
    Select,
    Table,
    UnaryExpression,
    Update,
    bindparam,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.operators import custom_op
from sqlmodel import SQLModel

from bot.core.button_key import ButtonKey
from bot.core.questionnaire import Questionnaire
from bot.core.records import CheckinId, Organisation, OrganisationId, Person, PersonId, PilotId
from bot.storage.columns import TOO_LARGE
from bot.storage.errors import StorageError, explained
from bot.storage.fields import table
from bot.storage.statements import Asked, Change, Mine, Statement, asked_of

ORG = "org"  # the bind parameter of every statement here
Record: TypeAlias = "Row[*tuple[Any, ...]]"  # one row of a result
MOST_SEEN = (
    1000  # results noted by one unit: a status needs 20, twenty openings 500; a seed would note thousands
)
GONE = "What was to be changed is not there any more. Look it up again."


@dataclass(slots=True)
class Known:
    """What was committed and never changes, kept for the life of the process: organisations, words, forms."""

    organisations: dict[OrganisationId, Organisation] = field(default_factory=dict)
    words: dict[OrganisationId, dict[str, int]] = field(default_factory=dict)
    texts: dict[OrganisationId, dict[int, str]] = field(default_factory=dict)
    forms: dict[tuple[OrganisationId, str, int], Questionnaire] = field(default_factory=dict)
    button_keys: dict[OrganisationId, ButtonKey] = field(default_factory=dict)

    def learn(self, scope: Scope) -> None:
        """Take over what a committed unit saw."""
        org = scope.organisation.id
        self.words.setdefault(org, {}).update(scope.seen_words)
        self.texts.setdefault(org, {}).update({number: word for word, number in scope.seen_words.items()})
        self.forms.update({(org, *key): form for key, form in scope.seen_forms.items()})


class Scope:
    """What every room of a unit stands on: one connection inside a transaction, and one organisation.

    The transaction sees one moment of the database, and its own writes: what it read once is not read again until it
    writes to one of the same tables.
    """

    def __init__(self, connection: Connection, organisation: Organisation, known: Known) -> None:
        self.organisation = organisation
        self.failed: StorageError | None = (
            None  # then the unit is over, as PostgreSQL has it: nothing is stored
        )
        self.seen_checkins: set[CheckinId] = set()  # known to be this organisation's
        self.fresh_checkins: set[CheckinId] = set()  # added by this unit, unseen by any other
        self.seen_schedules: set[int] = set()
        self.seen_homes: dict[PersonId, tuple[int, ...]] = {}  # their numbers, of those that are looked at
        self.seen_people: dict[PersonId, Person | None] = {}
        self.expected_people: set[PersonId] = set()  # read together with the first who is asked for
        self.seen_words: dict[str, int] = {}
        self.seen_forms: dict[tuple[str, int], Questionnaire] = {}
        self.outdated: set[PersonId] = set()  # whose homes this unit has marked
        self.portfolio_outdated = False
        self._known = known
        self._connection = connection
        self._dialect = connection.dialect.name
        self._seen: dict[Mine, dict[Asked, Sequence[Record]]] = defaultdict(dict)
        self._noted = 0
        self._waiting: dict[Mine, list[tuple[Change, Mapping[str, Any]]]] = {}

    def _run(self, mine: Mine, values: Any) -> CursorResult[*tuple[Any, ...]]:
        if self._waiting and self._comes_after(mine):
            self.write_waiting()
        return self._at_once(mine, values)

    def _at_once(self, mine: Mine, values: Any) -> CursorResult[*tuple[Any, ...]]:
        if self.failed is not None:
            raise self.failed
        statement = mine.postgresql if self._dialect == "postgresql" else mine.sqlite
        try:
            return self._connection.execute(statement, values)
        except SQLAlchemyError as error:
            self.failed = explained(error)
            raise self.failed from error
        except OverflowError as error:
            self.failed = StorageError(TOO_LARGE)
            raise self.failed from error

    def _all(self, mine: Mine, **values: Any) -> Sequence[Record]:
        if self.failed is not None:
            raise self.failed
        asked = asked_of(mine, values)
        found = self._seen[mine].get(asked)
        if found is None:
            if self._waiting:
                self._write_what_it_would_find(asked)
            found = self._at_once(mine, {ORG: self.organisation.id, **values}).all()
            self._note(asked, found)
        return found

    def _note(self, asked: Asked, found: Sequence[Any]) -> None:
        """Remember what a query finds, until this unit changes it."""
        if self._noted == MOST_SEEN:
            self._seen.clear()
            self._noted = 0
        self._noted += 1
        self._seen[asked.statement][asked] = found

    def _one(self, mine: Mine, **values: Any) -> Record | None:
        """The row, of a query that finds at most one, or orders them and has a limit of one."""
        found = self._all(mine, **values)
        return found[0] if found else None

    def _write(self, mine: Mine, values: Any, *, of: PilotId | None = None) -> CursorResult[*tuple[Any, ...]]:
        """Run it, and forget what it may have changed; it changes rows `of` one pilot where its values name one."""
        of = values.get("pilot_id", of) if isinstance(values, Mapping) else of
        self._forget(Change(mine.tables, of, new=mine.adds))
        return self._run(mine, values)

    def _forget(self, change: Change) -> None:
        for statement, known in self._seen.items():
            if known and statement.is_changed(change):
                kept = {one: rows for one, rows in known.items() if one.is_about_another(change)}
                self._seen[statement] = kept

    # --- what is written together

    def _add_soon(self, mine: Mine, values: Mapping[str, Any]) -> None:
        """Insert a row that nobody asks back about, with those like it: before whatever could tell the difference, or
        as the unit's last act.
        """
        change = Change(mine.tables, values.get("pilot_id"), values.get("person_id"), new=True)
        self._forget(change)
        self._waiting.setdefault(mine, []).append((change, {"org_id": self.organisation.id, **values}))

    def _change_soon(self, pilot: PilotId, mine: Mine, *, fresh: bool = False, **values: Any) -> None:
        """The same of an UPDATE of one row that is known to be there. `fresh`: this unit added it."""
        change = Change(mine.tables, pilot, new=fresh)
        self._forget(change)
        self._waiting.setdefault(mine, []).append((change, {ORG: self.organisation.id, **values}))

    def _comes_after(self, mine: Mine) -> bool:
        """Whether a change must not run before those that wait: a new row is another one than those they change."""
        return not mine.adds or any(
            other.adds and not mine.tables.isdisjoint(other.tables) for other in self._waiting
        )

    def _write_what_it_would_find(self, asked: Asked) -> None:
        """The rest waits on: it names rows that are there, so that its order among other tables is nobody's matter."""
        for mine, waiting in list(self._waiting.items()):
            if any(
                asked.statement.is_changed(change) and not asked.is_about_another(change)
                for change, _ in waiting
            ):
                del self._waiting[mine]
                self._write_together(mine, waiting)

    def write_waiting(self) -> None:
        """Write all that waits, each statement once."""
        waiting, self._waiting = self._waiting, {}
        for mine, rows in waiting.items():
            self._write_together(mine, rows)

    def _write_together(self, mine: Mine, rows: Sequence[tuple[Change, Mapping[str, Any]]]) -> None:
        changed = self._at_once(mine, [values for _, values in rows]).rowcount
        if not mine.adds and changed != len(rows):
            self.failed = StorageError(GONE)
            raise self.failed

    def _change(self, mine: Mine, **values: Any) -> int:
        """How many rows an UPDATE or DELETE met."""
        return self._write(mine, {ORG: self.organisation.id, **values}).rowcount

    def _change_of(self, pilot: PilotId, mine: Mine, **values: Any) -> int:
        """The same of a statement that meets rows of one pilot alone."""
        return self._write(mine, {ORG: self.organisation.id, **values}, of=pilot).rowcount

    def _add(self, mine: Mine, values: Mapping[str, Any]) -> Record | None:
        """Insert a row; what the statement returns, if it inserted."""
        result = self._write(mine, {"org_id": self.organisation.id, **values})
        return result.first() if result.returns_rows else None

    def _stored(self, add: Mine, change: Mine, values: dict[str, Any]) -> int:
        """Insert when there is no id yet, else change; the id. Raises StorageError when it is not ours."""
        if "id" not in values:
            row = self._add(add, values)
            assert row is not None  # noqa: S101 - RETURNING of a plain INSERT
            return int(row.id)
        rest = {name: value for name, value in values.items() if name != "id"}
        if not self._change(change, at_id=values["id"], **rest):
            raise StorageError(GONE)
        return int(values["id"])

    def _add_all(self, mine: Mine, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert many rows with one statement."""
        listed = [{"org_id": self.organisation.id, **values} for values in rows]
        if listed:
            self._write(mine, listed)


def own(source: Table | FromClause) -> ColumnElement[bool]:
    """The condition that a table, or an alias of one, is this organisation's: for queries inside queries."""
    return source.c.org_id == bindparam(ORG)


def mine(
    statement: Statement,
    postgres: Statement | None = None,
    *,
    by_other: Sequence[Table] = (),
    grown_by: Sequence[Table] | None = None,
    of_person: bool = False,
) -> Mine:
    """A query or change of this organisation's rows only; `postgres` is its other wording where one is needed.

    Rows of the tables `by_other` are found by other means, and then checked: without statistics SQLite takes an
    organisation for ten rows and would look through all of its history.
    """
    tied, tables = _tied(statement, by_other)
    grown = None if grown_by is None else frozenset(one.name for one in grown_by)
    other = tied
    if postgres is not None or by_other:
        other = _tied(statement if postgres is None else postgres, ())[0]
    return Mine(tied, other, tables, grown_by=grown, of_person=of_person)


def changed(row: type[SQLModel], *where: str) -> Mine:
    """UPDATE the row whose `where` columns (`id`) equal the values named `at_...`; sets what else it is run with."""
    target = table(row)
    return mine(
        update(target).where(*(target.c[name] == bindparam(f"at_{name}") for name in where or ("id",)))
    )


def added(row: type[SQLModel], *returning: str) -> Mine:
    """INSERT one row or many, the organisation filled in."""
    return _both(row, returning, lambda statement: statement, adds=True)


def added_once(row: type[SQLModel], *returning: str) -> Mine:
    """INSERT, or nothing and no row returned when a unique value is there already."""
    return _both(row, returning, lambda statement: statement.on_conflict_do_nothing(), adds=True)


def put(row: type[SQLModel], *returning: str, by: Sequence[str], columns: Sequence[str]) -> Mine:
    """INSERT, or UPDATE of `columns` where the unique `by` is there; another organisation's row is left alone."""

    def upsert(statement: Statement) -> Statement:
        fresh = statement.excluded
        target = table(row)
        return statement.on_conflict_do_update(
            index_elements=list(by),
            set_={name: fresh[name] for name in columns},
            where=target.c.org_id == fresh.org_id,
        )

    return _both(row, returning, upsert, adds=False)


def columns_of(row: type[SQLModel], domain: type[Any]) -> list[ColumnElement[Any]]:
    """The columns that are named as a domain value's fields, in their order: `domain(*record)` reads a row."""
    target = table(row)
    return [target.c[each.name] for each in fields(domain)]


def values_of(value: Any) -> dict[str, Any]:
    """A domain value's fields by name, one level deep; an id of 0 is left for the database to give."""
    found = {each.name: getattr(value, each.name) for each in fields(value)}
    if found.get("id") == 0:
        del found["id"]
    return found


def _both(row: type[SQLModel], returning: Sequence[str], wording: Any, *, adds: bool) -> Mine:
    target = table(row)
    back = [target.c[name] for name in returning]
    both = [wording(dialect.insert(target)) for dialect in (sqlite, postgresql)]
    said = [statement.returning(*back) if back else statement for statement in both]
    return Mine(said[0], said[1], frozenset({target.name}), adds)


def _tied(statement: Statement, by_other: Sequence[Table]) -> tuple[Statement, frozenset[str]]:
    """The statement with its outermost tables tied to the organisation, and the names of all tables in it.

    AssertionError if an inner one is not tied.
    """
    outer = list(_sources(statement))
    tied = statement.where(*(_checked(s) if s in by_other else own(s) for s in outer))
    everything = [*outer, *_inner_sources(tied)]
    loose = {source.description for source in everything} - {source.description for source in _owned(tied)}
    assert not loose, f"not tied to the organisation: {sorted(loose)}"  # noqa: S101 - a mistake of ours, at import
    return tied, frozenset(_name(source) for source in everything)


def _name(source: Any) -> str:
    """The name of a table, that of the aliased one for an alias."""
    return str(getattr(source, "element", source).name)


def unsearched(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column with SQLite's sign for "do not search or sort by an index of this": a plus before it."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def _checked(source: FromClause) -> ColumnElement[bool]:
    """As `own`, of rows that are found by other means."""
    return unsearched(source.c.org_id) == bindparam(ORG)


def _sources(statement: Statement) -> Iterator[FromClause]:
    """The tables and aliases of tables that a statement itself names, those inside joins included.

    Asking a query for them compiles it: the dearest part of an import, so that each is asked once.
    """
    waiting = list(statement.get_final_froms()) if isinstance(statement, Select) else [statement.table]
    while waiting:
        source = waiting.pop()
        if isinstance(source, Join):
            waiting += [source.left, source.right]
        elif "org_id" in source.c and not isinstance(getattr(source, "element", None), Select):
            yield source


def _inner_sources(statement: Statement) -> Iterator[FromClause]:
    for part in visitors.iterate(statement):
        if isinstance(part, Select | Update) and part is not statement:
            yield from _sources(part)


def _owned(statement: Statement) -> Iterator[Any]:
    for part in visitors.iterate(statement):
        if (
            isinstance(part, BinaryExpression)
            and isinstance(part.right, BindParameter)
            and part.right.key == ORG
        ):
            yield from (column.table for column in visitors.iterate(part.left) if isinstance(column, Column))
