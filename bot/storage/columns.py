"""Column types that both databases keep alike: moments, plain text and JSON; they must not know any table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from sqlalchemy import BigInteger, Dialect, SmallInteger, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.core.values import Json
from bot.storage.errors import StorageError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOST_SMALL = 32_767
TOO_LARGE = "A number is too large to be stored. Correct it."
SLUG = re.compile(r"[a-z][a-z0-9_]*")
JSON_WORDS = ("true", "false", "null")


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

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """In place of `process_result_value`: a status reads a hundred moments, and that is three calls for each."""
        return _from_postgres if dialect.name == "postgresql" else _from_count


def _from_postgres(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _from_count(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(0, 0, value)


class Small(TypeDecorator[int]):
    """A number below 32,768 in two bytes; a larger one is refused on both databases, in words."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        if value is not None and abs(value) > MOST_SMALL:
            raise StorageError(TOO_LARGE)
        return value


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


class AnswerText(JsonText):
    """JSON, but a slug (most answers are) without its quotes: smaller, and easier to ask for in SQL."""

    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str | None:
        return value if is_slug(value) else super().process_bind_param(value, dialect)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:
        return value if is_slug(value) else super().process_result_value(value, dialect)


def is_slug(value: object) -> TypeGuard[str]:
    """Whether a text can stand for itself: no JSON begins like it."""
    return isinstance(value, str) and SLUG.fullmatch(value) is not None and value not in JSON_WORDS


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
