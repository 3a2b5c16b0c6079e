"""The rows of pilots, of how they came to be so, and of when each is asked what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from bot.storage.columns import Plain
from bot.storage.fields import (
    NO_ROWID,
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
    reviewers: Any = as_json(null=True)
    conditions: Any = as_json(null=True)
    scale_if: str = Field(default="", sa_type=Plain, sa_column_kwargs={"server_default": ""})
    stop_if: str = Field(default="", sa_type=Plain, sa_column_kwargs={"server_default": ""})


class EventRow(Row, table=True):
    """Append-only: triggers refuse to change or delete a row."""

    __tablename__ = "event"
    __table_args__ = (
        of_organisation(),
        of("pilot_id", to="pilot"),
        of("actor_id", to="person"),
        Index(None, "org_id", "pilot_id", "at"),
        Index(None, "org_id", "at"),
        Index(None, "org_id", "kind", "at"),  # the newest of a rare kind, among millions of others
        Index(None, "org_id", "pilot_id", "kind", "at"),  # and of one pilot, among those of its years
        waiting("ix_event_act", "org_id", "pilot_id", "actor_id", "at", condition="actor_id IS NOT NULL"),
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


class SealRow(Row, table=True):
    """The links of each organisation's chain of events: append-only, and not tied to the events that they prove."""

    __tablename__ = "seal"
    __table_args__ = (of_organisation(), UniqueConstraint("org_id", "event_id"), NO_ROWID)
    org_id: int = small(key=True)
    number: int = given_key()
    event_id: int
    previous: str = plain()
    digest: str = plain()
    salt: str | None = Field(default=None, sa_type=Plain)


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
    last_due_at: datetime | None = moment(null=True)
