"""Places in the local chat: whoever can be reached nowhere else gets one at once; it must not know the page."""

from __future__ import annotations

from bot.core.ports import Unit
from bot.core.records import Address, Connection, Identity, Person


def seat_everybody(unit: Unit, connection: Connection) -> int:
    """Give a direct conversation to everybody who has no address at all; how many got one.

    Whoever is known on another platform keeps being reached there.
    """
    lacking = [person for person in unit.people() if person.active and not unit.identities(person.id)]
    for person in lacking:
        user = f"p{person.id}"
        address = Address(connection.id, connection.platform, f"dm:{user}")
        unit.save_identity(Identity(person.id, user, address))
    return len(lacking)


def seat_of(unit: Unit, connection: Connection, person: Person) -> str | None:
    """A person's key in the local chat."""
    keys = (one.external for one in unit.identities(person.id) if one.address.connection == connection.id)
    return next(keys, None)
