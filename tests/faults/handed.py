"""Files that somebody else may have written: content, settings, copies, decisions; it must not know what is right.

Each is refused in words that name the place and say what to do, and nothing is changed by it.
"""

from __future__ import annotations

import copy
import functools
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.lint import lint
from bot.core import dossier
from bot.log import UNSAFE
from bot.settings import FIELDS, SettingsError, describe, load
from bot.storage import backup, migrate
from bot.storage.errors import StorageError
from tests.content.folders import READINESS, RETRO, furnish, policy
from tests.contract.gallery import NAUGHTY
from tests.faults.places import folder

Json = dict[str, Any]
TEXTS: Sequence[str] = tuple(text[:3_000] for text in NAUGHTY.values() if text)
NESTED: Any = json.loads("[" * 700 + "]" * 700)  # as deep as JSON parsers let through
DEEP: Any = functools.reduce(lambda inner, _: [inner], range(3_000), NESTED)  # deeper than anybody can walk
ODD: Sequence[Any] = (
    None,
    [],
    {},
    "",
    "x",
    "\ud800",
    -1,
    10**30,
    1.5,
    True,
    {"id": []},
    {"id": NESTED},
    NESTED,
)


@dataclass(frozen=True, slots=True)
class Tried:
    """How much was tried at one door, and what of it was neither refused in plain words nor inert."""

    where: str
    number: int
    wrong: Sequence[object]


# --- what the program is set up with ---------------------------------------------------------------------------

GOOD = {"readiness": READINESS, "policy": policy(), "retro": RETRO}
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)


def spoilt(text: str) -> Iterator[bytes]:
    """A good file made hostile."""
    yield from (
        BOMB.encode(),
        b"[" * 50_000,
        b"- " * 50_000,
        b"{a: " * 10_000,
        b"a" * 300 * 1024,
        b"\xff\xfe" + text.encode("utf-16"),
    )
    yield from (
        f"{text}\n{more}\n".encode()
        for more in ("x: !!python/object/apply:os.system ['id']", "x: &a 1\ny: *a", "<<: {version: 2}")
    )
    first = next(line for line in text.splitlines() if line.startswith(("version:", "id:")))
    yield from (
        text.replace(first, f"{first.partition(':')[0]}: {odd}", 1).encode()
        for odd in ("[]", "{}", "-1", "1e999", ".nan", "2026-01-01", "9" * 400, "null", '"\\u202E"')
    )
    for line in [
        line
        for line in text.splitlines()
        if ": " in line and not line.lstrip().startswith(("#", "-", "ladder", "levels"))
    ][:12]:
        key = line.partition(":")[0]
        for value in ("\u202e\u2066gnp.exe", "'\x1b[2J'", '"\\u0000"'):
            yield text.replace(line, f"{key}: {value}", 1).encode()


def content(names: Iterable[str] = tuple(GOOD)) -> Tried:
    """Questionnaires, the model and the policy: each problem names its place and what to do."""
    wrong: list[object] = []
    tried = 0
    with folder() as place:
        for name in names:
            for raw in spoilt(GOOD[name]):
                found = lint(furnish(place, **{name: raw}))
                tried += 1
                if not found or not all(
                    one.line and one.what and one.fix and not UNSAFE.search(str(one)) for one in found
                ):
                    wrong.append((name, raw[:40], found[:2]))
    return Tried("questionnaires, models and policies", tried, wrong)


SET: Sequence[str] = (
    *TEXTS,
    "\udcff",
    "/dev/zero",
    "http://[::1",
    "9" * 5_000,
    "-1",
    "nan",
    "\x1b]0;x\x07",
    "a/" * 3_000,
    "sqlite:///" + "a/" * 3_000,
    "postgresql://u:hunter2@h/\u202e",
)


def settings(texts: Sequence[str] = SET) -> Tried:
    """Every setting: taken, or refused in a line that names it, shows no password and steers no terminal."""
    wrong: list[object] = []
    for variable in FIELDS:
        for text in texts:
            try:
                describe({variable: text}, dotenv=Path("none"))
                load({variable: text}, dotenv=Path("none"))
            except SettingsError as error:
                said = str(error)
                shown = "hunter2" in said and variable == "DATABASE_URL"
                if (
                    len(said) > 2_000
                    or shown
                    or UNSAFE.search(said.replace("\n", ""))
                    or not all(one.fix for one in error.problems)
                ):
                    wrong.append((variable, said[:80]))
            except Exception as error:  # noqa: BLE001  # whatever it is, nobody was told what to do
                wrong.append((variable, text[:20], error))
    return Tried("settings", len(FIELDS) * len(texts), wrong)


