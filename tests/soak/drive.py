"""Drives a soak: tells the workers what time it is, lets people act, takes the floor away, and writes it all down.

Workers are real processes that are killed with SIGKILL: some while they work, at a moment of chance, and some in the
instant in which the platform has taken a message and they do not know it yet. It judges nothing.
"""

from __future__ import annotations

import heapq
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from tests.soak import worker
from tests.soak.crew import Crew, Hand, Order
from tests.soak.people import BY_ZONE, Due, Life
from tests.soak.record import Act, Post, Record, Turn, moment, read, rows
from tests.soak.settling import ARCHIVED, BEGIN, CHANNEL, LEAD, house, settled
from tests.soak.sink import Sink

GRID = timedelta(minutes=30)  # moments at which the workers look; what falls due in between is that late
TURNED = {
    "zone": "moves to another zone",
    "left": "leavers",
    "away": "absences",
    "hours": "hours of one's own",
    "delegates": "stand-ins",
    "early": "check-ins asked for early",
    "sent": "check-ins sent by hand",
    "stops": "pilots that end",
}
TRIES = 20  # of acts over which workers are killed
ROUNDS = 40  # of answering and sending at one moment; more means that it never comes to rest
DUE = (
    "SELECT min(due) FROM ("
    "SELECT min(next_due_at) AS due FROM schedule WHERE next_due_at IS NOT NULL"
    " UNION ALL SELECT min(wake_at) FROM checkin WHERE wake_at IS NOT NULL"
    " UNION ALL SELECT min(next_due_at) FROM subscription"
    " UNION ALL SELECT min(due_at) FROM message WHERE settled_at IS NULL) AS dues"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How big, how long and how rough. `kills` is the share of moments at which a worker is killed."""

    owners: int
    weeks: int
    workers: int
    seed: int = 1
    kills: float = 0.01
    jumps: float = 0.01
    outages: int = 6
    look_up: bool = True  # whether the platform can be asked for what was sent
    country: str = (
        BY_ZONE  # whose working week and holidays the organisation keeps: each person's, or one country's
    )
    reviews: bool = False  # whether each pilot is asked a review a month, beside its pulse
    together: float = 0.33  # share of looks that all workers take at the same instant; else one of them looks
    gone: float = 0.01  # addresses that the platform will not know any more, from some day on


@dataclass(slots=True)
class Counts:
    """What was done to the program."""

    jumps: int = 0
    outages: int = 0
    moments: int = 0
    refused: int = 0  # acts that the program asked to be done again
    seconds: float = 0.0


class Soak:
    """One soak of one database."""

    def __init__(self, plan: Plan, url: str) -> None:
        self.plan, self.url, self.dice = plan, url, Random(plan.seed)
        self.counts = Counts()
        self.end = BEGIN + timedelta(weeks=plan.weeks)
        self.lives: dict[str, Life] = {}
        self.content = worker.content_of(plan.country, reviews=plan.reviews)
        self.record = Record(house(self.content, plan.country), BEGIN, self.end, channel=CHANNEL)
        self.sink = Sink(self._refuses, self._arriving, self._taken)
        self.crew = Crew(self._orders)
        self._due: list[tuple[datetime, int, Due]] = []
        self._numbers = count()
        self._gone: dict[str, datetime] = {}
        self._now = BEGIN
        self._kill_at_send = 0  # the worker that sends the so manieth message from now on is killed
        self._kill_before = False  # before the platform has it, or after

    def run(self) -> Record:
        """Live through the weeks; what an observer can know of them."""
        began = time.perf_counter()
        self.settle()
        self.begin()
        try:
            for at in self._moments():
                if (at.year, at.month) > (self._now.year, self._now.month):
                    taken = time.perf_counter() - began
                    print(f"{at:%B %Y}: {len(self.sink.posts):,} messages, {taken:,.0f} s", file=sys.stderr)
                self._pass(at)
        finally:
            self.crew.dismiss()
        self.counts.seconds = time.perf_counter() - began
        self.record.posts = [
            Post(number, datetime.fromtimestamp(one.at, UTC), one.conversation, one.key, one.card["title"])
            for number, one in enumerate(self.sink.posts)
        ]
        read(self.record, self.url)
        return self.record

    # --- the world

    def begin(self) -> None:
        """A platform and workers, who have the database to themselves from now on."""
        self.sink.start()
        self.crew.hire(self.plan.workers)

    def settle(self) -> None:
        """People and pilots, by the product's own registration; the first message is a fortnight away."""
        self.connection, made = settled(self.url, self.plan.owners, self.content)
        own: dict[int, list[str]] = {}
        for name, owner in rows(self.url, "SELECT name, owner FROM pilot ORDER BY id"):
            own.setdefault(owner, []).append(name)
        asking = self.content.policy.asking
        week = tuple(day for day in asking.working_days if day not in asking.never_on)
        for number, (person, user, zone) in enumerate(made):
            dice, colleague = Random(f"{self.plan.seed}:{number}"), made[number - 7][1].capitalize()
            life = Life(person, user, zone, dice, tuple(own.get(person, ())), colleague, week)
            self.record.people[user.capitalize()] = person
            self.lives[user] = life
            self.record.zones[person], self.record.places[f"dm:{user}"] = zone, person
            if user != LEAD:
                for due in life.turns(BEGIN + timedelta(days=3), self.plan.weeks):
                    self._plan(due)
                if life.dice.random() < self.plan.gone:
                    days = life.dice.randint(20, max(self.plan.weeks * 7, 21))
                    self._gone[f"dm:{user}"] = self.record.lost[person] = BEGIN + timedelta(days=days)
        for pilot, owner, deputy in rows(self.url, "SELECT id, owner, deputy FROM pilot"):
            self.record.owners[pilot] = {one for one in (owner, deputy) if one is not None}
            self.record.owner[pilot] = owner

    def _refuses(self, conversation: str) -> str:
        if conversation == ARCHIVED:
            return "the channel is archived (is_archived)"
        gone = self._gone.get(conversation)
        if gone is None or self._now < gone:
            return ""
        self.record.refused.setdefault(conversation, []).append(self._now)
        return "the account was closed (account_inactive)"

    def _plan(self, due: Due) -> None:
        heapq.heappush(self._due, (due.at, next(self._numbers), due))

    # --- time

    def _moments(self) -> Iterator[datetime]:
        """Every moment at which something is due or somebody acts; outages leave some out."""
        spans = self._outages()
        while True:
            due = self._next()
            due += [self._due[0][0]] if self._due else []
            at = max(_grid(min(due, default=self.end)), self._now + GRID)
            while spans and at >= spans[0][0]:
                begin, end = spans.pop(0)
                self.record.down.append((max(begin, self._now), end))
                self.counts.outages += 1
                at = max(at, _grid(end))
            if at >= self.end:
                return
            yield at

    def _next(self) -> list[datetime]:
        """When the database says that something is due."""
        asked = rows(self.url, DUE)[0][0]
        return [moment(asked)] if asked is not None else []

    def _owed(self, at: datetime) -> bool:
        return any(due <= at for due in self._next())

    def _outages(self) -> list[tuple[datetime, datetime]]:
        """Some hours, some days, and one of three weeks; they begin at any hour of the day."""
        hours = [3, 7, 14, 30, 75, 21 * 24]
        found = []
        for nth in range(self.plan.outages if self.plan.weeks >= 8 else 1):
            begin = BEGIN + timedelta(
                minutes=self.dice.randint(15 * 1440, max(self.plan.weeks * 7 - 10, 17) * 1440)
            )
            found.append((begin, begin + timedelta(hours=hours[nth % len(hours)])))
        return _apart(sorted(found))

    def _pass(self, at: datetime) -> None:
        """One moment: people act, the workers look, until nothing is left to do."""
        self._now, self.counts.moments = at, self.counts.moments + 1
        if self.dice.random() < self.plan.jumps:
            self.counts.jumps += 1
            self._beat(at - timedelta(hours=1))  # the clock was set back; then somebody mends it
        for _ in range(ROUNDS):
            acts = self._acts(at)
            if acts:
                self._do(at, acts)
            before = self.sink.calls
            self._beat(at)
            self._watch(at)
            waits = bool(self._due) and self._due[0][0] <= at
            if not waits and (self.sink.calls == before or not self._owed(at)):
                return
        raise RuntimeError(f"at {at} it never came to rest")

    def _acts(self, at: datetime) -> list[Due]:
        found = []
        while self._due and self._due[0][0] <= at:
            found.append(heapq.heappop(self._due)[2])
        return [due for due in found if not self.lives[due.user].left]

    def _watch(self, at: datetime) -> None:
        """What people now see, and what they will do about it."""
        changed, self.sink.changed = self.sink.changed, []
        for conversation, key in dict.fromkeys(changed):
            life = self.lives.get(conversation.removeprefix("dm:"))
            due = life.sees(at, key, self.sink.cards[key]) if life and life.user != LEAD else None
            if due is not None:
                self._plan(due)

    # --- the workers

    def _do(self, at: datetime, acts: Sequence[Due]) -> None:
        """Hand acts to the workers, to each those of some people, whose acts come one after the other.

        What is not acknowledged, because a worker died, is done again.
        """
        left = list(acts)
        for attempt in range(TRIES):
            shares = self._shared(left)
            orders: list[tuple[Hand, Order]] = [
                (hand, ("act", at, [{**due.act, "user": due.user, "attempt": attempt} for due in share]))
                for hand, share in shares
            ]
            left = []
            for (_, share), answers in zip(shares, self.crew.tell(orders), strict=True):
                if answers is None:
                    left += share
                    continue
                for due, (answer, key) in zip(share, answers, strict=True):
                    self._happened(at, due, answer, key)
            if not left:
                return
        raise RuntimeError(f"at {at} a worker died over {left} again and again")

    def _shared(self, acts: Sequence[Due]) -> list[tuple[Hand, list[Due]]]:
        """By who acts, as a balancer that keeps people apart would."""
        hands = self.crew.hands
        first, shares = self.dice.randrange(len(hands)), defaultdict[int, list[Due]](list)
        for due in acts:
            shares[(first + self.lives[due.user].person) % len(hands)].append(due)
        return [(hands[nth], share) for nth, share in shares.items()]

    def _happened(self, at: datetime, due: Due, answer: str, key: str) -> None:
        life, act = self.lives[due.user], due.act
        kind, stored = str(act["kind"]), answer != "refused"
        if kind in ("says", "clicks", "opens"):
            checkin = _checkin_of(act) if answer == "stored" else None
            self.record.acts.append(Act(at, life.person, key, stored, checkin))
            self.counts.refused += not stored
        turn = str(act.get("turn", kind))
        if turn in TURNED and stored:
            value = str(act.get("value") or act.get("zone") or act.get("pilot", ""))
            if turn == "delegates":
                value = f"{self.record.people[life.colleague]}:{value}"
            self.record.turns.append(Turn(at, life.person, turn, value))
            life.left = life.left or turn == "left"

    def _beat(self, at: datetime) -> None:
        """The workers look: now and then all at the same instant, else one of them.

        Now and then one of them is killed: at a moment of chance, or at its next send.
        """
        fate = self.dice.random()
        if fate < self.plan.kills / 2:
            self.kill_at_send(self.dice.randint(1, 3), before=self.dice.random() < 0.5)
        elif fate < self.plan.kills:
            victim, after = self.dice.choice(self.crew.hands), self.dice.uniform(0, 0.06)
            threading.Timer(after, self.crew.kill, (victim.process.pid, "while it worked")).start()
        together = self.dice.random() < self.plan.together
        self.crew.look(at, () if together else [self.dice.choice(self.crew.hands)])
        self._kill_at_send = 0

    def kill_at_send(self, nth: int, *, before: bool) -> None:
        """Kill the worker that sends the nth message from now on, just before or just after the platform has it."""
        self._kill_at_send, self._kill_before = nth, before

    def _arriving(self, pid: int) -> bool:
        """Whether the sender of a message lives on to have it taken."""
        return not (self._kill_before and self._counted_down(pid, "between commit and send"))

    def _taken(self, pid: int) -> None:
        """The sink took a message from a worker, who has not heard of it yet."""
        if not self._kill_before:
            self._counted_down(pid, "between send and mark")

    def _counted_down(self, pid: int, when: str) -> bool:
        if self._kill_at_send:
            self._kill_at_send -= 1
            if self._kill_at_send == 0:
                return self.crew.kill(pid, when)
        return False

    def _orders(self) -> worker.Orders:
        plan = self.plan
        return worker.Orders(
            self.url, self.sink.port, self.connection, plan.country, plan.reviews, plan.look_up
        )


def _grid(at: datetime) -> datetime:
    return at + (BEGIN - at) % GRID


def _apart(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans that would run into the one before are left out."""
    kept: list[tuple[datetime, datetime]] = []
    for span in spans:
        if not kept or span[0] > kept[-1][1] + timedelta(days=2):
            kept.append(span)
    return kept


def _checkin_of(act: Mapping[str, Any]) -> int | None:
    """The check-in that an act answers: by its message, or by the button of a message about several."""
    kind, _, rest = str(act.get("message", "")).partition(":")
    if kind == "checkin":
        return int(rest.partition(":")[0])
    about = str(act["token"]).partition("|checkin|")[2].partition("|")[0] if act["kind"] == "opens" else ""
    return int(about) if about.isdigit() else None


def totals(record: Record) -> Mapping[str, int]:
    """How much was lived through."""
    return {
        "messages delivered": len(record.posts),
        "check-ins": len(record.asked),
        "acts of people": len(record.acts),
        **{TURNED[kind]: many for kind, many in sorted(Counter(turn.kind for turn in record.turns).items())},
    }
