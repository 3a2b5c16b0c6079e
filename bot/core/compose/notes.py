"""Short notes: greetings, refusals and requests between people; it must not know why they are sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.core import tokens
from bot.core.card import Button, Card, Paragraph, Span, Style, Tone, bold, fit, say
from bot.core.compose import words
from bot.core.days import day_words
from bot.core.records import Request
from bot.core.tokens import About, Token

OURS, NOT_SAVED = "Rampcheck", "Not saved"  # titles that tell no pilot
OLD_BUTTON = (
    "That button is from an older message and no longer does anything. Type `todo` to see what is open."
)
NOT_MET = (
    "I cannot write to this person yet. They have to add Rampcheck first, or your admin adds it for them."
)
SENT_DIRECTLY = "I have answered you in our own chat, as the answer is for you alone."
WRITE_DIRECTLY = (
    "The answer is for you alone, and I cannot write to you yet. "
    "Add Rampcheck to your chats and ask me there."
)
OPEN = "open"  # shows a request once more
OPENED = frozenset({"confirm", "approve", "threshold"})  # requests whose buttons stand in a card of their own
NAMES_SHOWN = 5
TYPED = re.compile(r"`([a-z][^`\n]{0,60})`")


def note(text: str, title: str = OURS) -> Card:
    """A card of one paragraph; what stands between backticks is shown as something to type.

    The notification on a phone names what it is about where the text says only "it".
    """
    fallback = text if title in (OURS, NOT_SAVED) or title in text else f"{title}: {text}"
    return Card(title, fallback, body=(say(*_spans(text)),))


def _spans(text: str) -> Iterator[Span]:
    for number, part in enumerate(TYPED.split(text)):
        if part:
            yield Span(part, Style.CODE if number % 2 else Style.PLAIN)


def problem(text: str) -> Card:
    """Something a person typed cannot be taken; nothing was changed."""
    return note(text, NOT_SAVED)


def old_button() -> Card:
    """A button that cannot be read any more."""
    return note(OLD_BUTTON)


def stale() -> Card:
    """A button of a card that is over."""
    return note("This has already been settled; nothing was changed. Type `todo` to see what is open.")


def not_there() -> Card:
    """One answer for "not there" and "not yours", so that neither can be told from the other."""
    return note("There is nothing here for you. Type `todo` to see what is open for you.")


def no_longer_yours(pilot: str, owner: str) -> Card:
    """A button of a card from before somebody else took over."""
    now = f"{owner} owns it now" if owner else "it is no longer yours to answer for"
    return note(f"This card is from before: {now}. Nothing was changed.", pilot)


def stranger() -> Card:
    """Somebody writes from a workspace that is not set up."""
    return note("This workspace is not set up for Rampcheck yet. Please ask whoever installed it.")


def outsider() -> Card:
    """Somebody of another company acts, in a channel that is shared with it."""
    return note("I answer only people of the organisation that I was installed for. Nothing was changed.")


def welcome(name: str) -> Card:
    """The first message to a person: what this is, why it comes, and how to be left alone."""
    first = f"Hello {name}. I ask pilot owners a few short questions and show what each pilot lacks before production."
    why = "I write to you because you, or your admin, added Rampcheck. From now on I do so only when something is due."
    return Card(
        "Hello",
        f"{first} {why} Type `help` to see what I can do.",
        body=(say(first), say(why), *stopping()),
        actions=(
            Button("Help", tokens.command("help")),
            Button("What is open for me?", tokens.command("todo")),
        ),
    )


def stopping() -> tuple[Paragraph, ...]:
    """How somebody hears less, or nothing more; true in every chat."""
    return (
        say(
            bold("Not your pilot? "),
            "Press “Not mine” on its questions. ",
            bold("Not now? "),
            "Snooze them, or type ",
            Span("pause", Style.CODE),
            ".",
        ),
        say(bold("No more messages? "), "Remove or mute me in your chats. You can come back at any time."),
    )


def several_people(text: str, names: Sequence[str]) -> str:
    """More than one person fits a name."""
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"Several people fit “{fit(text, 40)}”: {shown}. Write the whole name."


def nobody(text: str) -> str:
    """No person fits a name."""
    return f"I know nobody called “{fit(text, 40)}”. Write the name as it stands in the chat."


def unreachable(name: str) -> str:
    """Somebody who has no open conversation with the bot."""
    return f"I cannot reach {name} yet: they have to open the chat with me once. Name somebody else, or tell them."


def which_one(pilots: Sequence[str]) -> Card:
    """Typed text while several check-ins are open."""
    shown = ", ".join(pilots[:NAMES_SHOWN])
    return note(
        f"Several check-ins are open ({shown}), so I cannot tell which one you mean. Please use the forms."
    )


# --- commands -------------------------------------------------------------------------------------------------------


def unknown_command(word: str, suggestions: Sequence[str]) -> Card:
    """A word that is no command, with the nearest ones as buttons."""
    line = f"I do not know the command “{fit(word, 40)}”."
    if not suggestions:
        return Card(
            "Rampcheck",
            f"{line} Type `help`.",
            body=(say(line),),
            actions=(Button("Help", tokens.command("help")),),
        )
    buttons = tuple(Button(suggestion, tokens.command(suggestion)) for suggestion in suggestions)
    asked = f"{line} Did you mean {words.listed(suggestions, last='or')}?"
    return Card("Rampcheck", asked, body=(say(asked),), actions=buttons)


def command_card(usage: str, line: str, details: str, example: str) -> Card:
    """One command explained."""
    body = (say(bold(usage)), say(f"{line} {details}"), say("For example: ", Span(example, Style.CODE)))
    return Card(usage, f"{usage}\n{line} {details}\nFor example: {example}", body=body)


def incomplete(missing: str, example: str) -> Card:
    """A command that lacks something, with an example."""
    line = f"{missing} For example:"
    return Card("Rampcheck", f"{line} {example}", body=(say(f"{line} ", Span(example, Style.CODE)),))


def no_such_form(form: str, known: Sequence[str]) -> Card:
    """A questionnaire that is not there."""
    return note(f"There is no questionnaire “{fit(form, 40)}”. There are: {', '.join(known)}.")


def name_too_long(length: int, most: int) -> str:
    """A new pilot's name that no card would show whole."""
    return f"A pilot's name has at most {most} characters; this one has {length:,}. Nothing was added."


