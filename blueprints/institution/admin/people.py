"""The school's people: who may sign in, what each may do where, and a new password when lost."""

from collections.abc import Iterator, Mapping
from functools import partial

from flask import Response, abort, flash, g, request
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import Select, or_, select
from wtforms import BooleanField, FieldList, Form, FormField, StringField
from wtforms.validators import DataRequired, ValidationError

from blueprints.auth import session
from blueprints.institution.components.form_fields import EmailItem, Listed, options, read_by, unit_options
from blueprints.institution.filtering import chips, page_number
from blueprints.institution.loading import find
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.writing import begin_to_write
from models.administration import people as administration
from models.administration.people import NO_GRANT, Details, OneTimePassword, holder
from models.database import db
from models.filings import queries
from models.people.person import Grant, Person
from models.people.unit import tree
from models.people.unsignable import unsignable_steps
from models.rules import particulars
from models.rules.filters import Filters
from models.rules.messages import say
from models.rules.particulars import tidy
from models.rules.policy import Action
from models.rules.workflow import Role
from models.wording import mentions

PAGE_SIZE = 20
SPARE_ROWS = 2
MOST_ROWS = 40
STATES = {"active": "可以登录", "disabled": "已停用"}
ROLES = {role.value: role.label for role in Role}
DUTIES = {
    Role.reporter: "为本单位和下级单位填报备案、打印。",
    Role.head: "为本单位签署单位意见；下级单位没有负责人时也由其签署。",
    Role.office: "审核全校备案、管理台账；单位选所在部门。",
    Role.admin: "管理单位和人员，不参与审核；单位选所在部门。",
    Role.auditor: "查看流转记录，不能修改；单位选所在部门。",
}


class GrantRow(Form):
    """One row of a person's grants; a row with neither role nor unit says nothing."""

    role = Listed("角色", choices=options({"": "不选", **{role: role.label for role in Role}}))
    unit = Listed("单位")
    remove = BooleanField("移除")

    @property
    def grant(self) -> tuple[Role, int] | None:
        """The role and the unit's id; None for a row that is empty or taken away."""
        if self.remove.data or not (self.role.data and self.unit.data):
            return None
        return Role(self.role.data), int(self.unit.data)

    def validate_unit(self, field: Listed) -> None:
        if bool(self.role.data) != bool(field.data) and not self.remove.data:
            raise ValidationError("角色和单位要一起选。")


class GrantRows(FieldList):
    """GrantRows by number. WTForms takes '²' for a number and then fails to read it."""

    def _extract_indices(self, prefix: str, formdata) -> Iterator[int]:
        sent = {name.removeprefix(f"{prefix}-").partition("-")[0] for name in formdata}
        return (number for number in range(MOST_ROWS) if str(number) in sent)


class PersonForm(FlaskForm):
    """Who a person is, and the role × unit rows of what they may do.

    `needed` says why a person must stay an administrator; '' when they need not.
    """

    name = StringField(
        "姓名",
        filters=[tidy],
        validators=[DataRequired(say("required", label="姓名")), read_by(particulars.person_name)],
    )
    username = StringField(
        "用户名", validators=[DataRequired(say("required", label="用户名")), read_by(particulars.username)]
    )
    phone = StringField("联系电话", filters=[tidy], validators=[read_by(particulars.phone)])
    email = EmailItem("邮箱")
    grants = GrantRows(FormField(GrantRow))

    def __init__(self, person: Person, unit: str = "", needed: str = "", **settings) -> None:
        self.person, self.needed = person, needed
        held = sorted((list(Role).index(grant.role), grant.unit_id) for grant in person.grants)
        rows = [{"role": str(list(Role)[role]), "unit": unit_id} for role, unit_id in held]
        rows += [{"unit": "" if rows else unit}] + [{}] * (SPARE_ROWS - 1)
        data = {name: getattr(person, name) for name in ("name", "username", "phone", "email")}
        super().__init__(data=data | {"grants": rows}, **settings)
        units = unit_options({grant.unit_id for grant in person.grants})
        for row in self.grants:
            row.form.unit.choices = options({"": "不选"}) + units

    @property
    def details(self) -> Details:
        return Details(self.name.data, self.username.data, self.phone.data, self.email.data)

    def wanted(self) -> set[tuple[Role, int]]:
        return {row.form.grant for row in self.grants if row.form.grant}

    def validate_username(self, field: StringField) -> None:
        other = holder(g.institution.code, field.data)
        if other is not None and other.id != self.person.id:
            raise ValidationError(f"用户名 {field.data} 已由“{other.name}”使用，请换一个。")

    def validate_grants(self, _field: GrantRows) -> None:
        if any(row.errors for row in self.grants):
            raise ValidationError("有一行没有选完整，请补上或勾选“移除”。")
        roles = {role for role, _ in self.wanted()}
        if not roles:
            raise ValidationError(NO_GRANT)
        if self.needed and Role.admin not in roles:
            raise ValidationError(self.needed)


