"""One questionnaire file into a questionnaire, templates expanded; it must not know what other files ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.content.block import Block, Fill, option_slug
from bot.content.conditions import Conditions
from bot.content.document import Node
from bot.content.problem import DOTTED, SLUG, Page, choose, listed, quote
from bot.core.questionnaire import (
    FREE_TEXT,
    PLACEHOLDERS,
    ROLES,
    Condition,
    Gate,
    Item,
    Kind,
    Model,
    Option,
    Question,
    QuestionId,
    Questionnaire,
    Screen,
)

FORM_KEYS = ("id", "version", "title", "asks", "minutes", "intro", "screens")
SCREEN_KEYS = ("id", "title", "when", "for_each", "questions")
QUESTION_KEYS = (
    *("id", "kind", "text", "required", "hint", "options", "item", "none_label"),
    *("limit", "low", "high", "when", "private", "blind"),
)
OPTION_KEYS = ("slug", "label", "value")
TITLE = 24  # characters in the title of a Slack modal
LABEL = 75  # characters in an option (Slack)
COMFORTABLE = 150  # characters of a question that people still read at a glance
HARD = 2000  # characters in the label of a Slack input
HINT = 150
OPTIONS = 100  # options in a Slack select menu
LONGEST = 3000  # characters that a Slack text input takes
DAYS = 3660
CHOICES = (Kind.SINGLE, Kind.MULTI)
TEXTS = (Kind.TEXT, Kind.LONGTEXT)
BOUNDED = (Kind.NUMBER, Kind.DATE)
# Keys that only some kinds of question have.
ONLY: Mapping[str, tuple[Kind, ...]] = {
    "options": CHOICES,
    "limit": TEXTS,
    "none_label": BOUNDED,
    "low": BOUNDED,
    "high": BOUNDED,
    "item": (Kind.LEVEL,),
    "private": tuple(sorted(FREE_TEXT)),
    "required": tuple(kind for kind in Kind if kind is not Kind.INFO),
    "blind": tuple(kind for kind in Kind if kind is not Kind.INFO),
}
PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")


@dataclass(slots=True)
class Draft:
    """A questionnaire and the lines it was written in; `checks` are those of a condition's single checks.

    Keys are `screen:ID` and `question:ID`; `broken` are questions that could not be read.
    """

    file: str
    form: Questionnaire
    lines: dict[str, int] = field(default_factory=dict)
    checks: dict[str, tuple[int, ...]] = field(default_factory=dict)
    broken: set[QuestionId] = field(default_factory=set)


def read(page: Page, node: Node, model: Model) -> Draft | None:
    """The draft of a file, problems noted on the page; None when there is no telling what it is."""
    return _Form(page, model).read(node)


@dataclass(slots=True)
class _Pending:
    """A screen or question whose condition is read once all questions are known."""

    place: str
    node: Node
    fill: Fill


class _Form:
    def __init__(self, page: Page, model: Model) -> None:
        self.page, self.model = page, model
        self.lines: dict[str, int] = {}
        self.broken: set[QuestionId] = set()
        self.pending: list[_Pending] = []
        self.bad_nodes: set[int] = (
            set()
        )  # templates: a problem is noted once, every question made from it is broken
        self.conditions: dict[str, Condition] = {}

    def read(self, node: Node) -> Draft | None:
        block = Block(self.page, node, "a questionnaire", known=FORM_KEYS)
        if not block.usable:
            return None
        form = Questionnaire(
            id=block.name("id", SLUG),
            version=block.integer("version", low=1, high=9999),
            title=block.text("title", longest=TITLE),
            asks=block.one_of("asks", ROLES),
            minutes=block.integer("minutes", low=1, high=60),
            intro=self._filled(block, "intro", longest=300, default=""),
            screens=tuple(screen for node in block.items("screens") if (screen := self._screen(node))),
        )
        self.lines |= {"form": block.line, "version": block.line_of("version"), "id": block.line_of("id")}
        checks = self._read_conditions(form)
        return Draft(self.page.file, self._with_conditions(form), self.lines, checks, self.broken)

    # conditions, once every question is known

    def _read_conditions(self, form: Questionnaire) -> dict[str, tuple[int, ...]]:
        items = [item.id for item in self.model.items()]
        reader = Conditions(self.page, {each.id: each for each in form.questions()}, items, self.broken)
        checks: dict[str, tuple[int, ...]] = {}
        for pending in self.pending:
            condition, checks[pending.place] = reader.read(pending.node, pending.fill)
            if condition is not None:
                self.conditions[pending.place] = condition
        return checks

    def _with_conditions(self, form: Questionnaire) -> Questionnaire:
        def question(each: Question) -> Question:
            return replace(each, when=self.conditions.get(f"question:{each.id}"))

        def screen(each: Screen) -> Screen:
            when = self.conditions.get(f"screen:{each.id}")
            return replace(each, when=when, questions=tuple(map(question, each.questions)))

        return replace(form, screens=tuple(map(screen, form.screens)))

    # screens

    def _screen(self, node: Node) -> Screen | None:
        block = Block(self.page, node, "a screen", known=SCREEN_KEYS)
        if not block.usable:
            return None
        screen = Screen(
            id=self._new("screen", block),
            title=block.text("title", longest=TITLE),
            questions=tuple(self._questions(block)),
        )
        self._later(f"screen:{screen.id}", block, str)
        return screen if screen.id else None

    def _questions(self, block: Block) -> Iterable[Question]:
        nodes = block.items("questions")
        if "for_each" not in block:
            return [each for node in nodes if (each := self._question(node, {}))]
        found: list[Question] = []
        for words in self._turns(block):
            for node in nodes:
                question = self._question(node, words)
                found += [question] if question else []
        return found

    def _turns(self, block: Block) -> Iterable[Mapping[str, str]]:
        """What `{item}` and its companions stand for, once for each item that `for_each` names."""
        name = block.text("for_each", longest=60)
        gates = {f"gate.{gate.id}": gate for gate in self.model.gates}
        if name in gates:
            wanted = {**gates[name].must, **gates[name].high_risk}
            return [_words(item, gates[name]) for item in self.model.items() if item.id in wanted]
        for dimension in self.model.dimensions:
            if name == dimension.id:
                return [_words(item, None) for item in dimension.items]
        if name == "all":
            return [_words(item, None) for item in self.model.items()]
        known = ("all", *(dimension.id for dimension in self.model.dimensions), *gates)
        self.page.note(
            block.line_of("for_each"),
            f"for_each names {quote(name)}, which is no list of items",
            choose(name, known),
        )
        return ()

    # questions

    def _question(self, node: Node, words: Mapping[str, str]) -> Question | None:
        before = self._errors()
        fill = _filler(words)
        block = Block(self.page, node, "a question", known=QUESTION_KEYS, fill=fill)
        if not block.usable:
            return None
        name = self._new("question", block)
        kind = block.one_of("kind", tuple(Kind))
        if not (name and kind):
            self.broken.add(block.text("id", longest=120, default=""))
            return None
        question = self._of_kind(block, name, Kind(kind), words)
        self._later(f"question:{name}", block, fill)
        if self._errors() > before:
            self.bad_nodes.add(id(node))
        if id(node) in self.bad_nodes:
            self.broken.add(name)
        return question

    def _errors(self) -> int:
        return sum(not problem.warning for problem in self.page.problems)

    def _of_kind(self, block: Block, name: QuestionId, kind: Kind, words: Mapping[str, str]) -> Question:
        for key, kinds in ONLY.items():
            if key in block and kind not in kinds:
                fix = f"remove it, or use kind {listed([each.value for each in kinds])}"
                self.page.note(block.line_of(key), f"a question of kind '{kind.value}' has no '{key}'", fix)
        item = self._item(block) if kind is Kind.LEVEL else None
        return Question(
            id=name,
            kind=kind,
            text=self._text(block, item, words),
            required=block.flag("required"),
            hint=self._filled(block, "hint", longest=HINT, default="", words=words),
            options=_levels(item) if item else tuple(self._options(block)) if kind in CHOICES else (),
            item=item.id if item else "",
            none_label=block.text("none_label", longest=LABEL, default=""),
            may_not_apply=item is not None and not _must(self.model, item),
            limit=block.integer("limit", low=1, high=LONGEST) if kind in TEXTS else None,
            low=self._bound(block, "low", kind),
            high=self._bound(block, "high", kind),
            private=block.flag("private"),
            blind=block.flag("blind"),
        )

    def _text(self, block: Block, item: Item | None, words: Mapping[str, str]) -> str:
        level = "kind" in block and "item" in block  # an unknown item was noted, its text is not missed
        default = item.question if item else "?" if level else None
        text = self._filled(block, "text", longest=HARD, default=default, words=words)
        if COMFORTABLE < len(text) <= HARD:
            what = f"a question of {len(text)} characters"
            self.page.warn(
                block.line_of("text"), what, f"keep it under {COMFORTABLE}; put the rest into 'hint'"
            )
        return text

    def _bound(self, block: Block, name: str, kind: Kind) -> float | None:
        if name not in block or kind not in BOUNDED:
            return None
        value = block.integer(name, low=-DAYS, high=DAYS) if kind is Kind.DATE else block.number(name)
        if name == "high" and "low" in block and value < block.number("low"):
            self.page.note(block.line_of("high"), "'high' is below 'low'", "exchange them")
        return value

    def _item(self, block: Block) -> Item | None:
        name = block.text("item", longest=120)
        item = self.model.item(name)
        if name and item is None:
            known = [each.id for each in self.model.items()]
            self.page.note(
                block.line_of("item"), f"unknown readiness item {quote(name)}", choose(name, known)
            )
        return item

    def _options(self, block: Block) -> Iterable[Option]:
        nodes = block.items("options")
        if len(nodes) > OPTIONS:
            self.page.note(
                block.line_of("options"), f"{len(nodes)} options, {OPTIONS} fit", "ask in two steps"
            )
        if len(nodes) == 1:
            self.page.note(
                block.line_of("options"), "a single option leaves no choice", "add another, or ask yes or no"
            )
        seen: dict[str, int] = {}
        for node in nodes:
            option = Block(self.page, node, "an option", known=OPTION_KEYS)
            if option.usable:
                yield from self._option(option, seen)

    def _option(self, block: Block, seen: dict[str, int]) -> Iterable[Option]:
        name = option_slug(block)
        label = block.text("label", longest=LABEL)
        value = block.number("value") if "value" in block else None
        for what, word in (("option", name), ("label", label)):
            first = seen.get(f"{what} {word}")
            if word and first:
                self.page.note(
                    block.line, f"{what} {quote(word)} is there twice (first in line {first})", "keep one"
                )
                return
            seen[f"{what} {word}"] = block.line
        if name:
            yield Option(name, label, value)

    # small parts

    def _new(self, what: str, block: Block) -> str:
        """An id that was not there before; empty after a problem."""
        name = block.name("id", DOTTED)
        place = f"{what}:{name}"
        if name and place in self.lines:
            first = self.lines[place]
            fix = "put '{item}' into the id" if first == block.line else "choose another id"
            self.page.note(
                block.line_of("id"), f"{what} id {quote(name)} is there twice (first in line {first})", fix
            )
            return ""
        self.lines[place] = block.line
        return name

    def _later(self, place: str, block: Block, fill: Fill) -> None:
        node = block.node("when")
        if node is not None:
            self.pending.append(_Pending(place, node, fill))

    def _filled(
        self,
        block: Block,
        name: str,
        *,
        longest: int,
        default: str | None,
        words: Mapping[str, str] | None = None,
    ) -> str:
        """A text whose placeholders are all known."""
        text = block.text(name, longest=longest, default=default)
        for wanted in PLACEHOLDER.findall(text):
            if wanted not in PLACEHOLDERS:
                known = (*PLACEHOLDERS, *(words or {}))
                what = f"unknown placeholder '{{{wanted}}}'"
                self.page.note(block.line_of(name), what, choose(wanted, known, shown=len(known)))
        return text


def _must(model: Model, item: Item) -> bool:
    return any(item.id in {*gate.must, *gate.high_risk, *gate.low_risk} for gate in model.gates)


def _levels(item: Item) -> tuple[Option, ...]:
    return tuple(Option(str(level), label, float(level)) for level, label in enumerate(item.levels))


def _filler(words: Mapping[str, str]) -> Callable[[str], str]:
    """Fills in the words of a `for_each`; placeholders for the engine stay."""
    return lambda text: PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text)


def _words(item: Item, gate: Gate | None) -> Mapping[str, str]:
    words = {
        "item": item.id,
        "question": item.question,
        "proof": item.proof,
        "levels": " / ".join(f"{level} {label}" for level, label in enumerate(item.levels)),
    }
    if gate is None:
        return words
    level = gate.must.get(item.id) or gate.high_risk[item.id]
    relaxed = gate.low_risk.get(item.id)
    needed = f"{level}: {item.levels[level]}"
    return words | {"needed": needed if relaxed is None else f"{needed} (low risk: {relaxed})"}
