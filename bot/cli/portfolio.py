"""`rampcheck status`, `digest`, `pilots list` and `add`: the portfolio in a terminal; it must not compute any of it."""

from __future__ import annotations

import asyncio
from datetime import date

from bot.app import App
from bot.cli import cards, opening, screen
from bot.cli.trouble import Trouble
from bot.core.compose import portfolio
from bot.core.compose import status as status_words
from bot.core.compose.status import StatusView
from bot.core.compose.words import COURSES, NOBODY, count, score, stage_name
from bot.core.days import parse_day
from bot.core.records import Person, Pilot, Slice, Standing
from bot.service import deliver, lookup, posting, registration, registry, schedules, views
from bot.service import digest as digests
from bot.service.work import Work

LONGEST_NUMBER = 4  # digits of a number of weeks that is worth reading
ADMIN = Person(0, "the admin", standing=Standing.ADMIN)  # whoever may run this may read the database


def status(wanted: str, *, as_json: bool) -> None:
    """One pilot as its card, or all of them as a table."""
    if not wanted:
        _overview(as_json=as_json)
        return
    with opening.reading() as app:
        view = opening.look(
            app, lambda work: views.status(work, ADMIN, lookup.pilot_named(work.unit, wanted))
        )
    if as_json:
        screen.as_json(described(view))
    else:
        card = status_words.status_card(view)
        screen.show(cards.card(card, buttons=False))


def _overview(*, as_json: bool) -> None:
    with opening.reading() as app:
        lines = opening.look(app, lambda work: views.lines(work, work.unit.pilots()))
    if as_json:
        screen.as_json([_line(line) for line in lines])
    elif not lines:
        screen.say(NO_PILOT)
    else:
        header = ("Pilot", "Stage", "Owner", "Planned", "Readiness", "State")
        screen.show(screen.table(header, [_row(line) for line in lines]), f"\n{count(len(lines), 'pilot')}")


NO_PILOT = "There is no pilot yet. Add one: rampcheck pilots add NAME, or import a file."


def _row(line: portfolio.Line) -> tuple[object, ...]:
    readiness = score(line.overall) + (
        ", provisional" if line.provisional and line.overall is not None else ""
    )
    return (
        line.name,
        stage_name(line.stage),
        line.owner or NOBODY,
        line.target,
        readiness,
        COURSES[line.course],
    )


def _line(line: portfolio.Line) -> dict[str, object]:
    return {
        "name": line.name,
        "stage": line.stage,
        "owner": line.owner,
        "target": line.target,
        "readiness": line.overall,
        "provisional": line.provisional,
        "state": line.course.value,
        "group": line.group,
    }


def described(view: StatusView) -> dict[str, object]:
    """A status for scripts; scores are 0 to 100, None where nothing is known."""
    pilot, scores, gate = view.pilot, view.readiness, view.gate
    return {
        "key": pilot.key,
        "name": pilot.name,
        "stage": pilot.stage,
        "days_in_stage": view.stage_days,
        "owner": view.name(pilot.owner) if pilot.owner else None,
        "sponsor": view.name(pilot.sponsor) if pilot.sponsor else None,
        "target": pilot.target,
        "decide_by": pilot.decide_by,
        "state": view.course.value,
        "signals": [
            {"id": signal.id, "text": signal.text, "action": signal.action} for signal in view.signals
        ],
        "readiness": scores.overall,
        "band": scores.band,
        "weakest": scores.weakest,
        "coverage": round(scores.coverage, 3),
        "dimensions": {dimension.id: dimension.proven for dimension in scores.dimensions},
        "next_gate": gate.id if gate else None,
        "lacking": [{"item": item.id, "level": item.effective, "need": item.need} for item in gate.lacking]
        if gate
        else [],
        "last_checkin": view.last_on,
        "next_checkin": view.next_on,
    }


# --- digest ---------------------------------------------------------------------------------------------------------


