"""A pilot that rests until a day, and goes on before it; it must not word the answers."""

from __future__ import annotations

from datetime import date

from bot.core import permissions, tokens
from bot.core.compose import notes
from bot.core.permissions import Action
from bot.core.ports import Message, Problems, Reply, Show
from bot.core.records import Person, Pilot
from bot.core.tokens import About, Token
from bot.service import checkins, hours, registry
from bot.service.asker import Asker
from bot.service.work import Work


def pause(
    work: Work,
    person: Person,
    pilot: Pilot,
    until: object,
    *,
    field: str = "",
) -> Reply:
    """Pause a pilot until a day. `field` names the form field that problems belong to."""
    today = work.today(person)
    latest = registry.longest_pause(today, work.content)
    if not permissions.may(person, Action.PAUSE, pilot):
        return Show(notes.note("Only this pilot's own people and the portfolio lead can pause it."))
    if pilot.stage in checkins.ENDED:
        return Show(notes.note("It has ended, so there is nothing to pause.", pilot.name))
    if not isinstance(until, date) or not today < until <= latest:
        text = notes.pause_bounds(today, latest)
        return Problems({field: text}) if field else Show(notes.problem(text))
    if pilot.stage == "paused" and pilot.paused_until is not None and not field:
        return Show(notes.problem(notes.paused_already(pilot.paused_until, today)))
    registry.pause(work, pilot, until, actor=person.id)
    checkins.withdraw(work, pilot, f"{pilot.name} is paused.")
    return Show(
        notes.paused(
            pilot.name, until, today, tokens.encode(Token(About.COMMAND, 0, "run", arg=f"resume {pilot.key}"))
        )
    )


def resume(asker: Asker, pilot: Pilot) -> Reply:
    """Let a paused pilot go on, in the stage that it rested in."""
    if not asker.may(Action.PAUSE, pilot):
        return Show(notes.note("Only this pilot's own people and the portfolio lead can resume it."))
    if pilot.stage != "paused":
        return Show(notes.note("It is not paused.", pilot.name))
    resumed = registry.resume(asker.work, pilot, actor=asker.person.id)
    return Show(notes.resumed(resumed.name, resumed.stage))


def wake_up(work: Work, pilot: Pilot) -> None:
    """The day a pause ends: its owner hears of it, and the pilot is asked about again."""
    resumed = registry.resume(work, pilot, actor=None)
    owner = work.unit.person(pilot.owner) if pilot.owner else None
    address = registry.address_of(work.unit, owner.id) if owner else None
    if owner is not None and address is not None:
        key = f"awake:{pilot.id}:{work.today().isoformat()}"
        card = notes.awake(resumed.name, resumed.stage)
        work.unit.enqueue(Message(key, address, card, not_before=hours.there(work, owner)), work.now)
