"""Answers to commands: looks up what a card shows and who may see it; every word of it is the core's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import assert_never

from bot.core import commands as c
from bot.core import names, permissions, tokens
from bot.core.card import Card
from bot.core.compose import notes, portfolio
from bot.core.compose.form import form_card
from bot.core.compose.picking import BUTTONS_SHOWN, HERE, pick_card
from bot.core.compose.portfolio import ListView
from bot.core.compose.status import status_card
from bot.core.decisions import DECISION
from bot.core.permissions import Action
from bot.core.ports import Nothing, Problems, Reply, Show
from bot.core.records import Person, Pilot
from bot.core.state import Checkin
from bot.core.tokens import About, Token
from bot.service import (
    ServiceError,
    answerers,
    away,
    checkins,
    deciding,
    digest,
    explain,
    framing,
    gateview,
    history,
    preferring,
    privacy,
    proof,
    registry,
    search,
    selection,
    tick,
    todos,
    views,
)
from bot.service.asker import Asker, Where
from bot.service.work import Work

PULSE, KICKOFF = "pulse", "kickoff"


def answer(  # noqa: C901 - one case for each command
    work: Work, person: Person, command: c.Command, where: Where
) -> Reply:
    """The reply to a command, after doing what it says."""
    asker = Asker(work, person, where)
    match command:
        case c.Help(topic):
            return Show(help_card(topic))
        case c.Status(pilot):
            return _overview(asker, pilot)
        case c.List():
            return _list(asker, command)
        case c.Todo() | c.Privacy():
            return _of_oneself(asker, command)
        case c.History(pilot):
            return _on_pilot(asker, pilot, "history", lambda found: _history(asker, found))
        case c.Why(pilot, part):
            return _on_pilot(asker, pilot, "why", lambda found: explain.why(work, person, found, part))
        case c.Known(pilot):
            return _on_pilot(asker, pilot, "why", lambda found: explain.know(work, person, found, command))
        case c.CheckinNow(pilot, form):
            return _on_pilot(
                asker,
                pilot,
                "checkin",
                lambda found: _checkin(asker, found, form or PULSE, full=command.full),
            )
        case c.Decide() | c.Gate() | c.Pause() | c.Resume() | c.Away() | c.Back() | c.Delegate() | c.AskMe():
            return _go_on(asker, command)
        case c.Add(name):
            return _add(asker, name)
        case c.DigestNow():
            return _digest(asker, command)
        case c.Proof(about, link):
            return proof.wanted(work, person, about, link)
        case c.Unknown():
            return _unknown(asker, command)
        case c.Incomplete():
            return _incomplete(asker, command)
    assert_never(command)


def _go_on(
    asker: Asker, command: c.Decide | c.Gate | c.Pause | c.Resume | c.Away | c.Back | c.Delegate | c.AskMe
) -> Reply:
    """Whether and how a pilot, or somebody, goes on."""
    match command:
        case c.Decide(pilot):
            return _on_pilot(asker, pilot, "decide", lambda found: _decide(asker, found))
        case c.Gate(pilot):
            return _on_pilot(
                asker, pilot, "gate", lambda found: gateview.show(asker.work, asker.person, found)
            )
        case c.Pause(pilot, until, _):
            return _on_pilot(
                asker, pilot, "pause", lambda found: pause(asker.work, asker.person, found, until)
            )
        case c.Resume(pilot):
            return _on_pilot(asker, pilot, "resume", lambda found: _resume(asker, found))
        case c.AskMe():
            return preferring.answer(asker.work, asker.person, command)
        case c.Away() | c.Back() | c.Delegate():
            return away.answer(asker.work, asker.person, command, asker.where.connection.id)
    assert_never(command)


# --- finding the pilot ----------------------------------------------------------------------------------------------


def _on_pilot(asker: Asker, wanted: str, command: str, then: Callable[[Pilot], Reply]) -> Reply:
    """Do something with the pilot that a text means, or offer the nearest names."""
    if (meant := _meant(asker, wanted)) is not None:
        return then(meant)
    known = [found for found in asker.unit.pilots() if asker.sees(found)]
    by_id = {pilot.id: pilot for pilot in known}
    if not wanted:
        mine = [pilot for pilot in known if permissions.relations(asker.person, pilot)]
        if len(mine) == 1:
            return then(mine[0])
        return Show(pick_card(search.pilot_offers(asker.unit, asker.person), f"{command} {HERE}"))
    match names.match_name(wanted, [(pilot.id, pilot.key, pilot.name) for pilot in known]):
        case names.Found(pilot_id):
            return then(by_id[pilot_id])
        case names.Several(_, total) if total > BUTTONS_SHOWN:
            fitting = search.pilot_offers(asker.unit, asker.person, wanted)
            return Show(pick_card(fitting, f"{command} {HERE}"))
        case names.Several(several):
            return Show(portfolio.which_card(several, command=command))
        case names.Nearest(near):
            return Show(portfolio.nearest_card(wanted, near, command=command))


def _meant(asker: Asker, wanted: str) -> Pilot | None:
    """The pilot that a text can only mean, found without reading all of them; None where that takes a closer look.

    Names of pilots that the asker may not see are among those compared: they can only make it less certain.
    """
    found = asker.unit.pilot_by_key(wanted) if wanted else None
    if found is None and wanted:
        match names.match_name(wanted, asker.unit.pilot_names()):
            case names.Found(pilot_id):
                found = asker.unit.pilot(pilot_id)
    return found if found is not None and asker.sees(found) else None


def _incomplete(asker: Asker, command: c.Incomplete) -> Reply:
    """What lacks its pilot offers them; what lacks anything else is shown complete."""
    if not command.pick:
        return Show(notes.incomplete(command.missing, command.example))
    offers = search.pilot_offers(asker.unit, asker.person)
    return Show(pick_card(offers, command.pick, example=command.example))


def _unknown(asker: Asker, command: c.Unknown) -> Reply:
    """A line that is no command may be a pilot's name alone: its status."""
    if (meant := _meant(asker, command.text)) is not None:
        return _status(asker, meant)
    known = [(pilot.id, pilot.key, pilot.name) for pilot in asker.unit.pilots() if asker.sees(pilot)]
    match names.match_name(command.text, known):
        case names.Found(pilot_id):
            return _on_pilot(
                asker,
                next(key for found, key, _ in known if found == pilot_id),
                "status",
                lambda found: _status(asker, found),
            )
    return Show(notes.unknown_command(command.word, command.suggestions))


