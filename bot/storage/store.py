"""The `Store` of core.ports on either database: units of work, and what belongs to no single organisation."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection as Opened
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from bot.core import ports
from bot.core.button_key import ButtonKey
from bot.core.installations import Installations
from bot.core.ports import Letters, Outbox, Unit
from bot.core.records import Connection, Organisation, OrganisationId
from bot.storage.database import Database
from bot.storage.errors import SCHEMA_BEHIND, StorageError, explained
from bot.storage.fields import table
from bot.storage.installations import SqlInstallations
from bot.storage.letters import SqlLetters
from bot.storage.migrations import HEAD
from bot.storage.outbox import SqlOutbox
from bot.storage.redraws import SqlHomes
from bot.storage.scope import Known
from bot.storage.sealing import Seal
from bot.storage.tables import BeatRow, ConnectionRow, OrganisationRow
from bot.storage.tenancy import Everywhere, bind, is_bound
from bot.storage.unit import SqlUnit

T = TypeVar("T")

_organisation, _connection, _beat = table(OrganisationRow), table(ConnectionRow), table(BeatRow)

_organisations = select(_organisation.c.id, _organisation.c.name, _organisation.c.zone)
ORGANISATIONS = _organisations.order_by(_organisation.c.id)
ORGANISATION = _organisations.where(_organisation.c.id == bindparam("id"))
BUTTON_KEY = select(_organisation.c.button_secret, _organisation.c.plain_until).where(
    _organisation.c.id == bindparam("id")
)
# Only where there is none: of two processes that look at once, both use the first one's.
NEW_BUTTON_KEY = (
    update(_organisation)
    .where(_organisation.c.id == bindparam("at_id"), _organisation.c.button_secret.is_(None))
    .values(button_secret=bindparam("fresh"))
)
ADD_ORGANISATION = insert(_organisation).returning(_organisation.c.id)
ORGANISATION_OF = select(_connection.c.org_id, _connection.c.id).where(
    _connection.c.platform == bindparam("platform"), _connection.c.external == bindparam("external")
)
CONNECTION = select(
    _connection.c.org_id,
    *(_connection.c[name] for name in ("id", "platform", "external", "active")),
).where(_connection.c.id == bindparam("id"))
BEATS = select(_beat.c.worker, _beat.c.at)


def _beat_of(dialect: Any) -> Any:
    statement = dialect.insert(_beat)
    return statement.on_conflict_do_update(index_elements=["worker"], set_={"at": statement.excluded.at})


BEAT = {"sqlite": _beat_of(sqlite), "postgresql": _beat_of(postgresql)}


class SqlStore:
    """Every organisation's data in one database."""

    def __init__(self, database: Database, *, keys: Sequence[str] = ()) -> None:
        """Raises StorageError when the tables are not those of this version; the database is closed then."""
        self._database = database
        self._known = Known()
        try:
            database.read(_check_version)
            self._bound = database.read(is_bound)
        except StorageError:
            database.close()
            raise
        self._everywhere: Database = Everywhere(database) if self._bound else database
        self.outbox: Outbox = SqlOutbox(self._everywhere.claim)
        self.letters: Letters = SqlLetters(self._everywhere.claim, self._everywhere.read)
        self.installations: Installations = SqlInstallations(self._everywhere, Seal(keys))
        self.homes: ports.Homes = SqlHomes(self._everywhere.claim)

    def write(self, organisation: OrganisationId, work: Callable[[Unit], T]) -> T:
        return self._run(self._database.write, organisation, work)

    def read(self, organisation: OrganisationId, work: Callable[[Unit], T]) -> T:
        return self._run(self._database.read, organisation, work)

    def organisations(self) -> Sequence[Organisation]:
        rows = self._database.read(lambda connection: _rows(connection, ORGANISATIONS))
        return [Organisation(*row) for row in rows]

    def organisation_of(self, platform: str, external: str) -> tuple[OrganisationId, int] | None:
        who = {"platform": platform, "external": external}
        rows = self._everywhere.read(lambda connection: _rows(connection, ORGANISATION_OF, who))
        return (rows[0].org_id, rows[0].id) if rows else None

    def connection(self, connection: int) -> tuple[OrganisationId, Connection] | None:
        rows = self._everywhere.read(lambda opened: _rows(opened, CONNECTION, {"id": connection}))
        return (rows[0].org_id, Connection(*rows[0][1:])) if rows else None

    def add_organisation(self, name: str, zone: str) -> Organisation:
        values = {"name": name, "zone": zone, "button_secret": _new_secret()}
        rows = self._database.write(lambda connection: _rows(connection, ADD_ORGANISATION, values))
        return Organisation(rows[0].id, name, zone)

    def button_key(self, organisation: OrganisationId) -> ButtonKey:
        known = self._known.button_keys.get(organisation)
        if known is None:
            known = self._known.button_keys[organisation] = self._button_key(organisation)
        return known

    def _button_key(self, organisation: OrganisationId) -> ButtonKey:
        """Made at first use where an older program added the organisation."""
        who = {"id": organisation}
        row = next(iter(self._database.read(lambda opened: _rows(opened, BUTTON_KEY, who))), None)
        if row is not None and row.button_secret is None:
            fresh = {"at_id": organisation, "fresh": _new_secret()}
            self._database.write(lambda opened: _rows(opened, NEW_BUTTON_KEY, fresh))
            row = next(iter(self._database.read(lambda opened: _rows(opened, BUTTON_KEY, who))), None)
        if row is None:
            raise StorageError(f"There is no organisation {organisation}. Look it up again.")
        return ButtonKey(bytes.fromhex(row.button_secret), row.plain_until)

    def beat(self, worker: str, now: datetime) -> None:
        values = {"worker": worker, "at": now}
        self._database.write(lambda connection: _rows(connection, BEAT[connection.dialect.name], values))

    def beats(self) -> Mapping[str, datetime]:
        return {
            row.worker: row.at for row in self._database.read(lambda connection: _rows(connection, BEATS))
        }

    def close(self) -> None:
        self._database.close()

    def _run(self, run: Callable[[Any], Any], organisation: OrganisationId, work: Callable[[Unit], T]) -> T:
        def unit_of_work(connection: Opened) -> tuple[SqlUnit, T]:
            if self._bound:
                bind(connection, organisation)
            unit = SqlUnit(connection, self._organisation(connection, organisation), self._known)
            result = work(unit)
            unit.write_waiting()
            if unit.failed is not None:
                raise unit.failed
            return unit, result

        unit: SqlUnit
        result: T
        unit, result = run(unit_of_work)
        self._known.learn(unit)
        return result

    def _organisation(self, connection: Opened, organisation: OrganisationId) -> Organisation:
        known = self._known.organisations.get(organisation)
        if known is None:
            rows = _rows(connection, ORGANISATION, {"id": organisation})
            if not rows:
                raise StorageError(f"There is no organisation {organisation}. Look it up again.")
            known = self._known.organisations[organisation] = Organisation(*rows[0])
        return known


def _new_secret() -> str:
    """256 random bits, in hexadecimal digits."""
    return secrets.token_hex(32)


def _rows(connection: Opened, statement: Any, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
    try:
        result = connection.execute(statement, values or {})
        return result.all() if result.returns_rows else []
    except SQLAlchemyError as error:
        raise explained(error) from error


def _check_version(connection: Opened) -> None:
    try:
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except SQLAlchemyError as error:
        problem = explained(error)
        if str(problem) != SCHEMA_BEHIND:
            raise problem from error
        found = None
    if found != HEAD:
        raise StorageError(
            f"The database's tables are at version {found or 'none'}, this Rampcheck needs {HEAD}. "
            "Run `rampcheck db upgrade`."
        )
