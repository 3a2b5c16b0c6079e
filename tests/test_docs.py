"""What README and docs say can be done: links lead somewhere, pictures are pictures, commands are commands."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer
from typer.main import get_command

from bot.cli import app
from bot.core import commands
from bot.core.command import Incomplete, Unknown
from bot.settings import FIELDS, PREFIX

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^(?P<marks>`{3,}|~{3,})(?P<language>[\w-]*)[^`]*$")
LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*$")
ASSIGNMENT = re.compile(r"^[A-Z_][A-Z0-9_]*=")
VARIABLE = re.compile(rf"\b(?:{PREFIX}[A-Z_]+|DATABASE_URL|LOG_LEVEL|PORT)\b")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
NO_TARGETS = {"them", "it", "sure"}  # English words that follow the verb
PNG = b"\x89PNG\r\n\x1a\n"
SMALLEST, LARGEST = (
    5_000,
    400_000,
)  # bytes of a picture: an empty page, and more than a reader should wait for
PLACEHOLDER = re.compile(r"[<\[|…]|\b[A-Z]{4,}\b")  # `pilots add NAME` shows a shape, not a command to type


@dataclass(frozen=True)
class Page:
    """One page: its path from the root and its lines."""

    path: str
    lines: tuple[str, ...]

    def prose(self) -> Iterator[tuple[int, str]]:
        """The lines outside code, with their numbers."""
        return ((number, line) for number, line, language in self._told() if language is None)

    def code(self, *languages: str) -> Iterator[tuple[int, str]]:
        """The lines inside code, fenced or indented, in one of these languages."""
        return ((number, line) for number, line, language in self._told() if language in languages)

    def _told(self) -> Iterator[tuple[int, str, str | None]]:
        marks, inside = "", ""
        for number, line in enumerate(self.lines, start=1):
            fence = FENCE.match(line.strip())
            if marks:
                if line.strip() == marks:
                    marks = ""
                else:
                    yield number, line, inside
            elif fence:
                marks, inside = fence["marks"], fence["language"]
            elif line.startswith("    "):
                yield number, line.strip(), "indented"
            else:
                yield number, line, None


@cache
def pages() -> tuple[Page, ...]:
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "questionnaires" / "README.md"]
    return tuple(
        Page(file.relative_to(ROOT).as_posix(), tuple(file.read_text(encoding="utf-8").splitlines()))
        for file in sorted(files)
    )


def links() -> Iterator[tuple[str, int, str]]:
    for page in pages():
        for number, line in page.prose():
            for found in LINK.finditer(SPAN.sub("code", line)):
                yield page.path, number, found["target"]


def anchors(file: Path) -> set[str]:
    """The headings of a page as GitHub names them."""
    page = Page("", tuple(file.read_text(encoding="utf-8").splitlines()))
    found = (HEADING.match(line) for _, line in page.prose())
    return {
        re.sub(r"[^\w\- ]", "", heading["text"].lower()).strip().replace(" ", "-")
        for heading in found
        if heading
    }


# --- links and pictures ---------------------------------------------------------------------------------------------


def test_every_link_within_the_project_leads_somewhere() -> None:
    broken = []
    for path, number, target in links():
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = unquote(target).partition("#")
        file = (ROOT / path).parent / name if name else ROOT / path
        if not file.resolve().is_relative_to(ROOT) or not file.exists():
            broken.append(f"{path}:{number}: there is no {target}")
        elif anchor and anchor not in anchors(file):
            broken.append(f"{path}:{number}: {name or path} has no heading #{anchor}")
    assert not broken, "\n".join(broken)


def test_links_were_found_at_all() -> None:
    assert len(list(links())) > 40
    assert {path for path, _, _ in links()} >= {"README.md", "docs/README.md", "docs/tutorial.md"}


def pictures() -> set[Path]:
    return {
        ((ROOT / path).parent / target).resolve()
        for path, _, target in links()
        if target.endswith((".png", ".jpg", ".svg", ".gif"))
    }


def test_pictures_are_pictures_and_all_of_them_are_shown() -> None:
    shown, there = pictures(), set((ROOT / "docs" / "images").iterdir())
    assert shown <= there, f"not in docs/images: {shown - there}"
    for file in sorted(there):
        assert file.read_bytes().startswith(PNG), f"{file.name} is no PNG"
        assert SMALLEST < file.stat().st_size < LARGEST, f"{file.name} has {file.stat().st_size} bytes"
    assert there == shown, f"shown nowhere: {sorted(file.name for file in there - shown)}"


def test_every_picture_says_in_words_what_it_shows() -> None:
    mute = [
        f"{page.path}:{number}"
        for page in pages()
        for number, line in page.prose()
        if re.search(r"!\[\s*\]\(", line)
    ]
    assert not mute


# --- commands -------------------------------------------------------------------------------------------------------


def shell_lines() -> Iterator[tuple[str, int, str]]:
    """Every line of the shell that the pages tell somebody to type."""
    for page in pages():
        for number, line in page.code("sh", "shell", "bash", "console", "indented"):
            yield page.path, number, line.strip().removeprefix("$ ")


def typed() -> list[tuple[str, str]]:
    """Where, and the arguments of `rampcheck`, for every command in a block to be typed."""
    found = []
    for path, number, line in shell_lines():
        words = line.split("  #")[0]
        while ASSIGNMENT.match(words):  # VARIABLE=value before the command
            words = words.partition(" ")[2]
        for start in ("rampcheck ", ".venv/bin/python -m bot "):
            if words.startswith(start):
                found.append((f"{path}:{number}", words.removeprefix(start)))
    return found


def mentioned() -> list[tuple[str, str]]:
    """Where, and the arguments of `rampcheck`, for every command in a sentence: often its name alone."""
    return [
        (f"{page.path}:{number}", span.removeprefix("rampcheck "))
        for page in pages()
        for number, line in page.prose()
        for span in SPAN.findall(line)
        if span.startswith("rampcheck ") and not PLACEHOLDER.search(span)
    ]


def understood(arguments: list[str], *, name_alone: bool = False) -> None:
    """Read the arguments as the program would, without running anything; raises where it would refuse them.

    With `name_alone` a command may stand without what it needs.
    """
    command, name = get_command(app), "rampcheck"
    while arguments and arguments[0] in getattr(command, "commands", {}):
        name, arguments = arguments[0], arguments[1:]
        command = command.commands[name]
    if name_alone and not arguments:
        return
    context = command.make_context(name, list(arguments))
    if hasattr(command, "commands"):
        command.resolve_command(context, arguments)


def refusals(lines: list[tuple[str, str]], *, name_alone: bool) -> Iterator[str]:
    for where, line in lines:
        arguments = shlex.split(line)
        for name in arguments:  # files that a command wants to be there
            if name.endswith((".csv", ".yaml")):
                Path(name).touch()
        try:
            understood(arguments, name_alone=name_alone)
        except typer.Exit:
            continue  # --help, --version
        except typer.TyperException as error:
            yield f"{where}: rampcheck {line}: {error.format_message()}"


def test_every_command_line_is_one_that_the_program_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = [*refusals(typed(), name_alone=False), *refusals(mentioned(), name_alone=True)]
    assert not refused, "\n".join(refused)


def test_commands_were_found_at_all() -> None:
    lines = [line for _, line in typed()]
    assert len(lines) > 20
    assert len(mentioned()) > 40
    assert {"db upgrade", "doctor", "serve", "pilots import portfolio.csv --dry-run"} <= set(lines)


@pytest.mark.parametrize(
    "line", ["serve --now", "pilots import", "digest --group", "fly", "db upgrade twice"]
)
def test_a_command_that_is_none_would_be_found(line: str) -> None:
    with pytest.raises(typer.TyperException):
        understood(shlex.split(line))


def test_every_line_to_type_into_the_chat_is_a_command() -> None:
    lines = [
        (f"{page.path}:{number}", line.strip())
        for page in pages()
        for number, line in page.code("chat")
        if line.strip()
    ]
    assert lines
    meant = [(where, line, commands.parse(line, today=date(2027, 3, 1))) for where, line in lines]
    assert not [(where, line) for where, line, command in meant if isinstance(command, Unknown | Incomplete)]


def test_every_make_target_exists() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", text, flags=re.MULTILINE))
    named = {
        (f"{page.path}:{number}", target)
        for page in pages()
        for number, line in [*page.code("sh", "shell", "bash", "indented"), *_spans(page)]
        for target in TARGET.findall(line)
        if target not in NO_TARGETS
    }
    assert {target for _, target in named} >= {"demo", "test"}
    assert not [(where, target) for where, target in named if target not in targets]


def _spans(page: Page) -> Iterator[tuple[int, str]]:
    return ((number, span) for number, line in page.prose() for span in SPAN.findall(line))


def test_every_setting_that_is_named_exists() -> None:
    named = {
        (f"{page.path}:{number}", variable)
        for page in pages()
        for number, line in enumerate(page.lines, start=1)
        for variable in VARIABLE.findall(line)
    }
    assert {variable for _, variable in named} >= {"DATABASE_URL", "RAMPCHECK_ZONE"}
    assert not [(where, variable) for where, variable in named if variable not in FIELDS]


# --- the whole ------------------------------------------------------------------------------------------------------


def test_every_page_can_be_reached_from_the_readme() -> None:
    by_page: dict[str, set[str]] = {}
    for path, _, target in links():
        if "://" not in target:
            file = ((ROOT / path).parent / target.partition("#")[0]).resolve()
            with contextlib.suppress(ValueError):
                by_page.setdefault(path, set()).add(file.relative_to(ROOT).as_posix())
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            waiting += by_page.get(page, ())
    lost = {page.path for page in pages()} - reached - {"questionnaires/README.md"}
    assert not lost


def test_the_readme_begins_with_the_two_commands() -> None:
    first = [line for path, _, line in shell_lines() if path == "README.md"][:2]
    assert first == ["make demo", "make test"]


def test_no_page_names_a_folder_of_somebodys_machine() -> None:
    homes = re.compile(rf"{re.escape(str(ROOT))}|{re.escape(str(Path.home()))}/|/home/|/Users/|[A-Z]:\\")
    assert not [(page.path, line) for page in pages() for line in page.lines if homes.search(line)]
