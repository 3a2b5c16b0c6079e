"""Everything a check-in says: invitation, form, reminder and end; it must not know what is decided or stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import assert_never

from bot.core import cadence, tokens
from bot.core.card import (
    Action,
    Block,
    Button,
    Card,
    Choice,
    Date,
    Facts,
    Field,
    Link,
    Number,
    Offer,
    Paragraph,
    Person,
    Submit,
    Text,
    Tone,
    bold,
    fit,
    say,
    spoken,
)
from bot.core.context import Context
from bot.core.cadence import day_words
from bot.core.questionnaire import FREE_TEXT, Kind, Question, Questionnaire
from bot.core.records import PersonId
from bot.core.routing import on_path, path
from bot.core.state import Phase, State
from bot.core.tokens import About, Token
from bot.core.values import NoneYet, NotApplicable, NotKnown, Value

UNKNOWN_LABEL = "I don't know"
NOT_APPLICABLE_LABEL = "Does not apply"
PAUSE_DAYS = 60  # content.md section 7: a pause needs a wake-up date at most so far ahead
SECONDS_A_QUESTION = 12  # Pew's figure for a plain question, with room for a phone (content.md section 9)
LACKING_SHOWN = 3  # gate gaps named at the end of a check-in (content.md section 6)
SHORT = 40  # seconds; "under a minute" by anybody's count
REASON_LIMIT = 140
LABEL_LIMIT = 75  # characters of an option on the narrowest platform

NOTHING_TWICE = "You said “nothing to report” last time. This time please answer: it takes about a minute."
CLOSED_FOR_GOOD = "This check-in has been replaced by a newer one, so it can no longer be changed."
ALREADY_YOURS = "It is already with you. Choose somebody else."
PRIVATE_NOTE = "Texts you write are read by the owner, deputy, sponsor and portfolio lead only."


# --- problems -------------------------------------------------------------------------------------------------------


def missing(question: Question) -> str:
    """What is said at a required question left empty."""
    chosen = question.kind in (Kind.SINGLE, Kind.LEVEL, Kind.YESNO, Kind.MULTI)
    return "Please choose an answer." if chosen else "Please fill this in."


def use_the_form(count: int) -> str:
    """Why typed text cannot be taken while several questions are open."""
    return f"{count} questions are open, so I cannot tell which one you mean. Please use the form above."


def snooze_bounds(days: int) -> str:
    """What a snooze may be."""
    return f"Choose a moment within the next {days} days."


def reason_needed(limit: int) -> str:
    """What a decline needs."""
    return f"Please say why in one line of at most {limit} characters."


# --- the form -------------------------------------------------------------------------------------------------------


def form_card(
    form: Questionnaire,
    context: Context,
    state: State,
    at: datetime,
    *,
    problems: Mapping[str, str] | None = None,
    handed_by: PersonId | None = None,
) -> Card:
    """The live message: what is asked now, with everything its person can do about it."""
    shown = on_path(path(form, state.answers, context.record))
    asked = [shown[question] for question in state.asking if question in shown]
    title = fill(form.title, context)
    body = (*_opening(form, context, state, at, asked, handed_by), *_infos(form, context, state, asked))
    return Card(
        title=f"{context.pilot_name}: {title}",
        fallback=_fallback(context, title, body, asked),
        body=body,
        fields=tuple(field_of(question, context, state) for question in asked),
        actions=(*_submits(form, context, state, asked), *_ways_out(context, state, asked, at)),
        footer=PRIVATE_NOTE if any(question.kind in FREE_TEXT for question in asked) else "",
        problems=tuple((problems or {}).items()),
    )


def _opening(
    form: Questionnaire,
    context: Context,
    state: State,
    at: datetime,
    asked: list[Question],
    handed_by: PersonId | None,
) -> tuple[Paragraph, ...]:
    lines = []
    if handed_by is not None:
        lines.append(say(f"{context.name(handed_by)} says this one is yours. If not, hand it on."))
    if state.phase is Phase.EXPIRED:
        lines.append(say(bold("Closed. "), "A late answer still counts and is marked as late."))
    elif state.phase is Phase.DONE:
        lines.append(say("Correct your answer; the earlier one stays in the history."))
    elif state.reminders:
        lines.append(say(bold("Reminder. "), "Still waiting for you."))
    if form.intro and not state.answers and state.phase is Phase.OPEN:
        lines.append(say(fill(form.intro, context)))
    return (*lines, say(_how_much(context, state, at, asked)))


def _how_much(context: Context, state: State, at: datetime, asked: list[Question]) -> str:
    count = len(asked)
    what = "1 question" if count == 1 else f"{count} questions"
    if state.answers and state.phase is not Phase.DONE:
        what = "1 more question" if count == 1 else f"{count} more questions"
    ends = "" if state.phase in (Phase.EXPIRED, Phase.DONE) else f" Closes {moment(context, state.closes_at, at)}."
    return f"{what}, {_duration(count)}.{ends}"


def _duration(count: int) -> str:
    if count * SECONDS_A_QUESTION <= SHORT:
        return "under a minute"
    minutes = _minutes(count)
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"


def _minutes(count: int) -> int:
    return max(1, round(count * SECONDS_A_QUESTION / 60))


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


def _submits(form: Questionnaire, context: Context, state: State, asked: list[Question]) -> tuple[Action, ...]:
    if not asked:
        return ()
    token = _token(context, state, "submit")
    opener = "Answer" if len(asked) == 1 else f"Answer ({_minutes(len(asked))} min)"
    return (Submit(_send_label(form, context, state), token, opener=opener),)


def _send_label(form: Questionnaire, context: Context, state: State) -> str:
    screens = path(form, state.answers, context.record)
    last = not screens or any(question.id in state.asking for question in screens[-1].questions)
    may_follow = len(form.screens) > 1 and not state.answers
    return "Send" if last and not may_follow else "Next"


def _ways_out(context: Context, state: State, asked: list[Question], at: datetime) -> tuple[Action, ...]:
    """The other buttons. A form half-way through offers to go back, not to leave."""
    if state.phase is Phase.DONE:
        return ()
    begun = bool(state.answers)
    ways: list[Action] = []
    if begun:
        ways.append(Button("Back", _token(context, state, "back")))
    elif context.nothing:
        ways.append(Button("Nothing to report", _token(context, state, "nothing")))
    if state.phase is Phase.EXPIRED:
        return tuple(ways)
    ways.append(_ask_colleague(context, state, asked))
    if begun:
        return tuple(ways)
    return (*ways, *_leaving(context, state, at))


def _ask_colleague(context: Context, state: State, asked: list[Question]) -> Button:
    options = tuple(Offer(q.id, fit(fill(q.text, context), LABEL_LIMIT)) for q in asked)
    fields = (
        Choice("question", "Which question?", options, required=True),
        Person("to", "Who knows?", required=True, hint="They get this one question; the answer comes back to you."),
    )
    return Button("Ask a colleague", _token(context, state, "hand"), asks=fields)


def _leaving(context: Context, state: State, at: datetime) -> tuple[Action, ...]:
    latest_snooze = at + timedelta(days=context.asking.snooze_days)
    later = cadence.snooze_choices(at, zone=context.zone, asking=context.asking, closes_at=latest_snooze)
    choices = tuple(Offer(snooze.choice, snooze.label) for snooze in later)
    today = context.day(at)
    latest = today + timedelta(days=PAUSE_DAYS)
    until = Date("until", "Until when?", required=True, hint=f"At most {PAUSE_DAYS} days: {day_words(latest, today)}.")
    why = Text("reason", "Why not?", max_chars=REASON_LIMIT, required=True)
    return (
        Button("Snooze", _token(context, state, "snooze"), asks=(Choice("until", "Ask again", choices, required=True),)),
        Button("Not mine", _token(context, state, "not_mine"), asks=(Person("to", "Whose is it?", required=True),)),
        Button("Pause this pilot", _token(context, state, "pause"), asks=(until,)),
        Button("Can't answer", _token(context, state, "decline"), asks=(why,)),
    )


def _token(context: Context, state: State, verb: str, arg: str = "") -> str:
    return tokens.encode(Token(About.CHECKIN, context.checkin, verb, state.step, arg))


def field_of(question: Question, context: Context, state: State) -> Field:
    """The control that asks a question. Only what was entered in this very check-in is filled in."""
    label = fill(question.text, context)
    entered = state.answers.get(question.id)
    previous = "" if question.blind else previous_words(question, context)
    initial = "" if entered is None else _entered(entered)
    hint, required = fill(question.hint, context), question.required
    match question.kind:
        case Kind.SINGLE | Kind.LEVEL | Kind.YESNO | Kind.MULTI:
            chosen = entered if isinstance(entered, tuple) else (initial,) if initial else ()
            many = question.kind is Kind.MULTI
            return Choice(question.id, label, offers(question), many, chosen, hint, required, previous)
        case Kind.TEXT | Kind.LONGTEXT:
            lines = question.kind is Kind.LONGTEXT
            return Text(question.id, label, lines, question.limit, initial, hint, required, previous)
        case Kind.NUMBER:
            bounds = (question.low, question.high, question.low == 0)
            return Number(question.id, label, *bounds, question.none_label, initial, hint, required, previous)
        case Kind.DATE:
            keep = context.record.pilot.get("target_date") if question.id == "pulse.date" else None
            day = keep if isinstance(keep, date) else None
            return Date(question.id, label, day, question.none_label, initial, hint, required, previous)
        case Kind.PERSON:
            return Person(question.id, label, initial, hint, required, previous)
        case Kind.LINK:
            return Link(question.id, label, initial, hint, required, previous)
        case Kind.INFO:
            raise ValueError(f"{question.id} is shown, not asked")
    assert_never(question.kind)


def offers(question: Question) -> tuple[Offer, ...]:
    """The options of a closed question, with the special answers where they are allowed."""
    if question.kind is Kind.YESNO:
        return (Offer("yes", "Yes"), Offer("no", "No"))
    plain = tuple(Offer(option.slug, option.label) for option in question.options)
    if question.kind is not Kind.LEVEL:
        return plain
    levels = tuple(Offer(option.slug, f"{option.slug} · {option.label}") for option in question.options)
    unknown = (Offer("unknown", UNKNOWN_LABEL),)
    return levels + unknown + ((Offer("na", NOT_APPLICABLE_LABEL),) if question.may_not_apply else ())


def _entered(value: Value) -> str:
    match value:
        case NotKnown():
            return "unknown"
        case NotApplicable():
            return "na"
        case NoneYet():
            return "none"
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case tuple():
            return ",".join(value)
    return str(value)


def previous_words(question: Question, context: Context) -> str:
    """Last time's answer as a grey line, empty where there is none."""
    last = context.last.get(question.id)
    if last is None:
        return ""
    when = f", {context.words(context.last_on)}" if context.last_on else ""
    again = f" ({context.blocked_for} times in a row)" if question.id == "pulse.block" and context.blocked_for > 1 else ""
    return f"Last time{when}: {answer_words(question, last, context)}{again}"


