"""Why a pilot is called what it is called: every number with its formula; it must not know how anything was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.core import tokens
from bot.core.card import Action, Block, Button, Card, Facts, Heading, Table, bold, say, spoken
from bot.core.compose import words
from bot.core.compose.gate import GateView, gate_title
from bot.core.compose.gate_why import explained
from bot.core.days import day_words
from bot.core.policy import Policy
from bot.core.questionnaire import Model
from bot.core.readiness import ItemScore, Readiness
from bot.core.records import Pilot
from bot.core.signals import Course
from bot.core.signals.evaluation import Mute, Seen

SIGNALS, READINESS, GATE = "signals", "readiness", "gate"
PARTS = (SIGNALS, READINESS, GATE)
NOT_CONFIRMED = "nobody has confirmed it yet; its owner is asked once a year"
LADDER = "level 2 is good enough for a pilot, 3 for production"


@dataclass(frozen=True, slots=True)
class WhyView:
    """What explains one pilot to one reader.

    `index` is the purgatory index, 0..100, over `signals`; `mutes` tells of those that are `known` by whom, until
    when and why. `sees_claims`: the reader is owner or sponsor. `record` is who confirmed when that what is kept is
    true, in words.
    """

    pilot: Pilot
    today: date
    course: Course
    since: date
    index: int
    signals: tuple[Seen, ...]
    known: tuple[Seen, ...]
    mutes: Mapping[str, Mute]
    readiness: Readiness
    gate: GateView
    model: Model
    policy: Policy
    sees_claims: bool = False
    record: str = ""


def why_card(view: WhyView, part: str = SIGNALS) -> Card:
    """One part of the explanation, with buttons to the others."""
    parts = {SIGNALS: _of_signals, READINESS: _of_readiness, GATE: _of_gate}
    title = f"{view.pilot.name}: {_title(view, part)}"
    body = tuple(parts[part](view))
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=tuple(_others(view, part)))


def _title(view: WhyView, part: str) -> str:
    if part == READINESS:
        return f"why readiness {words.score(view.readiness.overall)}"
    if part == GATE:
        return gate_title(view.gate)
    return f"why {words.COURSES[view.course]}"


def _others(view: WhyView, part: str) -> Iterator[Action]:
    labels = {SIGNALS: "Why this state", READINESS: "Why this score", GATE: "The next gate"}
    for other in PARTS:
        if other != part and (other != GATE or view.gate.result is not None or view.gate.reopened):
            yield Button(labels[other], tokens.command(f"why {view.pilot.key} {other}"))


# --- state ----------------------------------------------------------------------------------------------------------


def _of_signals(view: WhyView) -> Iterator[Block]:
    yield say(
        bold(f"{words.COURSES[view.course]} since {day_words(view.since, view.today)}."), f" {_rule(view)}"
    )
    if not view.signals:
        yield say("No signal is on.")
    for seen in view.signals:
        yield Heading(f"{seen.signal.name} ({seen.signal.severity}, {seen.signal.id})")
        yield say(f"{seen.signal.text} {seen.signal.action}")
        since = day_words(seen.since.date(), view.today)
        yield Facts((("Because", seen.signal.formula), ("On since", since)))
    if len(view.signals) > 1:
        yield say(bold("Index: "), _index(view))
    for seen in view.known:
        yield Heading(f"Known: {seen.signal.name} ({seen.signal.id})")
        yield say(f"{seen.signal.text}{_until(view, seen)}")


def _rule(view: WhyView) -> str:
    limits = view.policy.thresholds["state"]
    match view.course:
        case Course.STUCK:
            return (
                f"Its index is {view.index}, Stuck from {limits['stuck']:g}, with {limits['strong_signals']:g} strong "
                "signals or more, one of them about time or movement."
            )
        case Course.AT_RISK:
            return f"Its index is {view.index}, At risk from {limits['at_risk']:g}."
        case Course.UNKNOWN:
            return (
                f"Confidence in its answers is {view.readiness.confidence:.2f}, not known below "
                f"{limits['unknown_confidence']:g}; or {limits['unknown_missed']:g} check-ins running had no answer."
            )
        case Course.PAUSED:
            return "Signals about time and movement stand still until it wakes up."
        case Course.MOVING:
            return f"Its index is {view.index}, At risk from {limits['at_risk']:g}."


def _index(view: WhyView) -> str:
    """The formula with this pilot's weights in it."""
    weights = [view.policy.severity[seen.signal.severity] for seen in view.signals]
    factors = " × ".join(f"{1 - weight:.2f}" for weight in weights)
    return f"100 × (1 - {factors}) = {view.index}. Critical counts 0.50, high 0.30, medium 0.15, low 0.05."


def _until(view: WhyView, seen: Seen) -> str:
    mute = view.mutes.get(seen.signal.id)
    return f" Known until {day_words(mute.until, view.today)}: {mute.reason}" if mute else ""


# --- readiness ------------------------------------------------------------------------------------------------------


def _of_readiness(view: WhyView) -> Iterator[Block]:
    scores = view.readiness
    if scores.overall is None:
        yield say("Nothing is answered yet.")
        return
    yield say(f"Each dimension counts with its weight; of an item counts its level × 25; {LADDER}.")
    yield Table(
        ("Dimension", "Score", "Weight", "Confidence"),
        tuple(
            (one.name, words.score(one.proven), f"{_weight(view, one.id):.0%}", f"{one.confidence:.2f}")
            for one in scores.dimensions
        ),
    )
    yield say(
        f"{scores.coverage:.0%} of the items are answered; confidence {scores.confidence:.2f} of 1: an answer "
        "counts 0.60, with a link 0.85, and half of that after the item's half-life."
    )
    for dimension in view.model.dimensions:
        rows = [
            _item(view, score) for score in scores.items if score.dimension == dimension.id and score.answered
        ]
        if rows:
            yield Heading(dimension.name)
            yield Facts(tuple(rows))
    yield from _record(view)


def _record(view: WhyView) -> Iterator[Block]:
    """Whose word it is that all of it is true."""
    yield Facts((("Its record", view.record or NOT_CONFIRMED),))


def _weight(view: WhyView, dimension: str) -> float:
    return view.policy.weights.get(dimension, 0.0)


def _item(view: WhyView, score: ItemScore) -> tuple[str, str]:
    item = view.model.item(score.id)
    name = words.item_name(item) if item else score.id
    bare = view.sees_claims and score.claimed is not None and score.claimed != score.effective
    said = f", said {score.claimed} without proof" if bare else ""
    unknown = ", not known" if score.claimed is None else ""
    weight = f", weight {item.weight:g}" if item else ""
    return name, f"level {score.effective}{said}{unknown}{weight}"


# --- gate -----------------------------------------------------------------------------------------------------------


def _of_gate(view: WhyView) -> Iterator[Block]:
    return explained(view.gate, confidence=view.policy.thresholds["gate"]["confidence"])
