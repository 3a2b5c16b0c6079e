"""The question why nobody answers, as whoever is asked sees it; it must not know when it is put, nor what follows."""

from __future__ import annotations

from datetime import datetime

from bot.core.card import Card
from bot.core.compose import silence as words
from bot.core.days import day_words
from bot.core.records import Pilot, Request
from bot.service.work import Work


def card_of(work: Work, pilot: Pilot, request: Request) -> Card:
    """The question in a message of its own, with its buttons."""
    owner, since = _silent(work, pilot, request)
    return words.question(request, pilot.name, owner, since, pilot.key)


def line_of(work: Work, pilot: Pilot, request: Request) -> Card:
    """The question as a line of a message about several pilots."""
    owner, since = _silent(work, pilot, request)
    return words.question_line(request, pilot.name, owner, since)


def _silent(work: Work, pilot: Pilot, request: Request) -> tuple[str, str]:
    """Who has not answered, and since which day by the calendar of whoever is asked."""
    owner, person = work.unit.person(pilot.owner or 0), work.unit.person(request.person)
    since = day_words(work.day(datetime.fromisoformat(request.text), person), work.today(person))
    return owner.name if owner else "", since
