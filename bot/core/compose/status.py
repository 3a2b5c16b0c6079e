"""The status of one pilot as a card; it must not know how its facts were found, only who may read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.core import tokens
from bot.core.card import Action, Bar, Bars, Block, Button, Card, Facts, Heading, Tone, bold, say, spoken
from bot.core.compose import decision, ledger, words
from bot.core.compose.thresholds import rows as rule_rows
from bot.core.days import day_words
from bot.core.decisions import Slips, deciders
from bot.core.forecast import Score
from bot.core.gates import GateResult
from bot.core.outcome import Blocker
from bot.core.questionnaire import SIDE_STAGES, ItemId
from bot.core.readiness import DimensionScore, Readiness
from bot.core.records import CheckinId, PersonId, Pilot, Request
from bot.core.signals import Course, Signal
from bot.core.thresholds import Threshold
from bot.core.tokens import About, Token

GAPS_SHOWN = 5
REASONS_SHOWN = 3  # signals told in a status; all of them are in `why`
SILENT = "P10"  # the owner does not answer: somebody beside them has the ball
FINAL = frozenset({"stopped", "retired"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A check-in that is open: whom it asks."""

    checkin: CheckinId
    person: PersonId


@dataclass(frozen=True, slots=True)
class StatusView:
    """All that a status shows of one pilot, and what its reader may see of it.

    `stage_days` are without those paused. `items` are the names of readiness items, `names` those of people.
    `sureness` is the word for the overall confidence. `blocker` is the newest one said, `blocked_for` how many
    check-ins in a row. `requests` are those nobody answered yet, the oldest first. `reads_texts`: the reader is
    owner, deputy, sponsor or lead; `sees_claims`: owner or sponsor; `decides`: may decide about it now. `due` says that
    a decision waits, `decided` is the last one in words. `slips` is the ledger of the date of real use, `rounds` what
    was decided so far without an end. `second` is how the sponsor's view compares with the owner's,
    `users` what the pilot's users say, in counts, `record` who confirmed when that what is kept is true,
    `cost` what waiting past the decide-by date has cost, `moves` who had the ball in this stage, in words.
    `forecasts` is how good the owner's own were, in words: for them alone, where nobody reads along.
    `reopened` are items of passed gates that do not hold any more, `thresholds` the owner's launch and stop rules.
    """

    pilot: Pilot
    today: date
    stage_days: int
    readiness: Readiness
    sureness: str
    course: Course
    gate: GateResult | None = None
    signals: tuple[Signal, ...] = ()
    names: Mapping[PersonId, str] = field(default_factory=dict)
    items: Mapping[ItemId, str] = field(default_factory=dict)
    blocker: Blocker | None = None
    blocked_for: int = 0
    requests: tuple[Request, ...] = ()
    asked: Asked | None = None
    last_on: date | None = None
    next_on: date | None = None
    reads_texts: bool = False
    sees_claims: bool = False
    decides: bool = False
    due: bool = False
    decided: str = ""
    slips: Slips = field(default_factory=Slips)
    rounds: str = ""
    second: str = ""
    users: str = ""
    record: str = ""
    cost: str = ""
    moves: str = ""
    forecasts: str = ""
    reopened: tuple[ItemId, ...] = ()
    thresholds: tuple[Threshold, ...] = ()

    def name(self, person: PersonId | None) -> str:
        """What to call somebody; nobody is said so."""
        if person is None:
            return words.NOBODY
        return self.names.get(person, "somebody who left")


def status_card(view: StatusView) -> Card:
    """Where a pilot stands, what it lacks and whose turn it is."""
    title = f"{view.pilot.name}: {_stage(view)}"
    body = tuple(_body(view))
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=_actions(view))


def _body(view: StatusView) -> Iterator[Block]:
    if view.pilot.work:
        yield say(view.pilot.work)
    if view.pilot.stage not in FINAL:
        yield say(bold(f"{words.COURSES[view.course]}."), *(f" {reason}" for reason in _reasons(view)))
    yield Facts(tuple(_facts(view)))
    yield Heading(_readiness(view))
    yield Bars(tuple(_bar(view, dimension) for dimension in view.readiness.dimensions))
    if view.reopened:
        names = words.listed(_item(view, one) for one in view.reopened)
        yield say(bold("A passed gate is open again: "), f"{names}. ", "`gate` tells why.")
    yield from _gate(view)


def _reasons(view: StatusView) -> list[str]:
    """Why the pilot is called what it is called."""
    reasons = [signal.text for signal in view.signals[:REASONS_SHOWN]]
    hidden = words.more(len(view.signals) - REASONS_SHOWN)
    reasons += [f"{words.capital(hidden)}: `why`."] if hidden else []
    if view.course is Course.UNKNOWN and not reasons:
        return ["There are too few answers, or only old ones, to say more."]
    return reasons


