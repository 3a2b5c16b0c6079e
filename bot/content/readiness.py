"""`readiness.yaml` into the readiness model; it must not know how levels are asked or scored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.content.block import Block
from bot.content.document import INTEGER, Node, Scalar
from bot.content.problem import DOTTED, SLUG, Page, choose, listed, quote
from bot.core.questionnaire import LEVELS, ROLES, STAGES, Dimension, Gate, Item, ItemId, Model

KEYS = ("version", "ladder", "dimensions", "gates", "never_waived")
DIMENSION_KEYS = ("id", "name", "items")
ITEM_KEYS = ("id", "name", "question", "levels", "proof", "source", "weight", "half_life_days")
GATE_KEYS = ("id", "name", "opens", "must", "high_risk", "low_risk", "reviewers")
LABEL = 75  # a level is shown as an option
NAME = 30  # a few words that stand in a row with others
QUESTION = 150
PROSE = 400
FIVE = ("", "", "", "", "")


def read(page: Page, node: Node) -> Model | None:
    """The model, problems noted on the page; None when it is no block of keys. Weights are the policy's."""
    return _Readiness(page).read(node)


def with_weights(model: Model, weights: Mapping[str, float]) -> Model:
    """The model with the dimension weights of a policy."""
    weigh = (replace(each, weight=weights.get(each.id, 0.0)) for each in model.dimensions)
    return replace(model, dimensions=tuple(weigh))


