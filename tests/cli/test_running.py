"""`rampcheck serve`, `work`, `tick` and `send`: asking and delivering, and stopping with nothing half done."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import opening, running
from bot.cli.trouble import Trouble
from bot.core.records import Pilot
from bot.settings import load
from tests.cli.terminal import office, process, ran, refused
from tests.fakes.admin import unused

CHAT = "rampcheck.db.chat.jsonl"
PATIENCE = 60.0  # seconds for a process to come up on a busy machine; it takes about one


@pytest.fixture
def matcher(home: Path) -> Pilot:
    """Invoice matcher, owned by Dana, who has opened the chat."""
    with office(home) as scene:
        return scene.pilot("Invoice matcher", scene.person("dana"))


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def wait_for(url: str) -> bytes:
    """What a server says as soon as it answers."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bytes(answer.read())
        except OSError:
            assert time.monotonic() < deadline, f"{url} does not answer"
            time.sleep(0.1)


# --- one heartbeat --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("matcher")
def test_a_heartbeat_with_nothing_to_do_says_so() -> None:
    assert ran("tick") == "Done: pilots evaluated.\n"
    assert ran("tick") == "Nothing is due, and nothing waits to be delivered.\n"


@pytest.mark.usefixtures("matcher")
def test_a_heartbeat_at_a_later_moment_asks_and_delivers(home: Path) -> None:
    due = json.loads(ran("status", "matcher", "--json"))["next_checkin"]
    later = f"{due}T10:30"  # people are asked at ten
    done = ran("tick", "--at", later)
    assert re.match(r"Done: pilots evaluated, \d planned check-ins? and \d messages? taken", done)
    assert "Invoice matcher: Pilot check-in" in (home / CHAT).read_text(encoding="utf-8")
    assert ran("tick", "--at", later) == "Nothing is due, and nothing waits to be delivered.\n"


@pytest.mark.usefixtures("matcher")
def test_scripts_get_a_heartbeat_as_json() -> None:
    assert json.loads(ran("tick", "--json")) == {"done": {"evaluate": 1}, "failed": {}, "messages": 0}
    assert json.loads(ran("tick", "--json")) == {"done": {}, "failed": {}, "messages": 0}


@pytest.mark.usefixtures("home")
def test_a_moment_that_is_none() -> None:
    told = refused("tick", "--at", "tomorrow")
    assert told == "'tomorrow' is not a moment. Write it like 2026-03-31T09:00 or 2026-03-31T09:00+02:00.\n"


def test_a_moment_without_a_zone_is_the_organisations() -> None:
    assert running.moment("2026-07-01T09:00", "Europe/Riga") == datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
    assert running.moment("2026-07-01T09:00+00:00", "Europe/Riga") == datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


# --- one round ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("matcher")
def test_an_owner_is_asked_out_of_turn_and_only_once(home: Path) -> None:
    assert ran("send", "matcher") == "Asked Dana: Pilot check-in, Invoice matcher.\n"
    assert "Invoice matcher: Pilot check-in" in (home / CHAT).read_text(encoding="utf-8")
    assert refused("send", "matcher") == "Pilot check-in is open already with Dana, so nothing was sent.\n"
    assert ran("send", "matcher", "review").startswith("Asked Dana: Readiness review")


@pytest.mark.usefixtures("matcher")
def test_what_cannot_be_asked_is_said() -> None:
    assert "Did you mean Invoice matcher?" in refused("send", "invoce")
    assert "No questionnaire is called 'puls'. There is " in refused("send", "matcher", "puls")


@pytest.mark.usefixtures("home")
def test_nobody_to_ask_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAMPCHECK_LOCAL_CHAT", "off")
    ran("people", "add", "Ana")
    ran("pilots", "add", "Without owner")
    ran("pilots", "add", "Out of reach", "--owner", "Ana")
    assert "Without owner has no owner to ask." in refused("send", "without")
    assert refused("send", "reach").startswith("Ana cannot be reached: they have to open the chat")


# --- for ever -------------------------------------------------------------------------------------------------------


def test_serve_stops_cleanly_when_told_to(home: Path) -> None:
    port = unused()
    with process(home, "serve", PORT=str(port)) as server:
        assert json.loads(wait_for(f"http://127.0.0.1:{port}/healthz"))["ok"] is True
        assert b"<title>" in wait_for(f"http://127.0.0.1:{port}/")
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0, said
    assert f"The local chat is at http://127.0.0.1:{port}/" in said
    assert said.endswith("Stopped.\n")
    assert ran("tick") == "Nothing is due, and nothing waits to be delivered.\n"


def test_others_may_look_while_the_server_runs_but_not_write(home: Path) -> None:
    port = unused()
    with process(home, "serve", PORT=str(port)) as server:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        try:
            assert ran("status").startswith("There is no pilot yet.")
            assert "Another Rampcheck process is writing to rampcheck.db." in refused("people", "add", "Ana")
        finally:
            server.terminate()


def test_work_stops_cleanly_when_told_to(home: Path) -> None:
    with process(home, "work", RAMPCHECK_LOG_FORMAT="json") as worker:
        assert worker.stderr is not None
        assert json.loads(worker.stderr.readline())["event"] == "worker.started"
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0, said


@pytest.mark.usefixtures("home")
def test_a_port_in_use_is_said_before_anything_is_opened(busy: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", str(busy))
    assert refused("serve") == f"Port {busy} is in use. Stop what uses it, or set PORT to another number.\n"


def test_the_next_free_port_is_found(busy: int) -> None:
    assert busy < running.free_port("127.0.0.1", busy) <= busy + running.LOOKED_AT
    assert running.is_free("127.0.0.1", unused())


def test_no_free_port_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "is_free", lambda *_: False)
    with pytest.raises(Trouble, match="Ports 8000 to 8050 are all in use"):
        running.free_port("127.0.0.1", 8000)


@pytest.mark.usefixtures("home")
def test_a_local_chat_that_nobody_delivers_to_is_not_served() -> None:
    assert refused("serve", "--no-worker").startswith("The local chat shows what its own process delivers")


def test_beside_a_database_server_only_the_serving_process_delivers_to_its_page(tmp_path: Path) -> None:
    server = load({"DATABASE_URL": "postgresql://db/app"})
    file = load({"DATABASE_URL": f"sqlite:///{tmp_path}/rampcheck.db"})
    assert not opening.without_page(server).local_chat
    assert opening.without_page(file).local_chat
    assert opening.journal(file) == tmp_path / "rampcheck.db.chat.jsonl"
