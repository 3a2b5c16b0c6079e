"""The gate before a pilot in words: what is missing, who has to confirm what, what was agreed; it decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.core.card import (
    Action,
    Block,
    Button,
    Card,
    Choice,
    Date,
    Facts,
    Heading,
    Offer,
    Person,
    Text,
    Tone,
    bold,
    fit,
    say,
    spoken,
)
from bot.core.compose import words
from bot.core.compose.release import Release, say_button
from bot.core.compose.release import rows as release_rows
from bot.core.compose.thresholds import change_button
from bot.core.compose.thresholds import rows as rule_rows
from bot.core.days import day_words
from bot.core.gates import GateItem, GateResult, Lack, Reopened
from bot.core.questionnaire import PROOF_LEVEL, Item, ItemId
from bot.core.records import Condition, PersonId, Pilot
from bot.core.reviewing import NoCondition
from bot.core.thresholds import Threshold
from bot.core.tokens import About, Token, encode

ASK, NAME, AGREE, RETRACT = "ask", "name", "agree", "retract"  # verbs of About.GATE
ITEM, ROLE, WHO, UNTIL, REASON = "item", "role", "who", "until", "reason"  # names of fields
LABEL_LIMIT = 75  # characters of an option on the narrowest platform
REASON_LIMIT = 200  # characters, as gate.yaml has it for what must be fixed


@dataclass(frozen=True, slots=True)
class GateView:
    """All that is shown of a gate to one reader.

    `whom` tells who confirms (item, role), None for nobody; `asked` since when somebody's question is open. `open` are
    items that a condition could be agreed for, by a reader who `decides`. `manages`: the reader may ask and name
    reviewers; `to_ask` is how many would be asked now, `unnamed` are roles of which nobody is there. `own` are items
    that the reader confirmed. `most` conditions may be agreed, for at most `days`; never for `never`. `approvers` have
    to say yes. `thresholds` are the owner's launch and stop rules; one who `proposes` may ask for others.
    `release` is what is said of the first release, None where it is not theirs to read.
    """

    pilot: Pilot
    today: date
    result: GateResult | None
    items: Mapping[ItemId, Item]
    names: Mapping[PersonId, str]
    reopened: tuple[Reopened, ...] = ()
    whom: Mapping[tuple[ItemId, str], PersonId | None] = field(default_factory=dict)
    asked: Mapping[PersonId, date] = field(default_factory=dict)
    open: tuple[GateItem, ...] = ()
    decides: bool = False
    manages: bool = False
    to_ask: int = 0
    unnamed: tuple[str, ...] = ()
    own: tuple[ItemId, ...] = ()
    never: tuple[ItemId, ...] = ()
    most: int = 3
    days: int = 30
    approvers: int = 1
    thresholds: tuple[Threshold, ...] = ()
    proposes: bool = False
    release: Release | None = None

    def name(self, person: PersonId | None) -> str:
        """What to call somebody."""
        return self.names.get(person, "somebody who left") if person is not None else words.NOBODY

    def item(self, wanted: ItemId) -> str:
        """What people call an item."""
        found = self.items.get(wanted)
        return words.item_name(found) if found else wanted


def gate_card(view: GateView, *, note: str = "") -> Card:
    """What the next gate needs, who has it, and what can be done now; `note` says what was just done."""
    title = f"{words.pilot_name(view.pilot.name)}: {gate_title(view)}"
    body = (*((say(bold(note)),) if note else ()), *_body(view))
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=tuple(_actions(view)))


def gate_title(view: GateView) -> str:
    """Which gate it is, for a title."""
    return f"the gate to {words.stage_name(view.result.opens)}" if view.result else "no gate ahead"


def _body(view: GateView) -> Iterator[Block]:
    yield from open_again(view)
    gate = view.result
    if gate is None:
        if not view.reopened:
            yield say("No gate follows this stage.")
        return
    yield say(summary(gate))
    if gate.lacking:
        yield Heading("The smallest set of changes that would pass")
        yield Facts(tuple((view.item(one.id), change(one)) for one in gate.lacking))
        yield from _may_follow(view)
    if gate.waiting:
        yield Heading("Waits to be confirmed")
        yield Facts(tuple((view.item(one.id), _awaited(view, one)) for one in gate.waiting))
    agreed = [one for one in gate.items if one.condition is not None]
    if agreed:
        yield Heading("Agreed to follow")
        yield Facts(tuple((view.item(one.id), condition_words(view, one)) for one in agreed))
    passing = [view.item(one.id) for one in gate.items if one.passes and not one.waived]
    if passing:
        yield say(bold("Passes: "), f"{words.listed(passing)}.")
    if view.release is not None:
        yield Facts(tuple(release_rows(view.release)))
    if view.thresholds:
        yield Facts(tuple(rule_rows(view.thresholds, view.today)))
    if view.approvers > 1:
        yield say(f"Its risk is high: {view.approvers} people have to approve passing this gate.")


def summary(gate: GateResult) -> str:
    """How far a gate is, in one line."""
    total, lacking, waiting = len(gate.items), len(gate.lacking), len(gate.waiting)
    waived = sum(1 for one in gate.items if one.waived)
    parts = [f"{total - lacking - waiting - waived} of {words.count(total, 'item')} pass"]
    parts += [f"{lacking} still {words.verb(lacking, 'has')} something missing"] if lacking else []
    parts += [f"{waiting} {words.verb(waiting, 'is')} to be confirmed"] if waiting else []
    parts += [f"{waived} may follow"] if waived else []
    return f"{words.listed(parts)}."


def change(gap: GateItem) -> str:
    """What has to change for an item to be met."""
    late = " (its condition ran out)" if gap.condition is not None and not gap.waived else ""
    return f"{what_lacks(gap)}{late}"


def what_lacks(gap: GateItem) -> str:
    """What keeps an item from being met by its own answer, and what would change that."""
    match gap.lack:
        case Lack.ANSWER:
            return f"answer it, at level {gap.need} or more"
        case Lack.KNOWLEDGE:
            return f"find out, then level {gap.need} or more"
        case Lack.LEVEL:
            return f"from level {gap.effective} to {gap.need}" + (
                ", with a link" if gap.need >= PROOF_LEVEL else ""
            )
        case Lack.LINK:
            return f"add a link that opens to what was said (counts {gap.effective}, needs {gap.need})"
        case Lack.FRESHNESS:
            return "say it again, or have it confirmed: the answer is too old"
        case Lack.REFUSED:
            refusal = gap.refusal
            role = words.capital(words.role_name(refusal.role)) if refusal else "A reviewer"
            return f"{role} says not yet: {refusal.reason}" if refusal else "a reviewer says not yet"
        case Lack.NOTHING:
            roles = words.listed(words.role_name(role) for role in gap.unconfirmed)
            return f"to be confirmed by {roles}" if roles else "met"


def _may_follow(view: GateView) -> Iterator[Block]:
    """Which of the missing items a decider could let follow; nothing where none may."""
    gate = view.result
    free = [view.item(one.id) for one in view.open if gate is not None and one in gate.lacking]
    if free:
        kept = words.listed((words.small(view.item(one)) for one in view.never), last="or")
        yield say(
            f"Whoever decides may let up to {view.most} items follow within {view.days} days, each with a person and "
            f"a date; never {kept}."
        )


def _awaited(view: GateView, item: GateItem) -> str:
    return "; ".join(_who(view, item, role) for role in item.unconfirmed)


def _who(view: GateView, item: GateItem, role: str) -> str:
    person, name = view.whom.get((item.id, role)), words.role_name(role)
    if person is None:
        return f"nobody is named for {name}"
    asked = view.asked.get(person)
    since = f"asked {day_words(asked, view.today)}" if asked else "not asked yet"
    return f"{view.name(person)} ({name}), {since}"


def condition_words(view: GateView, item: GateItem) -> str:
    """A condition with its person and day, and whether that is over."""
    found = item.condition
    if found is None:
        return ""
    who = f"{view.name(found.person)} by {words.in_days(found.until, view.today)}"
    if item.waived:
        return who
    return f"{who}: {'met' if item.passes else 'ran out, so the gate is open again'}"


def open_again(view: GateView) -> Iterator[Block]:
    """What does not hold any more of gates that were passed; nothing where all of it does."""
    if not view.reopened:
        return
    yield Heading("Open again")
    yield Facts(tuple((view.item(one.item), reopened_words(view, one)) for one in view.reopened))
    yield say(BACK)


BACK = (
    "A passed gate does not hold any more, so no further one can be passed. Deciding Fix takes a live pilot back to "
    "Hardening; Stop or Retire opens the switch-off steps."
)


def reopened_words(view: GateView, one: Reopened) -> str:
    """Why a passed gate is open again."""
    stage = words.stage_name(one.opens)
    if one.condition is not None:
        return f"its condition at the gate to {stage} ran out on {day_words(one.condition.until, view.today)}"
    return f"it was confirmed at the gate to {stage}, and less is true now"


# --- what can be done -----------------------------------------------------------------------------------------------


def _actions(view: GateView) -> Iterator[Action]:
    if view.decides and view.result is not None and view.result.passed and not view.reopened:
        yield words.button("Decide", view.pilot.id, "decide", tone=Tone.PRIMARY)
    if view.release is not None and view.release.unsaid:
        yield say_button(view.pilot.id)
    if view.manages and view.to_ask:
        yield Button(f"Ask {words.count(view.to_ask, 'reviewer')}", _token(view, ASK), Tone.PRIMARY)
    if view.manages and view.unnamed:
        yield Button("Name a reviewer", _token(view, NAME), asks=tuple(_naming(view)))
    if view.decides and view.open:
        yield Button("Agree a condition", _token(view, AGREE), asks=tuple(_agreeing(view)))
    if view.proposes:
        yield change_button(view.pilot.id)
    if view.own:
        yield Button("Take back a confirmation", _token(view, RETRACT), asks=tuple(_retracting(view)))
    yield words.button("Status", view.pilot.id, "status")


def _token(view: GateView, verb: str) -> str:
    return encode(Token(About.GATE, view.pilot.id, verb))


def _naming(view: GateView) -> Iterator[Choice | Person]:
    roles = tuple(Offer(role, words.capital(words.role_name(role))) for role in view.unnamed)
    yield Choice(ROLE, "Who is missing?", roles, required=True)
    yield Person(WHO, "Who confirms it?", required=True, hint="Not the owner, the deputy or the builder.")


def _agreeing(view: GateView) -> Iterator[Choice | Person | Date]:
    items = tuple(Offer(one.id, fit(view.item(one.id), LABEL_LIMIT)) for one in view.open)
    yield Choice(ITEM, "Which item may follow later?", items, required=True)
    yield Person(WHO, "Who closes it?", required=True)
    yield Date(UNTIL, "By when?", required=True, hint=f"Within {view.days} days. Then the gate opens again.")


def _retracting(view: GateView) -> Iterator[Choice | Text]:
    items = tuple(Offer(one, fit(view.item(one), LABEL_LIMIT)) for one in view.own)
    yield Choice(ITEM, "Which item does not hold any more?", items, required=True)
    yield reason_field()


def reason_field() -> Text:
    """What a reviewer is asked for who says no."""
    return Text(REASON, "What must be fixed, by whom and by when?", max_chars=REASON_LIMIT, required=True)


CHOOSE = "Choose one of them."
CHOOSE_DAY = "Give the day by which it is closed, for example in 2 weeks."
SAY_WHY = "Say in a line what must be fixed."
OWN = "Whoever owns, deputises for or builds a pilot does not confirm it. Name somebody else."
NOT_TO_MANAGE = "Only this pilot's own people and the portfolio lead can ask or name its reviewers."
NOT_TO_DECIDE = (
    "Only whoever decides about this pilot can agree to a condition: its decider, else its sponsor. The owner and the "
    "builder never do."
)


def known_roles() -> frozenset[str]:
    """The roles that somebody can be named for."""
    return frozenset(words.REVIEWERS)


# --- what is said after ---------------------------------------------------------------------------------------------


def asked_note(people: Sequence[str]) -> str:
    """Who was asked to confirm."""
    return (
        f"Asked: {words.listed(people)}."
        if people
        else "Nobody could be asked: nothing is ready, or all are asked."
    )


def named_note(role: str, who: str) -> str:
    """Somebody was named for a role."""
    return f"{words.capital(words.role_name(role))}: {who} confirms from now on."


def retracted_note(item: str) -> str:
    """A reviewer took their yes back."""
    return f"Taken back: {item} is not confirmed any more. The owner has been told."


def passed_card(pilot: Pilot, opens: str, *, moved: bool, decide_by: date | None, today: date) -> Card:
    """What owner and decider hear when every item of a gate passes."""
    name, stage = words.pilot_name(pilot.name), words.stage_name(opens)
    until = f" Decide on it by {day_words(decide_by, today)}." if decide_by else ""
    line = f"Every item of the gate to {stage} passes and is confirmed."
    line += f" It is in {stage} from today on.{until}" if moved else " Deciding Scale moves it on."
    decide = () if moved else (words.button("Decide", pilot.id, "decide", tone=Tone.PRIMARY),)
    title = f"{name}: the gate to {stage} is passed"
    return Card(
        title,
        f"{name}: {line}",
        body=(say(line),),
        actions=(*decide, words.button("Status", pilot.id, "status")),
    )


def no_condition(
    why: NoCondition, *, item: str, never: Iterable[str], most: int, last: date, today: date
) -> str:
    """Why a condition cannot be agreed, and what to do."""
    match why:
        case NoCondition.NEVER_WAIVED:
            kept = words.listed(words.small(one) for one in never)
            return f"{item} has to be met before the gate. No condition is possible for {kept}."
        case NoCondition.TOO_MANY:
            return (
                f"There are {most} conditions already, and a gate takes no more. Have one of them met first."
            )
        case NoCondition.DAYS:
            return f"A condition runs to {day_words(last, today)} at most, and not to today or before."
        case NoCondition.RAN_OUT:
            return f"{item} had its condition, and it ran out. It has to be met now."
        case NoCondition.NOT_OPEN:
            return f"{item} needs no condition here."


def agreed_note(item: str, who: str, condition: Condition, today: date) -> str:
    """A condition was agreed."""
    return f"Agreed: {item} may follow, {who} closes it by {day_words(condition.until, today)}."


def condition_card(pilot: Pilot, item: str, condition: Condition, *, by: str, today: date) -> Card:
    """What whoever is to close a condition hears."""
    line = (
        f"{by} let {words.pilot_name(pilot.name)} pass its gate without one item, which you are to close by "
        f"{day_words(condition.until, today)}: {item}."
    )
    then = "Without it the gate opens again on the day after, and whoever decides is told."
    title = f"{words.pilot_name(pilot.name)}: a condition to close"
    actions = (words.button("Show the gate", pilot.id, "gate"),)
    return Card(title, f"{line} {then}", body=(say(line), say(then)), actions=actions)


def open_again_card(view: GateView) -> Card:
    """What owner and decider hear, once, when a passed gate does not hold any more."""
    title = f"{words.pilot_name(view.pilot.name)}: a gate is open again"
    body = tuple(open_again(view))[1:]
    actions = (
        words.button("Decide", view.pilot.id, "decide"),
        words.button("Show the gate", view.pilot.id, "gate"),
    )
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=actions)