@mould.get("/people/")
@requires(Action.ADMINISTER)
def people() -> Response:
    """The people of the school, with search and filters in the address."""
    chosen = chosen_of(request.args)
    return page(
        "institution/admin/people.html",
        "results",
        people_page=queries.page(people_like(**chosen), page_number(request.args), PAGE_SIZE),
        chosen=chosen,
        chips=chips(".people", chosen, {"q": {}, "role": ROLES, "state": STATES}),
        roles=ROLES,
        states=STATES,
        # Asked where the page is drawn whole: a search draws the results alone.
        unsignable=partial(unsignable_steps, g.institution),
    )


@mould.route("/people/new", methods=["GET", "POST"], defaults={"person_id": None})
@mould.route("/people/<int:person_id>", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
@once
def person(person_id: int | None) -> Response:
    """A new person or one who is there: name, username, phone and grants."""
    drawn = _draw_password() if person_id is None else None
    lock_people()
    person = Person(institution=g.institution.code) if person_id is None else load_person(person_id)
    needed = administration.must_stay(person, current_user)
    form = PersonForm(person, unit=request.args.get("unit", ""), needed=needed)
    if not form.validate_on_submit():
        return draw(person, form, status=422 if form.errors else 200)
    if drawn is not None:
        return add_person(person, form, drawn)
    ended = change_person(person, form)
    db.session.commit()
    flash("已保存，新的权限在重新登录后生效。" if ended else "已保存。")
    return go(".person", person_id=person.id)


@mould.post("/people/<int:person_id>/<any(disable,enable):verb>")
@requires(Action.ADMINISTER)
def switch_person(person_id: int, verb: str) -> Response:
    """Let a person in or keep them out; what they did stays theirs."""
    lock_people()
    person = load_person(person_id)
    if verb == "enable":
        administration.enable(person, current_user)
    elif needed := administration.must_stay(person, current_user):
        return draw(person, blank_form(person), error=needed, status=422)
    else:
        administration.disable(person, current_user)
    db.session.commit()
    flash(f"“{person.name}”已{'重新启用' if person.active else '停用，正在使用的登录已退出'}。")
    return go(".person", person_id=person.id)


@mould.post("/people/<int:person_id>/reset-password")
@requires(Action.ADMINISTER)
def reset_password(person_id: int) -> Response:
    """Give a person a new password, shown on this answer and nowhere else."""
    drawn, person = _draw_password(), load_person(person_id)
    if person.id == current_user.id:
        error = "自己的密码请用右上角的“修改密码”来换。"
        return draw(person, blank_form(person), error=error, status=422)
    begin_to_write()
    administration.reset_password(person, current_user, drawn)
    db.session.commit()
    return draw(person, blank_form(person), password=drawn.text)


def load_person(person_id: int) -> Person:
    """The person, if they are of this school; else 404."""
    person = find(Person, person_id)
    return person if person and person.institution == g.institution.code else abort(404)


def chosen_of(args: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address; a code that does not exist narrows nothing."""
    role, state = args.get("role", ""), args.get("state", "")
    return {
        "q": Filters.read(args).q,
        "role": role if role in ROLES else "",
        "state": state if state in STATES else "",
    }


def people_like(q: str, role: str, state: str) -> Select[Person]:
    """Those whose name, username or unit was typed and who hold the role; who may sign in first."""
    query = select(Person).where(Person.institution == g.institution.code)
    if q:
        named = [mentions(column, q) for column in (Person.name, Person.username)]
        units = tree(g.institution.code).named_like(q)
        query = query.where(or_(*named, Person.grants.any(Grant.unit_id.in_(units))))
    if role:
        query = query.where(Person.grants.any(Grant.role == Role(role)))
    if state:
        query = query.where(Person.active == (state == "active"))
    return query.order_by(Person.active.desc(), Person.username, Person.id)


def lock_people() -> None:
    if request.method == "POST":
        begin_to_write()
        administration.lock_people(g.institution.code)


def _draw_password() -> OneTimePassword:
    """Drawn before the page's transaction begins anew."""
    db.session.rollback()
    return administration.draw_password()


def add_person(person: Person, form: PersonForm, drawn: OneTimePassword) -> Response:
    """Add a person; the answer itself shows the password, so that it is in no address or cookie."""
    person.set_one_time_password(drawn.hash)
    administration.add(person, form.details, form.wanted(), current_user)
    db.session.commit()
    return draw(person, blank_form(person), password=drawn.text)


def change_person(person: Person, form: PersonForm) -> bool:
    """Write a valid form into its person; True when the grants changed and sessions ended."""
    changed = administration.change(person, form.details, form.wanted(), current_user)
    if changed and person.id == current_user.id:
        session.remember(person)
    return changed


def blank_form(person: Person) -> PersonForm:
    """The form as the person is, whatever else this request sent."""
    return PersonForm(person, formdata=None)


def draw(
    person: Person, form: PersonForm, error: str = "", password: str = "", status: int = 200
) -> Response:
    """The page of a person; `password` is shown this once."""
    return page(
        "institution/admin/person.html",
        status=status,
        person=person,
        form=form,
        error=error,
        password=password,
        is_self=person.id == current_user.id,
        roles=list(Role),
        duties=DUTIES,
    )
