"""The rows of check-ins and of every answer given in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from bot.storage.columns import AnswerText
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
    waiting,
)

# As written in the partial indexes: a query must repeat it word for word for SQLite to use the index.
LIVE = "phase IN ('open', 'snoozed', 'waiting')"


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


class NagRow(Row, table=True):
    """Messages that Rampcheck sent somebody by itself about a check-in."""

    __tablename__ = "nag"
    __table_args__ = (
        of("pilot_id", to="pilot"),
        of("person_id", to="person"),
        ForeignKeyConstraint(("checkin_id",), ["checkin.id"]),
        Index(None, "org_id", "person_id", "at"),
        Index(None, "org_id", "at"),
    )
    at: datetime = moment()
    id: int | None = Field(default=None, primary_key=True)
    person_id: int
    pilot_id: int
    checkin_id: int
    org_id: int = small()
    step: str = plain()
