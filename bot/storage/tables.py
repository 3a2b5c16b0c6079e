"""The rows: SQLModel tables and nothing else. They hold no rule and do not validate; domain values live in core.

Every table has `org_id` (only `beat`, a sign of life of a process, and `oauth_state`, an installation that was begun,
belong to nobody), and a reference to something
of an organisation names the organisation too, so that the database itself refuses one that crosses over.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from bot.storage.columns import AnswerText
from bot.storage.fields import (
    NO_ROWID,
    TENANT,
    Row,
    as_json,
    given_key,
    moment,
    of,
    of_organisation,
    plain,
    small,
    text_key,
    waiting,
)

# As written in the partial indexes: a query must repeat it word for word for SQLite to use the index.
LIVE = "phase IN ('open', 'snoozed', 'waiting')"


# --- people ---------------------------------------------------------------------------------------------------------


class OrganisationRow(Row, table=True):
    """The tenants; fewer than 32,768 of them, for their number is in every row."""

    __tablename__ = "organisation"
    id: int | None = Field(default=None, sa_type=TENANT, primary_key=True)
    name: str = plain()
    zone: str = plain()


class ConnectionRow(Row, table=True):
    """Chats attached to an organisation."""

    __tablename__ = "connection"
    __table_args__ = (
        of_organisation(),
        UniqueConstraint("platform", "external"),
        UniqueConstraint("org_id", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    platform: str = plain()
    external: str = plain()
    active: bool


class InstallationRow(Row, table=True):
    """What lets us act in a connection: `sealed` holds its tokens, encrypted; empty once they are forgotten.

    `edition` counts the grants; `renewing_until` is the lease of whoever exchanges the present one.
    """

    __tablename__ = "installation"
    __table_args__ = (of("connection_id", to="connection"), NO_ROWID)
    connection_id: int = given_key()
    org_id: int = small()
    edition: int
    installed_at: datetime = moment()
    expires_at: datetime | None = moment(null=True)
    renewing_until: datetime | None = moment(null=True)
    health: str = plain()
    reason: str = plain()
    about: Any = as_json()
    sealed: str = plain()


class OauthStateRow(Row, table=True):
    """Installations that were begun: the digest of what comes back, and until when it may."""

    __tablename__ = "oauth_state"
    __table_args__ = (Index(None, "until"), NO_ROWID)
    digest: str = text_key()
    until: datetime = moment()


class PersonRow(Row, table=True):
    """`folded` is name, line break, e-mail, all case-folded: what is searched and sorted."""

    __tablename__ = "person"
    __table_args__ = (of_organisation(), UniqueConstraint("org_id", "id"))
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    name: str = plain()
    email: str = plain()
    zone: str = plain()
    standing: str = plain()
    active: bool
    weekday: int | None
    hour: int | None
    away_until: date | None
    folded: str = plain()


class IdentityRow(Row, table=True):
    """Accounts of people, and the address that reaches each."""

    __tablename__ = "identity"
    __table_args__ = (
        of("connection_id", to="connection"),
        of("person_id", to="person"),
        Index(None, "org_id", "person_id"),
        Index(None, "connection_id", "conversation"),
        NO_ROWID,
    )
    external: str = text_key()  # first: SQLite would take (connection, ...) for any search by connection
    connection_id: int = given_key()
    org_id: int = small()
    person_id: int
    conversation: str = plain()
    service: str = plain()
    thread: str = plain()
    active: bool


class SoughtRow(Row, table=True):
    """People whose account was looked for on a connection: not again before `due_at`."""

    __tablename__ = "sought"
    __table_args__ = (of("connection_id", to="connection"), of("person_id", to="person"), NO_ROWID)
    person_id: int = given_key()
    connection_id: int = given_key()
    org_id: int = small()
    due_at: datetime = moment()
    finding: str = plain()


class ChannelRow(Row, table=True):
    """Channels the bot may post to."""

    __tablename__ = "channel"
    __table_args__ = (
        of("connection_id", to="connection"),
        UniqueConstraint("connection_id", "conversation"),
        UniqueConstraint("org_id", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    connection_id: int
    name: str = plain()
    conversation: str = plain()
    service: str = plain()
    thread: str = plain()
    active: bool


class SightRow(Row, table=True):
    """The dedupe keys of what people did."""

    __tablename__ = "sight"
    __table_args__ = (of_organisation(), NO_ROWID)
    org_id: int = small(key=True)
    key: str = text_key()
    at: datetime = moment()


# --- pilots ---------------------------------------------------------------------------------------------------------


class PilotRow(Row, table=True):
    """The initiatives as they are now; how they came to be so is in `event`."""

    __tablename__ = "pilot"
    __table_args__ = (
        of_organisation(),
        *(of(role, to="person") for role in ("owner", "deputy", "sponsor", "decider", "builder")),
        *(Index(None, "org_id", role) for role in ("owner", "deputy", "sponsor", "decider")),
        UniqueConstraint("org_id", "id"),
        UniqueConstraint("org_id", "key"),
        waiting("ix_pilot_external", "org_id", "external", condition="external <> ''", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    key: str = plain()
    name: str = plain()
    folded: str = plain()
    work: str = plain()
    stage: str = plain()
    stage_since: date
    created: date
    owner: int | None
    owner_accepted: bool
    deputy: int | None
    sponsor: int | None
    sponsor_accepted: bool
    decider: int | None
    builder: int | None
    target: date | None
    original_target: date | None
    decide_by: date | None
    group: str = plain()
    tags: Any = as_json()
    risk: str = plain()
    metric: str = plain()
    baseline: float | None
    goal: float | None
    intended_users: int | None = Field(default=None, sa_type=BigInteger)
    paused_until: date | None
    before_pause: str = plain()
    private: bool
    external: str = plain()


class EventRow(Row, table=True):
    """Append-only: triggers refuse to change or delete a row."""

    __tablename__ = "event"
    __table_args__ = (
        of_organisation(),
        of("pilot_id", to="pilot"),
        of("actor_id", to="person"),
        Index(None, "org_id", "pilot_id", "at"),
        Index(None, "org_id", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    kind: str = plain()
    at: datetime = moment()
    actor_id: int | None
    pilot_id: int | None
    subject: str = plain()
    before: Any = as_json(null=True)
    after: Any = as_json(null=True)


class FormRow(Row, table=True):
    """The body of every questionnaire version that was used."""

    __tablename__ = "form"
    __table_args__ = (of_organisation(), NO_ROWID)
    org_id: int = small(key=True)
    form: str = text_key()
    version: int = given_key()
    digest: str = plain()
    body: Any = as_json()


class ScheduleRow(Row, table=True):
    """When each pilot is next asked what."""

    __tablename__ = "schedule"
    __table_args__ = (
        of("pilot_id", to="pilot"),
        UniqueConstraint("org_id", "pilot_id", "questionnaire"),
        waiting("ix_schedule_due", "org_id", "next_due_at", condition="next_due_at IS NOT NULL"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    pilot_id: int
    questionnaire: str = plain()
    next_due_at: datetime | None = moment(null=True)
    weeks: int | None


# --- check-ins ------------------------------------------------------------------------------------------------------


class WordRow(Row, table=True):
    """Questions, items and questionnaires by number, so that a row which names one of them stays small."""

    __tablename__ = "word"
    __table_args__ = (of_organisation(), UniqueConstraint("org_id", "word"), NO_ROWID)
    org_id: int = small(key=True)
    id: int = small(key=True)
    word: str = plain()


class CheckinRow(Row, table=True):
    """Columns from wide to narrow, so that PostgreSQL pads nothing. `detail` is NULL when nothing else is to say."""

    __tablename__ = "checkin"
    __table_args__ = (
        of("pilot_id", to="pilot"),
        of("person_id", to="person"),
        of("questionnaire_id", to="word"),
        UniqueConstraint("pilot_id", "org_id", "questionnaire_id", "slot"),
        waiting("ix_checkin_wake", "org_id", "wake_at", condition="wake_at IS NOT NULL"),
        waiting("ix_checkin_live_person", "org_id", "person_id", condition=LIVE),
        waiting("ix_checkin_live_pilot", "org_id", "pilot_id", condition=LIVE),
    )
    slot: datetime = moment()
    opened_at: datetime = moment()
    closes_at: datetime = moment()
    done_at: datetime | None = moment(null=True)
    wake_at: datetime | None = moment(null=True)
    id: int | None = Field(default=None, primary_key=True)
    pilot_id: int
    person_id: int
    org_id: int = small()
    revision: int = small()
    step: int = small()
    version: int = small()
    questionnaire_id: int = small()
    reminders: int = small()
    late: bool
    on_demand: bool
    phase: str = plain()
    outcome: str = plain()
    detail: Any = as_json(null=True)


class HelperRow(Row, table=True):
    """Who was ever handed a question of a check-in: finds candidates; the check-in's state says who still has one."""

    __tablename__ = "helper"
    __table_args__ = (
        of("person_id", to="person"),
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        NO_ROWID,
    )
    org_id: int = small(key=True)
    person_id: int = given_key()
    checkin_id: int = given_key()


