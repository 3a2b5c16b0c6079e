"""The audit of what we install finds what it is there to find."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILE = Path(__file__).resolve().parent.parent / ".ci" / "audit.py"
HASH = f"--hash=sha256:{'0' * 64}"


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def pins(audit: ModuleType, text: str) -> dict[str, Any]:
    return {pin.name: pin for pin in audit.read(text)[0]}


def test_a_lock_is_read_with_its_markers_and_hashes(audit: ModuleType) -> None:
    twice, marked = "PyYAML==6.0.3", "colorama==0.4.6 ; sys_platform == 'win32'"
    text = f"# made by\n{twice} \\\n    {HASH} \\\n    {HASH}\n{marked} \\\n    {HASH}\n"
    found, stray = audit.read(text)
    assert [(pin.name, pin.exact, pin.hashes) for pin in found] == [
        ("pyyaml", "6.0.3", 2),
        ("colorama", "0.4.6", 1),
    ]
    assert not stray


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.org/simple",
        "-e .",
        "x @ https://example.org/x.whl",
        "./x.whl",
        "-r a.txt",
    ],
)
def test_a_line_that_is_no_pinned_package_is_found(audit: ModuleType, line: str) -> None:
    assert audit.read(f"{line} {HASH}")[1]


@pytest.mark.parametrize("line", [f"x>=1 {HASH}", f"x {HASH}", f"x==1.* {HASH}", "x==1", f"x>=1,<2 {HASH}"])
def test_a_package_that_could_come_otherwise_is_found(audit: ModuleType, line: str) -> None:
    assert list(audit.unpinned("lock", audit.read(line)[0]))


def test_a_dependency_the_lock_lacks_or_contradicts_is_found(audit: ModuleType) -> None:
    lock = pins(audit, f"apscheduler==4.0.0 {HASH}")
    assert len(list(audit.uncovered("lock", lock, ["apscheduler>=3.11,<4", "typer"]))) == 2
    assert not list(audit.uncovered("lock", lock, ["APScheduler>=4"]))


def test_locks_that_differ_are_found(audit: ModuleType) -> None:
    one, two = pins(audit, f"x==1 {HASH}"), pins(audit, f"x==2 {HASH}")
    assert list(audit.apart(one, two))
    assert list(audit.apart(one, {}))
    assert not list(audit.apart(one, one))


def test_a_package_that_is_not_installed_as_locked_is_found(audit: ModuleType) -> None:
    assert len(list(audit.uninstalled(audit.read("pytest==0.1\nno-such-package==1")[0]))) == 2
    assert not list(audit.uninstalled(audit.read("no-such-package==1 ; python_version < '3'")[0]))


def test_our_locks_pass(audit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FILE.parent.parent)
    project = audit.tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert not list(audit.locked(project))


TOMORROW = datetime.now(UTC).date() + timedelta(days=1)


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "A-1", "reason": "we never open such a file"},
        {"id": "A-1", "reason": "no", "until": TOMORROW},
        {"id": "A-1", "until": TOMORROW},
        {"reason": "we never open such a file", "until": TOMORROW},
        {"id": "A-1", "reason": "we never open such a file", "until": date(2020, 1, 1)},
    ],
)
def test_an_advisory_is_not_accepted_without_a_reason_and_a_day_to_come(
    audit: ModuleType, entry: dict[str, Any]
) -> None:
    held, wrong = audit.exceptions([entry])
    assert wrong
    assert not held


def test_an_advisory_is_accepted_with_them(audit: ModuleType) -> None:
    held, wrong = audit.exceptions([{"id": "A-1", "reason": "we never open such a file", "until": TOMORROW}])
    assert [entry.id for entry in held] == ["A-1"]
    assert not wrong


FLAW = {"id": "A-1", "fix_versions": ["2"]}
CLEAN = {"name": "x", "version": "1", "vulns": []}
FLAWED = {"name": "y", "version": "1", "vulns": [FLAW]}
SKIPPED = {"name": "z", "skip_reason": "not found"}


def answering(*answers: object) -> Callable[..., subprocess.CompletedProcess[str]]:
    """pip-audit as it would answer, one answer a service; None is a crash."""
    left = list(answers)

    def run(*_: str) -> subprocess.CompletedProcess[str]:
        answer = left.pop(0)
        text = "" if answer is None else json.dumps({"dependencies": answer})
        return subprocess.CompletedProcess([], 1, text, "a\nConnectionError: refused")

    return run


@pytest.mark.parametrize(
    ("answers", "strict", "code", "says"),
    [
        ([[CLEAN]], "", 0, "1 packages, 0 known vulnerabilities"),
        ([[CLEAN, FLAWED]], "", 1, "y 1: A-1, fixed in 2"),
        ([[SKIPPED, FLAWED]], "", 1, "y 1: A-1"),
        ([None, [CLEAN]], "1", 0, "0 known"),
        ([[SKIPPED], [FLAWED]], "", 1, "A-1"),
        ([[SKIPPED], None], "", 0, "NOT CHECKED"),
        ([[SKIPPED], None], "1", 1, "pypi: judged 0 of 1 packages; osv: ConnectionError"),
        ([[CLEAN, SKIPPED], None], "1", 1, "NOT CHECKED"),
        ([[], []], "1", 1, "NOT CHECKED"),
    ],
)
def test_a_vulnerability_fails_and_silence_is_said_aloud(
    audit: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answers: list[object],
    strict: str,
    code: int,
    says: str,
) -> None:
    monkeypatch.setattr(audit, "run", answering(*answers))
    monkeypatch.setenv("AUDIT_STRICT", strict)
    assert audit.advisories([]) == code
    assert says in capsys.readouterr().out