def answer_words(question: Question, value: Value, context: Context) -> str:
    """An answer as a person would say it."""
    match value:
        case NotKnown():
            return UNKNOWN_LABEL
        case NotApplicable(reason):
            return f"{NOT_APPLICABLE_LABEL}: {reason}" if reason else NOT_APPLICABLE_LABEL
        case NoneYet():
            return question.none_label or "None yet"
        case bool():
            return "Yes" if value else "No"
        case date():
            return context.words(value)
        case tuple():
            return "; ".join(_label(question, part) for part in value)
        case int() | float() if question.kind is Kind.LEVEL:
            return f"{value} · {_label(question, str(value))}"
        case int() | float():
            return f"{value:,}"
    if question.kind is Kind.PERSON:
        return context.name(int(value)) if value.isdigit() else value
    return _label(question, value)


def _label(question: Question, slug: str) -> str:
    option = question.option(slug)
    return option.label if option else slug


def fill(text: str, context: Context) -> str:
    """A text with its `{placeholders}` filled; one that is not known becomes an ellipsis."""
    for name, value in context.placeholders.items():
        text = text.replace("{" + name + "}", value)
    return text


def moment(context: Context, when: datetime, at: datetime) -> str:
    """A moment in the words and the zone of the person asked."""
    return cadence.in_words(when, at, context.zone)


