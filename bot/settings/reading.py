"""Reads the settings: the only file that looks at the environment; it must not know what any is used for."""

import difflib
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from bot.settings.program import QUESTIONNAIRES
from bot.settings.setting import Finding, Origin, Problem, RefusedError, SettingsError
from bot.settings.values import excerpt, masked
from bot.settings.whole import FIELDS, SECRETS, Settings

PREFIX: Final = "RAMPCHECK_"
DOTENV: Final = Path(".env")


def load(env: Mapping[str, str] | None = None, *, dotenv: Path | None = None) -> Settings:
    """The settings, from `env` over the file `dotenv`; without `env`, from the environment over `.env`.

    Raises SettingsError with every problem found.
    """
    gathered = _gather(env, dotenv)
    return _checked({variable: value for variable, (_, value) in gathered.items()})


def describe(env: Mapping[str, str] | None = None, *, dotenv: Path | None = None) -> tuple[Finding, ...]:
    """Every setting as `load` would find it, then the variables with our prefix that no setting answers to.

    Raises SettingsError only where the file itself cannot be read.
    """
    gathered = _gather(env, dotenv)
    problems = {problem.variable: problem for problem in _problems(gathered)}
    known = [_finding(variable, gathered, problems.get(variable)) for variable in FIELDS]
    return (*known, *_strangers(env, dotenv))


def _gather(env: Mapping[str, str] | None, dotenv: Path | None) -> dict[str, tuple[Origin, str]]:
    """Variable -> where it was found, and its value; the environment wins over the file."""
    live, file = _sources(env, dotenv)
    found: dict[str, tuple[Origin, str]] = {name: (".env", str(value)) for name, value in file().items()}
    found |= {name: ("environment", str(value)) for name, value in live().items()}
    return {name: at for name, at in found.items() if name in FIELDS}


def _sources(
    env: Mapping[str, str] | None, dotenv: Path | None
) -> tuple[EnvSettingsSource, DotEnvSettingsSource]:
    """The environment and the file, read; an empty variable counts as not set."""
    file = DOTENV if env is None and dotenv is None else dotenv
    live = EnvSettingsSource(Settings)
    if env is not None:
        live.env_vars = {name.lower(): value for name, value in env.items() if value}
    try:
        return live, DotEnvSettingsSource(Settings, env_file=file)
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(str(file), f"it cannot be read ({type(error).__name__})", "Save it as UTF-8 text")
        raise SettingsError(problem) from None


def _checked(values: Mapping[str, str]) -> Settings:
    given: dict[str, Any] = dict(values)
    try:
        return Settings(**given)
    except ValidationError as error:
        details = error.errors(include_url=False)
        found = [_problem(dict(detail), values) for detail in details]
        raise SettingsError(*found, *_hidden(values, {problem.variable for problem in found})) from None


def _hidden(values: Mapping[str, str], refused: Set[str]) -> list[Problem]:
    """What the checks across fields say of the other variables: none of them runs once something was refused."""
    families = {name.partition("_")[0] for name in refused} - {PREFIX.rstrip("_")}
    rest = {
        name: value
        for name, value in values.items()
        if name not in refused and name.partition("_")[0] not in families
    }
    if len(rest) == len(values):
        return []
    try:
        _checked(rest)
    except SettingsError as error:
        return [problem for problem in error.problems if problem.variable in rest]
    return []


def _problems(gathered: Mapping[str, tuple[Origin, str]]) -> tuple[Problem, ...]:
    try:
        _checked({variable: value for variable, (_, value) in gathered.items()})
    except SettingsError as error:
        return error.problems
    return ()


def _problem(detail: Mapping[str, Any], values: Mapping[str, str]) -> Problem:
    refused = detail.get("ctx", {}).get("error")
    if isinstance(refused, RefusedError):
        return Problem(
            str(detail["loc"][0]) if detail["loc"] else refused.variable, refused.what, refused.fix
        )
    variable = str(detail["loc"][0])
    what = f"{excerpt(values.get(variable, ''))} is not {FIELDS[variable].description}"
    return Problem(variable, what, f"Correct it, or remove the variable to use {_default(variable)}")


def _default(variable: str) -> str:
    """A setting's default as one would write it."""
    default = FIELDS[variable].default
    return str(default) if not isinstance(default, bool) else "on" if default else "off"


def _finding(variable: str, gathered: Mapping[str, tuple[Origin, str]], problem: Problem | None) -> Finding:
    origin, value = gathered.get(variable, ("default", _default(variable)))
    if variable == "RAMPCHECK_QUESTIONNAIRES" and origin == "default" and not QUESTIONNAIRES.is_dir():
        problem = Problem(variable, "this copy came without its questionnaires", "Set it to their folder")
    shown = _shown(variable, value)
    if problem is None:
        return Finding(variable, origin, shown)
    return Finding(variable, origin, shown, problem.what, problem.fix)


def _shown(variable: str, value: str) -> str:
    """A value as a person may read it: nothing that opens a door."""
    if variable == "DATABASE_URL":
        return masked(value)
    if variable in SECRETS:
        return "set, not shown" if value else "not set"
    return value


def _strangers(env: Mapping[str, str] | None, dotenv: Path | None) -> list[Finding]:
    """A finding for each RAMPCHECK_ variable that is no setting: most likely a slip of the pen."""
    live, file = _sources(env, dotenv)
    places: tuple[tuple[Origin, EnvSettingsSource], ...] = (("environment", live), (".env", file))
    return [
        Finding(name, origin, "set, not shown", "there is no such setting", _nearest(name))
        for origin, source in places
        for name in sorted(map(str.upper, source.env_vars))
        if name.startswith(PREFIX) and name not in FIELDS
    ]


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, FIELDS, n=1)
    return f"Did you mean {near[0]}?" if near else "Remove it"
