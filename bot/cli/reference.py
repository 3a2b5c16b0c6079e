"""`rampcheck docs`: the reference pages, written from the program itself so that they cannot be out of date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from typer.main import get_command

from bot.cli import app, permitted, reference_content, screen
from bot.cli.markdown import code, heading, page, table
from bot.cli.trouble import Trouble
from bot.content.loader import load
from bot.core.commands import HELP
from bot.core.compose.words import listed
from bot.settings import FIELDS, QUESTIONNAIRES

WIDTH = 100  # columns of a command's help: as wide as the pages are read


def docs(folder: Path, *, check: bool) -> None:
    """Write every page, or name those that are out of date."""
    made = pages()
    stale = [name for name, text in made.items() if _read(folder / name) != text]
    if check:
        if stale:
            raise Trouble(f"Out of date in {folder}: {listed(stale)}. Run `make docs`.")
        screen.say(f"All {len(made)} pages are up to date.")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (folder / name).write_text(made[name], encoding="utf-8", newline="\n")
    screen.say(f"Wrote {listed(stale)}." if stale else f"All {len(made)} pages are up to date.")


def pages() -> dict[str, str]:
    """File name -> text of every page, the same on every machine."""
    content = load(QUESTIONNAIRES)
    texts = {
        "cli.md": ("The `rampcheck` command", _cli()),
        "chat-commands.md": ("Commands in chat", _chat()),
        "permissions.md": ("Who may do what", permitted.page()),
        "settings.md": ("Settings", _settings()),
        "questionnaires.md": ("Questionnaires", reference_content.questionnaires(content)),
        "readiness.md": ("Readiness items and gates", reference_content.readiness(content.model)),
        "policy.md": ("Policy", reference_content.policy(content.policy)),
    }
    made = {name: page(title, text) for name, (title, text) in texts.items()}
    index = "\n".join(f"- [{title}]({name})" for name, (title, _) in texts.items())
    return {"README.md": page("Reference", index), **made}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


# --- pages ----------------------------------------------------------------------------------------------------------


def _cli() -> str:
    """Each command with its help as it is printed."""
    opening = (
        "Exit codes: 0 done, 1 not done (the reason is on stderr), 2 not understood. `--json` is for scripts."
    )
    return "\n\n".join((opening, *_helps(get_command(app), "rampcheck", None)))


def _helps(command: object, name: str, parent: object) -> Iterator[str]:
    """The help of a command, then that of the commands in it."""
    context = command.make_context(name, [], parent=parent, resilient_parsing=True, terminal_width=WIDTH)  # type: ignore[attr-defined]  # Typer's own copy of click has no public types
    yield heading(2 if parent is None or parent.parent is None else 3, code(context.command_path))  # type: ignore[attr-defined]  # as above
    yield f"```text\n{command.get_help(context).rstrip()}\n```"  # type: ignore[attr-defined]  # as above
    for part, inner in getattr(command, "commands", {}).items():
        yield from _helps(inner, part, context)


def _chat() -> str:
    """What can be typed to the bot."""
    opening = "Typed to the bot in a direct message, or behind its slash command. Small slips of spelling do no harm."
    rows = [(code(entry.usage), entry.line, code(entry.example), entry.details) for entry in HELP]
    return f"{opening}\n\n{table(('Command', 'What it does', 'Example', 'More'), rows)}"


def _settings() -> str:
    """Each variable of the environment."""
    opening = (
        "Read from the environment, or from a file `.env` where it is started. `rampcheck doctor` shows each."
    )
    rows = [
        (code(name), field.title or "", field.description or "", _default(field.default))
        for name, field in FIELDS.items()
    ]
    return f"{opening}\n\n{table(('Variable', 'What for', 'Value', 'Default'), rows)}"


def _default(value: object) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case Path():
            return "the folder that comes with Rampcheck"
        case _:
            return code(str(value))