class SubmissionRow(Row, table=True):
    """Who gave answers and when, once for several answers; append-only."""

    __tablename__ = "submission"
    __table_args__ = (
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        of("person_id", to="person"),
        Index(None, "checkin_id"),
    )
    at: datetime = moment()
    id: int | None = Field(default=None, primary_key=True)
    checkin_id: int
    person_id: int
    org_id: int = small()
    revision: int = small()


class AnswerRow(Row, table=True):
    """One answer; append-only. Of a check-in's answers to a question the last one stands; NULL takes it back.

    Its key begins with the submission and not with the check-in: rows come in the order of the key, so that pages
    fill up (a third smaller on PostgreSQL).
    """

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(("submission_id",), ["submission.id"]),
        of("question_id", to="word"),
        NO_ROWID,
    )
    submission_id: int = given_key()
    question_id: int = small(key=True)
    org_id: int = small()
    value: Any = Field(default=None, sa_type=AnswerText, nullable=True)


# --- readiness ------------------------------------------------------------------------------------------------------


class LevelRow(Row, table=True):
    """Where each readiness item of a pilot stands now."""

    __tablename__ = "level"
    __table_args__ = (
        of("pilot_id", to="pilot"),
        of("by_person", to="person"),
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        NO_ROWID,
    )
    pilot_id: int = given_key()
    item: str = text_key()
    org_id: int = small()
    level: int | None
    at: datetime = moment()
    changed_at: datetime = moment()
    by_person: int | None
    link: str = plain()
    link_at: datetime | None = moment(null=True)
    not_applicable: str = plain()
    same: int
    checkin_id: int | None