def digest(about: Slice, *, post: bool, as_json: bool) -> None:
    """The digest as it would be posted now, with its thread; or posted, to the channels that get it."""
    if post:
        _post(about.group)
        return
    with opening.reading() as app:
        made = opening.look(app, lambda work: digests.compose(work, about))
    if as_json:
        screen.as_json({"channel": made.channel.fallback, "thread": [card.fallback for card in made.thread]})
    else:
        screen.show(*(cards.card(card, buttons=False) for card in (made.channel, *made.thread)))


def _post(group: str) -> None:
    with opening.talking() as app:
        names = opening.change(app, lambda work: posting.post_now(work, group))
        asyncio.run(deliver.drain(app.post))
    screen.say(f"Posted to {', '.join(names)}.")


# --- pilots ---------------------------------------------------------------------------------------------------------


def pilots(*, as_json: bool) -> None:
    """Every pilot's record, by name."""
    with opening.reading() as app:
        known, people, weeks = opening.look(
            app, lambda work: (work.unit.pilots(), work.unit.people(), schedules.cadences(work))
        )
    names = {person.id: person.name for person in people}
    if as_json:
        screen.as_json([_record(one, names) | {"weeks": weeks.get(one.id)} for one in known])
    elif not known:
        screen.say(NO_PILOT)
    else:
        header = ("Key", "Name", "Stage", "Owner", "Sponsor", "Planned", "Group")
        screen.show(screen.table(header, [list(_record(pilot, names).values()) for pilot in known]))


def set_cadence(wanted: str, every: str) -> None:
    """How often one pilot's check-in comes."""
    word = every.strip().casefold()
    if word != "policy" and not (word.isascii() and word.isdecimal() and len(word) <= LONGEST_NUMBER):
        raise Trouble(f"'{every}' is not a number of weeks. Write it like --every 4, or --every policy.")
    weeks = None if word == "policy" else int(word)
    with opening.writing() as app:
        found = opening.look(app, lambda work: lookup.pilot_named(work.unit, wanted))
        opening.change(app, lambda work: schedules.set_cadence(work, found, weeks))
    often = "as often as the policy says" if weeks is None else f"every {count(weeks, 'week')}"
    screen.say(f"{found.name} is asked {often}.")


def set_private(wanted: str, *, remove: bool) -> None:
    """A pilot that is there for its own people and the leads alone, or for everybody again."""
    with opening.writing() as app:

        def change(work: Work) -> Pilot:
            pilot = lookup.pilot_named(work.unit, wanted)
            return registry.change_pilot(work, pilot, {"private": not remove}, actor=None)

        pilot = opening.change(app, change)
    seen = "everybody" if remove else "its own people, its reviewers and the leads"
    screen.say(f"{pilot.name} is there for {seen} now.")


def _record(pilot: Pilot, names: dict[int, str]) -> dict[str, object]:
    return {
        "key": pilot.key,
        "name": pilot.name,
        "stage": pilot.stage,
        "owner": names.get(pilot.owner or 0, ""),
        "sponsor": names.get(pilot.sponsor or 0, ""),
        "target": pilot.target,
        "group": pilot.group,
    }


def add(name: str, *, owner: str, sponsor: str, stage: str, target: str, group: str, work: str) -> None:
    """One more pilot, put on its schedule."""
    with opening.writing() as app:
        entry = registration.Entry(
            name=name,
            owner=owner,
            sponsor=sponsor,
            stage=stage,
            target=_day(app, target),
            group=group,
            work=work,
        )
        added = opening.change(app, lambda unit_of_work: registration.register(unit_of_work, entry))
    screen.say(f"Added {added.name} ({added.key}), stage {stage_name(added.stage)}.")


def _day(app: App, text: str) -> date | None:
    """A day as typed. Raises Trouble."""
    if not text:
        return None
    today = opening.look(app, lambda work: work.today())
    found = parse_day(text, today)
    if found is None:
        raise Trouble(f"'{text}' is not a day. Write it like {today.isoformat()}.")
    return found
