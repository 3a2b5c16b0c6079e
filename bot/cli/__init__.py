"""The `rampcheck` command: what can be typed and where it is done; importing it costs Typer and nothing else."""

# No `from __future__ import annotations` here: as texts, Typer would evaluate each annotation twice.
import sys
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot.cli import groups, options

OURS_TO_RAISE = (typer.Exit, typer.Abort)


class Plain(TyperGroup):
    """Runs a command; whatever goes wrong in it is told in plain words, never as a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """The command's result; exit code 1 with a message on stderr where it failed."""
        try:
            return super().invoke(ctx)
        except OURS_TO_RAISE:
            raise
        except typer.TyperException as error:
            from bot import log

            error.message = log.safe(error.message)  # it says back what was typed
            raise
        except Exception as error:  # noqa: BLE001 - the last place before a person's terminal
            from bot.cli import trouble

            trouble.tell(error)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Plain,
    help="Asks the owners of AI pilots short readiness questions in chat and posts digests that make somebody decide.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # help is plain text: importing rich would double the time it takes
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name, group in groups.GROUPS.items():
    app.add_typer(group, name=name)


def main() -> None:
    """Run the command line; what a terminal's encoding cannot show becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    app(prog_name="rampcheck")


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """What stands before every command."""
    if version:
        from bot import __version__

        print(__version__)
        raise typer.Exit


# --- running --------------------------------------------------------------------------------------------------------


@app.command()
def demo(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="The port to begin looking for a free one.")
    ] = 8000,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
    keep: Annotated[
        Path | None, typer.Option(file_okay=False, help="Keep the data in this folder, to go on next time.")
    ] = None,
) -> None:
    """Try it: an example portfolio in a local chat."""
    from bot.cli import example

    example.demo(port, keep=keep, browse=not no_open)


@app.command()
def serve(
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Leave asking and delivering to `work`.")
    ] = False,
) -> None:
    """Run the web server and the worker until stopped."""
    from bot.cli import running

    running.serve(with_worker=not no_worker)


@app.command()
def work() -> None:
    """Run a worker alone, until stopped."""
    from bot.cli import running

    running.work()


@app.command()
def tick(
    at: Annotated[
        str, typer.Option(metavar="MOMENT", help="As if it were this moment, such as 2026-03-31T09:00.")
    ] = "",
    json: options.AsJson = False,
) -> None:
    """Do one heartbeat: ask what is due, deliver what waits."""
    from bot.cli import running

    running.tick(at, as_json=json)


@app.command()
def send(
    pilot: Annotated[str, typer.Argument(help="A pilot's name or key.")],
    questionnaire: Annotated[str, typer.Argument(help="What to ask.")] = "pulse",
) -> None:
    """Ask a pilot's owner now, out of turn."""
    from bot.cli import running

    running.send(pilot, questionnaire)


# --- keeping ---------------------------------------------------------------------------------------------------------


@app.command()
def backup(
    to: Annotated[Path, typer.Argument(dir_okay=False, help="A new file.")],
) -> None:
    """Copy an SQLite database, also while it is in use."""
    from bot.cli import keeping

    keeping.backup(to)


@app.command()
def restore(
    copy: Annotated[Path, typer.Argument(dir_okay=False, help="What `backup` wrote.")],
) -> None:
    """Put a copy in the place of the database.

    What was there is kept beside it. Stop the server first.
    """
    from bot.cli import keeping

    keeping.restore(copy)


@app.command()
def verify(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Put right what is wrong.")] = False,
    json: options.AsJson = False,
) -> None:
    """Compute all scores again and compare them."""
    from bot.cli import keeping

    keeping.verify(rebuild=rebuild, as_json=json)


# --- looking --------------------------------------------------------------------------------------------------------


@app.command()
def status(
    pilot: Annotated[str, typer.Argument(help="A pilot's name or key; without it, all of them.")] = "",
    json: options.AsJson = False,
) -> None:
    """Show where one pilot stands, or all of them."""
    from bot.cli import portfolio

    portfolio.status(pilot, as_json=json)


@app.command()
def digest(
    group: Annotated[str, typer.Option(help="Only the pilots of this group.")] = "",
    stage: Annotated[str, typer.Option(help="Only the pilots at this stage.")] = "",
    tag: Annotated[str, typer.Option(help="Only the pilots with this tag.")] = "",
    post: Annotated[bool, typer.Option("--post", help="Post it to the channels that get it.")] = False,
    json: options.AsJson = False,
) -> None:
    """Show this week's digest, or post it now.

    What is posted is about what each channel asked for.
    """
    from bot.cli import portfolio
    from bot.core.records import Slice

    portfolio.digest(Slice(group, stage, tag), post=post, as_json=json)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where to; made where it is not there.")],
    format: options.InFormat = "csv",
    with_texts: options.WithTexts = False,
) -> None:
    """Write all pilots, answers and decisions into a folder."""
    from bot.cli import moving

    moving.export_all(folder, form=format, with_texts=with_texts)


@app.command()
def calibrate(json: options.AsJson = False) -> None:
    """Show which signals tell who moves on from who does not."""
    from bot.cli import trying

    trying.calibrate(as_json=json)


@app.command()
def simulate(
    pilots: Annotated[int, typer.Option(min=1, max=1000, help="How many pilots.")] = 40,
    weeks: Annotated[int, typer.Option(min=4, max=104, help="For how many weeks.")] = 26,
    seed: Annotated[int, typer.Option(help="Another number makes up another portfolio.")] = 1,
    policy: options.OtherPolicy = None,
    json: options.AsJson = False,
) -> None:
    """Make up pilots of known fates and see which are found."""
    from bot.cli import trying

    trying.simulate(pilots=pilots, weeks=weeks, seed=seed, policy=policy, as_json=json)


@app.command()
def replay(
    questionnaire: options.OtherForms = None,
    policy: options.OtherPolicy = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Read answers anew from this day on; earlier ones stand."),
    ] = None,
    json: options.AsJson = False,
) -> None:
    """Show which pilots a changed file would make another."""
    from bot.cli import trying

    trying.replay(forms=questionnaire or [], policy=policy, since=since, as_json=json)


@app.command()
def permissions() -> None:
    """Show who may do what, and who reads what."""
    from bot.cli import permitted

    permitted.show()


@app.command()
def doctor(json: options.AsJson = False) -> None:
    """Check settings, database, questionnaires, Slack and Teams."""
    from bot.cli import checkup

    checkup.doctor(as_json=json)


@app.command()
def docs(
    folder: Annotated[Path, typer.Option("--out", file_okay=False, help="Where to.")] = Path(
        "docs/reference"
    ),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail where a page is out of date.")
    ] = False,
) -> None:
    """Write the reference pages from the program itself."""
    from bot.cli import reference

    reference.docs(folder, check=check)
