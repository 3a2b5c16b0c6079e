"""The values that a setting may have, checked one by one; it must not know which settings there are."""

import base64
import difflib
import ipaddress
import re
import zoneinfo
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bot.settings.setting import RefusedError

SHOWN: Final = 60  # characters of a refused value that a message repeats: enough to recognise it
URL_FIX: Final = "Set DATABASE_URL=sqlite:///rampcheck.db or postgresql://user:password@host/name"
ENCODE_FIX: Final = "Percent-encode the password's special characters: @ as %40, / as %2F, # as %23, ? as %3F"


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


def is_folder(path: Path) -> bool:
    """Whether there is such a folder; a name that no file system takes is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_file(path: Path) -> bool:
    """Whether there is such a file, in the same way."""
    try:
        return path.is_file()
    except (OSError, ValueError):
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
    if not is_folder(folder):
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
