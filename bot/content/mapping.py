"""A YAML mapping file -> how a spreadsheet's columns fill pilots, or what to mend; it must not know any spreadsheet."""

from __future__ import annotations

from collections.abc import Collection

from bot.content.block import Block, said
from bot.content.document import Entries, Items, Node, Scalar, parse
from bot.content.problem import ContentError, Page, choose, quote
from bot.core.pilotmap import FIELDS, FieldMap, Join, PilotMap, Sort
from bot.core.questionnaire import SIDE_STAGES, STAGES

KEYS = ("header", "encoding", "delimiter", "dates", "bare_months", "people", "empty", "fields")
FORMS = ("column", "first", "all", "constant")
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
DATES = {"day-first": True, "month-first": False}
COLUMN = 500  # characters of a column's heading; questions of surveys are used as headings
WORDS = {Sort.STAGE: STAGES + SIDE_STAGES, Sort.RISK: ("high", "medium", "low")}


def read_map(raw: bytes, file: str) -> PilotMap:
    """The mapping in a file's bytes; ContentError, with every problem found, when it cannot be used."""
    page = Page(file)
    node = parse(page, raw)
    found = _map(page, node) if node is not None else PilotMap()
    if page.problems:
        raise ContentError(sorted(page.problems))
    return found


def _map(page: Page, node: Node) -> PilotMap:
    block = Block(page, node, "the mapping", known=KEYS)
    delimiter = block.one_of("delimiter", DELIMITERS, default="")
    dates = block.one_of("dates", DATES, default="")
    return PilotMap(
        file=page.file,
        fields=_fields(block),
        header=block.integer("header", low=1, high=1000, default=0) if "header" in block else 0,
        encoding=block.text("encoding", longest=40, default=""),
        delimiter=DELIMITERS.get(delimiter, ""),
        day_first=DATES.get(dates),
        year_first=block.one_of("bare_months", ("year-first",), default="") == "year-first",
        create_people=block.one_of("people", ("create", "match"), default="create") == "create",
        clear_empty=block.one_of("empty", ("keep", "clear"), default="keep") == "clear",
    )


def _fields(block: Block) -> tuple[FieldMap, ...]:
    found: list[FieldMap] = []
    for key, node in block.entries("fields"):
        if key.text not in FIELDS:
            block.page.note(
                key.line, f"pilots have no field {quote(key.text)}", choose(key.text, FIELDS, shown=30)
            )
        else:
            found.append(_field(block.page, key, node))
    if "fields" in block and not any(field.name == "name" for field in found):
        line = block.line_of("fields")
        block.page.note(
            line, "no column fills 'name'", "add 'name: ' and the heading of the column with the names"
        )
    return tuple(found)


def _field(page: Page, key: Scalar, node: Node) -> FieldMap:
    match node:
        case Scalar() | Items():
            return FieldMap(key.text, _columns(page, key.text, node), line=key.line)
        case Entries():
            return _described(page, key, node)


def _described(page: Page, key: Scalar, node: Entries) -> FieldMap:
    block = Block(page, node, f"'{key.text}'", known=(*FORMS, "values", "default"))
    forms = [form for form in FORMS if form in block]
    if len(forms) != 1:
        which = f"has {' and '.join(forms)}" if forms else "names no column"
        page.note(key.line, f"'{key.text}' {which}", "use one of column, first, all or constant")
        return FieldMap(key.text, line=key.line)
    constant = block.text("constant", longest=COLUMN, default="")
    _known_word(page, key.text, constant, block.line_of("constant"))
    default = block.text("default", longest=COLUMN, default="")
    _known_word(page, key.text, default, block.line_of("default"))
    return FieldMap(
        key.text,
        () if constant else _columns(page, key.text, block.node(forms[0])),
        Join.ALL if forms == ["all"] else Join.FIRST,
        constant,
        _values(block, key.text),
        default,
        key.line,
    )


def _columns(page: Page, name: str, node: Node | None) -> tuple[str, ...]:
    """One heading, or a list of them."""
    nodes: Collection[Node] = node.nodes if isinstance(node, Items) else (node,) if node else ()
    found: list[str] = []
    for part in nodes:
        if not isinstance(part, Scalar) or not part.text.strip():
            page.note(
                part.line, f"a column of '{name}' is {said(part)}", "write the heading as it is in the file"
            )
        elif len(part.text) > COLUMN:
            page.note(
                part.line, f"a heading of {len(part.text)} characters", f"headings have at most {COLUMN}"
            )
        else:
            found.append(part.text.strip())
    if isinstance(node, Items) and not node.nodes:
        page.note(
            node.line, f"the list of columns of '{name}' is empty", "write a heading, or remove the field"
        )
    return tuple(found)


def _values(block: Block, name: str) -> dict[str, str]:
    """What stands in the file -> what is meant; both sides as texts, either may be empty."""
    found: dict[str, str] = {}
    for key, node in block.entries("values", needed=False):
        if isinstance(node, Scalar):
            meant = "" if node.plain and node.text in ("~", "null") else node.text
            _known_word(block.page, name, meant, node.line)
            found[key.text] = meant
        else:
            fix = "write 'in the file: meant'"
            block.page.note(node.line, f"{quote(key.text)} becomes {said(node)}, not a word", fix)
    return found


def _known_word(page: Page, name: str, word: str, line: int) -> None:
    """Stages and risks are few and known: a slip is found here, with its line, and not in every row."""
    words = WORDS.get(FIELDS[name].sort)
    if words and word and word not in words:
        page.note(line, f"there is no {FIELDS[name].sort.value} {quote(word)}", choose(word, words))
