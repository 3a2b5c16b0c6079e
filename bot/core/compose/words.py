"""Small wording that all cards share: counts, days, names of stages and items; it must not know any card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bot.core import tokens, wording
from bot.core.card import ELLIPSIS, Button, Tone, fit
from bot.core.days import day_words
from bot.core.gates import GateItem, Lack
from bot.core.questionnaire import STAGE_NAMES, Item
from bot.core.records import PilotId
from bot.core.signals.kinds import Course
from bot.core.tokens import About, Token

count = wording.count

NAME_LIMIT = 60  # characters of a pilot's name in a line with others; an import may bring longer ones
NOBODY = "nobody yet"
COURSES = {
    Course.STUCK: "Stuck",
    Course.AT_RISK: "At risk",
    Course.MOVING: "Moving",
    Course.UNKNOWN: "Not known",
    Course.PAUSED: "Paused",
}
# Who confirms items at a gate, by the words of readiness.yaml.
REVIEWERS = {
    "lead": "portfolio lead",
    "sponsor": "sponsor",
    "business_owner": "business owner",
    "security": "security",
    "privacy": "privacy and risk",
    "operations": "operations",
    "process_owner": "process owner",
    "finance": "finance",
}
PLURALS = {"has": "have", "is": "are", "was": "were"}
# What the first part of an item's id stands for, where the content gives the item no name.
SUBJECTS = {"base": "platform", "gov": "governance", "flow": "workflow"}


def verb(number: int, singular: str) -> str:
    """The verb that goes with so many: "has" or "have"."""
    return singular if number == 1 else PLURALS[singular]


def listed(parts: Iterable[str], *, last: str = "and") -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    words = list(parts)
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def more(hidden: int) -> str:
    """What a list leaves out; empty when it leaves out nothing."""
    return f"and {hidden:,} more" if hidden > 0 else ""


def capital(text: str) -> str:
    """The text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """The text with a small first letter, for the middle of a line; an abbreviation stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def stage_name(stage: str) -> str:
    """A stage as people call it."""
    return STAGE_NAMES.get(stage, capital(stage))


def item_name(item: Item) -> str:
    """What people call a readiness item; made from its id where the content gives it no name."""
    if item.name:
        return item.name
    return capital(f"{SUBJECTS.get(item.dimension, item.dimension)} {item.short}".replace("_", " "))


def role_name(role: str) -> str:
    """A reviewer's role as people call it, for the middle of a line."""
    return REVIEWERS.get(role, role.replace("_", " "))


def pilot_name(name: str) -> str:
    """A pilot's name that fits into a line with others."""
    return fit(" ".join(name.split()), NAME_LIMIT)


def in_a_line(text: str, limit: int) -> str:
    """A free text as part of a sentence, at most `limit` characters, cut between words where it has any."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    whole = flat[:limit].rpartition(" ")[0].rstrip(",;:.")
    return f"{whole}{ELLIPSIS}" if len(whole) > limit // 2 else fit(flat, limit)


def sentence(text: str) -> str:
    """A free text as a sentence of its own: with a full stop where it ends with nothing else."""
    return text if not text or text[-1] in ".!?…" else f"{text}."


def in_days(day: date, today: date) -> str:
    """A day with how far it is: "30 Jun, in 91 days", "22 Mar, 9 days ago"."""
    days = (day - today).days
    if days == 0:
        return f"{day_words(day, today)}, today"
    if days > 0:
        return f"{day_words(day, today)}, {'tomorrow' if days == 1 else f'in {days:,} days'}"
    return f"{day_words(day, today)}, {'yesterday' if days == -1 else f'{-days:,} days ago'}"


def lacks(gap: GateItem) -> str:
    """What a gate item lacks, in a few words that follow its name."""
    match gap.lack:
        case Lack.ANSWER:
            return "not answered yet"
        case Lack.KNOWLEDGE:
            return "not known"
        case Lack.LEVEL:
            return f"{gap.effective} of {gap.need}"
        case Lack.LINK:
            return f"{gap.effective} of {gap.need}, needs a link"
        case Lack.FRESHNESS:
            return "answered too long ago"
        case Lack.REFUSED:
            return "its reviewer says not yet"
        case Lack.NOTHING:
            return "not confirmed" if gap.unconfirmed else "met"


def score(points: int | None) -> str:
    """A score, or that there is none."""
    return "not known" if points is None else str(points)


def button(label: str, pilot: PilotId, command: str, *, tone: Tone = Tone.PLAIN) -> Button:
    """A button that runs a command on one pilot."""
    return Button(label, tokens.encode(Token(About.PILOT, pilot, command)), tone)


def shown(entries: Sequence[str], most: int) -> str:
    """The first few of a row of names, and how many more there are."""
    rest = more(len(entries) - most)
    return f"{', '.join(entries[:most])} {rest}" if rest else listed(entries)
