"""What the rows are written with: base class, kinds of columns, references, indexes; it must not know a table."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from sqlalchemy import ForeignKeyConstraint, Index, Integer, MetaData, SmallInteger, Table, text
from sqlmodel import Field, SQLModel

from bot.storage.columns import JsonText, Moment, Plain, Small

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
NO_ROWID = {"sqlite_with_rowid": False}  # the primary key is the table: one B-tree in place of two
# SQLite counts up by itself in a column of exactly this type.
TENANT = SmallInteger().with_variant(Integer(), "sqlite")


class Row(SQLModel):
    """What every table shares."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


def table(row: type[SQLModel]) -> Table:
    """The Core table of a row."""
    return cast("Table", row.__table__)  # type: ignore[attr-defined]  # SQLModel adds it to classes that are tables


def of(*columns: str, to: str, key: tuple[str, ...] = ("id",)) -> ForeignKeyConstraint:
    """A reference inside the organisation."""
    return ForeignKeyConstraint(("org_id", *columns), [f"{to}.{name}" for name in ("org_id", *key)])


def of_organisation() -> ForeignKeyConstraint:
    """The reference of what belongs to nothing smaller."""
    return ForeignKeyConstraint(("org_id",), ["organisation.id"])


def waiting(name: str, *columns: str, condition: str, unique: bool = False) -> Index:
    """A partial index: only rows that still wait for something are in it."""
    return Index(
        name, *columns, unique=unique, sqlite_where=text(condition), postgresql_where=text(condition)
    )


def plain(default: str = "") -> Any:
    """A text."""
    return Field(default=default, sa_type=Plain)


def moment(*, null: bool = False) -> Any:
    """A moment in UTC."""
    return Field(default=None, sa_type=Moment, nullable=null)


def as_json(*, null: bool = False) -> Any:
    """JSON as text."""
    return Field(default=None, sa_type=JsonText, nullable=null)


def small(*, key: bool = False, null: bool = False) -> Any:
    """A number below 32,768: two bytes on PostgreSQL, where the widest column rounds a row up to eight."""
    if key:
        return Field(default=None, sa_type=Small, primary_key=True, sa_column_kwargs={"autoincrement": False})
    return Field(default=None, sa_type=Small, nullable=null)


def given_key() -> Any:
    """One part of a primary key that is given, not counted."""
    return Field(sa_type=Integer, primary_key=True, sa_column_kwargs={"autoincrement": False})


def text_key() -> Any:
    """One part of a primary key that is a text."""
    return Field(sa_type=Plain, primary_key=True)
