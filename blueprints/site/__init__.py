"""Pages that belong to no school: signing in and out, one's password, whether we are alive."""

from flask import Blueprint, Response, current_app, flash, request, url_for
from flask_login import current_user

from blueprints import signing
from blueprints.access import requires
from blueprints.page import go, page
from blueprints.site.forms import PasswordForm, SignInForm
from models import sign_in as sign_in_sessions
from models.database import db
from models.people import authenticate
from models.policy import Action

site = Blueprint("site", __name__)


@site.get("/")
@requires(Action.OPEN)
def index() -> Response:
    """The front door: to one's school when signed in, else to sign in."""
    if current_user.is_authenticated:
        return go(f"{current_user.institution}.home")
    return go("site.sign_in")


@site.route("/sign-in", methods=["GET", "POST"])
@requires(Action.OPEN)
def sign_in() -> Response:
    form = SignInForm(school=request.args.get("school"))
    form.school.choices = [
        (code, school.name) for code, school in current_app.extensions["institutions"].items()
    ]
    if not form.validate_on_submit():
        return page("site/sign_in.html", form=form, status=422 if form.errors else 200)
    person = authenticate(form.username.data, form.password.data, form.school.data)
    if person is None:
        form.password.errors = ["学校、用户名或密码不正确，请核对后重试。"]
        return page("site/sign_in.html", form=form, status=422)
    signing.remember(person)
    db.session.commit()
    return go_inside(form.next.data, person.institution)


def go_inside(wanted: str | None, institution: str) -> Response:
    """Go on to the page that was wanted, if it is one of this person's school; else home."""
    home = url_for(f"{institution}.home")
    inside = wanted and wanted.startswith(home) and wanted.isprintable() and "\\" not in wanted
    response = go(f"{institution}.home")
    if inside:
        response.headers["Location"] = wanted
    return response


@site.post("/sign-out")
@requires(Action.OPEN)
def sign_out() -> Response:
    signing.forget()
    db.session.commit()
    flash("已退出登录。")
    return go("site.sign_in")


@site.route("/password", methods=["GET", "POST"])
@requires(Action.ENTER)
def password() -> Response:
    form = PasswordForm()
    if form.validate_on_submit():
        current_user.set_password(form.new.data)
        # Whoever knew the old password is signed out everywhere; this browser starts afresh.
        sign_in_sessions.close_all(current_user)
        signing.remember(current_user._get_current_object())
        db.session.commit()
        flash("密码已修改，其他设备上的登录已退出。")
        return go(f"{current_user.institution}.home")
    return page("site/password.html", form=form, status=422 if form.errors else 200)
