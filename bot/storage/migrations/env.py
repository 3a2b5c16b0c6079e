"""Alembic's entry: runs the steps on the connection that bot.storage.migrate hands over, or prints nothing at all."""

from alembic import context

from bot.storage.fields import Row

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Row.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