def _facts(view: StatusView) -> Iterator[tuple[str, str]]:
    pilot = view.pilot
    yield "Owner", _owner(view)
    if pilot.sponsor is not None:
        yield "Sponsor", view.name(pilot.sponsor)
    if pilot.stage in FINAL:
        if view.decided:
            yield "Decided", view.decided
        yield _last(view)
    else:
        yield from _ahead(view)


def _ahead(view: StatusView) -> Iterator[tuple[str, str]]:
    """What is still to come, for a pilot that goes on."""
    pilot, today = view.pilot, view.today
    yield "Real use planned", _target(view)
    if pilot.decide_by is not None:
        rounds = f" ({view.rounds})" if view.rounds else ""
        yield "Decide by", f"{words.in_days(pilot.decide_by, today)}{rounds}"
    if view.moves:
        yield ledger.MOVES, view.moves
    if view.cost:
        yield "Cost of waiting", view.cost
    if view.decided:
        yield "Decided", view.decided
    yield from rule_rows(view.thresholds, today)
    yield "In the way", _blocker(view)
    if view.second:
        yield "Second view", view.second
    if view.forecasts:
        yield "Your forecasts", view.forecasts
    if view.users:
        yield "Its users", view.users
    if view.record:
        yield "Its record", view.record
    yield _last(view)
    yield "Next check-in", _next(view)
    yield "Next move", _ball(view)


def _stage(view: StatusView) -> str:
    pilot = view.pilot
    stage = words.stage_name(pilot.stage)
    if pilot.stage == "paused" and pilot.paused_until is not None:
        before = f" in {words.stage_name(pilot.before_pause)}" if pilot.before_pause else ""
        return f"{stage}{before} until {day_words(pilot.paused_until, view.today)}"
    return f"{stage} for {words.count(view.stage_days, 'day')}"


def _owner(view: StatusView) -> str:
    pilot = view.pilot
    if pilot.owner is None:
        return words.NOBODY
    deputy = f"; deputy {view.name(pilot.deputy)}" if pilot.deputy is not None else ""
    asked = any(request.kind == "owner" and request.person == pilot.owner for request in view.requests)
    return f"{view.name(pilot.owner)}{', has not accepted yet' if asked else ''}{deputy}"


def _target(view: StatusView) -> str:
    pilot = view.pilot
    if pilot.target is None:
        return "no date yet"
    first = pilot.original_target
    moved = f" (first planned for {day_words(first, view.today)})" if first and first != pilot.target else ""
    if view.slips.later > 1:
        moved += f"; {ledger.slipped(view.slips)}"
    return f"{words.in_days(pilot.target, view.today)}{moved}"


def _blocker(view: StatusView) -> str:
    found = view.blocker
    if found is None:
        return "nothing" if view.last_on else "not asked yet"
    since = f", for {words.count(view.blocked_for, 'check-in')}" if view.blocked_for > 1 else ""
    who = f"; {view.name(found.who)} can clear it" if found.who is not None else ""
    need = f". Needed: {found.need}" if found.need and view.reads_texts else ""
    return f"{found.label}{since}{who}{need}"


COIN = 0.25  # the Brier score of saying "about even" every time


def forecast_words(score: Score | None, least: float) -> str:
    """How good somebody's forecasts were, for them alone; empty for fewer than so many, which say nothing."""
    if score is None or score.forecasts < least:
        return ""
    better = "better than" if score.value < COIN else "no better than"
    told = f"Brier score {score.value:.2f} over {score.forecasts} past dates"
    return f"{told}, {better} a coin toss ({COIN}). Only you see this"


def _last(view: StatusView) -> tuple[str, str]:
    return "Last check-in", day_words(view.last_on, view.today) if view.last_on else "none yet"


def _next(view: StatusView) -> str:
    if view.asked is not None:
        return f"open now, with {view.name(view.asked.person)}"
    return day_words(view.next_on, view.today) if view.next_on else "none planned"