class SnapshotRow(Row, table=True):
    """Scores as they were computed."""

    __tablename__ = "snapshot"
    __table_args__ = (
        of("pilot_id", to="pilot"),
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        Index(None, "org_id", "pilot_id", "at", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    pilot_id: int
    at: datetime = moment()
    overall: int | None
    dimensions: Any = as_json()
    weakest: str = plain()
    coverage: float
    policy: int
    model: int
    checkin_id: int | None


class EvaluationRow(Row, table=True):
    """What the last evaluation of each pilot found; `due_at` is the next."""

    __tablename__ = "evaluation"
    __table_args__ = (of("pilot_id", to="pilot"), Index(None, "org_id", "due_at"), NO_ROWID)
    pilot_id: int = given_key()
    org_id: int = small()
    at: datetime = moment()
    due_at: datetime = moment()
    since: datetime = moment()
    course: str = plain()
    next: str = plain()
    was: str = plain()
    times: int
    points: int
    streak: int
    paused_days: int
    signals: Any = as_json()
    known: Any = as_json()


class MuteRow(Row, table=True):
    """Signals that somebody in charge acknowledged until a day."""

    __tablename__ = "mute"
    __table_args__ = (of("pilot_id", to="pilot"), of("by_person", to="person"), NO_ROWID)
    pilot_id: int = given_key()
    signal: str = text_key()
    org_id: int = small()
    until: date
    reason: str = plain()
    by_person: int
    at: datetime = moment()


class UsualStayRow(Row, table=True):
    """Days that half of the organisation's own pilots stay in a stage."""

    __tablename__ = "usual_stay"
    __table_args__ = (of_organisation(), NO_ROWID)
    org_id: int = small(key=True)
    stage: str = text_key()
    days: int


# --- requests and digests -------------------------------------------------------------------------------------------


class RequestRow(Row, table=True):
    """What was asked of one person by a button message."""

    __tablename__ = "request"
    __table_args__ = (
        of("pilot_id", to="pilot"),
        of("person_id", to="person"),
        of("asked_by", to="person"),
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        Index(None, "org_id", "pilot_id"),
        Index(None, "org_id", "person_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    kind: str = plain()
    pilot_id: int
    person_id: int
    asked_by: int | None
    asked_at: datetime = moment()
    text: str = plain()
    topic: str = plain()
    reply: str = plain()
    replied_at: datetime | None = moment(null=True)
    checkin_id: int | None


class DecisionRow(Row, table=True):
    """What was decided about each pilot; append-only."""

    __tablename__ = "decision"
    __table_args__ = (
        of("pilot_id", to="pilot"),
        of("by_person", to="person"),
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        Index(None, "org_id", "pilot_id", "at"),
        Index(None, "org_id", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    pilot_id: int
    choice: str = plain()
    at: datetime = moment()
    by_person: int
    role: str = plain()
    reason: str = plain()
    text: str = plain()
    until: date | None
    due: date | None
    lesson: str = plain()
    reuse: Any = as_json()
    closed: Any = as_json()
    into: str = plain()
    suggested: str = plain()
    stage_before: str = plain()
    stage_after: str = plain()
    form: str = plain()
    policy: int
    model: int
    overall: int | None
    dimensions: Any = as_json()
    signals: Any = as_json()
    checkin_id: int | None


class SubscriptionRow(Row, table=True):
    """Channels that get the digest."""

    __tablename__ = "subscription"
    __table_args__ = (
        of("channel_id", to="channel"),
        of("by_person", to="person"),
        Index(None, "org_id", "next_due_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    channel_id: int
    next_due_at: datetime = moment()
    group: str = plain()
    by_person: int | None


# --- messages -------------------------------------------------------------------------------------------------------


class MessageRow(Row, table=True):
    """The outbox. A lane is (connection, conversation); `settled_at` NULL means that the message still is to go.

    `state` is pending, leased, sent, dead, stale or cancelled. `due_at` is the moment before which nobody takes it:
    of a leased message, the end of its lease. `again`: it may have been sent already. `parts` of it are sent, the
    first of them as `ref_*` says.
    """

    __tablename__ = "message"
    __table_args__ = (
        of("connection_id", to="connection"),
        UniqueConstraint("org_id", "key"),
        waiting("ix_message_lane", "connection_id", "conversation", "id", condition="settled_at IS NULL"),
        waiting("ix_message_due", "due_at", "id", condition="settled_at IS NULL"),
        waiting("ix_message_stale", "stale_at", condition="settled_at IS NULL AND stale_at IS NOT NULL"),
        # The law that no lane is in two workers' hands is the database's.
        waiting(
            "ix_message_leased", "connection_id", "conversation", condition="state = 'leased'", unique=True
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    key: str = plain()
    connection_id: int
    conversation: str = plain()
    service: str = plain()
    thread: str = plain()
    card: Any = as_json()
    replaces: str = plain()
    under: str = plain()
    created_at: datetime = moment()
    due_at: datetime = moment()
    stale_at: datetime | None = moment(null=True)
    not_before: datetime | None = moment(null=True)
    state: str = plain()
    attempt: int
    again: bool
    reason: str = plain()
    settled_at: datetime | None = moment(null=True)
    ref_conversation: str = plain()
    ref_message: str = plain()
    ref_thread: str = plain()
    parts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class HomeRow(Row, table=True):
    """Homes that were opened; one that cannot be drawn any more is not `looked_at` until it is opened again.

    `due_at` is when it is drawn again whatever happens: while it is in hand, the end of the lease.
    """

    __tablename__ = "home"
    __table_args__ = (
        of("connection_id", to="connection"),
        of("person_id", to="person"),
        UniqueConstraint("connection_id", "conversation"),
        UniqueConstraint("org_id", "id"),
        Index(None, "org_id", "person_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    connection_id: int
    conversation: str = plain()
    person_id: int
    lead: bool
    looked_at: bool
    due_at: datetime | None = moment(null=True)
    failures: int


class HomeChangeRow(Row, table=True):
    """What has changed on a home since it was drawn; rows are only added, then deleted as one when it is drawn.

    A column of `home` would be written by every transaction that changes something a lead sees, and on PostgreSQL
    all but one of those at a time would have to run again; a foreign key would look at that row too.
    """

    __tablename__ = "home_change"
    __table_args__ = (of_organisation(), Index(None, "home_id"))
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    home_id: int
    due_at: datetime = moment()


class BeatRow(Row, table=True):
    """Signs of life of processes."""

    __tablename__ = "beat"
    __table_args__ = (NO_ROWID,)
    worker: str = text_key()
    at: datetime = moment()
