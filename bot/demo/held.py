"""Messages of the past, kept back until it is known which of them still matter; it must not know what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from bot.core.card import Card
from bot.core.ports import Message, Unit
from bot.core.questionnaire import Questionnaire
from bot.core.state import Phase
from bot.service import checkins
from bot.service.shared_requests import anchor_of
from bot.service.work import Work

DIGEST = "digest:"


class Held:
    """A unit of work that sends nothing: its messages wait here, each as it was amended last.

    The past changes no person and no questionnaire, so that each is looked up once: a third of the time of it all.
    """

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._waiting: dict[str, Message] = {}
        self._kept: set[str] = set()
        self.person = cache(unit.person)
        self.identities = cache(unit.identities)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def keep_form(self, form: Questionnaire) -> None:
        """Remember a version's body, once."""
        if form.key not in self._kept:
            self._unit.keep_form(form)
            self._kept.add(form.key)

    def enqueue(self, message: Message, now: datetime, *, soon: bool = False) -> bool:
        """Keep a new message, or put an amended card in the place of the one it amends."""
        del now, soon
        key = message.replaces or message.key
        known = self._waiting.get(key)
        if bool(known) != bool(message.replaces):
            return False
        self._waiting[key] = replace(known, card=message.card) if known else message
        return True

    def posted(self, key: str) -> Card | None:
        """The card of a message as it was amended last; here those that wait are all there are."""
        known = self._waiting.get(key)
        return known.card if known else None

    def release(self, work: Work) -> None:
        """Send what still waits for somebody, and the last digest; all else was read long ago."""
        wanted = set(_open_keys(work))
        for key, message in self._waiting.items():
            if key in wanted or key.startswith(DIGEST):
                ahead = message.stale_at if message.stale_at and message.stale_at > work.now else None
                work.unit.enqueue(replace(message, stale_at=ahead), work.now)


def _open_keys(work: Work) -> Iterator[str]:
    """The messages of check-ins that take an answer, a late one too, and of requests without a reply."""
    unit = work.unit
    late = (unit.history(pilot.id, questionnaire="pulse", limit=1) for pilot in unit.pilots())
    expired = (unit.checkin(past.id) for found in late for past in found if past.phase == Phase.EXPIRED)
    for checkin in (*unit.live_checkins(), *expired):
        if checkin is not None:
            said = checkins.message_key(checkin, checkin.state.said)
            yield unit.stands_in(said) or said
            yield from (
                checkins.message_key(checkin, f"ask:{question}:{to}")
                for question, to in checkin.state.handed.items()
            )
    asked = (f"request:{anchor_of(request)}" for request in unit.requests())
    yield from (unit.stands_in(key) or key for key in asked)
