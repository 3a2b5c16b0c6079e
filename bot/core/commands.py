"""A typed line -> a command, tolerant of how people type; it must not know what a command does.

`HELP` is the one list of commands: the help card, the manifests of Slack and Teams and the reference are written from
it. A new command is a value in `command`, a reader in `readers` and an entry here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.core import readers
from bot.core.command import (
    LIST_STATES,
    Add,
    Away,
    Back,
    CheckinNow,
    Command,
    Decide,
    DigestNow,
    Help,
    History,
    Incomplete,
    Known,
    List,
    ListFilter,
    Pause,
    Proof,
    Resume,
    Status,
    Todo,
    Unknown,
    Why,
)
from bot.core.phrase import Word, distance, join, split, was_called
from bot.core.questionnaire import SIDE_STAGES, STAGES
from bot.core.readers import Reader, Words

__all__ = [
    "HELP",
    "Add",
    "Away",
    "Back",
    "CheckinNow",
    "Command",
    "Decide",
    "DigestNow",
    "Entry",
    "Help",
    "History",
    "Incomplete",
    "Known",
    "List",
    "ListFilter",
    "Pause",
    "Proof",
    "Resume",
    "Status",
    "Todo",
    "Unknown",
    "Why",
    "looks_like_command",
    "parse",
    "topic",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: how it is called, what it is for, and who reads the words behind its name.

    `same` are other spellings of the name. `also` are words that mean it too, but that people use in ordinary
    sentences as well: they never turn a typed answer into a command. `reads`: it changes nothing, so a small slip in
    its name is forgiven.
    """

    name: str
    usage: str
    line: str
    example: str
    details: str
    read: Reader
    same: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    reads: bool = False

    def spellings(self) -> tuple[str, ...]:
        """Everything that calls this command, its name first."""
        return (self.name, *self.same, *self.also)


HELP = (
    Entry(
        "status",
        "status [pilot]",
        "How a pilot stands: readiness, what is missing, who has the ball.",
        "status Invoice matcher",
        "Without a name: the whole portfolio in a few lines. A part of the name is enough.",
        readers.status,
        also=("state", "how", "how's", "hows", "info", "stat", "about"),
        reads=True,
    ),
    Entry(
        "list",
        "list [filter]",
        "Pilots, narrowed by stage, state, group, tag or owner.",
        "list stuck group:Finance",
        f"Stages: {', '.join((*STAGES, *SIDE_STAGES))}. States: {', '.join(LIST_STATES).replace('_', ' ')}. "
        "Also mine, group:…, tag:… and owner:…",
        readers.list_of,
        same=("ls",),
        also=("show", "all", "pilots", "which", "search", "find"),
        reads=True,
    ),
    Entry(
        "todo",
        "todo",
        "What waits for you.",
        "todo",
        "Your open check-ins, questions handed to you and requests for help.",
        readers.todo,
        same=("to-do", "to do"),
        also=("tasks", "mine", "my tasks", "inbox"),
        reads=True,
    ),
    Entry(
        "history",
        "history <pilot>",
        "What happened to a pilot, newest first.",
        "history Invoice matcher",
        "Check-ins, stages, dates, owners and decisions, with who changed them and when.",
        readers.history,
        also=("log", "past", "timeline"),
        reads=True,
    ),
    Entry(
        "why",
        "why <pilot> [score | gate]",
        "Why a pilot is called what it is called: signals, numbers, formulas.",
        "why Invoice matcher",
        "`why … score` explains its readiness item by item, `why … gate` the smallest set of changes that would pass.",
        readers.why,
        also=("explain", "reason", "reasons"),
        reads=True,
    ),
    Entry(
        "known",
        "known <signal> of <pilot> until <day> because <reason>",
        "A signal is known: it neither counts nor calls until a day.",
        "known P01 of Invoice matcher until 15 March because the tender ends then",
        "For 30 days at most, by its owner, sponsor, decider or the portfolio lead. It stays visible with its reason. "
        "`why` shows the numbers of the signals that are on.",
        readers.known,
        same=("acknowledge", "ack"),
        also=("mute",),
    ),
    Entry(
        "checkin",
        "checkin <pilot> [with <questionnaire>]",
        "Answer now instead of waiting for the next check-in.",
        "checkin Invoice matcher with review",
        "Without a questionnaire it is the usual one of the pilot's stage.",
        readers.checkin,
        same=("check-in", "check in"),
        also=("ask", "answer"),
    ),
    Entry(
        "decide",
        "decide <pilot>",
        "Scale, fix, pause, merge or stop a pilot.",
        "decide Invoice matcher",
        "Opens the form for whoever decides about it: its decider, else its sponsor, and a portfolio lead once the "
        "decision is due. It shows what the data suggests and why; nothing is chosen beforehand.",
        readers.decide,
        also=("decision", "scale", "kill"),
    ),
    Entry(
        "add",
        "add <name>",
        "Register a pilot.",
        'add "Invoice matcher"',
        "Opens the first questions about it: about four minutes. Many at once: import a CSV file.",
        readers.add,
        also=("new", "create", "register"),
    ),
    Entry(
        "pause",
        "pause <pilot> until <day> [because <reason>]",
        "Stop asking about a pilot until a day.",
        "pause Invoice matcher until 15 March because the vendor is late",
        "Days can be written as 2027-03-15, 15.3.2027, 15 March, next monday or in 3 weeks.",
        readers.pause,
        also=("hold", "park"),
    ),
    Entry(
        "resume",
        "resume <pilot>",
        "End a pause.",
        "resume Invoice matcher",
        "The pilot goes back to the stage it was in, and its next check-in is planned.",
        readers.resume,
        same=("unpause",),
        also=("continue", "restart", "reactivate"),
    ),
    Entry(
        "away",
        "away [person] until <day>",
        "Ask you nothing while you are away.",
        "away until 15 March",
        "The day is the last one away. Your deputy is asked in your place, or what is open waits for you; nothing "
        "counts as missed. `back` ends it early. A portfolio lead can say so for somebody else.",
        readers.away,
        also=("absent", "vacation", "ooo", "leave"),
    ),
    Entry(
        "back",
        "back [person]",
        "You are here again, sooner than you said.",
        "back",
        "What is still open is asked at the next good hour.",
        readers.back,
        also=("returned", "here"),
    ),
    Entry(
        "proof",
        "proof [pilot] [for <item>] [link]",
        "Attach a link as proof to a readiness item.",
        "proof Invoice matcher for live data access https://example.org/report",
        "A claim of level 3 or 4 counts as 2 until a link shows it. What you leave out is asked for.",
        readers.proof,
        also=("prove", "evidence", "attach"),
    ),
    Entry(
        "digest",
        "digest [show | subscribe | unsubscribe] [group <name>]",
        "The weekly digest: now, or every week in this channel.",
        "digest subscribe group Finance",
        "`digest` shows it now. In a channel, `digest subscribe` posts it there every week, `digest unsubscribe` ends "
        "that; with a group only its pilots are in it.",
        readers.digest,
        also=("summary", "report"),
        reads=True,
    ),
    Entry(
        "help",
        "help [command]",
        "What you can ask.",
        "help pause",
        "A command's name explains that command.",
        readers.help_on,
        also=("commands", "hi", "hello", "usage", "manual"),
        reads=True,
    ),
)

