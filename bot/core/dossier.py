"""One decision with all that it rests on as one file that proves itself; it must not know where it comes from.

The file is a list of named parts, the digest of each, and a seal over those digests. What was changed in it is named
by its part. Some parts prove themselves a second time, by what was fixed when they came to be: a questionnaire's
version by its own digest, an event by its link in the log's chain, the decision by the digest that its event holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from bot.core import chain
from bot.core.chain import Link, Logged
from bot.core.questionnaire_json import canonical_digest
from bot.core.records import Decision, Event
from bot.core.values import Json

WHAT, FORMAT = "rampcheck decision", 1
DECISION, FORM, EVENT = (
    "decision",
    "questionnaire",
    "event",
)  # parts that prove themselves; other names are free
UNREADABLE = "an event in it cannot be read"
Part = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a file found: its seal, how many parts and events it has, and what is wrong, in whole sentences.

    `anchored`: the log's chain holds the decision's own digest. Decisions from before that was logged have none.
    """

    seal: str
    parts: int
    sealed_events: int
    flaws: tuple[str, ...]
    anchored: bool


def record_digest(decision: Decision) -> str:
    """The digest of a decision as it was made, its number left out: that is given when it is stored."""
    return canonical_digest({name: value for name, value in as_json(decision).items() if name != "id"})


def as_json(record: Any) -> Part:
    """A record's fields by name, days and moments as ISO text."""
    return {each.name: _plain(getattr(record, each.name)) for each in fields(record)}


def _plain(value: Any) -> Json:
    match value:
        case date():
            return value.isoformat()
        case tuple() | list():
            return [_plain(one) for one in value]
        case Mapping():
            return {str(name): _plain(one) for name, one in value.items()}
        case None | bool() | int() | float():
            return value
        case _:
            return str(value)


def event_part(logged: Logged, link: Link | None) -> Part:
    """An event with its link; None while the log is not sealed that far."""
    return {"id": logged.id, **as_json(logged.event), "link": as_json(link) if link else None}


def written(parts: Mapping[str, Part]) -> Part:
    """The file: `parts` by their names, which name them to whoever reads what was changed."""
    digests: Part = {name: canonical_digest(part) for name, part in parts.items()}
    return {
        "what": WHAT,
        "format": FORMAT,
        "parts": dict(parts),
        "digests": digests,
        "seal": canonical_digest(digests),
    }


# --- checking -------------------------------------------------------------------------------------------------------


def check(file: Any) -> Checked:
    """Everything that can be told from the file alone. ValueError where it is none that `written` made."""
    try:
        return _checked(file)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _checked(file: Any) -> Checked:
    match file:
        case {
            "what": "rampcheck decision",
            "format": 1,
            "parts": dict(parts),
            "digests": dict(digests),
            "seal": str(seal),
        }:
            pass
        case _:
            raise ValueError("not a decision that was exported")
    events = [_read_event(part) for name, part in parts.items() if _kind(name) == EVENT]
    links = [(link, logged) for link, logged in events if link is not None]
    flaws = (
        *_unlike(parts, digests, seal),
        *_forms(parts),
        *_unchained(links),
        *_unlike_its_event(parts.get(DECISION), events),
    )
    return Checked(seal, len(parts), len(links), flaws, _event_digest(parts.get(DECISION), events) != "")


def _kind(name: str) -> str:
    return name.partition(" ")[0]


def _unlike(parts: Part, digests: Part, seal: str) -> Iterator[str]:
    for name in digests:
        if name not in parts:
            yield f"{_capital(name)}: missing."
    for name, part in parts.items():
        if name not in digests:
            yield f"{_capital(name)}: was added, or its digest was taken out."
        elif canonical_digest(part) != digests[name]:
            yield f"{_capital(name)}: not as it was exported."
    if canonical_digest(digests) != seal:
        yield "The list of digests: not as it was sealed."


def _forms(parts: Part) -> Iterator[str]:
    """A questionnaire's body is tied to the digest that its version got when it was first used."""
    for name, part in parts.items():
        if _kind(name) != FORM:
            continue
        body = dict(part) if isinstance(part, dict) else {}
        if canonical_digest({key: body[key] for key in body if key != "digest"}) != body.get("digest"):
            yield f"{_capital(name)}: its questions are not those of its version."


def _unchained(found: Sequence[tuple[Link, Logged]]) -> Iterator[str]:
    """Every link over its event; and neighbours in the chain, of which a pilot has some, over each other."""
    by_number = {link.number: link for link, _ in found}
    remnants = chain.remnants_in(_in_order(found))
    for link, logged in found:
        before = by_number.get(link.number - 1)
        if not chain.is_sealed(link, logged, remnants):
            yield f"Event {logged.id} (seal {link.number}): not as it was sealed."
        elif before is not None and before.digest != link.previous:
            yield f"Event {logged.id} (seal {link.number}): does not follow the seal before it."


def _unlike_its_event(part: Any, events: Sequence[tuple[Link | None, Logged]]) -> Iterator[str]:
    """The decision is as the log says that it was made, or left when a person was erased."""
    logged = _event_digest(part, events)
    if not logged:
        return
    sealed = [(link, one) for link, one in events if link is not None]
    left = chain.remnants_in(_in_order(sealed), "decisions").get(part.get("id"), "")
    if canonical_digest({name: part[name] for name in part if name != "id"}) not in (logged, left):
        yield "Decision: not as the log says it was made."


def _in_order(found: Sequence[tuple[Link, Logged]]) -> Iterator[Event]:
    """Sealed events in the order of the chain."""
    yield from (logged.event for _, logged in sorted(found, key=lambda pair: pair[0].number))


def _event_digest(part: Any, events: Sequence[tuple[Link | None, Logged]]) -> str:
    """What the event that logged the decision holds as its digest; empty for none."""
    number = part.get("id") if isinstance(part, dict) else None
    if not isinstance(number, int):
        return ""
    for _, logged in events:
        after = logged.event.after
        if (
            isinstance(after, dict)
            and logged.event.kind.startswith("decision.")
            and after.get("decision") == number
        ):
            return str(after.get("digest") or "")
    return ""


def _read_event(part: Any) -> tuple[Link | None, Logged]:
    """An event and its link. ValueError where the part is none."""
    match part:
        case {
            "id": int(number),
            "at": str(at),
            "kind": str(kind),
            "actor": int() | None as actor,
            "pilot": int() | None as pilot,
            "subject": str(subject),
            "before": before,
            "after": after,
            "link": dict() | None as told,
        }:
            event = Event(kind, _moment(at), actor, pilot, subject, before, after)
            return None if told is None else _read_link(told), Logged(number, event)
    raise ValueError(UNREADABLE)


def _read_link(told: Part) -> Link:
    """A link. ValueError where it is none. Those of before have no salt."""
    match {"salt": "", **told}:
        case {
            "number": int(number),
            "event": int(event),
            "previous": str(previous),
            "digest": str(digest),
            "salt": str(salt),
        }:
            return Link(number, event, previous, digest, salt)
    raise ValueError(UNREADABLE)


def _moment(text: str) -> datetime:
    """ValueError where it is none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(UNREADABLE) from None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
