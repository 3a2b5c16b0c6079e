"""`rampcheck people` and `channels`: who there is, and where digests go; it must not know how they are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot import settings
from bot.cli import opening, reach, screen
from bot.cli.trouble import Trouble
from bot.core.card import Card
from bot.core.commands import Away, Back
from bot.core.compose.words import REVIEWERS, shown
from bot.core.questionnaire import SIDE_STAGES
from bot.core.records import Channel, Person, PersonId, Pilot, Standing, Subscription
from bot.service import away as chat
from bot.service import house, lookup
from bot.service import people as service
from bot.service.work import Work

PARTS_SHOWN = 3  # pilots named in a row of the list
Reached = tuple[list[str], str]  # platforms, or why there is none
ROLES = ("owner", "deputy", "sponsor", "decider", "builder")


def everybody(*, as_json: bool) -> None:
    """Everybody, by name, with the pilots that they have a part in."""
    with opening.reading() as app:
        off = "" if app.settings.local_chat else reach.LOCAL
        people, pilots, reached = opening.look(app, lambda work: _everybody(work, off))
    if as_json:
        screen.as_json([_described(person, _parts(person, pilots), reached[person.id]) for person in people])
    elif not people:
        screen.say("Nobody is known yet. Add somebody: rampcheck people add NAME")
    else:
        rows = [_row(person, _parts(person, pilots), reached[person.id]) for person in people]
        screen.show(screen.table(("Name", "E-mail", "Time zone", "Standing", "Reached", "Pilots"), rows))


def _everybody(work: Work, off: str) -> tuple[Sequence[Person], Sequence[Pilot], Mapping[PersonId, Reached]]:
    people = work.unit.people()
    return people, work.unit.pilots(), reach.reached(work.unit, people, off=off)


def add(name: str, *, email: str, zone: str) -> None:
    """One more person."""
    zone = _zone(zone)
    with opening.writing() as app:
        added = opening.change(app, lambda work: service.add(work, name, email=email, zone=zone))
    screen.say(f"Added {added.name}.")


def lead(name: str, *, group: str, remove: bool) -> None:
    """A lead of everything or of one group more, or one less."""
    if not group:
        _stand(name, Standing.MEMBER if remove else Standing.LEAD, f"{_now(remove)} a portfolio lead")
        return
    with opening.writing() as app:
        person = opening.change(
            app,
            lambda work: service.set_leads(work, lookup.person_named(work.unit, name), group, remove=remove),
        )
    screen.say(f"{person.name} is {_now(remove)} a lead of the group {group}.")


def admin(name: str, *, remove: bool) -> None:
    """An admin more, or one less."""
    _stand(name, Standing.MEMBER if remove else Standing.ADMIN, f"{_now(remove)} an admin")


def reviewer(name: str, *, role: str, remove: bool) -> None:
    """A reviewer of every pilot in a role, or none any more."""
    with opening.writing() as app:

        def named(work: Work) -> Person:
            person = lookup.person_named(work.unit, name)
            house.name(work, person, role, remove=remove)
            return person

        person = opening.change(app, named)
    screen.say(
        f"{person.name} is {_now(remove)} the reviewer for {REVIEWERS[role]} where a pilot names nobody."
    )


def guest(name: str, *, remove: bool) -> None:
    """A guest more, or one who is a member now."""
    _stand(name, Standing.MEMBER if remove else Standing.GUEST, f"{_now(remove)} a guest")


def _stand(name: str, standing: Standing, told: str) -> None:
    """What somebody is to the whole organisation."""
    with opening.writing() as app:
        person = opening.change(
            app,
            lambda work: service.set_standing(work, lookup.person_named(work.unit, name), standing),
        )
    screen.say(f"{person.name} is {told}.")


def _now(remove: bool) -> str:
    return "no longer" if remove else "now"


def set_zone(name: str, zone: str) -> None:
    """When somebody's day begins."""
    zone = _zone(zone)
    with opening.writing() as app:
        person = opening.change(
            app, lambda work: service.set_zone(work, lookup.person_named(work.unit, name), zone)
        )
    screen.say(f"{person.name} is asked by the clock of {zone or 'the organisation'}.")


def away(name: str, *, until: str, back: bool) -> None:
    """Somebody who is asked nothing until a day, or again."""
    if bool(until) == back:
        raise Trouble("Say either --until DAY, the last day away, or --back.")
    command = Back() if back else Away(until=_day(until))

    def change(work: Work) -> Card:
        return chat.told(work, lookup.person_named(work.unit, name), command, asker=None)

    with opening.writing() as app:
        card = opening.change(app, change)
    screen.say(card.fallback)


def delegate(name: str, *, to: str, until: str) -> None:
    """Somebody answers in a person's place up to and with a day."""
    last = _day(until)

    def change(work: Work) -> Card:
        person, other = (lookup.person_named(work.unit, one) for one in (name, to))
        return chat.put_in_place(work, person, other, last, asker=None)

    with opening.writing() as app:
        card = opening.change(app, change)
    screen.say(card.fallback)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Trouble(f"'{text[:40]}' is no day. Write it like 2027-03-15.") from None


def channels(*, as_json: bool) -> None:
    """Channels, and when each gets its next digest."""
    with opening.reading() as app:
        known, subscribed = opening.look(app, lambda work: (work.unit.channels(), work.unit.subscriptions()))
    due = {subscription.channel.id: subscription for subscription in subscribed}
    if as_json:
        screen.as_json([_channel(channel, due.get(channel.id)) for channel in known])
    elif not known:
        screen.say("No channel is known yet. Invite Rampcheck to one, and type `digest subscribe` there.")
    else:
        rows = [[_said(value) for value in _channel(one, due.get(one.id)).values()] for one in known]
        screen.show(screen.table(("Channel", "Platform", "Active", "Next digest", "Only group"), rows))


def _zone(zone: str) -> str:
    """A time zone that there is. Raises Trouble with the nearest names."""
    try:
        return settings.known_zone(zone) if zone else ""
    except settings.RefusedError as refused:
        raise Trouble(f"{refused}. {refused.fix}") from None


def _parts(person: Person, pilots: Sequence[Pilot]) -> list[str]:
    """Names of the pilots that a person has a part in, those that ended left out."""
    own = (pilot for pilot in pilots if person.id in {getattr(pilot, role) for role in ROLES})
    return [pilot.name for pilot in own if pilot.stage == "paused" or pilot.stage not in SIDE_STAGES]


def _described(person: Person, parts: list[str], reached: Reached) -> dict[str, object]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "zone": person.zone,
        "standing": person.standing.value,
        "leads": list(person.leads),
        "active": person.active,
        "reached": reached[0],
        "not_reached": reached[1],
        "pilots": parts,
    }


def _row(person: Person, parts: list[str], reached: Reached) -> tuple[str, ...]:
    standing = _standing(person)
    platforms, why = reached
    there = ", ".join(platforms) or ("no" if why == standing else f"no: {why}")
    return person.name, person.email, person.zone, standing, there, shown(parts, PARTS_SHOWN)


def _standing(person: Person) -> str:
    if not person.active:
        return "left"
    return f"lead of {', '.join(person.leads)}" if person.leads else person.standing.value


def _channel(channel: Channel, digest: Subscription | None) -> dict[str, object]:
    return {
        "name": channel.name,
        "platform": channel.address.platform,
        "active": channel.active,
        "next_digest": digest.next_due_at if digest else None,
        "group": digest.about.group if digest else "",
        "stage": digest.about.stage if digest else "",
        "tag": digest.about.tag if digest else "",
    }


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return screen.moment(value)
