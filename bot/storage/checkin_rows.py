"""A check-in as a row and back, without answers: pure, names already numbers; it must not run a statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.core.questionnaire import ItemId, QuestionId
from bot.core.records import PersonId
from bot.core.state import Checkin, Phase, State
from bot.core.values import Json, Value, decode, encode
from bot.storage.columns import EPOCH, MICROSECOND

# Fields of State that are columns of their own; the others are in `detail` while they say anything.
PLAIN = ("opened_at", "closes_at", "done_at", "wake_at", "revision", "step", "reminders", "late", "outcome")
SAID = "invite"  # what State says unless told otherwise


@dataclass(frozen=True, slots=True)
class Detail:
    """What a check-in needs while it lasts, and its focus; empty once it is over, as a rule."""

    asking: tuple[QuestionId, ...] = ()
    ladder: tuple[datetime, ...] = ()
    handed: tuple[tuple[QuestionId, PersonId], ...] = ()
    skipped: tuple[QuestionId, ...] = ()
    said: str = SAID
    snoozed_until: datetime | None = None
    focus: tuple[ItemId, ...] = ()
    blind: ItemId = ""
    drafts: tuple[tuple[QuestionId, Value], ...] = ()

    def names(self) -> Iterator[str]:
        """Every name that the row holds as a number."""
        yield from self.asking
        yield from (question for question, _ in self.handed)
        yield from self.skipped
        yield from self.focus
        yield from ((self.blind,) if self.blind else ())
        yield from (question for question, _ in self.drafts)


def detail_of(checkin: Checkin) -> Detail:
    """The part of a check-in that has no columns."""
    state = checkin.state
    return Detail(
        asking=state.asking,
        ladder=state.ladder,
        handed=tuple(state.handed.items()),
        skipped=state.skipped,
        said=state.said,
        snoozed_until=state.snoozed_until,
        focus=checkin.focus,
        blind=checkin.blind,
        drafts=tuple(state.drafts.items()),
    )


def columns_of_state(state: State) -> dict[str, Any]:
    """The part of a state that has columns."""
    values = {name: getattr(state, name) for name in PLAIN}
    return values | {"phase": state.phase.value, "person_id": state.person}


def state_of(columns: Mapping[str, Any], detail: Detail, answers: Mapping[QuestionId, Value]) -> State:
    """The state that was taken apart by `columns_of_state` and `detail_of`."""
    return State(
        phase=Phase(columns["phase"]),
        person=columns["person_id"],
        answers=answers,
        asking=detail.asking,
        ladder=detail.ladder,
        handed=dict(detail.handed),
        skipped=detail.skipped,
        said=detail.said,
        snoozed_until=detail.snoozed_until,
        drafts=dict(detail.drafts),
        **{name: columns[name] for name in PLAIN},
    )


def packed(detail: Detail, numbers: Mapping[str, int]) -> Json:
    """The detail as JSON with `numbers` for names; None when there is nothing to say."""
    until = detail.snoozed_until
    found: dict[str, Json] = {
        "asking": [numbers[name] for name in detail.asking],
        "ladder": [_count(moment) for moment in detail.ladder],
        "handed": [[numbers[name], person] for name, person in detail.handed],
        "skipped": [numbers[name] for name in detail.skipped],
        "said": None if detail.said == SAID else detail.said,
        "snoozed_until": None if until is None else _count(until),
        "focus": [numbers[name] for name in detail.focus],
        "blind": [numbers[detail.blind]] if detail.blind else [],
        "drafts": [[numbers[name], encode(value)] for name, value in detail.drafts],
    }
    return {key: value for key, value in found.items() if value not in (None, [])} or None


def numbers_in(raw: Mapping[str, Any] | None) -> Iterator[int]:
    """Every number of a name in packed detail."""
    if raw is None:
        return
    for key in ("asking", "skipped", "focus", "blind"):
        yield from raw.get(key, ())
    for key in ("handed", "drafts"):
        yield from (number for number, _ in raw.get(key, ()))


def unpacked(raw: Mapping[str, Any] | None, names: Mapping[int, str]) -> Detail:
    """What `packed` made."""
    if raw is None:
        return Detail()
    until = raw.get("snoozed_until")
    return Detail(
        asking=tuple(names[number] for number in raw.get("asking", ())),
        ladder=tuple(_moment(count) for count in raw.get("ladder", ())),
        handed=tuple((names[number], person) for number, person in raw.get("handed", ())),
        skipped=tuple(names[number] for number in raw.get("skipped", ())),
        said=raw.get("said", SAID),
        snoozed_until=None if until is None else _moment(until),
        focus=tuple(names[number] for number in raw.get("focus", ())),
        blind="".join(names[number] for number in raw.get("blind", ())),
        drafts=tuple((names[number], decode(value)) for number, value in raw.get("drafts", ())),
    )


def _count(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _moment(count: int) -> datetime:
    return EPOCH + timedelta(microseconds=count)
