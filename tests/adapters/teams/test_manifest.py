"""The app package: what Microsoft's own schemas take, with icons of the right size, the same each time."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft4Validator
from typer.testing import CliRunner

from adapters.teams.manifest import Wish, WishError, manifest, package, texts
from bot.cli import app as cli
from bot.core.commands import HELP
from tests.adapters.teams import screen

SCHEMAS = Path(__file__).parent / "schema"
WEBSITE = "https://rampcheck.example.org"
WISHES = {"1.25": Wish(screen.APP, WEBSITE), "1.29": Wish(screen.APP, WEBSITE, "1.2.0", slash=True)}
each = pytest.mark.parametrize(("number", "wish"), WISHES.items(), ids=WISHES)


def schema(name: str, number: str) -> Draft4Validator:
    return Draft4Validator(json.loads((SCHEMAS / f"{name}-{number}.json").read_text(encoding="utf-8")))


def unpacked(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@each
def test_microsofts_schemas_take_the_manifest_and_its_texts(number: str, wish: Wish) -> None:
    made, said = dict(manifest(wish)), dict(texts(wish))
    assert made["manifestVersion"] == number
    assert not [error.message for error in schema("MicrosoftTeams", number).iter_errors(made)]
    assert not [error.message for error in schema("MicrosoftTeams.Localization", number).iter_errors(said)]
    assert [*schema("MicrosoftTeams", number).iter_errors({**made, "colour": "red"})]


@each
def test_the_package_holds_all_that_its_manifest_names(number: str, wish: Wish) -> None:
    files = unpacked(package(wish))
    made = json.loads(files["manifest.json"])
    named = {*made["icons"].values(), made["localizationInfo"]["defaultLanguageFile"], "manifest.json"}
    assert set(files) == named
    assert package(wish) == package(wish)


@pytest.mark.parametrize(("name", "side"), [("color.png", 192), ("outline.png", 32)])
def test_the_icons_are_pictures_of_the_size_that_teams_wants(name: str, side: int) -> None:
    raw = unpacked(package(WISHES["1.25"]))[name]
    assert raw.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", raw[16:24]) == (side, side)
    length = struct.unpack(">I", raw[33:37])[0]
    rows = zlib.decompress(raw[41 : 41 + length])
    pixels = [rows[1 + at : 5 + at] for line in range(side) for at in [line * (side * 4 + 1)]]
    assert len(rows) == side * (side * 4 + 1)
    if name == "outline.png":
        assert set(pixels) == {b"\xff\xff\xff\x00"}, "its edge is transparent"


def test_as_many_commands_as_teams_takes_are_offered_in_every_scope_and_help_is_one() -> None:
    [bot] = manifest(WISHES["1.25"])["bots"]
    assert {scope for one in bot["commandLists"] for scope in one["scopes"]} == {
        "personal",
        "team",
        "groupChat",
    }
    for listed in bot["commandLists"]:
        titles = [command["title"] for command in listed["commands"]]
        assert len(titles) == min(len(HELP), 12)
        assert titles[-1] == "help"
        assert set(titles) <= {entry.name for entry in HELP}


def test_only_the_newer_variant_has_slash_commands() -> None:
    [base], [newer] = (manifest(wish)["bots"] for wish in WISHES.values())
    assert "supportsTargetedMessages" not in base
    assert not any("triggers" in one for one in base["commandLists"])
    assert newer["supportsTargetedMessages"] is True
    assert newer["commandLists"][1]["triggers"] == ["mention", "slash"]


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish("", WEBSITE), "TEAMS_APP_ID"),
        (Wish("rampcheck", WEBSITE), "GUID"),
        (Wish(screen.APP, "http://x.example"), "--website"),
        (Wish(screen.APP, ""), "--website"),
        (Wish(screen.APP, WEBSITE, "1.0"), "three numbers"),
    ],
)
def test_a_wish_that_teams_would_refuse_is_refused_with_what_to_do(wish: Wish, says: str) -> None:
    with pytest.raises(WishError, match=says):
        package(wish)


def test_the_command_writes_the_package(tmp_path: Path) -> None:
    file = tmp_path / "app.zip"
    args = ["manifest", "teams", "--website", WEBSITE, "--app-id", screen.APP, "--to", str(file)]
    done = CliRunner().invoke(cli, args)
    assert done.exit_code == 0, done.output
    made: Any = json.loads(unpacked(file.read_bytes())["manifest.json"])
    assert made["id"] == screen.APP
