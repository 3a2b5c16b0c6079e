"""A year of a portfolio in minutes, and what became of every promise: `python -m tests.soak [--owners 1000 ...]`.

The exit code is 1 where a promise was broken. The same seed gives the same people and plans; where a kill strikes
depends on the machine as well.
"""

from __future__ import annotations

import argparse
import pickle
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.storage import migrate
from tests.databases import cloned, running_postgres
from tests.soak import checker
from tests.soak.drive import Plan, Soak, totals
from tests.soak.people import BY_ZONE
from tests.soak.record import Record

SHOWN = 5  # violations of a promise that are printed
WORKERS = {"sqlite": 1, "postgres": 3}


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    asked = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server is left behind
    kinds = WORKERS if asked.database == "both" else (asked.database,)
    broken = False
    for kind in kinds:
        plan = Plan(
            asked.owners, asked.weeks, WORKERS[kind], asked.seed, country=asked.country, reviews=asked.reviews
        )
        with _database(kind) as url:
            soak = Soak(plan, url)
            record = soak.run()
        if asked.keep:
            Path(asked.keep).with_suffix(f".{kind}").write_bytes(
                pickle.dumps((plan, record, soak.counts, soak.crew.kills))
            )
        found = checker.violations(record)
        print("\n".join(_told(kind, soak, record, found)), flush=True)
        broken = broken or any(found.values())
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--owners", type=int, default=1000)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    whose = "whose working week and holidays are kept: each person's (zone), or one country's, e.g. IL"
    parser.add_argument("--country", default=BY_ZONE, help=whose)
    parser.add_argument(
        "--reviews", action="store_true", help="a review a month for each pilot, beside its pulse"
    )
    parser.add_argument("--keep", default="", help="a file to write the record to, to be checked again")
    return parser


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """An empty one with all tables. Not made to survive a power cut: what is killed here are processes."""
    with tempfile.TemporaryDirectory(prefix="rampcheck-soak-") as folder:
        if kind == "sqlite":
            url = f"sqlite:///{folder}/soak.db"
            migrate.upgrade(url)
            yield url
            return
        with running_postgres(Path(folder) / "postgres") as server:
            yield cloned(server)


def _told(kind: str, soak: Soak, record: Record, found: Mapping[str, list[str]]) -> Iterator[str]:
    plan, counts, kills = soak.plan, soak.counts, soak.crew.kills
    size = f"{plan.owners:,} owners, {plan.weeks} weeks, {plan.workers} worker(s)"
    reviews = ", reviews" if plan.reviews else ""
    yield f"\n## {kind}: {size}{reviews}, holidays of {_whose(plan)}, seed {plan.seed}\n"
    lived = {
        **totals(record),
        "workers killed": kills.total(),
        **{f"- {when}": many for when, many in kills.items()},
        "outages": counts.outages,
        "clock jumps": counts.jumps,
        "moments looked at": counts.moments,
        "acts refused": counts.refused,
        "seconds it took": round(counts.seconds),
    }
    yield from (
        "| lived through | |",
        "|---|---:|",
        *(f"| {what} | {many:,} |" for what, many in lived.items()),
    )
    yield from ("", "| promise | violations |", "|---|---:|")
    for text, broken in found.items():
        yield f"| {text} | {len(broken):,} |"
    for text, broken in found.items():
        yield from (f"\n{text}:", *(f"- {one}" for one in broken[:SHOWN])) if broken else ()


def _whose(plan: Plan) -> str:
    return "each person's country" if plan.country == BY_ZONE else plan.country


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
