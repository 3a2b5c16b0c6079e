"""What a finished check-in changes, as data: pilot fields, item levels, the blocker; it must not store any of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.core import thresholds
from bot.core.questionnaire import STAGES, ItemId, Kind, Questionnaire
from bot.core.records import CheckinId, ItemLevel, PersonId, Pilot
from bot.core.routing import WHY_NOT, Answers
from bot.core.values import NoneYet, NotApplicable, NotKnown, Value

Levels = Mapping[ItemId, ItemLevel]
Changes = dict[str, object]

LINK = ".link"  # added to an item's id: the question where its proof can be seen
NOTHING = "nothing"  # the option of pulse.moved and pulse.block that reports nothing
BASELINE = "value.baseline"  # the item that the kickoff's numbers answer
PEOPLE_TOUCH, NO_TOUCH = "people", "none"  # the options of kickoff.touch that make the risk high, and low
RISKS = ("", "low", "medium", "high")  # rising


@dataclass(frozen=True, slots=True)
class Blocker:
    """What is most in the way: the option's slug and label, who can clear it and what is needed from them."""

    slug: str
    label: str
    who: PersonId | None = None
    need: str = ""


def pilot_changes(
    form_id: str, answers: Answers, pilot: Pilot, today: date, *, by: PersonId | None = None
) -> Changes:
    """The fields of the pilot that the answers change, with their new values; unchanged ones are left out."""
    if form_id == "pulse":
        found = _target(answers.get("pulse.date"), pilot)
    elif form_id == "kickoff":
        found = _kickoff(answers, pilot, today, by=by)
    else:
        found = {}
    return {name: value for name, value in found.items() if value != getattr(pilot, name)}


def rules(form_id: str, answers: Answers, before: Answers | None, pilot: Pilot) -> dict[str, str]:
    """The launch and stop rules that a kickoff gives, as far as they are new; `before` are its answers until now."""
    if form_id != "kickoff":
        return {}
    given = {field: answers.get(f"kickoff.{field}") for field in thresholds.FIELDS}
    return {
        field: text
        for field, text in given.items()
        if isinstance(text, str)
        and text not in ("", getattr(pilot, field), (before or {}).get(f"kickoff.{field}"))
    }


def level_changes(
    form: Questionnaire,
    answers: Answers,
    levels: Levels,
    *,
    by: PersonId,
    at: datetime,
    checkin: CheckinId,
    blind: ItemId = "",
) -> tuple[ItemLevel, ...]:
    """The item levels that the answers change or confirm.

    A level said again counts as one more confirmation (`same`), unless it is this very check-in that said it: a
    correction elsewhere in the form is no confirmation. Another level, or a link, starts anew. A changed level
    keeps its link: only time makes a link invalid. The `blind` item was asked without its earlier answer: said
    again, it is no repetition but as good as new.
    """
    stamp = _Stamp(by, at, checkin)
    found = dict(levels)
    for item, value, reason in _said(form, answers, levels):
        found[item] = _restated(found.get(item), item, value, stamp, reason=reason)
        if item == blind:
            found[item] = replace(found[item], same=0, fresh_at=at)
    for item, link in _links(form, answers):
        if item in found:
            found[item] = _linked(found[item], link, stamp)
    return tuple(level for item, level in found.items() if level != levels.get(item))


def blocker(form: Questionnaire, answers: Answers) -> Blocker | None:
    """What a pulse says is in the way; None where nothing is, or it was not said."""
    slug, question = answers.get("pulse.block"), form.question("pulse.block")
    if not isinstance(slug, str) or slug == NOTHING:
        return None
    option = question.option(slug) if question else None
    need = answers.get("pulse.need")
    return Blocker(
        slug,
        option.label if option else slug,
        _person(answers.get("pulse.who")),
        need if isinstance(need, str) else "",
    )


def nothing_values(form: Questionnaire) -> dict[str, str]:
    """The answers that "Nothing to report" records; empty for a form that does not offer it."""
    question = form.question("pulse.moved")
    return {question.id: NOTHING} if question and question.option(NOTHING) else {}


# --- the pilot's record -------------------------------------------------------------------------------------


def _kickoff(answers: Answers, pilot: Pilot, today: date, *, by: PersonId | None) -> Changes:
    texts = {"name": "kickoff.name", "work": "kickoff.work", "metric": "kickoff.metric"}
    return {
        **{
            field: text
            for field, name in texts.items()
            if isinstance(text := answers.get(name), str) and text
        },
        **_number("baseline", answers.get("kickoff.baseline")),
        **_number("goal", answers.get("kickoff.target")),
        **_stage(answers, pilot, today),
        **_owner(_person(answers.get("kickoff.owner")), pilot, by=by),
        **_sponsor(_person(answers.get("kickoff.sponsor")), pilot, by=by),
        **_target(answers.get("kickoff.golive"), pilot),
        **_risk(answers.get("kickoff.touch"), pilot),
    }


