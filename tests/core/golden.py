"""Cards kept as text, so that a change of what people read shows up as a diff."""

from __future__ import annotations

import os
from pathlib import Path

from bot.core.card import Button, Card, spoken

FOLDER = Path(__file__).parents[1] / "golden" / "core"
WRITE = "RAMPCHECK_WRITE_GOLDEN"  # set to 1, the files are written anew: read the diff before you commit it


def same_as(name: str, text: str) -> None:
    """Fail when the text differs from the file kept under that name."""
    file = FOLDER / f"{name}.txt"
    if os.environ.get(WRITE) == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.exists(), f"{file.name} is missing: run the test once with {WRITE}=1 and read what it wrote"
    assert text == file.read_text(encoding="utf-8")


def drawn(*cards: Card) -> str:
    """Cards as somebody sees them in a terminal, buttons last."""
    return "\n".join(_drawn(card) for card in cards)


def _drawn(card: Card) -> str:
    labels = [f"[{action.label}]" for action in card.actions if isinstance(action, Button)]
    return "\n".join([f"== {card.title}", spoken(card.body), *([" ".join(labels)] if labels else []), ""])
