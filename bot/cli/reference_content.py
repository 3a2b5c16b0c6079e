"""What is asked and computed as reference pages, from the content that comes with Rampcheck; it must not read files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.cli.markdown import code, heading, table
from bot.core.compose.conditions import both, condition_words
from bot.core.compose.words import count, listed
from bot.core.days import WEEKDAYS
from bot.core.policy import Cadence, Policy
from bot.core.questionnaire import (
    STAGE_NAMES,
    Content,
    Gate,
    Item,
    Kind,
    Model,
    Question,
    Questionnaire,
    Screen,
)

KINDS = {
    Kind.SINGLE: "one option",
    Kind.MULTI: "several options",
    Kind.YESNO: "yes or no",
    Kind.LEVEL: "a described level",
    Kind.TEXT: "one line",
    Kind.LONGTEXT: "several lines",
    Kind.NUMBER: "a number",
    Kind.DATE: "a day",
    Kind.PERSON: "a person",
    Kind.LINK: "a web address",
    Kind.INFO: "shown only",
}


def questionnaires(content: Content) -> str:
    """Every question of every questionnaire, with when it is asked."""
    return "\n\n".join(part for form in content.questionnaires.values() for part in _form(form))


def _form(form: Questionnaire) -> Iterator[str]:
    yield heading(2, f"{form.title} ({code(form.key)})")
    asked = count(len(list(form.questions())), "question")
    yield f"Asks the {form.asks.replace('_', ' ')}: about {count(form.minutes, 'minute')}, {asked} in all."
    for screen in form.screens:
        yield heading(3, f"{code(f'{form.id}: {screen.id}')} {screen.title}")
        yield table(
            ("Question", "Text", "Answer", "Asked when"),
            [_question(screen, each) for each in screen.questions],
        )


def _question(screen: Screen, question: Question) -> tuple[str, ...]:
    when = condition_words(both(screen.when, question.when)) or (
        "always" if question.required else "always, optional"
    )
    return code(question.id), question.text, _answer(question), when


def _answer(question: Question) -> str:
    if question.kind in (Kind.SINGLE, Kind.MULTI):
        options = "; ".join(f"{option.label} ({code(option.slug)})" for option in question.options)
        return f"{KINDS[question.kind]}: {options}"
    limit = f", at most {question.limit} characters" if question.limit else ""
    return f"{KINDS[question.kind]}{limit}{f', or “{question.none_label}”' if question.none_label else ''}"


# --- readiness ------------------------------------------------------------------------------------------------------


def readiness(model: Model) -> str:
    """The ladder, every item with its levels, and the gates."""
    return "\n\n".join(_readiness(model))


def _readiness(model: Model) -> Iterator[str]:
    yield f"Version {model.version}. A level of 3 or more needs a link that proves it."
    yield table(("Level", "What it means everywhere"), enumerate(model.ladder))
    for dimension in model.dimensions:
        yield heading(2, dimension.name)
        for item in dimension.items:
            yield from _item(item)
    yield heading(2, "Gates")
    for gate in model.gates:
        yield from _gate(gate)


def _item(item: Item) -> Iterator[str]:
    yield heading(3, f"{item.name or item.short} ({code(item.id)})")
    yield f"{item.question} Proof: {item.proof}. Asked of: {item.source}."
    yield table(("Level", "Condition"), enumerate(item.levels))


def _gate(gate: Gate) -> Iterator[str]:
    yield heading(3, f"{gate.id}: {gate.name}")
    items = dict.fromkeys((*gate.must, *gate.high_risk, *gate.low_risk))
    rows = [
        (
            code(item),
            *(gate.needs(risk).get(item, "") for risk in ("", "high", "low")),
            listed(role.replace("_", " ") for role in gate.reviewers.get(item, ()))
            if item in gate.reviewers
            else "",
        )
        for item in items
    ]
    yield table(("Item", "Level needed", "at high risk", "at low risk", "Confirmed by"), rows)


# --- policy ---------------------------------------------------------------------------------------------------------


def policy(found: Policy) -> str:
    """Every number that is computed and decided with."""
    return "\n\n".join(_policy(found))


def _policy(found: Policy) -> Iterator[str]:
    yield f"Version {found.version} of `questionnaires/policy.yaml`, where the meaning of each number stands beside it."
    yield heading(2, "Scores")
    yield table(("Dimension", "Weight"), found.weights.items())
    yield table(("Overall from", "Called"), found.bands)
    yield (
        f"A score is provisional below {found.provisional_below:.0%} answered, and has no name below "
        f"{found.unlabelled_below:.0%}. A link proves something for {found.proof_days} days."
    )
    yield heading(2, "Stages")
    stages = dict.fromkeys((*found.boxes, *found.medians))
    yield table(
        ("Stage", "Time box, days", "Usual stay, days"),
        [
            (STAGE_NAMES.get(each, each), found.boxes.get(each, ""), found.medians.get(each, ""))
            for each in stages
        ],
    )
    yield heading(2, "Rhythm")
    yield table(("Questionnaire", "Stages", "How often"), [_cadence(each) for each in found.cadences])
    yield _asking(found)
    yield heading(2, "Signals and thresholds")
    yield table(("Severity", "Adds to the purgatory index"), found.severity.items())
    yield table(
        ("Signal or rule", "Numbers"), [(name, _numbers(each)) for name, each in found.thresholds.items()]
    )


def _cadence(each: Cadence) -> tuple[str, str, str]:
    parts = [_every(each.weeks, "week") if each.weeks else _every(each.months, "month")]
    if each.near_launch_weeks:
        near = _every(each.near_launch_weeks, "week")
        parts.append(f"{near} in the last {each.near_launch_days} days before the target date")
    if each.stuck_weeks:
        parts.append(f"{_every(each.stuck_weeks, 'week')} while stuck")
    if each.after_days:
        parts.append(
            f"first {listed(str(days) for days in each.after_days)} days after the stage was entered"
        )
    return code(each.questionnaire), ", ".join(each.stages), "; ".join(parts)


def _every(number: int, what: str) -> str:
    return f"every {what}" if number == 1 else f"every {count(number, what)}"


def _asking(found: Policy) -> str:
    asking, digest = found.asking, found.digest
    rows = [
        ("Asked on", f"{_day(asking.weekday)}, {asking.hour}:00 where the person is"),
        ("Never on", listed(_day(day) for day in asking.never_on)),
        ("Quiet", f"from {asking.quiet_from}:00 to {asking.quiet_until}:00, and outside working days"),
        (
            "Holidays",
            "none as it ships: `country`, `subdivision` and `holidays` name them, `country: zone` each person's",
        ),
        ("Open for", f"{count(asking.open_days, 'working day')}, with {count(asking.reminders, 'reminder')}"),
        ("Messages", f"at most {asking.messages_a_week} a week to one person, over all their pilots"),
        ("Back-off", f"one reminder less after {asking.backoff_after} in a row without an answer"),
        ("Snooze", f"at most {count(asking.snooze_days, 'day')}"),
        ("Nobody answers", _escalation(found)),
        ("Digest", f"{_day(digest.weekday)}, {digest.hour}:00, at most {digest.words} words in the channel"),
        ("Kept for", _retention(found)),
    ]
    return table(("When", "What"), rows)


def _escalation(found: Policy) -> str:
    days, silence = found.escalation.days, found.escalation.silence
    steps = ", then ".join(f"{count(number, 'working day')} to the {step}" for step, number in days.items())
    return f"{steps}; " + ", ".join(f"{risk} risk: {outcome}" for risk, outcome in silence.items())


def _retention(found: Policy) -> str:
    kept = found.retention
    days = (
        ("the text of messages", kept.messages),
        ("drafts", kept.drafts),
        ("receipts", kept.receipts),
        ("reminders", kept.reminders),
        ("answers in own words", kept.texts),
    )
    return ", ".join(f"{what} {count(number, 'day')}" for what, number in days)


def _day(number: int) -> str:
    return WEEKDAYS[number]


def _numbers(each: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in each.items())
