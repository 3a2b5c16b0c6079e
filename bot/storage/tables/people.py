"""The rows of tenants, people and the chats they are in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.storage.columns import Plain
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
)


class OrganisationRow(Row, table=True):
    """The tenants; fewer than 32,768 of them, for their number is in every row.

    `button_secret` signs their buttons; until `plain_until` those of before are taken without a signature.
    """

    __tablename__ = "organisation"
    id: int | None = Field(default=None, sa_type=TENANT, primary_key=True)
    name: str = plain()
    zone: str = plain()
    button_secret: str | None = Field(default=None, sa_type=Plain)
    plain_until: datetime | None = moment(null=True)


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
    stand_in: int | None
    stand_in_until: date | None
    folded: str = plain()
    leads: Any = as_json(null=True)


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


class ErasureRow(Row, table=True):
    """People who are being erased, with what they are found by; gone when it is done.

    While one is `open`, which is inside one transaction only, rows that are append-only may be changed. Nobody's
    number is 0: such a row opens them for what has been kept long enough.
    """

    __tablename__ = "erasure"
    __table_args__ = (of_organisation(), NO_ROWID)
    org_id: int = small(key=True)
    person_id: int = given_key()
    at: datetime = moment()
    open: bool
    marks: Any = as_json()


class RetentionRow(Row, table=True):
    """Up to which number of a table what had been kept long enough was forgotten."""

    __tablename__ = "retention"
    __table_args__ = (of_organisation(), NO_ROWID)
    org_id: int = small(key=True)
    kind: str = text_key()
    upto: int