# One word for several: it is read as if the longer form had been typed.
SHORTCUTS = {
    "subscribe": "digest subscribe",
    "unsubscribe": "digest unsubscribe",
    "pulse": "checkin pulse for",
    "review": "checkin review for",
    "stuck": "list stuck",
}
_CALLS = {spelling: entry for entry in HELP for spelling in entry.spellings()}
_PLAIN_CALLS = {spelling for entry in HELP for spelling in (entry.name, *entry.same)} | {
    "subscribe",
    "unsubscribe",
}
_POLITE = {"please", "pls", "hey", "hi", "hello", "can", "could", "you", "i", "want", "to", "let", "the"}
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
        if not (isinstance(command, DigestNow) and command.action != "show"):
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
    first = {words[0].plain, " ".join(word.plain for word in words[:2])}
    if not first & _PLAIN_CALLS:
        return False
    # The day matters only for whether a pause ends in time, not for whether it is one.
    return _shaped(parse(text, today=date.min), words)


def _shaped(command: Command, words: Words) -> bool:
    match command:
        case Status(pilot) | History(pilot) | Resume(pilot) | CheckinNow(pilot) | Decide(pilot) | Why(pilot):
            return _is_name(pilot)
        case Known():
            return True
        case Pause(pilot, until):
            return until is not None and _is_name(pilot)
        case Away(person):
            return _is_name(person)
        case Back(person):
            return not person and len(words) == 1
        case List(where):
            return not where.text or (where == ListFilter(text=where.text) and len(words) <= 2)
        case Add():
            return any(word.quoted for word in words[:3]) or len(words) == 1 or words[1].plain == "pilot"
        case DigestNow(_, group):
            return _is_name(group)
        case Help(about):
            return not about or topic(about) is not None
        case Proof(_, link):
            return bool(link) or len(words) == 1
        case Todo():
            return len(words) <= 2
        case Incomplete():
            return len(words) <= _NAME_WORDS
        case Unknown():
            return False


def _is_name(text: str) -> bool:
    words = text.casefold().split()
    return len(words) <= _NAME_WORDS and not _SENTENCE & {word.strip(",.;:") for word in words}
