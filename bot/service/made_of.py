"""Whose a request is: the one place where a button's number becomes a request; it must not know what it asks."""

from __future__ import annotations

from bot.core import permissions
from bot.core.permissions import Action
from bot.core.records import Person, Pilot, Request
from bot.service.work import Work


def request_of(work: Work, person: Person, ident: int) -> tuple[Request, Pilot] | None:
    """A request and its pilot, where it was made of this person; None for another's as for one that is not there."""
    request = work.unit.request(ident)
    pilot = work.unit.pilot(request.pilot) if request is not None else None
    if request is None or pilot is None or not permissions.may(person, Action.REPLY, request):
        return None
    return request, pilot
