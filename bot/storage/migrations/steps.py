"""What a step may do to a table that is in use: nothing that others wait for; it must not know any table.

The rule is expand and contract (docs/adr/0015): a step adds, and what the program of before reads and writes goes on
working; what nobody uses any more goes in a later release.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def index_beside(
    op: Any, name: str, table: str, *columns: str, where: str = "", unique: bool = False
) -> None:
    """An index on a table that may be large: PostgreSQL builds it while others go on writing.

    What an earlier try left half-built is removed first. SQLite has one writer, which is us.
    """
    given: dict[str, Any] = {"unique": unique}
    if where:
        given |= {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(name, table, list(columns), **given)
        return
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it waits for others, and nobody waits for it
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.create_index(name, table, list(columns), postgresql_concurrently=True, **given)
        op.execute("RESET lock_timeout")
