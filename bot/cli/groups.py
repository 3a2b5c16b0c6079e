"""Commands that come in groups, such as `rampcheck db upgrade`; like the root it imports nothing but Typer."""

# No `from __future__ import annotations` here: as texts, Typer would evaluate each annotation twice.
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli.groups_audit import audit, decision
from bot.cli.groups_people import channels, people
from bot.cli.groups_report import report
from bot.cli.groups_running import outbox
from bot.cli.options import AsJson, InFormat, ToFile, WithTexts, group

db = group("The database's tables.")
questionnaires = group("What is asked: check, look at and publish it.")
pilots = group("The portfolio: list, add, import, export.")
answers = group("What was answered.")
decisions = group("What was decided.")
manifest = group("What an admin of a chat platform creates the app from.")
keys = group("The keys that tokens are encrypted with in the database.")

GROUPS = {
    "db": db,
    "questionnaires": questionnaires,
    "pilots": pilots,
    "answers": answers,
    "decisions": decisions,
    "decision": decision,
    "people": people,
    "channels": channels,
    "outbox": outbox,
    "audit": audit,
    "report": report,
    "keys": keys,
    "manifest": manifest,
}


# --- db -------------------------------------------------------------------------------------------------------------


@db.command("upgrade")
def db_upgrade() -> None:
    """Create the tables, or bring them to this version."""
    from bot.cli import database

    database.upgrade()


@db.command("current")
def db_current() -> None:
    """Print the version of the tables."""
    from bot.cli import database

    database.current()


@db.command("check")
def db_check() -> None:
    """Fail where the tables are not what this version needs."""
    from bot.cli import database

    database.check()


# --- questionnaires -------------------------------------------------------------------------------------------------


@questionnaires.command("lint")
def questionnaires_lint(
    folder: Annotated[Path | None, typer.Argument(help="Another folder than the one that is set.")] = None,
    json: AsJson = False,
) -> None:
    """Name every mistake with its file, line and fix."""
    from bot.cli import authoring

    authoring.lint(folder, as_json=json)


@questionnaires.command("preview")
def questionnaires_preview(
    form: Annotated[str, typer.Argument(help="A questionnaire, such as pulse.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every questionnaire.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Another folder than the one that is set.")] = None,
) -> None:
    """Show every card as people will see it, follow-ups included."""
    from bot.cli import authoring

    authoring.preview(form, every=every, folder=folder)


@questionnaires.command("publish")
def questionnaires_publish(
    folder: Annotated[Path | None, typer.Argument(help="Another folder than the one that is set.")] = None,
) -> None:
    """Fix the present versions for good.

    Old answers keep the wording they were given under; to change a text, raise the version in its file.
    """
    from bot.cli import authoring

    authoring.publish(folder)


# --- pilots and answers ---------------------------------------------------------------------------------------------


@pilots.command("list")
def pilots_list(json: AsJson = False) -> None:
    """List all pilots."""
    from bot.cli import portfolio

    portfolio.pilots(as_json=json)


@pilots.command("add")
def pilots_add(
    name: Annotated[str, typer.Argument(help="What it is called, in at most 60 characters.")],
    owner: Annotated[str, typer.Option(help="Who answers for it: a name or an e-mail address.")] = "",
    sponsor: Annotated[str, typer.Option(help="Who wants it: a name or an e-mail address.")] = "",
    stage: Annotated[str, typer.Option(help="Where it is: idea, framed, pilot, hardening, ...")] = "idea",
    target: Annotated[
        str, typer.Option(metavar="DAY", help="When real use is planned, such as 2026-09-01.")
    ] = "",
    group: Annotated[str, typer.Option(help="The business unit.")] = "",
    work: Annotated[str, typer.Option(help="What it does, in a sentence.")] = "",
) -> None:
    """Add one pilot."""
    from bot.cli import portfolio

    portfolio.add(name, owner=owner, sponsor=sponsor, stage=stage, target=target, group=group, work=work)


@pilots.command("set")
def pilots_set(
    pilot: Annotated[str, typer.Argument(help="A key or a name.")],
    every: Annotated[
        str,
        typer.Option(metavar="WEEKS", help="Weeks between check-ins; `policy` goes back to the policy's."),
    ],
) -> None:
    """Ask one pilot more or less often than the policy does."""
    from bot.cli import portfolio

    portfolio.set_cadence(pilot, every)


