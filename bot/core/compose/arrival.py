"""What is said when the app comes to a workspace: the pages around an installation, and its first message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core import tokens
from bot.core.card import Button, Card, bold, say


@dataclass(frozen=True, slots=True)
class Page:
    """A page in a browser: what happened, what to do now, and one link; `reasons` is a list of what and why."""

    title: str
    lines: tuple[str, ...]
    link: tuple[str, str] = ("", "")  # its words and where it leads
    reasons: tuple[tuple[str, str], ...] = ()


def before(platform: str, address: str, scopes: Mapping[str, str]) -> Page:
    """Before somebody goes to the platform's own page."""
    lines = (
        "Rampcheck asks the owners of AI pilots short questions and shows what each pilot lacks before production.",
        f"{platform} will ask you to confirm what it may do. In channels it reads nothing but what mentions it.",
    )
    return Page(f"Add Rampcheck to {platform}", lines, (f"Add to {platform}", address), tuple(scopes.items()))


def done(platform: str, place: str, address: str) -> Page:
    """It worked."""
    lines = (f"Rampcheck is in {place} now. It has sent you a direct message with what comes next.",)
    return Page("Rampcheck is installed", lines, (f"Open {platform}", address))


def cancelled(again: str) -> Page:
    """The person changed their mind."""
    return Page("Nothing was installed", ("You cancelled, and nothing was changed.",), ("Start again", again))


def too_late(again: str) -> Page:
    """The way back does not fit the way there."""
    lines = (
        "This page is good once, for ten minutes, and in the browser in which you started. Nothing was installed.",
    )
    return Page("Please start again", lines, ("Start again", again))


def refused(platform: str, code: str, again: str) -> Page:
    """The platform did not grant it."""
    why = f"{platform} said: {code}." if code else f"{platform} could not be reached."
    return Page("Nothing was installed", (f"{why} Please start again in a moment.",), ("Start again", again))


def not_for(place: str) -> Page:
    """A workspace that is not on the list."""
    why = f"This Rampcheck is not open to {place}, so nothing was installed."
    return Page("Not for this workspace", (why, "Ask whoever runs it to let your workspace in."))


def not_kept(again: str) -> Page:
    """The database did not answer."""
    return Page(
        "Not finished", ("That could not be saved. Please start again in a moment.",), ("Start again", again)
    )


def installed(name: str, place: str, *, admin: bool) -> Card:
    """The first message to whoever installed the app."""
    first = f"Hello {name}. Rampcheck is in {place} now."
    role = "You are its admin here: you see every pilot and may change it."
    steps = "Add your first pilot, invite me to a channel for the weekly digest, or look at what I can do."
    why = "You get this because you installed it. I write to you only when something is due; mute me to hear nothing."
    lines = (first, role, steps, why) if admin else (first, steps, why)
    return Card(
        "Rampcheck is installed",
        " ".join(lines),
        body=(*(say(line) for line in lines), say("Type ", bold("help"), " at any time.")),
        actions=(Button("Help", tokens.command("help")),),
    )
