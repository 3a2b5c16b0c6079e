"""`rampcheck backup`, `restore` and `verify`: a copy taken while others write is whole, and what is wrong is found."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.records import ItemLevel
from bot.service import evaluate, verifying
from bot.service.work import Work
from bot.storage import migrate, open_store
from bot.storage.migrations import HEAD
from tests.cli.terminal import office, ran, refused
from tests.fakes.office import CONTENT, Office


def people(folder: Path, name: str = "rampcheck.db") -> int:
    with closing(sqlite3.connect(folder / name)) as connection:
        return int(connection.execute("SELECT count(*) FROM person").fetchone()[0])


@pytest.mark.usefixtures("home")
def test_a_copy_is_put_back_and_what_was_there_is_kept(home: Path) -> None:
    ran("people", "add", "Dana")
    assert ran("backup", "copy.db").startswith("Wrote copy.db (")
    ran("people", "add", "Eve")
    said = ran("restore", "copy.db")
    assert "What was there before is kept as rampcheck.db.before-restore-1." in said
    assert (people(home), people(home, "rampcheck.db.before-restore-1")) == (1, 2)
    assert "Dana" in ran("people", "list")


@pytest.mark.usefixtures("home")
def test_what_is_put_aside_keeps_its_newest_rows_though_somebody_still_reads_there(home: Path) -> None:
    ran("people", "add", "Dana")
    ran("backup", "copy.db")
    with closing(sqlite3.connect(home / "rampcheck.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchone()
        ran("people", "add", "Eve")  # her row stays in the log, since the reader looks at what was before it
        ran("restore", "copy.db")
    assert (people(home), people(home, "rampcheck.db.before-restore-1")) == (1, 2)


def test_a_copy_taken_while_others_write_is_whole(home: Path) -> None:
    store, stop = open_store(f"sqlite:///{home / 'rampcheck.db'}"), threading.Event()
    scene = Office(store)

    def write() -> None:
        number = 0
        while not stop.is_set():
            scene.person(f"p{number}")
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while people(home) < 5:
            pass
        ran("backup", "one.db")
        ran("backup", "two.db")
    finally:
        stop.set()
        writer.join()
        store.close()
    assert 5 <= people(home, "one.db") <= people(home, "two.db") <= people(home)
    with closing(sqlite3.connect(home / "two.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        identities = copy.execute("SELECT count(*) FROM identity").fetchone()[0]
    assert identities == people(home, "two.db"), "what was stored together was copied together"
    assert sorted(file.name for file in home.glob("two*")) == ["two.db"]


def test_a_copy_of_an_earlier_version_is_brought_up_to_date(bare: Path) -> None:
    old = bare / "old.db"
    with migrate._writing(f"sqlite:///{old}") as connection:  # an early release
        migrate.command.upgrade(migrate._config(connection), "0003")  # as above
    assert ran("restore", "old.db").strip() == f"Restored old.db; its tables are at version {HEAD}."
    assert ran("people", "list")


@pytest.mark.usefixtures("home")
def test_a_copy_never_replaces_a_file() -> None:
    Path("copy.db").write_text("something dear")
    assert "copy.db is there already" in refused("backup", "copy.db")
    assert Path("copy.db").read_text() == "something dear"


def test_what_is_no_backup_is_refused_and_the_database_stays(home: Path) -> None:
    with office(home) as scene:
        scene.person("dana")
    ran("backup", "copy.db")
    whole = (home / "copy.db").read_bytes()
    (home / "half.db").write_bytes(whole[: len(whole) // 2])
    (home / "text.db").write_text("not a database, though it is long enough to be looked at " * 9)
    with closing(sqlite3.connect(home / "later.db")) as later:
        later.executescript(
            "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('9999')"
        )
    for name, why in (
        ("half.db", "damaged|no backup|malformed"),
        ("text.db", "no backup"),
        ("later.db", "of version 9999, which this Rampcheck does not know"),
        ("gone.db", "There is no file gone.db"),
    ):
        assert any(piece in refused("restore", name) for piece in why.split("|")), name
    assert people(home) == 1
    assert not list(home.glob("*.before-restore*"))


def test_a_restore_beside_a_running_server_is_refused(home: Path) -> None:
    ran("backup", "copy.db")
    store = open_store(f"sqlite:///{home / 'rampcheck.db'}")
    try:
        assert "Another Rampcheck process" in refused("restore", "copy.db")
    finally:
        store.close()


@pytest.mark.usefixtures("bare")
def test_postgresql_is_left_to_its_own_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert "pg_dump" in refused("backup", "copy.db")
    assert "pg_restore" in refused("restore", "copy.db")


# --- verify ---------------------------------------------------------------------------------------------------------


def scored(scene: Office, *names: str) -> None:
    """Pilots with two levels and a score each."""
    item = next(iter(CONTENT.model.dimensions[0].items)).id
    for name in names:
        pilot = scene.pilot(name, scene.person(name.split()[0].lower()))

        def score(work: Work, pilot_id: int = pilot.id) -> None:
            work.unit.set_level(pilot_id, ItemLevel(item, 2, work.now, work.now))
            found = work.unit.pilot(pilot_id)
            assert found is not None
            work.unit.add_snapshot(evaluate.snapshot(work, found))

        scene.do(score)


CORRUPT = (
    "UPDATE snapshot SET overall = overall + 1 WHERE id = 1",
    "UPDATE snapshot SET coverage = 0.999 WHERE id = 2",
    "UPDATE snapshot SET weakest = 'nonsense' WHERE id = 3",
    "UPDATE level SET level = 1 WHERE pilot_id = 4",
)


def test_every_score_that_was_changed_is_found_and_rebuilt(home: Path) -> None:
    with office(home) as scene:
        scored(scene, "Ann's", "Bo's", "Cy's", "Di's", "Eve's")
    assert ran("verify") == "5 scores computed again from the answers, 0 wrong.\n"
    with closing(sqlite3.connect(home / "rampcheck.db")) as connection:
        for statement in CORRUPT:
            assert connection.execute(statement).rowcount == 1, "the fault has to happen"
        connection.commit()
    assert "`rampcheck verify --rebuild` puts them right" in refused("verify")
    assert "4 scores rebuilt." in ran("verify", "--rebuild")
    assert json.loads(ran("verify", "--json")) == {"compared": 5, "other_versions": 0, "wrong": []}
    store = open_store(f"sqlite:///{home / 'rampcheck.db'}", read_only=True)
    events = store.read(1, lambda unit: unit.events(kinds=(verifying.REBUILT,)))
    store.close()
    assert len(events) == 4


def test_scores_of_an_earlier_policy_are_counted_and_left_alone(home: Path) -> None:
    with office(home) as scene:
        scored(scene, "Ann's")
    with closing(sqlite3.connect(home / "rampcheck.db")) as connection:
        connection.execute("UPDATE snapshot SET policy = policy - 1, overall = 99")
        connection.commit()
    assert "1 not compared" in ran("verify")


def test_what_people_live_through_verifies(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    scene = Office(store)
    scene.person("ada", standing="admin")
    scene.pilot("Invoice matcher", scene.person("dana"))
    for _ in range(6):
        scene.until_asked("dana")
        scene.answers("dana")
    assert scene.do(verifying.verify).wrong == []
    store.close()
