"""Parts of what a platform sent, which may be anything: what is not of the kind expected reads as nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adapters.common.text import storable

Raw = Mapping[Any, Any]  # an object of JSON as it came


def part_of(raw: Raw, name: str) -> Raw:
    """An object within it; an empty one where there is none."""
    found = raw.get(name)
    return found if isinstance(found, Mapping) else {}


def text_of(raw: Raw, name: str) -> str:
    """A text within it, fit to be stored; empty where there is none."""
    found = raw.get(name)
    return storable(found) if isinstance(found, str) else ""


def matching(pattern: re.Pattern[str], value: object) -> str:
    """A value that is a text of that whole pattern; empty where it is not."""
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""
