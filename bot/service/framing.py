"""What a check-in is seen against: its pilot, earlier answers, names and days; it must not change anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.core import outcome
from bot.core.compose.introduction import introduction
from bot.core.compose.release import OPERATIONS
from bot.core.compose.words import stage_name
from bot.core.context import Context
from bot.core.days import day_words
from bot.core.decisions import DECISION
from bot.core.ports import Unit
from bot.core.questionnaire import Kind, QuestionId, Questionnaire
from bot.core.readiness import proven
from bot.core.records import Asked, ItemLevel, PersonId, Pilot
from bot.core.routing import Answers, Fact, Record
from bot.core.state import Checkin, Phase
from bot.core.values import NotKnown, Value
from bot.service import answerers, cases, nagging, release, second, silence
from bot.service.work import Work

LOOK_BACK = 6  # check-ins read to count a blocker in a row; five in a row is already "high" (P05)
READ = LOOK_BACK + 1  # with the one that is looked at


def context_for(
    work: Work,
    checkin: Checkin,
    form: Questionnaire,
    pilot: Pilot,
    *,
    people: Mapping[PersonId, str] | None = None,
    earlier: Sequence[Asked] | None = None,
) -> Context:
    """All that the engine may need to know about this check-in; `earlier` are the last ones, where they are known."""
    person = work.unit.person(checkin.state.person)
    before = _before(work.unit, checkin, earlier)
    last = before[0] if before else None
    nothing = outcome.nothing_values(form) if last is None or last.outcome != "nothing" else {}
    record = Record(
        pilot=facts(work, pilot, since=checkin.state.opened_at),
        last=_last_answers(work.unit, pilot, before),
        focus=frozenset(checkin.focus),
        role=_asked_as(work, pilot, checkin),
    )
    context = Context(
        checkin=checkin.id,
        pilot_name=pilot.name,
        asking=nagging.asking(work, checkin, person),
        may_remind=nagging.may_remind(work, checkin),
        zone=work.zone(person),
        record=record,
        last_on=_day(work, last, checkin),
        today=work.today(person),
        names=_names(work.unit, checkin, record.last, people or {}),
        people=people or {},
        placeholders=_placeholders(work, form, pilot, last, checkin),
        nothing=nothing,
        blocked_for=_same_blocker(before),
        follows=silence.announced(work, pilot, checkin, form),
        instead_of=_instead_of(work, pilot, checkin, form),
    )
    if form.id == DECISION:
        context = cases.framed(work, pilot, context)
    elif form.id == second.SECOND:
        context = second.framed(work, pilot, context)
    return context if before else _introduced(work, pilot, checkin.state.person, context)


def _introduced(work: Work, pilot: Pilot, person: PersonId, context: Context) -> Context:
    """Whoever never did anything to this pilot is told why they are asked: a spreadsheet may have named them."""
    if work.unit.last_act(pilot.id, person) is not None:
        return context
    why = introduction(pilot.name, context.record.role, personal=context.personal)
    return replace(context, preface=(*why, *context.preface), introduces=bool(why))


def _before(unit: Unit, checkin: Checkin, earlier: Sequence[Asked] | None) -> list[Asked]:
    """Earlier answered check-ins of the same questionnaire, the newest first."""
    asked, form = earlier, checkin.questionnaire
    if asked is None:
        asked = unit.history(checkin.pilot, questionnaire=form, limit=READ, answers=True)
    return [past for past in asked if past.slot < checkin.slot and past.phase == Phase.DONE]


def _last_answers(unit: Unit, pilot: Pilot, before: list[Asked]) -> dict[QuestionId, Value]:
    """The last answer to each question: of the newest check-in that has one, and the levels that stand."""
    levels: dict[QuestionId, Value] = {
        item: NotKnown() if level.level is None else level.level
        for item, level in unit.levels(pilot.id).items()
        if not level.not_applicable
    }
    for past in reversed(before):
        levels |= past.answers
    return levels


def facts(work: Work, pilot: Pilot, *, since: datetime | None = None) -> dict[str, Fact]:
    """The pilot's record by the names that conditions use (PILOT_FIELDS); what is empty is left out.

    `since` is when the check-in was opened: a link given in it does not hide the question that asked for it.
    """
    levels = work.unit.levels(pilot.id)
    found: dict[str, Fact | None] = {
        "linked": tuple(item for item, level in levels.items() if _linked(work, level, since or work.now)),
        "tags": pilot.tags,
        "stage": pilot.before_pause or pilot.stage,
        "risk": pilot.risk,
        "metric": pilot.metric,
        "baseline": pilot.baseline,
        "target": pilot.goal,
        "intended": pilot.intended_users,
        "target_date": pilot.target,
        "decide_by": pilot.decide_by,
        "group": pilot.group,
        "owner": pilot.owner,
        "deputy": pilot.deputy,
        "sponsor": pilot.sponsor,
        "decider": pilot.decider,
    }
    return {name: value for name, value in found.items() if value is not None and value not in ("", ())}


def _linked(work: Work, level: ItemLevel, since: datetime) -> bool:
    """Whether nobody has to show an item's proof: it is there, and not leaned on for the third time running."""
    repeats = level.same + (level.at < since)
    worn = repeats >= work.content.policy.thresholds["review"]["same_with_proof"]
    given = level.link_at or level.at
    return proven(level, work.content.policy, work.now) and given < since and not worn


