"""The words and forms for attaching a link as proof to a readiness item; it must not know what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core import tokens
from bot.core.card import Action, Button, Card, Choice, Link, Offer, Span, Submit, fit, say, spoken
from bot.core.compose import words
from bot.core.compose.picking import pilot_field
from bot.core.proof import Wanting
from bot.core.questionnaire import PROOF_LEVEL, Item
from bot.core.records import Pilot
from bot.core.tokens import About, Token

ITEM, LEVEL, LINK = "item", "level", "link"  # names of fields
ATTACH, SET, ASK = "attach", "level", "ask"  # verbs: the form sent, the level sent, the level asked for
TITLE = "Attach as proof"
LINK_SHOWN = 120  # characters of a link in a line
HELD_BACK = "Counts less until it has proof"
LABEL_LIMIT = 75  # characters of an option on the narrowest platform
NOBODY = (
    "You can attach proof to pilots of which you are the owner, the deputy or the builder. There is none yet."
)
CHOOSE_LEVEL = "Choose a level."
NO_LINK = "Give the link that proves it."
CHOOSE_ITEM = "Choose what the link proves."


@dataclass(frozen=True, slots=True)
class Effect:
    """What a link did: an item's level as it counts, and readiness; each before (None: none yet) and after."""

    claimed: int
    counted_before: int | None
    counted: int
    overall_before: int | None
    overall: int | None


def attach_card(
    pilots: Sequence[Offer],
    items: Sequence[Wanting],
    *,
    pilot: Pilot | None,
    item: str = "",
    link: str = "",
    problems: tuple[tuple[str, str], ...] = (),
) -> Card:
    """The form: which pilot, what the link proves, the link. Items are asked for once the pilot is known."""
    line = "Which pilot is it for?" if pilot is None else "What does the link prove?"
    known = (_items(items, item),) if pilot else ()
    submit = Submit("Attach" if pilot else "Next", _token(0, ATTACH), opener="Attach a proof")
    return Card(
        TITLE,
        f"{line} {link}".strip(),
        body=(say(line),),
        fields=(pilot_field(pilots, initial=pilot.key if pilot else ""), *known, _link(link)),
        actions=(submit,),
        problems=problems,
    )


def _items(items: Sequence[Wanting], chosen: str) -> Choice:
    offers = tuple(
        Offer(one.item.id, fit(_state(one), LABEL_LIMIT), group=HELD_BACK if one.held_back else one.dimension)
        for one in items
    )
    initial = (chosen,) if chosen else ()
    return Choice(ITEM, "What does it prove?", offers, initial=initial, required=True)


def _state(one: Wanting) -> str:
    """An item with where it stands, in the few words that an option holds."""
    level = "not answered" if one.level is None else f"level {one.level}"
    return f"{words.item_name(one.item)} · {level}{', has proof' if one.linked else ''}"


def _link(link: str) -> Link:
    hint = "Where it can be looked at: the message, a document, a dashboard."
    return Link(LINK, "Link", initial=link, hint=hint, required=True)


def level_card(pilot: Pilot, item: Item, link: str, *, level: int | None) -> Card:
    """How far an item is: asked where there is no level that a link could stand behind."""
    name = words.item_name(item)
    why = (
        f"{name} has no level yet, and a link counts with one. What good proof is: {item.proof}."
        if level is None
        else f"Proof makes a difference from level {PROOF_LEVEL} on. What good proof is: {item.proof}."
    )
    offers = tuple(Offer(str(number), f"{number} · {text}") for number, text in enumerate(item.levels))
    before = "" if level is None else f"Now: {level} · {item.levels[level]}"
    return Card(
        f"{words.pilot_name(pilot.name)}: {name}",
        f"{why} {item.question}",
        body=(say(why),),
        fields=(Choice(LEVEL, item.question, offers, required=True, previous=before), _link(link)),
        actions=(Submit("Attach", _token(pilot.id, SET, item.id), opener="Choose its level"),),
    )


def attached_card(pilot: Pilot, item: Item, effect: Effect) -> Card:
    """What the link did, with a way to raise a level at which no proof is needed."""
    line = f"{words.item_name(item)}: {_counts(effect)} {_readiness(effect)}".strip()
    low = effect.claimed < PROOF_LEVEL
    raise_it: tuple[Action, ...] = (
        (Button("Change its level", _token(pilot.id, ASK, item.id)),) if low else ()
    )
    status = words.button("Show status", pilot.id, "status")
    title = words.pilot_name(pilot.name)
    return Card(title, f"{title}: {line}", body=(say(line),), actions=(*raise_it, status))


def _counts(effect: Effect) -> str:
    if effect.counted_before is None:
        return f"proof added, counts {effect.counted}."
    if effect.counted != effect.counted_before:
        return f"proof added, counts {effect.counted} instead of {effect.counted_before}."
    if effect.claimed < PROOF_LEVEL:
        return f"proof kept. It is at level {effect.claimed}; proof makes a difference from level {PROOF_LEVEL} on."
    return f"proof renewed, still counts {effect.counted}."


def _readiness(effect: Effect) -> str:
    if effect.overall is None:
        return ""
    if effect.overall_before is None:
        return f"Readiness {effect.overall}."
    if effect.overall == effect.overall_before:
        return f"Readiness stays {effect.overall}."
    return f"Readiness {effect.overall_before} → {effect.overall}."


def ask_them_card(pilot: Pilot, people: Sequence[str]) -> Card:
    """Somebody else has to attach it."""
    whom = f"Ask {words.listed(people, last='or')}" if people else "Ask the portfolio lead"
    line = f"Only its owner, deputy, builder and the portfolio lead can attach proof to it. {whom}."
    title = words.pilot_name(pilot.name)
    return Card(title, f"{title}: {line}", body=(say(line),))


def link_gone_card(pilot: Pilot, item: Item, link: str) -> Card:
    """What the owner hears, once, of a link that did not open three times in a row."""
    name = words.pilot_name(pilot.name)
    line = f"I could not open the proof of “{words.item_name(item)}” on three days in a row. Has it moved?"
    then = "Until a link opens, or its reviewer has confirmed it, the answer counts as level 2. Nothing else changed."
    body = (say(line), say(Span(fit(link, LINK_SHOWN), url=link)), say(then))
    actions = (Button("Give its new link", _token(pilot.id, ASK, item.id)),)
    title = f"{name}: a proof does not open"
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=actions)


def no_such_item(text: str) -> str:
    """A readiness item that a text does not name."""
    return f"I know no readiness item called “{fit(text, 40)}”. Choose one."


def no_such_pilot(text: str) -> str:
    """A pilot that a text does not name, or names among others."""
    return f"I cannot tell which pilot “{fit(text, 40)}” is. Choose one."


def _token(pilot: int, verb: str, item: str = "") -> str:
    return tokens.encode(Token(About.PROOF, pilot, verb, arg=item))
