"""The words behind a command's name -> that command, one reader each; it must not know the other commands' names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.core.command import (
    WHY_PARTS,
    Add,
    AskMe,
    Away,
    Back,
    CheckinNow,
    Command,
    Decide,
    Delegate,
    Gate,
    Help,
    History,
    Incomplete,
    Known,
    Pause,
    Privacy,
    Proof,
    Resume,
    Status,
    Todo,
    Users,
    Why,
)
from bot.core.days import WEEKDAYS, Day, Unclear, day_words, read_day
from bot.core.phrase import Word, join

Words = Sequence[Word]
Reader = Callable[[Words, date], Command]

_BEFORE_A_NAME = {"of", "for", "on", "about", "is", "are", "to"}  # "status of Invoice matcher"


def help_on(words: Words, _today: date) -> Command:
    """Help: the topic as typed; the list of commands knows which of its own is meant."""
    while words and words[0].plain in {"me", "with", "on", "about", "for", "please"}:
        words = words[1:]
    return Help(join(words).casefold())


def status(words: Words, _today: date) -> Command:
    """Status: one pilot, or everything."""
    asked = words[:-1] if len(words) > 1 and words[-1].plain in {"going", "doing"} else words
    return Status("" if join(asked).casefold() in {"all", "everything"} else _name(asked))


def todo(_words: Words, _today: date) -> Command:
    """Todo takes nothing."""
    return Todo()


def privacy(_words: Words, _today: date) -> Command:
    """Privacy takes nothing."""
    return Privacy()


def history(words: Words, _today: date) -> Command:
    """History: whose?"""
    pilot = _name(words)
    return History(pilot) if pilot else _which("history")


def decide(words: Words, _today: date) -> Command:
    """Decide: about which pilot?"""
    pilot = _name(words)
    return Decide(pilot) if pilot else _which("decide")


def gate(words: Words, _today: date) -> Command:
    """Gate: before which pilot?"""
    pilot = _name(words)
    return Gate(pilot) if pilot else _which("gate")


def why(words: Words, _today: date) -> Command:
    """Why: <pilot> [score | gate | signals]; "why is Invoice matcher stuck" asks for its state."""
    part, asked = "signals", words
    if len(words) > 1 and words[-1].plain in WHY_PARTS and not words[-1].quoted:
        part, asked = WHY_PARTS[words[-1].plain], words[:-1]
    pilot = _name(asked)
    return Why(pilot, part) if pilot else _which("why")


def known(words: Words, today: date) -> Command:
    """Known: <signal> of <pilot> until <day> because <reason>."""
    signal = words[0].plain.upper() if words else ""
    if not _SIGNAL.fullmatch(signal):
        return Incomplete(
            "known", "Which signal do you know of? `why` shows their numbers.", _known_example(today)
        )
    found = _split_at_day(words[1:], today)
    if isinstance(found, Unclear):
        return Incomplete("known", found.why, _known_example(today))
    pilot_words, until, rest = found
    pilot, reason = _name(pilot_words), join(_reason(rest))
    if not pilot:
        return Incomplete("known", "Which pilot do you mean?", _known_example(today))
    if until is None or until <= today:
        return Incomplete("known", "Until which day is it known?", _known_example(today))
    if not reason:
        return Incomplete(
            "known", "Why is it all right until then? One line is enough.", _known_example(today)
        )
    return Known(pilot, signal, until, reason)


_SIGNAL = re.compile(r"P\d\d")


def _known_example(today: date) -> str:
    until = today + timedelta(days=14)
    return f"known P01 of Invoice matcher until {until.isoformat()} because the tender ends then"


def resume(words: Words, _today: date) -> Command:
    """Resume: which pilot?"""
    pilot = _name(words)
    return Resume(pilot) if pilot else _which("resume")


def users(words: Words, _today: date) -> Command:
    """Users: <pilot>[: <person>, <person> ...]; mentions need no commas between them."""
    ends = next((n for n, word in enumerate(words) if word.text.endswith(":") and not word.quoted), None)
    if ends is None:
        pilot = _name(words)
        return Users(pilot) if pilot else _which("users")
    pilot = _name((*words[:ends], Word(words[ends].text[:-1])))
    typed = re.sub(r"(?<=\S)\s+(?=<?@)", ", ", join(words[ends + 1 :]))
    people = tuple(one for part in typed.split(",") if (one := part.strip()))
    return Users(pilot, () if [one.casefold() for one in people] == ["nobody"] else people)


def _which(command: str, behind: str = "") -> Incomplete:
    return Incomplete(
        command, "Which pilot do you mean?", f"{command} Invoice matcher", pick=f"{command} {{}}{behind}"
    )


def _name(words: Words) -> str:
    """The name of a pilot without the little words before it; in quotation marks it is taken as it stands."""
    while len(words) > 1 and words[0].plain in _BEFORE_A_NAME:
        words = words[1:]
    return join(words)


# --- check-ins --------------------------------------------------------------------------------------------------

# The names that ship. Any other questionnaire can be named too: `checkin Invoice matcher questionnaire:yearly`.
_QUESTIONNAIRES = {
    one: one for one in ("kickoff", "pulse", "review", "gate", "value30", "decision", "second")
} | {"value": "value30"}
_PICKING = {"review"}  # those that ask a choice of their items, unless all are asked for
_KEY = "questionnaire:"


def checkin(words: Words, _today: date) -> Command:
    """Checkin: a pilot, and a questionnaire only where one is clearly meant, since names may contain such a word."""
    if (whole := _in_full(words)) is not None:
        return whole
    first, last = (words[0].plain, words[-1].plain) if words else ("", "")
    if last.startswith(_KEY):
        return _checkin(words[:-1], last.removeprefix(_KEY))
    if len(words) > 1 and words[-2].plain in {"with", "using"} and last in _QUESTIONNAIRES:
        return _checkin(words[:-2], _QUESTIONNAIRES[last])
    if (
        len(words) > 1
        and (words[1].plain in {"for", "of", "on"} or words[1].quoted)
        and first in _QUESTIONNAIRES
    ):
        return _checkin(words[1:], _QUESTIONNAIRES[first])
    if len(words) == 2 and words[0].quoted and last in _QUESTIONNAIRES:
        return _checkin(words[:1], _QUESTIONNAIRES[last])
    return _checkin(words, "")


def _in_full(words: Words) -> Command | None:
    """A check-in of all items, where the words end in "in full" and name a questionnaire that picks some."""
    if len(words) < 3 or [word.plain for word in words[-2:]] != ["in", "full"]:
        return None
    asked = checkin(words[:-2], date.min)
    picks = isinstance(asked, CheckinNow) and asked.questionnaire in _PICKING
    return replace(asked, full=True) if isinstance(asked, CheckinNow) and picks else None


def _checkin(words: Words, questionnaire: str) -> Command:
    pilot = _name(words)
    behind = f" {_KEY}{questionnaire}" if questionnaire else ""
    return CheckinNow(pilot, questionnaire) if pilot else _which("checkin", behind)


# --- a new pilot ------------------------------------------------------------------------------------------------


_PILOT_CALLED = ({"a", "an", "the"}, {"new"}, {"pilot"}, {"called", "named"})


def add(words: Words, _today: date) -> Command:
    """Add: "add a new pilot called X" and "add X" are the same. "New hire helper" and "Pilot check" are names."""
    rest = words
    for little in _PILOT_CALLED:
        if rest and rest[0].plain in little:
            rest = rest[1:]
    last = words[len(words) - len(rest) - 1] if len(rest) < len(words) else Word("")
    introduced = last.plain in {"called", "named"} or last.text.endswith(":")
    alone = not rest and last.plain == "pilot"
    return Add(join(rest if introduced or alone else words))


# --- pausing ----------------------------------------------------------------------------------------------------


def pause(words: Words, today: date) -> Command:
    """Pause: <pilot> [until <day> | for <time>] [because <reason>]."""
    found = _split_at_day(words, today)
    if isinstance(found, Unclear):
        return Incomplete("pause", found.why, _pause_example(today))
    pilot_words, until, rest = found
    pilot = _name(pilot_words)
    if not pilot:
        return Incomplete("pause", "Which pilot do you mean?", _pause_example(today))
    if until is not None and until <= today:
        told = "today" if until == today else f"{day_words(until, today)}, which is over"
        return Incomplete("pause", f"That would end {told}. Until which later day?", _pause_example(today))
    return Pause(pilot, until, join(_reason(rest)))


def _pause_example(today: date) -> str:
    month, year = (today.month % 12 + 1, today.year + today.month // 12)
    return f"pause Invoice matcher until {date(year, month, 15).isoformat()}"


def _split_at_day(words: Words, today: date) -> tuple[Words, date | None, Words] | Unclear:
    """The words before a day, the day and the words behind it; the first that reads as a day decides."""
    problem: Unclear | None = None
    for n in range(1, len(words)):
        marker = words[n].plain
        if marker in {"because", "reason"}:
            return (words[:n], None, words[n:]) if problem is None else problem
        said = marker in {"until", "till", "for"}
        tail = [word.text for word in words[n + said :]] if not words[n].quoted else []
        match read_day(tail, today):
            case Day(on, count) if said or _unmistakable(tail[:count]):
                return words[:n], on, words[n + said + count :]
            case Unclear() as unclear if said:
                problem = problem or unclear
            case None if marker in {"until", "till"} and tail:
                problem = problem or Unclear(f"I cannot read “{' '.join(tail)[:40]}” as a day.")
            case _:
                pass
    return (words, None, ()) if problem is None else problem


def _unmistakable(day: Sequence[str]) -> bool:
    """Whether these words are a day even without "until": `GPT 4.5` and `Monday planner` are names."""
    text = " ".join(day)
    digits = sum(letter.isdigit() for letter in text)
    return digits >= 5 or (digits > 0 and any(letter.isalpha() for letter in text))


def _reason(words: Words) -> Words:
    """The reason alone: "because of the vendor" and "- the vendor" are both "the vendor"."""
    for little in ({"", "-", "–", "—"}, {"because", "since", "as", "reason", "due"}, {"of", "to"}):
        if words and not words[0].quoted and words[0].plain in little:
            words = words[1:]
    return words


# --- being away -------------------------------------------------------------------------------------------------

_SELF = {"me", "myself", "i", "i'm", "im", "am"}
_AWAY_EXAMPLE = "away until next monday"
_DELEGATE_EXAMPLE = "delegate Anna Berzina until next monday"


def away(words: Words, today: date) -> Command:
    """Away: [person] until <day>; without a name it is whoever writes."""
    found = _split_at_day((Word("me"), *words), today)
    if isinstance(found, Unclear):
        return Incomplete("away", found.why, _AWAY_EXAMPLE)
    named, until, _ = found
    if until is None:
        return Incomplete("away", "Until which day, that day included?", _AWAY_EXAMPLE)
    if until < today:
        return Incomplete("away", f"{day_words(until, today)} is over. Until which later day?", _AWAY_EXAMPLE)
    return Away(_somebody(named), until)


def back(words: Words, _today: date) -> Command:
    """Back: [person]; "back from holiday" is whoever writes."""
    return Back("" if words and words[0].plain in {"from", "now", "again", "at"} else _somebody(words))


def delegate(words: Words, today: date) -> Command:
    """Delegate: [to] <person> [for <person>] until <day>."""
    found = _split_at_day((Word("to"), *words), today)
    if isinstance(found, Unclear):
        return Incomplete("delegate", found.why, _DELEGATE_EXAMPLE)
    named, until, _ = found
    to, whose = _parted([word for word in named[1:] if word.plain != "to" or word.quoted], "for")
    if not to:
        return Incomplete("delegate", "Who answers in your place?", _DELEGATE_EXAMPLE)
    if until is None:
        return Incomplete("delegate", "Until which day, that day included?", _DELEGATE_EXAMPLE)
    if until < today:
        told = f"{day_words(until, today)} is over. Until which later day?"
        return Incomplete("delegate", told, _DELEGATE_EXAMPLE)
    return Delegate(join(to), until, _somebody(whose))


def _parted(words: Words, at: str) -> tuple[Words, Words]:
    n = next((n for n, word in enumerate(words) if word.plain == at and not word.quoted), len(words))
    return words[:n], words[n + 1 :]


def _somebody(words: Words) -> str:
    while words and words[0].plain in _SELF and not words[0].quoted:
        words = words[1:]
    return _name(words)


# --- a day and an hour of one's own -----------------------------------------------------------------------------

_ASK_ME_EXAMPLE = "ask me on Thursdays at 14:00"
_USUAL = {"usual", "before", "normal", "default", "everybody"}
_HOUR = re.compile(r"(\d{1,2})(?:[:.h]?00|h)?(am|pm)?")
_TIME = re.compile(r"\d{1,2}[:.]\d\d(am|pm)?")


def ask_me(words: Words, _today: date) -> Command:
    """Ask me: [on <weekday>] [at <hour>], or as usual."""
    said = [word.plain.strip(",") for word in words]
    if set(said) & _USUAL:
        return AskMe()
    days = [day for day in map(_weekday, said) if day is not None]
    hours = [hour for hour in map(_hour_of, _joined(said)) if hour is not None]
    if any(_TIME.fullmatch(word) and _hour_of(word) is None for word in said):
        return Incomplete("ask me", "I ask at the full hour. At which?", _ASK_ME_EXAMPLE)
    if len(days) > 1 or len(hours) > 1 or not (days or hours):
        return Incomplete("ask me", "On which day of the week, and at which hour?", _ASK_ME_EXAMPLE)
    return AskMe(next(iter(days), None), next(iter(hours), None))


def _joined(said: Sequence[str]) -> list[str]:
    """`2 pm` as one word."""
    return [
        word + (said[n + 1] if said[n + 1 : n + 2] in (["am"], ["pm"]) else "") for n, word in enumerate(said)
    ]


def _weekday(word: str) -> int | None:
    stem = word.removesuffix("s") if len(word) > _SHORT_DAY else word
    found = [
        n for n, day in enumerate(WEEKDAYS) if len(stem) >= _SHORT_DAY and day.casefold().startswith(stem)
    ]
    return found[0] if len(found) == 1 else None


_SHORT_DAY = 3  # letters that tell one weekday from the others


def _hour_of(word: str) -> int | None:
    match = _HOUR.fullmatch(word)
    if match is None:
        return None
    hour, half = int(match[1]), match[2]
    if half:
        hour = hour % 12 + 12 * (half == "pm") if 1 <= hour <= 12 else 24
    return hour if hour < 24 else None


# --- proof ------------------------------------------------------------------------------------------------------


def proof(words: Words, _today: date) -> Command:
    """Proof: [pilot] [for item] and a link, wherever it stands; whatever is missing is asked for."""
    links = [word for word in words if _is_link(word)]
    rest = [word for word in words if not _is_link(word)]
    return Proof(_name(rest), links[0].text if links else "")


def _is_link(word: Word) -> bool:
    return word.text.casefold().startswith(("https://", "http://", "www."))