def _ball(view: StatusView) -> str:
    """Who has the ball: a decision that is due, a request, an open check-in, and else the owner."""
    pilot = view.pilot
    if pilot.stage == "paused":
        return f"none before {day_words(pilot.paused_until, view.today)}" if pilot.paused_until else "none"
    if view.due or (pilot.decide_by is not None and pilot.decide_by <= view.today):
        decider = next((person for person, _ in deciders(pilot)), None)
        return f"{view.name(decider)}: decide to scale, fix or stop"
    if view.requests:
        return _request(view, view.requests[0])
    if view.asked is not None:
        return f"{view.name(view.asked.person)}: answer the check-in"
    if pilot.owner is None:
        return f"{view.name(pilot.sponsor)}: name an owner" if pilot.sponsor is not None else "name an owner"
    if view.signals and view.signals[0].id == SILENT:
        beside = pilot.deputy if pilot.deputy is not None else pilot.sponsor
        return f"{view.name(beside) if beside is not None else 'the portfolio lead'}: ask whether it is still running"
    return f"{view.name(pilot.owner)}{_next_step(view)}"


def _request(view: StatusView, request: Request) -> str:
    asked = day_words(request.asked_at.date(), view.today)
    if request.kind == "help":
        return f"{view.name(request.person)}: {request.topic or 'help'} (asked {asked})"
    what = {
        "confirm": "confirm what the gate needs",
        "approve": "approve passing the gate",
        "threshold": "agree to another launch or stop rule",
        "close": "switch off what is left",
    }.get(request.kind, f"accept to be {request.kind}")
    return f"{view.name(request.person)}: {what} (asked {asked})"


def _next_step(view: StatusView) -> str:
    if view.signals:
        return f": {words.small(view.signals[0].action).rstrip('.')}"
    if view.gate is not None and not view.gate.lacking and view.gate.waiting:
        return ": have the gate confirmed"
    if view.gate is not None and view.gate.lacking:
        return f": work on {words.small(_item(view, view.gate.lacking[0].id))}"
    return ""


def _readiness(view: StatusView) -> str:
    scores = view.readiness
    if scores.overall is None:
        return "Readiness: nothing answered yet"
    band = f", {scores.band}" if scores.band else ""
    weakest = scores.dimension(scores.weakest)
    named = f"; weakest: {weakest.name} {weakest.proven}" if weakest else ""
    return f"Readiness {scores.overall}{band}{named}{_caution(view)}"


def _caution(view: StatusView) -> str:
    """How far to trust the score, and for those who may know it what was claimed."""
    scores = view.readiness
    notes = []
    if scores.provisional:
        notes.append(f"provisional, {scores.coverage:.0%} answered")
    if view.sureness == "stale":
        notes.append("answers are stale")
    if view.sees_claims and scores.claimed != scores.overall:
        notes.append(f"claimed {scores.claimed}, proven {scores.overall}")
    return f" ({'; '.join(notes)})" if notes else ""


def _bar(view: StatusView, dimension: DimensionScore) -> Bar:
    notes = []
    if dimension.id == view.readiness.weakest:
        notes.append("weakest")
    if dimension.provisional and dimension.proven is not None:
        notes.append("provisional")
    if view.sees_claims and dimension.claimed != dimension.proven:
        notes.append(f"claimed {dimension.claimed}")
    return Bar(dimension.name, dimension.proven, ", ".join(notes))


def _gate(view: StatusView) -> Iterator[Block]:
    """What the next gate lacks: the farthest first, at most GAPS_SHOWN, then how many more."""
    gate = view.gate
    if gate is None:
        return
    opens = words.stage_name(gate.opens)
    if gate.passed:
        yield Heading(f"Nothing is missing for {opens}: {gate.met} of {len(gate.items)} met")
    elif gate.lacking:
        yield Heading(f"Missing for {opens}: {gate.met} of {len(gate.items)} met")
        yield Facts(tuple((_item(view, gap.id), words.lacks(gap)) for gap in gate.lacking[:GAPS_SHOWN]))
        hidden = words.more(len(gate.lacking) - GAPS_SHOWN)
        if hidden:
            yield say(words.capital(hidden))
    else:
        number = len(gate.waiting)
        yield Heading(f"All {words.count(len(gate.items), 'item')} are met for {opens}")
        yield say(
            f"{words.count(number, 'item')} {words.verb(number, 'is')} to be confirmed by a reviewer: `gate`."
        )


def _item(view: StatusView, item: ItemId) -> str:
    return view.items.get(item, item)


def _actions(view: StatusView) -> tuple[Action, ...]:
    history = words.button("History", view.pilot.id, "history")
    decide = (decision.decide_button(view.pilot.name, view.pilot.id, label="Decide"),) if view.decides else ()
    why = words.button("Why", view.pilot.id, "why")
    if view.pilot.stage in SIDE_STAGES:
        return (history,)
    if view.asked is not None:
        token = tokens.encode(Token(About.CHECKIN, view.asked.checkin, "show"))
        return (*decide, Button("Open the check-in", token, Tone.PRIMARY), why, history)
    return (*decide, words.button("Check in now", view.pilot.id, "checkin", tone=Tone.PRIMARY), why, history)
