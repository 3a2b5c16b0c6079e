"""What can be set of the program itself: its database, its server, its log; it must not know any platform."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal

from pydantic import field_validator

from bot.settings.setting import RefusedError, Room, setting
from bot.settings.values import (
    database,
    excerpt,
    is_folder,
    is_key,
    is_loopback,
    known_zone,
    public_address,
    split,
)

QUESTIONNAIRES: Final = Path(__file__).resolve().parents[2] / "questionnaires"
KEY_FIX: Final = (
    "Run `rampcheck keys new` and put what it prints first, older keys behind it, with commas between"
)


class ProgramSettings(Room):
    """The settings that hold with any platform, and without one."""

    database_url: str = setting(
        "DATABASE_URL",
        what_for="Where everything is kept",
        has_to_be="the URL of an SQLite file or of a PostgreSQL database",
        default="sqlite:///rampcheck.db",
        secret=True,  # it may hold a password; `describe` shows the rest of it
    )
    host: str = setting(
        "RAMPCHECK_HOST",
        what_for="The address the web server listens on",
        has_to_be="a host name or an IP address, without a port",
        default="127.0.0.1",
        pattern=r"^[A-Za-z0-9.:_-]+$",
    )
    port: int = setting(
        "PORT",
        what_for="The port the web server listens on",
        has_to_be="a whole number from 1 to 65535",
        default=8000,
        ge=1,
        le=65535,
    )
    local_chat: bool = setting(
        "RAMPCHECK_LOCAL_CHAT",
        what_for="Whether to serve the chat in the browser, which asks nobody to log in",
        has_to_be="on or off",
        default=True,
    )
    check_links: bool = setting(
        "RAMPCHECK_CHECK_LINKS",
        what_for="Whether links given as proof are opened now and then, in the public internet alone",
        has_to_be="on or off",
        default=True,
    )
    questionnaires: Path = setting(
        "RAMPCHECK_QUESTIONNAIRES",
        what_for="Where the questionnaires and the policy are read from",
        has_to_be="a folder",
        default=QUESTIONNAIRES,
    )
    organisation: str = setting(
        "RAMPCHECK_ORGANISATION",
        what_for="What the first organisation is called",
        has_to_be="a name of 1 to 120 characters",
        default="My organisation",
        min_length=1,
        max_length=120,
    )
    zone: str = setting(
        "RAMPCHECK_ZONE",
        what_for="The time zone of people who have not set their own",
        has_to_be="an IANA time zone such as Europe/Riga",
        default="UTC",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = setting(
        "LOG_LEVEL",
        what_for="How much is logged",
        has_to_be="DEBUG, INFO, WARNING or ERROR",
        default="INFO",
    )
    log_format: Literal["text", "json"] = setting(
        "RAMPCHECK_LOG_FORMAT",
        what_for="How log lines are written",
        has_to_be="text or json",
        default="text",
    )
    admins: str = setting(
        "RAMPCHECK_ADMINS",
        what_for="Who is an admin of the first organisation, looked at on every start, beside whoever installs the app",
        has_to_be="e-mail addresses, or accounts such as slack:U024BE7LH, with commas between",
    )
    public_url: str = setting(
        "RAMPCHECK_PUBLIC_URL",
        what_for="Where people's browsers reach the web server, through whatever stands before it",
        has_to_be="an https address without a path",
    )
    secret_keys: str = setting(
        "RAMPCHECK_SECRET_KEYS",
        what_for="What tokens are encrypted with in the database: the first key encrypts, all of them decrypt",
        has_to_be="keys as `rampcheck keys new` prints them, with commas between",
        secret=True,
    )

    metrics_token: str = setting(
        "RAMPCHECK_METRICS_TOKEN",
        what_for="What whoever reads /metrics has to bring; without it only this machine is answered",
        has_to_be="at least 16 characters, as a bearer token",
        pattern=r"^([\x21-\x7e]{16,})?$",
        secret=True,
    )
    worker_port: int = setting(
        "RAMPCHECK_WORKER_PORT",
        what_for="Where a worker that runs alone answers /healthz, /readyz and /metrics; 0 for nowhere",
        has_to_be="a whole number from 0 to 65535",
        default=0,
        ge=0,
        le=65535,
    )
    stop_after: int = setting(
        "RAMPCHECK_STOP_AFTER",
        what_for="How many seconds the web server goes on once it is told to stop: until what stands before it notices",
        has_to_be="a whole number from 0 to 15",  # with what is in hand it has to be less than the 30 of who kills
        default=0,
        ge=0,
        le=15,
    )

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, url: str) -> str:
        return database(url)

    @field_validator("admins")
    @classmethod
    def _admins(cls, emails: str) -> str:
        for email in split(emails):
            if not re.fullmatch(
                r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+|(slack|teams|local):[A-Za-z0-9._-]{1,100}", email
            ):
                raise RefusedError(
                    f"{excerpt(email)} is neither an e-mail address nor an account",
                    "Write it like name@example.com, slack:U024BE7LH or teams:THE-OBJECT-ID",
                )
        return emails

    @property
    def named_admins(self) -> tuple[str, ...]:
        """The e-mail addresses and accounts of those who are admins by setting."""
        return split(self.admins)

    @field_validator("zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        return known_zone(name)

    @field_validator("questionnaires")
    @classmethod
    def _questionnaires(cls, folder: Path) -> Path:
        if is_folder(folder):
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

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that seal secrets, the one in use first."""
        return split(self.secret_keys)


def wrong_in(found: ProgramSettings) -> RefusedError | None:
    """The first thing that does not go together; None where all does."""
    if found.local_chat and not is_loopback(found.host):
        return RefusedError(
            f"{excerpt(found.host)} would open the local chat, which asks nobody to log in, to the network",
            "Set RAMPCHECK_LOCAL_CHAT=off, or RAMPCHECK_HOST=127.0.0.1",
            variable="RAMPCHECK_HOST",
        )
    return None
