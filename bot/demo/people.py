"""The people of the example and their places in the chat; it must not know what happens to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.core.localtime import wall
from bot.core.records import Address, Connection, Identity, Person, PersonId, Standing
from bot.service.work import Work

PLATFORM = "local"
CHANNEL = "ai-pilots"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody made up. `key` is what the local chat knows them by."""

    key: str
    name: str
    zone: str
    standing: Standing = Standing.MEMBER


LEAD = "lena"
SECURITY = "sofia"
COLLEAGUES = (
    Colleague(LEAD, "Lena Landing", "Europe/Riga", Standing.LEAD),
    Colleague("anna", "Anna Apron", "Europe/Riga"),
    Colleague("bo", "Bo Beacon", "Europe/Riga"),
    Colleague("diego", "Diego Delta", "America/New_York"),
    Colleague("grace", "Grace Glide", "Europe/Stockholm"),
    Colleague("hana", "Hana Hangar", "Asia/Tokyo"),
    Colleague("ingrid", "Ingrid Inlet", "Europe/Oslo"),
    Colleague("jonas", "Jonas Jetway", "Europe/Berlin"),
    Colleague("kofi", "Kofi Keel", "Africa/Accra"),
    Colleague("marta", "Marta Marshal", "Europe/Lisbon"),
    Colleague("mei", "Mei Mach", "Asia/Singapore"),
    Colleague("priya", "Priya Pitot", "Asia/Kolkata"),
    Colleague("ruth", "Ruth Rudder", "Europe/London"),
    Colleague(SECURITY, "Sofia Spar", "Europe/Madrid"),
    Colleague("tomas", "Tomás Taxiway", "Europe/London"),
    Colleague("victor", "Victor Vane", "America/New_York"),
)
ZONES: Mapping[str, str] = {colleague.key: colleague.zone for colleague in COLLEAGUES}


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is there, the channel of the digest, and the present from which all days are counted."""

    work: Work
    people: Mapping[str, PersonId]
    names: Mapping[PersonId, str]
    channel: Address

    @property
    def now(self) -> datetime:
        """The start of the demo."""
        return self.work.now

    def day(self, days: int) -> date:
        """So many days from today; the past is negative."""
        return self.work.today() + timedelta(days=days)

    def morning(self, days: int, colleague: str) -> datetime:
        """About ten o'clock of that day where a colleague is, but never later than now."""
        return min(wall(self.day(days), time(10, 20), ZONES[colleague]), self.now)


def settle(work: Work) -> Scene:
    """Store the people, each with a direct conversation in the local chat."""
    connection = work.unit.save_connection(Connection(0, PLATFORM, PLATFORM)).id
    people: dict[str, PersonId] = {}
    names: dict[PersonId, str] = {}
    for each in COLLEAGUES:
        email = f"{each.key}@airfield.example"
        person = work.unit.save_person(Person(0, each.name, email, each.zone, each.standing))
        where = Address(connection, PLATFORM, f"dm:{each.key}")
        work.unit.save_identity(Identity(person.id, each.key, where))
        people[each.key], names[person.id] = person.id, person.name
    return Scene(work, people, names, Address(connection, PLATFORM, f"channel:{CHANNEL}"))
