"""A card as a modal, and what is wrong with what was sent from it; it must not know how a modal is opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from adapters.common.text import line, prose
from adapters.slack import controls, limits
from adapters.slack.blocks import Json, actions, body, header, note, plain, strong, weight
from adapters.slack.inputs import MAIN, inputs_of
from adapters.slack.text import opened, sealed
from bot.core.card import Card, Field, Submit, say
from bot.core.ports import Place

CALLBACK = "rampcheck.card"
WARNING = "⚠ "
TOO_LONG = "This is too long to show whole in Slack; some of it is left out."
BODY_BLOCKS = 30  # of a modal: what stands before the questions
_NOWHERE = Place("")


def view(card: Card, on: Place = _NOWHERE) -> Json:
    """The modal of a card. `on` is where it was asked for: what is sent from the modal comes back as done there."""
    submit = next((action for action in card.actions if isinstance(action, Submit)), None)
    asked = card.fields if submit and fits(submit.token, on) else ()
    shown: Json = {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": plain(_short(card.title), limits.VIEW_TITLE),
        "close": plain("Cancel" if asked else "Close", limits.VIEW_TITLE),
        "blocks": within(_blocks(card, asked)) or _words_only(card),
        "notify_on_close": bool(asked),
        "private_metadata": _metadata(submit.token if submit and asked else "", on),
    }
    return {**shown, "submit": plain(submit.label, limits.VIEW_TITLE)} if submit and asked else shown


def fits(token: str, on: Place) -> bool:
    """Whether a modal can carry a token and a place."""
    return len(_metadata(token, on)) <= limits.METADATA


def origin(view: Mapping[Any, Any]) -> tuple[str, Place] | None:
    """The token that a modal of ours carries and where the modal was asked for; None for another's modal."""
    stored = view.get("private_metadata")
    if view.get("callback_id") != CALLBACK or not isinstance(stored, str):
        return None
    match opened(stored):
        case [str(token), str(conversation), bool(direct), str(message)]:
            return token, Place(conversation, direct=direct, message=message)
    return None


def errors(problems: Mapping[str, str]) -> dict[str, str]:
    """What is wrong by block_id, as `response_action: errors` takes it.

    What speaks of the whole (the empty name) is at a block that is in no modal: who answers knows the first input.
    """
    return {f"{MAIN}{name}": line(problem, limits.NOTE) for name, problem in problems.items()}


# --- inside


def _metadata(token: str, on: Place) -> str:
    return sealed([token, on.conversation, on.direct, on.message])


def _blocks(card: Card, asked: Iterable[Field]) -> Iterator[Json]:
    known = {field.name for field in asked}
    if len(line(card.title, limits.HEADER)) > limits.VIEW_TITLE:
        yield from header(card.title)
    for name, problem in card.problems[: limits.RADIO]:
        if name not in known:
            yield from strong(WARNING + problem)
    yield from islice(body(card.body), BODY_BLOCKS)
    problems = dict(card.problems)
    for field in asked:
        yield from _asked(field, problems.get(field.name, ""))
    rest = card.actions if not known else tuple(one for one in card.actions if not isinstance(one, Submit))
    yield from actions(controls.buttons(replace(card, fields=(), actions=rest)))
    yield from note(card.footer)


def _short(title: str) -> str:
    """A title for the bar of a modal: one that is too long stands whole below it, and here by its last part."""
    last = title.rpartition(": ")[2]
    return (
        last
        if len(line(title, limits.HEADER)) > limits.VIEW_TITLE >= len(line(last, limits.HEADER))
        else title
    )


def _words_only(card: Card) -> list[Json]:
    """What stands in a modal that would be empty: Slack opens none without a block."""
    return [*body((say(card.fallback),))] or [{"type": "divider"}]


def _asked(field: Field, problem: str) -> Iterator[Json]:
    if prose(problem, limits.PROSE).strip():
        yield from strong(WARNING + problem)
    yield from inputs_of(field)


def within(blocks: Iterable[Json]) -> list[Json]:
    """As many blocks as a modal or a home takes; what is left out is said. No block_id stands twice."""
    kept: list[Json] = []
    names: set[str] = set()
    size = 0
    for block in blocks:
        size += weight(block)
        if len(kept) == limits.VIEW_BLOCKS - 1 or size > limits.VIEW_CHARS:
            return [*kept, *note(TOO_LONG)]
        if block.get("block_id") not in names:
            kept.append(block)
        names |= {block["block_id"]} if "block_id" in block else set()
    return kept
