"""Whatever people write comes out of every command and file as text: nothing steers a terminal, runs or notifies."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from bot.log import UNSAFE
from bot.storage import open_store
from tests.cli.terminal import LISTINGS, ran
from tests.contract.doors import DOORS
from tests.contract.gallery import NAUGHTY, addresses
from tests.contract.test_adapters import size
from tests.service.hostile import lived

KINDS = ("slack mentions", "teams mentions", "markdown", "html", "template", "lines", "emoji")
STEERING = "red\x1b[31m \x9b2J \u202egnp.exe\u2028 end"
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def written(home: Path) -> Path:
    """An organisation that wrote all of it, and one name that got in behind everybody's back."""
    store = open_store(f"sqlite:///{home / 'rampcheck.db'}")
    office, cards = lived(store, [*(NAUGHTY[kind] for kind in KINDS), "=cmd|' /C calc'!A0"])
    office.pilot(STEERING, office.person("mallory"), work="=1+1", group="@SUM(A1)")
    store.close()
    for make in DOORS.values():
        door = make()
        payloads = [(card, door.adapter.render(card)) for card in cards]
        assert not [card.title for card, drawn in payloads if door.live(drawn) - addresses(card)]
        assert not [card for card, drawn in payloads if size(drawn) > door.adapter.traits.max_payload_bytes]
    return home


def test_nothing_that_people_write_does_anything_anywhere(written: Path) -> None:
    for words in LISTINGS:
        said = ran(*words)
        assert not UNSAFE.search(said.replace("\n", "").replace("\r", "").replace("\ufeff", "")), words
        if "--json" in words:
            json.loads(said)
    assert STEERING in [one["name"] for one in json.loads(ran("pilots", "list", "--json"))], "read as written"
    ran("export", str(written / "table"), "--with-texts")
    ran("export", str(written / "lines"), "--with-texts", "--format", "jsonl")
    for file in (written / "table").iterdir():
        with file.open(encoding="utf-8-sig", newline="") as lines:
            cells = [cell for row in csv.reader(lines) for cell in row]
        assert not [cell for cell in cells if cell.startswith(FORMULAS) and not _is_number(cell)], file.name
    for file in (written / "lines").iterdir():
        assert all(isinstance(json.loads(line), dict) for line in file.read_text("utf-8").split("\n") if line)


def _is_number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()
