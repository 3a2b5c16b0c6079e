"""Hands events to the live pages, once and in order, and again after a lost connection; it reads none."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

REPLAYED = 500  # events kept for pages that come back: some minutes of a busy demo
BACKLOG = 1000  # events a page may fall behind before it is sent away to load everything anew

Visible = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: `id` for Last-Event-ID, its name, its data."""

    id: str
    name: str
    data: Mapping[str, Any]


class Stream:
    """Events to any number of pages. Ids carry a mark of this process: those of an earlier one are known."""

    def __init__(self) -> None:
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._recent: deque[Happened] = deque(maxlen=REPLAYED)
        self._pages: set[asyncio.Queue[Happened | None]] = set()
        self._closed = False

    @property
    def last(self) -> str:
        """The id of the newest event: what a page that loads everything now has seen."""
        return f"{self._epoch}-{self._number}"

    def tell(self, name: str, data: Mapping[str, Any]) -> None:
        """Say it to every page."""
        self._number += 1
        event = Happened(self.last, name, data)
        self._recent.append(event)
        for page in list(self._pages):
            if page.qsize() >= BACKLOG:
                self._pages.discard(page)
                page.put_nowait(None)
            else:
                page.put_nowait(event)

    async def follow(self, since: str, visible: Visible, *, beat: float) -> AsyncIterator[Happened | None]:
        """Events after `since` that are visible, as they come; None every `beat` seconds of silence.

        The first is `reset` when `since` is too long ago or of another process. Ends when the stream closes.
        """
        page: asyncio.Queue[Happened | None] = asyncio.Queue()
        missed = self._after(since)
        if not self._closed:
            self._pages.add(page)
        try:
            if missed is None:
                yield Happened(self.last, "reset", {})
            for event in missed or ():
                if visible(event.data):
                    yield event
            while page in self._pages or not page.empty():
                event_or_end = await _next(page, beat)
                if event_or_end is _QUIET:
                    yield None
                elif event_or_end is None:
                    return
                elif visible(event_or_end.data):
                    yield event_or_end
        finally:
            self._pages.discard(page)

    def close(self) -> None:
        """Send every page away, now and later."""
        self._closed = True
        for page in list(self._pages):
            page.put_nowait(None)

    def _after(self, since: str) -> list[Happened] | None:
        epoch, _, number = since.partition("-")
        if epoch != self._epoch or not number.isdecimal() or int(number) > self._number:
            return None
        if int(number) < self._number - len(self._recent):
            return None
        return [event for event in self._recent if int(event.id.partition("-")[2]) > int(number)]


_QUIET = Happened("", "quiet", {})


async def _next(page: asyncio.Queue[Happened | None], beat: float) -> Happened | None:
    with suppress(TimeoutError):
        return await asyncio.wait_for(page.get(), beat)
    return _QUIET
