"""What a check-in says beside its form: problems, notes between people, its end; it must not know what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.card import (
    Action,
    Block,
    Button,
    Card,
    Choice,
    Facts,
    Offer,
    Paragraph,
    Submit,
    bold,
    fit,
    say,
    spoken,
)
from bot.core.compose.answered import answer_words, fill
from bot.core.compose.fields import field_of
from bot.core.compose.form import LABEL_LIMIT, moment, token
from bot.core.compose.words import COURSES, shown, small
from bot.core.context import Context
from bot.core.questionnaire import Kind, Question, Questionnaire
from bot.core.records import PersonId
from bot.core.routing import on_path, path
from bot.core.signals.kinds import Course
from bot.core.state import State
from bot.core.values import Value

MOVERS_SHOWN = 2  # items named that changed the score
LACKING_SHOWN = 3  # gate gaps named at the end of a check-in (content.md section 6)

NOTHING_TWICE = "You said “nothing to report” last time. This time please answer: it takes about a minute."
CLOSED_FOR_GOOD = "This check-in has been replaced by a newer one, so it can no longer be changed."
PERSONAL = "This is for you alone to answer, and it stands as it was sent. To change it, decide anew."
ALREADY_YOURS = "It is already with you. Choose somebody else."


# --- problems -------------------------------------------------------------------------------------------------------


def missing(question: Question) -> str:
    """What is said at a required question left empty."""
    chosen = question.kind in (Kind.SINGLE, Kind.LEVEL, Kind.YESNO, Kind.MULTI)
    return "Please choose an answer." if chosen else "Please fill this in."


def use_the_form(count: int) -> str:
    """Why typed text cannot be taken while several questions are open."""
    open_ = f"{count} questions are open, so I cannot tell which one you mean."
    return f"{open_} Please use the form above, or type help to see the commands."


def snooze_bounds(days: int) -> str:
    """What a snooze may be."""
    return f"Choose a moment within the next {days} days."


def reason_needed(limit: int) -> str:
    """What a decline needs."""
    return f"Please say why in one line of at most {limit} characters."


# --- ends and notes -------------------------------------------------------------------------------------------------


def _note(form: Questionnaire, context: Context, *lines: Paragraph, actions: tuple[Action, ...] = ()) -> Card:
    title = f"{context.pilot_name}: {fill(form.title, context)}"
    return Card(title, f"{title}\n{spoken(lines)}", body=lines, actions=actions)


def waiting_card(form: Questionnaire, context: Context, state: State, at: datetime) -> Card:
    """The asked person is through; a colleague still has something."""
    names = sorted({context.name(person) for person in state.handed.values()})
    line = (
        f"Your part is done. Waiting for {' and '.join(names)} until {moment(context, state.closes_at, at)}."
    )
    return _note(form, context, say(line), actions=_corrections(form, context, state))


def snoozed_card(form: Questionnaire, context: Context, state: State, at: datetime) -> Card:
    """Asked again later, or now after all."""
    until = state.snoozed_until or at
    line = f"Snoozed. I will ask again {moment(context, until, at)}."
    now = Button("Answer now", token(context, state, "show"))
    return _note(form, context, say(line), actions=(now,))


def away_card(form: Questionnaire, context: Context, state: State, at: datetime) -> Card:
    """Its person is away."""
    until = state.snoozed_until or at
    line = f"You are away, so this waits. I will ask again {moment(context, until, at)}."
    return _note(form, context, say(line), actions=(Button("Answer now", token(context, state, "show")),))


def moved_card(form: Questionnaire, context: Context) -> Card:
    """An older message whose form has moved to a newer one."""
    return _note(form, context, say("I asked again further down; please answer there."))


def handed_over_card(form: Questionnaire, context: Context, to: PersonId) -> Card:
    """The check-in is somebody else's now."""
    return _note(form, context, say(f"Handed over to {context.name(to)}. Nothing more is needed from you."))