# --- ends and notes -------------------------------------------------------------------------------------------------


def _note(form: Questionnaire, context: Context, *lines: Paragraph, actions: tuple[Action, ...] = ()) -> Card:
    title = f"{context.pilot_name}: {fill(form.title, context)}"
    return Card(title, f"{title}\n{spoken(lines)}", body=lines, actions=actions)


def waiting_card(form: Questionnaire, context: Context, state: State, at: datetime) -> Card:
    """The asked person is through; a colleague still has something."""
    names = sorted({context.name(person) for person in state.handed.values()})
    line = f"Your part is done. Waiting for {' and '.join(names)} until {moment(context, state.closes_at, at)}."
    return _note(form, context, say(line), actions=_corrections(form, context, state))


def snoozed_card(form: Questionnaire, context: Context, state: State, at: datetime) -> Card:
    """Asked again later, or now after all."""
    until = state.snoozed_until or at
    line = f"Snoozed. I will ask again {moment(context, until, at)}."
    now = Button("Answer now", _token(context, state, "show"))
    return _note(form, context, say(line), actions=(now,))


def moved_card(form: Questionnaire, context: Context) -> Card:
    """An older message whose form has moved to a newer one."""
    return _note(form, context, say("I asked again further down; please answer there."))


def handed_over_card(form: Questionnaire, context: Context, to: PersonId) -> Card:
    """The check-in is somebody else's now."""
    return _note(form, context, say(f"Handed over to {context.name(to)}. Nothing more is needed from you."))


def declined_card(form: Questionnaire, context: Context, reason: str) -> Card:
    """Not answered, with a reason."""
    return _note(form, context, say(f"Not answered this time: {reason}"), say("Thank you for saying so."))


def withdrawn_card(form: Questionnaire, context: Context, reason: str) -> Card:
    """No longer wanted."""
    return _note(form, context, say(f"Closed: {reason}"))


