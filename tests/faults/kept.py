"""Row 28: a database that is damaged and restored, and scores that were changed behind the program's back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.core.records import ItemLevel
from bot.service import evaluate, verifying
from bot.service.work import Work
from bot.storage import backup, open_store
from bot.storage.errors import StorageError
from tests.fakes.office import CONTENT, Office
from tests.faults.matrix import Row, struck
from tests.faults.places import folder

PILOTS = 40
ODD = range(1, PILOTS + 1, 2)  # every other one is changed
FLIPS = (
    "overall = coalesce(overall, 0) + 1",
    "coverage = coverage / 2 + 0.01",
    "weakest = 'nothing'",
    "dimensions = '{}'",
)


def rows() -> Iterator[Row]:
    """The one."""
    with folder() as place:
        yield damaged(place)


def damaged(place: Path) -> Row:
    """Backed up, flipped, verified, rebuilt; then torn apart and restored."""
    from bot.storage import migrate  # a database only where it is needed

    file, copy = place / "rampcheck.db", place / "copy.db"
    url = f"sqlite:///{file}"
    migrate.upgrade(url)
    filled(url)
    backup.backup(url, copy)
    flipped = flip(file)
    found, left = verified(url)
    torn = tear(file)
    backup.restore(url, copy)
    store = open_store(url, read_only=True)
    back = len(store.read(1, lambda unit: unit.snapshots()))
    store.close()
    return Row(
        28,
        "Scores changed by hand; a database file torn apart",
        struck(flipped, f"scores of {PILOTS} changed, each in one of {len(FLIPS)} ways; then {torn}"),
        "`verify` finds and rebuilds each; `restore` brings the backup back",
        f"{found} found, {left} wrong after --rebuild; {back} of {PILOTS} scores back",
        found == flipped and left == 0 and back == PILOTS,
    )


def filled(url: str) -> None:
    """Pilots with a level and a score each."""
    store = open_store(url)
    office = Office(store)
    item = next(iter(CONTENT.model.dimensions[0].items)).id
    for number in range(PILOTS):
        pilot = office.pilot(f"Pilot {number}", office.person(f"p{number}"))

        def score(work: Work, ident: int = pilot.id) -> None:
            work.unit.set_level(ident, ItemLevel(item, 2, work.now, work.now))
            found = work.unit.pilot(ident)
            assert found is not None
            work.unit.add_snapshot(evaluate.snapshot(work, found))

        office.do(score)
    store.close()


def flip(file: Path) -> int:
    """Change every other score."""
    with closing(sqlite3.connect(file)) as connection:
        changes = (f"UPDATE snapshot SET {FLIPS[one // 2 % len(FLIPS)]} WHERE id = {one}" for one in ODD)
        flips = [connection.execute(change).rowcount for change in changes]
        connection.commit()
    return sum(flips)


def verified(url: str) -> tuple[int, int]:
    """How many `verify` finds, and how many are wrong after they were rebuilt."""
    store = open_store(url)
    organisation = store.organisations()[0].id
    now = Office.__dataclass_fields__["now"].default

    def look() -> verifying.Verified:
        return store.read(organisation, lambda unit: verifying.verify(Work(unit, CONTENT, now)))

    first = look()
    for wrong in first.wrong:
        store.write(organisation, lambda unit, one=wrong: verifying.rebuild(Work(unit, CONTENT, now), one))  # type: ignore[misc]  # bound here
    after = len(look().wrong)
    store.close()
    return len(first.wrong), after


def tear(file: Path) -> str:
    """Overwrite the middle of the file; what it says when opened then."""
    size = file.stat().st_size
    with file.open("r+b") as torn:
        torn.seek(4096)
        torn.write(b"\xa5" * (size // 2))
    try:
        store = open_store(f"sqlite:///{file}", read_only=True)
        store.read(1, lambda unit: (unit.pilots(), unit.snapshots(), unit.people()))
        store.close()
    except StorageError as error:
        return f"the file said: {str(error).partition('.')[0].lower()}"
    raise AssertionError("the file has to be damaged")
