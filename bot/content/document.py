"""YAML text into a tree that remembers lines: the one reader of YAML; it must not know what the keys mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from bot.content.problem import Page, quote

MAX_BYTES = 256 * 1024  # ten times the longest file we ship
MAX_DEPTH = 20  # our own files need 8
PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where the wheel has it: 10 times faster


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written. `plain` tells `true` from `"true"`."""

    text: str
    line: int
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Entries:
    """A block of keys, in the order written, no key twice."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int


Node = Scalar | Items | Entries
Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
NUMBER = re.compile(r"[-+]?(?:[0-9]{1,15}\.?[0-9]{0,15}|\.[0-9]{1,15})")
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they make a text read as another


def parse(page: Page, raw: bytes) -> Node | None:
    """The tree of a file; None, with the reason noted, when there is none."""
    text = _decoded(page, raw)
    if text is None:
        return None
    try:
        return _Tree(page).grow(text)
    except yaml.YAMLError as error:
        _note_syntax(page, text, error)
    except _UnwelcomeError as error:
        page.note(error.line, error.what, error.fix)
    except (ValueError, OverflowError):  # an escape such as "\U00110000" in the parser written in Python
        page.note(1, "a character that does not exist is written as an escape", "write the character itself")
    return None


def plain(node: Node) -> Plain:
    """The tree as JSON values, plain words read as in YAML 1.2: what an editor holds against the schema."""
    match node:
        case Scalar():
            return value_of(node)
        case Items(nodes):
            return [plain(part) for part in nodes]
        case Entries(pairs):
            return {key.text: plain(part) for key, part in pairs}


def value_of(scalar: Scalar) -> bool | int | float | str | None:
    """What a scalar means: quoted words are text, plain ones may be numbers, true, false or nothing."""
    text = scalar.text
    if not scalar.plain:
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if NUMBER.fullmatch(text) else text


class _UnwelcomeError(Exception):
    """Valid YAML that we do not take."""

    def __init__(self, line: int, what: str, fix: str) -> None:
        self.line, self.what, self.fix = line, what, fix
        super().__init__(what)


def _decoded(page: Page, raw: bytes) -> str | None:
    if len(raw) > MAX_BYTES:
        page.note(1, f"the file is larger than {MAX_BYTES // 1024} kB", "split it, or look for a pasted text")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        page.note(line, "a byte that is not UTF-8", "save the file with the encoding UTF-8")
        return None
    before, tab, _ = text.partition("\t")
    if tab:
        page.note(before.count("\n") + 1, "a tab", "use blanks: two for each step of indentation")
        return None
    return text


def _note_syntax(page: Page, text: str, error: yaml.YAMLError) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = str(
        getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read as YAML"
    )
    line = mark.line + 1 if mark else text.count("\n", 0, max(0, getattr(error, "position", 0))) + 1
    page.note(min(line, text.count("\n") + 1), f"not valid YAML: {quote(what)[1:-1]}", _syntax_fix(what))


def _syntax_fix(what: str) -> str:
    if "mapping values are not allowed" in what:
        return "put the text in quotes if it holds a colon, and check the indentation"
    if "scanning" in what or "quoted" in what or "end of stream" in what:
        return "close the quote that was opened"
    if "special characters" in what or "control characters" in what or "unacceptable character" in what:
        return "remove the invisible character"
    return "check the indentation, dashes and quotes of this line and the one above"


class _Tree:
    """Builds the tree from the parser's events, without recursion, so that no file can exhaust the stack."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def grow(self, text: str) -> Node | None:
        """The one document of the text."""
        nodes = list(self._documents(text))
        if len(nodes) > 1:
            self.page.note(
                nodes[1].line, "a second document begins ('---')", "keep one questionnaire in one file"
            )
            return None
        if not nodes or nodes[0] == Scalar("", nodes[0].line):
            self.page.note(1, "the file is empty", "copy the start of another file in this folder")
            return None
        return nodes[0]

    def _documents(self, text: str) -> Iterator[Node]:
        events = yaml.parse(text, Loader=PARSER)
        open_nodes: list[tuple[type[yaml.Event], int, list[Node]]] = []
        for event in events:
            done: Node | None = None
            line = event.start_mark.line + 1 if event.start_mark else 1
            _refuse(event, line, len(open_nodes))
            match event:
                case yaml.ScalarEvent():
                    done = self._scalar(event, line)
                case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    open_nodes.append((type(event), line, []))
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    done = self._closed(*open_nodes.pop())
                case _:
                    pass  # the stream and the document begin and end
            if done is not None and open_nodes:
                open_nodes[-1][2].append(done)
            elif done is not None:
                yield done

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Scalar:
        text = str(event.value)
        if any(_unprintable(char) for char in text):
            self.page.note(line, f"an invisible control character in {quote(text)}", "remove it")
            text = "".join(char for char in text if not _unprintable(char))
        return Scalar(text, line, plain=not event.style)

    def _closed(self, opened: type[yaml.Event], line: int, nodes: list[Node]) -> Node:
        if opened is yaml.SequenceStartEvent:
            return Items(tuple(nodes), line)
        pairs = zip(nodes[::2], nodes[1::2], strict=True)
        return Entries(tuple(self._unique(pairs)), line)

    def _unique(self, pairs: Iterator[tuple[Node, Node]]) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, int] = {}
        for key, value in pairs:
            if not isinstance(key, Scalar):
                self.page.note(key.line, "a list or block stands where a key should be", "write 'key: value'")
            elif key.text in seen:
                first = seen[key.text]
                self.page.note(
                    key.line, f"{quote(key.text)} is written twice (first in line {first})", "keep one"
                )
            else:
                seen[key.text] = key.line
                yield key, value


def _unprintable(char: str) -> bool:
    return (
        char in BIDI
        or (char != "\n" and (char < " " or "\x7f" <= char <= "\x9f"))
        or "\ud800" <= char <= "\udfff"
    )


def _refuse(event: yaml.Event, line: int, depth: int) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _UnwelcomeError(
            line, "an anchor or alias ('&' or '*')", "write the text out, or put it in quotes"
        )
    if getattr(event, "tag", None):
        raise _UnwelcomeError(line, "a type tag ('!')", "remove it, or put the text in quotes")
    if depth > MAX_DEPTH:
        raise _UnwelcomeError(
            line, f"blocks inside blocks, more than {MAX_DEPTH} deep", "check the brackets and dashes"
        )
