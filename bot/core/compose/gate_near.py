"""The message some weeks before real use, when the production gate opens: what it lacks; it must not know who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.core.card import Card, Tone, say, spoken
from bot.core.compose import words
from bot.core.compose.release import say_button
from bot.core.days import day_words
from bot.core.gates import GateResult

LISTED = 3  # items named; the gate's own card has them all


def near_card(
    pilot: int,
    name: str,
    gate: GateResult,
    items: Sequence[str],
    *,
    target: date,
    today: date,
    asked: Sequence[str] = (),
    unnamed: Sequence[str] = (),
) -> Card:
    """To the owner: `items` are the names of those lacking, `asked` the reviewers who have just been asked.

    `unnamed` are roles that somebody has to confirm in and nobody is named for.
    """
    lines = [f"Real use is planned for {day_words(target, today)}. Next is the gate: {gate.name}."]
    lacks = f"It lacks {words.count(len(items), 'item')}: {words.shown([words.small(one) for one in items], LISTED)}."
    lines.append(lacks if items else "Nothing of your own is missing.")
    if asked:
        lines.append(f"I asked {words.listed(asked)} to confirm what is ready.")
    if unnamed:
        roles = words.listed([words.role_name(role) for role in unnamed])
        lines.append(f"Nobody is named to confirm for {roles}: name them at the gate.")
    lines.append("How far does the first release go, and what could go wrong with it? It takes a minute.")
    body = tuple(say(line) for line in lines)
    button = words.button("Look at the gate", pilot, "gate", tone=Tone.PRIMARY)
    return Card(name, f"{name}\n{spoken(body)}", body=body, actions=(button, say_button(pilot)))