def _asked_as(work: Work, pilot: Pilot, checkin: Checkin) -> str:
    """As what somebody answers; before a release whoever is not its owner answers for operations."""
    if checkin.questionnaire == release.FORM:
        return release.role_of(work, pilot, checkin.state.person) or OPERATIONS
    return _role(pilot, checkin.state.person)


def _role(pilot: Pilot, person: PersonId) -> str:
    holders = (
        ("owner", pilot.owner),
        ("deputy", pilot.deputy),
        ("sponsor", pilot.sponsor),
        ("decider", pilot.decider),
    )
    return next((role for role, holder in holders if holder == person), "helper")


def _instead_of(work: Work, pilot: Pilot, checkin: Checkin, form: Questionnaire) -> str:
    """Whoever named the one who is asked to answer in their place; empty where it is their own part."""
    parts = (getattr(pilot, part) for part in answerers.roles(form.asks))
    holders = [person for holder in parts if holder is not None and (person := work.unit.person(holder))]
    if any(person.id == checkin.state.person for person in holders):
        return ""
    return next((person.name for person in holders if person.stand_in == checkin.state.person), "")


def _day(work: Work, last: Asked | None, checkin: Checkin) -> date | None:
    if last is None or last.done_at is None:
        return None
    return work.day(last.done_at, work.unit.person(checkin.state.person))


def _names(
    unit: Unit, checkin: Checkin, last: Answers, people: Mapping[PersonId, str]
) -> dict[PersonId, str]:
    """Names of everybody this check-in may have to mention."""
    said = {int(value) for value in _person_values((checkin.state.answers, last))}
    wanted = {checkin.state.person, *checkin.state.handed.values(), *said}
    found = {person: known.name for person in wanted if (known := unit.person(person))}
    return found | dict(people)


def _person_values(answers: Iterable[Answers]) -> Iterable[str]:
    """Values that may be person keys: short texts of digits."""
    for given in answers:
        for value in given.values():
            if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
                yield value


def _placeholders(
    work: Work, form: Questionnaire, pilot: Pilot, last: Asked | None, checkin: Checkin
) -> dict[str, str]:
    """What fills the `{words}` of a questionnaire's texts: each of PLACEHOLDERS."""
    today = work.today(work.unit.person(checkin.state.person))
    since = _day(work, last, checkin)
    return {
        "pilot": pilot.name,
        "owner": _called(work, pilot.owner, "the owner"),
        "sponsor": _called(work, pilot.sponsor, "the sponsor"),
        "decider": _called(work, pilot.decider, "the decider"),
        "stage": stage_name(pilot.before_pause or pilot.stage),
        "last_date": day_words(since, today) if since else "the start",
        "metric": pilot.metric or "the measure",
        "baseline": _amount(pilot.baseline),
        "target": _amount(pilot.goal),
        "intended": str(pilot.intended_users or "all"),
        "target_date": day_words(pilot.target, today) if pilot.target else "that date",
        "decide_by": day_words(pilot.decide_by, today) if pilot.decide_by else "that date",
        "sure_label": _sure(work, pilot) if _fills(form, "sure_label") else "",  # costs a look-up
    }


def _fills(form: Questionnaire, placeholder: str) -> bool:
    return any(f"{{{placeholder}}}" in question.text for question in form.questions())


def _called(work: Work, person: PersonId | None, else_: str) -> str:
    known = work.unit.person(person) if person is not None else None
    return known.name if known else else_


def _sure(work: Work, pilot: Pilot) -> str:
    """How likely the owner last called production use, in the words of the option."""
    question = work.content.questionnaires["pulse"].question("pulse.sure")
    pulses = work.unit.history(pilot.id, questionnaire="pulse", limit=LOOK_BACK, answers=True)
    said = next((past.answers["pulse.sure"] for past in pulses if "pulse.sure" in past.answers), None)
    option = question.option(str(said)) if question and said is not None else None
    return f"“{option.label.partition(':')[0].lower()}”" if option else "nothing yet"


def _amount(value: float | None) -> str:
    return "not known" if value is None else f"{value:,g}"


def _same_blocker(before: list[Asked]) -> int:
    """How many check-ins in a row, up to the last one, named the same blocker."""
    blocks = [past.answers["pulse.block"] for past in before if "pulse.block" in past.answers]
    if not blocks or blocks[0] == "nothing":
        return 0
    return next((n for n, block in enumerate(blocks) if block != blocks[0]), len(blocks))


def person_fields(form: Questionnaire) -> frozenset[QuestionId]:
    """The questions of a form that ask for a person."""
    return frozenset(question.id for question in form.questions() if question.kind is Kind.PERSON)