# --- files that somebody else hands over -----------------------------------------------------------------------------


def handed_over() -> Iterator[Tried]:
    with folder() as place:
        yield copies(place)
    yield decisions(decision())


HOSTILE_SQL: Mapping[str, Sequence[str]] = {
    "somebody else's trigger": (
        "CREATE TRIGGER x AFTER INSERT ON person BEGIN UPDATE person SET standing='admin'; END",
    ),
    "a view": ("CREATE VIEW x AS SELECT * FROM person",),
    "without what keeps the log": ("DROP TRIGGER event_UPDATE", "DROP TRIGGER event_DELETE"),
    "without a table": ("DROP TABLE decision",),
    "without a column": ("ALTER TABLE person DROP COLUMN email",),
    "of no version": ("DELETE FROM alembic_version",),
    "of an odd version": ("UPDATE alembic_version SET version_num = x'1b5b324a'",),
}


def copies(place: Path) -> Tried:
    """What `restore` is handed: refused, and the database stays as it was."""
    own, wrong = place / "rampcheck.db", list[object]()
    url = f"sqlite:///{own}"
    migrate.upgrade(url)
    whole = own.read_bytes()
    for name, statements in HOSTILE_SQL.items():
        (place / name).write_bytes(whole)
        with closing(sqlite3.connect(place / name)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
    with closing(sqlite3.connect(place / "says that it is one")) as connection:
        version = migrate.current(url)
        connection.executescript(
            f"CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('{version}')"
        )
    for name, raw in (
        ("empty", b""),
        ("text", b"x" * 9_000),
        ("half", whole[: len(whole) // 2]),
        ("torn", whole[:4096] + b"\xa5" * 50_000),
    ):
        (place / name).write_bytes(raw)
    handed = sorted(one for one in place.iterdir() if one.suffix == "")
    for one in handed:
        try:
            backup.restore(url, one)
            wrong.append((one.name, "was taken"))
        except StorageError as error:
            if not str(error).endswith(".") or "Traceback" in str(error):
                wrong.append((one.name, str(error)))
        if own.read_bytes() != whole:
            wrong.append((one.name, "the database was changed"))
    if list(place.glob("*restor*")):
        wrong.append(sorted(place.glob("*restor*")))
    return Tried("copies of a database", len(handed), wrong)


def decision() -> Json:
    """The file of a decision, as short as they come."""
    event = {
        "id": 1,
        "kind": "decision.made",
        "at": "2026-11-23T09:00:00+00:00",
        "actor": 1,
        "pilot": 1,
        "subject": "",
        "before": None,
        "after": {"decision": 1, "digest": "0" * 64},
    }
    link = {"number": 1, "event": 1, "previous": "0" * 64, "digest": "0" * 64, "salt": ""}
    erased = {
        **event,
        "id": 2,
        "kind": "person.redacted",
        "after": {"events": [[1, "x"]], "decisions": [[1, "x"]]},
    }
    return dossier.written(
        {
            "decision": {"id": 1, "choice": "fix", "text": "x"},
            "questionnaire pulse@1": {"digest": "0" * 64},
            "event 1": {**event, "link": link},
            "event 2": {**erased, "link": {**link, "number": 2, "event": 2}},
            "event 3": {**event, "id": 3, "link": None},
        }
    )


def decisions(file: Json) -> Tried:
    """Every value of a decision's file, and every object of it, as something odd."""
    wrong: list[object] = []
    tried = 0
    for path in _paths(file):
        for odd in (*ODD, DEEP, "0001-01-01T00:00:00+23:59"):
            tried += 1
            try:
                found = dossier.check(_with(file, path, odd))
                if not found.flaws:
                    wrong.append((path, type(odd), "was taken"))
            except ValueError:
                pass
            except Exception as error:  # noqa: BLE001  # as above
                wrong.append((path, type(odd), error))
    return Tried("decisions as files", tried, wrong)


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from _paths(part, (*at, key))


def _with(file: Json, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    made = copy.deepcopy(file)
    part: Any = made
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = odd
    return made
