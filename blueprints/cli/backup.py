"""`flask backup` and `flask restore`, and the backup that `serve` makes every night.

docs/decisions/0021 says what a backup is and why.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from blueprints.cli.workers import Job
from models import files, schema_version, served_engine
from models.backup import archive, dumped_database, making, record, restoring
from models.backup.archive import Manifest, Unusable
from models.backup.copied_database import Content, is_current
from models.backup.making import Failed, Made
from models.clock import campus_time, utcnow
from models.database import db, is_served, will_read
from models.deployment import keyed
from models.process_lock import Taken, held
from models.rules.settings.backup import BackupSettings, read_settings

log = logging.getLogger(__name__)

LOOK_EVERY = 600.0  # seconds
# Whoever serves holds it with others; whoever exchanges or changes the database's tables, alone.
LOCK = "serve.lock"

VERIFY = """
import json, sys
from flask.cli import ScriptInfo
from app import create_app
app = create_app(json.load(sys.stdin))
with app.app_context():
    app.cli.main(["verify-history"], obj=ScriptInfo(create_app=lambda: app))
"""

RUNNING = "服务正在运行，没有{}。请先停止服务，再运行一次。"
OTHER_KEY = (
    "另一台服务器（{}）用的是另一个 secret_key，程序没有启动：换一台服务器登录就会失效。"
    "请把那台 instance 文件夹中的 secret_key 和 seal_key 复制到这台，再启动。"
)
NO_FOLDER = "请写明备份放在哪个文件夹（flask --app app backup 文件夹），或在 config.toml 中写 [BACKUP]。"
KEPT_IN = "原来的数据库内容在模式 {schema} 中，确认无误后可以执行 DROP SCHEMA {schema} CASCADE。"
OTHER_SERVERS = "config.toml 没有换。另一台服务器的密钥和 seals 请换成这里的，再启动。"
UNFIT = "已写入 {}，但其中的历史记录核对不符，不算作好的备份：\n{}"
OF_OTHERS = (
    "备份中有学校 {} 的数据，这里没有这个学校的定义，没有恢复。请把它恢复到它自己的系统，或先放好学校的定义。"
)


def init_app(app: Flask) -> None:
    """Read the [BACKUP] table of the settings and add the commands.

    Raises click.ClickException with every mistake in it.
    """
    try:
        app.extensions["backup"] = read_settings(app.config.get("BACKUP"))
    except ValueError as mistakes:
        sentence = f"config.toml 的 [BACKUP] 有误，程序没有启动：\n{mistakes}"
        raise click.ClickException(sentence) from None
    app.cli.add_command(backup)
    app.cli.add_command(restore)


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--keep", type=click.IntRange(1), help="只保留最近几份，更早的删除")
def backup(folder: Path | None, keep: int | None) -> None:
    """Put everything into one file in FOLDER, while people work; ends with 1 when it is not good."""
    settings: BackupSettings | None = current_app.extensions["backup"]
    if folder is None:
        if settings is None:
            raise click.ClickException(NO_FOLDER)
        folder, keep = settings.folder, keep or settings.keep
    made = made_in(folder, keep)
    if made.manifest.trouble:
        raise click.ClickException(UNFIT.format(made.file, made.manifest.trouble))
    click.echo(f"已备份到 {made.file}（{_size(made.file)}），已核对数据库、记录和封存。")
    for old in made.deleted:
        click.echo(f"已删除旧备份 {old.name}")


def made_in(folder: Path, keep: int | None = None) -> Made:
    """A backup of this deployment in the folder. Raises click.ClickException where none was made."""
    will_read()
    try:
        return making.make(Path(current_app.instance_path), folder.absolute(), history_trouble, keep)
    except Failed as failure:
        raise click.ClickException(str(failure)) from None


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="不再询问")
def restore(file: Path, yes: bool) -> None:
    """Put FILE, a backup, in the place of what is there, which is kept; the server must be stopped."""
    instance = Path(current_app.instance_path)
    with alone("恢复"):
        try:
            with restoring.unpacked(file, instance) as (folder, manifest, content):
                kept = _exchange(folder, manifest, content, instance, yes)
        except (Unusable, dumped_database.Failure) as unusable:
            raise click.ClickException(str(unusable)) from None
        except restoring.InUse:
            raise click.ClickException("数据库正被别的程序打开，没有恢复。请先停止它，再运行一次。") from None
        except OSError as error:
            why = "磁盘空间不够" if files.is_full(error) else str(error)
            raise click.ClickException(f"没有恢复，原有内容没有动：{why}。") from None
    click.echo(f"已恢复到 {_moment(manifest.made_at)} 的备份。原有内容保存在 {kept}，确认无误后可以删除。")
    if not is_current(content):
        click.echo("备份是旧版本的：请接着运行 flask --app app upgrade，再启动服务。")


def _exchange(folder: Path, manifest: Manifest, content: Content, instance: Path, yes: bool) -> Path:
    """What was unpacked for what is there, once nothing speaks against it; where that is kept."""
    if not schema_version.is_known(content.revision):
        raise Unusable("备份是更新版本的程序做的，没有恢复。请先换成那个版本的程序。")
    strange = [code for code in content.schools if not _is_defined(code, folder)]
    if strange:
        raise Unusable(OF_OTHERS.format("、".join(strange)))
    if is_served():
        dumped_database.refuse_without("pg_restore", "psql")
        _ask(_doubts(manifest.trouble, content, dumped_database.content_in_use()), yes)
        db.engine.dispose()
        kept, schema = restoring.put_dump_in_place(folder, manifest, instance)
        click.echo(f"{KEPT_IN.format(schema=schema)}{OTHER_SERVERS}")
        return kept
    database = restoring.place_of_database(folder, instance)
    db.engine.dispose()
    now = restoring.content_now(database, folder)
    trouble = history_trouble(folder) if is_current(content) else ""
    _ask(_doubts(trouble, content, now), yes)
    return restoring.put_in_place(folder, manifest, instance, database)


def _ask(doubts: Iterator[str], yes: bool) -> None:
    for doubt in doubts:
        click.echo(doubt)
        if not yes:
            click.confirm("仍然恢复吗？", abort=True)


def _is_defined(code: str, folder: Path) -> bool:
    own = folder / "institutions" / code
    return code in current_app.extensions["institutions"] or own.exists()


def _doubts(trouble: str, content: Content, now: Content | None) -> Iterator[str]:
    if trouble:
        yield f"备份中的历史记录核对不符：\n{trouble}"
    if now and now.people and now.database != content.database:
        theirs, ours = ("、".join(of.schools) or "无" for of in (content, now))
        yield f"这是另一个数据库的备份（学校：{theirs}），将换下现有的（学校：{ours}，{now.people} 人）。"


@contextmanager
def alone(doing: str) -> Iterator[None]:
    """Nobody serves while it is done, here or elsewhere. Raises click.ClickException where somebody does."""
    try:
        with held(Path(current_app.instance_path) / LOCK):
            elsewhere = _served_by()
            if elsewhere:
                machines = "、".join(sorted({machine for _, machine in elsewhere}))
                raise click.ClickException(f"{RUNNING.format(doing)}服务器：{machines}。")
            yield
    except Taken:
        raise click.ClickException(RUNNING.format(doing)) from None


@contextmanager
def serving() -> Iterator[None]:
    """Nothing is restored or upgraded meanwhile. Raises click.ClickException where it is just done,
    and where another server of this database signs what people carry with another key.
    """
    try:
        with held(Path(current_app.instance_path) / LOCK, shared=True):
            if is_served():
                mark = keyed("serve")[:8]
                other = next((machine for theirs, machine in _served_by() if theirs != mark), None)
                if other is not None:
                    raise click.ClickException(OTHER_KEY.format(other))
                served_engine.serves(db.engine, mark)
            yield
    except Taken:
        raise click.ClickException("正在恢复或升级数据库，程序没有启动。请等它完成再启动。") from None


def _served_by() -> list[tuple[str, str]]:
    """Who serves the database, by mark and machine; none where it cannot be asked, which is said later."""
    try:
        return served_engine.who_serves(db.engine) if is_served() else []
    except DBAPIError:
        return []


def history_trouble(folder: Path, database: str | None = None) -> str:
    """What `flask verify-history` says in a process of its own over an instance folder; '' where all fits.

    `database`: its address, where it does not lie in the folder as in a backup.
    """
    address = database or f"sqlite:///{folder / archive.DATABASE}"
    settings = {"INSTANCE_PATH": str(folder), "SQLALCHEMY_DATABASE_URI": address}
    looked = subprocess.run(
        [sys.executable, "-c", VERIFY],
        cwd=current_app.root_path,
        env=os.environ | {"PYTHONUTF8": "1"},
        # A password among the words of a command is there for everybody to read.
        input=json.dumps(settings),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if looked.returncode == 0:
        return ""
    return looked.stdout.strip() or looked.stderr.strip()[-500:] or f"核对没有完成（{looked.returncode}）。"


def jobs(app: Flask) -> list[Job]:
    """The backup of every night, where the settings say where to."""
    return [Job("backup", LOOK_EVERY, make_what_is_due)] if app.extensions["backup"] else []


def make_what_is_due() -> None:
    """Makes the backup whose time of day has come, unless it was made; what fails is tried again."""
    settings: BackupSettings = current_app.extensions["backup"]
    if not record.claim(Path(current_app.instance_path), settings.due_before(campus_time(utcnow()))):
        return
    try:
        made = made_in(settings.folder, settings.keep)
    except click.ClickException:
        record.give_back()
        raise
    if made.manifest.trouble:
        log.error("The history in the backup %s does not fit: %s", made.file.name, made.manifest.trouble)


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1024 / 1024:.1f} MB"


def _moment(moment: datetime) -> str:
    return f"{campus_time(moment):%Y-%m-%d %H:%M}"
