"""One thing a person did -> what is stored and what is answered in place; it must not know of any platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, assert_never

from bot.core import cadence, commands, events, tokens
from bot.core import checkin as engine
from bot.core.answers import tidy
from bot.core.card import Card
from bot.core.compose import checkin as words
from bot.core.compose import notes
from bot.core.compose.form import form_card
from bot.core.compose.picking import CHOOSE, PICK, PILOT, filled, pick_card
from bot.core.context import Context
from bot.core.days import parse_day
from bot.core.ports import (
    Changed,
    Clicked,
    Closed,
    Inbound,
    Joined,
    Left,
    Nothing,
    Problems,
    Ran,
    Reply,
    Show,
    Store,
    Unit,
    Update,
    Visited,
    Wrote,
)
from bot.core.questionnaire import Content, QuestionId, Questionnaire
from bot.core.records import Address, Connection, Person, PersonId
from bot.core.state import ASKING, Checkin, Phase, State
from bot.core.tokens import ENTERED, About, Token
from bot.service import (
    accounts,
    checkins,
    deciding,
    digest,
    homes,
    people,
    proof,
    query,
    registry,
    requests,
    search,
)
from bot.service.work import Work, again

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one inbound is worked on: its unit of work, and who acts from where."""

    work: Work
    person: Person
    connection: Connection
    inbound: Inbound

    @property
    def unit(self) -> Unit:
        """The transaction."""
        return self.work.unit

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.work.now

    @property
    def place(self) -> Address:
        """Where it happened, as an address."""
        on = self.inbound.on
        return Address(self.connection.id, self.connection.platform, on.conversation, on.service)


@dataclass(frozen=True, slots=True)
class Look:
    """A command that changes nothing, and whose it is."""

    person: Person
    command: commands.Command
    where: query.Where


def receive(store: Store, content: Content, inbound: Inbound, now: datetime) -> Reply:
    """Work on one inbound in one transaction. Returning means stored; a second delivery changes nothing.

    What only looks is answered after it, so that nobody who writes waits for a long list.
    """
    known = store.organisation_of(inbound.sender.platform, inbound.sender.tenant)
    if known is None:
        return Show(notes.stranger())
    organisation, connection = known
    done = again(
        lambda: store.write(organisation, lambda unit: _once(Work(unit, content, now), inbound, connection))
    )
    if not isinstance(done, Look):
        return done
    asked = (done.person, done.command, done.where)
    return store.read(organisation, lambda unit: query.answer(Work(unit, content, now), *asked))


def _once(work: Work, inbound: Inbound, connection: int) -> Reply | Look:
    known = work.unit.connection(connection)
    if known is None:
        return Nothing()
    if isinstance(inbound.act, Changed):  # told twice, it is as it was: it needs no mark against that
        accounts.follow(work, inbound.sender, connection, is_open=inbound.act.open)
        return Nothing()
    if not _is_new(work, inbound):
        return Nothing()
    if isinstance(inbound.act, Left):
        return _left(work.unit, known, inbound)
    met = registry.meet(work, inbound, connection)
    desk = Desk(work, people.set_active(work, met.person, active=True), known, inbound)  # who acts is here
    match inbound.act:
        case Clicked(token, values):
            return _clicked(desk, tokens.decode(token), values)
        case Closed(token, values):
            return _closed(desk, tokens.decode(token), values)
        case Wrote(text):
            return _wrote(desk, text)
        case Ran(command):
            return run(desk, command)
        case Joined():
            return _joined(desk, new=met.new)
        case Visited():
            homes.opened(desk.work, desk.person, desk.place)
            return Nothing()
    assert_never(inbound.act)


def _is_new(work: Work, inbound: Inbound) -> bool:
    """Whether none of its keys was seen before; from now on they were."""
    keys = filter(None, (inbound.dedupe_key, inbound.second_key))
    return all(work.unit.first_sight(key, work.now) for key in keys)


# --- buttons --------------------------------------------------------------------------------------------------------


