"""Whatever stands in a file, the linter answers with problems and never with a traceback."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content import document
from bot.content.lint import lint
from bot.content.problem import Problem
from tests.content.folders import READINESS, RETRO, furnish, policy

GOOD = {"readiness": READINESS, "policy": policy(), "retro": RETRO}
WORDS = [
    *(
        "null",
        "~",
        "true",
        "3",
        "-1",
        "1e400",
        "0x10",
        "'",
        '"',
        "{",
        "}",
        "[",
        "]",
        ": ",
        "- ",
        "#",
        "\n",
        "  ",
        "&a ",
        "*a",
    ),
    *(
        "!!int x",
        "|",
        ">",
        "%YAML 9.9",
        "---",
        "...",
        "\t",
        "\x00",
        "\ud7ff",
        "\u202e",
        "\ufeff",
        "🙂",
        "{item}",
        "{x}",
    ),
    *(
        "when: ",
        "not: ",
        "for_each: all",
        "answer: retro.who",
        "flow.map",
        "9" * 30,
        "x" * 3000,
        '"\\ud800"',
        "? ",
    ),
]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def linted(folder: Path, **files: str | bytes) -> list[Problem]:
    found = lint(furnish(folder, **files))
    for problem in found:
        assert problem.line >= 1
        assert problem.what
        assert problem.fix
        assert "\n" not in str(problem)
        str(problem).encode()
    return found


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(GOOD)), raw=st.binary(max_size=400))
def test_any_bytes_are_answered_with_problems(folder: Path, name: str, raw: bytes) -> None:
    assert linted(folder, **{name: raw})


@settings(max_examples=120, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(GOOD)))
def test_any_spoilt_file_is_answered_in_sentences(folder: Path, data: st.DataObject, name: str) -> None:
    text = GOOD[name]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.sampled_from([0, 0, 1, 5, 40, 400])))
        text = text[:start] + data.draw(st.sampled_from(WORDS)) + text[end:]
    linted(folder, **{name: text.encode("utf-8", "surrogatepass")})


@settings(max_examples=60, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(GOOD)))
def test_any_line_may_be_missing_doubled_or_moved(folder: Path, data: st.DataObject, name: str) -> None:
    lines = GOOD[name].splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        taken = lines.pop(data.draw(st.integers(0, len(lines) - 1)))
        where = data.draw(st.lists(st.integers(0, len(lines)), max_size=2))
        for place in where:
            lines.insert(place, taken)
    linted(folder, **{name: "".join(lines)})


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_parser_written_in_python_answers_as_well(folder: Path, data: st.DataObject) -> None:
    text = RETRO
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        text = text[:start] + data.draw(st.sampled_from([*WORDS, '"\\U00110000"'])) + text[start + 1 :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "PARSER", yaml.SafeLoader)
        linted(folder, retro=text.encode("utf-8", "surrogatepass"))


def test_a_file_that_multiplies_conditions_is_read_in_a_moment(folder: Path) -> None:
    pair = "{any: [" + ", ".join(["{pilot: stage, is: pilot}", "{pilot: risk, is: low}"] * 20) + "]}"
    many = "{all: [" + ", ".join([pair] * 40) + "]}"
    text = RETRO.replace("{answer: retro.helped, is: people}", many)
    assert linted(folder, retro=text) == []
