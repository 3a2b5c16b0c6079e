"""Two organisations in one database: a command shows and changes the one it is for, and the other's is not there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import build
from bot.core.records import Decision
from bot.settings import load
from bot.storage import open_store
from tests.cli.terminal import LISTINGS, run
from tests.fakes.office import CALM, Office
from tests.storage.scenes import raw

OURS = ("Zebra quilting", "Zelda")
THEIRS = ("Violet gumbo", "Vojtech", "Viola", "Vintners")
NOBODYS = "Qwerty uiopa"
NAMING = (  # each with the other's name, and with one that nobody has
    ("status", "{pilot}"),
    ("send", "{pilot}"),
    ("pilots", "private", "{pilot}"),
    ("people", "export", "{person}"),
    ("people", "erase", "{person}", "--yes"),
    ("people", "lead", "{person}"),
    ("people", "admin", "{person}"),
    ("decision", "export", "{number}"),
)


@pytest.fixture
def shared(home: Path) -> Path:
    """Ours came first; theirs has all that ours has."""
    store = open_store(f"sqlite:///{home / 'rampcheck.db'}")
    for tenant, (pilot, owner, lead, group) in (
        ("local", (*OURS, "Lena", "Quilters")),
        ("other", THEIRS),
    ):
        scene = Office(store, now=datetime.now(UTC), tenant=tenant)
        scene.person(lead.lower(), standing="lead")
        made = scene.pilot(pilot, scene.person(owner.lower()), group=group, work=f"What {owner} does")
        scene.runs(owner.lower(), f"checkin {made.key}")
        scene.answers(owner.lower(), CALM)
        made_by = Decision(0, made.id, "fix", scene.now, made.owner or 0, "owner", reason=f"{owner} says so")
        scene.write(lambda unit, one=made_by: unit.add_decision(one))
    store.close()
    assert raw(database(home), "SELECT count(DISTINCT org_id) FROM decision") == [(2,)]
    return home


def test_nothing_of_another_organisation_is_shown(shared: Path) -> None:
    said = {words: run(*words) for words in (*LISTINGS, ("export", str(shared / "out")))}
    assert {words for words, result in said.items() if result.exit_code} == set()
    texts = {words: result.output for words, result in said.items()}
    texts |= {(file.name,): file.read_text("utf-8-sig") for file in (shared / "out").iterdir()}
    assert [(words, name) for words, text in texts.items() for name in THEIRS if name in text] == []
    assert [name for name in OURS if not any(name in text for text in texts.values())] == [], "ours is"


def test_what_is_anothers_is_answered_as_what_is_not_there(shared: Path) -> None:
    before, (theirs,) = contents(shared), raw(database(shared), "SELECT max(id) FROM decision")[0]
    told = {
        words: [_said(words, *name) for name in ((*THEIRS[:2], theirs), (NOBODYS, NOBODYS, 1000))]
        for words in NAMING
    }
    assert [words for words, (of_theirs, of_nobodys) in told.items() if of_theirs != of_nobodys] == []
    assert contents(shared) == before


def _said(words: tuple[str, ...], pilot: str, person: str, number: int) -> str:
    result = run(*(word.format(pilot=pilot, person=person, number=number) for word in words))
    assert result.exit_code == 1, result.output
    said = str(result.output)
    for name in (pilot, person, f"decision {number}"):
        said = said.replace(name, "it")
    return said


def database(folder: Path) -> str:
    return f"sqlite:///{folder / 'rampcheck.db'}"


def contents(folder: Path) -> dict[str, list[object]]:
    """All that a command could have changed."""
    tables = ("pilot", "person", "event", "checkin", "message", "decision")
    return {table: raw(database(folder), f'SELECT * FROM "{table}" ORDER BY id') for table in tables}


def test_the_numbers_for_a_monitor_name_nobody(shared: Path) -> None:
    app = build(load({"DATABASE_URL": f"sqlite:///{shared / 'rampcheck.db'}"}))
    page = app.meter.page(app.store, app.clock.now()).decode()
    app.close()
    assert "rampcheck_outbox_messages" in page
    assert [name for name in (*OURS, *THEIRS) if name.casefold() in page.casefold()] == []
