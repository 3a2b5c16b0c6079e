"""`rampcheck doctor`: each thing as it was found, and what to do about it."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from bot.settings import QUESTIONNAIRES
from tests.cli.terminal import process, ran, run
from tests.cli.test_running import wait_for
from tests.fakes.admin import unused


@pytest.fixture(autouse=True)
def port(monkeypatch: pytest.MonkeyPatch, bare: Path) -> int:
    """A port that nobody uses."""
    number = unused()
    monkeypatch.setenv("PORT", str(number))
    return number


def signs() -> dict[str, dict[str, Any]]:
    told = json.loads(run("doctor", "--json").stdout)
    assert told["ok"] is all(sign["ok"] for sign in told["signs"])
    return {sign["what"]: sign for sign in told["signs"]}


@pytest.mark.usefixtures("home")
def test_a_sound_installation_passes() -> None:
    assert ran("doctor").endswith("Everything is in order.\n")
    assert all(sign["ok"] for sign in signs().values())


def test_a_database_that_is_not_there_is_a_problem_with_its_cure() -> None:
    result = run("doctor")
    assert result.exit_code == 1
    assert result.stderr == "1 thing to mend before Rampcheck can run well.\n"
    assert signs()["database"] == {
        "what": "database",
        "ok": False,
        "found": "There is no database rampcheck.db yet",
        "fix": "Run `rampcheck db upgrade`.",
    }


def test_bad_settings_are_named_and_the_rest_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAMPCHECK_ZONE", "Rigga")
    monkeypatch.setenv("RAMPCHECK_ZOME", "Europe/Riga")
    found = signs()
    assert found["RAMPCHECK_ZONE"]["found"] == "'Rigga' is not a time zone"
    assert found["RAMPCHECK_ZOME"]["fix"] == "Did you mean RAMPCHECK_ZONE?"
    assert found["everything else"]["fix"] == "Mend the settings first."
    assert "database" not in found


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:s3cret@127.0.0.1:1/rampcheck")
    result = run("doctor")
    assert "s3cret" not in result.output
    assert not signs()["database"]["ok"]


def test_an_env_file_that_cannot_be_read_is_named(bare: Path) -> None:
    (bare / ".env").write_bytes(b"PORT=\xff\xfe")
    found = signs()
    assert found[".env"]["fix"] == "Save it as UTF-8 text."


@pytest.mark.usefixtures("home")
def test_mistakes_in_questionnaires_are_counted(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(QUESTIONNAIRES, bare / "content"))
    monkeypatch.setenv("RAMPCHECK_QUESTIONNAIRES", str(folder))
    (folder / "published.lock").unlink()
    assert "not published yet: " in signs()["published.lock"]["found"]
    (folder / "extra.yaml").write_text("id: [")
    assert "extra.yaml:1: " in signs()["questionnaires"]["found"]


@pytest.mark.usefixtures("home")
def test_a_port_that_another_program_uses_is_a_problem(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        assert signs()["port"]["found"] == f"127.0.0.1:{port} is in use by another program"


def test_a_port_that_we_use_ourselves_is_none(home: Path, port: int) -> None:
    with process(home, "serve", PORT=str(port)) as server:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        try:
            assert signs()["port"]["found"] == f"Rampcheck is running at 127.0.0.1:{port}"
        finally:
            server.terminate()
