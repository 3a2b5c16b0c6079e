"""A typed line -> a command, tolerant of how people type; it must not know what a command does.

Which commands there are is in `vocabulary`.
"""

from __future__ import annotations

from datetime import date

from bot.core.command import (
    LOOKING,
    Add,
    AskMe,
    Away,
    Back,
    CheckinNow,
    Command,
    Decide,
    Delegate,
    DigestNow,
    Gate,
    Help,
    History,
    Incomplete,
    Known,
    List,
    ListFilter,
    Pause,
    Privacy,
    Proof,
    Resume,
    Status,
    Todo,
    Unknown,
    Users,
    Why,
)
from bot.core.days import Day, read_day
from bot.core.phrase import Word, distance, join, split, was_called
from bot.core.readers import Words
from bot.core.vocabulary import HELP, SHORTCUTS, Entry

__all__ = [
    "HELP",
    "LOOKING",
    "Add",
    "AskMe",
    "Away",
    "Back",
    "CheckinNow",
    "Command",
    "Decide",
    "Delegate",
    "DigestNow",
    "Entry",
    "Gate",
    "Help",
    "History",
    "Incomplete",
    "Known",
    "List",
    "ListFilter",
    "Pause",
    "Privacy",
    "Proof",
    "Resume",
    "Status",
    "Todo",
    "Unknown",
    "Users",
    "Why",
    "looks_like_command",
    "parse",
    "topic",
]

_CALLS = {spelling: entry for entry in HELP for spelling in entry.spellings()}
_PLAIN_CALLS = {spelling for entry in HELP for spelling in (entry.name, *entry.same)} | {
    "subscribe",
    "unsubscribe",
}
_I_AM = {"i'm", "i\u2019m", "im", "i", "am", "will", "be", "i'll", "i\u2019ll"}
_POLITE = _I_AM | {"please", "pls", "hey", "hi", "hello", "can", "could", "you", "want", "to", "let", "the"}
_TELLING = {"show", "give", "get", "tell", "what", "what's", "whats", "me", "us", "is", "the", "a", "my"}


def parse(text: str, *, today: date) -> Command:
    """The command in a typed line; total: what is no command is Unknown, what lacks something Incomplete."""
    words = _to_the_point(split(text))
    if not words:
        return Help()
    called = _called(words)
    if called is not None:
        return _read(*called, today)
    return _misspelt(words, today)


def topic(name: str) -> Entry | None:
    """The command that a help topic names, by any of its spellings."""
    return _CALLS.get(name.casefold().strip())


def _read(entry: Entry, rest: Words, today: date) -> Command:
    if len(rest) == 1 and rest[0].plain.lstrip("-") in {"help", "h"} and entry.name != "help":
        return Help(entry.name)
    command = entry.read(rest, today)
    if isinstance(command, Help):
        about = topic(command.topic)
        return Help(about.name) if about else command
    return command


def _called(words: Words) -> tuple[Entry, Words] | None:
    """The command that the line begins with and the words behind its name."""
    words = _spelled_out(words)
    for count in (2, 1):
        entry = _CALLS.get(" ".join(word.plain for word in words[:count]))
        if entry is not None and len(words) >= count:
            return entry, words[count:]
    return None


def _spelled_out(words: Words) -> Words:
    """The line with its first word parted from what was glued to it (`add:Name`) and a shortcut written in full."""
    first, _, glued = words[0].text.partition(":")
    if glued and not words[0].quoted and first.casefold() in _CALLS:
        words = (Word(first), Word(glued), *words[1:])
    longer = SHORTCUTS.get(words[0].plain, "")
    return (*map(Word, longer.split()), *words[1:]) if longer else words


def _to_the_point(words: Words) -> Words:
    """The line without "please" and "show me the" before a command, as long as a command follows."""
    for skipped in (_POLITE, _TELLING):
        n = 0
        while n < len(words) and words[n].plain in skipped:
            n += 1
        if 0 < n < len(words) and _called(words[n:]) is not None:
            words = words[n:]
    if len(words) > 1 and words[-1].plain in {"please", "pls", "thanks"}:
        words = words[:-1]
    return words


# --- slips of the keyboard ------------------------------------------------------------------------------------------

_FORGIVEN = 1  # slips in the name of a command that changes nothing, when no other is as near
_GUESSED = 2  # slips up to which a command is suggested
_CORRECTED_FROM = 4  # letters: a shorter word is too near to too many others
_SUGGESTED = 3
_LONGEST = 16  # letters: no command is nearly as long, and the comparison stays cheap
_QUOTED_BACK = 40  # characters: enough to recognise one's own word


