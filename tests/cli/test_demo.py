"""`rampcheck demo`: comes up by itself, leaves nothing behind, and goes on where it stopped when it is kept."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from bot.cli import example
from tests.cli.terminal import process
from tests.cli.test_running import PATIENCE, wait_for
from tests.fakes.admin import unused


def greeting(demo: subprocess.Popen[str]) -> str:
    """What is printed until the demo is up."""
    assert demo.stderr is not None
    lines = []
    for line in demo.stderr:
        lines.append(line)
        if "Ctrl-C stops it." in line:
            break
    return "".join(lines)


def stop(demo: subprocess.Popen[str], how: signal.Signals) -> None:
    demo.send_signal(how)
    _, said = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 0, said
    assert said.endswith("Stopped.\n")


def test_the_demo_takes_the_next_port_and_leaves_nothing_behind(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        wanted = server.getsockname()[1]
        with process(tmp_path, "demo", "--no-open", "--port", str(wanted), TMPDIR=str(scratch)) as demo:
            said = greeting(demo)
            assert f"Port {wanted} is in use, so the demo takes " in said
            assert "Nothing of it is kept." in said
            assert len(list(scratch.iterdir())) == 1
            where = said.partition("Rampcheck's demo is at ")[2].split()[0]
            assert b"<title>" in wait_for(where)
            stop(demo, signal.SIGINT)
    assert not list(scratch.iterdir())
    assert [path.name for path in tmp_path.iterdir()] == ["scratch"]


def test_a_demo_that_is_kept_goes_on_where_it_stopped(tmp_path: Path) -> None:
    for how in (signal.SIGTERM, signal.SIGTERM):
        port = str(unused())
        with process(
            tmp_path, "demo", "--no-open", "--port", port, "--keep", "kept", DATABASE_URL="nonsense"
        ) as demo:
            assert "Everything is kept in kept." in greeting(demo)
            stop(demo, how)
    assert (tmp_path / "kept" / "demo.db").exists()


def test_a_browser_inside_the_terminal_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> object:
        raise example.webbrowser.Error("there is none")

    monkeypatch.setattr(example.webbrowser, "get", lambda *_: example.webbrowser.GenericBrowser("lynx"))
    assert not example._has_window()
    monkeypatch.setattr(example.webbrowser, "get", lambda *_: example.webbrowser.BackgroundBrowser("firefox"))
    assert example._has_window()
    monkeypatch.setattr(example.webbrowser, "get", none)
    assert not example._has_window()


@pytest.mark.usefixtures("bare")
def test_a_demo_told_to_stop_while_it_starts_stops_even_where_an_exception_would_be_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unlucky:
        """Python cannot pass on what a finaliser raises."""

        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0)  # the handler runs here

    def seed(_: object) -> None:
        Unlucky()

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(example.portfolio, "prepare", seed)
    monkeypatch.setattr(example.running, "run", lambda *_, **__: pytest.fail("the server was started"))
    try:
        with pytest.raises(KeyboardInterrupt):
            example.demo(unused(), keep=tmp_path / "kept", browse=False)
    finally:
        signal.signal(signal.SIGTERM, before)
