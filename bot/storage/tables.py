"""The rows: SQLModel tables and nothing else. They hold no rule and do not validate; domain values live in core.

Every table has `org_id` (only `beat`, a sign of life of a process, belongs to nobody), and a reference to something
of an organisation names the organisation too, so that the database itself refuses one that crosses over.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, cast

from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from bot.storage.columns import AnswerText, JsonText, Moment, Plain, Small

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
# As written in the partial indexes: a query must repeat it word for word for SQLite to use the index.
LIVE = "phase IN ('open', 'snoozed', 'waiting')"
NO_ROWID = {"sqlite_with_rowid": False}  # the primary key is the table: one B-tree in place of two
# SQLite counts up by itself in a column of exactly this type.
TENANT = SmallInteger().with_variant(Integer(), "sqlite")


class Row(SQLModel):
    """What every table shares."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


def table(row: type[SQLModel]) -> Table:
    """The Core table of a row."""
    return cast("Table", row.__table__)  # type: ignore[attr-defined]


def _of(*columns: str, to: str, key: tuple[str, ...] = ("id",)) -> ForeignKeyConstraint:
    """A reference inside the organisation."""
    return ForeignKeyConstraint(("org_id", *columns), [f"{to}.{name}" for name in ("org_id", *key)])


def _organisation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(("org_id",), ["organisation.id"])


def _where(name: str, *columns: str, condition: str, unique: bool = False) -> Index:
    """A partial index: only rows that still wait for something are in it."""
    return Index(
        name, *columns, unique=unique, sqlite_where=text(condition), postgresql_where=text(condition)
    )


def _plain(default: str = "") -> Any:
    return Field(default=default, sa_type=Plain)


def _moment(*, null: bool = False) -> Any:
    return Field(default=None, sa_type=Moment, nullable=null)


def _json(*, null: bool = False) -> Any:
    return Field(default=None, sa_type=JsonText, nullable=null)


def _small(*, key: bool = False, null: bool = False) -> Any:
    """A number below 32,768: two bytes on PostgreSQL, where the widest column rounds a row up to eight."""
    if key:
        return Field(default=None, sa_type=Small, primary_key=True, sa_column_kwargs={"autoincrement": False})
    return Field(default=None, sa_type=Small, nullable=null)


def _key() -> Any:
    """One part of a primary key that is given, not counted."""
    return Field(sa_type=Integer, primary_key=True, sa_column_kwargs={"autoincrement": False})


def _text_key() -> Any:
    return Field(sa_type=Plain, primary_key=True)


# --- people ---------------------------------------------------------------------------------------------------------


class OrganisationRow(Row, table=True):
    """The tenants; fewer than 32,768 of them, for their number is in every row."""

    __tablename__ = "organisation"
    id: int | None = Field(default=None, sa_type=TENANT, primary_key=True)
    name: str = _plain()
    zone: str = _plain()


