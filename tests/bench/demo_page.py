"""How long `rampcheck demo` takes to show its page: from the start of the process to the first 200 for /.

In that time it makes a database, tells the example's half year through the services and opens the web server. Beside
it stand the bare imports of its libraries, as in `startup`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench import processes
from tests.bench.rounds import Figure, interleaved, spread
from tests.bench.startup import WATCHED, bare_imports, modules, ratios

MOST_S = 3.0  # seconds; issue 2, "Measures"


def figures() -> Iterator[Figure]:
    """The measures."""
    with tempfile.TemporaryDirectory(prefix="rampcheck-bench-") as place:
        folder = Path(place)
        shown(folder, ("-c", WATCHED))
        imports = bare_imports(modules(folder))
        rows = interleaved(lambda: shown(folder, ("-m", "bot")), lambda: processes.spoke(imports, folder))
        name = "`rampcheck demo` until its page answers"
        yield spread(name, [row[0].wall for row in rows], "s", most=MOST_S)
        yield spread(f"{name}, processor time", [row[0].cpu for row in rows], "s")
        yield from ratios(f"{name} / bare imports", rows)


def shown(folder: Path, program: Sequence[str]) -> processes.Took:
    """Until the page is there."""
    port = processes.free_port()
    demo = (*program, "demo", "--no-open", "--port", str(port))
    return processes.until(demo, folder, lambda: processes.answers(port))
