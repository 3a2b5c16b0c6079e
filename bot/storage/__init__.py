"""Where everything is kept: the only package that knows a database. Use `open_store`; heavy imports wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.ports import Store


def open_store(url: str, *, read_only: bool = False, keys: Sequence[str] = ()) -> Store:
    """The store at an `sqlite:///file` or `postgresql://...` URL, whose tables are up to date.

    `read_only` refuses to write, and on SQLite lets another process be the one that writes. `keys` seal and open
    secrets, the first one being in use. Raises StorageError with what to do: upgrade the tables, stop the other
    process, correct the URL.
    """
    # What a command does not use is not imported: `--help` and a refused URL wait for no database library.
    from bot.storage.database import parsed  # noqa: PLC0415  # as above
    from bot.storage.store import SqlStore  # noqa: PLC0415  # as above

    place = parsed(url)
    if place.drivername.startswith("sqlite"):
        from bot.storage.sqlite import Sqlite  # noqa: PLC0415  # as above

        return SqlStore(Sqlite(place, read_only=read_only), keys=keys)
    from bot.storage.postgres import Postgres  # noqa: PLC0415  # as above

    return SqlStore(Postgres(place, read_only=read_only), keys=keys)