# --- looking --------------------------------------------------------------------------------------------------------


def help_card(topic: str = "") -> Card:
    """All commands, or the one that a topic names in more words."""
    entry = c.topic(topic) if topic else None
    if entry is not None:
        return notes.command_card(entry.usage, entry.line, entry.details, entry.example)
    return portfolio.help_card([portfolio.Help(known.usage, known.line) for known in c.HELP])


def _status(asker: Asker, pilot: Pilot) -> Reply:
    return Show(status_card(views.status(asker.work, asker.person, pilot, direct=asker.where.place.direct)))


def _overview(asker: Asker, pilot: str) -> Reply:
    """Status of a pilot; without a name one's only pilot, or the list of one's own, or of all for a lead."""
    if pilot:
        return _on_pilot(asker, pilot, "status", lambda found: _status(asker, found))
    mine = [pilot for pilot in asker.unit.pilots_of(asker.person.id) if asker.sees(pilot)]
    if len(mine) == 1:
        return _status(asker, mine[0])
    shown = mine or [pilot for pilot in asker.unit.pilots() if asker.sees(pilot)]
    wanted = "yours" if mine else ""
    return Show(portfolio.list_card(ListView(views.lines(asker.work, shown), asker.today, wanted)))


def _list(asker: Asker, command: c.List) -> Reply:
    seen = [pilot for pilot in asker.unit.pilots() if asker.sees(pilot)]
    fitting = selection.narrowed(asker.work, asker.person, seen, command.where)
    return Show(portfolio.list_card(ListView(fitting, asker.today, selection.in_words(command.where))))


def _history(asker: Asker, pilot: Pilot) -> Reply:
    return Show(portfolio.history_card(history.view(asker.work, asker.person, pilot)))


def _of_oneself(asker: Asker, command: c.Todo | c.Privacy) -> Reply:
    """What waits for whoever asks, or what is stored about them."""
    if isinstance(command, c.Privacy):
        return Show(privacy.statement(asker.work, asker.person))
    found = todos.of(asker.work, asker.person)
    return Show(portfolio.todo_card(found, asker.work.now, zone=asker.work.zone(asker.person)))


# --- doing ----------------------------------------------------------------------------------------------------------


def _checkin(asker: Asker, pilot: Pilot, form: str, *, full: bool) -> Reply:
    """Answer now, before being asked. One that is open already is shown; a `full` one replaces one not begun."""
    if form == DECISION:
        return _decide(asker, pilot)
    if not asker.may(Action.ASK, pilot):
        return Show(
            notes.note("Only this pilot's own people and the portfolio lead can start a check-in for it.")
        )
    if form not in asker.work.content.questionnaires:
        return Show(notes.no_such_form(form, sorted(asker.work.content.questionnaires)))
    live = [one for one in asker.unit.live_checkins(pilot=pilot.id) if one.questionnaire == form]
    if live and not (full and _may_replace(live[0], asker.person)):
        return _already_open(asker, pilot, live[0])
    try:
        person = answerers.whom(
            asker.work, pilot, asker.work.content.questionnaires[form], asker=asker.person
        )
        if person.id != asker.person.id:
            answerers.refuse_away(asker.work, person)
    except ServiceError as refused:
        return Show(notes.note(str(refused), pilot.name))
    opened = tick.send_now(asker.work, pilot, form, person=person.id, full=full)
    if opened is None:
        return Show(notes.note("That was asked this very moment already. Look in your direct messages."))
    if person.id != asker.person.id:
        return Show(notes.note(f"I have asked {person.name}.", pilot.name))
    if asker.where.place.home and (fresh := asker.unit.checkin(opened)) is not None:
        return _already_open(asker, pilot, fresh)  # shown where it was asked for, not in the other tab
    return (
        Nothing()
        if asker.where.place.direct
        else Show(notes.note("I have sent it to you as a direct message."))
    )


