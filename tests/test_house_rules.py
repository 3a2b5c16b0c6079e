"""The rules of the house that no other tool checks, held against every file of bot and adapters."""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

from bot import log

ROOT = Path(__file__).resolve().parent.parent
CLOCKS = {"date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.time", "time.time_ns"}
WORLDLY = {"asyncio", "logging", "os", "random", "secrets", "socket", "sqlite3", "subprocess", "time", "uuid"}
ASIDE = re.compile(r"#\s*(noqa|type:\s*ignore)(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[\w, -]+\])?(?P<reason>.*)")
A_REASON = re.compile(r"[^\W\d_]{2,}\W+[^\W\d_]{2,}")  # two words at least


@dataclass(frozen=True)
class Source:
    """One file: its path from the root, with forward slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))


Rule = Callable[[Source], Iterator[int]]
RULES: dict[str, Rule] = {}


def rule(text: str) -> Callable[[Rule], Rule]:
    """Enter a check under the sentence that it holds the code to; it yields the lines that break it."""

    def enter(check: Rule) -> Rule:
        RULES[text] = check
        return check

    return enter


@cache
def sources() -> tuple[Source, ...]:
    files = sorted(file for folder in ("bot", "adapters") for file in (ROOT / folder).rglob("*.py"))
    return tuple(
        Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files
    )


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of names, or "" where it is something else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr}"
        case _:
            return ""


def imported(source: Source) -> Iterator[tuple[int, str]]:
    """Each import as (line, dotted name); a name taken out of a module comes with its module."""
    for node in source.nodes:
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                start = "." * level + (module or "")
                yield from ((node.lineno, f"{start}.{alias.name}") for alias in names)


def called(source: Source) -> Iterator[tuple[int, str, ast.Call]]:
    for node in source.nodes:
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func), node


def is_declaration(function: ast.AsyncFunctionDef) -> bool:
    """Whether a function is a port's signature: nothing in it but a docstring or an ellipsis."""
    return all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in function.body)


@rule("only the reader of settings looks at the environment")
def environment(source: Source) -> Iterator[int]:
    if source.path == "bot/settings/reading.py":
        return
    readers = {"os.environ", "os.environb", "os.getenv", "os.getenvb"}
    yield from (
        node.lineno for node in source.nodes if isinstance(node, ast.Attribute) and dotted(node) in readers
    )
    yield from (line for line, name in imported(source) if name in readers)


@rule("only app.py asks what time it is; everybody else is told")
def clock(source: Source) -> Iterator[int]:
    if source.path == "bot/app.py":
        return
    for line, name, _ in called(source):
        if ".".join(name.split(".")[-2:]) in CLOCKS:
            yield line
    yield from (line for line, name in imported(source) if name in {"time.time", "time.time_ns"})


@rule("who may do what is asked of core/permissions.py, not found out from what somebody is")
def standings_compared(source: Source) -> Iterator[int]:
    asks = {
        "bot/service/identities.py",
        "bot/service/installing.py",
    }  # whether anybody is known yet, an admin named
    if not source.path.startswith(("bot/core/", "bot/service/")) or source.path in asks:
        return
    for node in source.nodes:
        if isinstance(node, ast.Compare):
            yield from (node.lineno for one in node.comparators if dotted(one).startswith("Standing."))


@rule(
    "by which days somebody is asked is a matter of their country: `work.asking(person)` knows, not the policy"
)
def days_of_nobody(source: Source) -> Iterator[int]:
    chains = [node for node in source.nodes if isinstance(node, ast.Attribute)]
    numbers = {id(node.value) for node in chains}  # one of them is taken, such as policy.asking.recent_days
    for node in chains:
        if dotted(node).endswith("work.content.policy.asking") and id(node) not in numbers:
            yield node.lineno


@rule("the core imports the standard library and itself, and nothing in it that touches the world")
def pure_imports(source: Source) -> Iterator[int]:
    if not source.path.startswith("bot/core/"):
        return
    for line, name in imported(source):
        top = name.partition(".")[0]
        ours = name == "bot.core" or name.startswith("bot.core.")
        if not ours and (top not in sys.stdlib_module_names or top in WORLDLY):
            yield line


@rule("the core does not wait, and opens no file")
def pure_calls(source: Source) -> Iterator[int]:
    if not source.path.startswith("bot/core/"):
        return
    waiting = ast.Await | ast.AsyncFor | ast.AsyncWith
    yield from (node.lineno for node in source.nodes if isinstance(node, waiting))
    functions = (node for node in source.nodes if isinstance(node, ast.AsyncFunctionDef))
    yield from (function.lineno for function in functions if not is_declaration(function))
    yield from (line for line, name, _ in called(source) if name in {"open", "input"})


