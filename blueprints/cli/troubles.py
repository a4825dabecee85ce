"""What goes wrong under a command, in one sentence: who types it is no programmer."""

import errno
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from models import files, schema_version
from models.database import db
from models.database_trouble import Trouble, trouble_of

ANOTHER_VERSION = "数据库的表结构与程序不符，没有办成：{}请运行 flask --app app upgrade，或换成对应的程序。"
NO_TABLES = "数据库还没有建立，没有办成。请检查程序的文件夹；新装的请先运行 flask --app app setup。"
OF_THE_DATABASE = {
    Trouble.busy: "数据库正被别的程序占用，没有办成。请过一会儿再试。",
    Trouble.full: "磁盘满了，没有办成。请腾出空间再试。",
    Trouble.away: "数据库连不上或已损坏，没有办成。请检查地址、权限和磁盘，损坏的请从备份恢复。",
}
TAKEN = "这个地址和端口已被别的程序占用（也许服务已经在运行），程序没有启动。请先停止它，或换一个 --port。"
NOT_OURS = "不能在这个地址上监听，程序没有启动：{}。请检查 --host，1024 以下的端口要管理员权限。"
NO_ACCESS = "没有权限读写 {}。请用运行程序的账号执行，并检查文件夹的所有者。"


def init_app(app: Flask) -> None:
    """Let each command of the house say in words what it could not do. To be called after all are there."""
    for command in app.cli.commands.values():
        callback = command.callback
        # Commands outlive an application: a second one of this process finds them done.
        if callback and callback.__module__.startswith(__package__) and not hasattr(callback, "__wrapped__"):
            command.callback = in_words(callback)


def in_words(callback: Callable[..., Any]) -> Callable[..., Any]:
    """The same, raising click.ClickException for what is no fault of ours."""

    @wraps(callback)
    def guarded(*args: Any, **words: Any) -> Any:
        try:
            return callback(*args, **words)
        except (DBAPIError, OSError) as error:
            if sentence := _of_database(error) if isinstance(error, DBAPIError) else _of_system(error):
                raise click.ClickException(sentence) from None
            raise

    return guarded


def _of_database(error: DBAPIError) -> str:
    if trouble := trouble_of(error):
        return OF_THE_DATABASE[trouble]
    try:
        db.session.rollback()
        with db.engine.connect() as connection:
            revision = schema_version.of(connection)
    except DBAPIError:
        return ""
    another = schema_version.trouble_with(revision)
    return another and (ANOTHER_VERSION.format(another) if revision else NO_TABLES)


def _of_system(error: OSError) -> str:
    if files.is_full(error):
        return OF_THE_DATABASE[Trouble.full]
    if error.errno == errno.EADDRINUSE:
        return TAKEN
    listens = error.filename is None
    if listens and error.errno in (errno.EACCES, errno.EADDRNOTAVAIL):
        return NOT_OURS.format(error.strerror)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return NO_ACCESS.format(error.filename or Path(current_app.instance_path))
    return ""
