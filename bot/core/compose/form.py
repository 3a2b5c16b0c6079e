"""The live message of a check-in: what is asked now and every way out; it must not know what is decided or stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.core import cadence, tokens
from bot.core.card import (
    Action,
    Block,
    Button,
    Card,
    Choice,
    Date,
    Offer,
    Paragraph,
    Person,
    Submit,
    Text,
    bold,
    fit,
    say,
    spoken,
)
from bot.core.compose.answered import fill
from bot.core.compose.fields import field_of
from bot.core.compose.release import OPERATIONS
from bot.core.context import Context
from bot.core.days import dated, day_words
from bot.core.questionnaire import FREE_TEXT, Kind, Question, Questionnaire
from bot.core.records import PersonId
from bot.core.routing import on_path, path
from bot.core.state import Phase, State
from bot.core.tokens import About, Token

PAUSE_DAYS = 60  # content.md section 7: a pause needs a wake-up date at most so far ahead
SECONDS_A_QUESTION = 12  # Pew's figure for a plain question, with room for a phone (content.md section 9)
SECONDS_A_LEVEL = 27  # five described levels to read; 12 of them make the review's five to six minutes
SHORT = 40  # seconds; "under a minute" by anybody's count
REASON_LIMIT = 140
LABEL_LIMIT = 75  # characters of an option on the narrowest platform
PRIVATE_NOTE = "Texts you write are read by the owner, deputy, sponsor and portfolio lead only."


def form_card(
    form: Questionnaire,
    context: Context,
    state: State,
    at: datetime,
    *,
    problems: Mapping[str, str] | None = None,
    handed_by: PersonId | None = None,
    inherited: bool = False,
) -> Card:
    """The live message: what is asked now, with everything its person can do about it."""
    shown = on_path(path(form, state.answers, context.record))
    asked = [shown[question] for question in state.asking if question in shown]
    title = fill(form.title, context)
    body = (
        *(() if _begun(state) else context.preface),
        *_whose(context, handed_by, inherited=inherited),
        *_opening(form, context, state, at, asked),
        *_infos(form, context, state, asked),
    )
    return Card(
        title=f"{context.pilot_name}: {title}",
        fallback=_fallback(context, title, body, asked),
        body=body,
        fields=tuple(field_of(question, context, state) for question in asked),
        actions=(*_submits(form, context, state, asked), *_ways_out(context, state, asked, at)),
        footer=PRIVATE_NOTE
        if not context.personal and any(question.kind in FREE_TEXT for question in asked)
        else "",
        problems=tuple((problems or {}).items()),
    )


def _whose(context: Context, handed_by: PersonId | None, *, inherited: bool) -> tuple[Paragraph, ...]:
    """In whose place somebody answers, or why a check-in that began with somebody else is theirs."""
    if handed_by is not None:
        return (_handed(context, handed_by, inherited=inherited),)
    return (say(_instead(context)),) if context.instead_of else ()


def _handed(context: Context, by: PersonId, *, inherited: bool) -> Paragraph:
    """Why a check-in that began with somebody else is theirs."""
    if inherited:
        return say(f"{context.pilot_name} is yours now, and this was open with {context.name(by)}.")
    return say(f"{context.name(by)} says this one is yours. If not, hand it on.")


def _opening(
    form: Questionnaire,
    context: Context,
    state: State,
    at: datetime,
    asked: list[Question],
) -> tuple[Paragraph, ...]:
    lines = []
    if state.phase is Phase.EXPIRED:
        lines.append(say(bold("Closed. "), "A late answer still counts and is marked as late."))
        lines.extend(_follows(context))
    elif state.phase is Phase.DONE:
        lines.append(say("Correct your answer; the earlier one stays in the history."))
    elif state.reminders:
        lines.append(say(bold("Reminder. "), "Still waiting for you."))
        lines.extend(_follows(context))
    if _kept(state, asked):
        lines.append(say(bold("Not sent yet. "), "What you entered is kept here until you send it."))
    for question, to in state.handed.items():
        asked_of = form.question(question)
        if asked_of is not None:
            lines.append(say(bold(context.name(to)), f" has been asked: {fill(asked_of.text, context)}"))
    if form.intro and not state.answers and state.phase is Phase.OPEN:
        lines.append(say(fill(form.intro, context)))
    return (*lines, say(_how_much(context, state, at, _ahead(form, context, state, asked))))


def in_short(
    form: Questionnaire, context: Context, state: State, at: datetime, *, handed_by: PersonId | None = None
) -> str:
    """The form in one line: whose and about what, whether it is late, what is kept, how much, what silence brings."""
    shown = on_path(path(form, state.answers, context.record))
    asked = [shown[question] for question in state.asking if question in shown]
    gist = f"{context.gist} " if context.gist and not _begun(state) else ""
    before = "" if handed_by is None else f"This was open with {context.name(handed_by)}. "
    late = "Closed; a late answer still counts. " if state.phase is Phase.EXPIRED else ""
    again = "Still waiting for you. " if state.reminders and not late else ""
    kept = "What you entered is kept. " if _kept(state, asked) else ""
    follows = f" {context.follows}" if context.follows and (late or again) else ""
    how_much = _how_much(context, state, at, _ahead(form, context, state, asked))
    instead = f"{_instead(context)} " if context.instead_of and handed_by is None else ""
    return f"{before}{instead}{gist}{late}{again}{kept}{how_much}{follows}"


def _instead(context: Context) -> str:
    """Whose place it is in which somebody is asked."""
    return f"You answer for {context.instead_of}."


def _follows(context: Context) -> tuple[Paragraph, ...]:
    """What comes of no answer: nobody is to hear of it from their boss."""
    return (say(context.follows),) if context.follows else ()


def _how_much(context: Context, state: State, at: datetime, ahead: list[Question]) -> str:
    """How many questions are left, how long they take and until when."""
    count = len(ahead)
    what = "1 question" if count == 1 else f"{count} questions"
    if _begun(state) and state.phase is not Phase.DONE:
        what = "1 more question" if count == 1 else f"{count} more questions"
    ends = (
        ""
        if state.phase in (Phase.EXPIRED, Phase.DONE)
        else f" Closes {moment(context, state.closes_at, at)}."
    )
    return f"{what}, {_duration(ahead)}.{ends}"


def _begun(state: State) -> bool:
    """Whether its person has answered something; what was known beforehand does not count."""
    return bool(state.answers) and state.step > 1


def _ahead(form: Questionnaire, context: Context, state: State, asked: list[Question]) -> list[Question]:
    """What is asked now and what the path holds behind it, as far as it is known."""
    if state.phase is Phase.DONE:
        return asked
    shown = on_path(path(form, state.answers, context.record)).values()
    settled = {*state.answers, *state.skipped, *state.handed, *state.asking}
    return [*asked, *(question for question in shown if question.id not in settled)]


def _duration(ahead: list[Question]) -> str:
    if _seconds(ahead) <= SHORT:
        return "under a minute"
    minutes = _minutes(ahead)
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"


def _minutes(ahead: list[Question]) -> int:
    return max(1, round(_seconds(ahead) / 60))


def _seconds(ahead: list[Question]) -> int:
    return sum(SECONDS_A_LEVEL if question.kind is Kind.LEVEL else SECONDS_A_QUESTION for question in ahead)


def _infos(form: Questionnaire, context: Context, state: State, asked: list[Question]) -> tuple[Block, ...]:
    """What is shown, not asked, on the screens in front of the person."""
    names = {question.id for question in asked}
    screens = path(form, state.answers, context.record)
    here = [screen for screen in screens if any(question.id in names for question in screen.questions)]
    infos = [q for screen in here for q in screen.questions if q.kind is Kind.INFO]
    return tuple(say(fill(question.text, context)) for question in infos)


def _fallback(context: Context, title: str, body: tuple[Block, ...], asked: list[Question]) -> str:
    questions = "\n".join(f"- {fill(question.text, context)}" for question in asked)
    return f"{context.pilot_name}: {title}\n{spoken(body)}\n{questions}"


def _submits(
    form: Questionnaire, context: Context, state: State, asked: list[Question]
) -> tuple[Action, ...]:
    if not asked:
        return ()
    submit = token(context, state, "submit")
    ahead = _ahead(form, context, state, asked)
    opener = "Answer" if len(ahead) == 1 else f"Answer ({_minutes(ahead)} min)"
    if _kept(state, asked):
        entered = sum(question.id in state.drafts or question.id in state.answers for question in asked)
        opener = f"Go on: {entered} of {len(asked)} answered"
    return (Submit(_send_label(form, context, state), submit, opener=opener),)


def _kept(state: State, asked: list[Question]) -> bool:
    """Whether the form was closed half-way, and something entered in it is there to go on with."""
    return any(question.id in state.drafts for question in asked)


def _send_label(form: Questionnaire, context: Context, state: State) -> str:
    screens = path(form, state.answers, context.record)
    last = not screens or any(question.id in state.asking for question in screens[-1].questions)
    may_follow = len(form.screens) > 1 and not state.answers
    return "Send" if last and not may_follow else "Next"


def _ways_out(context: Context, state: State, asked: list[Question], at: datetime) -> tuple[Action, ...]:
    """The other buttons. A form half-way through offers to go back, not to leave."""
    if state.phase is Phase.DONE:
        return ()
    begun = _begun(state)
    ways: list[Action] = []
    if begun:
        ways.append(Button("Back", token(context, state, "back")))
    elif context.nothing:
        ways.append(Button("Nothing to report", token(context, state, "nothing")))
    if state.phase is Phase.EXPIRED:
        return tuple(ways)
    if not context.personal:
        ways.append(_ask_colleague(context, state, asked))
    if begun:
        return tuple(ways)
    return (*ways, *_leaving(context, state, at))


def _ask_colleague(context: Context, state: State, asked: list[Question]) -> Button:
    options = tuple(Offer(q.id, fit(fill(q.text, context), LABEL_LIMIT)) for q in asked)
    fields = (
        Choice("question", "Which question?", options, required=True),
        Person(
            "to",
            "Who knows?",
            required=True,
            hint="They get this one question; the answer comes back to you.",
        ),
    )
    return Button("Ask a colleague", token(context, state, "hand"), asks=fields)


def _moments(context: Context, at: datetime) -> Choice:
    """The moments at which it can be asked again, as a button that is pressed on another day still means them."""
    latest = at + timedelta(days=context.asking.snooze_days)
    later = cadence.snooze_choices(at, zone=context.zone, asking=context.asking, closes_at=latest)
    offers = tuple(Offer(snooze.choice, snooze.label) for snooze in later)
    return Choice("until", "Ask again", offers, required=True)


def snooze_again(
    form: Questionnaire, context: Context, state: State, at: datetime, wanted: datetime | None
) -> Card:
    """The moment that was chosen on an older message is over, or not to be read from it: those there are now."""
    over = f"{moment(context, wanted, at)} is over." if wanted else "That choice is from an older message."
    title = f"{context.pilot_name}: {fill(form.title, context)}"
    body = (say(f"{over} Choose another moment."),)
    send = Submit("Snooze", token(context, state, "snooze"))
    return Card(
        title, f"{title}\n{spoken(body)}", body=body, fields=(_moments(context, at),), actions=(send,)
    )


def _leaving(context: Context, state: State, at: datetime) -> tuple[Action, ...]:
    today = context.day(at)
    latest = today + timedelta(days=PAUSE_DAYS)
    until = Date(
        "until", "Until when?", required=True, hint=f"At most {PAUSE_DAYS} days: {day_words(latest, today)}."
    )
    why = Text("reason", "Why not?", max_chars=REASON_LIMIT, required=True)
    snooze = Button("Snooze", token(context, state, "snooze"), asks=(_moments(context, at),))
    decline = Button("Can't answer", token(context, state, "decline"), asks=(why,))
    if context.personal:
        return snooze, decline
    pause = Button("Pause this pilot", token(context, state, "pause"), asks=(until,))
    return (
        snooze,
        Button(
            "Not mine",
            token(context, state, "not_mine"),
            asks=(Person("to", "Whose is it?", required=True),),
        ),
        *(() if context.record.role == OPERATIONS else (pause,)),  # what is not theirs to do is not offered
        decline,
    )


def token(context: Context, state: State, verb: str, arg: str = "") -> str:
    """A button of this check-in at its present step."""
    return tokens.encode(Token(About.CHECKIN, context.checkin, verb, state.step, arg))


def moment(context: Context, when: datetime, at: datetime) -> str:
    """A moment in the zone of the person asked, with its date: the message may be read a day after it was written."""
    return dated(when, at, context.zone)
