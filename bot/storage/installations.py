"""Installations of all organisations: their grants sealed, renewed by one at a time; it must not know a platform.

Everything here is found by connection, across organisations, as the outbox is: it serves the doors, not units of work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection as Opened
from sqlalchemy import and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from bot.core.installations import Arrival, Grant, Health, Installation
from bot.storage.database import Database
from bot.storage.errors import explained
from bot.storage.fields import table
from bot.storage.scope import Record
from bot.storage.sealing import Seal
from bot.storage.tables import (
    WAITS_STILL,
    ConnectionRow,
    InstallationRow,
    MessageRow,
    OauthStateRow,
    OrganisationRow,
)

REMOVED = "the app was removed from the workspace"

_organisation, _connection = table(OrganisationRow), table(ConnectionRow)
_installation, _state, _message = table(InstallationRow), table(OauthStateRow), table(MessageRow)

_where = (
    _connection.c.platform == bindparam("platform"),
    _connection.c.external == bindparam("external"),
)
# Whoever holds the oldest organisation's row decides where a newcomer goes: two at once must not both be the first.
FIRST = select(_organisation.c.id).order_by(_organisation.c.id).limit(1).with_for_update()
KNOWN = select(_connection.c.id, _connection.c.org_id, _connection.c.active).where(*_where)
OF_PLATFORM = (
    select(_connection.c.id)
    .where(_connection.c.org_id == bindparam("org"), _connection.c.platform == bindparam("platform"))
    .limit(1)
)
ADD_ORGANISATION = insert(_organisation).returning(_organisation.c.id)
ADD_CONNECTION = insert(_connection).returning(_connection.c.id)
SWITCH = update(_connection).where(_connection.c.id == bindparam("at")).values(active=bindparam("on"))

_found = select(
    _installation, _connection.c.platform, _connection.c.external, _connection.c.active
).join_from(_installation, _connection, _installation.c.connection_id == _connection.c.id)
OF = _found.where(*_where)
EVERYWHERE = _found.where(_connection.c.platform == bindparam("platform")).order_by(
    _installation.c.connection_id
)
SEALED = _found.where(_installation.c.sealed != "").order_by(_installation.c.connection_id)
RESEAL = (
    update(_installation)
    .where(_installation.c.connection_id == bindparam("at"), _installation.c.sealed == bindparam("was"))
    .values(sealed=bindparam("now_sealed"))
)

# What was seen is what is changed: a newer grant is never written over.
_seen = (_installation.c.connection_id == bindparam("at"), _installation.c.edition == bindparam("seen"))
_on = _installation.c.health == Health.ON
LEASE = (
    update(_installation)
    .where(
        *_seen,
        _on,
        or_(_installation.c.renewing_until.is_(None), _installation.c.renewing_until <= bindparam("now")),
    )
    .values(renewing_until=bindparam("until"))
)
REST = update(_installation).where(*_seen).values(renewing_until=bindparam("until"))
RENEW = (
    update(_installation)
    .where(*_seen, _installation.c.health != Health.REMOVED)
    .values(
        sealed=bindparam("fresh"),
        expires_at=bindparam("ends"),
        edition=_installation.c.edition + 1,
        health=Health.ON,
        reason="",
        renewing_until=None,
    )
)
FAIL = update(_installation).where(*_seen, _on).values(health=Health.BROKEN, reason=bindparam("why"))
FORGET = (
    update(_installation)
    .where(_installation.c.connection_id == bindparam("at"))
    .values(health=Health.REMOVED, reason=REMOVED, sealed="", expires_at=None, renewing_until=None)
)
DROP_WAITING = (
    update(_message)
    .where(
        _message.c.connection_id == bindparam("at"),
        _message.c.settled_at.is_(None),
        _message.c.state.in_(WAITS_STILL),
    )
    .values(state="dead", reason=REMOVED, settled_at=bindparam("now"))
)

EXPECT = insert(_state)
FORGET_STATES = delete(_state).where(_state.c.until <= bindparam("now"))
EXPECTED = delete(_state).where(and_(_state.c.digest == bindparam("at"), _state.c.until > bindparam("now")))


def _put(dialect: Any) -> Any:
    """INSERT what was granted, or put it in the place of what was there: one edition further."""
    statement = dialect.insert(_installation)
    fresh = statement.excluded
    kept = ("about", "sealed", "expires_at", "health", "reason", "renewing_until", "installed_at")
    return statement.on_conflict_do_update(
        index_elements=["connection_id"],
        set_={**{name: fresh[name] for name in kept}, "edition": _installation.c.edition + 1},
    )


PUT = {"sqlite": _put(sqlite), "postgresql": _put(postgresql)}


class SqlInstallations:
    """The `Installations` of core on a database."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def keep(self, arrival: Arrival, now: datetime, *, zone: str) -> Installation:
        values = {
            "about": dict(arrival.about),
            "sealed": self._sealed(arrival.grant, _owner(arrival)),
            "expires_at": arrival.grant.expires_at,
            "health": Health.ON,
            "reason": "",
            "renewing_until": None,
            "installed_at": now,
            "edition": 1,
        }

        def kept(opened: Opened) -> Record:
            at, org = _place(opened, arrival, zone)
            _run(opened, PUT[opened.dialect.name], {**values, "connection_id": at, "org_id": org})
            found: Record = _run(opened, OF, _names(arrival)).one()
            return found

        return self._read(self._database.claim(kept))

    def of(self, platform: str, external: str) -> Installation | None:
        at = {"platform": platform, "external": external}
        row = self._database.read(lambda opened: _run(opened, OF, at).first())
        return self._read(row) if row else None

    def everywhere(self, platform: str) -> Sequence[Installation]:
        rows = self._database.read(lambda opened: _run(opened, EVERYWHERE, {"platform": platform}).all())
        return [_as_installation(row, Grant("", expires_at=row.expires_at)) for row in rows]

    def remove(self, platform: str, external: str, now: datetime, *, at: datetime) -> bool:
        names = {"platform": platform, "external": external}

        def removed(opened: Opened) -> bool:
            known, found = _run(opened, KNOWN, names).first(), _run(opened, OF, names).first()
            if known is None or not known.active or (found and found.installed_at > at):
                return False
            _run(opened, SWITCH, {"at": known.id, "on": False})
            _run(opened, FORGET, {"at": known.id})
            _run(opened, DROP_WAITING, {"at": known.id, "now": now})
            return True

        return self._database.write(removed)

    def lease(self, seen: Installation, now: datetime, until: datetime) -> bool:
        return self._change(LEASE, seen, now=now, until=until)

    def rest(self, seen: Installation, until: datetime) -> None:
        self._change(REST, seen, until=until)

    def renew(self, seen: Installation, grant: Grant) -> bool:
        return self._change(RENEW, seen, fresh=self._sealed(grant, _owner(seen)), ends=grant.expires_at)

    def fail(self, seen: Installation, reason: str) -> bool:
        return self._change(FAIL, seen, why=reason)

    def reseal(self) -> int:
        rows = self._database.read(lambda opened: _run(opened, SEALED, {}).all())
        for row in rows:
            fresh = self._seal.renewed(row.sealed, owner=_owner(row))
            values = {"at": row.connection_id, "was": row.sealed, "now_sealed": fresh}
            self._write(RESEAL, values)  # one renewed meanwhile was sealed just now
        return len(rows)

    def expect(self, state: str, now: datetime, until: datetime) -> None:
        self._write(FORGET_STATES, {"now": now})
        self._write(EXPECT, {"digest": _digest(state), "until": until})

    def expected(self, state: str, now: datetime) -> bool:
        return self._write(EXPECTED, {"at": _digest(state), "now": now}) > 0

    def _change(self, statement: Any, seen: Installation, **values: Any) -> bool:
        return self._write(statement, {"at": seen.connection, "seen": seen.edition, **values}) > 0

    def _write(self, statement: Any, values: dict[str, Any]) -> int:
        changed: Callable[[Opened], int] = lambda opened: _run(opened, statement, values).rowcount  # noqa: E731  # typed for mypy
        return self._database.write(changed)

    def _sealed(self, grant: Grant, owner: str) -> str:
        return self._seal.close({"token": grant.token, "renewal": grant.renewal}, owner=owner)

    def _read(self, row: Record) -> Installation:
        if not row.sealed:
            return _as_installation(row, Grant(""))
        return _as_installation(
            row, Grant(**self._seal.open(row.sealed, owner=_owner(row)), expires_at=row.expires_at)
        )


