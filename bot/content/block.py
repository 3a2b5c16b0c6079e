"""Reads one block of keys by type, and on after a problem to find all; it must not know what a key means."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from bot.content.document import Entries, Items, Node, Scalar, value_of
from bot.content.problem import DOTTED, SLUG, Page, choose, quote, slug

Fill = Callable[[str], str]


class Block:
    """The keys of one block. Every getter returns a value of its type, whatever stands in the file.

    `what` names the block in messages, `known` are the keys it may have; `fill` rewrites each text (placeholders
    of a `for_each`).
    """

    def __init__(
        self, page: Page, node: Node, what: str, *, known: Collection[str], fill: Fill = str
    ) -> None:
        self.page, self.line, self.what, self._fill = page, node.line, what, fill
        self._entries: dict[str, Node] = {}
        self.usable = isinstance(node, Entries)
        if not isinstance(node, Entries):
            page.note(node.line, f"{what} is {said(node)}, not a block of keys", "indent its keys below it")
            return
        for key, value in node.pairs:
            if key.text in known:
                self._entries[key.text] = value
            else:
                page.note(key.line, f"{what} has no key {quote(key.text)}", choose(key.text, known))

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def inside(self, name: str, known: Collection[str]) -> Block:
        """The block under a key; when it is not there that is noted once, and its getters stay silent."""
        node = self._entries.get(name)
        if node is None:
            self._missing(name)
        quiet = Page("") if node is None else self.page
        return Block(quiet, node or Scalar("", self.line), f"'{name}'", known=known, fill=self._fill)

    def line_of(self, name: str) -> int:
        """Where a key's value stands; the block's own line when it is not there."""
        node = self._entries.get(name)
        return node.line if node else self.line

    def node(self, name: str) -> Node | None:
        """The value of a key as written."""
        return self._entries.get(name)

    def text(self, name: str, *, longest: int, default: str | None = None) -> str:
        """A text of 1..`longest` characters; required when there is no default."""
        found = self._scalar(name, "a text", needed=default is None)
        if found is None:
            return default or ""
        text = self._fill(found.text).strip()
        if not text:
            self.page.note(found.line, f"'{name}' is empty", "write it, or remove the key")
        elif len(text) > longest:
            what = f"'{name}' has {len(text)} characters, {longest} fit: {quote(text)}"
            self.page.note(found.line, what, "say it shorter")
        return text

    def name(self, name: str, pattern: re.Pattern[str] = DOTTED) -> str:
        """A required id: lower case letters, digits and underscores, with dots where the pattern has them."""
        text = self.text(name, longest=120)
        if text and not pattern.fullmatch(text):
            better = ".".join(slug(part) for part in text.split(".")) if pattern is DOTTED else slug(text)
            self.page.note(self.line_of(name), f"{name} {quote(text)} is not a slug", f"use '{better}'")
            return ""
        return text

    def one_of(self, name: str, known: Collection[str], *, default: str | None = None) -> str:
        """One of the known words; empty after a problem."""
        text = self.text(name, longest=120, default=default)
        if text and text != default and text not in known:
            self.page.note(self.line_of(name), f"unknown {name} {quote(text)}", choose(text, known))
            return ""
        return text

    def number(
        self, name: str, *, low: float = -1e12, high: float = 1e12, default: float | None = None
    ) -> float:
        """A number within bounds; required when there is no default."""
        found = self._scalar(name, "a number", needed=default is None)
        value = None if found is None else value_of(found)
        if found is None:
            return default or 0
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.page.note(
                found.line, f"'{name}' is {quote(found.text)}, not a number", "write a number, such as 3"
            )
        elif not low <= value <= high:
            self.page.note(found.line, f"'{name}' is {value:g}", f"use {_short(low)} to {_short(high)}")
        else:
            return float(value)
        return default if default is not None else max(low, 0)

    def integer(self, name: str, *, low: int, high: int, default: int | None = None) -> int:
        """A whole number within bounds; required when there is no default."""
        value = self.number(name, low=low, high=high, default=default)
        if value != int(value):
            self.page.note(
                self.line_of(name), f"'{name}' is {value:g}, not a whole number", f"use {round(value)}"
            )
        return int(value)

    def flag(self, name: str) -> bool:
        """True or false; false when not written."""
        found = self._scalar(name, "true or false", needed=False)
        if found is None or found.text in ("true", "false"):
            return found is not None and found.text == "true"
        self.page.note(found.line, f"'{name}' is {quote(found.text)}", "use true or false")
        return False

    def items(self, name: str, *, needed: bool = True) -> Sequence[Node]:
        """The nodes of a list that is not empty."""
        node = self._entries.get(name)
        if node is None:
            if needed:
                self._missing(name)
            return ()
        if isinstance(node, Items) and node.nodes:
            return node.nodes
        what = "empty" if isinstance(node, Items) else f"{said(node)}, not a list"
        self.page.note(node.line, f"'{name}' is {what}", "start each entry on its own line with '- '")
        return ()

    def words(self, name: str, *, needed: bool = True) -> Iterator[Scalar]:
        """The single values of a list."""
        for node in self.items(name, needed=needed):
            if isinstance(node, Scalar) and node.text:
                yield Scalar(self._fill(node.text), node.line, node.plain)
            else:
                self.page.note(
                    node.line, f"an entry of '{name}' is {said(node)}", "write one word for each entry"
                )

    def chosen(self, name: str, known: Collection[str], *, needed: bool = True) -> tuple[str, ...]:
        """The known words of a list, each once."""
        found: list[str] = []
        for word in self.words(name, needed=needed):
            if word.text not in known:
                self.page.note(
                    word.line, f"unknown word {quote(word.text)} in '{name}'", choose(word.text, known)
                )
            elif word.text in found:
                self.page.note(word.line, f"{quote(word.text)} is listed twice in '{name}'", "keep one")
            else:
                found.append(word.text)
        return tuple(found)

    def entries(self, name: str, *, needed: bool = True) -> Iterator[tuple[Scalar, Node]]:
        """The pairs of a block whose keys the author chooses."""
        node = self._entries.get(name)
        if isinstance(node, Entries):
            yield from node.pairs
        elif node is not None:
            self.page.note(
                node.line, f"'{name}' is {said(node)}, not a block of keys", "indent its keys below it"
            )
        elif needed:
            self._missing(name)

    def _scalar(self, name: str, wanted: str, *, needed: bool) -> Scalar | None:
        node = self._entries.get(name)
        if node is None or (isinstance(node, Scalar) and node.plain and node.text in ("", "~", "null")):
            if needed or node is not None:
                self._missing(name)
            return None
        if not isinstance(node, Scalar):
            self.page.note(node.line, f"'{name}' is {said(node)}, not {wanted}", "write it on one line")
            return None
        return node

    def _missing(self, name: str) -> None:
        if self.usable:  # what is no block was noted already
            self.page.note(self.line_of(name), f"{self.what} has no '{name}'", f"add '{name}: ...'")


def said(node: Node) -> str:
    """A node's kind in plain words."""
    match node:
        case Scalar(text):
            return quote(text) if text else "empty"
        case Items():
            return "a list"
        case Entries():
            return "a block of keys"


def option_slug(block: Block) -> str:
    """The slug of an option."""
    text = block.text("slug", longest=60)
    if text and not SLUG.fullmatch(text):
        block.page.note(block.line_of("slug"), f"option {quote(text)} is not a slug", f"use '{slug(text)}'")
        return ""
    return text


def _short(bound: float) -> str:
    return f"{bound:g}"
