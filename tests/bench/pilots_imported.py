"""How fast pilots come in from a file, and what memory that takes. The measuring is `importing`'s.

It runs in a process of its own, as the most memory that a process ever had is all that can be asked for afterwards.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.bench.rounds import ROUNDS, Figure, spread


def figures() -> Iterator[Figure]:
    """The measures, each the median of fresh processes."""
    with ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1
    ) as process:
        found = [process.submit(imported).result() for _ in range(ROUNDS)]
    for name in found[0]:
        values, unit = [one[name] for one in found], "MB" if "memory" in name else "rows/s"
        yield spread(name, values, unit)


def imported() -> dict[str, float]:
    """Rows a second of each step, and the memory, of one import of a made file."""
    from tests.bench import importing

    data, start = importing.made(), peak()
    with importing.fresh_store() as (store, organisation):
        steps = list(importing.measured(store, organisation, data, None))
    rates = {f"import of {step.rows:,} rows: {step.name}": step.rows / step.seconds for step in steps}
    most = peak()
    return rates | {"import: peak memory": most, "import: peak memory above that before": most - start}


def peak() -> float:
    """The most memory this program has had, in MB; the usual count goes on from that of the one which started it."""
    try:
        said = Path("/proc/self/status").read_text()
    except OSError:
        from tests.bench import importing

        return importing.peak()
    return int(said.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
