"""`rampcheck demo`: an example portfolio in a folder of its own that is gone afterwards; nothing else is touched."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from bot import app as wiring
from bot import demo as portfolio
from bot import log, settings
from bot.app import App, MovableClock
from bot.cli import opening, running, screen
from bot.storage import migrate

HOST = "127.0.0.1"
DATABASE = "demo.db"
TAKEN_OVER = ("LOG_LEVEL", "RAMPCHECK_LOG_FORMAT", "RAMPCHECK_QUESTIONNAIRES", "RAMPCHECK_ZONE")
GREETING = """\
Rampcheck's demo is at {where}
{how}Choose who you are on the left; move the clock to see what happens next.
{data} Ctrl-C stops it."""


def demo(wanted: int, *, keep: Path | None, browse: bool) -> None:
    """Serve the example until Ctrl-C."""
    stop = _Stop()
    stop.listen()  # until the server takes over: the folder goes either way
    port = running.free_port(HOST, wanted)
    if port != wanted:
        screen.warn(f"Port {wanted} is in use, so the demo takes {port}.")
    with _folder(keep) as folder:
        app = _prepared(folder, port, stop)
        where = f"http://{HOST}:{port}/"
        opens = browse and sys.stdout.isatty() and _has_window()
        data = f"Everything is kept in {keep}." if keep else "Nothing of it is kept."
        how = "It opens in your browser. " if opens else ""
        greeting = GREETING.format(where=where, how=how, data=data)
        running.run(app, with_worker=True, greeting=greeting, then=lambda: _browse(where) if opens else None)


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """A folder to work in; one that is not to be kept is removed at the end."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    folder = Path(tempfile.mkdtemp(prefix="rampcheck-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Stop:
    """Whether SIGTERM came while the demo was starting.

    It is looked for between the steps: an exception raised by a handler is lost where Python cannot pass it on, such
    as in a callback of the garbage collector, and the demo would go on as if nobody had asked it to stop.
    """

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> None:
        """From now on SIGTERM is noted."""
        signal.signal(signal.SIGTERM, self._note)

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True

    def heed(self) -> None:
        """Raises KeyboardInterrupt once it has come."""
        if self.asked:
            raise KeyboardInterrupt


def _prepared(folder: Path, port: int, stop: _Stop) -> App:
    """The program on the folder's database: seeded when it is new, else with its clock where it stopped."""
    found = settings.load(_environment(folder, port))
    log.configure(found.log_level, found.log_format)
    migrate.upgrade(found.database_url)
    stop.heed()
    clock = MovableClock()
    app = wiring.build(found, clock=clock, journal=opening.journal(found))
    try:
        stop.heed()
        last = app.store.read(app.organisation.id, lambda unit: unit.events(limit=1))
        if last:
            clock.move_to(last[0].at)
        else:
            portfolio.prepare(app)
        stop.heed()
    except BaseException:
        opening.let_go(app)
        raise
    return app


def _environment(folder: Path, port: int) -> dict[str, str]:
    """The demo's settings: its own database and address; of yours only what changes how it is asked and logged."""
    own = {found.variable: found for found in settings.describe()}
    taken = {name: own[name].shown for name in TAKEN_OVER if own[name].origin != "default"}
    return {
        "LOG_LEVEL": "WARNING",
        **taken,
        "DATABASE_URL": f"sqlite:///{folder.absolute() / DATABASE}",
        "PORT": str(port),
        "RAMPCHECK_ORGANISATION": "Example",
    }


def _has_window() -> bool:
    """Whether a browser would open beside the terminal; those that run inside it would take it over."""
    try:
        return type(webbrowser.get()) is not webbrowser.GenericBrowser
    except webbrowser.Error:
        return False


def _browse(where: str) -> None:
    """Open the page without waiting for the browser, whatever becomes of it."""
    threading.Thread(target=_open, args=(where,), daemon=True).start()


def _open(where: str) -> None:
    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(where)
