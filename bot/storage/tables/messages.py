"""The rows of what is to be delivered and drawn, and the signs of life of those who do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.storage.fields import (
    NO_ROWID,
    Row,
    as_json,
    moment,
    of,
    of_organisation,
    plain,
    small,
    text_key,
    waiting,
)

WAITS_STILL = ("pending", "held")  # states in which nobody has a message in hand, and it is still to go


class MessageRow(Row, table=True):
    """The outbox. A lane is (connection, conversation); `settled_at` NULL means that the message still is to go.

    `state` is pending, leased, held (for a later moment), sent, dead, stale or cancelled. `due_at` is the moment before
    which nobody takes it: of a leased message, the end of its lease. `again`: it may have been sent already. `parts` of
    it are sent, the first of them as `ref_*` says.
    """

    __tablename__ = "message"
    __table_args__ = (
        of("connection_id", to="connection"),
        UniqueConstraint("org_id", "key"),
        waiting("ix_message_lane", "connection_id", "conversation", "id", condition="settled_at IS NULL"),
        waiting("ix_message_due", "due_at", "id", condition="settled_at IS NULL"),
        waiting("ix_message_stale", "stale_at", condition="settled_at IS NULL AND stale_at IS NOT NULL"),
        waiting("ix_message_dead", "settled_at", condition="state = 'dead'"),
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


class StripRow(Row, table=True):
    """What a check-in's message shows within another, the one with the key `host`; `key` is the one it has alone."""

    __tablename__ = "strip"
    __table_args__ = (of_organisation(), UniqueConstraint("org_id", "key"), Index(None, "org_id", "host"))
    id: int | None = Field(default=None, primary_key=True)
    org_id: int = small()
    key: str = plain()
    host: str = plain()
    card: Any = as_json()


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
