"""Who confirms what at a gate, and which conditions may be agreed there; it must not know how people are asked.

Segregation of duties (content.md sections 2 and 7): whom `permissions` bars confirms nothing; and one person does not
speak in two roles about the same item.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.gates import GateItem, GateResult, Lack
from bot.core.permissions import Action, kept_from
from bot.core.policy import Policy
from bot.core.questionnaire import ItemId
from bot.core.records import Condition, ItemLevel, PersonId, Pilot, Verdict

NOBODY: PersonId = 0  # named where a reviewer handed an item back and knew nobody else
LEAD, SPONSOR, BUSINESS = "lead", "sponsor", "business_owner"
# What can be put before a reviewer: their yes makes an old answer fresh, and a no can be taken back.
READY = frozenset({Lack.NOTHING, Lack.FRESHNESS, Lack.REFUSED})


def reviewer_of(pilot: Pilot, role: str, item: ItemId, *, leads: Sequence[PersonId]) -> PersonId | None:
    """Who confirms an item in a role: named for it, named for the role, or by their part in the pilot; None: nobody.

    The business owner's items go to the sponsor, since the pilot's own owner never confirms; a lead's to the first.
    """
    named, own = dict(pilot.reviewers), kept_from(Action.CONFIRM, pilot)
    standing_in = {SPONSOR: pilot.sponsor, BUSINESS: pilot.sponsor}.get(role)
    for_item = named.get(f"{role}:{item}")
    if for_item == NOBODY and named.get(role) is None:
        return None
    candidates = (for_item or None, named.get(role), standing_in, *(leads if role == LEAD else ()))
    return next((one for one in candidates if one is not None and one not in own), None)


def named(pilot: Pilot, role: str, person: PersonId, item: ItemId = "") -> tuple[tuple[str, PersonId], ...]:
    """The reviewers of a pilot with somebody named for a role, or for one item of it alone."""
    key = f"{role}:{item}" if item else role
    return tuple(sorted({**dict(pilot.reviewers), key: person}.items()))


# --- confirming -----------------------------------------------------------------------------------------------------


class NotYours(StrEnum):
    """Why somebody may not confirm an item."""

    OWN = "own"
    NOT_NAMED = "not_named"
    TWICE = "twice"  # they have said yes in another role
    NOT_READY = "not_ready"  # nothing to look at yet


def may_confirm(
    pilot: Pilot, item: GateItem, role: str, person: PersonId, *, leads: Sequence[PersonId]
) -> NotYours | None:
    """Why a person may not speak about an item in a role; None where they may. Any lead may in the leads' role."""
    if person in kept_from(Action.CONFIRM, pilot):
        return NotYours.OWN
    if reviewer_of(pilot, role, item.id, leads=leads) != person and not (role == LEAD and person in leads):
        return NotYours.NOT_NAMED
    if any(one.by == person and one.yes and one.role != role for one in item.verdicts):
        return NotYours.TWICE
    return None if item.lack in READY else NotYours.NOT_READY


def said(
    level: ItemLevel, gate: str, role: str, *, by: PersonId, at: datetime, yes: bool, reason: str = ""
) -> ItemLevel:
    """The item with a reviewer's word about what it shows now, in place of their role's earlier one at this gate."""
    others = tuple(one for one in level.verdicts if (one.gate, one.role) != (gate, role))
    word = Verdict(gate, role, by, at, yes, level.level or 0, level.link, reason)
    return replace(level, verdicts=(*others, word))


@dataclass(frozen=True, slots=True)
class Ask:
    """What one reviewer is to confirm: (item, role) in the order of the gate."""

    person: PersonId
    items: tuple[tuple[ItemId, str], ...]


def asks(pilot: Pilot, gate: GateResult, *, leads: Sequence[PersonId]) -> tuple[Ask, ...]:
    """Who is to be asked for which items that are ready and lack somebody's yes; in the order of the gate."""
    found: dict[PersonId, list[tuple[ItemId, str]]] = {}
    for item, role in _open(gate):
        person = reviewer_of(pilot, role, item.id, leads=leads)
        if person is not None and may_confirm(pilot, item, role, person, leads=leads) is None:
            found.setdefault(person, []).append((item.id, role))
    return tuple(Ask(person, tuple(items)) for person, items in found.items())


def nobody_for(pilot: Pilot, gate: GateResult, *, leads: Sequence[PersonId]) -> tuple[str, ...]:
    """The roles of which somebody is needed at this gate and nobody is there, in its order."""
    needed = ((item, role) for item in gate.items for role in item.unconfirmed)
    return tuple(
        dict.fromkeys(role for item, role in needed if reviewer_of(pilot, role, item.id, leads=leads) is None)
    )


def _open(gate: GateResult) -> Iterable[tuple[GateItem, str]]:
    return ((item, role) for item in gate.items if item.lack in READY for role in item.unconfirmed)


# --- conditions -----------------------------------------------------------------------------------------------------


class NoCondition(StrEnum):
    """Why an item cannot follow later."""

    NEVER_WAIVED = "never_waived"
    TOO_MANY = "too_many"
    DAYS = "days"  # the day is not within those that a condition may last
    RAN_OUT = "ran_out"  # it had one
    NOT_OPEN = "not_open"  # no item of this gate, or one that passes


def waivable(gate: GateResult, never: Iterable[ItemId]) -> tuple[GateItem, ...]:
    """The open items that a condition could be agreed for."""
    kept = frozenset(never)
    return tuple(item for item in gate.items if not item.passes and item.id not in kept)


def last_day(gate: GateResult, item: ItemId, today: date, policy: Policy) -> date:
    """The latest day of a condition: so many days from the first time that one was agreed for the item."""
    known = gate.item(item)
    first = known.condition.agreed if known and known.condition else today
    return first + timedelta(days=int(policy.thresholds["gate"]["condition_days"]))


def refuses(
    gate: GateResult, wanted: Condition, *, today: date, never: Iterable[ItemId], policy: Policy
) -> NoCondition | None:
    """Why a condition cannot be agreed; None where it can. One that holds may be given another person or day."""
    item = gate.item(wanted.item)
    if wanted.item in frozenset(never):
        return NoCondition.NEVER_WAIVED
    if item is None or (item.passes and not item.waived):
        return NoCondition.NOT_OPEN
    if item.condition is not None and not item.waived:
        return NoCondition.RAN_OUT
    others = sum(1 for one in gate.items if one.id != wanted.item and _counts(one))
    if others >= policy.thresholds["gate"]["conditions"]:
        return NoCondition.TOO_MANY
    return None if today < wanted.until <= last_day(gate, wanted.item, today, policy) else NoCondition.DAYS


def _counts(item: GateItem) -> bool:
    """Whether a condition was agreed for it that nobody has met yet."""
    return item.condition is not None and not (item.met and not item.unconfirmed)


def agreed(pilot: Pilot, wanted: Condition) -> tuple[Condition, ...]:
    """The conditions of a pilot with one more; another for the same item keeps the day on which it was agreed."""
    same = [one for one in pilot.conditions if (one.gate, one.item) == (wanted.gate, wanted.item)]
    kept = tuple(one for one in pilot.conditions if one not in same)
    return (*kept, replace(wanted, agreed=same[0].agreed) if same else wanted)
