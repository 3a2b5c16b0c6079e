"""What Rampcheck sends people by itself: written down, kept within a week's budget, less where it gains nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core import nags
from bot.core.bundles import MOST
from bot.core.policy import Asking
from bot.core.records import CheckinId, Person, PersonId, PilotId
from bot.core.state import Checkin
from bot.service.work import Work


def note(work: Work, person: PersonId, pilot: PilotId, checkin: CheckinId, step: str) -> None:
    """Somebody is sent something that they did not ask for."""
    work.unit.add_nag(nags.Nag(person, pilot, checkin, step, work.now))


def step_of(slot: str, reminders: int) -> str:
    """Which step a check-in's message is; empty for one that answers something its person did."""
    if slot == "invite":
        return nags.INVITATION
    if slot.startswith("reminder"):
        return nags.FIRST if reminders <= 1 else nags.LAST
    if slot.startswith("closed"):
        return nags.CLOSED
    return nags.AGAIN if slot.startswith("wake") else ""


def room(work: Work, person: Person) -> datetime:
    """When the next message fits into somebody's week; now where it does."""
    rules = work.asking(person)
    newest = _newest(work, person.id, _of_a_week(rules))
    return nags.room_at(newest, work.now, budget=rules.messages_a_week)


def read(work: Work) -> int:
    """How many of somebody's newest are ever looked at."""
    rules = work.asking()
    return max(_of_a_week(rules), _of_reminders(rules))


def _of_a_week(rules: Asking) -> int:
    return rules.messages_a_week * MOST


def _of_reminders(rules: Asking) -> int:
    return 4 * rules.backoff_after * rules.reminders * MOST


def _newest(work: Work, person: PersonId, few: int) -> Sequence[nags.Nag]:
    """So many, of what is read in one go whatever it is wanted for."""
    return work.unit.nags_of(person, limit=read(work))[:few]


def asking(work: Work, checkin: Checkin, person: Person | None) -> Asking:
    """The rules of asking for a check-in, by the days of its person: as it begins, with fewer reminders for whoever
    they gained nothing from.
    """
    rules = work.asking(person)
    if checkin.state.revision or not rules.reminders:
        return rules
    newest = _newest(work, checkin.state.person, _of_reminders(rules))
    left = nags.reminders_left(newest, planned=rules.reminders, after=rules.backoff_after)
    return replace(rules, reminders=left)


def may_remind(work: Work, checkin: Checkin) -> bool:
    """Whether a reminder that is due now fits into its person's week."""
    state = checkin.state
    if state.wake_at is None or state.wake_at > work.now:
        return True
    person = work.unit.person(state.person)
    return person is None or room(work, person) <= work.now
