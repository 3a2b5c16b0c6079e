"""Runs the benchmarks and prints one table: `python -m tests.bench [NAME ...]`; it asserts nothing about the figures.

`portfolio:2000` is `portfolio` with 2,000 pilots.

The exit code tells only whether every benchmark ran to its end: 1 where one broke, 2 for a name that there is not.
"""

from __future__ import annotations

import importlib
import sys
import time
import traceback
from collections.abc import Iterator

from tests.bench.rounds import Figure, table

# In the order of the table; each module has `figures()`.
BENCHES = (
    "startup",
    "demo_page",
    "status",
    "answering",
    "slack_ingress",
    "slack_answering",
    "slack_sending",
    "teams_ingress",
    "teams_answering",
    "teams_sending",
    "auditing",
    "outbox",
    "row_security",
    "portfolio",
    "tick",
    "due_burst",
    "answers_kept",
    "pilots_imported",
)


def main(arguments: list[str]) -> int:
    """The exit code."""
    unknown = [name for name in arguments if name.partition(":")[0] not in BENCHES]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}. There is {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    found: list[Figure] = []
    broken = [name for name in arguments or BENCHES if not _run(name, found)]
    print("\n".join(table(found)))
    for name in broken:
        print(f"{name} broke: see above; its figures are missing or not all there.")
    return 1 if broken else 0


def _run(name: str, found: list[Figure]) -> bool:
    """Add a benchmark's figures; False where it broke, whatever it was: the others are still wanted."""
    began = time.perf_counter()
    print(f"{name} ...", file=sys.stderr, flush=True)
    try:
        found.extend(_figures(name))
    except Exception:  # noqa: BLE001  # the other figures are still wanted
        traceback.print_exc()
        return False
    print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return True


def _figures(name: str) -> Iterator[Figure]:
    module, _, pilots = name.partition(":")
    given = {"pilots": int(pilots)} if pilots else {}
    yield from importlib.import_module(f"tests.bench.{module}").figures(**given)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