def inherited_card(form: Questionnaire, context: Context, to: PersonId) -> Card:
    """The pilot is somebody else's now, and the check-in with it."""
    line = f"{context.pilot_name} has another owner now, and {context.name(to)} answers this."
    return _note(form, context, say(f"{line} Nothing more is needed from you."))


def declined_card(form: Questionnaire, context: Context, reason: str) -> Card:
    """Not answered, with a reason."""
    return _note(form, context, say(f"Not answered this time: {reason}"), say("Thank you for saying so."))


def withdrawn_card(form: Questionnaire, context: Context, reason: str) -> Card:
    """No longer wanted."""
    return _note(form, context, say(f"Closed: {reason}"))


def not_needed_card(context: Context) -> Card:
    """A colleague's question that needs no answer any more."""
    text = f"{context.pilot_name}: this question is settled; nothing is needed from you. Thank you."
    return Card(
        context.pilot_name,
        text,
        body=(say("This question is settled; nothing is needed from you. Thank you."),),
    )


def asked_card(form: Questionnaire, context: Context, question: Question, by: PersonId, state: State) -> Card:
    """One question handed to a colleague."""
    who = context.name(by)
    intro = say(bold(who), f" asks for your help with one question about {context.pilot_name}.")
    text = fill(question.text, context)
    submit = token(context, state, "submit", question.id)
    back = Button("I don't know either", token(context, state, "pass_back", question.id))
    return Card(
        title=f"{context.pilot_name}: one question from {who}",
        fallback=f"{who} asks for your help with one question about {context.pilot_name}: {text}",
        body=(intro,),
        fields=(field_of(question, context, state),),
        actions=(Submit("Send", submit, opener="Answer"), back),
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
    if not options or context.personal:
        return ()
    ask = (Choice("question", "Which answer?", options, required=True),)
    return (Button("Correct an answer", token(context, state, "correct"), asks=ask),)


@dataclass(frozen=True, slots=True)
class Done:
    """What a check-in did.

    `overall` is None where no level was touched; `before` below 0 means that there was no score yet. `moved` are the
    items whose level counts differently now, `lacking` those that the next gate lacks. `course` is what the last
    evaluation called the pilot, for the reason `because`; None where there was none.
    """

    overall: int | None = None
    before: int | None = None
    moved: tuple[str, ...] = ()
    gate: str = ""
    lacking: tuple[str, ...] = ()
    helper: str = ""
    topic: str = ""
    course: Course | None = None
    because: str = ""


def effect_lines(done: Done) -> tuple[str, ...]:
    """What an answer did, in at most three lines; nothing where there is nothing to say."""
    first = " ".join(part for part in (_score_words(done), _course_words(done)) if part)
    lines = [first] if first else []
    if done.lacking:
        more = f" and {len(done.lacking) - LACKING_SHOWN} more" if len(done.lacking) > LACKING_SHOWN else ""
        lines.append(f"Next gate ({done.gate}) lacks: {', '.join(done.lacking[:LACKING_SHOWN])}{more}.")
    if done.helper:
        lines.append(f"I asked {done.helper} for help: {done.topic[:1].lower() + done.topic[1:]}.")
    return tuple(lines)


def _score_words(done: Done) -> str:
    """The score, by how much it changed, and which items did that."""
    if done.overall is None:
        return ""
    known = done.before is not None and done.before >= 0
    change = f" ({done.overall - (done.before or 0):+d})" if known and done.overall != done.before else ""
    movers = f" Moved by {shown(done.moved, MOVERS_SHOWN)}." if known and done.moved else ""
    return f"Readiness {done.overall}{change}.{movers}"


def _course_words(done: Done) -> str:
    if done.course is None:
        return ""
    because = (
        f": {small(done.because).rstrip('.')}" if done.because and done.course is not Course.MOVING else ""
    )
    return f"State: {COURSES[done.course]}{because}."
