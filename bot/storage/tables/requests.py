"""The rows of what was asked of people and decided, and of the channels that are told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from bot.storage.columns import Plain
from bot.storage.fields import (
    Row,
    as_json,
    moment,
    of,
    plain,
    small,
)


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
    under_id: int | None = None  # the request in whose message this one stands


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
    stage: str = Field(default="", sa_type=Plain, sa_column_kwargs={"server_default": ""})
    tag: str = Field(default="", sa_type=Plain, sa_column_kwargs={"server_default": ""})
