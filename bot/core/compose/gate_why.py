"""Why a gate is passed or not, item by item; it must not know how any of it was found."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.card import Block, Facts, say
from bot.core.compose import words
from bot.core.compose.gate import GateView, condition_words, open_again, summary, what_lacks
from bot.core.days import day_words
from bot.core.gates import GateItem, Lack
from bot.core.questionnaire import PROOF_LEVEL
from bot.core.reviewing import READY


def explained(view: GateView, *, confidence: float) -> Iterator[Block]:
    """Why a gate is passed or not: the rule, then every item with its level, its reviewers and its condition."""
    gate = view.result
    yield from open_again(view)
    if gate is None:
        yield say("No gate follows this stage.")
        return
    yield say(
        f"{summary(gate)} An item passes at its level, with a link that opens from level {PROOF_LEVEL} up, with "
        f"confidence {confidence:g} or more, and confirmed by its reviewer; or under a condition whose day is to come."
    )
    yield Facts(tuple((view.item(one.id), _standing(view, one)) for one in gate.items))


def _standing(view: GateView, item: GateItem) -> str:
    parts = [f"level {item.effective} of {item.need}, confidence {item.confidence:.2f}"]
    parts += [what_lacks(item)] if item.lack not in (Lack.NOTHING, Lack.REFUSED) else []
    for verdict in item.verdicts:
        on, role = day_words(verdict.at.date(), view.today), words.role_name(verdict.role)
        said = "confirmed" if verdict.yes else f"not yet ({verdict.reason})"
        parts.append(f"{said} by {view.name(verdict.by)}, {role}, {on}")
    if item.unconfirmed and item.lack in READY:
        parts.append(f"waits for {words.listed(words.role_name(role) for role in item.unconfirmed)}")
    parts += [f"condition: {condition_words(view, item)}"] if item.condition else []
    return f"{'passes' if item.passes else 'does not pass'}: {'; '.join(parts)}"
