"""我的登录: where one is signed in at this moment, and out of all others at once."""

from flask import Response, flash, session
from flask_login import current_user

from blueprints.auth.session import TOKEN
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from models.auth import sessions
from models.database import db, sign_in_settings
from models.rules.policy import Action


@mould.get("/me/sign-ins")
@requires(Action.ENTER)
def my_sign_ins() -> Response:
    """One's live sessions, this one among them."""
    return page("institution/account/my_sign_ins.html", live=sessions.live(current_user),
                token=session[TOKEN], limits=sign_in_settings())


@mould.post("/me/sign-ins/end-others")
@requires(Action.ENTER)
def end_other_sign_ins() -> Response:
    """Sign out everywhere but here."""
    ended = sessions.close_others(current_user, session[TOKEN])
    db.session.commit()
    flash(f"已退出其他 {ended} 处登录。" if ended else "没有其他登录。")
    return go(".my_sign_ins")
