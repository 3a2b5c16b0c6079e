"""What the tests of import and export share: small sheets, a store with one organisation, a day and an hour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.core.pilotmap import PilotMap
from bot.core.ports import Store, Unit
from bot.core.records import Event, Person, Pilot
from bot.service import pilots_in
from bot.service.pilots_in import Report
from bot.storage import open_store

NOW = datetime(2025, 3, 14, 9, 30, tzinfo=UTC)
TODAY = date(2025, 3, 14)


def csv_of(*rows: str) -> bytes:
    """Lines as a file."""
    return ("\n".join(rows) + "\n").encode()


@dataclass(frozen=True)
class Office:
    """One organisation and its store."""

    store: Store
    id: int

    def import_(self, data: bytes, mapping: PilotMap | None = None, **options: Any) -> Report:
        """Import a file's bytes now."""
        return pilots_in.bring_in(self.store, self.id, pilots_in.read(data, mapping), now=NOW, **options)

    def look(self, data: bytes, mapping: PilotMap | None = None, **options: Any) -> Report:
        """A dry run."""
        return pilots_in.look(self.store, self.id, pilots_in.read(data, mapping), now=NOW, **options)

    def pilots(self) -> list[Pilot]:
        return self.store.read(self.id, lambda unit: list(unit.pilots()))

    def pilot(self, key: str) -> Pilot:
        found = self.store.read(self.id, lambda unit: unit.pilot_by_key(key))
        assert found is not None, f"there is no pilot {key}: {[pilot.key for pilot in self.pilots()]}"
        return found

    def people(self) -> dict[str, Person]:
        return {person.name: person for person in self.store.read(self.id, lambda unit: list(unit.people()))}

    def events(self, kind: str = "") -> list[Event]:
        """The oldest first."""
        kinds = [kind] if kind else []
        found = self.store.read(self.id, lambda unit: list(unit.events(kinds=kinds, limit=10_000)))
        return found[::-1]

    def save(self, *records: Pilot | Person) -> list[Any]:
        """Store pilots and people; they come back with their ids."""

        def work(unit: Unit) -> list[Any]:
            return [unit.save_person(r) if isinstance(r, Person) else unit.save_pilot(r) for r in records]

        return self.store.write(self.id, work)


@contextmanager
def office_at(url: str) -> Iterator[Office]:
    """An office on a fresh database."""
    store = open_store(url)
    try:
        yield Office(store, store.add_organisation("Northwind", "Europe/Riga").id)
    finally:
        store.close()


def reasons(report: Report) -> set[tuple[str, str, str]]:
    """(verdict, column, reason) of every cell that was not taken as it stood."""
    return {(note.remark.verdict.value, note.column, note.remark.reason) for note in report.notes}


def adds_up(report: Report, rows: int) -> bool:
    """Whether every row has an outcome."""
    return sum(report.counts().values()) == rows == len(report.plan.rows)


def named(report: Report) -> Iterable[tuple[str, str]]:
    """(name, outcome) of every row."""
    return [(row.name, row.outcome.value) for row in report.plan.rows]
