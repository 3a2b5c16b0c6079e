"""`rampcheck people`: who is reached where, why somebody is not, and accounts given by hand; it prints only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.slack.parse import is_user
from adapters.teams.parse import is_account
from bot.cli import opening, screen
from bot.cli.trouble import Trouble
from bot.core.ports import Unit
from bot.core.records import Connection, Finding, Identity, Person, PersonId
from bot.service import identities, lookup
from bot.service.work import Work

LOCAL, SLACK, TEAMS = "local", "slack", "teams"
# What came of looking for somebody's account, as an admin reads it.
REASONS: Mapping[Finding, str] = {
    Finding.PENDING: "not looked up yet",
    Finding.ABSENT: "nobody there has that e-mail",
    Finding.UNCONFIRMED: "that e-mail is not confirmed there",
    Finding.TAKEN: "that account is somebody else's here",
    Finding.SHARED: "two people here have that e-mail",
    Finding.APART: "unlinked by an admin",
}


def link(name: str, platform: str, account: str, *, workspace: str) -> None:
    """Give an account to a person."""
    platform, account = platform.strip().casefold(), account.strip()
    _refuse_strange(platform, account)
    account = account.upper() if platform == SLACK else account.lower()  # as each platform tells them

    def linked(work: Work) -> tuple[Person, bool]:
        person = lookup.person_named(work.unit, name)
        there = identities.connection_to(work, platform, workspace)
        return person, identities.link(work, person, there, account, can_start=platform == SLACK)

    with opening.writing() as app:
        person, new = opening.change(app, linked)
    said = "is now" if new else "is already"
    screen.say(f"{account} on {platform} {said} the account of {person.name}.")
    if platform != SLACK:
        screen.say("They are reached there as soon as they have written to the bot.")


def unlink(name: str, platform: str, *, workspace: str) -> None:
    """Take an account away from a person."""
    platform = platform.strip().casefold()

    def unlinked(work: Work) -> tuple[Person, str]:
        person = lookup.person_named(work.unit, name)
        return person, identities.unlink(work, person, identities.connection_to(work, platform, workspace))

    with opening.writing() as app:
        person, account = opening.change(app, unlinked)
    screen.say(f"{account} on {platform} is no longer the account of {person.name}: nothing is sent there.")


def _refuse_strange(platform: str, account: str) -> None:
    if platform == LOCAL:
        raise Trouble("Everybody has a place in the local chat already; there is nothing to link.")
    if platform == SLACK and not is_user(account.upper()):
        raise Trouble(
            f"'{account}' is not a Slack account; one is like U012AB3CD. "
            "In Slack open the person's profile, then the three dots: Copy member ID."
        )
    if platform == TEAMS and not is_account(account.lower()):
        raise Trouble(
            f"'{account}' is not a Teams account; one is like 0d9f1f10-6a52-4f0e-9a0e-1f4f5a000001. "
            "In the Entra admin center open the person under Users: Object ID."
        )


def reached(unit: Unit, people: Sequence[Person], *, off: str = "") -> dict[PersonId, tuple[list[str], str]]:
    """Person -> the platforms that they are reached on, and where there is none, why; `off` is a platform not run."""
    found = {(one.person, one.connection): one.finding for one in unit.sought()}
    chats = [one for one in unit.connections() if one.active and one.platform != off]
    told = {}
    for person in people:
        known = [one for one in unit.identities(person.id) if one.address.platform != off]
        platforms = sorted({one.address.platform for one in known if one.active})
        told[person.id] = (platforms, "" if platforms else _why(person, known, chats, found))
    return told


def _why(
    person: Person,
    known: Sequence[Identity],
    chats: Sequence[Connection],
    found: Mapping[tuple[PersonId, int], Finding],
) -> str:
    """Why somebody cannot be written to, in a few words."""
    if not person.active:
        return "left"
    if not chats:
        return "no chat is connected"
    if known:
        return "has to write to the bot first"
    said = [found[person.id, one.id] for one in chats if (person.id, one.id) in found]
    if Finding.APART in said:
        return REASONS[Finding.APART]
    if all(
        one.platform == TEAMS for one in chats
    ):  # nobody can be looked up there: who adds the bot is known by it
        return "has to add the bot first"
    if not person.email:
        return "no e-mail to find them by"
    return REASONS[said[0] if said else Finding.PENDING]