def _clicked(desk: Desk, token: Token | None, values: Values | None) -> Reply | Look:
    if token is None:
        return Show(notes.old_button())
    match token.about:
        case About.CHECKIN:
            return _checkin_clicked(desk, token, values)
        case About.REQUEST:
            return requests.replied(desk.work, desk.person, token)
        case About.COMMAND if token.verb == PICK:
            return _picked(desk, token.arg, values)
        case About.COMMAND:
            return run(desk, " ".join((token.arg, tidy(str((values or {}).get(ENTERED) or "")))).strip())
        case About.PROOF:
            return proof.clicked(desk.work, desk.person, token, values)
        case About.PILOT:
            pilot = desk.unit.pilot(token.id)
            if pilot is not None and token.verb == "decide" and token.step:
                settled = deciding.settled(desk.work, desk.person, pilot, since=date.fromordinal(token.step))
                if settled is not None:
                    return settled
            return run(desk, f"{token.verb} {pilot.key}") if pilot else Show(notes.not_there())
        case About.DIGEST if token.verb == "post":
            return digest.post_again(desk.work, desk.person, token.id)
        case About.DIGEST:
            return run(desk, "digest")
    assert_never(token.about)


def _picked(desk: Desk, template: str, values: Values | None) -> Reply | Look:
    """A pilot was chosen for a command, or is to be: the command is run on it."""
    if values is None:
        return Show(pick_card(search.pilot_offers(desk.unit, desk.person), template))
    key = tidy(str(values.get(PILOT) or ""))
    return run(desk, filled(template, key)) if key else Problems({PILOT: CHOOSE})


def _checkin_clicked(desk: Desk, token: Token, values: Values | None) -> Reply:
    checkin = desk.unit.checkin(token.id)
    if checkin is None or desk.person.id not in _concerned(checkin):
        return Show(notes.not_there())
    if token.verb == "show" or (token.verb == "submit" and values is None):
        return _show_form(desk, checkin, token.arg)
    if token.verb == "pause":
        return _pause_from_checkin(desk, checkin, values or {})
    made = _event(desk, checkin, token, values or {})
    if isinstance(made, Problems):
        return made
    people = _people_named_in(desk, checkin, made)
    happened = checkins.happen(desk.work, token.id, made, actor=desk.person.id, people=people)
    return _answer(desk, happened) if happened else Show(notes.not_there())


def _closed(desk: Desk, token: Token | None, values: Values) -> Reply:
    """A check-in's form was closed unsent: what stands in it is kept for its person. Other forms are just closed."""
    if token is None or (token.about, token.verb, token.arg) != (About.CHECKIN, "submit", ""):
        return Nothing()
    checkin = desk.unit.checkin(token.id)
    if checkin is None or checkin.state.person != desk.person.id:
        return Nothing()
    entered = _people_resolved(desk, checkin, values)
    left = events.Abandoned(desk.now, desk.person.id, token.step, entered)
    people = _people_named_in(desk, checkin, left)
    checkins.happen(desk.work, checkin.id, left, actor=desk.person.id, people=people)
    return Nothing()


def _concerned(checkin: Checkin) -> set[PersonId]:
    return {checkin.state.person, *checkin.state.handed.values()}


def _event(desk: Desk, checkin: Checkin, token: Token, values: Values) -> events.Event | Problems:
    """What a button of a check-in means; Problems where what it asked for is missing."""
    now, by = desk.now, desk.person.id
    match token.verb:
        case "submit":
            resolved = deciding.pilots_resolved(desk.work, checkin, _people_resolved(desk, checkin, values))
            if isinstance(resolved, Problems):
                return resolved
            return events.Submitted(now, by, token.step, resolved, handed=token.arg)
        case "back":
            return events.WentBack(now, by, token.step)
        case "nothing":
            return events.SaidNothing(now, by)
        case "correct":
            return events.Corrected(now, by, str(values.get("question", "")))
        case "snooze":
            return _snooze(desk, str(values.get("until", "")))
        case "decline":
            return events.Declined(now, by, str(values.get("reason", "")))
        case "pass_back":
            return events.PassedBack(now, by, token.arg)
        case "not_mine":
            to = _colleague(desk, values.get("to"))
            return to if isinstance(to, Problems) else events.HandedOver(now, by, to)
        case "hand":
            to = _colleague(desk, values.get("to"))
            return (
                to
                if isinstance(to, Problems)
                else events.Handed(now, by, str(values.get("question", "")), to)
            )
    return Problems({"": notes.OLD_BUTTON})