def for_members() -> Card:
    """Somebody who is a guest asks for what is for the whole organisation."""
    return note("That is for members of the organisation. Type `todo` to see what is open for you.")


def taken(name: str, key: str) -> Card:
    """A pilot of that name exists."""
    actions = (Button("Show it", tokens.command(f"status {key}")),)
    line = f"There is a pilot called “{fit(name, 60)}” already. Choose another name."
    return Card("Not added", line, body=(say(line),), actions=actions)


def added(name: str, *, direct: bool) -> Card:
    """A pilot was registered."""
    where = "below" if direct else "to you as a direct message"
    return note(f"{name} is registered. I have sent a few questions {where}; they take a few minutes.", name)


def pause_bounds(today: date, latest: date) -> str:
    """What a pause needs."""
    first = day_words(today + timedelta(days=1), today)
    return f"A pause needs a day on which I ask again: from {first} to {day_words(latest, today)}."


def paused_already(until: date, today: date) -> str:
    """A second pause in a row."""
    return f"It is paused until {day_words(until, today)} already. A second pause in a row needs a decision."


def paused(name: str, until: date, today: date, resume_token: str) -> Card:
    """A pilot is paused."""
    line = f"Paused until {day_words(until, today)}. I ask nothing before then, and its signals stand still."
    return Card(name, f"{name}: {line}", body=(say(line),), actions=(Button("Resume now", resume_token),))


def awake(name: str, stage: str) -> Card:
    """A pause has come to its end."""
    return note(
        f"The pause is over; it goes on in {words.stage_name(stage)}. I ask again at the usual hour.", name
    )


def resumed(name: str, stage: str) -> Card:
    """A pilot goes on."""
    return note(f"It goes on in {words.stage_name(stage)}. The next check-in comes at its usual hour.", name)


def for_a_channel(line: str) -> Card:
    """The weekly digest was set up, or ended, by a line typed where only one person reads."""
    return note(
        f"The weekly digest goes to channels: type `{line}` in the one you mean. `digest` shows it to you now."
    )


