"""What /metrics says: counts of this process, and what the database shows of all; it must not know a name.

Labels are words out of closed sets (platforms, fates, kinds of signals), so that the number of series is bounded and
nobody can be found in them. prometheus-client takes as long to import as half of the program: it is imported by the
first who counts or looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from bot import __version__
from bot.core.ports import Fate, Store, Taken

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

PLATFORMS: Final = frozenset({"local", "slack", "teams"})
OTHER: Final = "other"
SENDING_S: Final = (
    0.5,
    1,
    2,
    5,
    10,
    30,
    60,
    300,
    900,
    3600,
)  # a beat is 2 s; the last attempt is after 45 min
STORING_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)  # Slack gives up after 3 s
SIGNALS_KEPT: Final = timedelta(seconds=60)  # reading them costs a look at every pilot
MOST_KINDS: Final = 64  # of signals; there are eighteen


@dataclass(frozen=True, slots=True)
class Series:
    """One gauge: its values by the word of its one label; `label` is empty, and the word too, where it has none."""

    name: str
    text: str
    values: Mapping[str, float]
    label: str = ""


class Counted:
    """The `Meter` of one process, and the page that tells of it."""

    def __init__(self) -> None:
        self._signals: tuple[datetime | None, Mapping[str, int]] = (None, {})
        self._gate = Lock()
        self._made: _Kept | None = None

    def delivered(self, platform: str, fate: Fate, *, waited_s: float | None = None) -> None:
        where = _known(platform)
        self._kept.deliveries.labels(where, fate.value).inc()
        if waited_s is not None:
            self._kept.due_to_sent.labels(where).observe(max(waited_s, 0.0))

    def took(self, platform: str, taken: Taken, *, seconds: float) -> None:
        where = _known(platform)
        self._kept.inbound.labels(where, taken.value).inc()
        if taken is Taken.STORED:
            self._kept.answered_to_stored.labels(where).observe(seconds)

    def audited(self, *, missed: int, unsent: int) -> None:
        """What the auditor of this process found last."""
        self._kept.audit.labels("missed").set(missed)
        self._kept.audit.labels("unsent").set(unsent)

    def warm(self) -> None:
        """Import what counting needs; it blocks."""
        _ = self._kept

    def page(self, store: Store, now: datetime) -> bytes:
        """The whole page; it reads the database and blocks. Raises StorageError."""
        from prometheus_client import generate_latest  # noqa: PLC0415  # see above

        shown = (*_waiting(store, now), *self._signals_of(store, now))
        self._kept.database.shown = shown
        return generate_latest(self._kept.registry)

    def _signals_of(self, store: Store, now: datetime) -> Iterator[Series]:
        at, counted = self._signals
        if at is None or not at <= now < at + SIGNALS_KEPT:
            counted = signals(store)
            self._signals = (now, counted)
        yield Series("rampcheck_signals", "Pilots that have a signal now", counted, label="kind")

    @property
    def _kept(self) -> _Kept:
        with self._gate:  # several threads may be the first
            if self._made is None:
                self._made = _Kept()
            return self._made


class _Kept:
    """prometheus-client's side."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Gauge, Histogram, Info, ProcessCollector  # noqa: PLC0415  # see above  # noqa: PLC0415  # as well
        from prometheus_client import Counter as Rising  # noqa: PLC0415  # as well

        self.registry: CollectorRegistry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        Info("rampcheck", "What runs here", registry=self.registry).info({"version": __version__})
        self.deliveries = Rising(
            "rampcheck_deliveries", "Attempts to deliver", ("platform", "result"), registry=self.registry
        )
        self.inbound = Rising(
            "rampcheck_inbound", "What people did", ("platform", "result"), registry=self.registry
        )
        self.due_to_sent = Histogram(
            "rampcheck_due_to_sent_seconds",
            "From when a message was to be sent until it was",
            ("platform",),
            buckets=SENDING_S,
            registry=self.registry,
        )
        self.answered_to_stored = Histogram(
            "rampcheck_answered_to_stored_seconds",
            "From the arrival of what somebody did until it was stored",
            ("platform",),
            buckets=STORING_S,
            registry=self.registry,
        )
        self.audit = Gauge(
            "rampcheck_auditor_pilots",
            "Pilots that were due and not asked (missed), or asked and not delivered to (unsent)",
            ("what",),
            registry=self.registry,
        )
        self.database = _Database()
        self.registry.register(self.database)


class _Database:
    """What the database shows, gathered before the page is written."""

    shown: tuple[Series, ...] = ()

    def collect(self) -> Iterator[Any]:
        """The gauges."""
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415  # see above

        for one in self.shown:
            gauge = GaugeMetricFamily(one.name, one.text, labels=[one.label] if one.label else [])
            for word, value in one.values.items():
                gauge.add_metric([word] if one.label else [], value)
            yield gauge


def _waiting(store: Store, now: datetime) -> Iterator[Series]:
    """The outbox and the workers."""
    found = store.letters.backlog(now)
    unsettled = {"due": found.due, "later": found.later}
    yield Series("rampcheck_outbox_messages", "Messages that are not settled", unsettled, label="state")
    oldest = "How long the message that is due longest has waited"
    yield Series("rampcheck_outbox_oldest_seconds", oldest, {"": _since(found.since, now)})
    yield Series("rampcheck_outbox_dead", "Messages given up: `rampcheck outbox list`", {"": found.dead})
    due = "How long what fell due longest ago has waited: a question, a reminder, a digest, a message"
    yield Series("rampcheck_due_oldest_seconds", due, {"": _since(_due_since(store), now)})
    last = max(store.beats().values(), default=None)
    if last is not None:
        silent = "Since a worker last showed life"
        yield Series("rampcheck_worker_silent_seconds", silent, {"": _since(last, now)})


def _due_since(store: Store) -> datetime | None:
    """The earliest moment at which anything of anybody's falls due, or fell."""
    moments = [store.read(one.id, lambda unit: unit.next_moment()) for one in store.organisations()]
    return min((moment for moment in moments if moment is not None), default=None)


def _since(moment: datetime | None, now: datetime) -> float:
    """Seconds; 0 where there is no moment, or one that is still to come."""
    return max(now - moment, timedelta()).total_seconds() if moment else 0.0


def signals(store: Store) -> Mapping[str, int]:
    """Kind of signal -> pilots that have it, in all organisations."""
    counted: Counter[str] = Counter()
    for organisation in store.organisations():
        kept = store.read(organisation.id, lambda unit: unit.evaluations())
        counted.update(seen.signal.id for found in kept.values() for seen in found.signals)
    return dict(counted.most_common(MOST_KINDS))


def _known(platform: str) -> str:
    return platform if platform in PLATFORMS else OTHER
