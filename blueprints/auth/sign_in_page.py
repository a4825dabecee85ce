"""The sign-in page: where a signed-out person is led, with what they were typing."""

from flask import Response, current_app, g, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from blueprints.auth import interrupted_form
from blueprints.auth.cas_offer import offered, only_cas
from blueprints.auth.session import SCHOOL
from blueprints.web.page import go_again, page, refuse, wants_block
from blueprints.web.schools import institutions

SIGN_IN = "site.sign_in"


class School(SelectField):
    """The schools of this deployment; says in Chinese when something else was sent."""

    def pre_validate(self, form: FlaskForm) -> None:
        if self.data not in {code for code, _ in self.choices}:
            raise ValidationError("请从列表中选择学校。")


class SignInForm(FlaskForm):
    """School, name and password; `next` is where to go afterwards, `carried` what was typed.

    Unless a school is named it is the one this browser signed in to last. Where there is only one,
    nothing is asked and nothing that is sent is taken for another.
    """

    school = School("学校", validators=[InputRequired("请选择学校。")])
    username = StringField(
        "用户名", validators=[InputRequired("请填写用户名。"), Length(max=100, message="用户名太长。")]
    )
    password = PasswordField(
        "密码", validators=[InputRequired("请填写密码。"), Length(max=200, message="密码太长。")]
    )
    next = HiddenField()
    carried = HiddenField()

    def __init__(self, school: str | None = None, **settings) -> None:
        super().__init__(school=school or request.cookies.get(SCHOOL), **settings)
        schools = institutions()
        self.school.choices = [(code, school.name) for code, school in schools.items()]
        self.only = next(iter(schools.values())) if len(schools) == 1 else None
        if self.only:
            self.school.data, self.school.validators = self.only.code, []


def draw_sign_in(status: int, sentence: str = "", form: SignInForm | None = None) -> Response:
    """The page, as it was sent or with this form; `sentence` says what went wrong."""
    form = form or SignInForm()
    carried = interrupted_form.unpack(form.carried.data)
    return page(
        "auth/sign_in.html",
        status=status,
        form=form,
        sentence=sentence,
        carried=carried and form.carried.data,
        files=carried and carried.files,
        cas=current_app.extensions["cas"],
        offered=offered(form.school.data),
        only_cas=only_cas(form.school.data),
    )


def sign_in_first() -> Response:
    """Lead a signed-out person to sign in, and back to what they wanted.

    A form that was sent is answered with the page itself, which carries what was typed. Under htmx
    the page stays as it is, below a notice: what was typed is in it.
    """
    school = g.institution.code if "institution" in g else None
    if wants_block():
        return refuse("auth/signed_out.html", 401, school=school)
    carried = interrupted_form.pack()
    if carried:
        form = SignInForm(formdata=None, school=school, next=_home(), carried=carried)
        return draw_sign_in(401, form=form)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else _home()
    return go_again(url_for(SIGN_IN, next=wanted, school=school))


def _home() -> str:
    return f"/{g.institution.code}/" if "institution" in g else "/"