def _may_replace(open_one: Checkin, person: Person) -> bool:
    """Whether somebody's own check-in is as it was opened: nothing in it would be lost."""
    state = open_one.state
    return state.person == person.id and not (state.answers or state.drafts or state.handed)


def _already_open(asker: Asker, pilot: Pilot, checkin: Checkin) -> Reply:
    state = checkin.state
    if state.person != asker.person.id:
        holder = asker.unit.person(state.person)
        return Show(
            notes.note(f"It is open already, with {holder.name if holder else 'somebody else'}.", pilot.name)
        )
    form = checkins.form_of(asker.work, checkin)
    if form is None or not state.asking:
        return Show(notes.note("Your part is done; a colleague still has a question.", pilot.name))
    context = framing.context_for(asker.work, checkin, form, pilot)
    return Show(form_card(form, context, state, asker.work.now))


def _decide(asker: Asker, pilot: Pilot) -> Reply:
    return deciding.decide(asker.work, asker.person, pilot, direct=asker.where.place.direct)


def _add(asker: Asker, name: str) -> Reply:
    """Register a pilot and ask its kickoff of whoever registers it."""
    if not asker.may(Action.REGISTER):
        return Show(notes.for_members())
    name = " ".join(name.split())
    if not name:
        return Show(notes.incomplete("What is the pilot called?", "add Invoice matcher"))
    if len(name) > registry.NAME_LIMIT:
        return Show(notes.problem(notes.name_too_long(len(name), registry.NAME_LIMIT)))
    seen = (pilot for pilot in asker.unit.pilots() if asker.sees(pilot))
    taken = next((pilot for pilot in seen if pilot.name.casefold() == name.casefold()), None)
    if taken is not None:
        return Show(notes.taken(name, taken.key))
    fresh = Pilot(
        0,
        "",
        name,
        stage_since=asker.today,
        created=asker.today,
        owner=asker.person.id,
    )
    pilot = registry.add_pilot(asker.work, fresh, actor=asker.person.id)
    answers = {"kickoff.name": pilot.name}
    checkins.open_one(
        asker.work,
        pilot,
        KICKOFF,
        person=asker.person.id,
        slot=asker.work.now,
        on_demand=True,
        answers=answers,
    )
    return Show(notes.added(pilot.name, direct=asker.where.place.direct))


def pause(
    work: Work,
    person: Person,
    pilot: Pilot,
    until: object,
    *,
    field: str = "",
) -> Reply:
    """Pause a pilot until a day. `field` names the form field that problems belong to."""
    today = work.today(person)
    latest = registry.longest_pause(today, work.content)
    if not permissions.may(person, Action.PAUSE, pilot):
        return Show(notes.note("Only this pilot's own people and the portfolio lead can pause it."))
    if pilot.stage in checkins.ENDED:
        return Show(notes.note("It has ended, so there is nothing to pause.", pilot.name))
    if not isinstance(until, date) or not today < until <= latest:
        text = notes.pause_bounds(today, latest)
        return Problems({field: text}) if field else Show(notes.problem(text))
    if pilot.stage == "paused" and pilot.paused_until is not None and not field:
        return Show(notes.problem(notes.paused_already(pilot.paused_until, today)))
    registry.pause(work, pilot, until, actor=person.id)
    checkins.withdraw(work, pilot, f"{pilot.name} is paused.")
    return Show(
        notes.paused(
            pilot.name, until, today, tokens.encode(Token(About.COMMAND, 0, "run", arg=f"resume {pilot.key}"))
        )
    )


def _resume(asker: Asker, pilot: Pilot) -> Reply:
    if not asker.may(Action.PAUSE, pilot):
        return Show(notes.note("Only this pilot's own people and the portfolio lead can resume it."))
    if pilot.stage != "paused":
        return Show(notes.note("It is not paused.", pilot.name))
    resumed = registry.resume(asker.work, pilot, actor=asker.person.id)
    return Show(notes.resumed(resumed.name, resumed.stage))


def _digest(asker: Asker, command: c.DigestNow) -> Reply:
    """Show the digest now, or have it posted here every week."""
    if not asker.may(Action.READ_DIGEST):
        return Show(notes.for_members())
    if command.action in c.LOOKING:
        return Show(digest.shown(asker.work, command))
    if not asker.may(Action.SET_DIGEST):
        return Show(notes.note("Only a portfolio lead can set up the weekly digest."))
    if asker.where.place.direct:
        return Show(notes.note("Type this in the channel that is to get the digest."))
    address, name = asker.where.address, asker.where.place.name
    if command.action == "unsubscribe":
        return Show(digest.unsubscribe(asker.work, address, name, asker.person))
    return Show(digest.subscribe(asker.work, address, name, asker.person, command.about))
