"""Sends the web process thousands of signed requests of each kind: `python -m tests.surface [EXAMPLES]`."""

from __future__ import annotations

import sys

from tests.faults.places import sqlite
from tests.surface.fuzzing import ROUTES, fuzz

EXAMPLES = 2000


def main(arguments: list[str]) -> int:
    """The exit code."""
    wrong = 0
    for path, method in ROUTES:
        with sqlite() as url:
            found = fuzz(url, path, method, examples=int(arguments[0]) if arguments else EXAMPLES)
        told = ", ".join(f"{many:,} x {status}" for status, many in sorted(found.statuses.items()))
        bad = [*(f"{status}: {body[:300]}" for _, status, body in found.undescribed), *found.errors]
        print(
            "\n  ".join([f"{method} {path}: {told}; {found.stored:,} stored; {len(bad)} wrong", *bad[:10]]),
            flush=True,
        )
        wrong += len(bad)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
