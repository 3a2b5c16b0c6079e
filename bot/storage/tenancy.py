"""PostgreSQL's own lock between organisations: whose rows a transaction may see; it must not know any statement.

Every table of organisations has a policy that reads one setting: an organisation's number, or "*" for what serves all
of them (the outbox, homes, dead letters, installations, and finding out whose a workspace is). Without it a statement
sees nothing. The setting ends with its transaction. Whoever owns the tables is not bound (docs/adr/0028); then nothing
is set either, and it costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from bot.core.records import OrganisationId
from bot.storage.database import Database, Work

T = TypeVar("T")

EVERYBODY = "*"
BOUND = "SELECT row_security_active('person')"
BIND = "SET LOCAL rampcheck.organisation = '{}'"


def is_bound(connection: Connection) -> bool:
    """Whether this connection's role is bound by the policies; nobody is on SQLite, which has none."""
    return connection.dialect.name == "postgresql" and bool(connection.exec_driver_sql(BOUND).scalar())


def bind(connection: Connection, organisation: OrganisationId) -> None:
    """From here to the end of the transaction nothing but this organisation's rows can be seen or written."""
    connection.exec_driver_sql(BIND.format(int(organisation)))


@dataclass(frozen=True, slots=True)
class Everywhere:
    """A database for what serves every organisation, and says so in each transaction."""

    database: Database

    def write(self, work: Work[T]) -> T:
        return self.database.write(_open(work))

    def claim(self, work: Work[T]) -> T:
        return self.database.claim(_open(work))

    def read(self, work: Work[T]) -> T:
        return self.database.read(_open(work))

    def close(self) -> None:
        self.database.close()


def _open(work: Work[T]) -> Work[T]:
    def opened(connection: Connection) -> T:
        connection.exec_driver_sql(BIND.format(EVERYBODY))
        return work(connection)

    return opened
