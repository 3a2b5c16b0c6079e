"""A statement of one organisation, and when what it found may have changed; it must not know how one is made or run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.records import PersonId, PilotId

Statement = Any  # SQLAlchemy has no public common type of what can be executed


@dataclass(frozen=True, slots=True, eq=False)
class Mine:
    """A statement of one organisation, as SQLite and PostgreSQL say it, and the names of the tables in it.

    `adds`: it adds rows and changes none. Of a query, `grown_by` are the tables of which a new row may be found, as a
    row of the others is found by its number in one of these; `of_person`: only rows that name the one asked for.
    """

    sqlite: Statement
    postgresql: Statement
    tables: frozenset[str]
    adds: bool = False
    grown_by: frozenset[str] | None = None
    of_person: bool = False

    def is_changed(self, by: Change) -> bool:
        """Whether a change may change what this finds, of whomever."""
        found_in = self.grown_by if by.new and self.grown_by is not None else self.tables
        return not found_in.isdisjoint(by.tables)


@dataclass(frozen=True, slots=True)
class Change:
    """Rows that are changed in some tables: of one pilot, or about one person, where that is known; or `new` ones."""

    tables: frozenset[str]
    pilot: PilotId | None
    person: PersonId | None = None
    new: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its values; `pilot` and `person` where it reads rows of one alone."""

    statement: Mine
    values: tuple[tuple[str, Any], ...]
    pilot: PilotId | None
    person: PersonId | None

    def is_about_another(self, change: Change) -> bool:
        """Whether a change is of another pilot or person than this reads."""
        return _differ(self.pilot, change.pilot) or _differ(self.person, change.person)


def _differ(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one != other


def asked_of(statement: Mine, values: Mapping[str, Any]) -> Asked:
    """A query by which what it finds is remembered."""
    given = tuple((name, tuple(one) if isinstance(one, list) else one) for name, one in values.items())
    return Asked(statement, given, values.get("pilot"), values["person"] if statement.of_person else None)