@pilots.command("private")
def pilots_private(
    pilot: Annotated[str, typer.Argument(help="A key or a name.")],
    remove: Annotated[bool, typer.Option("--remove", help="No longer: for everybody.")] = False,
) -> None:
    """Keep one pilot to its people, reviewers and the leads.

    For all others it is not there; no channel names it.
    """
    from bot.cli import portfolio

    portfolio.set_private(pilot, remove=remove)


@pilots.command("import")
def pilots_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV file.")],
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--map", exists=True, dir_okay=False, readable=True, help="Which column fills what (YAML)."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing, say what would be written.")
    ] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Leave out rows that cannot be read.")] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Name every row and cell instead of counting.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Add and change pilots from a CSV file.

    Running it twice changes nothing. Every cell that is not taken as it stands is reported.
    """
    from bot.cli import moving

    moving.bring_in(file, mapping, dry_run=dry_run, partial=partial, full=full, as_json=json)


@pilots.command("export")
def pilots_export(format: InFormat = "csv", out: ToFile = None) -> None:
    """Write all pilots, in a form that `import` reads."""
    from bot.cli import moving

    moving.export_pilots(out, form=format)


@answers.command("export")
def answers_export(format: InFormat = "csv", out: ToFile = None, with_texts: WithTexts = False) -> None:
    """Write every answer ever given, corrections included."""
    from bot.cli import moving

    moving.export_answers(out, form=format, with_texts=with_texts)


@decisions.command("export")
def decisions_export(format: InFormat = "csv", out: ToFile = None, with_texts: WithTexts = False) -> None:
    """Write every decision with what it rests on."""
    from bot.cli import moving

    moving.export_decisions(out, form=format, with_texts=with_texts)


# --- manifests ------------------------------------------------------------------------------------------------------


@manifest.command("slack")
def manifest_slack(
    mode: Annotated[
        Literal["socket", "http"],
        typer.Option(help="How Slack's messages reach us: a socket that we open, or posts to our address."),
    ] = "socket",
    url: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="Our public address, such as https://rampcheck.example.org."),
    ] = "",
    oauth: Annotated[bool, typer.Option("--oauth", help="Let further workspaces install it.")] = False,
) -> None:
    """Print Slack's app manifest (YAML).

    To be pasted where Slack creates an app; beside each permission stands what it is for.
    """
    from bot.cli import manifests

    manifests.slack(mode, url=url, oauth=oauth)


@manifest.command("teams")
def manifest_teams(
    website: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A page of yours about the bot, which Teams links to.")
    ],
    app_id: Annotated[
        str, typer.Option(metavar="ID", help="The bot's Microsoft App ID; else TEAMS_APP_ID.")
    ] = "",
    version: Annotated[
        str, typer.Option("--app-version", metavar="VERSION", help="It has to rise with every upload.")
    ] = "1.0.0",
    slash: Annotated[
        bool, typer.Option("--slash", help="With slash commands and answers for the asker's eyes alone.")
    ] = False,
    file: Annotated[Path, typer.Option("--to", metavar="FILE", help="Where to write it.")] = Path(
        "rampcheck-teams.zip"
    ),
) -> None:
    """Write Teams' app package (a zip file).

    To be uploaded in Teams; with --slash, set TEAMS_TARGETED=on as well.
    """
    from bot.cli import manifests

    manifests.teams(file, app_id=app_id, website=website, version=version, slash=slash)


# --- keys -----------------------------------------------------------------------------------------------------------


@keys.command("new")
def keys_new() -> None:
    """Print a key for RAMPCHECK_SECRET_KEYS.

    Nothing is stored: who loses it has to install the app in every workspace again.
    """
    from bot.cli import keys as room

    room.new()


@keys.command("rotate")
def keys_rotate() -> None:
    """Encrypt every stored token with the first key again.

    Afterwards the other keys can be removed from RAMPCHECK_SECRET_KEYS.
    """
    from bot.cli import keys as room

    room.rotate()
