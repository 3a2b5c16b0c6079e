"""Who is there as a soak begins, and the rules that they were told: registered by the product's own services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.questionnaire import Content
from tests.soak import worker
from tests.soak.people import ZONES
from tests.soak.record import House

BEGIN = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)
LEAD, ARCHIVED, CHANNEL = "lead", "channel:archived", "channel:ai-pilots"


def house(content: Content, country: str) -> House:
    """The rules of the policy that the workers run under, as people know them."""
    asking = content.policy.asking
    return House(
        asking.quiet_from,
        asking.quiet_until,
        country,
        frozenset(asking.never_on),
        worker.CLOSED,
        asking.reminders,
        weeks=2,
        reviews=any(one.questionnaire == "review" for one in content.policy.cadences),
        weekday=asking.weekday,
        hour=asking.hour,
        recent=asking.recent_days,
        messages=asking.messages_a_week,
        receipts=timedelta(days=content.policy.retention.receipts - 1),
    )


def settled(url: str, owners: int, content: Content) -> tuple[int, list[tuple[int, str, str]]]:
    """Register everybody: (connection, [(person, account, zone)]). Every third owner has a deputy."""
    from bot.core.records import Address, Connection, Identity, Person, Pilot, Standing
    from bot.service import registry
    from bot.service.work import Work
    from bot.storage import open_store

    store = open_store(url)
    organisation = store.add_organisation("Soak", "Europe/Riga")
    connection = store.write(
        organisation.id, lambda unit: unit.save_connection(Connection(0, "local", "local"))
    ).id

    def join(work: Work, user: str, zone: str, standing: Standing) -> int:
        person = work.unit.save_person(Person(0, user.capitalize(), zone=zone, standing=standing))
        work.unit.save_identity(Identity(person.id, user, Address(connection, "local", f"dm:{user}")))
        return person.id

    def register(first: int, last: int) -> list[tuple[int, str, str]]:
        def batch(unit: Any) -> list[tuple[int, str, str]]:
            work, made = Work(unit, content, BEGIN), []
            if first == 0:
                made.append((join(work, LEAD, "Europe/Riga", Standing.LEAD), LEAD, "Europe/Riga"))
            before = None
            for number in range(first, last):
                zone = list(ZONES)[number % len(ZONES)]
                person = join(work, f"owner{number}", zone, Standing.MEMBER)
                made.append((person, f"owner{number}", zone))
                day = BEGIN.date() - timedelta(days=number % 14)
                fields: dict[str, Any] = {"deputy": before} if number % 3 == 2 else {}
                fields |= {"stage": "pilot", "stage_since": day, "created": day, "owner_accepted": True}
                for nth in range(_pilots(number)):
                    pilot = Pilot(0, "", f"Pilot {number}.{nth}", owner=person, **fields)
                    registry.add_pilot(work, pilot, actor=None)
                before = person
            return made

        return store.write(organisation.id, batch)

    made = [one for first in range(0, owners, 50) for one in register(first, min(first + 50, owners))]
    subscribe(store, content, organisation.id, connection)
    store.close()
    return connection, made


def _pilots(number: int) -> int:
    """How many an owner has: one in ten has three, and one in fifty more than one message holds."""
    return 7 if number % 50 == 10 else 3 if number % 10 == 0 else 1


def subscribe(store: Any, content: Content, organisation: int, connection: int) -> None:
    """The lead has the digest posted to two channels, of which one is archived."""
    from bot.core.records import Address
    from bot.service import digest
    from bot.service.work import Work

    def work(unit: Any) -> None:
        at = Work(unit, content, BEGIN)
        lead = next(person for person in unit.people() if person.name == LEAD.capitalize())
        for channel in (CHANNEL, ARCHIVED):
            name = channel.partition(":")[2]
            digest.subscribe(at, Address(connection, "local", channel), name, lead)

    store.write(organisation, work)
