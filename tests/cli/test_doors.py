"""What steers a terminal or hides in a text gets in by no door, and comes out of no command: each by each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.ports import Changed, Inbound, Joined, Place, Sender, Wrote
from bot.log import UNSAFE
from bot.service import receive
from bot.storage import open_store
from tests.cli.terminal import LISTINGS, office, ran, run
from tests.fakes.office import CALM, Office

NASTY = "red\x1b[31m \x9b2J\x07 \u202egnp.exe\u2066\u2028 end"
# A file with what no text holds is refused whole, as binary.
IN_A_CELL = "blue \u202egnp.exe\u2066\u2028 \x9b2J end"


def _sent(scene: Office, act: object, *, user: str = "mallory", channel: str = "") -> None:
    place = Place("channel:room" if channel else f"dm:{user}", direct=not channel, name=channel)
    sender = Sender("local", scene.tenant, user, name=f"Mallory {NASTY}")
    inbound = Inbound(f"{act}{user}", sender, act, place)  # type: ignore[arg-type]  # one of the acts
    receive.receive(scene.store, scene.content, inbound, scene.now)
    scene.deliver()


def typed(home: Path) -> None:
    """In the chat: somebody new with such a name registers a pilot, answers, and explains a pause."""
    with office(home) as scene:
        scene.person("lena", standing="lead")
        _sent(scene, Wrote("help"))
        scene.runs("lena", f"add Scorer {NASTY}")
        scene.pilot("Invoice matcher", scene.person("dana"))
        scene.runs("dana", "checkin invoice")
        block = {"pulse.block": "security", "pulse.who": NASTY, "pulse.need": NASTY}
        scene.answers("dana", {**CALM, "pulse.moved": "blocked"} | block)
        scene.runs("dana", f"pause invoice until 1 May because {NASTY}")


def renamed(home: Path) -> None:
    """By an account that is called something else now."""
    with office(home) as scene:
        scene.person("mallory")
        _sent(scene, Changed(open=True))


def channel(home: Path) -> None:
    """As the name of a channel."""
    with office(home) as scene:
        scene.person("mallory", standing="lead")
        _sent(scene, Joined(), channel=f"room {NASTY}")
        _sent(scene, Wrote("digest subscribe"), channel=f"room {NASTY}")


def arguments(home: Path) -> None:
    """As arguments of the command line."""
    del home
    ran("people", "add", f"Mallory {NASTY}")
    ran("pilots", "add", f"Scorer {NASTY}", "--group", NASTY, "--work", NASTY)


def comma_separated(home: Path) -> None:
    """As cells of a CSV file."""
    row = ",".join(
        f'"{text}"' for text in (f"Scorer {IN_A_CELL}", f"Mallory {IN_A_CELL}", IN_A_CELL, IN_A_CELL)
    )
    (home / "p.csv").write_text(f"name,owner,group,description\n{row}\n", encoding="utf-8")
    ran("pilots", "import", str(home / "p.csv"))


DOORS = (typed, renamed, channel, arguments, comma_separated)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_nothing_hidden_gets_in_and_nothing_comes_out(home: Path, door: Callable[[Path], None]) -> None:
    door(home)
    assert kept(home / "rampcheck.db") == []
    outputs = {words: run(*words) for words in LISTINGS}
    assert {words for words, result in outputs.items() if result.exit_code} == set()
    said = {
        words: f"{result.stdout}{result.stderr}".replace("\n", "").replace("\r", "")
        for words, result in outputs.items()
    }
    assert [words for words, text in said.items() if UNSAFE.search(text.replace("\ufeff", ""))] == []
    assert any("31m" in text or "2J" in text or "room" in text for text in said.values()), "it got in at all"


def test_what_got_in_behind_our_back_comes_out_of_nothing(home: Path) -> None:
    store = open_store(f"sqlite:///{home / 'rampcheck.db'}")
    scene = Office(store)
    scene.pilot(NASTY, scene.person(f"mallory {NASTY}"), work=NASTY, group=NASTY, tags=(NASTY,))
    store.close()
    for words in (*LISTINGS, ("status", NASTY)):
        result = run(*words)
        assert result.exit_code == 0, words
        text = f"{result.stdout}{result.stderr}".replace("\n", "").replace("\r", "")
        assert not UNSAFE.search(text.replace("\ufeff", "")), words


@pytest.mark.parametrize(
    "words",
    [
        ("restore", NASTY),
        ("backup", f"{NASTY}/x"),
        ("decision", "verify", NASTY),
        ("decision", "export", NASTY),
        ("pilots", "import", NASTY),
        ("questionnaires", "preview", NASTY),
        ("replay", "--policy", NASTY),
        ("outbox", "retry", NASTY),
        ("people", "export", NASTY),
        ("send", NASTY),
        ("status", f"--{NASTY}"),
        (NASTY,),
    ],
    ids=lambda words: words[0][:8].encode("unicode_escape").decode(),
)
def test_an_argument_that_means_nothing_is_said_back_harmlessly(home: Path, words: tuple[str, ...]) -> None:
    del home
    result = run(*words)
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
    assert not UNSAFE.search(f"{result.stdout}{result.stderr}".replace("\n", ""))


def kept(file: Path) -> list[tuple[str, str, str]]:
    """Every text in the database that holds it, with its table and column; line breaks are no harm."""
    found = []
    with closing(sqlite3.connect(file)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in tables:
            rows = connection.execute(f'SELECT * FROM "{table}"')
            columns = [column for column, *_ in rows.description]
            found += [
                (table, column, value)
                for row in rows
                for column, value in zip(columns, row, strict=True)
                if isinstance(value, str) and (UNSAFE.search(value.replace("\n", "")) or "\\u001b" in value)
            ]
    return found