def subscribed(group: str, when: str) -> Card:
    """A channel gets the digest from now on."""
    about = f" of {group}" if group else ""
    return note(
        f"This channel gets the weekly digest{about}, next {when}. Type `digest unsubscribe` to stop it."
    )


# --- requests -------------------------------------------------------------------------------------------------------


def request_card(request: Request, pilot: str, asked_by: str) -> Card:
    """One request to one person, answered by a button."""
    if request.kind == "help":
        return _help(request, pilot, asked_by)
    if request.kind == "close":
        return _close(request, pilot, asked_by)
    role = "answers for the business result" if request.kind == "owner" else "pays for it and can say stop"
    line = f"{asked_by} named you as the person who {role} of {pilot}."
    if request.kind == "sponsor":
        line = f"{asked_by} named you as the senior person who {role}: {pilot}."
    return Card(
        f"{pilot}: is that you?",
        f"{line} Do you accept?",
        body=(say(line), say("Do you accept?")),
        actions=request_buttons(request),
    )


def _help(request: Request, pilot: str, asked_by: str) -> Card:
    line = f"{asked_by} needs your help with {pilot}. In the way: {request.topic}."
    need = (
        f"What is needed: {request.text}"
        if request.text
        else "They have not said yet what exactly is needed."
    )
    return Card(
        f"{pilot}: your help is needed",
        f"{line}\n{need}",
        body=(say(line), say(need)),
        actions=request_buttons(request),
    )


def request_buttons(request: Request) -> tuple[Button, ...]:
    """The answers to a request."""
    refuse = _button("Not me", request, "not_me")
    if request.kind in OPENED:
        return (_button("Open", request, OPEN, Tone.PRIMARY),)
    if request.kind == "close":
        return (_button("All done", request, "done", Tone.PRIMARY), refuse)
    if request.kind != "help":
        return (_button("Accept", request, "accept", Tone.PRIMARY), refuse)
    return (
        _button("On it", request, "on_it", Tone.PRIMARY),
        refuse,
        _button("Need to talk", request, "talk"),
    )


def _close(request: Request, pilot: str, asked_by: str) -> Card:
    """The switch-off steps that are left of a pilot that has ended; the request's topic is the day by which."""
    line = f"{asked_by} decided to end {pilot}. These steps are still open, please see to them by {request.topic}:"
    return Card(
        f"{pilot}: what is left to switch off",
        f"{line}\n{request.text}",
        body=(say(line), say(request.text)),
        actions=request_buttons(request),
    )


def _button(label: str, request: Request, verb: str, tone: Tone = Tone.PLAIN) -> Button:
    return Button(label, tokens.encode(Token(About.REQUEST, request.id, verb)), tone)


def withdrawn_request(pilot: str) -> Card:
    """A request that no longer holds."""
    return note("This is settled; nothing is needed from you any more. Thank you.", pilot)


def replied_card(request: Request, pilot: str, answer: str) -> Card:
    """A request after its person has answered."""
    return note(f"You answered: {answer}. Thank you; whoever asked you has been told.", pilot)


def reply_told_card(
    request: Request, pilot: str, who: str, answer: str, *, actions: tuple[Button, ...] = ()
) -> Card:
    """What the asker hears; `actions` are what they can do now."""
    about = {"help": "request for help", "close": "request to switch it off"}.get(
        request.kind, f"question whether they are the {request.kind}"
    )
    line = f"{who} answered your {about}: {answer}."
    if request.kind == "help" and answer == "Not me":
        line += " To ask somebody else, correct your answer to “Who can clear it?”."
    return replace(note(line, pilot), actions=actions)


def not_on(pilot: str, signal: str, on: Sequence[str]) -> Card:
    """A signal that is not on cannot be known."""
    shown = f" On are: {words.listed(on)}." if on else " No signal is on."
    return note(f"{signal} is not on.{shown} `why` explains each.", pilot)


def too_long_known(pilot: str, most: date, today: date) -> Card:
    """A signal is known for so long at most."""
    return note(
        f"It can be known until {day_words(most, today)} at most; say so again then if it still holds.", pilot
    )


def now_known(pilot: str, signal: str, until: date, today: date) -> Card:
    """A signal is known from now on."""
    line = (
        f"Noted: “{signal}” is known until {day_words(until, today)}. Until then it neither counts nor calls."
    )
    return note(line, pilot)