def _snooze(desk: Desk, choice: str) -> events.Event | Problems:
    zone, asking = desk.work.zone(desk.person), desk.work.content.policy.asking
    until = cadence.snooze_until(choice, desk.now, zone=zone, asking=asking)
    if until is None:
        return Problems({"until": words.snooze_bounds(asking.snooze_days)})
    return events.Snoozed(desk.now, desk.person.id, until)


def _colleague(desk: Desk, raw: object) -> PersonId | Problems:
    """The person meant by a picked key or a typed name."""
    text = tidy(str(raw or ""))
    if not text:
        return Problems({"to": "Please name somebody."})
    found = _people_named(desk, text)
    if len(found) == 1:
        reachable = registry.address_of(desk.unit, found[0].id) is not None
        return found[0].id if reachable else Problems({"to": notes.unreachable(found[0].name)})
    if found:
        return Problems({"to": notes.several_people(text, [person.name for person in found])})
    return Problems({"to": notes.nobody(text)})


def _people_named(desk: Desk, text: str) -> list[Person]:
    """By the key a picker sends, the platform's own id, or a name; an exact name beats longer ones."""
    if text.isascii() and text.isdigit() and len(text) <= 10:
        person = desk.unit.person(int(text))
        return [person] if person and person.active else []
    account = desk.unit.person_of(desk.connection.id, text)
    if account is not None:
        return [account] if account.active else []
    near = list(desk.unit.find_people(text))
    exact = [person for person in near if person.name.casefold() == text.lstrip("@").casefold()]
    return exact if len(exact) == 1 else near


def _people_resolved(desk: Desk, checkin: Checkin, values: Values) -> Values:
    """Platform ids of people become our keys; names stay, to be matched or complained about."""
    resolved = dict(values)
    for name in _asking_for_people(desk, checkin) & values.keys():
        found = _people_named(desk, tidy(str(values[name] or ""))) if values[name] else []
        if len(found) == 1:
            resolved[name] = str(found[0].id)
    return resolved


def _people_named_in(desk: Desk, checkin: Checkin, event: events.Event) -> dict[PersonId, str]:
    """Everybody whom an event brings in, so that cards can call them by name."""
    match event:
        case events.Submitted(values=values) | events.Abandoned(values=values):
            return _people_meant(desk, checkin, values)
        case events.HandedOver(to=to) | events.Handed(to=to):
            person = desk.unit.person(to)
            return {desk.person.id: desk.person.name} | ({to: person.name} if person else {})
    return {}


def _people_meant(desk: Desk, checkin: Checkin, values: Values) -> dict[PersonId, str]:
    """Everybody whom a short answer to a question about a person could name: the engine matches names against them."""
    found: dict[PersonId, str] = {}
    for name in sorted(_asking_for_people(desk, checkin) & values.keys()):
        value = values[name]
        if isinstance(value, str) and 0 < len(value) <= 80:
            found |= {person.id: person.name for person in _people_named(desk, tidy(value))}
    return found


def _asking_for_people(desk: Desk, checkin: Checkin) -> frozenset[QuestionId]:
    """The questions of a check-in's form that are answered with a person."""
    form = checkins.form_of(desk.work, checkin)
    return checkins.person_fields(form) if form else frozenset()


def _answer(desk: Desk, happened: checkins.Happened) -> Reply:
    """What the surface that asked is to show now."""
    state, form = happened.checkin.state, happened.form
    if happened.step.problems:
        return Problems(happened.step.problems)
    if not happened.step.effects:
        return Show(notes.stale()) if state.phase not in ASKING else _show_form(desk, happened.checkin)
    if state.person == desk.person.id and state.asking:
        return Update(_form(desk, form, happened.context, state))
    if state.phase is Phase.DONE and state.person == desk.person.id:
        return Update(words.closing_card(form, happened.context, state, happened.lines), over=True)
    return Nothing()


def _show_form(desk: Desk, checkin: Checkin, handed: str = "") -> Reply:
    """The form as it stands; to a colleague the question that was `handed` to them, or else the first one."""
    form, pilot = checkins.form_of(desk.work, checkin), desk.unit.pilot(checkin.pilot)
    if form is None or pilot is None:
        return Show(notes.not_there())
    state = checkin.state
    context = checkins.context_for(desk.work, checkin, form, pilot)
    if state.person == desk.person.id and state.asking:
        return Show(_form(desk, form, context, state))
    theirs = [name for name, to in state.handed.items() if to == desk.person.id]
    handed = handed or next(iter(theirs), "")
    asked = state.phase in ASKING and handed in theirs
    question = form.question(handed) if asked else None
    if question is not None:
        return Show(words.asked_card(form, context, question, state.person, state))
    return Show(notes.stale())


