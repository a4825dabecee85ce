"""`flask move-to URI`: a filled database into an empty one of the other engine, both ways."""

from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from blueprints.web.schools import institutions
from models import served_engine
from models.audit import check
from models.database import db, engine_at, engine_name
from models.moving import NotMoved, move


def init_app(app: Flask) -> None:
    """Add the command to the `flask` command line."""
    app.cli.add_command(move_to)


@click.command("move-to")
@click.argument("uri")
def move_to(uri: str) -> None:
    """Copy everything into the empty database at URI, compare, and say how to go on."""
    address = _address(uri)
    for code, school in institutions().items():
        trouble = check.examine(code, []).trouble
        if trouble:
            raise click.ClickException(f"{school.name}：没有搬动。{trouble}")
    db.session.rollback()
    target = engine_at(address)
    try:
        trouble = "" if target.dialect.name == "sqlite" else served_engine.trouble_with(target)
        if trouble:
            raise click.ClickException(trouble)
        moved = move(target)
        name = engine_name(target)
    except NotMoved as refusal:
        raise click.ClickException(str(refusal)) from None
    except DBAPIError as error:
        if error.connection_invalidated or not getattr(error.orig, "sqlstate", None):
            raise click.ClickException(f"目标数据库连不上：{_shown(address)}") from None
        raise
    finally:
        target.dispose()
    click.echo(f"已搬到 {name}：{moved.tables} 张表、{moved.rows} 行，逐行核对一致。")
    click.echo(f"流转记录 {moved.events} 条，记录链一致。原来的数据库没有改动。")
    click.echo("请在 config.toml 中写下新的地址（密码照填），再启动，并运行 flask verify-history：")
    click.echo(f'SQLALCHEMY_DATABASE_URI = "{_shown(address)}"')


def _address(uri: str) -> URL:
    """Where to, a relative file beside the database that is now. Raises click.ClickException."""
    if served_engine.is_served(uri):
        return served_engine.address(uri)
    try:
        address = make_url(uri)
    except ArgumentError:
        address = None
    if address is None or address.drivername != "sqlite" or not address.database:
        raise click.ClickException(
            "请写明搬到哪里，例如 postgresql://beian:密码@127.0.0.1/beian 或 sqlite:////srv/beian/beian.sqlite3"
        )
    return address.set(database=str(Path(current_app.instance_path) / address.database))


def _shown(address: URL) -> str:
    return address.set(drivername=address.get_backend_name()).render_as_string(hide_password=True)
