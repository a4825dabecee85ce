"""Runs migrations on the app's own engine: `flask db upgrade`, or upgrade() in a command."""

from contextlib import nullcontext

import click
from alembic import context
from flask import current_app

from models import tables  # noqa: F401 - all that Alembic compares with
from models.database import UtcDateTime

db = current_app.extensions["migrate"].db


def plain_type(kind: str, obj: object, _context: object) -> str | bool:
    """A migration must not change when the models do: it names the database's own type."""
    return "sa.DateTime()" if kind == "type" and isinstance(obj, UtcDateTime) else False


def refuse_to_lose_without_asking() -> None:
    """Flask-Migrate's own command takes tables away at once. Raises click.ClickException."""
    typed = click.get_current_context(silent=True)
    if typed and typed.command_path.endswith("db downgrade"):
        sentence = "没有降级：这个命令不做备份，也不询问。请用 flask --app app downgrade 版本号。"
        raise click.ClickException(sentence)


def run() -> None:
    # Another database than the app's is handed over already open (models.moving).
    given = context.config.attributes.get("connection")
    with nullcontext(given) if given is not None else db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=plain_type,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


refuse_to_lose_without_asking()
run()
