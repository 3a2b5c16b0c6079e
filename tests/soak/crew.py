"""The workers of a soak: real processes that are hired, told what to do, killed and replaced; it judges nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from typing import Any

from tests.soak import worker

Order = tuple[str, datetime, Sequence[Mapping[str, Any]]]  # what to do, when, and acts


@dataclass(slots=True)
class Hand:
    """One worker process and the pipe to it."""

    process: Any
    pipe: Pipe


@dataclass(slots=True)
class Crew:
    """As many workers as are `hired`; whoever dies is replaced. `kills` counts who was killed when."""

    orders: Callable[[], worker.Orders]
    hands: list[Hand] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    _processes: Any = field(default_factory=lambda: multiprocessing.get_context("forkserver"))

    def hire(self, many: int) -> None:
        """Start them."""
        self._processes.set_forkserver_preload(["tests.soak.worker"])
        self.hands = [self._hired() for _ in range(many)]

    def look(self, at: datetime, hands: Sequence[Hand] = ()) -> None:
        """Each of these workers, or all, looks what is due, all at the same instant."""
        self.tell([(hand, ("beat", at, [])) for hand in hands or self.hands])

    def tell(self, orders: Sequence[tuple[Hand, Order]]) -> list[Any]:
        """Give orders to workers and wait for all; None for one that died over it. A new one stands in its place."""
        for hand, order in orders:
            with _dead_ends():
                hand.pipe.send(order)
        waiting = {hand.pipe: nth for nth, (hand, _) in enumerate(orders)}
        answers: list[Any] = [None] * len(orders)
        while waiting:
            for pipe in wait(list(waiting), timeout=120):
                nth = waiting.pop(pipe)  # type: ignore[call-overload]  # they are pipes
                with _dead_ends():
                    answers[nth] = pipe.recv()  # type: ignore[union-attr]  # as above
        for (hand, _), answer in zip(orders, answers, strict=True):
            if answer is None or not hand.process.is_alive():
                self._replace(hand)
        return answers

    def kill(self, pid: int, when: str) -> bool:
        """SIGKILL a worker of ours; whether it was alive."""
        if not any(hand.process.pid == pid and hand.process.is_alive() for hand in self.hands):
            return False
        os.kill(pid, signal.SIGKILL)
        self.kills[when] += 1
        return True

    def dismiss(self) -> None:
        """All go home."""
        for hand in self.hands:
            hand.pipe.close()
            hand.process.join(10)
            hand.process.kill()

    def _hired(self) -> Hand:
        here, there = self._processes.Pipe()
        process = self._processes.Process(target=worker.run, args=(self.orders(), there), daemon=True)
        process.start()
        there.close()
        if here.recv() != "ready":
            raise RuntimeError("a worker did not get ready")
        return Hand(process, here)

    def _replace(self, hand: Hand) -> None:
        hand.process.kill()
        hand.process.join()
        hand.pipe.close()
        fresh = self._hired()
        hand.process, hand.pipe = fresh.process, fresh.pipe


class _dead_ends:  # noqa: N801  # reads as a statement
    """The other end of a pipe has died: that is looked at afterwards."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, EOFError | OSError)
