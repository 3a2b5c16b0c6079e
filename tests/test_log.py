"""What a log line may hold, and what it never does."""

import io
import json
import logging
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from bot import log

NAUGHTY = "one\ntwo\r\x1b[31mred\u202egnp.exe\u2028three\ud800"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged during the test; the logging of the test run is put back afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("rampcheck")
    before = root.handlers[:], root.level, ours.level
    for handler in before[0]:
        root.removeHandler(handler)  # so that configure() does not close what belongs to pytest
    yield io.StringIO()
    for handler in root.handlers[:]:
        root.removeHandler(handler)
    root.handlers = before[0]
    root.setLevel(before[1])  # not by assignment: loggers remember what is enabled
    ours.setLevel(before[2])
    logging.captureWarnings(False)


def written(stream: io.StringIO) -> list[str]:
    return stream.getvalue().splitlines()


def logged(stream: io.StringIO, form: Literal["text", "json"] = "text", /, **fields: log.Value) -> str:
    log.configure("INFO", form, stream=stream)
    log.get("delivery").info("delivery.retry", **fields)
    [line] = written(stream)
    return line


def test_a_text_line_is_a_moment_a_level_an_event_and_fields(lines: io.StringIO) -> None:
    moment, rest = logged(lines, outbox=7, after=timedelta(seconds=30), late=False).split(" ", 1)
    assert datetime.fromisoformat(moment).tzinfo == UTC
    assert rest == "INFO delivery.retry outbox=7 after=30.0 late=false"


def test_a_json_line_holds_the_same(lines: io.StringIO) -> None:
    line = json.loads(logged(lines, "json", outbox=7, due=datetime(2026, 3, 31, 9, tzinfo=UTC), event="x"))
    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "INFO",
        "log": "rampcheck.delivery",
        "event": "delivery.retry",
        "outbox": 7,
        "due": "2026-03-31T09:00:00+00:00",
        "event_": "x",
    }


@pytest.mark.parametrize(
    "name", [*sorted(log.SECRET), "bot_token", "answers", "Payload", "new_password_hash"]
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_secret_field_is_withheld_whatever_its_value(
    lines: io.StringIO, form: Literal["text", "json"], name: str
) -> None:
    line = logged(lines, form, **{name: "xoxb-123"})
    assert log.WITHHELD in line
    assert "xoxb" not in line


@pytest.mark.parametrize("name", ["context", "cardinality", "outbox", "tokenizer"])
def test_a_field_that_only_sounds_secret_is_written(lines: io.StringIO, name: str) -> None:
    assert logged(lines, **{name: 5}).endswith(f"{name}=5")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_value_cannot_start_a_line_or_steer_a_terminal(
    lines: io.StringIO, form: Literal["text", "json"]
) -> None:
    line = logged(lines, form, reason=NAUGHTY)
    assert line.isprintable()
    if form == "json":
        assert json.loads(line)["reason"] == NAUGHTY


def test_a_value_with_spaces_cannot_pass_for_two_fields(lines: io.StringIO) -> None:
    assert logged(lines, reason='gone" outbox=9').endswith(r'reason="gone\" outbox=9"')


def test_a_long_value_is_cut(lines: io.StringIO) -> None:
    assert len(logged(lines, reason="x" * 100_000)) < log.LONGEST + 100


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_json_cannot_hold_becomes_a_word(lines: io.StringIO, number: float) -> None:
    assert json.loads(logged(lines, "json", ratio=number))["ratio"] == str(number)


def test_an_error_says_its_type_and_place_but_not_its_message(lines: io.StringIO) -> None:
    log.configure("INFO", "text", stream=lines)
    try:
        raise ValueError("the owner answered: nobody told legal")
    except ValueError as error:
        log.get("tick").error("tick.failed", cause=error, pilot=4)
    [line] = written(lines)
    assert "cause=ValueError" in line
    assert "tests/test_log.py:" in line
    assert "legal" not in line


def test_a_library_that_logs_an_exception_keeps_the_same_rule(lines: io.StringIO) -> None:
    log.configure("DEBUG", "json", stream=lines)
    try:
        raise RuntimeError("password=hunter2")
    except RuntimeError:
        logging.getLogger("asyncio").exception("Task failed\nfuture: RuntimeError('password=hunter2')")
    [line] = written(lines)
    assert json.loads(line)["event"] == "Task failed"
    assert json.loads(line)["cause"] == "RuntimeError"
    assert "hunter2" not in line


def test_the_level_is_for_us_and_libraries_only_warn(lines: io.StringIO) -> None:
    log.configure("DEBUG", "text", stream=lines)
    log.get("tick").debug("tick.idle")
    logging.getLogger("apscheduler").info("Added job")
    logging.getLogger("apscheduler").warning("Missed")
    assert [line.split(" ", 1)[1] for line in written(lines)] == ["DEBUG tick.idle", "WARNING Missed"]


def test_configuring_twice_does_not_write_twice(lines: io.StringIO) -> None:
    log.configure("INFO", "json", stream=lines)
    assert "json" not in logged(lines, outbox=1)


def test_below_the_level_nothing_is_written(lines: io.StringIO) -> None:
    log.configure("ERROR", "text", stream=lines)
    log.get("tick").warning("tick.late")
    assert not written(lines)
