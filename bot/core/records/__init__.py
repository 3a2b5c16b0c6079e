"""The things Rampcheck keeps, as frozen values; they hold no rules and must not know how they are stored."""

from bot.core.records.asking import Asked, Given, Request, Schedule, Unproven
from bot.core.records.digests import EVERYTHING, Slice, Subscription
from bot.core.records.people import (
    Address,
    Channel,
    Connection,
    Finding,
    Identity,
    Organisation,
    OrganisationId,
    Person,
    PersonId,
    Sought,
    Standing,
)
from bot.core.records.pilots import CheckinId, Condition, Decision, Event, Pilot, PilotId
from bot.core.records.scores import ItemLevel, ScoreRange, Snapshot, Verdict

__all__ = [
    "EVERYTHING",
    "Address",
    "Asked",
    "Channel",
    "CheckinId",
    "Condition",
    "Connection",
    "Decision",
    "Event",
    "Finding",
    "Given",
    "Identity",
    "ItemLevel",
    "Organisation",
    "OrganisationId",
    "Person",
    "PersonId",
    "Pilot",
    "PilotId",
    "Request",
    "Schedule",
    "ScoreRange",
    "Slice",
    "Snapshot",
    "Sought",
    "Standing",
    "Subscription",
    "Unproven",
    "Verdict",
]
