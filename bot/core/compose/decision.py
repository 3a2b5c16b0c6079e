"""What is said about decisions: the suggestion and its reasons, the ledger of waiting, what was decided and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from bot.core.card import Block, Button, Card, Facts, Paragraph, Tone, bold, fit, say, spoken
from bot.core.compose import words
from bot.core.compose.ledger import Waiting, ledger
from bot.core.compose.release import Release
from bot.core.compose.release import rows as release_rows
from bot.core.days import day_words
from bot.core.decisions import Choice, Refusal
from bot.core.questionnaire import ItemId
from bot.core.records import Decision
from bot.core.suggestion import Reason, Suggestion, Why
from bot.core.tokens import About, Token, encode

CHOICES = {
    Choice.SCALE: "Scale",
    Choice.FIX: "Fix",
    Choice.PAUSE: "Pause",
    Choice.MERGE: "Merge",
    Choice.STOP: "Stop",
    Choice.RETIRE: "Retire",
    Choice.LATER: "Decide later",
}
# What can be reused of a pilot that ended, by the slugs of decision.yaml, as a line says it.
REUSABLE = {
    "data": "data connection",
    "tests": "test set",
    "prompts": "prompts or model",
    "map": "process map",
    "approvals": "approvals or legal work",
    "contacts": "contacts and training",
}
STRONGEST = 2  # reasons beside a suggestion in a digest (content.md section 6)
IN_A_LINE = 90  # characters of a free text in a line with others


def choice_name(choice: str) -> str:
    """A choice as people call it."""
    return CHOICES.get(Choice(choice), choice) if choice in set(Choice) else choice


# --- the suggestion -------------------------------------------------------------------------------------------------


def suggested(suggestion: Suggestion, items: Mapping[ItemId, str], *, most: int | None = None) -> Paragraph:
    """The suggestion with its reasons, the strongest first, at most so many of them."""
    reasons = [reason_words(reason, items) for reason in suggestion.reasons[:most]]
    because = words.capital("; ".join(reasons))
    if suggestion.choice is None:
        return say(bold("No change is suggested. "), f"{because}.")
    gap = f": {words.small(items.get(suggestion.item, suggestion.item))}" if suggestion.item else ""
    return say(bold(f"Suggested: {CHOICES[suggestion.choice]}{gap}. "), f"{because}.")


def gist(
    suggestion: Suggestion,
    items: Mapping[ItemId, str],
    *,
    due: date | None,
    stuck: date | None,
    today: date,
) -> str:
    """A decision in one line of several: since when it is `due`, else since when `stuck`, and what is suggested.

    The strongest reason that does not say the same once more.
    """
    since = f"Due since {day_words(due, today)}. " if due else ""
    since = since or (f"Stuck since {day_words(stuck, today)}. " if stuck else "")
    said = [one for one in suggestion.reasons if one.why not in (Why.OVERDUE, Why.STUCK)]
    told = replace(suggestion, reasons=tuple(said or suggestion.reasons))
    return f"{since}{spoken([suggested(told, items, most=1)])}"


def strongest(suggestion: Suggestion, items: Mapping[ItemId, str]) -> tuple[str, ...]:
    """The two strongest reasons in words, for a line of a digest."""
    return tuple(reason_words(reason, items) for reason in suggestion.reasons[:STRONGEST])


# A condition each, never somebody's fault; without a full stop.
REASONS: Mapping[Why, str] = {
    Why.SERIOUS_HARM: "a wrong result did serious harm",
    Why.NO_RIGHTS: "nobody has cleared the use of its data",
    Why.RESULT: "the measured result meets the target or is in reach",
    Why.SOME_RESULT: "there are numbers, but no fair comparison yet",
    Why.NO_RESULT: "no result has been measured",
    Why.GATE_MET: "nothing is missing at the next gate",
    Why.GATE_OPEN: "{items} missing at the next gate ({first})",
    Why.GATE_WAITS: "{items} to be confirmed by a reviewer",
    Why.REOPENED: "a passed gate does not hold any more ({first})",
    Why.NO_OWNER: "nobody answers for the result",
    Why.NO_SPONSOR: "nobody pays for what comes next",
    Why.SPONSOR_SILENT: "its sponsor has been silent",
    Why.SHARED_BLOCKER: "what is in its way is in the way of others too",
    Why.FIXED_TWICE: "it has had {rounds} of fixing",
    Why.OVERDUE: "the decision is {days} overdue",
    Why.STUCK: "it is stuck{long}",
    Why.FEW_USERS: "{number}% of the intended users use it",
    Why.NOT_MISSED: "hardly anybody would object if it were switched off",
    Why.IN_USE: "it is in use",
    Why.TOO_EARLY: "no user has tried it yet",
    Why.COSTS_MORE: "a week of it costs {number:,} and brings {against:,}",
    Why.SAME_PROBLEM: "{name} solves the same problem, as its owner said",
}


def reason_words(reason: Reason, items: Mapping[ItemId, str]) -> str:
    """One reason, to go on a sentence."""
    number, item = reason.number, words.small(items.get(reason.item, reason.item))
    return REASONS[reason.why].format(
        number=number,
        against=reason.against,
        name=words.pilot_name(reason.name),
        first=f"{item} first" if number > 1 else item,
        items=f"{words.count(number, 'item')} {words.verb(number, 'is')}",
        rounds=words.count(number, "round"),
        days=words.count(number, "day"),
        long=f" for {words.count(number, 'day')}" if number else "",
    )


def refusal_words(refusal: Refusal) -> str:
    """Why a choice is not open, in a whole sentence with what is open instead."""
    match refusal:
        case Refusal.FIXED_TWICE:
            return "Fix is not offered a third time. Choose Scale, Pause, Merge or Stop."
        case Refusal.EXTENDED:
            return "The date has been moved once already, so it is not moved again. Choose one of the others."
        case Refusal.PAUSED_BEFORE:
            return "A second pause in a row is not offered. Choose one of the others."
        case Refusal.NEVER_LIVE:
            return "Retire is for what was live. Choose Stop."
        case Refusal.NOT_UNDERWAY:
            return "Scale is for what has been tried. Start the pilot first, or choose one of the others."
    assert_never(refusal)


SAID = frozenset(
    {Refusal.FIXED_TWICE, Refusal.EXTENDED, Refusal.PAUSED_BEFORE}
)  # what somebody would look for


# --- above the form -------------------------------------------------------------------------------------------------


def preface(
    suggestion: Suggestion,
    waiting: Waiting,
    items: Mapping[ItemId, str],
    *,
    release: Release | None = None,
) -> tuple[Block, ...]:
    """What stands above the form: the suggestion, how long it has taken, what is not offered and why.

    At the production gate also what was said of the first release.
    """
    refusals = [refusal_words(found) for found in waiting.refused.values() if found in SAID]
    return (
        suggested(suggestion, items),
        Facts((*ledger(waiting), *(release_rows(release) if release is not None else ()))),
        *(say(refusal) for refusal in refusals),
    )


# --- what was decided -----------------------------------------------------------------------------------------------


def decided(decision: Decision, today: date) -> str:
    """A decision in a few words: "Fix by 5 Jan", "Pause until 3 Feb", "Stop"."""
    until = day_words(decision.until, today) if decision.until else ""
    match decision.choice:
        case Choice.FIX:
            return f"Fix by {until}"
        case Choice.PAUSE:
            return f"Pause until {until}"
        case Choice.SCALE:
            return f"Scale, decided on again by {until}"
        case Choice.LATER:
            return f"Decide later, by {until}"
        case Choice.MERGE:
            return f"Merge into {words.pilot_name(decision.into)}"
    return choice_name(decision.choice)


def decided_by(decision: Decision, who: str, on: date, today: date) -> str:
    """What stands in a digest, in a status and behind an old button: the choice, who and when."""
    return f"{decided(decision, today)} ({who}, {day_words(on, today)})"


def learned(decision: Decision) -> str:
    """What a pilot that ended leaves behind, in a line."""
    reusable = [REUSABLE[slug] for slug in decision.reuse if slug in REUSABLE]
    lesson = words.sentence(words.in_a_line(decision.lesson, IN_A_LINE))
    reuse = f"Reusable: {words.listed(reusable)}." if reusable else ""
    return " ".join(filter(None, (lesson, reuse)))


@dataclass(frozen=True, slots=True)
class Made:
    """A decision with what people need to read it: `reason` is the label of the option chosen.

    `missing` is how many items of the gate before it are not met, `gate` the gate's name, empty for none; `waiting` is
    how many of them lack only a reviewer's yes. `reopened`: a gate behind it does not hold any more. `second` has to
    approve as well, None where nobody is there who could.
    """

    decision: Decision
    pilot: str
    who: str
    today: date
    reason: str = ""
    gate: str = ""
    missing: int = 0
    waiting: int = 0
    reopened: bool = False
    second: str | None = ""
    told: tuple[str, ...] = ()


def lines(made: Made) -> tuple[str, ...]:
    """What the decider reads at once, at most three lines: what stands now, what it did, who was told."""
    found = [f"Decided: {decided(made.decision, made.today)}."]
    if done := _done(made):
        found.append(done)
    if made.told:
        found.append(f"Told: {words.listed(made.told)}.")
    return tuple(found)


def told_later(name: str) -> str:
    """Among those who were told, somebody who reads it on their way back."""
    return f"{name} (when they are back)"


def _done(made: Made) -> str:
    decision = made.decision
    if decision.stage_after != decision.stage_before:
        ended = decision.stage_after in ("stopped", "retired")
        return "Nothing is asked about it any more." if ended else _moved(decision)
    if decision.choice == Choice.SCALE:
        return _stays(made)
    return ""


def _stays(made: Made) -> str:
    """Why a pilot that is to scale stays where it is."""
    stays = f"It stays in {words.stage_name(made.decision.stage_after)}"
    if made.second != "":
        who = made.second or "a second person, and nobody is named who could: name a sponsor or a decider"
        return f"{stays} until it is approved by {who}."
    if made.reopened:
        return f"{stays}: a gate behind it does not hold any more."
    parts = [f"still lacks {words.count(made.missing, 'item')}"] if made.missing else []
    parts += [f"has {words.count(made.waiting, 'item')} to be confirmed"] if made.waiting else []
    return f"{stays}: {made.gate} {words.listed(parts)}." if parts else ""


def _moved(decision: Decision) -> str:
    if decision.stage_after == "paused":
        return "Nothing is asked before that day; then it is decided on again."
    if (
        decision.choice == Choice.FIX
        and decision.stage_after == "hardening"
        and decision.stage_before != "pilot"
    ):
        return f"It goes back to {words.stage_name(decision.stage_after)}."
    return f"It moves on to {words.stage_name(decision.stage_after)}."


def told_card(made: Made, pilot: int) -> Card:
    """What owner, sponsor and lead hear."""
    decision = made.decision
    opening = f"{made.who} decided about {made.pilot}: {decided(decision, made.today)}."
    if decision.choice == Choice.LATER:
        opening = f"{made.who} moved the decision about {made.pilot}"
        opening += f" to {day_words(decision.until, made.today)}." if decision.until else "."
    details = [("Reason", made.reason), *_details(decision)]
    if decision.suggested and decision.suggested != decision.choice:
        details.append(("Data suggested", choice_name(decision.suggested)))
    body: list[Block] = [say(opening), Facts(tuple(row for row in details if row[1]))]
    if done := _done(made):
        body.append(say(done))
    title = f"{made.pilot}: {choice_name(decision.choice).lower()}"
    actions = (words.button("Status", pilot, "status"), words.button("History", pilot, "history"))
    return Card(title, f"{title}\n{spoken(body)}", body=tuple(body), actions=actions)


def _details(decision: Decision) -> Iterator[tuple[str, str]]:
    match decision.choice:
        case Choice.FIX:
            yield "The gap", decision.text
        case Choice.LATER:
            yield "Known by then", decision.text
        case Choice.MERGE | Choice.STOP | Choice.RETIRE:
            yield "Learned", decision.lesson
            yield "Reusable", words.listed([REUSABLE[slug] for slug in decision.reuse if slug in REUSABLE])


# --- refusals and notes ---------------------------------------------------------------------------------------------


def _note(title: str, *lines: str, actions: tuple[Button, ...] = ()) -> Card:
    body = tuple(say(line) for line in lines)
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=actions)


def not_yours(pilot: str, *, decider: str, owns: bool, due: date | None, today: date) -> Card:
    """Somebody may not decide: whom to ask instead."""
    first = (
        "Whoever owns or builds a pilot does not decide about it." if owns else "This is not yours to decide."
    )
    ask = f"Ask {decider}." if decider else "Nobody is named to decide; ask the portfolio lead."
    if decider and not owns:
        since = f" ({day_words(due, today)})" if due else ""
        ask += f" From its decide-by date on{since}, the portfolio lead may decide in their place."
    return _note(pilot, f"{first} {ask}")


def settled(pilot: str, said: str, actions: tuple[Button, ...] = ()) -> Card:
    """A button of an older message, about what has been decided since."""
    return _note(pilot, f"Decided already: {said}.", actions=actions)


def over(pilot: str, stage: str) -> Card:
    """A decision about a pilot that has ended."""
    return _note(pilot, f"It is {words.stage_name(stage).lower()}, so there is nothing left to decide.")


def elsewhere(pilot: str) -> Card:
    """The form was sent as a direct message."""
    return _note(pilot, "I have sent you the form as a direct message.")


def nobody_to_ask(pilot: str, pilot_id: int, *, why: str, due: date | None, today: date) -> Card:
    """What a lead hears where a decision is due and nobody could be asked; `due` is its day, where that has passed."""
    waited = f" It was due on {day_words(due, today)}." if due else ""
    return _note(
        pilot,
        f"A decision is due, and {why}.{waited} Name a decider, or decide in their place.",
        actions=(decide_button(pilot, pilot_id, label="Decide"), words.button("Status", pilot_id, "status")),
    )


NO_DECIDER = "nobody is named who may decide it"


def unreachable(name: str) -> str:
    """Why nobody was asked: goes on a sentence."""
    return f"{name} cannot be reached here"


def away(name: str, until: date, today: date) -> str:
    """Why nobody was asked: goes on a sentence."""
    return f"{name} is away until {day_words(until, today)}"


def has_it(name: str) -> str:
    """Why nobody was asked anew: goes on a sentence."""
    return f"{name} has the form already"


def closing_steps(steps: Sequence[str]) -> str:
    """The switch-off steps that are left, as a request says them."""
    return "; ".join(steps)


def decide_button(pilot: str, pilot_id: int, *, drawn: date | None = None, label: str = "") -> Button:
    """Opens the decision form; `drawn` lets it say later what has been decided since that day."""
    token = Token(About.PILOT, pilot_id, "decide", step=drawn.toordinal() if drawn else 0)
    return Button(label or f"Decide: {words.pilot_name(pilot)}", encode(token), Tone.PRIMARY)


def withdrawn(who: str, decision: Decision, today: date) -> str:
    """Why another's form is closed."""
    return f"{who} decided: {decided(decision, today)}."


def no_such_pilot(text: str) -> str:
    """A merge into something that is not known."""
    return f"I know no other pilot called “{fit(text, 40)}”. Write its name as `list` shows it."
