"""People, their accounts and channels: rows to values and back; it must not know what anybody is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.records import Address, Channel, Connection, Identity, Person, PersonId, Standing
from bot.storage.columns import storable
from bot.storage.errors import StorageError
from bot.storage.fields import table
from bot.storage.scope import Record, Scope, added, changed, columns_of, mine, put, values_of
from bot.storage.statements import Mine
from bot.storage.tables import WAITS_STILL, ChannelRow, ConnectionRow, IdentityRow, MessageRow, PersonRow

SWITCHED_OFF = "address switched off"

_connection, _person, _identity = table(ConnectionRow), table(PersonRow), table(IdentityRow)
_channel, _message = table(ChannelRow), table(MessageRow)

_people = select(*columns_of(PersonRow, Person))
PERSONS = mine(_people.where(_person.c.id.in_(bindparam("ids", expanding=True))))
PEOPLE = mine(_people.order_by(_person.c.folded, _person.c.id))
ABSENT = mine(_people.where(_person.c.away_until.is_not(None)).order_by(_person.c.id))
OVERSEERS = mine(
    _people.where(
        _person.c.active,
        _person.c.standing.in_((Standing.ADMIN, Standing.LEAD)) | _person.c.leads.is_not(None),
    ).order_by(_person.c.folded, _person.c.id)
)
REPRESENTED = mine(_people.where(_person.c.stand_in.is_not(None)).order_by(_person.c.id))
_found = _people.where(_person.c.active).order_by(_person.c.folded, _person.c.id).limit(bindparam("top"))
FIND_PEOPLE = mine(
    _found.where(func.instr(_person.c.folded, bindparam("text")) > 0),
    _found.where(func.strpos(_person.c.folded, bindparam("text")) > 0),
)
# The line break before it: the whole address, and no name.
PEOPLE_OF_EMAIL = mine(
    _people.where(func.instr(_person.c.folded, bindparam("text")) > 0).order_by(_person.c.id),
    _people.where(func.strpos(_person.c.folded, bindparam("text")) > 0).order_by(_person.c.id),
)
PERSON_OF = mine(
    _people.join_from(_identity, _person, _identity.c.person_id == _person.c.id).where(
        _identity.c.connection_id == bindparam("connection"), _identity.c.external == bindparam("external")
    )
)
PERSON_AT = mine(
    _people.join_from(_identity, _person, _identity.c.person_id == _person.c.id).where(
        _identity.c.connection_id == bindparam("connection"), _identity.c.conversation == bindparam("at")
    )
)
ADD_PERSON = added(PersonRow, "id")
CHANGE_PERSON = changed(PersonRow)

# Nobody is reached by a chat that was disconnected; what was switched off by itself stays off when it is back.
_reached = and_(_identity.c.active, _connection.c.active)
_identities = (
    select(
        _identity.c.external,
        _reached.label("active"),
        _identity.c.connection_id,
        _connection.c.platform,
        _identity.c.conversation,
        _identity.c.service,
        _identity.c.thread,
        _identity.c.person_id,
    )
    .join_from(_identity, _connection, _identity.c.connection_id == _connection.c.id)
    .order_by(_reached.desc(), _identity.c.connection_id, _identity.c.external)
)
IDENTITIES = mine(_identities.where(_identity.c.person_id == bindparam("person")))


def identities_of(people: Any) -> Mine:
    """Those of these people."""
    return mine(_identities.where(_identity.c.person_id.in_(people)))


PUT_IDENTITY = put(
    IdentityRow,
    "person_id",
    by=("external", "connection_id"),
    columns=("person_id", "conversation", "service", "thread", "active"),
)
DROP_IDENTITY = mine(
    delete(_identity).where(
        _identity.c.connection_id == bindparam("connection"), _identity.c.external == bindparam("external")
    )
)

CONNECTION = mine(select(*columns_of(ConnectionRow, Connection)).where(_connection.c.id == bindparam("id")))
CONNECTIONS = mine(
    select(*columns_of(ConnectionRow, Connection)).order_by(_connection.c.platform, _connection.c.id)
)
PUT_CONNECTION = put(ConnectionRow, "id", by=("platform", "external"), columns=("active",))

_channels = select(
    _channel.c.id,
    _channel.c.name,
    and_(_channel.c.active, _connection.c.active).label("active"),
    _channel.c.connection_id,
    _connection.c.platform,
    _channel.c.conversation,
    _channel.c.service,
    _channel.c.thread,
).join_from(_channel, _connection, _channel.c.connection_id == _connection.c.id)
CHANNELS = mine(_channels.order_by(_channel.c.name, _channel.c.id))
CHANNEL = mine(_channels.where(_channel.c.id == bindparam("id")))


def _hear_channel() -> Mine:
    """INSERT a channel or wake the one there; what is given as empty text stays as it was."""
    both = []
    for dialect in (sqlite, postgresql):
        statement = dialect.insert(_channel)
        fresh = statement.excluded
        kept = {
            name: case((fresh[name] != "", fresh[name]), else_=_channel.c[name])
            for name in ("name", "service")
        }
        heard = statement.on_conflict_do_update(
            index_elements=["connection_id", "conversation"],
            set_={**kept, "active": literal(value=True)},
            where=_channel.c.org_id == fresh.org_id,
        )
        both.append(heard.returning(_channel.c.id))
    return Mine(both[0], both[1], frozenset({_channel.name}))


HEAR_CHANNEL = _hear_channel()


def _silence(target: Any, **values: Any) -> Mine:
    at = (target.c.connection_id == bindparam("connection"), target.c.conversation == bindparam("at"))
    return mine(update(target).where(*at).values(**values))


SILENCE_IDENTITY = _silence(_identity, active=False)
SILENCE_CHANNEL = _silence(_channel, active=False)
DROP_WAITING = mine(
    update(_message)
    .where(
        _message.c.connection_id == bindparam("connection"),
        _message.c.conversation == bindparam("at"),
        _message.c.settled_at.is_(None),
        _message.c.state.in_(WAITS_STILL),
    )
    .values(state="dead", reason=SWITCHED_OFF, settled_at=_message.c.due_at)  # nobody says what time it is
)


class People(Scope):
    """The unit's room for people, accounts and channels."""

    def person(self, person: PersonId) -> Person | None:
        if person not in self.seen_people:
            wanted = {person} | (self.expected_people - self.seen_people.keys())
            found = {row.id: as_person(row) for row in self._all(PERSONS, ids=sorted(wanted))}
            self.seen_people |= {each: found.get(each) for each in wanted}
        return self.seen_people[person]

    def people(self) -> Sequence[Person]:
        return [as_person(row) for row in self._all(PEOPLE)]

    def absent(self) -> Sequence[Person]:
        return [as_person(row) for row in self._all(ABSENT)]

    def overseers(self) -> Sequence[Person]:
        return [as_person(row) for row in self._all(OVERSEERS)]

    def represented(self) -> Sequence[Person]:
        return [as_person(row) for row in self._all(REPRESENTED)]

    def find_people(self, text: str, *, limit: int = 5) -> Sequence[Person]:
        wanted = " ".join(text.strip().removeprefix("@").split()).casefold()
        if not storable(wanted):  # nobody's name can hold it
            return []
        return [as_person(row) for row in self._all(FIND_PEOPLE, text=wanted, top=limit)]

    def person_of(self, connection: int, external: str) -> Person | None:
        if not storable(external):
            return None
        row = self._one(PERSON_OF, connection=connection, external=external)
        return None if row is None else as_person(row)

    def person_at(self, address: Address) -> Person | None:
        row = self._one(PERSON_AT, connection=address.connection, at=address.conversation)
        return None if row is None else as_person(row)

    def save_person(self, person: Person) -> Person:
        self.seen_people.clear()
        values = values_of(person) | {"folded": folded(person), "leads": list(person.leads) or None}
        return replace(person, id=self._stored(ADD_PERSON, CHANGE_PERSON, values))

    def people_of_email(self, email: str) -> Sequence[Person]:
        wanted = email.strip().casefold()
        if not wanted or not storable(wanted):
            return []
        found = map(as_person, self._all(PEOPLE_OF_EMAIL, text=f"\n{wanted}"))
        return [person for person in found if person.email.casefold() == wanted]

    def identities(self, person: PersonId) -> Sequence[Identity]:
        rows = self._all(IDENTITIES, person=person)
        return [Identity(person, row.external, Address(*row[2:7]), active=row.active) for row in rows]

    def save_identity(self, identity: Identity) -> None:
        values = {"external": identity.external, "person_id": identity.person, "active": identity.active}
        if self._add(PUT_IDENTITY, values | _address(identity.address)) is None:
            raise StorageError("This account belongs to another organisation. Remove it there first.")

    def drop_identity(self, identity: Identity) -> None:
        self._change(DROP_IDENTITY, connection=identity.address.connection, external=identity.external)

    def switch_off(self, address: Address) -> None:
        """Pending messages to the conversation are settled as dead; later ones are stored dead from the start."""
        where = {"connection": address.connection, "at": address.conversation}
        self._change(SILENCE_IDENTITY, **where)
        self._change(SILENCE_CHANNEL, **where)
        self._change(DROP_WAITING, **where)

    def connection(self, connection: int) -> Connection | None:
        row = self._one(CONNECTION, id=connection)
        return None if row is None else Connection(*row)

    def connections(self) -> Sequence[Connection]:
        return [Connection(*row) for row in self._all(CONNECTIONS)]

    def save_connection(self, connection: Connection) -> Connection:
        values = {name: getattr(connection, name) for name in ("platform", "external", "active")}
        row = self._add(PUT_CONNECTION, values)
        if row is None:
            raise StorageError(
                "This workspace is connected to another organisation. Disconnect it there first."
            )
        return Connection(row.id, **values)

    def channel(self, address: Address, name: str = "") -> Channel:
        """Calling this is hearing from the channel: one that was switched off is on again."""
        row = self._add(HEAR_CHANNEL, {"name": name, "active": True, **_address(address)})
        found = None if row is None else self._one(CHANNEL, id=row.id)
        if found is None:
            raise StorageError("This channel belongs to another organisation. Remove it there first.")
        return as_channel(found)

    def channels(self) -> Sequence[Channel]:
        return [as_channel(row) for row in self._all(CHANNELS)]


def folded(person: Person) -> str:
    """What a person is found and sorted by: a line break keeps a search from running from name into e-mail."""
    return f"{person.name}\n{person.email}".casefold()


def as_channel(row: Sequence[Any]) -> Channel:
    """From id, name, active and the five parts of the address."""
    return Channel(row[0], row[1], Address(*row[3:8]), active=row[2])


def as_person(row: Record) -> Person:
    """From the columns of a person."""
    special = {"standing": Standing(row.standing), "leads": tuple(row.leads or ())}
    return Person(**{**row._asdict(), **special})


def _address(address: Address) -> dict[str, Any]:
    return {
        "connection_id": address.connection,
        "conversation": address.conversation,
        "service": address.service,
        "thread": address.thread,
    }