def _form(desk: Desk, form: Questionnaire, context: Context, state: State) -> Card:
    """The form as it is shown where the person acts."""
    return registry.as_accounts(desk.unit, form_card(form, context, state, desk.now), desk.connection.id)


def _pause_from_checkin(desk: Desk, checkin: Checkin, values: Values) -> Reply:
    pilot = desk.unit.pilot(checkin.pilot)
    if pilot is None or checkin.state.phase not in ASKING:
        return Show(notes.stale())
    day = parse_day(tidy(str(values.get("until", ""))), desk.work.today(desk.person))
    return query.pause(desk.work, desk.person, pilot, day, field="until")


# --- words ----------------------------------------------------------------------------------------------------------


def _wrote(desk: Desk, text: str) -> Reply | Look:
    """In a direct message a text answers a lone open question, or is a command; elsewhere it is a command."""
    if not desk.inbound.on.direct or commands.looks_like_command(text):
        return run(desk, text)
    live = [
        c
        for c in desk.unit.live_checkins(person=desk.person.id)
        if engine.questions_for(c.state, desk.person.id)
    ]
    lone = [checkin for checkin in live if len(engine.questions_for(checkin.state, desk.person.id)) == 1]
    if not live or (len(lone) != 1 and _begins_like_a_command(text)):
        return run(desk, text)
    if len(live) > 1 and len(lone) != 1:
        return Show(notes.which_one(_pilot_names(desk.unit, live)))
    return _typed(desk, (lone or live)[0], text)


def _begins_like_a_command(text: str) -> bool:
    """Enough where no question stands alone, so that the text cannot be an answer anyway."""
    first = text.split(maxsplit=1)[:1]
    return bool(first) and first[0].casefold().rstrip(":") in {entry.name for entry in commands.HELP}


def _typed(desk: Desk, checkin: Checkin, text: str) -> Reply:
    raw: Values = dict.fromkeys(engine.questions_for(checkin.state, desk.person.id), text)
    resolved = _people_resolved(desk, checkin, raw)
    typed = events.Typed(desk.now, desk.person.id, str(next(iter(resolved.values()), text)))
    people = _people_meant(desk, checkin, raw)
    happened = checkins.happen(desk.work, checkin.id, typed, actor=desk.person.id, people=people)
    if happened is None:
        return Show(notes.not_there())
    if happened.step.problems:
        return Show(notes.problem(next(iter(happened.step.problems.values()))))
    return _answer(desk, happened)


def _pilot_names(unit: Unit, live: list[Checkin]) -> list[str]:
    found = (unit.pilot(checkin.pilot) for checkin in live)
    return [pilot.name for pilot in found if pilot]


def run(desk: Desk, text: str) -> Reply | Look:
    """Do what a command says, or leave to be answered what only looks."""
    command = commands.parse(text, today=desk.work.today(desk.person))
    place = query.Where(desk.connection, desk.inbound.on)
    if _only_looks(command):
        return Look(desk.person, command, place)
    return query.answer(desk.work, desk.person, command, place)


def _only_looks(command: commands.Command) -> bool:
    match command:
        case (
            commands.Help()
            | commands.Status()
            | commands.List()
            | commands.Todo()
            | commands.History()
            | commands.Unknown()
            | commands.Incomplete()
        ):
            return True
        case commands.DigestNow(action):
            return action == "show"
    return False


# --- coming and going -----------------------------------------------------------------------------------------------


def _joined(desk: Desk, *, new: bool) -> Reply:
    if not desk.inbound.on.direct:
        desk.unit.channel(desk.place, desk.inbound.on.name)
        digest.catch_up(desk.work, desk.place)
        return Nothing()
    return Show(notes.welcome(desk.person.name)) if new else Nothing()


def _left(unit: Unit, connection: Connection, inbound: Inbound) -> Reply:
    """Nothing more is sent there; whoever we never met is not met by leaving."""
    place = inbound.on
    unit.switch_off(Address(connection.id, connection.platform, place.conversation, place.service))
    return Nothing()
