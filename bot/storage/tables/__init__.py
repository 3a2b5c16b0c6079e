"""The rows: SQLModel tables and nothing else. They hold no rule and do not validate; domain values live in core.

Every table has `org_id` (only `beat`, a sign of life of a process, and `oauth_state`, an installation that was begun,
belong to nobody), and a reference to something of an organisation names the organisation too, so that the database
itself refuses one that crosses over.
"""

from bot.storage.tables.checkins import LIVE, AnswerRow, CheckinRow, HelperRow, NagRow, SubmissionRow, WordRow
from bot.storage.tables.insight import EvaluationRow, LevelRow, MuteRow, SnapshotRow, UsualStayRow
from bot.storage.tables.messages import WAITS_STILL, BeatRow, HomeChangeRow, HomeRow, MessageRow, StripRow
from bot.storage.tables.people import (
    ChannelRow,
    ConnectionRow,
    ErasureRow,
    IdentityRow,
    InstallationRow,
    OauthStateRow,
    OrganisationRow,
    PersonRow,
    RetentionRow,
    SightRow,
    SoughtRow,
)
from bot.storage.tables.pilots import EventRow, FormRow, PilotRow, ScheduleRow, SealRow
from bot.storage.tables.requests import DecisionRow, RequestRow, SubscriptionRow

__all__ = [
    "LIVE",
    "WAITS_STILL",
    "AnswerRow",
    "BeatRow",
    "ChannelRow",
    "CheckinRow",
    "ConnectionRow",
    "DecisionRow",
    "ErasureRow",
    "EvaluationRow",
    "EventRow",
    "FormRow",
    "HelperRow",
    "HomeChangeRow",
    "HomeRow",
    "IdentityRow",
    "InstallationRow",
    "LevelRow",
    "MessageRow",
    "MuteRow",
    "NagRow",
    "OauthStateRow",
    "OrganisationRow",
    "PersonRow",
    "PilotRow",
    "RequestRow",
    "RetentionRow",
    "ScheduleRow",
    "SealRow",
    "SightRow",
    "SnapshotRow",
    "SoughtRow",
    "StripRow",
    "SubmissionRow",
    "SubscriptionRow",
    "UsualStayRow",
    "WordRow",
]
