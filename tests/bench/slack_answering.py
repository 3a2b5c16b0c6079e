"""What a whole answer over Slack costs: goals G2, G3 and G8, on both databases.

The program as in production takes signed posts: verified, decoded, stored, committed, answered. Three of them:

- the least that it does: a delivery that comes a second time, which is looked up and not done again;
- the command `help`: marked as seen, the person met, answered with a card;
- a whole pulse: a form with five answers, which are stored, the pilot judged anew, its message amended.

Beside them, in the same rounds, bolt with a listener that acknowledges and stores nothing, and bolt with a listener
that reads a row and inserts one by SQLModel's async sessions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.bench import slack_posts
from tests.bench.answering import bare_postgres
from tests.bench.capacity import CALLERS, loaded, pulses, told
from tests.bench.owners import Owners, owners
from tests.bench.places import POSTGRES, SQLITE, each_database
from tests.bench.rounds import MILLI, ROUNDS, Figure, at_least, chosen, interleaved, ratio, spread
from tests.bench.slack_crowd import SLACK
from tests.bench.slack_servers import STOCK, STORING, serving
from tests.bench.web_load import Server, Window

ACKS, REPEATS, HELPS, PULSES = 48, 32, 32, 16  # requests of one server in one round
WHOLE_MOST = {SQLITE: 1.0, POSTGRES: 1.1}  # G2
FASTER = 3.0  # G3


def figures(rounds: int = ROUNDS) -> Iterator[Figure]:
    """The measures on both databases."""
    for name, url in each_database():
        if name == POSTGRES:
            bare_postgres(url).close()  # the table that the other one reads and writes
        beside = [(STOCK,), (STORING, url)] if name == POSTGRES else [(STOCK,)]
        with serving(*beside) as others, owners(SLACK, url) as asked:
            yield from answered(name, asked, others, rounds)
            yield Figure(f"told to press again, of those at once, {name}", str(len(asked.refused)))
            yield from loaded(f"over Slack, {name}", asked)


def answered(name: str, asked: Owners, others: Sequence[Server], rounds: int) -> Iterator[Figure]:
    """G2 and, where bolt stores in the same database, G3."""
    stock, *storing = others
    work = [
        lambda: acknowledged(stock, ACKS),
        lambda: repeated(asked),
        lambda: helped(asked),
        lambda: pulses(asked, PULSES),
        *[lambda one=one: acknowledged(one, HELPS) for one in storing],
    ]
    rows = interleaved(*work, rounds=rounds)
    cpu = [[window.cpu_each for window in row] for row in rows]
    yield from whole_answers(name, cpu)
    rates = [[window.rate for window in row] for row in rows]
    yield spread(
        f"whole pulses over Slack a second, {CALLERS} at once, {name}", [row[3] for row in rates], "/s"
    )
    for nth, what in ((2, "`help`"), (3, "a whole pulse")) if storing else ():
        yield at_least(
            f"{what} / bolt with SQLModel's read and insert, answers a second (G3)",
            chosen(rates, nth, 4),
            FASTER,
        )
        yield ratio("the same as processor time", chosen(cpu, nth, 4))


def whole_answers(name: str, cpu: Sequence[Sequence[float]]) -> Iterator[Figure]:
    """Each kind of answer against bolt's acknowledgement; the goal was set for one read and one insert."""
    kinds = ("a second delivery", "`help`", "a whole pulse")
    for nth, what in enumerate(kinds, start=1):
        measure = f"{what} / bolt's bare ack, processor time, {name} (G2)"
        yield ratio(measure, chosen(cpu, nth, 0), most=WHOLE_MOST[name])
        yield spread(f"{what}, processor time, {name}", [row[nth] * MILLI for row in cpu], "ms")


# --- one round of each ------------------------------------------------------------------------------------------------


def acknowledged(server: Server, many: int) -> Window:
    """Presses that bolt takes."""
    return server.closed([slack_posts.press() for _ in range(many)], CALLERS).all(200)


def repeated(asked: Owners) -> Window:
    """Deliveries that come a second time."""
    once = [slack_posts.command(asked.someone, "help") for _ in range(CALLERS)]
    asked.server.closed(once, CALLERS)
    return asked.server.closed(once * (REPEATS // CALLERS), CALLERS).all(200)


def helped(asked: Owners) -> Window:
    """Commands."""
    posts = [slack_posts.command(asked.someone, "help") for _ in range(HELPS)]
    return told(asked, asked.server.closed(posts, CALLERS))
