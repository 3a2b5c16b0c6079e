"""What somebody typed, as words without its noise, and how far two words are apart; it must not know any command."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

READ_AT_MOST = 2_000  # characters looked at: the longest name and reason together stay far below
_END = ".,!?;:…"
_AROUND = " `*"  # code and bold marks of whoever copied the line from a chat
_BEFORE = "/!>-–—•#@" + _AROUND + _END
_MENTION = r"<@[^>\s]{1,80}>|<at[^>]{0,80}>[^<]{0,80}</at>|[/@]?rampcheck(?![\w-])"
_CALLED = re.compile(rf"(?:(?:hey|hi|hello)[\s,]+)?(?:{_MENTION})[\s,:]*", re.IGNORECASE)
_CALLED_LAST = re.compile(  # behind a colon, a comma or another mention it is one of the people of a list
    r"(?:(?<![:,>\s])\s+<@[^>\s]{1,80}>|\s<at[^>]{0,80}>[^<]{0,80}</at>|\s@rampcheck)\W*$", re.IGNORECASE
)
_WORD = re.compile(r""" "([^"]*)" | (?<!\S)'([^']*)'(?=[\s.,!?;:]|$) | [^\s"]+ """, re.VERBOSE)
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‘’‚‛′", "'")})


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or several that were quoted together."""

    text: str
    quoted: bool = False

    @property
    def plain(self) -> str:
        """The word as keywords are compared: lower case, no punctuation around it; empty when it was quoted."""
        return "" if self.quoted else self.text.casefold().strip(_END + "'\"()")


def split(text: str) -> tuple[Word, ...]:
    """The words of a typed line, without the bot's own name, invisible characters and what ends a sentence."""
    line = _uncalled(_visible(text[:READ_AT_MOST]))
    words = _words(line)
    if len(words) == 1 and words[0].quoted:  # the whole line was copied with its quotation marks
        words = _words(_uncalled(words[0].text))
    return words


def join(words: Iterable[Word]) -> str:
    """The words as one text again."""
    return " ".join(word.text for word in words)


def was_called(text: str) -> bool:
    """Whether a line begins with the bot's own name, as a command does: `/rampcheck`, `rampcheck status`."""
    return re.match(r"/?rampcheck(?![\w-])", _visible(text[:READ_AT_MOST]).strip(), re.IGNORECASE) is not None


def distance(a: str, b: str) -> int:
    """How many letters are missing, too many, wrong or swapped with their neighbour between two words.

    Optimal string alignment (restricted Damerau-Levenshtein); the work grows with len(a) * len(b).
    """
    older: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        older, last = last, row
    return last[-1]


def _visible(text: str) -> str:
    """One line of plain spaces and straight quotes; what does not show (zero width, text direction) is gone."""
    return "".join(map(_shown, text.replace("&nbsp;", " ").translate(_QUOTES)))


def _shown(letter: str) -> str:
    match unicodedata.category(letter):
        case "Zs" | "Zl" | "Zp" | "Cc":
            return " "
        case "Cf" | "Cs" | "Co" | "Cn":
            return ""
        case _:
            return letter


def _uncalled(line: str) -> str:
    """The line without the bot's name before and after it, and without what opens a list, a quote or a command."""
    while True:
        rest = (
            _CALLED.sub("", line.lstrip(), count=1) if _CALLED.match(line.lstrip()) else line.lstrip(_BEFORE)
        )
        if rest == line:
            return _CALLED_LAST.sub("", line).rstrip(_AROUND)
        line = rest


def _words(line: str) -> tuple[Word, ...]:
    words = [_word(match) for match in _WORD.finditer(line)]
    while words and not words[-1].quoted and not words[-1].text.rstrip(_END):
        words.pop()
    if words and not words[-1].quoted:
        words[-1] = replace(words[-1], text=words[-1].text.rstrip(_END))
    return tuple(word for word in words if word.text)


def _word(match: re.Match[str]) -> Word:
    quoted = match[1] if match[1] is not None else match[2]
    return Word(match[0]) if quoted is None else Word(" ".join(quoted.split()), quoted=True)