def not_needed_card(context: Context) -> Card:
    """A colleague's question that needs no answer any more."""
    text = f"{context.pilot_name}: this question is settled; nothing is needed from you. Thank you."
    return Card(context.pilot_name, text, body=(say("This question is settled; nothing is needed from you. Thank you."),))


def asked_card(form: Questionnaire, context: Context, question: Question, by: PersonId, state: State) -> Card:
    """One question handed to a colleague."""
    who = context.name(by)
    intro = say(bold(who), f" asks for your help with one question about {context.pilot_name}.")
    text = fill(question.text, context)
    token = _token(context, state, "submit", question.id)
    back = Button("I don't know either", _token(context, state, "pass_back", question.id))
    return Card(
        title=f"{context.pilot_name}: one question from {who}",
        fallback=f"{who} asks for your help with one question about {context.pilot_name}: {text}",
        body=(intro,),
        fields=(field_of(question, context, state),),
        actions=(Submit("Send", token, opener="Answer"), back),
    )


def thanked_card(context: Context, question: Question, value: Value) -> Card:
    """What the colleague sees after answering."""
    said = f"{fill(question.text, context)} {answer_words(question, value, context)}"
    line = "Thank you. Your answer went back with your name on it."
    return Card(context.pilot_name, f"{context.pilot_name}: {line}\n{said}", body=(say(line), say(said)))


def came_back_card(context: Context, question: Question, value: Value, by: PersonId) -> Card:
    """What the asker sees when a colleague has answered."""
    line = f"{context.name(by)} answered “{fill(question.text, context)}”: {answer_words(question, value, context)}"
    return Card(context.pilot_name, f"{context.pilot_name}: {line}", body=(say(line),))


def passed_back_card(context: Context, question: Question, by: PersonId) -> Card:
    """What the asker sees when a colleague could not answer."""
    line = f"{context.name(by)} could not answer “{fill(question.text, context)}”. It is back with you above."
    return Card(context.pilot_name, f"{context.pilot_name}: {line}", body=(say(line),))


def closing_card(form: Questionnaire, context: Context, state: State, effect: tuple[str, ...]) -> Card:
    """The end of a check-in: the effect first, then what was said, then a way to correct it.

    `effect` are at most three lines: readiness and what moved, what the next gate lacks, who was asked for help.
    """
    thanks = "Thank you, noted as late." if state.late else "Thank you."
    if state.outcome == "nothing":
        thanks = "Noted: nothing to report."
    opening = say(" ".join((thanks, *effect[:1])))
    lines = (opening, *(say(line) for line in effect[1:3]))
    rows = answered_rows(form, context, state)
    body: tuple[Block, ...] = (*lines, Facts(rows)) if rows else lines
    title = f"{context.pilot_name}: {fill(form.title, context)}"
    return Card(title, f"{title}\n{spoken(body)}", body=body, actions=_corrections(form, context, state))


def answered_rows(form: Questionnaire, context: Context, state: State) -> tuple[tuple[str, str], ...]:
    """Question and answer in words, in the order asked."""
    shown = on_path(path(form, state.answers, context.record))
    given = ((q, state.answers[q.id]) for q in shown.values() if q.id in state.answers)
    return tuple((fill(q.text, context), answer_words(q, value, context)) for q, value in given)


def _corrections(form: Questionnaire, context: Context, state: State) -> tuple[Action, ...]:
    shown = on_path(path(form, state.answers, context.record)).values()
    options = tuple(
        Offer(q.id, fit(fill(q.text, context), LABEL_LIMIT))
        for q in shown
        if q.id in state.answers or q.id in state.skipped
    )
    if not options:
        return ()
    ask = (Choice("question", "Which answer?", options, required=True),)
    return (Button("Correct an answer", _token(context, state, "correct"), asks=ask),)


def effect_lines(
    *, overall: int | None, before: int | None, gate: str, lacking: tuple[str, ...], helper: str, topic: str
) -> tuple[str, ...]:
    """What an answer did, in at most three lines; nothing where there is nothing to say.

    `overall` is None where no level was touched; `before` below 0 means that there was no score yet.
    """
    lines = []
    if overall is not None:
        change = f" ({overall - before:+d})" if before is not None and before >= 0 and overall != before else ""
        lines.append(f"Readiness {overall}{change}.")
    if lacking:
        more = f" and {len(lacking) - LACKING_SHOWN} more" if len(lacking) > LACKING_SHOWN else ""
        lines.append(f"Next gate ({gate}) lacks: {', '.join(lacking[:LACKING_SHOWN])}{more}.")
    if helper:
        lines.append(f"I asked {helper} for help: {topic[:1].lower() + topic[1:]}.")
    return tuple(lines)
