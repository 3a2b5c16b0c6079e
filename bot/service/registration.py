"""A pilot registered by an admin: people by name, words checked; everything else is the registry's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.core.answers import one_line, tidy
from bot.core.compose.words import listed
from bot.core.questionnaire import STAGES
from bot.core.records import Pilot
from bot.service import ServiceError, lookup, registry
from bot.service.work import Work


@dataclass(frozen=True, slots=True)
class Entry:
    """A new pilot as it was typed: people are names or e-mail addresses."""

    name: str
    owner: str = ""
    sponsor: str = ""
    stage: str = "idea"
    target: date | None = None
    group: str = ""
    work: str = ""


def register(work: Work, entry: Entry) -> Pilot:
    """Store it. ServiceError where the name is taken, a person is not known or the stage is none."""
    name, today = one_line(entry.name), work.today()
    if not name or len(name) > registry.NAME_LIMIT:
        raise ServiceError(
            f"A pilot's name has 1 to {registry.NAME_LIMIT} characters; this one has {len(name)}."
        )
    if entry.stage not in STAGES:
        raise ServiceError(f"There is no stage '{entry.stage}'. Use {listed(STAGES, last='or')}.")
    taken = next((one for one in work.unit.pilots() if one.name.casefold() == name.casefold()), None)
    if taken is not None:
        raise ServiceError(f"{taken.name} is there already; its key is {taken.key}.")
    owner, sponsor = (
        lookup.person_named(work.unit, text).id if text else None for text in (entry.owner, entry.sponsor)
    )
    fresh = Pilot(
        0,
        "",
        name,
        work=tidy(entry.work),
        stage=entry.stage,
        stage_since=today,
        created=today,
        owner=owner,
        sponsor=sponsor,
        target=entry.target,
        original_target=entry.target,
        group=one_line(entry.group),
    )
    return registry.add_pilot(work, fresh, actor=None)
