"""`rampcheck people erase`: says what will be gone, asks for a word more, and tells what it did."""

from __future__ import annotations

from bot.cli import opening, screen
from bot.cli.trouble import Trouble
from bot.core.compose.words import count, listed
from bot.service import erasing, lookup

LEFT = (
    "Not in reach: backups and files that were exported, what people see in their own chats, and texts in which others "
    "wrote about the person by another name than theirs."
)


def erase(name: str, *, yes: bool) -> None:
    """Take somebody out of all that is kept. Without `yes` it only says what that means."""
    with opening.writing() as app:
        now = app.clock.now()
        if going_on := erasing.go_on(app.store, app.organisation.id, now):
            screen.say(
                f"Finished what an earlier call had begun: {going_on} erased. "
                "For somebody else, run it again."
            )
            return
        person = opening.look(app, lambda work: lookup.person_named(work.unit, name, left=True))
        accounts = opening.look(app, lambda work: work.unit.identities(person.id))
        known_as = {person.email, *(f"{one.address.platform}:{one.external}" for one in accounts)}
        if {one.casefold() for one in known_as} & {one.casefold() for one in app.settings.named_admins}:
            raise Trouble(_by_setting(person.name))
        if not yes:
            without = opening.look(app, lambda work: erasing.preview(work, person))
            raise Trouble(_warning(person.name, without))
        begun, done = erasing.erase(app.store, app.content, app.organisation.id, person.id, now)
    screen.say(f"{person.name} is erased. What they answered and decided stays, as of {begun.called}.")
    screen.say(
        f"{count(done.rows, 'row')} lost their name, addresses or texts, {done.events} of them in the log."
    )
    screen.say("Messages that waited for them are dropped.")
    if begun.without:
        screen.say(
            f"Without an owner or sponsor now: {listed(begun.without)}. Somebody is asked to take over."
        )
    screen.say(LEFT)


def _by_setting(name: str) -> str:
    return (
        f"RAMPCHECK_ADMINS names {name}, so the next start would store it again. Take it out of the "
        "settings of every process, start them anew, then run this again."
    )


def _warning(name: str, without: tuple[str, ...]) -> str:
    pilots = f" {listed(without)} will have no owner or sponsor." if without else ""
    return (
        f"This takes the name, addresses, accounts and texts of {name} out of everything, and cannot be "
        f"undone.{pilots} "
        f'Write a copy first, if they asked for one: rampcheck people export "{name}". '
        f'Then: rampcheck people erase "{name}" --yes'
    )