def _place(opened: Opened, arrival: Arrival, zone: str) -> tuple[int, int]:
    """The connection, switched on, and its organisation; both made where they are new."""
    names = _names(arrival)
    first = _run(opened, FIRST, {}).scalar()
    known = _run(opened, KNOWN, names).first()
    if known:
        _run(opened, SWITCH, {"at": known.id, "on": True})
        return known.id, known.org_id
    org = first
    if first is None or _run(opened, OF_PLATFORM, {"org": first, "platform": arrival.platform}).first():
        org = _run(opened, ADD_ORGANISATION, {"name": arrival.name, "zone": zone}).scalar_one()
    return _run(opened, ADD_CONNECTION, {**names, "org_id": org, "active": True}).scalar_one(), org


def _names(arrival: Arrival) -> dict[str, Any]:
    return {"platform": arrival.platform, "external": arrival.external}


def _owner(one: Any) -> str:
    """Whose a grant is: what has a platform and an external id."""
    return f"{one.platform}:{one.external}"


def _digest(state: str) -> str:
    """States are kept as digests: who reads the table can finish nobody's installation."""
    return sha256(state.encode("utf-8", "surrogatepass")).hexdigest()


def _as_installation(row: Record, grant: Grant) -> Installation:
    health = Health(row.health) if row.active else Health.REMOVED
    return Installation(
        row.connection_id,
        row.org_id,
        row.platform,
        row.external,
        row.about,
        grant,
        health,
        row.reason,
        row.edition,
        row.installed_at,
    )


def _run(opened: Opened, statement: Any, values: dict[str, Any]) -> Any:
    try:
        return opened.execute(statement, values)
    except SQLAlchemyError as error:
        raise explained(error) from error
