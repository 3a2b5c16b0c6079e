"""Writes structured log lines: an event name and fields. It knows no domain word and lets no secret out."""

import json
import logging
import math
import re
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, TextIO

Plain = str | bool | int | float | None
Value = Plain | date | timedelta

WITHHELD: Final = "[withheld]"
SECRET: Final = frozenset({"answer", "card", "password", "payload", "secret", "text", "token"})
LONGEST: Final = 300  # characters of one value: an id, a reason, an address; whatever is longer is content
FRAMES: Final = 6  # places of a traceback that a line names, innermost first: enough to see who called what
OURS: Final = "rampcheck"

# Control characters, line and paragraph separators, and marks that reorder what a terminal shows.
UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
BARE: Final = re.compile(r"[^\s\"'=\\]+")


@dataclass(frozen=True, slots=True)
class Log:
    """Writes the lines of one room of the program.

    The rule for fields: ids and counts, yes; what people wrote and what opens doors, never. A field that has
    a word of SECRET in its name (`bot_token`, `answers`) is written as "[withheld]", whatever its value.
    """

    logger: logging.Logger

    def debug(self, event: str, /, **fields: Value) -> None:
        """For whoever is looking for a mistake."""
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, /, **fields: Value) -> None:
        """Something happened as it should."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, /, **fields: Value) -> None:
        """Something went wrong, and the program copes."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, /, *, cause: BaseException | None = None, **fields: Value) -> None:
        """Something went wrong, and a person has to act; `cause` adds its type and where it came from."""
        self._write(logging.ERROR, event, {**fields, **(blame(cause) if cause else {})})

    def _write(self, level: int, event: str, fields: Mapping[str, Value]) -> None:
        if self.logger.isEnabledFor(level):
            self.logger.log(level, event, extra={"fields": fields})


def get(name: str) -> Log:
    """The log of the room `name`, such as "delivery"."""
    return Log(logging.getLogger(f"{OURS}.{name}"))


def configure(level: str, form: Literal["text", "json"], *, stream: TextIO | None = None) -> None:
    """Send our lines from `level` up, and libraries' from WARNING up, to `stream` (standard error) alone."""
    sink = logging.StreamHandler(stream or sys.stderr)
    sink.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[sink], force=True)
    logging.getLogger(OURS).setLevel(level)
    logging.captureWarnings(capture=True)


class TextLines(logging.Formatter):
    """`2026-03-31T09:00:00.250Z INFO delivery.retry outbox=7 after=30`, always one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for one record."""
        fields = (f"{name}={quoted(value)}" for name, value in shown(record).items())
        return safe(" ".join((moment(record), record.levelname, event(record), *fields)))


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, log, event, then the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for one record."""
        head = {"at": moment(record), "level": record.levelname, "log": record.name, "event": event(record)}
        fields = {f"{name}_" if name in head else name: value for name, value in shown(record).items()}
        return safe(json.dumps({**head, **fields}, ensure_ascii=False))


def shown(record: logging.LogRecord) -> dict[str, Plain]:
    """The record's fields as they may be written: secrets withheld, values plain."""
    fields: dict[str, Value] = dict(getattr(record, "fields", {}))
    if record.exc_info and record.exc_info[1]:
        fields |= blame(record.exc_info[1])
    return {name: WITHHELD if is_secret(name) else plain(value) for name, value in fields.items()}


def is_secret(name: str) -> bool:
    """Whether a field's name says that its value is not for the log: `token`, `bot_token`, `answers`."""
    return any(word in SECRET or word.removesuffix("s") in SECRET for word in name.lower().split("_"))


def plain(value: object) -> Plain:
    """A value that both forms can hold: numbers stay numbers, a duration is in seconds, a text is cut."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case timedelta():
            return value.total_seconds()
        case date():
            return value.isoformat()
        case _:
            return cut(str(value))


def cut(text: str) -> str:
    """`text`, no longer than a line can bear."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def safe(line: str) -> str:
    """`line` as one line: what a terminal might obey is written as `\\u000a`, which JSON reads back."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def quoted(value: Plain) -> str:
    """A value in a text line: bare where it can be told from its neighbours, else as JSON writes it."""
    return (
        value if isinstance(value, str) and BARE.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    )


def event(record: logging.LogRecord) -> str:
    """What happened: our event name, or a library's first line, since the rest may quote anything."""
    return cut(record.getMessage().partition("\n")[0])


def moment(record: logging.LogRecord) -> str:
    """When, in UTC, to the millisecond."""
    return (
        datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def blame(cause: BaseException) -> dict[str, Value]:
    """An exception's type and where it came from; not its message, which may quote an answer."""
    frames = traceback.extract_tb(cause.__traceback__)[-FRAMES:]
    places = (f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno}" for frame in reversed(frames))
    return {"cause": type(cause).__name__, "where": " < ".join(places) or None}
