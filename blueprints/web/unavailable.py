"""The database is busy, full or away: said at once, without asking it anything; what was typed stays."""

import logging

from flask import Flask, Response, g, request
from flask_login import AnonymousUserMixin
from sqlalchemy.exc import DBAPIError

from blueprints.auth import interrupted_form
from blueprints.web.page import refuse
from blueprints.web.protection import request_number
from models.database import db
from models.database_trouble import Trouble, trouble_of

log = logging.getLogger(__name__)

STATUS = {Trouble.busy: 503, Trouble.full: 507, Trouble.away: 503}
# Seconds after which a program may ask again.
RETRY_AFTER = {Trouble.busy: 3, Trouble.full: 300, Trouble.away: 30}
TITLES = {
    Trouble.busy: "此刻保存的人太多",
    Trouble.full: "服务器的磁盘满了",
    Trouble.away: "数据库暂时用不了",
}
ADVICE = {
    Trouble.busy: "请过几秒再试一次",
    Trouble.full: "请联系系统管理员清理磁盘空间，然后再试一次",
    Trouble.away: "请过一分钟再试一次；一直如此时请联系系统管理员",
}
NOT_DONE = "刚才的操作没有生效。"
STILL_HERE = "填写的内容还在本页。"


def init_app(app: Flask) -> None:
    """Answer what the database could not do in words. Faults of ours stay faults."""
    app.register_error_handler(DBAPIError, show_trouble)
    app.register_error_handler(OSError, show_trouble)


def show_trouble(error: DBAPIError | OSError) -> Response:
    """503 or 507 with what to do next. Raises the error again where it is a fault of ours."""
    trouble = trouble_of(error)
    if trouble is None:
        raise error
    # One line: that many meet it at once is no reason to fill the disk with tracebacks.
    log.error("request %s: the database is %s (%s)", request_number(), trouble, request.endpoint)
    _let_go_of_the_database()
    carried = interrupted_form.sent_here()
    changes = request.method not in ("GET", "HEAD", "OPTIONS")
    response = refuse(
        "unavailable.html",
        STATUS[trouble],
        title=TITLES[trouble],
        advice=f"{NOT_DONE if changes else ''}{ADVICE[trouble]}。",
        still_here=STILL_HERE if changes else "",
        carried=carried,
    )
    response.headers["Retry-After"] = str(RETRY_AFTER[trouble])
    return response


def _let_go_of_the_database() -> None:
    """Nothing that is drawn from here on may ask for it: not even who is signed in."""
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.close()
    g._login_user = AnonymousUserMixin()