@rule("nothing is evaluated")
def evaluation(source: Source) -> Iterator[int]:
    yield from (line for line, name, _ in called(source) if name in {"eval", "exec", "compile", "__import__"})


@rule("a file opens with a sentence that says what it is for")
def opening(source: Source) -> Iterator[int]:
    if not (ast.get_docstring(source.tree) or "").strip():
        yield 1


@rule("an exception to a tool's rule names the rule and gives a reason")
def exceptions(source: Source) -> Iterator[int]:
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        found = ASIDE.search(token.string) if token.type == tokenize.COMMENT else None
        if found and not (found[2] and A_REASON.search(found["reason"])):
            yield token.start[0]


@rule("only the command line prints")
def printing(source: Source) -> Iterator[int]:
    if source.path != "bot/cli.py" and not source.path.startswith("bot/cli/"):
        yield from (
            line for line, name, _ in called(source) if name in {"print", "pprint.pprint", "rich.print"}
        )


@rule("no answer and no secret is handed to the log")
def logging(source: Source) -> Iterator[int]:
    for line, name, call in called(source):
        *_, room, verb = ("", *name.split("."))
        if "log" in room.lower() and verb in {"debug", "info", "warning", "error"}:
            yield from (line for given in call.keywords if given.arg is None or log.is_secret(given.arg))


@pytest.mark.parametrize("text", RULES)
def test_the_house_keeps_its_rule(text: str) -> None:
    broken = [f"{source.path}:{line}" for source in sources() for line in RULES[text](source)]
    assert not broken, f"{text}: {', '.join(broken)}"


def test_the_rules_look_at_the_whole_house() -> None:
    seen = {source.path for source in sources()}
    assert {"bot/__init__.py", "bot/settings/reading.py", "bot/log.py"} <= seen


BREAKS = {
    environment: ["import os\nos.environ['X']", "import os\nos.getenv('X')", "from os import environ"],
    clock: [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "from time import time",
    ],
    standings_compared: [
        "person.standing is not Standing.MEMBER",
        "one.standing in (1, 2) or s == Standing.LEAD",
    ],
    days_of_nobody: ["f(work.content.policy.asking)", "x = desk.work.content.policy.asking"],
    pure_imports: [
        "import random",
        "from uuid import uuid4",
        "import yaml",
        "from bot import log",
        "from . import x",
    ],
    pure_calls: ["async def f(): return 1", "async def f():\n    await g()", "open('x')"],
    evaluation: ["eval('1')", "exec('x')"],
    opening: ["x = 1", ""],
    exceptions: [
        "x = 1  # noqa",
        "x = 1  # noqa: E501",
        "x = 1  # type: ignore[misc]",
        "x = 1  # type: ignore",
    ],
    printing: ["print('x')"],
    logging: ["log.info('x', token=1)", "self.log.error('x', answer_text=1)", "LOG.info('x', **fields)"],
}
KEEPS = {
    environment: ["import os\nos.path.join('a')"],
    clock: ["clock.now()", "from datetime import time\ntime(9)", "datetime.fromisoformat('x')"],
    pure_imports: [
        "from bot.core import card",
        "from bot.core.card import Card",
        "from datetime import datetime",
    ],
    days_of_nobody: ["work.asking(person)", "work.content.policy.asking.recent_days"],
    standings_compared: ["person.standing", "known.standing.gate is not None"],
    pure_calls: ["def f(): return 1", 'class Port:\n    async def f(self):\n        """Do."""'],
    evaluation: ["re.match('x', 'y')"],
    opening: ['"""What it is for."""'],
    exceptions: [
        "x = 1  # noqa: E501 - a table that reads as one line",
        "x  # type: ignore[misc]  # the stub is wrong",
    ],
    printing: ["console.log('x')"],
    logging: ["log.info('x', outbox=1)", "reply.error('x', text='y')"],
}


@pytest.mark.parametrize(
    ("check", "text"), [(check, text) for check, texts in BREAKS.items() for text in texts]
)
def test_a_rule_notices_what_breaks_it(check: Rule, text: str) -> None:
    assert list(check(Source("bot/core/example.py", text)))


@pytest.mark.parametrize(
    ("check", "text"), [(check, text) for check, texts in KEEPS.items() for text in texts]
)
def test_a_rule_leaves_the_rest_alone(check: Rule, text: str) -> None:
    assert not list(check(Source("bot/core/example.py", text)))


def test_every_rule_is_tried() -> None:
    assert set(RULES.values()) == set(BREAKS) == set(KEEPS)
