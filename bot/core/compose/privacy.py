"""The plain statement of what is stored about whoever asks; it must not know how it was looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core import permissions
from bot.core.card import Card, Facts, bold, say, spoken
from bot.core.compose import words
from bot.core.days import WEEKDAYS
from bot.core.permissions import Role, Sensitivity
from bot.core.policy import Retention
from bot.core.records import Person
from bot.core.wording import count

TITLE = "What is stored about you"
NONE = "none"
PILOTS_SHOWN = 5
RIGHTS = (
    "An admin can have a copy of all of it made for you, in one file; ask them too to have something corrected, or to "
    "have you taken out of everything: your answers then stay without you. Wrong answers you correct yourself: Correct "
    "an answer, below what you sent."
)
ROLES = {  # in the order in which people meet them; a reviewer is no reader of its own
    Role.OWNER: "the pilot's owner",
    Role.DEPUTY: "deputy",
    Role.SPONSOR: "sponsor",
    Role.DECIDER: "decider",
    Role.BUILDER: "builder",
    Role.LEAD: "leads",
    Role.GROUP_LEAD: "leads of its group",
    Role.ADMIN: "admins",
    Role.MEMBER: "members",
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What there is about somebody: the chats in which they have an account, and their pilots with what they are."""

    person: Person
    zone: str
    platforms: Sequence[str]
    pilots: Sequence[str]
    kept: Retention


def _periods(kept: Retention) -> str:
    """From the policy, so that it stays true."""
    return (
        f"The text of my messages: {count(kept.messages, 'day')}. What you enter and do not send: "
        f"{count(kept.drafts, 'day')} after the check-in closed. Which presses I dealt with: "
        f"{count(kept.receipts, 'day')}. That I reminded you: {count(kept.reminders, 'day')}. What you answer in your "
        f"own words: {count(kept.texts, 'day')}, but for what describes a pilot. Other answers, decisions, the reasons "
        "given for them, for a known signal or for a confirmation, and the log of who changed what and when are your "
        "organisation's record of its pilots: they are kept for as long as it keeps Rampcheck."
    )


def card(stored: Stored) -> Card:
    """What, why, who reads it, how long, and how to get or change it."""
    body = (
        say("What I keep about you, and who reads it. Only you see this message."),
        Facts(tuple(_about(stored))),
        say(bold("Who reads it. "), _readers()),
        say(
            bold("How long. "),
            _periods(stored.kept),
        ),
        say(
            bold("What for. "),
            "To see which pilots are ready, stuck or waiting for a decision. Nobody is scored or ranked: every score "
            "is a pilot's.",
        ),
        say(bold("Your rights. "), RIGHTS),
    )
    return Card(TITLE, spoken(body), body=body)


def _about(stored: Stored) -> list[tuple[str, str]]:
    person = stored.person
    return [
        ("Name", person.name),
        ("E-mail", person.email or NONE),
        ("Time zone", stored.zone),
        ("Asked", _hours(person)),
        ("Away until", person.away_until.isoformat() if person.away_until else NONE),
        ("Here as", _standing(person)),
        ("Chat accounts", words.listed(stored.platforms) or NONE),
        ("Your pilots", words.shown(stored.pilots, PILOTS_SHOWN) or NONE),
        (
            "Besides",
            "your answers and corrections, requests to you and from you, and the messages I sent you",
        ),
    ]


def _hours(person: Person) -> str:
    """The day and hour they chose."""
    day = WEEKDAYS[person.weekday] if person.weekday is not None else "the usual day"
    hour = f"{person.hour:02}:00" if person.hour is not None else "the usual hour"
    return f"{day}, {hour}"


def _standing(person: Person) -> str:
    return f"lead of {words.listed(person.leads)}" if person.leads else person.standing.value


def _readers() -> str:
    """From the table of permissions, so that it stays true."""
    texts, views = (_named(permissions.READS[kind].roles) for kind in (Sensitivity.TEXTS, Sensitivity.VIEWS))
    return (
        "What you choose in a form is seen by everybody who sees the pilot. What you write in your own words, and "
        f"answers to private questions, only by {texts}; a sponsor's second view only by {views}. "
        "Whoever runs the server can read everything."
    )


def _named(roles: frozenset[Role]) -> str:
    return words.listed([name for role, name in ROLES.items() if role in roles])