def _misspelt(words: Words, today: date) -> Command:
    first = words[0].plain
    near = _near(first)
    best = [entry for slips, entry in near if slips <= _FORGIVEN and slips == near[0][0]]
    if len(best) == 1 and best[0].reads and len(first) >= _CORRECTED_FROM - 1:
        command = _read(best[0], words[1:], today)
        if not (isinstance(command, DigestNow) and command.action not in LOOKING):
            return command
    return Unknown(
        words[0].text[:_QUOTED_BACK], tuple(entry.name for _, entry in near[:_SUGGESTED]), join(words)
    )


def _near(word: str) -> list[tuple[int, Entry]]:
    """Commands whose name or synonym a word is nearly, nearest first, with the number of slips."""
    if not word or len(word) > _LONGEST:
        return []
    found = [(min(_slips(word, spelling) for spelling in entry.spellings()), entry) for entry in HELP]
    return sorted((near for near in found if near[0] <= _GUESSED), key=lambda near: near[0])


def _slips(word: str, spelling: str) -> int:
    if len(word) >= _CORRECTED_FROM - 1 and spelling.startswith(word):
        return 0 if len(word) >= _CORRECTED_FROM else _FORGIVEN  # cut short, no slip: "hist", "dig"
    slips = distance(word, spelling)
    allowed = _GUESSED if len(spelling) > _CORRECTED_FROM else _FORGIVEN if len(spelling) > 2 else 0
    return slips if slips <= allowed else _GUESSED + 1


# --- commands and answers -------------------------------------------------------------------------------------------

# Words of sentences, hardly of names: "status of the vendor is not clear yet" is an answer.
_SENTENCE = set(
    "am and are be been but can could did do does had has have he her his if it it's its my need needs no not nobody "
    "nothing or our she should so still that their then there they this us was we were when which who will with would "
    "yet you your".split()
)
_NAME_WORDS = 6  # the longest names of pilots that people type


def looks_like_command(text: str) -> bool:
    """Whether a line typed where an answer may be expected is a command all the same.

    Certain only when it calls the bot by name or is shaped like a command from its first word to its last; a line
    that may be either is an answer, because an answer lost is worse than a command typed again.
    """
    if was_called(text):
        return True
    words = split(text)
    if not words:
        return text.strip() == "?"
    if _is_absence(words):
        return True
    # The day matters only for whether a pause ends in time, not for whether it is one.
    command = parse(text, today=date.min)
    if isinstance(command, CheckinNow) and command.full:  # "review Invoice matcher in full"
        return _is_name(command.pilot)
    first = {words[0].plain, " ".join(word.plain for word in words[:2])}
    return bool(first & _PLAIN_CALLS) and _shaped(command, words)


def _is_absence(words: Words) -> bool:
    """Whether a line says "I'm away until 4 December" and not a word more: then that is so, whatever was asked."""
    if words[0].plain not in _I_AM:
        return False
    command = parse(join(words), today=date.min)
    return isinstance(command, Away) and not command.person and bool(read_day(_behind_until(words), date.min))


def _behind_until(words: Words) -> list[str]:
    """The words of a day that ends the line."""
    plain = [word.plain for word in words]
    behind = [word.text for word in words[plain.index("until") + 1 :]] if "until" in plain else []
    found = read_day(behind, date.min)
    return behind if isinstance(found, Day) and found.words == len(behind) else []


def _shaped(command: Command, words: Words) -> bool:
    match command:
        case (
            Status(pilot)
            | History(pilot)
            | Resume(pilot)
            | CheckinNow(pilot)
            | Decide(pilot)
            | Why(pilot)
            | Gate(pilot)
            | Users(pilot)
        ):
            return _is_name(pilot)
        case Known():
            return True
        case Pause(pilot, until):
            return until is not None and _is_name(pilot)
        case Away(person) | Delegate(to=person):
            return _is_name(person)
        case Back(person):
            return not person and len(words) == 1
        case List(where):
            return not where.text or (where == ListFilter(text=where.text) and len(words) <= 2)
        case Add():
            return any(word.quoted for word in words[:3]) or len(words) == 1 or words[1].plain == "pilot"
        case DigestNow(_, about):
            return _is_name(about.group)
        case Help(about):
            return not about or topic(about) is not None
        case Proof(_, link):
            return bool(link) or len(words) == 1
        case Todo() | Privacy():
            return len(words) <= 2
        case Incomplete() | AskMe():
            return len(words) <= _NAME_WORDS
        case Unknown():
            return False


def _is_name(text: str) -> bool:
    words = text.casefold().split()
    return len(words) <= _NAME_WORDS and not _SENTENCE & {word.strip(",.;:") for word in words}
