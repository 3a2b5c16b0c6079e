"""The rows of levels and scores, and of what evaluating a pilot found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

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


class LevelRow(Row, table=True):
    """Where each readiness item of a pilot stands now."""

    __tablename__ = "level"
    __table_args__ = (
        of("pilot_id", to="pilot"),
        of("by_person", to="person"),
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        waiting("ix_level_link", "org_id", "link_checked_at", condition="link <> ''"),
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
    fresh_at: datetime | None = moment(null=True)
    verdicts: Any = as_json(null=True)
    link_checked_at: datetime | None = moment(null=True)
    link_failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


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
