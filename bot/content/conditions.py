"""Conditions as authors write them, as values of the core; it must not know what stands on which screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bot.content.block import Block, Fill, said
from bot.content.document import Entries, Items, Node, Scalar, value_of
from bot.content.problem import Page, choose, listed, quote
from bot.core.questionnaire import (
    LEVELS,
    PILOT_FIELDS,
    ROLES,
    SIDE_STAGES,
    STAGES,
    All,
    AnyOf,
    Check,
    Condition,
    ItemId,
    Kind,
    Not,
    Question,
    QuestionId,
    Source,
    Test,
)
from bot.core.questionnaire import (
    Scalar as Operand,
)

GROUPS = ("all", "any", "not")
SOURCES = tuple(
    source.value for source in (Source.ANSWER, Source.LAST, Source.PILOT, Source.FOCUS, Source.ROLE)
)
TESTS = tuple(test.value for test in Test)
KEYS = (*GROUPS, *SOURCES, *TESTS, "than")
DATE_FIELDS = ("target_date", "decide_by")
RISKS = ("high", "medium", "low")
MANY = (Test.ANY_OF, Test.NONE_OF)
EQUAL = (Test.IS, Test.IS_NOT, *MANY)
ORDER = (Test.AT_LEAST, Test.AT_MOST)
AGAINST_LAST = (Test.SAME_AS_LAST, Test.FALLS_BY, Test.RISES_BY)
ALWAYS = (Test.GIVEN, Test.SAME_AS_LAST)
# Which tests make sense for which kind of answer.
FITTING: Mapping[Kind, tuple[Test, ...]] = {
    Kind.SINGLE: (*EQUAL, *ALWAYS),
    Kind.MULTI: (*EQUAL, *ALWAYS),
    Kind.YESNO: (*EQUAL, *ALWAYS),
    Kind.LEVEL: (*EQUAL, *ORDER, *ALWAYS, Test.FALLS_BY, Test.RISES_BY),
    Kind.NUMBER: (*EQUAL, *ORDER, *ALWAYS),
    Kind.DATE: (*EQUAL, Test.LATER_BY_DAYS, *ALWAYS),
    Kind.TEXT: (*EQUAL, *ALWAYS),
    Kind.LONGTEXT: ALWAYS,
    Kind.PERSON: ALWAYS,
    Kind.LINK: ALWAYS,
    Kind.INFO: (),
}
PEOPLE = ("owner", "deputy", "sponsor", "decider")
AMOUNTS = ("baseline", "target", "intended")
SEVERAL = ("tags", "linked")  # fields that hold more than one word
# Which tests make sense for which field of the pilot's record.
PILOT_TESTS: Mapping[str, tuple[Test, ...]] = {
    **dict.fromkeys(PILOT_FIELDS, (*EQUAL, Test.GIVEN)),
    **dict.fromkeys((*PEOPLE, *DATE_FIELDS), (Test.GIVEN,)),
    **dict.fromkeys(AMOUNTS, (*EQUAL, *ORDER, Test.GIVEN)),
}


@dataclass(slots=True)
class Conditions:
    """Reads the conditions of one file. Of `broken` questions, with problems of their own, nothing is said.

    `lines` collects where each single check of the condition read last was written, in order.
    """

    page: Page
    questions: Mapping[QuestionId, Question]
    items: Collection[ItemId]
    broken: Collection[QuestionId] = ()
    lines: list[int] = field(default_factory=list)

    def read(self, node: Node, fill: Fill = str) -> tuple[Condition | None, tuple[int, ...]]:
        """The condition and the line of each of its checks; None when it cannot be understood."""
        self.lines = []
        return self._condition(node, fill), tuple(self.lines)

    def _condition(self, node: Node, fill: Fill) -> Condition | None:
        if not isinstance(node, Entries):
            self.page.note(
                node.line, f"a condition is {said(node)}", "write it as {answer: question.id, is: option}"
            )
            return None
        block = Block(self.page, node, "a condition", known=KEYS, fill=fill)
        heads = [name for name in (*GROUPS, *SOURCES) if name in block]
        if len(heads) != 1:
            found = f"has {listed(heads, 'and')}" if heads else "does not say what it looks at"
            self.page.note(
                node.line, f"a condition {found}", f"use exactly one of {listed((*GROUPS, *SOURCES))}"
            )
            return None
        if heads[0] in GROUPS:
            self._only(block, heads[0])
            return self._group(block, heads[0], fill)
        return self._check(block, Source(heads[0]))

    def _only(self, block: Block, head: str) -> None:
        for name in (*TESTS, "than"):
            if name in block:
                self.page.note(
                    block.line_of(name),
                    f"'{name}' stands beside '{head}'",
                    "put it inside, with its 'answer'",
                )

    def _group(self, block: Block, head: str, fill: Fill) -> Condition | None:
        node = block.node(head)
        if head == "not":
            part = self._condition(node, fill) if node else None
            return part and Not(part)
        parts = [self._condition(inner, fill) for inner in block.items(head)]
        known = tuple(part for part in parts if part is not None)
        if not known or len(known) < len(parts):
            return None
        return All(known) if head == "all" else AnyOf(known)

    def _check(self, block: Block, source: Source) -> Condition | None:
        name = block.text(source.value, longest=120)
        line = block.line_of(source.value)
        if source in (Source.FOCUS, Source.ROLE):
            self._only(block, source.value)
            return self._picked(source, name, line)
        tests = [test for test in Test if test.value in block]
        if len(tests) != 1:
            what = (
                f"asks {listed([test.value for test in tests], 'and')}"
                if tests
                else "does not say what to test"
            )
            self.page.note(
                line, f"the condition on {quote(name)} {what}", f"use exactly one of {listed(TESTS)}"
            )
            return None
        return self._tested(block, source, name, tests[0])

    def _picked(self, source: Source, name: str, line: int) -> Condition | None:
        known, kind = (self.items, "readiness item") if source is Source.FOCUS else (ROLES, "role")
        if name not in known:
            self.page.note(line, f"unknown {kind} {quote(name)}", choose(name, known))
            return None
        if source is Source.FOCUS:
            return self._kept(Check(source, name, Test.GIVEN), line)
        return self._kept(Check(source, "role", Test.IS, name), line)

    def _tested(self, block: Block, source: Source, name: str, test: Test) -> Condition | None:
        line = block.line_of(source.value)
        fitting = self._fitting(source, name, line)
        if fitting is None:
            return None
        if test not in fitting:
            what = f"'{test.value}' cannot be asked of {quote(name)}"
            usable = [fit.value for fit in fitting]
            self.page.note(
                block.line_of(test.value), what, f"use {listed(usable)}" if usable else "ask another question"
            )
            return None
        operand = self._operand(block, source, name, test)
        than = self._than(block, test)
        return None if operand is None else self._kept(Check(source, name, test, operand, than), line)

    def _kept(self, check: Check, line: int) -> Check:
        self.lines.append(line)
        return check

    def _fitting(self, source: Source, name: str, line: int) -> tuple[Test, ...] | None:
        if source is Source.PILOT:
            if name not in PILOT_FIELDS:
                self.page.note(
                    line, f"the pilot's record has no field {quote(name)}", choose(name, PILOT_FIELDS)
                )
                return None
            return PILOT_TESTS[name]
        if name in self.broken:
            return None
        question = self.questions.get(name)
        if question is None:
            what = f"a condition on an unknown question {quote(name)}"
            self.page.note(line, what, choose(name, self.questions))
            return None
        if source is Source.LAST:
            return tuple(test for test in FITTING[question.kind] if test not in AGAINST_LAST)
        return FITTING[question.kind]

    def _than(self, block: Block, test: Test) -> str:
        if test is Test.LATER_BY_DAYS:
            return block.one_of("than", DATE_FIELDS)
        if "than" in block:
            self.page.note(
                block.line_of("than"), f"'than' stands beside '{test.value}'", "use it with 'later_by_days'"
            )
        return ""

    def _operand(
        self, block: Block, source: Source, name: str, test: Test
    ) -> Operand | tuple[Operand, ...] | None:
        if test is Test.GIVEN:
            return block.flag(test.value)
        if test is Test.SAME_AS_LAST:
            return self._true(block, test)
        if test in (Test.LATER_BY_DAYS, Test.FALLS_BY, Test.RISES_BY):
            return block.integer(test.value, low=1, high=4 if test is not Test.LATER_BY_DAYS else 366)
        if test in ORDER:
            return block.number(test.value)
        node = block.node(test.value)
        if test in MANY:
            words = tuple(block.words(test.value))
            found = [self._typed(source, name, word) for word in words]
            return (
                None if not found or None in found else tuple(value for value in found if value is not None)
            )
        if not isinstance(node, Scalar):
            fix = "use any_of for several" if isinstance(node, Items) else "write one option"
            self.page.note(block.line_of(test.value), f"'{test.value}' wants one option", fix)
            return None
        return self._typed(source, name, Scalar(block.text(test.value, longest=200), node.line, node.plain))

    def _true(self, block: Block, test: Test) -> bool | None:
        if block.flag(test.value):
            return True
        self.page.note(
            block.line_of(test.value), f"'{test.value}' can only be true", "put the condition inside 'not:'"
        )
        return None

    def _typed(self, source: Source, name: str, word: Scalar) -> Operand | None:
        if source is Source.PILOT:
            known = {"stage": (*STAGES, *SIDE_STAGES), "risk": RISKS, "linked": tuple(self.items)}.get(name)
            return self._known(word, known, name) if known else _number_or_text(word)
        question = self.questions[name]
        if word.text in specials(question):
            return word.text
        if question.kind is Kind.LEVEL:
            level = self._known(word, (*(str(each) for each in LEVELS), *specials(question)), name)
            return None if level is None else int(level)
        if question.kind is Kind.YESNO:
            answer = {"yes": True, "true": True, "no": False, "false": False}.get(word.text)
            if answer is None:
                self.page.note(
                    word.line, f"{quote(word.text)} is no answer to {quote(name)}", "use yes or no"
                )
            return answer
        if question.kind is Kind.NUMBER:
            return self._numeric(word, name)
        if question.kind is Kind.TEXT:
            return word.text
        return self._known(word, (*(option.slug for option in question.options), *specials(question)), name)

    def _numeric(self, word: Scalar, name: str) -> float | None:
        value = value_of(word)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.page.note(
                word.line, f"{quote(word.text)} is no answer to {quote(name)}", "write a number, such as 3"
            )
            return None
        return float(value)

    def _known(self, word: Scalar, known: Iterable[str], name: str) -> str | None:
        known = tuple(known)
        if word.text in known:
            return word.text
        self.page.note(word.line, f"{quote(name)} has no option {quote(word.text)}", choose(word.text, known))
        return None


def specials(question: Question) -> tuple[str, ...]:
    """The words for answers that are no values: none yet, not known, does not apply."""
    none = ("none",) if question.none_label else ()
    if question.kind is Kind.LEVEL:
        return ("unknown", "na") if question.may_not_apply else ("unknown",)
    return none


def _number_or_text(word: Scalar) -> Operand:
    value = value_of(word)
    return word.text if value is None else value
