"""The words behind `list` and `digest` -> which pilots are meant; it must not know the pilots."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.core.command import LIST_STATES, MINE, Command, DigestNow, Incomplete, List, ListFilter
from bot.core.phrase import Word, join
from bot.core.questionnaire import SIDE_STAGES, STAGES
from bot.core.readers import Words
from bot.core.records import Slice

_STAGE_WORDS = {stage: stage for stage in (*STAGES, *SIDE_STAGES)} | {
    "ideas": "idea",
    "piloting": "pilot",
    "limited live": "limited",
    "in production": "production",
    "live": "production",
}
_STATE_WORDS = {state: state for state in LIST_STATES} | {
    "at risk": "at_risk",
    "at-risk": "at_risk",
    "risky": "at_risk",
    "silent": "quiet",
    "overdue": "late",
    "delayed": "late",
    "open": "waiting",
    "due": "waiting",
    "no owner": "unowned",
    "without owner": "unowned",
    "ownerless": "unowned",
    "orphaned": "unowned",
}
_KEYS = {
    "stage": "stage",
    "state": "state",
    "group": "group",
    "unit": "group",
    "department": "group",
    "tag": "tag",
    "tagged": "tag",
    "owner": "owner",
    "owned": "owner",
}
_MINE = {"mine", "my", "me", "i", "myself"}
_NOISE = {
    "a",
    "all",
    "and",
    "are",
    "by",
    "in",
    "is",
    "of",
    "only",
    "own",
    "pilots",
    "that",
    "the",
    "which",
    "who",
    "with",
}


def list_of(words: Words, _today: date) -> Command:
    """List: words for stage, state and owner in any order, `group:`, `tag:` or `owner:` with a value, a name."""
    where, left = ListFilter(), list[Word]()
    while words:
        taken, field, value = _narrowing(words)
        if field:
            where = replace(where, **{field: value})
        elif words[0].plain not in _NOISE:
            left.append(words[0])
        words = words[taken:]
    return List(replace(where, text=join(left)))


def _narrowing(words: Words) -> tuple[int, str, str]:
    """How many words were read and the field of the filter that they set; no field when they set none."""
    for count in (2, 1):
        known = " ".join(word.plain for word in words[:count])
        if known in _STAGE_WORDS:
            return count, "stage", _STAGE_WORDS[known]
        if known in _STATE_WORDS:
            return count, "state", _STATE_WORDS[known]
    first = words[0]
    if first.plain in _MINE:
        return 1, "owner", MINE
    if first.text.startswith("#") and len(first.text) > 1 and not first.quoted:
        return 1, "tag", first.text[1:]
    return (1, "", "") if first.quoted else _keyed(words)


def _keyed(words: Words) -> tuple[int, str, str]:
    """`group:Finance`, `group=Finance`, `group: "Shared services"`, `group Finance`, `stage: limited live`."""
    key, _, value = words[0].text.replace("=", ":", 1).partition(":")
    field = _KEYS.get(key.casefold(), "")
    if field and value:
        return 1, field, _canonical(field, value)
    if not field or len(words) == 1:
        return 1, "", ""
    taken, known, value = _narrowing(words[1:2] if words[1].quoted else words[1:3])
    if known == field:
        return 1 + taken, field, value
    return 2, field, _canonical(field, words[1].text)


def _canonical(field: str, value: str) -> str:
    plain = value.casefold()
    match field:
        case "stage":
            return _STAGE_WORDS.get(plain, plain)
        case "state":
            return _STATE_WORDS.get(plain, plain)
        case "owner" if plain in _MINE:
            return MINE
        case _:
            return value


# --- the digest -------------------------------------------------------------------------------------------------

_SUBSCRIBE = {"subscribe", "on", "start", "here", "weekly"}
_UNSUBSCRIBE = {"unsubscribe", "off", "stop", "end"}
_SHOW = {"show", "now", "preview", "today", "me", "please"}
_QUARTER = {"quarter", "quarterly"}
_OF = {"for", "of", "in", "to", "from", "the", "this", "channel", "digest", "and", "with"}
_SLICES = {"group", "stage", "tag"}


def digest(words: Words, _today: date) -> Command:
    """Digest: [show | quarter | subscribe | here | unsubscribe] [group <name>] [stage <stage>] [tag <tag>]."""
    said = {word.plain for word in words}
    n = 0
    while n < len(words) and words[n].plain in _SUBSCRIBE | _UNSUBSCRIBE | _SHOW | _QUARTER | _OF:
        n += 1
    before = {word.plain for word in words[:n]}
    about = _slice(words[n:])
    if about.stage and about.stage not in _STAGE_WORDS.values():
        stages = ", ".join((*STAGES, *SIDE_STAGES))
        return Incomplete("digest", f"“{about.stage}” is no stage. These are: {stages}.", _DIGEST_EXAMPLE)
    if said & {"unsubscribe"} or before & _UNSUBSCRIBE:
        return DigestNow("unsubscribe", about)
    if before & _SUBSCRIBE:
        return DigestNow("subscribe", about)
    return DigestNow("quarter" if before & _QUARTER else "show", about)


_DIGEST_EXAMPLE = "digest here group=Finance stage=pilot"


def _slice(words: Words) -> Slice:
    """What is named by its key; words without one are the name of a group."""
    found, group = Slice(), list[Word]()
    while words:
        taken, field, value = _keyed(words) if _key(words[0]) in _SLICES else (1, "", "")
        if words[0].text.startswith("#") and not words[0].quoted:
            taken, field, value = 1, "tag", words[0].text[1:]
        if field:
            found = replace(found, **{field: value})
        elif _key(words[0]) not in _SLICES and not (words[0].plain in _OF and not group):
            group.append(words[0])
        words = words[taken:]
    return replace(found, group=found.group or join(group))


def _key(word: Word) -> str:
    return "" if word.quoted else _KEYS.get(word.text.replace("=", ":", 1).partition(":")[0].casefold(), "")
