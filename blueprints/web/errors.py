"""What goes wrong, said in Chinese with what to do next; never a bare status code."""

from flask import Flask, Response, current_app, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError, UnprocessableEntity

from blueprints.auth.sign_in_page import SIGN_IN, draw_sign_in, sign_in_first
from blueprints.web.page import refuse
from models.database import db
from models.rules.messages import say
from models.rules.policy import Action
from models.rules.typed_text import LONGEST_TYPED

SENTENCES = {
    400: ("这个请求没有看懂", "请返回上一页，刷新后再试一次。"),
    403: ("您没有这项权限", "如果工作需要，请联系本校系统管理员调整权限。"),
    404: ("没有找到这个页面", "它可能已被删除，或者不在您的权限范围内。"),
    405: ("这个地址不能这样打开", "请从页面上的按钮进入。"),
    409: ("内容已被别人更新", "请刷新页面，核对最新内容后再操作。"),
    413: ("提交的内容太大", "单个文件请控制在 10 MB 以内，压缩后再上传。"),
    422: ("有一栏的内容太长", say("endless", max=LONGEST_TYPED)),
    500: ("系统出错了", "刚才的操作没有生效。请返回上一页重试；仍然出错时请联系系统管理员。"),
}

STALE_SIGN_IN = "登录页面已过期，请再登录一次；一直如此时，请让浏览器允许 Cookie。"


def init_app(app: Flask) -> None:
    """Give every error of the application its page."""
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(CSRFError, show_expired)
    app.register_error_handler(UnprocessableEntity, show_too_long)
    app.register_error_handler(SecurityError, show_unknown_host)
    app.register_error_handler(500, show_failure)


def show_unknown_host(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
    """A plain sentence: no link can be made under a name that is not ours."""
    sentence = "这个网址不是备案系统的正式地址，请从学校门户进入。"
    return sentence, 400, {"Content-Type": "text/plain; charset=utf-8"}


def show(error: HTTPException) -> Response:
    code = error.code or 500
    title, advice = SENTENCES.get(code, SENTENCES[400 if code < 500 else 500])
    return refuse("error.html", code, code=code, title=title, advice=advice)


def show_expired(error: CSRFError) -> Response:
    """A form whose session is gone leads to sign-in, with what was typed; else the page is old."""
    if request.endpoint == SIGN_IN:
        return draw_sign_in(400, STALE_SIGN_IN)
    if _must_sign_in():
        return sign_in_first()
    return refuse(
        "error.html",
        400,
        code=400,
        title="页面已过期",
        advice="您可能已在别处退出或重新登录。请先复制未保存的内容，再刷新页面。",
    )


def show_too_long(error: UnprocessableEntity) -> Response:
    """A form with a box that no reader takes; who is signed out learns that first."""
    return sign_in_first() if _must_sign_in() else show(error)


def _must_sign_in() -> bool:
    """Whether somebody signed out asked for what is not open to everybody."""
    view = current_app.view_functions.get(request.endpoint or "")
    return not current_user.is_authenticated and getattr(view, "action", Action.OPEN) is not Action.OPEN


def show_failure(error: Exception) -> Response:
    # The error page asks who is signed in: a broken transaction would fail it a second time.
    db.session.rollback()
    title, advice = SENTENCES[500]
    return refuse("error.html", 500, code=500, title=title, advice=advice)
