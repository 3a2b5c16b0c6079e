"""Breaks things on purpose and prints the table of docs/reliability.md: `python -m tests.faults [ROOM or NUMBER ...]`.

The exit code is 1 where something did not hold, where a fault did not happen or a row broke, and 2 for a name that
there is not. What takes seconds is tested in the suite as well (`tests/faults/test_*.py`); here it is done at length.
"""

from __future__ import annotations

import importlib
import logging
import sys
import time
import traceback
from collections.abc import Iterator, Mapping

from tests.faults.matrix import Row, table

# The rows that each module's `rows()` yields; it breaks things in that order.
ROOMS: Mapping[str, tuple[int, ...]] = {
    "kills": (1, 2, 4),
    "killed": (3,),
    "server_down": (5,),
    "one_file": (6, 7),
    "refusals": (8, 9, 10),
    "shuffled": (12,),
    "borders": (21, 22),
    "clock_jumps": (16,),
    "clock_changes": (17,),
    "poison": (27,),
    "forged": (13, 14, 15),
    "inert": (18, 19, 20),
    "strange": (29,),
    "doubles": (11,),
    "storm": (23,),
    "burst": (24,),
    "deploys": (25,),
    "kept": (28,),
    "growing": (26,),
}


def main(arguments: list[str]) -> int:
    """The exit code."""
    known = {*ROOMS, *(str(number) for numbers in ROOMS.values() for number in numbers)}
    unknown = [name for name in arguments if name not in known]
    if unknown:
        print(f"There is no row {unknown[0]!r}. There is {', '.join(ROOMS)}, or a number.", file=sys.stderr)
        return 2
    found: list[Row] = []
    broken = [room for room in ROOMS if _wanted(room, arguments) and not _run(room, found)]
    print("\n".join(table(found)))
    for room in broken:
        print(f"{room} broke: see above; its rows are missing or not all there.")
    return 1 if broken or not all(row.held for row in found) else 0


def _wanted(room: str, arguments: list[str]) -> bool:
    return not arguments or bool({room, *(str(number) for number in ROOMS[room])} & {*arguments})


def _run(room: str, found: list[Row]) -> bool:
    """Add a module's rows; False where it broke, whatever it was: the others are still wanted."""
    began = time.perf_counter()
    print(f"{room} ...", file=sys.stderr, flush=True)
    try:
        found.extend(_rows(room))
    except Exception:  # noqa: BLE001  # as said
        traceback.print_exc()
        return False
    print(f"{room}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return True


def _rows(room: str) -> Iterator[Row]:
    yield from importlib.import_module(f"tests.faults.{room}").rows()


if __name__ == "__main__":
    # That messages are given up is what rows are about.
    logging.getLogger("rampcheck").setLevel(logging.ERROR)
    sys.exit(main(sys.argv[1:]))
