"""What is said when a message could not be delivered: what to do, and what happens by itself; it must not know why."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import tokens
from bot.core.card import Button, Card, say
from bot.core.compose import words
from bot.core.tokens import About, Token

PILOTS_SHOWN = 3
REASONS_SHOWN = 2
TRY_AGAIN = "That could not be saved, so nothing was changed. Please try again in a moment."
TOO_MUCH = "Too much at once: this was not saved. Please press again in a moment."


def digest_lost(
    subscription: int, channel: str, reason: str, *, in_thread: bool, doubtful: bool = False
) -> Card:
    """The digest, or a part of its thread, did not reach a channel, or perhaps not; said once until it works again."""
    what = "A part of the digest" if in_thread else "The digest"
    what += f" may not have reached {channel}" if doubtful else f" did not reach {channel}"
    lines = (
        f"{words.capital(reason)}.",
        "The subscription stays: I try again with the next digest, and write again only if there is news.",
    )
    again = Button("Post it now", tokens.encode(Token(About.DIGEST, subscription, "post")))
    return Card(what, "\n".join((f"{what}.", *lines)), body=tuple(map(say, lines)), actions=(again,))


def unproven(missed: Sequence[str], unsent: Sequence[str]) -> Card:
    """What should have happened and did not, for whoever runs the bot."""
    what = "I missed something that was due"
    lines = [
        f"{about}: {words.shown([words.pilot_name(name) for name in names], PILOTS_SHOWN)}."
        for about, names in (
            ("Not asked, though it was time", missed),
            ("Asked, and not delivered yet", unsent),
        )
        if names
    ] or ["It concerns a private pilot."]
    lines.append(
        "The log says why, `rampcheck doctor` what to mend. I look every hour, and write again only if it gets worse."
    )
    return Card(what, "\n".join((f"{what}.", *lines)), body=tuple(map(say, lines)))


def given_up(many: int, reasons: Sequence[str]) -> Card:
    """Messages that were tried for as long as they are tried, for whoever runs the bot."""
    what = f"{words.capital(words.count(many, 'message'))} not delivered"
    why = words.shown(reasons, REASONS_SHOWN)
    lines = (
        f"I tried for up to 45 minutes, then gave up: {why}.",
        "`rampcheck outbox list` shows them; `rampcheck outbox retry --all` sends them after all.",
    )
    return Card(what, "\n".join((f"{what}.", *lines)), body=tuple(map(say, lines)))


def unreachable(name: str, owned: Sequence[str], others: Sequence[str], reason: str) -> Card:
    """Somebody with a part in pilots gets no messages any more: said to the leads once. `others` they do not own."""
    what = f"{name} cannot be reached"
    lines = [f"{words.capital(reason)}."]
    if owned:
        lines.append(f"{name} owns {_some(owned)}. I ask the deputy meanwhile, and you next who takes over.")
    if others:
        lines.append(f"{name} has a part in {_some(others)}: name somebody else there, or ask them yourself.")
    lines.append("I write to them again once they write to me, or add me again.")
    return Card(what, "\n".join((f"{what}.", *lines)), body=tuple(map(say, lines)))


def _some(pilots: Sequence[str]) -> str:
    return words.shown([words.pilot_name(pilot) for pilot in pilots], PILOTS_SHOWN)


JOBS = {  # what fails, as a lead would call it
    "schedule": "The next check-in cannot be sent",
    "checkin": "An open check-in can be neither reminded of nor closed",
    "back": "Somebody who came back is not sent what waited for them",
    "digest": "A digest cannot be put together",
    "pilot": "Its signals and state cannot be computed, so those of its last evaluation stand",
    "evaluate": "Signals and states cannot be computed for all pilots at once; I do it one by one",
    "audit": "I cannot check whether everybody was asked who was due",
    "seal": "New lines of the log cannot be sealed, so nothing proves yet that they stay as they are",
    "forget": "What was kept long enough cannot be removed",
}


def job_failed(kind: str, pilot: str, name: str) -> Card:
    """A piece of the bot's own work fails again and again: said to the leads once, while everything else goes on."""
    title = f"{words.pilot_name(pilot)}: something fails" if pilot else "Something fails"
    lines = (
        f"{JOBS[kind]}, because of a fault inside Rampcheck or its data.",
        "Everything else goes on, and I try again every hour. You hear of this once.",
        f"For whoever runs Rampcheck: the log has the cause, under job.failed and {name}.",
    )
    return Card(title, "\n".join((f"{title}.", *lines)), body=tuple(map(say, lines)))
