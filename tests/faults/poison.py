"""Row 27: one pilot in a hundred breaks whatever touches it, one message in a hundred cannot be drawn or read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from bot.app import App
from bot.core.card import Card
from bot.core.ports import Payload
from bot.service import tick
from bot.settings import load
from bot.storage import migrate, open_store
from bot.worker import Worker
from tests.fakes.office import Office
from tests.fakes.platform import Platform
from tests.faults.matrix import Row, struck
from tests.storage.scenes import raw

OWNERS, EVERY = 300, 100


class Fragile(Platform):
    """It cannot draw the form of a pilot whose name says so."""

    broke = 0

    def render(self, card: Card) -> Payload:
        if "undrawable" in card.fallback:
            self.broke += 1
            raise KeyError("a block of which nobody knows how it looks")
        return super().render(card)


def rows() -> Iterator[Row]:
    yield poisoned(OWNERS, EVERY)


def poisoned(owners: int, every: int) -> Row:
    """A Tuesday on which all are asked. Of every so many, one pilot is bad, one form undrawable, one row unreadable."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'faults.db'}"
        migrate.upgrade(url)
        office = Office(open_store(url), platform=Fragile())
        office.person("lena", standing="lead")
        kinds = {0: "bad", 1: "undrawable", 2: "unreadable"}
        marks = [kinds.get(number % every, "good") for number in range(owners)]
        pilots = [office.pilot(f"Pilot {n} {mark}", office.person(f"p{n}")) for n, mark in enumerate(marks)]
        bad = {pilot.id for pilot, mark in zip(pilots, marks, strict=True) if mark == "bad"}
        worker = Worker(
            App(load({"DATABASE_URL": url}), office.store, office.content, Clock(office), office.organisation)
        )
        office.now = max(
            slot.next_due_at for slot in office.read(lambda unit: unit.schedules(pilots[1].id))[:1]
        )
        with breaking(bad) as broke:
            worker._tick(office.now)
            spoilt = spoil(url)
            office.deliver()
            for _ in range(3):  # it goes on failing, and is told once
                office.now += timedelta(minutes=15)
                worker._tick(office.now)
                office.deliver()
        asked = {post.conversation for post in office.platform.posts if post.conversation != "dm:lena"}
        good = {f"dm:p{number}" for number, mark in enumerate(marks) if mark == "good"}
        told = [card for card in office.platform.inbox("lena") if "fails" in card.title]
        dead = len(office.events("delivery.dead"))
        office.store.close()
    return Row(
        27,
        f"One pilot in {every} breaks its job, one form cannot be drawn, one row not be read",
        f"{struck(len(broke), 'jobs broken')}, {struck(office.platform.broke, 'forms undrawable')}, "  # type: ignore[attr-defined]  # a Fragile
        f"{struck(spoilt, 'rows unreadable')}",
        "All others are asked on time; what is bad is given up or told to a lead once",
        f"{len(good - asked)} of {len(good)} others not asked, {dead} dead letters, "
        f"{len(told)} of {len(bad)} bad pilots told once",
        not good - asked and dead >= 2 and len(told) == len({card.title for card in told}) == len(bad),
    )


class Clock:
    """The office's clock."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def now(self) -> Any:
        return self._office.now


@contextmanager
def breaking(bad: set[int]) -> Iterator[list[int]]:
    """Opening a check-in of these pilots raises; yields one entry for each time."""
    original, broke = tick.open_one_due, list[int]()

    def sometimes(work: Any, seen: Any) -> None:
        if seen.pilot in bad:
            broke.append(seen.pilot)
            raise RuntimeError("this pilot is broken")
        original(work, seen)

    with mock.patch.object(tick, "open_one_due", sometimes):
        yield broke


def spoil(url: str) -> int:
    """Make the messages of those pilots unreadable, behind the program's back."""
    where = "card LIKE '%unreadable%' AND settled_at IS NULL"
    found = raw(url, f"SELECT count(*) FROM message WHERE {where}")[0][0]
    raw(url, f"""UPDATE message SET card = '{{"title": 7}}' WHERE {where}""")
    return int(found)
