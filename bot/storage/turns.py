"""A number of places taken in turn: whoever came first goes first; it must not know what a place is for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from bot.storage.errors import Busy


class Turns:
    """At most so many threads at once, the others in a queue.

    SQLAlchemy's pool limits them as well, but lets one who comes late overtake those who wait: of sixteen callers on
    eight connections one in a hundred waited for a second, ten times as long as half of them.
    """

    def __init__(self, places: int, *, wait_s: float) -> None:
        self._free = places
        self._wait_s = wait_s
        self._waiting: deque[threading.Event] = deque()
        self._gate = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a place. Raises Busy when none was free in time."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._gate:
            if self._free:
                self._free -= 1
                return
            mine = threading.Event()
            self._waiting.append(mine)
        if not mine.wait(self._wait_s):
            self._give_up(mine)

    def _give_up(self, mine: threading.Event) -> None:
        with self._gate:
            if mine.is_set():  # it came in the last moment
                return
            self._waiting.remove(mine)
        raise Busy("Every connection to the database is in use. Try again in a moment.")

    def _leave(self) -> None:
        """Hand the place to whoever waits longest."""
        with self._gate:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
