"""How long it takes to start: goal G14. `--help` against bare Python, the web server against bare imports.

"Bare imports" is a program that does nothing but import the libraries' modules that a started server has in memory, in
the order in which it came to them: what is left is our own code, the content, the database and the sockets.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bot.storage import migrate
from tests.bench import processes
from tests.bench.rounds import MILLI, Figure, interleaved, ratio, spread

HELP = ("-m", "bot", "--help")
MOST_HELP, MOST_SERVE = 8.0, 1.25  # goal G14

# Runs our command line, and leaves behind which modules it brought in, in the order in which they were ready.
WATCHED = """
import atexit, json, sys
before = set(sys.modules)

def leave():
    loaded = {name: module for name, module in sys.modules.items() if name not in before}
    files = {name: getattr(module, "__file__", None) or "" for name, module in loaded.items()}
    with open("modules.json", "w") as left:
        json.dump(files, left)

atexit.register(leave)
from bot.cli import main
main()
"""
IMPORTING = """
import contextlib, importlib, sys
for name in sys.argv[1].split():
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
print("imported", flush=True)
"""


def figures() -> Iterator[Figure]:
    """The measures."""
    with tempfile.TemporaryDirectory(prefix="rampcheck-bench-") as name:
        folder = Path(name)
        yield from help_figures(folder)
        yield from serve_figures(folder)


def help_figures(folder: Path) -> Iterator[Figure]:
    """Of `rampcheck --help`."""
    rows = interleaved(lambda: processes.ended(HELP, folder), lambda: processes.ended(("-c", "pass"), folder))
    yield from ratios("`rampcheck --help` / bare Python", rows, most=MOST_HELP)
    yield spread("`rampcheck --help`", [row[0].wall * MILLI for row in rows], "ms")
    processes.said(("-c", WATCHED, "--help"), folder)
    loaded = modules(folder)
    packages = sorted({name.partition(".")[0] for name in of_libraries(loaded)})
    yield Figure("modules that `--help` imports", f"{len(loaded)}; libraries: {', '.join(packages)}")


def serve_figures(folder: Path) -> Iterator[Figure]:
    """Of `rampcheck serve` on a database that is there."""
    migrate.upgrade(f"sqlite:///{folder / 'rampcheck.db'}")
    served(folder, ("-c", WATCHED))
    imports = bare_imports(modules(folder))
    rows = interleaved(lambda: served(folder, ("-m", "bot")), lambda: processes.spoke(imports, folder))
    yield from ratios("`rampcheck serve` until it listens / bare imports", rows, most=MOST_SERVE)
    yield spread("`rampcheck serve` until it listens", [row[0].wall * MILLI for row in rows], "ms")


def ratios(
    measure: str, rows: Iterable[tuple[processes.Took, ...]], *, most: float | None = None
) -> Iterator[Figure]:
    """The first against the second on the clock, and as processor time, which a busy machine changes less."""
    taken = list(rows)
    yield ratio(measure, [(one.wall, other.wall) for one, other in taken], most=most)
    yield ratio(f"{measure}, processor time", [(one.cpu, other.cpu) for one, other in taken])


def served(folder: Path, program: Sequence[str]) -> processes.Took:
    """Until it listens."""
    port = processes.free_port()
    return processes.until((*program, "serve"), folder, lambda: processes.listens(port), PORT=str(port))


def modules(folder: Path) -> dict[str, str]:
    """What a watched program had in memory when it ended beside bare Python's: the modules and their files."""
    found: dict[str, str] = json.loads((folder / "modules.json").read_text())
    return found


def of_libraries(loaded: Mapping[str, str]) -> list[str]:
    """The modules among them that are neither ours nor Python's."""
    return [name for name, file in loaded.items() if "site-packages" in file]


def bare_imports(loaded: Mapping[str, str]) -> tuple[str, ...]:
    """A program that imports the libraries' modules, as far as each can be alone, and says so."""
    return "-c", IMPORTING, " ".join(of_libraries(loaded))
