"""The groups `rampcheck people` and `rampcheck channels`; like the root it imports nothing but Typer."""

# No `from __future__ import annotations` here: as texts, Typer would evaluate each annotation twice.
from typing import Annotated

import typer

from bot.cli.options import AsJson, ToFile, group

people = group("The people: list, add, name a lead.")
channels = group("The channels that Rampcheck posts to.")


@people.command("list")
def people_list(json: AsJson = False) -> None:
    """List everybody."""
    from bot.cli import people as room

    room.everybody(as_json=json)


@people.command("add")
def people_add(
    name: Annotated[str, typer.Argument(help="First and last name.")],
    email: Annotated[str, typer.Option(help="By which platforms find the same person.")] = "",
    zone: Annotated[str, typer.Option(help="Their time zone, such as Europe/Riga.")] = "",
) -> None:
    """Add a person."""
    from bot.cli import people as room

    room.add(name, email=email, zone=zone)


@people.command("lead")
def people_lead(
    name: Annotated[str, typer.Argument(help="A name or an e-mail address.")],
    group: Annotated[str, typer.Option(help="Only of the pilots of this group.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="No longer.")] = False,
) -> None:
    """Make somebody a portfolio lead, or the lead of one group.

    Leads see every pilot of theirs and may change it; `rampcheck permissions` prints what exactly.
    """
    from bot.cli import people as room

    room.lead(name, group=group, remove=remove)


@people.command("admin")
def people_admin(
    name: Annotated[str, typer.Argument(help="A name or an e-mail address.")],
    remove: Annotated[bool, typer.Option("--remove", help="No longer.")] = False,
) -> None:
    """Make somebody an admin.

    Whoever installs the app first is one already.
    """
    from bot.cli import people as room

    room.admin(name, remove=remove)


@people.command("guest")
def people_guest(
    name: Annotated[str, typer.Argument(help="A name or an e-mail address.")],
    remove: Annotated[bool, typer.Option("--remove", help="No longer: a member.")] = False,
) -> None:
    """Make somebody a guest.

    Guests see the pilots that they have a part in, and nothing else.
    """
    from bot.cli import people as room

    room.guest(name, remove=remove)


@people.command("reviewer")
def people_reviewer(
    name: Annotated[str, typer.Argument(help="A name or an e-mail address.")],
    role: Annotated[str, typer.Argument(help="Such as security, privacy, operations or finance.")],
    remove: Annotated[bool, typer.Option("--remove", help="No longer.")] = False,
) -> None:
    """Name a reviewer for every pilot that names nobody.

    A pilot that names somebody of its own keeps them; nobody confirms a pilot of their own.
    """
    from bot.cli import people as room

    room.reviewer(name, role=role, remove=remove)


@people.command("zone")
def people_zone(
    name: Annotated[str, typer.Argument(help="A name or an e-mail address.")],
    zone: Annotated[str, typer.Argument(help="Such as Europe/Riga; without it, the organisation's.")] = "",
) -> None:
    """Set somebody's time zone.

    They are asked at a good hour of their own day.
    """
    from bot.cli import people as room

    room.set_zone(name, zone)


@people.command("away")
def people_away(
    name: Annotated[str, typer.Argument(help="A name or an e-mail address.")],
    until: Annotated[str, typer.Option(help="The last day away, such as 2027-03-15.")] = "",
    back: Annotated[bool, typer.Option("--back", help="They are here again.")] = False,
) -> None:
    """Ask somebody nothing while they are away.

    What is open goes to their deputy, or waits for them.
    """
    from bot.cli import people as room

    room.away(name, until=until, back=back)


@people.command("delegate")
def people_delegate(
    name: Annotated[str, typer.Argument(help="A name or an e-mail address.")],
    to: Annotated[str, typer.Option(help="Who answers in their place.")],
    until: Annotated[str, typer.Option(help="Up to and with this day, such as 2027-03-15.")],
) -> None:
    """Let somebody answer in another's place for a time.

    What is open goes to them now; `people away NAME --back` ends it early.
    """
    from bot.cli import people as room

    room.delegate(name, to=to, until=until)


@people.command("link")
def people_link(
    name: Annotated[str, typer.Argument(help="A name or an e-mail address.")],
    platform: Annotated[str, typer.Argument(help="slack or teams.")],
    account: Annotated[
        str, typer.Argument(metavar="ACCOUNT-ID", help="At Slack the member ID, in Teams the Object ID.")
    ],
    workspace: Annotated[
        str, typer.Option(metavar="ID", help="Which one, where there are several; in Teams the tenant.")
    ] = "",
) -> None:
    """Say which account is somebody's.

    For whoever is not found by their e-mail address; `people list` says who that is, and why.
    """
    from bot.cli import reach

    reach.link(name, platform, account, workspace=workspace)


@people.command("unlink")
def people_unlink(
    name: Annotated[str, typer.Argument(help="A name or an e-mail address.")],
    platform: Annotated[str, typer.Argument(help="slack or teams.")],
    workspace: Annotated[
        str, typer.Option(metavar="ID", help="Which one, where there are several; in Teams the tenant.")
    ] = "",
) -> None:
    """Take an account away from somebody.

    Nothing more is sent there, and it is not matched to them again.
    """
    from bot.cli import reach

    reach.unlink(name, platform, workspace=workspace)


@people.command("export")
def people_export(
    name: Annotated[str, typer.Argument(help="A name or an e-mail address, also of somebody who left.")],
    out: ToFile = None,
) -> None:
    """Write everything that is stored about one person, as JSON.

    For the person who asks for it: what it does not hold, it says at its end.
    """
    from bot.cli import privacy

    privacy.export(name, out)


@people.command("erase")
def people_erase(
    name: Annotated[str, typer.Argument(help="A name or an e-mail address, also of somebody who left.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it: this cannot be undone.")] = False,
) -> None:
    """Take a person out of all that is kept.

    Answers and decisions stay as the organisation's record, without the person and what they wrote.
    """
    from bot.cli import erasing

    erasing.erase(name, yes=yes)


@channels.command("list")
def channels_list(json: AsJson = False) -> None:
    """List the channels and which get the digest."""
    from bot.cli import people as room

    room.channels(as_json=json)
