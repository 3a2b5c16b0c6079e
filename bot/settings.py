"""Reads the settings: the only file that looks at the environment, and it knows nothing of their use."""

import base64
import difflib
import ipaddress
import re
import zoneinfo
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot import settings_teams
from bot.settings_teams import TeamsSettings

PREFIX: Final = "RAMPCHECK_"
DOTENV: Final = Path(".env")
QUESTIONNAIRES: Final = Path(__file__).resolve().parent.parent / "questionnaires"
SHOWN: Final = 60  # characters of a refused value that a message repeats: enough to recognise it
URL_FIX: Final = "Set DATABASE_URL=sqlite:///rampcheck.db or postgresql://user:password@host/name"
ENCODE_FIX: Final = "Percent-encode the password's special characters: @ as %40, / as %2F, # as %23, ? as %3F"

SLACK_PREFIXES: Final = {"slack_bot_token": "xoxb-", "slack_app_token": "xapp-"}
SLACK_FIX: Final = "Copy it from the app's page at Slack again"
SECRETS: Final = settings_teams.SECRETS | frozenset(
    {
        "RAMPCHECK_SECRET_KEYS",
        "SLACK_APP_TOKEN",
        "SLACK_BOT_TOKEN",
        "SLACK_CLIENT_SECRET",
        "SLACK_SIGNING_SECRET",
    }
)
KEY_FIX: Final = (
    "Run `rampcheck keys new` and put what it prints first, older keys behind it, with commas between"
)