def _stage(answers: Answers, pilot: Pilot, today: date) -> Changes:
    """A paused pilot keeps its stage: it was left on purpose, and resuming brings it back."""
    stage, since = answers.get("kickoff.stage"), answers.get("kickoff.since")
    if stage not in STAGES or pilot.paused_until is not None:
        return {}
    if isinstance(since, date):
        return {"stage": stage, "stage_since": since}
    return {"stage": stage, "stage_since": pilot.stage_since if stage == pilot.stage else today}


def accepted(pilot: Pilot, today: date) -> Changes:
    """Somebody answers for the result: an idea that has an owner is framed (content.md section 7)."""
    framed = {"stage": "framed", "stage_since": today} if pilot.stage == "idea" else {}
    return {"owner_accepted": True, **framed}


def _owner(named: PersonId | None, pilot: Pilot, *, by: PersonId | None) -> Changes:
    """A new owner has to accept, unless they named themselves; who answered until then stays on as deputy."""
    if named is None:
        return {}
    if named == pilot.owner:
        return {"owner_accepted": pilot.owner_accepted or named == by}
    return {"owner": named, "owner_accepted": named == by, "deputy": pilot.deputy or pilot.owner}


def _sponsor(named: PersonId | None, pilot: Pilot, *, by: PersonId | None) -> Changes:
    if named is None:
        return {}
    accepted = named == by or (named == pilot.sponsor and pilot.sponsor_accepted)
    return {"sponsor": named, "sponsor_accepted": accepted}


def _target(value: Value | None, pilot: Pilot) -> Changes:
    """The first date ever given stays on record as the original one."""
    if isinstance(value, NoneYet):
        return {"target": None}
    if not isinstance(value, date):
        return {}
    return {"target": value, "original_target": pilot.original_target or value}


def _number(field: str, value: Value | None) -> Changes:
    if isinstance(value, NoneYet):
        return {field: None}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return {field: float(value)}
    return {}


def _risk(touches: Value | None, pilot: Pilot) -> Changes:
    """The proposal of the kickoff: decisions about people high, anything else medium, nothing low.

    It never lowers a risk that is on record: only a reviewer does that.
    """
    if not isinstance(touches, tuple) or not touches:
        return {}
    proposed = "low" if touches == (NO_TOUCH,) else "medium"
    proposed = "high" if PEOPLE_TOUCH in touches else proposed
    return {"risk": max(pilot.risk, proposed, key=RISKS.index)}


def _person(value: Value | None) -> PersonId | None:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


# --- item levels --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stamp:
    by: PersonId
    at: datetime
    checkin: CheckinId


def _said(form: Questionnaire, answers: Answers, levels: Levels) -> Iterator[tuple[ItemId, int | None, str]]:
    """(item, level or None for unknown, reason why it does not apply) of every item that was answered."""
    for question in form.questions():
        value = answers.get(question.id)
        if question.kind is not Kind.LEVEL or value is None:
            continue
        item = question.item or question.id
        match value:
            case NotKnown():
                yield item, None, ""
            case NotApplicable(reason):
                yield item, None, reason or str(answers.get(question.id + WHY_NOT, "Does not apply"))
            case int():
                yield item, value, ""
            case _:
                pass  # no answer of a level question
    if form.question("kickoff.metric"):
        yield BASELINE, _baseline(answers, levels.get(BASELINE)), ""


def _baseline(answers: Answers, before: ItemLevel | None) -> int | None:
    """No metric 0, a metric 1, its value today 2; 3 needs the sponsor's yes and is not lost by a kickoff."""
    if not answers.get("kickoff.metric"):
        return 0
    if not isinstance(answers.get("kickoff.baseline"), (int, float)):
        return 1
    return max(2, before.level or 0) if before else 2


def _restated(
    before: ItemLevel | None, item: ItemId, level: int | None, stamp: _Stamp, *, reason: str
) -> ItemLevel:
    if before is None:
        return ItemLevel(
            item,
            level,
            at=stamp.at,
            changed_at=stamp.at,
            by=stamp.by,
            not_applicable=reason,
            checkin=stamp.checkin,
        )
    unchanged = before.level == level and bool(before.not_applicable) == bool(reason)
    if unchanged and before.checkin == stamp.checkin:
        return replace(before, not_applicable=reason)
    return replace(
        before,
        level=level,
        at=stamp.at,
        changed_at=before.changed_at if unchanged else stamp.at,
        by=stamp.by,
        not_applicable=reason,
        same=before.same + 1 if unchanged else 0,
        checkin=stamp.checkin,
    )


def _links(form: Questionnaire, answers: Answers) -> Iterator[tuple[ItemId, str]]:
    for question in form.questions():
        value = answers.get(question.id)
        if question.kind is Kind.LINK and question.id.endswith(LINK) and isinstance(value, str) and value:
            yield question.item or question.id.removesuffix(LINK), value


def _linked(level: ItemLevel, link: str, stamp: _Stamp) -> ItemLevel:
    """Proof given, new or again, makes the answer as good as new."""
    if level.link == link and level.checkin == stamp.checkin and level.link_at is not None:
        return level
    return replace(
        level,
        link=link,
        link_at=stamp.at,
        at=stamp.at,
        by=stamp.by,
        same=0,
        checkin=stamp.checkin,
        link_checked_at=None,
        link_failures=0,
    )