class ConnectionRow(Row, table=True):
    """Chats attached to an organisation."""

    __tablename__ = "connection"
    __table_args__ = (
        _organisation(),
        UniqueConstraint("platform", "external"),
        UniqueConstraint("org_id", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = _small()
    platform: str = _plain()
    external: str = _plain()
    active: bool


class PersonRow(Row, table=True):
    """`folded` is name, line break, e-mail, all case-folded: what is searched and sorted."""

    __tablename__ = "person"
    __table_args__ = (_organisation(), UniqueConstraint("org_id", "id"))
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = _small()
    name: str = _plain()
    email: str = _plain()
    zone: str = _plain()
    standing: str = _plain()
    active: bool
    weekday: int | None
    hour: int | None
    away_until: date | None
    folded: str = _plain()


class IdentityRow(Row, table=True):
    """Accounts of people, and the address that reaches each."""

    __tablename__ = "identity"
    __table_args__ = (
        _of("connection_id", to="connection"),
        _of("person_id", to="person"),
        Index(None, "org_id", "person_id"),
        Index(None, "connection_id", "conversation"),
        NO_ROWID,
    )
    external: str = _text_key()  # first: SQLite would take (connection, ...) for any search by connection
    connection_id: int = _key()
    org_id: int = _small()
    person_id: int
    conversation: str = _plain()
    service: str = _plain()
    thread: str = _plain()
    active: bool


class ChannelRow(Row, table=True):
    """Channels the bot may post to."""

    __tablename__ = "channel"
    __table_args__ = (
        _of("connection_id", to="connection"),
        UniqueConstraint("connection_id", "conversation"),
        UniqueConstraint("org_id", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = _small()
    connection_id: int
    name: str = _plain()
    conversation: str = _plain()
    service: str = _plain()
    thread: str = _plain()
    active: bool


class SightRow(Row, table=True):
    """The dedupe keys of what people did."""

    __tablename__ = "sight"
    __table_args__ = (_organisation(), NO_ROWID)
    org_id: int = _small(key=True)
    key: str = _text_key()
    at: datetime = _moment()


# --- pilots ---------------------------------------------------------------------------------------------------------


class PilotRow(Row, table=True):
    """The initiatives as they are now; how they came to be so is in `event`."""

    __tablename__ = "pilot"
    __table_args__ = (
        _organisation(),
        *(_of(role, to="person") for role in ("owner", "deputy", "sponsor", "decider", "builder")),
        *(Index(None, "org_id", role) for role in ("owner", "deputy", "sponsor", "decider")),
        UniqueConstraint("org_id", "id"),
        UniqueConstraint("org_id", "key"),
        _where("ix_pilot_external", "org_id", "external", condition="external <> ''", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = _small()
    key: str = _plain()
    name: str = _plain()
    folded: str = _plain()
    work: str = _plain()
    stage: str = _plain()
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
    group: str = _plain()
    tags: Any = _json()
    risk: str = _plain()
    metric: str = _plain()
    baseline: float | None
    goal: float | None
    intended_users: int | None = Field(default=None, sa_type=BigInteger)
    paused_until: date | None
    before_pause: str = _plain()
    private: bool
    external: str = _plain()


class EventRow(Row, table=True):
    """Append-only: triggers refuse to change or delete a row."""

    __tablename__ = "event"
    __table_args__ = (
        _organisation(),
        _of("pilot_id", to="pilot"),
        _of("actor_id", to="person"),
        Index(None, "org_id", "pilot_id", "at"),
        Index(None, "org_id", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = _small()
    kind: str = _plain()
    at: datetime = _moment()
    actor_id: int | None
    pilot_id: int | None
    subject: str = _plain()
    before: Any = _json(null=True)
    after: Any = _json(null=True)


class FormRow(Row, table=True):
    """The body of every questionnaire version that was used."""

    __tablename__ = "form"
    __table_args__ = (_organisation(), NO_ROWID)
    org_id: int = _small(key=True)
    form: str = _text_key()
    version: int = _key()
    digest: str = _plain()
    body: Any = _json()


class ScheduleRow(Row, table=True):
    """When each pilot is next asked what."""

    __tablename__ = "schedule"
    __table_args__ = (
        _of("pilot_id", to="pilot"),
        UniqueConstraint("org_id", "pilot_id", "questionnaire"),
        _where("ix_schedule_due", "org_id", "next_due_at", condition="next_due_at IS NOT NULL"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = _small()
    pilot_id: int
    questionnaire: str = _plain()
    next_due_at: datetime | None = _moment(null=True)
    weeks: int | None


# --- check-ins ------------------------------------------------------------------------------------------------------


class WordRow(Row, table=True):
    """Questions, items and questionnaires by number, so that a row which names one of them stays small."""

    __tablename__ = "word"
    __table_args__ = (_organisation(), UniqueConstraint("org_id", "word"), NO_ROWID)
    org_id: int = _small(key=True)
    id: int = _small(key=True)
    word: str = _plain()


class CheckinRow(Row, table=True):
    """Columns from wide to narrow, so that PostgreSQL pads nothing. `detail` is NULL when nothing else is to say."""

    __tablename__ = "checkin"
    __table_args__ = (
        _of("pilot_id", to="pilot"),
        _of("person_id", to="person"),
        _of("questionnaire_id", to="word"),
        UniqueConstraint("pilot_id", "org_id", "questionnaire_id", "slot"),
        _where("ix_checkin_wake", "org_id", "wake_at", condition="wake_at IS NOT NULL"),
        _where("ix_checkin_live_person", "org_id", "person_id", condition=LIVE),
        _where("ix_checkin_live_pilot", "org_id", "pilot_id", condition=LIVE),
    )
    slot: datetime = _moment()
    opened_at: datetime = _moment()
    closes_at: datetime = _moment()
    done_at: datetime | None = _moment(null=True)
    wake_at: datetime | None = _moment(null=True)
    id: int | None = Field(default=None, primary_key=True)
    pilot_id: int
    person_id: int
    org_id: int = _small()
    revision: int = _small()
    step: int = _small()
    version: int = _small()
    questionnaire_id: int = _small()
    reminders: int = _small()
    late: bool
    on_demand: bool
    phase: str = _plain()
    outcome: str = _plain()
    detail: Any = _json(null=True)


class HelperRow(Row, table=True):
    """Who was ever handed a question of a check-in: finds candidates; the check-in's state says who still has one."""

    __tablename__ = "helper"
    __table_args__ = (
        _of("person_id", to="person"),
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        NO_ROWID,
    )
    org_id: int = _small(key=True)
    person_id: int = _key()
    checkin_id: int = _key()


class SubmissionRow(Row, table=True):
    """Who gave answers and when, once for several answers; append-only."""

    __tablename__ = "submission"
    __table_args__ = (
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        _of("person_id", to="person"),
        Index(None, "checkin_id"),
    )
    at: datetime = _moment()
    id: int | None = Field(default=None, primary_key=True)
    checkin_id: int
    person_id: int
    org_id: int = _small()
    revision: int = _small()


class AnswerRow(Row, table=True):
    """One answer; append-only. Of a check-in's answers to a question the last one stands; NULL takes it back.

    Its key begins with the submission and not with the check-in: rows come in the order of the key, so that pages
    fill up (a third smaller on PostgreSQL).
    """

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(("submission_id",), ["submission.id"]),
        _of("question_id", to="word"),
        NO_ROWID,
    )
    submission_id: int = _key()
    question_id: int = _small(key=True)
    org_id: int = _small()
    value: Any = Field(default=None, sa_type=AnswerText, nullable=True)


# --- readiness ------------------------------------------------------------------------------------------------------


class LevelRow(Row, table=True):
    """Where each readiness item of a pilot stands now."""

    __tablename__ = "level"
    __table_args__ = (
        _of("pilot_id", to="pilot"),
        _of("by_person", to="person"),
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        NO_ROWID,
    )
    pilot_id: int = _key()
    item: str = _text_key()
    org_id: int = _small()
    level: int | None
    at: datetime = _moment()
    changed_at: datetime = _moment()
    by_person: int | None
    link: str = _plain()
    link_at: datetime | None = _moment(null=True)
    not_applicable: str = _plain()
    same: int
    checkin_id: int | None


class SnapshotRow(Row, table=True):
    """Scores as they were computed."""

    __tablename__ = "snapshot"
    __table_args__ = (
        _of("pilot_id", to="pilot"),
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        Index(None, "org_id", "pilot_id", "at", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = _small()
    pilot_id: int
    at: datetime = _moment()
    overall: int | None
    dimensions: Any = _json()
    weakest: str = _plain()
    coverage: float
    policy: int
    model: int
    checkin_id: int | None


# --- requests and digests -------------------------------------------------------------------------------------------


class RequestRow(Row, table=True):
    """What was asked of one person by a button message."""

    __tablename__ = "request"
    __table_args__ = (
        _of("pilot_id", to="pilot"),
        _of("person_id", to="person"),
        _of("asked_by", to="person"),
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        Index(None, "org_id", "pilot_id"),
        Index(None, "org_id", "person_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = _small()
    kind: str = _plain()
    pilot_id: int
    person_id: int
    asked_by: int | None
    asked_at: datetime = _moment()
    text: str = _plain()
    topic: str = _plain()
    reply: str = _plain()
    replied_at: datetime | None = _moment(null=True)
    checkin_id: int | None


class SubscriptionRow(Row, table=True):
    """Channels that get the digest."""

    __tablename__ = "subscription"
    __table_args__ = (
        _of("channel_id", to="channel"),
        _of("by_person", to="person"),
        Index(None, "org_id", "next_due_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = _small()
    channel_id: int
    next_due_at: datetime = _moment()
    group: str = _plain()
    by_person: int | None


# --- messages -------------------------------------------------------------------------------------------------------


class MessageRow(Row, table=True):
    """The outbox. A lane is (connection, conversation); `settled_at` NULL means that the message still is to go.

    `state` is pending, leased, sent, dead, stale or cancelled. `due_at` is the moment before which nobody takes it:
    of a leased message, the end of its lease. `again`: a lease ran out, so it may have been sent.
    """

    __tablename__ = "message"
    __table_args__ = (
        _of("connection_id", to="connection"),
        UniqueConstraint("org_id", "key"),
        _where("ix_message_lane", "connection_id", "conversation", "id", condition="settled_at IS NULL"),
        _where("ix_message_due", "due_at", "id", condition="settled_at IS NULL"),
        _where("ix_message_stale", "stale_at", condition="settled_at IS NULL AND stale_at IS NOT NULL"),
        # The law that no lane is in two workers' hands is the database's.
        _where(
            "ix_message_leased", "connection_id", "conversation", condition="state = 'leased'", unique=True
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = _small()
    key: str = _plain()
    connection_id: int
    conversation: str = _plain()
    service: str = _plain()
    thread: str = _plain()
    card: Any = _json()
    replaces: str = _plain()
    under: str = _plain()
    created_at: datetime = _moment()
    due_at: datetime = _moment()
    stale_at: datetime | None = _moment(null=True)
    not_before: datetime | None = _moment(null=True)
    state: str = _plain()
    attempt: int
    again: bool
    reason: str = _plain()
    settled_at: datetime | None = _moment(null=True)
    ref_conversation: str = _plain()
    ref_message: str = _plain()
    ref_thread: str = _plain()


class BeatRow(Row, table=True):
    """Signs of life of processes."""

    __tablename__ = "beat"
    __table_args__ = (NO_ROWID,)
    worker: str = _text_key()
    at: datetime = _moment()
