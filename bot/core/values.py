"""What an answer can be, and how it crosses JSON; it must not know of questions or of storage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never


@dataclass(frozen=True, slots=True)
class NotKnown:
    """The answer "I don't know": it counts as level 0 and is marked as unknown."""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The answer "Does not apply", with the reason; it leaves the mean."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoneYet:
    """An explicit "there is none yet": no date, not measured."""


Value = str | int | float | bool | tuple[str, ...] | date | NotKnown | NotApplicable | NoneYet
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def encode(value: Value) -> Json:
    """A value as JSON; `decode` is its inverse."""
    match value:
        case bool() | int() | float() | str():
            return value
        case tuple():
            return list(value)
        case date():
            return {"date": value.isoformat()}
        case NotKnown():
            return {"unknown": True}
        case NotApplicable(reason):
            return {"na": reason}
        case NoneYet():
            return {"none": True}
    assert_never(value)


def decode(raw: Any) -> Value:
    """The value that `encode` wrote; ValueError for anything else."""
    match raw:
        case bool() | int() | float() | str():
            return raw
        case list() if all(isinstance(part, str) for part in raw):
            return tuple(raw)
        case {"date": str(text)}:
            return date.fromisoformat(text)
        case {"unknown": True}:
            return NotKnown()
        case {"na": str(reason)}:
            return NotApplicable(reason)
        case {"none": True}:
            return NoneYet()
    raise ValueError(f"not a stored answer: {raw!r}")
