"""Column types that both databases keep alike: moments, plain text and JSON; they must not know any table."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.core.values import Json
from bot.storage.errors import StorageError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """A moment to the microsecond, back in UTC: eight bytes on both databases, and sorted as numbers.

    SQLite gets microseconds since 1970 (its text form would take 26 bytes), PostgreSQL its own TIMESTAMPTZ, which
    is the same number and can be read in psql.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = TIMESTAMP(timezone=True) if dialect.name == "postgresql" else BigInteger()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise StorageError(f"The moment {value} has no time zone. Give it one before storing it.")
        return value if dialect.name == "postgresql" else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (
            value.astimezone(UTC) if dialect.name == "postgresql" else EPOCH + timedelta(microseconds=value)
        )


class Plain(TypeDecorator[str]):
    """A text, sorted by code point on both databases.

    What PostgreSQL cannot keep (U+0000, half a surrogate pair) is refused on both, in words.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text(collation="C" if dialect.name == "postgresql" else None)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and not storable(value):
            raise StorageError(
                "The text holds a character that cannot be stored (U+0000 or half a pair). Remove it."
            )
        return value


class JsonText(TypeDecorator[Json]):
    """JSON in a TEXT column, compact; None is NULL. Any character survives: JSON escapes what SQL cannot hold."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str | None:
        return None if value is None else written(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:
        return None if value is None else json.loads(value)  # JSON, by who wrote it


def storable(text: str) -> bool:
    """Whether a plain text column of both databases can hold it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def written(value: Json) -> str:
    """Compact JSON that a text column of both databases can hold."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text if storable(text) else json.dumps(value, allow_nan=False, separators=(",", ":"))
