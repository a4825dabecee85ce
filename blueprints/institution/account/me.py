"""个人设置: what a person says about themselves."""

from flask import Response, flash, session
from flask_login import current_user
from flask_wtf import FlaskForm

from blueprints.auth.session import TOKEN
from blueprints.institution.components.form_fields import EmailItem
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from blueprints.web.writing import begin_to_write
from models.administration.people import change_own_email
from models.auth import sessions
from models.database import db
from models.deployment import sends_mail, sign_in_settings
from models.rules.policy import Action, may


class MyForm(FlaskForm):
    """Where to be reached."""

    email = EmailItem("邮箱")


@mould.route("/me", methods=["GET", "POST"])
@requires(Action.ENTER)
def me() -> Response:
    """One's own e-mail address; the rest is the administrator's to change."""
    form = MyForm(data={"email": current_user.email})
    if form.validate_on_submit():
        begin_to_write()
        change_own_email(current_user, form.email.data)
        db.session.commit()
        flash("已保存。")
        return go(".me")
    return page(
        "institution/account/me.html",
        status=422 if form.errors else 200,
        form=form,
        mails=sends_mail(),
        reviews=may(current_user, Action.REVIEW),
    )


@mould.get("/me/sign-ins")
@requires(Action.ENTER)
def my_sign_ins() -> Response:
    """One's live sessions, this one among them."""
    return page(
        "institution/account/my_sign_ins.html",
        sign_ins=sessions.live(current_user),
        token=session[TOKEN],
        limits=sign_in_settings(),
    )


@mould.post("/me/sign-ins/end-others")
@requires(Action.ENTER)
def end_other_sign_ins() -> Response:
    """Sign out everywhere but here."""
    begin_to_write()
    ended = sessions.close_others(current_user, session[TOKEN])
    db.session.commit()
    flash(f"已退出其他 {ended} 处登录。" if ended else "没有其他登录。")
    return go(".my_sign_ins")
