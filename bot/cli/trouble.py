"""What went wrong, in words for whoever typed the command; it must not need anything that may be what is broken."""

from __future__ import annotations

import errno
import os
import sys

from bot import log as logs

# Errors whose message says what to do next: by name, so that telling one imports none of the others.
PLAIN = frozenset(
    {
        "bot.cli.trouble.Trouble",
        "bot.content.problem.ContentError",
        "bot.service.ServiceError",
        "bot.service.importing.faults.ImportProblem",
        "bot.settings.setting.SettingsError",
        "bot.storage.errors.StorageError",
    }
)


class Trouble(Exception):
    """A command cannot do what it was told; the message says what to do next."""


def tell(error: Exception) -> None:
    """Write what happened to stderr; a closed pipe (`rampcheck ... | head`) is nobody's trouble."""
    if isinstance(error, BrokenPipeError) or getattr(error, "errno", None) == errno.EPIPE:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the last flush goes nowhere
        return
    for line in explained(error).splitlines():
        print(logs.safe(line), file=sys.stderr)


def explained(error: Exception) -> str:
    """One or more plain lines, one for each thing to mend."""
    if is_plain(error):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}. Check the path and its permissions, then try again."
    where = str(logs.blame(error)["where"])
    logs.get("cli").debug("command.failed", cause=type(error).__name__, where=where)
    what = next(iter(str(error).splitlines()), "")
    return f"This should not have happened: {type(error).__name__}: {what}\nRun it with LOG_LEVEL=DEBUG for details."


def is_plain(error: Exception) -> bool:
    """Whether an error's message was written for people."""
    return any(f"{kind.__module__}.{kind.__qualname__}" in PLAIN for kind in type(error).__mro__)