class _Readiness:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: dict[str, int] = {}

    def read(self, node: Node) -> Model | None:
        block = Block(self.page, node, "the readiness model", known=KEYS)
        if not block.usable:
            return None
        dimensions = tuple(self._dimension(each) for each in block.items("dimensions"))
        items = {item.id for dimension in dimensions for item in dimension.items}
        gates = tuple(self._gate(each, items) for each in block.items("gates"))
        self._stages_once(gates, block)
        return Model(
            version=block.integer("version", low=1, high=9999),
            dimensions=tuple(dimension for dimension in dimensions if dimension.id),
            gates=tuple(gate for gate in gates if gate.id),
            never_waived=frozenset(block.chosen("never_waived", items)),
            ladder=tuple(self._ladder(block)),
        )

    def _ladder(self, block: Block) -> Iterable[str]:
        return self._levels(block, "ladder", longest=QUESTION)

    def _dimension(self, node: Node) -> Dimension:
        block = Block(self.page, node, "a dimension", known=DIMENSION_KEYS)
        if not block.usable:
            return Dimension("", "", 0.0, ())
        name = self._new(block, "dimension", block.name("id", SLUG))
        items = tuple(self._item(each, name) for each in block.items("items"))
        return Dimension(name, block.text("name", longest=60), 0.0, tuple(item for item in items if item.id))

    def _item(self, node: Node, dimension: str) -> Item:
        block = Block(self.page, node, "an item", known=ITEM_KEYS)
        if not block.usable:
            return Item("", dimension, "", FIVE, "", "", 1.0, 90)
        name = block.name("id", DOTTED)
        if name and name.partition(".")[0] != dimension:
            better = f"{dimension}.{name.rpartition('.')[2]}"
            self.page.note(
                block.line_of("id"), f"item {quote(name)} stands under {quote(dimension)}", f"use '{better}'"
            )
        return Item(
            id=self._new(block, "item", name),
            dimension=dimension,
            question=block.text("question", longest=QUESTION),
            levels=self._levels(block, "levels", longest=LABEL),
            proof=block.text("proof", longest=PROSE),
            source=block.text("source", longest=PROSE),
            weight=block.number("weight", low=0.1, high=10),
            half_life_days=block.integer("half_life_days", low=1, high=3650),
            name=block.text("name", longest=NAME, default=""),
        )

    def _levels(self, block: Block, name: str, *, longest: int) -> tuple[str, str, str, str, str]:
        """The five descriptions, written as `0: ...` to `4: ...`."""
        texts: dict[int, str] = {}
        for key, node in block.entries(name):
            level = int(key.text) if INTEGER.fullmatch(key.text) else -1
            if level not in LEVELS:
                self.page.note(key.line, f"'{name}' has no level {quote(key.text)}", "use 0, 1, 2, 3 and 4")
            else:
                texts[level] = self._level(key, node, longest)
        gaps = [str(level) for level in LEVELS if level not in texts]
        if gaps and name in block:
            word = "level" if len(gaps) == 1 else "levels"
            what = f"'{name}' has a gap: {word} {listed(gaps, 'and')} missing"
            self.page.note(block.line_of(name), what, "describe all five, 0 to 4")
        zero, one, two, three, four = (texts.get(level, "") for level in LEVELS)
        return zero, one, two, three, four

    def _level(self, key: Scalar, node: Node, longest: int) -> str:
        if not isinstance(node, Scalar) or not node.text.strip():
            self.page.note(
                key.line, f"level {key.text} has no description", "write one condition that can be seen"
            )
            return "?"
        if len(node.text) > longest:
            what = f"level {key.text} has {len(node.text)} characters, {longest} fit: {quote(node.text)}"
            self.page.note(node.line, what, "say it shorter")
        return node.text

    def _gate(self, node: Node, items: Iterable[ItemId]) -> Gate:
        block = Block(self.page, node, "a gate", known=GATE_KEYS)
        if not block.usable:
            return Gate("", "", "", {})
        must = self._needs(block, "must", items, needed=True)
        high = self._needs(block, "high_risk", items, needed=False)
        low = self._needs(block, "low_risk", items, needed=False)
        for item in low:
            if item not in must:
                what = f"'low_risk' relaxes {quote(item)}, which 'must' does not hold"
                self.page.note(block.line_of("low_risk"), what, "add it to 'must', or remove it")
        return Gate(
            id=self._new(block, "gate", block.text("id", longest=20)),
            name=block.text("name", longest=60),
            opens=block.one_of("opens", STAGES[1:]),
            must=must,
            high_risk=high,
            low_risk=low,
            reviewers=self._reviewers(block, self._named(block) & set(items)),
        )

    def _needs(self, block: Block, name: str, items: Iterable[ItemId], *, needed: bool) -> dict[ItemId, int]:
        found: dict[ItemId, int] = {}
        known = tuple(items)
        for key, node in block.entries(name, needed=needed):
            text = node.text if isinstance(node, Scalar) else ""
            if key.text not in known:
                self.page.note(key.line, f"unknown readiness item {quote(key.text)}", choose(key.text, known))
            elif text not in [str(level) for level in LEVELS]:
                self.page.note(
                    node.line, f"level {quote(text)} for {quote(key.text)}", "use a level from 0 to 4"
                )
            else:
                found[key.text] = int(text)
        return found

    def _named(self, block: Block) -> set[ItemId]:
        """The items of a gate, those with a wrong level too."""
        names = ("must", "high_risk")
        return {key.text for name in names for key, _ in block.entries(name, needed=False)}

    def _reviewers(self, block: Block, items: Iterable[ItemId]) -> dict[ItemId, tuple[str, ...]]:
        """Item -> roles, from a list of `role: [items]`; every item of the gate has at least one."""
        found: dict[ItemId, tuple[str, ...]] = {}
        inner = block.inside("reviewers", ROLES)
        for role in ROLES:
            if role in inner:
                for item in inner.chosen(role, tuple(items)):
                    found[item] = (*found.get(item, ()), role)
        alone = [item for item in items if item not in found]
        if inner.usable and alone:
            self.page.note(
                inner.line, f"nobody confirms {listed(sorted(alone), 'and')}", "list it under a role"
            )
        return found

    def _stages_once(self, gates: Iterable[Gate], block: Block) -> None:
        opened = [gate.opens for gate in gates if gate.opens]
        for stage in STAGES:
            if opened.count(stage) > 1:
                self.page.note(block.line_of("gates"), f"two gates open the stage '{stage}'", "keep one")

    def _new(self, block: Block, what: str, name: str) -> str:
        if name and name in self.seen:
            first = self.seen[name]
            self.page.note(
                block.line_of("id"),
                f"{what} id {quote(name)} is there twice (first in line {first})",
                "keep one",
            )
            return ""
        self.seen[name] = block.line
        return name
