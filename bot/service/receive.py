"""One thing a person did -> what is stored and what is answered in place; it must not know of any platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, assert_never

from bot.core import checkin as engine
from bot.core import commands, permissions, signing, tokens
from bot.core.answers import one_line, tidy
from bot.core.compose import notes
from bot.core.compose.attesting import ATTEST
from bot.core.compose.likeness import DIFFERS, SAME
from bot.core.compose.picking import CHOOSE, PICK, PILOT, filled, pick_card
from bot.core.compose.users import USER
from bot.core.permissions import Action
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
    Visited,
    Wrote,
)
from bot.core.questionnaire import Content
from bot.core.records import Address, Connection
from bot.core.state import Checkin
from bot.core.tokens import ENTERED, About, Token
from bot.service import (
    accounts,
    answering,
    approvals,
    attesting,
    confirming,
    deciding,
    digest,
    gates,
    homes,
    leaving,
    likeness,
    people,
    proof,
    query,
    registry,
    requests,
    reviewers,
    search,
    subscribed,
    thresholds,
    users,
)
from bot.service.desk import Desk
from bot.service.query import Look, run
from bot.service.work import Work, again

Values = Mapping[str, Any]


def receive(store: Store, content: Content, inbound: Inbound, now: datetime) -> Reply:
    """Work on one inbound in one transaction. Returning means stored; a second delivery changes nothing.

    What only looks is answered after it, so that nobody who writes waits for a long list.
    """
    known = store.organisation_of(inbound.sender.platform, inbound.sender.tenant)
    if known is None:
        return Show(notes.stranger())
    organisation, connection = known
    key = store.button_key(organisation)
    genuine = _named_plainly(replace(inbound, act=signing.act(inbound.act, key, now)))
    done = again(
        lambda: store.write(organisation, lambda unit: _once(Work(unit, content, now), genuine, connection))
    )
    if not isinstance(done, Look):
        return signing.reply(done, key)
    asked = (done.person, done.command, done.where)
    answer = store.read(organisation, lambda unit: query.answer(Work(unit, content, now), *asked))
    return signing.reply(answer, key)


def _named_plainly(inbound: Inbound) -> Inbound:
    """Names that people give themselves and their channels, without what does not show and what turns text around."""
    sender, place = inbound.sender, inbound.on
    return replace(
        inbound,
        sender=replace(sender, name=one_line(sender.name)),
        on=replace(place, name=one_line(place.name)),
    )


def _once(work: Work, inbound: Inbound, connection: int) -> Reply | Look:
    known = work.unit.connection(connection)
    if known is None:
        return Nothing()
    if isinstance(inbound.act, Changed):  # told twice, it is as it was: it needs no mark against that
        accounts.follow(work, inbound.sender, connection, inbound.act)
        return Nothing()
    if not _is_new(work, inbound):
        return Nothing()
    if isinstance(inbound.act, Left):
        return _left(work, known, inbound)
    met = registry.meet(work, inbound, connection)
    desk = Desk(work, people.set_active(work, met.person, active=True), known, inbound)  # who acts is here
    if not inbound.on.direct:
        subscribed.heard_from(work.unit, desk.place)
    match inbound.act:
        case Clicked(token, values):
            return _clicked(desk, tokens.decode(token), values)
        case Closed(token, values):
            return answering.closed(desk, tokens.decode(token), values)
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
            return answering.clicked(desk, token, values)
        case About.REQUEST:
            return _requested(desk, token, values)
        case About.COMMAND if token.verb == PICK:
            return _picked(desk, token.arg, values)
        case About.COMMAND:
            return run(desk, " ".join((token.arg, tidy(str((values or {}).get(ENTERED) or "")))).strip())
        case About.GATE:
            return gates.clicked(desk, token, values)
        case About.PROOF:
            return proof.clicked(desk.work, desk.person, token, values)
        case About.PILOT:
            return _about_pilot(desk, token, values)
        case About.DIGEST if token.verb == "post":
            return digest.post_again(desk.work, desk.person, token.id)
        case About.DIGEST:
            return run(desk, "digest")
    assert_never(token.about)


def _about_pilot(desk: Desk, token: Token, values: Values | None) -> Reply | Look:
    """A button of one pilot; a user who was asked need not see it for that."""
    pilot = desk.unit.pilot(token.id)
    if pilot is not None and token.verb == USER:
        return users.answered(desk.work, desk.person, pilot, token)
    if pilot is not None and token.verb == ATTEST:
        return attesting.answered(desk.work, desk.person, pilot, token)
    if pilot is None or not permissions.may(desk.person, Action.SEE, pilot):
        return Show(notes.not_there())
    if token.verb in (DIFFERS, SAME):
        return likeness.clicked(desk.work, desk.person, pilot, token, values)
    if token.verb == "decide" and token.step:
        settled = deciding.settled(desk.work, desk.person, pilot, since=date.fromordinal(token.step))
        if settled is not None:
            return settled
    return run(desk, f"{token.verb} {pilot.key}")


def _requested(desk: Desk, token: Token, values: Values | None) -> Reply:
    """A button of a message that asks one person for something."""
    if token.verb in confirming.CONFIRMING:
        return reviewers.answered(desk, token, values)
    if token.verb == notes.OPEN:
        return Show(requests.open_card(desk.work, desk.person, token.id))
    if token.verb in thresholds.VERBS:
        return thresholds.answered(desk.work, desk.person, token)
    if token.verb in approvals.VERBS:
        return approvals.answered(desk.work, desk.person, token, values)
    return answering.request_clicked(desk, token, values or {})


def _picked(desk: Desk, template: str, values: Values | None) -> Reply | Look:
    """A pilot was chosen for a command, or is to be: the command is run on it."""
    if values is None:
        return Show(pick_card(search.pilot_offers(desk.unit, desk.person), template))
    key = tidy(str(values.get(PILOT) or ""))
    return run(desk, filled(template, key)) if key else Problems({PILOT: CHOOSE})


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
    return answering.typed(desk, (lone or live)[0], text)


def _begins_like_a_command(text: str) -> bool:
    """Enough where no question stands alone, so that the text cannot be an answer anyway."""
    first = text.split(maxsplit=1)[:1]
    return bool(first) and first[0].casefold().rstrip(":") in {entry.name for entry in commands.HELP}


def _pilot_names(unit: Unit, live: list[Checkin]) -> list[str]:
    found = (unit.pilot(checkin.pilot) for checkin in live)
    return [pilot.name for pilot in found if pilot]


# --- coming and going -----------------------------------------------------------------------------------------------


def _joined(desk: Desk, *, new: bool) -> Reply:
    if not desk.inbound.on.direct:
        desk.unit.channel(desk.place, desk.inbound.on.name)
        digest.catch_up(desk.work, desk.place)
        return Nothing()
    if new:
        return Show(notes.welcome(desk.person.name))
    leaving.come_back(desk.work, desk.person)
    return Nothing()


def _left(work: Work, connection: Connection, inbound: Inbound) -> Reply:
    """Nothing more is sent there; whoever we never met is not met by leaving.

    Whoever is reached nowhere now has left their parts in pilots too: somebody else is asked to take them over.
    """
    place = inbound.on
    address = Address(connection.id, connection.platform, place.conversation, place.service)
    person = work.unit.person_at(address)
    work.unit.switch_off(address)
    if person is not None and person.active and not leaving.is_reached(work.unit, person):
        leaving.gone(work, person)
    return Nothing()
