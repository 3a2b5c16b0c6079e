"""The words around silence: what will follow, told before it does, and what is asked then; it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.core import tokens
from bot.core.card import Action, Button, Card, Date, Paragraph, Person, Tone, bold, say, spoken
from bot.core.compose.notes import OPEN, OURS, note
from bot.core.compose.words import listed, pilot_name
from bot.core.days import WEEKDAYS, day_words
from bot.core.escalation import DEPUTY, LEAD, OUTCOME, Rung
from bot.core.localtime import local
from bot.core.records import Request
from bot.core.tokens import About, Token

ANSWER, RUNNING, NAME, PAUSE = "answer_it", "running", "name", "pause"  # the verbs of its buttons
TO, UNTIL = "to", "until"  # the fields of two of them
_OUTCOMES = {
    "pause": "the pilot is paused",
    "decide": "whoever decides is asked whether it goes on",
    "note": "it is called Unknown, and old answers count for nothing new",
}
_DONE = {
    "pause": "It is paused until {until}; `resume {pilot}` ends that.",
    "decide": "Whoever decides is asked now whether it goes on.",
    "note": "It is called Unknown from now on.",
}
# The same of several: what came of them, and what can be done about it.
_SUCH = {
    "pause": ("Paused until {until}", " To go on with one, write resume and its name."),
    "decide": ("Whoever decides is asked now whether it goes on", ""),
    "note": ("Called Unknown from now on", ""),
}


def announced(
    rungs: Sequence[Rung], names: Mapping[str, str], outcome: str, *, today: date, zone: str
) -> str:
    """What follows and when, in one sentence or two; empty where nothing does."""
    asked = [rung for rung in rungs if rung.step != OUTCOME]
    told = [f"{_whom(rung.step, names)} on {_on(rung, today, zone)}" for rung in asked]
    if not rungs:
        return ""
    first = f"If nobody answers, I ask {', then '.join(told)}."
    last = next((rung for rung in rungs if rung.step == OUTCOME), None)
    if last is None:
        return first if told else ""
    if not told:
        return f"If nobody answers by {_on(last, today, zone)}, {_OUTCOMES[outcome]}."
    return f"{first} If nobody has by {_on(last, today, zone)}, {_OUTCOMES[outcome]}."


def _whom(step: str, names: Mapping[str, str]) -> str:
    return "the portfolio leads" if step == LEAD else names.get(step, f"the {step}")


def _on(rung: Rung, today: date, zone: str) -> str:
    day = local(rung.at, zone).date()
    return f"{WEEKDAYS[day.weekday()]} {day_words(day, today)}"


def question(request: Request, pilot: str, owner: str, since: str, key: str) -> Card:
    """Nobody has answered: can you, or do you know how it stands? `topic` is the step."""
    line = (
        f"{owner} has not answered about {pilot} since {since}." if owner else f"Nobody answers for {pilot}."
    )
    asked = _asks(request)
    return Card(
        f"{pilot}: no answer",
        f"{line} {asked}",
        body=(say(line), say(asked)),
        actions=buttons(request, key),
    )


def _asks(request: Request) -> str:
    return "Can you answer in their place?" if request.topic == DEPUTY else "Is it still running?"


def question_line(request: Request, pilot: str, owner: str, since: str) -> Card:
    """The same as a line of a message about several pilots, with a button that opens it."""
    silent = f"{owner} has not answered since {since}." if owner else "Nobody answers for it."
    reply = Button(f"Reply: {pilot_name(pilot)}", _token(request, OPEN), Tone.PRIMARY)
    return _line(pilot, f"{silent} {_asks(request)}", reply)


def settled_line(pilot: str, settled: Card) -> Card:
    """What such a question came to: all that is left of it is what its own message would say."""
    return _line(pilot, spoken(settled.body))


def _line(pilot: str, text: str, *actions: Action) -> Card:
    line = say(bold(pilot_name(pilot)), f": {text}")
    return Card(pilot_name(pilot), spoken([line]), (line,), actions=actions)


def came_to(line: Card) -> Card:
    """A line by itself, for whoever presses a button of a question that is over."""
    return replace(line, title=OURS, actions=())


def buttons(request: Request, key: str = "") -> tuple[Action, ...]:
    """The answers: the deputy takes it or not, others say how the pilot stands."""
    if request.topic == DEPUTY:
        answer = Button("I answer it", _token(request, ANSWER), Tone.PRIMARY)
        return answer, Button("Not me", _token(request, "not_me"))
    until = Date(UNTIL, "Until when?", required=True)
    to = Person(TO, "Who is the new owner?", required=True, hint="They are asked whether they accept.")
    decide = (Button("Decide", tokens.command(f"decide {key}")),) if key else ()
    return (
        Button("Yes, it is", _token(request, RUNNING), Tone.PRIMARY),
        Button("New owner", _token(request, NAME), asks=(to,)),
        Button("Pause it", _token(request, PAUSE), asks=(until,)),
        *decide,
    )


def _token(request: Request, verb: str) -> str:
    return tokens.encode(Token(About.REQUEST, request.id, verb))


def answered(pilot: str, who: str) -> Card:
    """The question is settled because an answer came."""
    return note(f"{who} has answered; nothing is needed from you any more. Thank you.", pilot)


def seen_to(pilot: str) -> Card:
    """The question to whoever settled it otherwise than by a reply: they named an owner, paused it, or answered it."""
    return note("Noted, thank you. Nothing more is needed from you here.", pilot)


def settled(pilot: str, line: str) -> Card:
    """The question after its own answer, or another's."""
    return note(line, pilot)


def said_running(pilot: str, who: str) -> Card:
    """What the owner hears when somebody vouched for the pilot."""
    return note(f"{who} says it is running. Please answer the next check-in, or say whose it is.", pilot)


@dataclass(frozen=True, slots=True)
class Ended:
    """A pilot about which nobody answered, by the reader's calendar: since when, and what came of it.

    `until` is the last day of a pause.
    """

    key: str
    pilot: str
    since: date
    outcome: str
    until: date


def ended(ends: Sequence[Ended], today: date) -> Card:
    """What owner and sponsor hear at the end, which was announced: of one pilot, or of all that ended together."""
    since = {one.since for one in ends}
    when = f" since {day_words(ends[0].since, today)}" if len(since) == 1 else ""
    if len(ends) == 1:
        done = _DONE[ends[0].outcome].format(until=day_words(ends[0].until, today), pilot=ends[0].key)
        return note(
            f"Nobody has answered about it{when}. {done} This is what I said would follow.", ends[0].pilot
        )
    lines = (
        say(f"Nobody has answered about them{when}. This is what I said would follow."),
        *(
            _together([one for one in ends if one.outcome == outcome], today, dated=len(since) > 1)
            for outcome in _SUCH
        ),
    )
    body = tuple(line for line in lines if line is not None)
    title = f"{len(ends)} pilots: no answer"
    return Card(title, f"{title}\n{spoken(body)}", body)


def _together(ends: Sequence[Ended], today: date, *, dated: bool) -> Paragraph | None:
    """All pilots of which the same came; None where it came of none."""
    if not ends:
        return None
    names = [
        f"{pilot_name(one.pilot)} (since {day_words(one.since, today)})" if dated else pilot_name(one.pilot)
        for one in ends
    ]
    what, how = _SUCH[ends[0].outcome]
    return say(bold(what.format(until=day_words(ends[0].until, today))), f": {listed(names)}.{how}")