Origin = Literal["environment", ".env", "default"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that cannot be used: its variable, what is wrong with it, what to do."""

    variable: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.what}. {self.fix}{'' if self.fix.endswith('?') else '.'}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `rampcheck doctor`: a setting as it was found; `shown` never holds a secret."""

    variable: str
    origin: Origin
    shown: str
    problem: str | None = None
    fix: str | None = None


class SettingsError(ValueError):
    """The settings cannot be used; the message has a line for each variable: what is wrong and what to do."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class RefusedError(ValueError):
    """What a check on one field raises; it becomes a `Problem`, and its text repeats no secret."""

    def __init__(self, what: str, fix: str, *, variable: str = "RAMPCHECK_HOST") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.variable = variable  # of a check across fields, which pydantic says of no field


class Settings(TeamsSettings):
    """All that can be set, checked. A title says what for, a description what a value has to be."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
        env_ignore_empty=True,
        str_strip_whitespace=True,
    )

    database_url: str = Field(
        default="sqlite:///rampcheck.db",
        validation_alias="DATABASE_URL",
        title="Where everything is kept",
        description="the URL of an SQLite file or of a PostgreSQL database",
        repr=False,  # it may hold a password
    )
    host: str = Field(
        default="127.0.0.1",
        validation_alias="RAMPCHECK_HOST",
        title="The address the web server listens on",
        description="a host name or an IP address, without a port",
        pattern=r"^[A-Za-z0-9.:_-]+$",
    )
    port: int = Field(
        default=8000,
        validation_alias="PORT",
        title="The port the web server listens on",
        description="a whole number from 1 to 65535",
        ge=1,
        le=65535,
    )
    local_chat: bool = Field(
        default=True,
        validation_alias="RAMPCHECK_LOCAL_CHAT",
        title="Whether to serve the chat in the browser, which asks nobody to log in",
        description="on or off",
    )
    questionnaires: Path = Field(
        default=QUESTIONNAIRES,
        validation_alias="RAMPCHECK_QUESTIONNAIRES",
        title="Where the questionnaires and the policy are read from",
        description="a folder",
    )
    organisation: str = Field(
        default="My organisation",
        validation_alias="RAMPCHECK_ORGANISATION",
        title="What the first organisation is called",
        description="a name of 1 to 120 characters",
        min_length=1,
        max_length=120,
    )
    zone: str = Field(
        default="UTC",
        validation_alias="RAMPCHECK_ZONE",
        title="The time zone of people who have not set their own",
        description="an IANA time zone such as Europe/Riga",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO",
        validation_alias="LOG_LEVEL",
        title="How much is logged",
        description="DEBUG, INFO, WARNING or ERROR",
    )
    log_format: Literal["text", "json"] = Field(
        default="text",
        validation_alias="RAMPCHECK_LOG_FORMAT",
        title="How log lines are written",
        description="text or json",
    )

    public_url: str = Field(
        default="",
        validation_alias="RAMPCHECK_PUBLIC_URL",
        title="Where people's browsers reach the web server, through whatever stands before it",
        description="an https address without a path",
    )
    secret_keys: str = Field(
        default="",
        validation_alias="RAMPCHECK_SECRET_KEYS",
        title="What tokens are encrypted with in the database: the first key encrypts, all of them decrypt",
        description="keys as `rampcheck keys new` prints them, with commas between",
        repr=False,
    )

    slack_bot_token: str = Field(
        default="",
        validation_alias="SLACK_BOT_TOKEN",
        title="The token of the Slack app in the workspace; setting it turns Slack on",
        description="a bot token, which begins with xoxb-",
        repr=False,
    )
    slack_app_token: str = Field(
        default="",
        validation_alias="SLACK_APP_TOKEN",
        title="Turns on Socket Mode, which needs no public address",
        description="an app-level token, which begins with xapp-",
        repr=False,
    )
    slack_signing_secret: str = Field(
        default="",
        validation_alias="SLACK_SIGNING_SECRET",
        title="Lets Slack post to /slack/events, where there is a public address",
        description="the signing secret from the app's Basic Information page",
        repr=False,
    )
    slack_client_id: str = Field(
        default="",
        validation_alias="SLACK_CLIENT_ID",
        title="Lets any number of workspaces install the app at /slack/install, in place of SLACK_BOT_TOKEN",
        description="the client ID from the app's Basic Information page",
    )
    slack_client_secret: str = Field(
        default="",
        validation_alias="SLACK_CLIENT_SECRET",
        title="What proves to Slack that an installation is ours to finish",
        description="the client secret from the app's Basic Information page",
        repr=False,
    )
    slack_teams: str = Field(
        default="",
        validation_alias="SLACK_TEAMS",
        title="The only workspaces and organisations that may install the app; empty for all",
        description="ids such as T012AB3C4 or E012AB3C4, with commas between",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        validation_alias="SLACK_API_URL",
        title="Where Slack's Web API is",
        description="an http or https address",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` gathered: it knows where each value came from, which `describe` has to say."""
        return (init_settings,)

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, url: str) -> str:
        return database(url)

    @field_validator("zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        return known_zone(name)

    @field_validator("questionnaires")
    @classmethod
    def _questionnaires(cls, folder: Path) -> Path:
        if folder.is_dir():
            return folder
        raise RefusedError(
            f"{excerpt(str(folder))} is not a folder",
            "Name the folder that holds pulse.yaml, or remove the variable",
        )

    @field_validator("log_level", mode="before")
    @classmethod
    def _log_level(cls, level: object) -> object:
        return level.upper().strip() if isinstance(level, str) else level

    @field_validator("log_format", mode="before")
    @classmethod
    def _log_format(cls, form: object) -> object:
        return form.lower().strip() if isinstance(form, str) else form

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _slack_token(cls, token: str, info: ValidationInfo) -> str:
        prefix = SLACK_PREFIXES[info.field_name or ""]
        if not token or re.fullmatch(rf"{prefix}[A-Za-z0-9-]+", token):
            return token
        raise RefusedError(
            f"what is set does not begin with {prefix}, or has more in it than a token", SLACK_FIX
        )

    @field_validator("secret_keys")
    @classmethod
    def _secret_keys(cls, keys: str) -> str:
        if not all(map(is_key, split(keys))):
            raise RefusedError("one of what is set is no key", KEY_FIX)
        return keys

    @field_validator("public_url")
    @classmethod
    def _public_url(cls, url: str) -> str:
        return public_address(url) if url else url

    @field_validator("slack_client_id")
    @classmethod
    def _slack_client_id(cls, ident: str) -> str:
        if not ident or re.fullmatch(r"[0-9A-Za-z.]+", ident):
            return ident
        raise RefusedError(f"{excerpt(ident)} is not a client ID", SLACK_FIX)

    @field_validator("slack_teams")
    @classmethod
    def _slack_teams(cls, teams: str) -> str:
        for team in split(teams):
            if not re.fullmatch(r"[TE][A-Z0-9]{2,30}", team):
                raise RefusedError(
                    f"{excerpt(team)} is not a workspace's id",
                    "Write ids such as T012AB3C4, with commas between",
                )
        return teams

    @field_validator("slack_signing_secret", "slack_client_secret")
    @classmethod
    def _slack_signing_secret(cls, secret: str) -> str:
        if not secret or re.fullmatch(r"[\x21-\x7e]{8,}", secret):
            return secret
        raise RefusedError("what is set is too short, or has more in it than a secret", SLACK_FIX)

    @field_validator("slack_api_url")
    @classmethod
    def _slack_api_url(cls, url: str) -> str:
        return web_api(url)

    @model_validator(mode="after")
    def _slack_is_whole(self) -> Self:
        one, many = self.slack_bot_token, self.slack_client_id or self.slack_client_secret
        way = self.slack_app_token or self.slack_signing_secret
        if one and many:
            raise RefusedError(
                "it is for one workspace, and SLACK_CLIENT_ID for many",
                "Remove it: that workspace keeps all it has once the app is installed there at /slack/install",
                variable="SLACK_BOT_TOKEN",
            )
        if (one or many) and not way:
            raise RefusedError(
                "Slack is on, and nothing says how its messages reach us",
                "Set it for Socket Mode, or SLACK_SIGNING_SECRET where Slack can post to a public address",
                variable="SLACK_APP_TOKEN",
            )
        if way and not (one or many):
            raise RefusedError(
                "it is missing, and without it Slack is off",
                "Set it to the Bot User OAuth Token from the app's OAuth & Permissions page",
                variable="SLACK_BOT_TOKEN",
            )
        return self

    @model_validator(mode="after")
    def _slack_can_be_installed(self) -> Self:
        if not (self.slack_client_id or self.slack_client_secret):
            return self
        needed = {
            "SLACK_CLIENT_ID": (self.slack_client_id, "Copy it from the app's Basic Information page"),
            "SLACK_CLIENT_SECRET": (
                self.slack_client_secret,
                "Copy it from the app's Basic Information page",
            ),
            "RAMPCHECK_PUBLIC_URL": (
                self.public_url,
                "Set it to the address at which browsers reach this server, such as https://rampcheck.example.org",
            ),
            "RAMPCHECK_SECRET_KEYS": (self.secret_keys, KEY_FIX),
        }
        for variable, (value, fix) in needed.items():
            if not value:
                what = "it is missing, and without it no workspace can install the app"
                raise RefusedError(what, fix, variable=variable)
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that seal secrets, the one in use first."""
        return split(self.secret_keys)

    @property
    def teams_of_slack(self) -> frozenset[str]:
        """The workspaces that may install the app; empty for all."""
        return frozenset(split(self.slack_teams))

    @model_validator(mode="after")
    def _teams_is_whole(self) -> Self:
        if wrong := settings_teams.wrong_in(self, loopback=is_loopback(self.host)):
            variable, what, fix = wrong
            raise RefusedError(what, fix, variable=variable)
        return self

    @model_validator(mode="after")
    def _local_chat_stays_local(self) -> Self:
        if self.local_chat and not is_loopback(self.host):
            raise RefusedError(
                f"'{self.host}' would open the local chat, which asks nobody to log in, to the network",
                "Set RAMPCHECK_LOCAL_CHAT=off, or RAMPCHECK_HOST=127.0.0.1",
            )
        return self


# Teams' stand behind the others, in the reference as in `rampcheck doctor`.
FIELDS: Final[Mapping[str, FieldInfo]] = {
    str(field.validation_alias): field
    for field in sorted(
        Settings.model_fields.values(), key=lambda field: str(field.validation_alias).startswith("TEAMS_")
    )
}


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


def database(url: str) -> str:
    """`url` in the form SQLAlchemy opens with the drivers that we ship. Raises RefusedError."""
    scheme, separator, rest = url.partition("://")
    scheme = scheme.lower() if separator else ""
    match scheme:
        case "sqlite" | "sqlite+pysqlite":
            return f"sqlite:///{_sqlite_path(rest)}"
        case "postgres" | "postgresql" | "postgresql+psycopg":
            _postgres_parts(rest)
            return f"postgresql+psycopg://{rest}"
        case _:
            plain = re.fullmatch(
                r"[a-z][a-z0-9+.-]{0,30}", scheme
            )  # anything else may be a piece of a password
            what = f"'{scheme}' databases are not supported" if plain else "it is not a database URL"
            raise RefusedError(what, URL_FIX)


def masked(url: str) -> str:
    """`url` for a person to read: no password, and no options, which can hold one."""
    try:
        url = database(url)
    except RefusedError:
        return "set, not shown"
    if url.startswith("sqlite:"):
        return url
    parts = urlsplit(url)
    who, at, where = parts.netloc.rpartition("@")
    name, colon, _ = who.partition(":")
    password = ":***" if colon else ""
    return f"{parts.scheme}://{name}{password}{at}{where}{parts.path}{'?...' if parts.query else ''}"


def known_zone(name: str) -> str:
    """`name`, if it is a time zone. Raises RefusedError with the nearest names."""
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        zones = {zone.lower(): zone for zone in zoneinfo.available_timezones()}
        near = [zones[zone] for zone in difflib.get_close_matches(name.lower(), zones, n=3)]
        hint = f"Did you mean {' or '.join(near)}?" if near else "Use a name such as Europe/Riga or UTC"
        raise RefusedError(f"{excerpt(name)} is not a time zone", hint) from None
    return name


def web_api(url: str) -> str:
    """The address of a Web API, ended by a slash as method names follow it. Raises RefusedError."""
    try:
        parts = urlsplit(url)
        whole = (
            parts.scheme in {"http", "https"} and parts.hostname and not parts.query and not parts.fragment
        )
    except ValueError:
        whole = False
    if not whole or "@" in url:
        raise RefusedError(
            f"{excerpt(url)} is not an address", "Write it like https://slack.com/api/, or remove it"
        )
    return url if url.endswith("/") else f"{url}/"


def public_address(url: str) -> str:
    """An address without a path; plain http for one's own machine alone. Raises RefusedError."""
    try:
        parts = urlsplit(url)
        bare = parts.hostname and parts.path in {"", "/"} and not parts.query and not parts.fragment
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    except ValueError:
        bare = safe = False
    if not bare or not safe or "@" in url:
        raise RefusedError(
            f"{excerpt(url)} is not an https address without a path",
            "Write it like https://rampcheck.example.org",
        )
    return url.rstrip("/")


def split(listed: str) -> tuple[str, ...]:
    """What stands between commas or spaces."""
    return tuple(one for one in re.split(r"[\s,]+", listed) if one)


def is_key(text: str) -> bool:
    """Whether it is a key as `rampcheck keys new` prints them: 32 bytes in URL-safe base 64."""
    try:
        return len(base64.b64decode(text, altchars=b"-_", validate=True)) == 32
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server on `host`."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def excerpt(value: str) -> str:
    """A quoted, single-line piece of a value that is no secret."""
    return repr(value if len(value) <= SHOWN else f"{value[:SHOWN]}...")


def _sqlite_path(rest: str) -> str:
    path = rest.removeprefix("/")
    if path == rest:
        raise RefusedError("an SQLite URL has three slashes before its path", URL_FIX)
    if path in {"", ":memory:"}:
        raise RefusedError("a database in memory is not shared by web and worker", URL_FIX)
    if re.search(r"[?#\x00-\x1f]", path):
        raise RefusedError("an SQLite path takes no options and no control characters", URL_FIX)
    folder = Path(path).parent
    if not folder.is_dir():
        raise RefusedError(f"there is no folder {excerpt(str(folder))}", "Create it, or name another file")
    return path


def _postgres_parts(rest: str) -> SplitResult:
    """The parts of a PostgreSQL URL, if every reader of it will find the same ones."""
    try:
        parts = urlsplit(f"postgresql://{rest}")
        whole = parts.port != 0 and not parts.fragment and "@" not in parts.path + parts.query
    except ValueError:  # a port that is no number: the piece of a password before its first slash
        parts, whole = SplitResult("", "", "", "", ""), False
    if not whole or parts.netloc.count("@") > 1 or re.search(r"[\s\x00-\x1f]", rest):
        raise RefusedError("it cannot be taken apart into user, password, host and name", ENCODE_FIX)
    if not parts.path.strip("/"):
        raise RefusedError("it names no database", URL_FIX)
    return parts


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
    if variable in SECRETS:
        return "set, not shown" if value else "not set"
    return masked(value) if variable == "DATABASE_URL" else value


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
