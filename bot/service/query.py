"""Answers to commands: looks up what a card shows and who may see it; every word of it is the core's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from bot.core import commands as c
from bot.core import names
from bot.core.card import Card
from bot.core.compose import notes, portfolio
from bot.core.compose.portfolio import ListView
from bot.core.compose.status import status_card
from bot.core.decisions import DECISION
from bot.core.permissions import Action
from bot.core.ports import Reply, Show
from bot.core.records import Person, Pilot
from bot.service import (
    away,
    deciding,
    digest,
    explain,
    gateview,
    history,
    pausing,
    preferring,
    privacy,
    proof,
    selection,
    starting,
    todos,
    users,
    views,
    which,
)
from bot.service.asker import Asker, Where
from bot.service.desk import Desk
from bot.service.work import Work

PULSE = "pulse"


@dataclass(frozen=True, slots=True)
class Look:
    """A command that changes nothing, and whose it is."""

    person: Person
    command: c.Command
    where: Where


def run(desk: Desk, text: str) -> Reply | Look:
    """Do what a command says, or leave to be answered what only looks."""
    command = c.parse(text, today=desk.work.today(desk.person))
    place = Where(desk.connection, desk.inbound.on)
    if _only_looks(command):
        return Look(desk.person, command, place)
    return answer(desk.work, desk.person, command, place)


def _only_looks(command: c.Command) -> bool:
    match command:
        case (
            c.Help()
            | c.Status()
            | c.List()
            | c.Todo()
            | c.Privacy()
            | c.History()
            | c.Gate()
            | c.Unknown()
            | c.Incomplete()
        ):
            return True
        case c.DigestNow(action):
            return action in c.LOOKING
    return False


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
            return which.on_pilot(asker, pilot, "history", lambda found: _history(asker, found))
        case c.Why(pilot, part):
            return which.on_pilot(asker, pilot, "why", lambda found: explain.why(work, person, found, part))
        case c.Known(pilot):
            return which.on_pilot(
                asker, pilot, "why", lambda found: explain.know(work, person, found, command)
            )
        case c.CheckinNow():
            return _checkin(asker, command)
        case (
            c.Decide()
            | c.Gate()
            | c.Pause()
            | c.Resume()
            | c.Users()
            | c.Away()
            | c.Back()
            | c.Delegate()
            | c.AskMe()
        ):
            return _go_on(asker, command)
        case c.Add(name):
            return starting.add(asker, name)
        case c.DigestNow():
            return _digest(asker, command)
        case c.Proof(about, link):
            return proof.wanted(work, person, about, link)
        case c.Unknown():
            return _unknown(asker, command)
        case c.Incomplete():
            return which.incomplete(asker, command)
    assert_never(command)


def _go_on(
    asker: Asker,
    command: c.Decide | c.Gate | c.Pause | c.Resume | c.Users | c.Away | c.Back | c.Delegate | c.AskMe,
) -> Reply:
    """Whether and how a pilot, or somebody, goes on."""
    match command:
        case c.Decide(pilot):
            return which.on_pilot(asker, pilot, "decide", lambda found: _decide(asker, found))
        case c.Gate(pilot):
            return which.on_pilot(
                asker, pilot, "gate", lambda found: gateview.show(asker.work, asker.person, found)
            )
        case c.Pause(pilot, until, _):
            return which.on_pilot(
                asker, pilot, "pause", lambda found: pausing.pause(asker.work, asker.person, found, until)
            )
        case c.Resume(pilot):
            return which.on_pilot(asker, pilot, "resume", lambda found: pausing.resume(asker, found))
        case c.Users(pilot, people):
            return which.on_pilot(
                asker,
                pilot,
                "users",
                lambda found: users.answer(
                    asker.work, asker.person, found, people, asker.where.connection.id
                ),
            )
        case c.AskMe():
            return preferring.answer(asker.work, asker.person, command)
        case c.Away() | c.Back() | c.Delegate():
            return away.answer(asker.work, asker.person, command, asker.where.connection.id)
    assert_never(command)


def _unknown(asker: Asker, command: c.Unknown) -> Reply:
    """A line that is no command may be a pilot's name alone: its status."""
    if (meant := which.meant(asker, command.text)) is not None:
        return _status(asker, meant)
    known = [(pilot.id, pilot.key, pilot.name) for pilot in asker.unit.pilots() if asker.sees(pilot)]
    match names.match_name(command.text, known):
        case names.Found(pilot_id):
            return which.on_pilot(
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
        return which.on_pilot(asker, pilot, "status", lambda found: _status(asker, found))
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


def _checkin(asker: Asker, command: c.CheckinNow) -> Reply:
    """The decision is opened in its own way, every other questionnaire as a check-in."""
    asked = _of_ones_own(asker, command)
    form = asked.questionnaire or PULSE

    def begin(pilot: Pilot) -> Reply:
        return (
            _decide(asker, pilot)
            if form == DECISION
            else starting.checkin(asker, pilot, form, full=asked.full)
        )

    return which.on_pilot(asker, asked.pilot, "checkin", begin)


def _of_ones_own(asker: Asker, command: c.CheckinNow) -> c.CheckinNow:
    """What stands behind "with" is a questionnaire where only what stands before it is a pilot."""
    pilot, _, form = command.pilot.rpartition(" with ")
    if not pilot or command.questionnaire or which.meant(asker, command.pilot) is not None:
        return command
    return replace(command, pilot=pilot, questionnaire=form) if which.meant(asker, pilot) else command


def _decide(asker: Asker, pilot: Pilot) -> Reply:
    return deciding.decide(asker.work, asker.person, pilot, direct=asker.where.place.direct)


def _digest(asker: Asker, command: c.DigestNow) -> Reply:
    """Show the digest now, or have it posted here every week."""
    if not asker.may(Action.READ_DIGEST):
        return Show(notes.for_members())
    if command.action in c.LOOKING:
        return Show(digest.shown(asker.work, command))
    if not asker.may(Action.SET_DIGEST):
        return Show(notes.note("Only a portfolio lead can set up the weekly digest."))
    if asker.where.place.direct:
        return Show(
            notes.for_a_channel("digest unsubscribe" if command.action == "unsubscribe" else "digest here")
        )
    address, name = asker.where.address, asker.where.place.name
    if command.action == "unsubscribe":
        return Show(digest.unsubscribe(asker.work, address, name, asker.person))
    return Show(digest.subscribe(asker.work, address, name, asker.person, command.about))
