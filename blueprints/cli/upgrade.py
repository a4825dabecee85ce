"""`flask upgrade` and `flask downgrade`: from one version of the tables to another, with a way back."""

import shlex
from collections.abc import Callable
from pathlib import Path

import click
import flask_migrate
from flask import Flask, current_app

from blueprints.cli.backup import alone, history_trouble, made_in
from blueprints.web.schools import institutions
from models import schema_version
from models.administration.people import command_actor
from models.backup import copied_database
from models.backup.making import Made
from models.campaigns import freezing
from models.campaigns.report import Report
from models.database import MIGRATIONS, db, is_served, will_write
from models.rules.settings.backup import BackupSettings

NOT_MADE = "数据库还没有建立，程序没有启动。请先运行 flask --app app upgrade。"
TO_UPGRADE = "数据库是旧版本的，程序没有启动。请运行 flask --app app upgrade（会先做备份）。"
TOO_NEW = "数据库是更新版本的程序建的，程序没有启动。请换成那个版本的程序，或恢复这个版本的备份。"
UNTOUCHED = "数据库仍是原来的样子：换回原来版本的程序就可以继续使用。"
WAY_BACK = "要回到原来的样子，请运行 flask --app app restore {file}，再用原来版本的程序启动。"
LOSS = (
    "降级到 {revision} 会删除较新版本才有的表和内容（例如签署摘要、登录记录），除了备份没有别处可以找回。"
    "降级之前会先做备份。"
)


def init_app(app: Flask) -> None:
    """Add the two commands to the `flask` command line."""
    app.cli.add_command(upgrade)
    app.cli.add_command(downgrade)


def refuse_another_version() -> None:
    """Raises click.ClickException, with what to do, where the tables are not this program's."""
    revision = _revision()
    if schema_version.trouble_with(revision):
        known = TO_UPGRADE if revision else NOT_MADE
        raise click.ClickException(known if schema_version.is_known(revision) else TOO_NEW)


@click.command()
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="备份放在哪里")
def upgrade(folder: Path | None) -> None:
    """Back up, bring the tables to this version, and check; the server must be stopped."""
    with alone("升级"):
        revision = _revision()
        if not schema_version.is_known(revision):
            raise click.ClickException("数据库是更新版本的程序建的，没有升级。请换成那个版本的程序。")
        if revision == schema_version.head():
            freeze_what_was_signed()
            click.echo("数据库已是这个版本的，不用升级。")
            return
        # Without tables there is nothing to lose.
        made = _backed_up(folder) if revision else None
        _migrate(flask_migrate.upgrade, schema_version.head(), revision, made)
        freeze_what_was_signed()
        _check(made)
    click.echo(f"已升级：{revision or '空'} → {schema_version.head()}，已核对数据库、记录和封存。")


@click.command()
@click.argument("revision")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="备份放在哪里")
@click.option("--yes", is_flag=True, help="不再询问")
def downgrade(revision: str, folder: Path | None, yes: bool) -> None:
    """Back up and take the tables back to REVISION, once asked; the server must be stopped."""
    with alone("降级"):
        now = _revision()
        if not schema_version.is_known(revision) or not revision < now:
            raise click.ClickException(f"没有这个较早的版本：{revision}。数据库现在是 {now or '空的'}。")
        click.echo(LOSS.format(revision=revision))
        if not yes:
            click.confirm("确定降级吗？", abort=True)
        made = _backed_up(folder)
        _migrate(flask_migrate.downgrade, revision, now, made)
    click.echo(f"已降级：{now} → {revision}。请换成那个版本的程序。")


def freeze_what_was_signed() -> None:
    """Reports that were signed before their rows were kept are kept as they stand now, said to be so.

    It is no migration: what a school's tables say, its definitions know. Each in a transaction of its own.
    """
    frozen = 0
    for code, school in institutions().items():
        for number in [report.id for report in freezing.unfrozen(code)]:
            will_write()
            actor = command_actor(code)
            if actor is not None:
                freezing.freeze_at_upgrade(db.session.get_one(Report, number), school, actor)
                frozen += 1
            db.session.commit()
    if frozen:
        click.echo(f"此前签字的 {frozen} 份报送没有留下签字时的内容，已按现在的内容保存，注明“升级时冻结”。")


def _backed_up(folder: Path | None) -> Made:
    settings: BackupSettings | None = current_app.extensions["backup"]
    usual = settings.folder if settings else Path(current_app.instance_path) / "backups"
    made = made_in(folder or usual)
    click.echo(f"已备份到 {made.file}。")
    return made


def _migrate(move: Callable[..., object], to: str, before: str, made: Made | None) -> None:
    """Move the tables. Raises click.ClickException with why not, and what to do then."""
    try:
        move(directory=str(MIGRATIONS), revision=to)
    except SystemExit:
        # Flask-Migrate has written into the log what it was.
        why = "原因见上面的输出"
    except Exception as error:
        why = str(error).splitlines()[0]
    else:
        return
    db.session.rollback()
    advice = UNTOUCHED if _revision() == before else ""
    raise click.ClickException("\n".join(filter(None, [f"没有成功：{why}。", advice, _way_back(made)])))


def _check(made: Made | None) -> None:
    db.session.rollback()
    address = db.engine.url.render_as_string(hide_password=False)
    trouble = "" if is_served() else copied_database.trouble_in_use()
    trouble = trouble or history_trouble(Path(current_app.instance_path), address)
    if trouble:
        raise click.ClickException(f"表结构已升级，但核对不符：\n{trouble}\n{_way_back(made)}".rstrip())


def _way_back(made: Made | None) -> str:
    return WAY_BACK.format(file=shlex.quote(str(made.file))) if made else ""


def _revision() -> str:
    with db.engine.connect() as connection:
        return schema_version.of(connection)
