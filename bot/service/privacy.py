"""What is stored about one person, told to them or written out whole; it must not know where it is written."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core import permissions
from bot.core.card import Card
from bot.core.chain import Logged
from bot.core.compose import privacy as words
from bot.core.compose.words import role_name
from bot.core.dossier import Part, as_json
from bot.core.erasure import OF_PEOPLE
from bot.core.records import Identity, Person, Pilot
from bot.core.values import Json, encode
from bot.service import house, users
from bot.service.work import Work

ALL = 1_000_000  # check-ins of a pilot, decisions: more than there will ever be
BATCH = 500  # events read at a time
NOT_IN_IT = (
    "Messages that the bot sent to the person are in their own chat.",
    "What others wrote about the person in their own words cannot be found by the person's number.",
    "Copies in backups and in files that were exported earlier.",
)


def statement(work: Work, person: Person) -> Card:
    """What is stored about whoever asks, in plain words."""
    accounts = work.unit.identities(person.id)
    pilots = [
        f"{pilot.name} ({', '.join(_parts(person, pilot))})" for pilot in work.unit.pilots_of(person.id)
    ]
    pilots += [f"all others ({role}, where they name nobody for it)" for role in _house(work, person)]
    platforms = sorted({one.address.platform.capitalize() for one in accounts})
    return words.card(
        words.Stored(person, work.zone(person), platforms, pilots, work.content.policy.retention)
    )


def _house(work: Work, person: Person) -> list[str]:
    """The roles in which somebody confirms at every pilot that names nobody of its own."""
    named = house.reviewers(work.unit)
    return [f"reviewer: {role_name(role)}" for role, who in sorted(named.items()) if who == person.id]


def _parts(person: Person, pilot: Pilot) -> list[str]:
    return sorted(role.value for role in permissions.relations(person, pilot))


# --- everything -----------------------------------------------------------------------------------------------------


def export(work: Work, person: Person) -> Part:
    """Everything that is stored about one person. Reads every answer and event there is: not for a chat."""
    return {
        "person": as_json(person),
        "accounts": [_account(one) for one in work.unit.identities(person.id)],
        "looked_for": [as_json(one) for one in work.unit.sought() if one.person == person.id],
        "pilots": list(_pilots(work, person)),
        "reviewer_of_all": [*_house(work, person)],
        "asked": list(_asked(work, person)),
        "answers": list(_answers(work, person)),
        "claims": list(_claims(work, person)),
        "decisions": [as_json(one) for one in work.unit.decisions(limit=ALL) if one.by == person.id],
        "requests": [
            as_json(one)
            for one in work.unit.requests(unanswered=False)
            if person.id in (one.person, one.asked_by)
        ],
        "known_signals": [
            as_json(mute)
            for pilot in work.unit.pilots()
            for mute in work.unit.mutes(pilot.id)
            if mute.by == person.id
        ],
        "digests": [
            {"channel": one.channel.name} for one in work.unit.subscriptions() if one.by == person.id
        ],
        "log": [{"id": one.id, **as_json(one.event)} for one in _log(work) if _concerns(one, person)],
        "not_in_it": list(NOT_IN_IT),
    }


def _account(identity: Identity) -> Part:
    address = identity.address
    return {
        "platform": address.platform,
        "account": identity.external,
        "conversation": address.conversation,
        "active": identity.active,
    }


def _pilots(work: Work, person: Person) -> Iterator[Json]:
    for pilot in work.unit.pilots():
        reviewing = [role for role, who in pilot.reviewers if who == person.id]
        agreed = [as_json(one) for one in pilot.conditions if person.id in (one.person, one.by)]
        using = ["user"] if person.id in users.of(work, pilot) else []
        if parts := [*_parts(person, pilot), *(f"reviewer: {role}" for role in reviewing), *using] or agreed:
            yield {"pilot": pilot.name, "as": list(parts), "conditions": list(agreed)}


def _asked(work: Work, person: Person) -> Iterator[Json]:
    for pilot in work.unit.pilots():
        for asked in work.unit.history(pilot.id, limit=ALL):
            if asked.person == person.id:
                plain = as_json(asked)
                del plain["answers"]
                yield plain


def _answers(work: Work, person: Person) -> Iterator[Json]:
    """Each answer that they gave, also to a question that was handed to them, with what it answers."""
    for pilot in work.unit.pilots():
        for asked in work.unit.history(pilot.id, limit=ALL):
            form = work.unit.form(asked.questionnaire, asked.version)
            for given in work.unit.given(asked.id):
                if given.by == person.id:
                    question = form.question(given.question) if form else None
                    value = None if given.value is None else encode(given.value)
                    text = question.text if question else ""
                    yield as_json(given) | {"pilot": pilot.name, "text": text, "value": value}


def _claims(work: Work, person: Person) -> Iterator[Json]:
    """Levels that they claimed, and what they said of others' as a reviewer."""
    for pilot, levels in work.unit.levels_of_all().items():
        for level in levels.values():
            verdicts = [as_json(one) for one in level.verdicts if one.by == person.id]
            if level.by == person.id or verdicts:
                own = level.level if level.by == person.id else None
                yield {"pilot": pilot, "item": level.item, "level": own, "verdicts": list(verdicts)}


def _log(work: Work) -> Iterator[Logged]:
    """Every event, a batch at a time; those that are not sealed yet last."""
    after = 0
    while batch := work.unit.sealed(after=after, limit=BATCH):
        yield from (logged for _, logged in batch if logged is not None)
        after = batch[-1][0].number
    yield from work.unit.unsealed(limit=ALL)


def _concerns(logged: Logged, person: Person) -> bool:
    """What they did, and what is logged of themselves: its subject is their number, or they were asked as a user."""
    event = logged.event
    if event.kind == users.ASKED:
        return event.after == person.id
    return event.actor == person.id or (event.kind.startswith(OF_PEOPLE) and event.subject == str(person.id))
