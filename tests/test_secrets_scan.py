"""The scan finds a secret that was committed, says where and never what, and notices an exception without need."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).resolve().parent.parent / ".ci" / "secrets.py"
KEY = "AKIA" + "Q3EGRIZMUW6YKPLD"  # put together here, so that the scan of this file finds none
NAMED = "config.py"


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The scan, in a folder with one secret in it."""
    spec = importlib.util.spec_from_file_location("secrets_scan", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.chdir(tmp_path)
    Path(NAMED).write_text(f'name = "fine"\naws = "{KEY}"\n')
    monkeypatch.setattr(module, "EXAMPLES", tmp_path / "examples.json")
    monkeypatch.setattr(module, "committed", lambda: [NAMED])
    monkeypatch.setattr(module, "CORES", 1)
    return module


def test_a_secret_is_found_and_not_repeated(scan: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert scan.main([]) == 1
    said = capsys.readouterr().out
    assert f"{NAMED}:2: AWS Access Key" in said
    assert KEY not in said


def test_an_example_is_accepted_by_its_digest_in_its_file_alone(scan: ModuleType) -> None:
    assert scan.main(["--accept"]) == 0
    digest = hashlib.sha1(KEY.encode()).hexdigest()  # as detect-secrets makes it
    assert json.loads(scan.EXAMPLES.read_text()) == {NAMED: [digest]}
    assert scan.main([]) == 0
    Path("other.py").write_text(f'aws = "{KEY}"\n')
    scan.committed = lambda: [NAMED, "other.py"]
    assert scan.main([]) == 1


def test_an_example_that_is_gone_is_not_allowed_any_more(
    scan: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    scan.main(["--accept"])
    Path(NAMED).write_text("nothing")
    assert scan.main([]) == 1
    assert "an example is gone" in capsys.readouterr().out
