"""A store in which everything is tried and nothing is kept: what a write did is looked at, then undone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

from bot.core.ports import Store, Unit
from bot.core.records import OrganisationId

T = TypeVar("T")
Look = Callable[[Unit], Any]


class UndoneError(Exception):
    """Ends a unit of work that is not to be kept."""


class Rehearsal:
    """A Store whose writes are undone; `changed` says whether what `look` sees was another after the last one."""

    def __init__(self, store: Store, look: Look) -> None:
        self._store = store
        self._look = look
        self.changed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, organisation: OrganisationId, work: Callable[[Unit], T]) -> T:
        done: list[T] = []

        def tried(unit: Unit) -> None:
            before = self._look(unit)
            done[:] = [work(unit)]
            self.changed = self._look(unit) != before
            raise UndoneError

        with contextlib.suppress(UndoneError):
            self._store.write(organisation, tried)
        return done[0]
