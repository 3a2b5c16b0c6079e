"""What PostgreSQL's own lock between organisations costs: the same work by a role that it binds and by the owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from bot.core.ports import MessageRef, Store
from bot.storage import open_store
from tests.bench.places import POSTGRES, database
from tests.bench.rounds import MILLI, Figure, interleaved, timed
from tests.storage.scenes import HOUR, NOW, World, message, raw, world
from tests.storage.test_row_security import GRANTS, as_bound

TIMES = 100  # of each piece of work in one round

Work = Callable[[Store], object]


def figures() -> Iterator[Figure]:
    """Each piece of work by both in turn; the fastest round of each."""
    with database(POSTGRES) as url:
        raw(url, GRANTS)
        owner, bound = open_store(url), open_store(as_bound(url))
        for name, work in pieces(world(owner)):
            rounds = interleaved(*(lambda by=by, work=work: repeated(work, by) for by in (owner, bound)))
            free, held = (min(taken[which] for taken in rounds) / TIMES * MILLI for which in (0, 1))
            told = f"{held:.2f} ms beside {free:.2f} ms: {held / free:.2f} times"
            yield Figure(f"row security, {name}", told)
        owner.close()
        bound.close()


def repeated(work: Work, by: Store) -> float:
    return timed(lambda: [work(by) for _ in range(TIMES)])


def pieces(at: World) -> Iterator[tuple[str, Work]]:
    """From the smallest unit, of which a round trip is a large part, to one of the outbox."""
    org, numbers = at.organisation.id, count()

    def changes(store: Store) -> None:
        key = f"key{next(numbers)}"
        store.write(org, lambda unit: (unit.first_sight(key, NOW), unit.enqueue(message(at, key), NOW)))

    def delivers(store: Store) -> None:
        for leased in store.outbox.lease(NOW + HOUR, limit=1, hold=60):
            store.outbox.sent(leased, MessageRef("D1", "1"), NOW)

    yield "one row read", lambda store: store.read(org, lambda unit: unit.person(at.owner.id))
    yield "an act and a message stored", changes
    yield "a message leased and settled", delivers
