"""Pages that belong to no school: signing in and out, one's password, whether we are alive."""

from flask import Blueprint, Response, flash, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, ValidationError
from wtforms.validators import EqualTo, InputRequired

from blueprints.auth import interrupted_form, session
from blueprints.auth.cas_offer import cas_settings
from blueprints.auth.credentials import prove, warn
from blueprints.auth.sign_in_page import SignInForm, draw_sign_in
from blueprints.web.access import requires
from blueprints.web.page import go, is_own_address, page
from blueprints.web.schools import institutions
from models.administration.people import note_own_password
from models.auth import attempts, hashing
from models.auth import sessions as sign_in_sessions
from models.database import db, will_write
from models.deployment import sign_in_settings
from models.people.unit import initials
from models.rules.passwords import problem
from models.rules.policy import Action


class PasswordForm(FlaskForm):
    """The old password and twice the new one; `carried` is what was typed before signing in."""

    old = PasswordField("当前密码", validators=[InputRequired("请填写当前密码。")])
    new = PasswordField("新密码", validators=[InputRequired("请填写新密码。")])
    repeat = PasswordField("再次填写新密码", validators=[EqualTo("new", message="两次填写的新密码不一样。")])
    carried = HiddenField()

    def validate_old(self, field: PasswordField) -> None:
        """Guessed here it counts as at the sign-in."""
        will_write()
        whose = current_user.institution, current_user.username
        attempt = attempts.begin(*whose, request.remote_addr or "")
        db.session.commit()
        if attempt.minutes:
            raise ValidationError(f"尝试次数过多，请在 {attempt.minutes} 分钟后再试。")
        right = sign_in_sessions.authenticate(*whose, field.data or "") is not None
        will_write()
        if right:
            attempts.forgive(*whose)
        else:
            attempts.fail(attempt)
        db.session.commit()
        if not right:
            raise ValidationError("当前密码不正确。")

    def validate_new(self, field: PasswordField) -> None:
        rules, typed = sign_in_settings().rules, field.data or ""
        sentence = problem(typed, rules, current_user.username, _school_words())
        if sentence:
            raise ValidationError(sentence)
        if self.old.errors:
            # Else somebody at an open session could guess here without being counted.
            return
        used = current_user.used_hashes(rules)
        db.session.rollback()
        if any(hashing.proves(password_hash, typed) for password_hash in used):
            kept = f"最近 {rules.kept} 次用过的密码" if rules.kept > 1 else "当前密码"
            raise ValidationError(f"新密码不能与{kept}相同，请换一个。")


site = Blueprint("site", __name__)
# The views whose POST hashes a password that somebody chose: it queues apart (`blueprints/web/lanes.py`).
HASHING = ("site.sign_in", "site.password")


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
    form = SignInForm(school=request.args.get("school"), next=request.args.get("next"))
    if "elsewhere" in request.form:
        return _signed_in_elsewhere(form)
    if not form.validate_on_submit():
        return draw_sign_in(422 if form.errors else 200, form=form)
    person = prove(form)
    if person is None:
        return draw_sign_in(422, form=form)
    session.remember(person)
    db.session.commit()
    warn(person)
    return go_on(form.carried.data, form.next.data)


def _signed_in_elsewhere(form: SignInForm) -> Response:
    """Back at a page that carries what was typed, after signing in by CAS in another window."""
    if not current_user.is_authenticated:
        return draw_sign_in(422, "还没有登录。请先在新窗口登录，再回到这里继续。", form)
    return go_on(form.carried.data, form.next.data)


def go_on(sealed: str | None, wanted: str | None = None) -> Response:
    """What comes after signing in: a password that is owed, what was typed, or what was wanted."""
    carried = interrupted_form.unpack(sealed)
    if session.password_owed():
        owing = PasswordForm(formdata=None, carried=sealed)
        return _draw_password(owing) if carried else go("site.password")
    if carried and carried.is_for(current_user):
        return page("auth/interrupted_form.html", carried=carried)
    if carried:
        flash("刚才填写的内容属于另一位用户，没有带过来。", "warning")
    return go_inside(wanted, current_user.institution)


def go_inside(wanted: str | None, institution: str) -> Response:
    """Go on to the page that was wanted, if it is one of this person's school; else home."""
    home = url_for(f"{institution}.home")
    inside = wanted and wanted.startswith(home) and is_own_address(wanted)
    response = go(f"{institution}.home")
    if inside:
        response.headers["Location"] = wanted
    return response


@site.post("/sign-out")
@requires(Action.OPEN)
def sign_out() -> Response:
    school = current_user.institution if session.came_by_cas() else ""
    will_write()
    session.forget()
    db.session.commit()
    if cas_settings(school):
        return go("cas.signed_out", school=school)
    flash("已退出登录。")
    return go("site.sign_in")


@site.route("/password", methods=["GET", "POST"])
@requires(Action.ENTER)
def password() -> Response:
    if session.came_by_cas():
        flash("您通过统一身份认证登录，密码请在统一身份认证平台修改。", "warning")
        return go_inside(None, current_user.institution)
    form = PasswordForm()
    if not form.validate_on_submit():
        return _draw_password(form, status=422 if form.errors else 200)
    person = current_user._get_current_object()
    db.session.rollback()
    password_hash = hashing.hashed(form.new.data or "")
    will_write()
    person.set_password(password_hash)
    note_own_password(person)
    # Whoever knew the old password is signed out everywhere; this browser starts afresh.
    sign_in_sessions.close_all(person)
    session.remember(person)
    db.session.commit()
    flash("密码已修改，其他设备上的登录已退出。")
    return go_on(form.carried.data)


def _draw_password(form: PasswordForm, status: int = 200) -> Response:
    carried = interrupted_form.unpack(form.carried.data)
    return page(
        "auth/password.html",
        form=form,
        status=status,
        owed=session.password_owed(),
        rules=sign_in_settings().rules,
        carried=carried and form.carried.data,
    )


def _school_words() -> set[str]:
    """What the person's school is called, as it would be typed."""
    school = institutions()[current_user.institution]
    names = {school.name, *school.names}
    return {school.code, *names, *(initials(name) for name in names)}
