"""The administrator's forms: what a unit is and where it hangs, who a person is and may do."""

from collections.abc import Iterator

from flask import g
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, Form, FormField, StringField
from wtforms.validators import DataRequired, ValidationError

from blueprints.institution.components.form_fields import EmailItem, Listed, options, read_by, unit_options
from models.administration.people import NO_GRANT, Details, holder
from models.administration.units import taken
from models.people.person import Person
from models.people.unit import Unit, tree
from models.rules import particulars
from models.rules.filters import whole_number
from models.rules.messages import say
from models.rules.particulars import tidy
from models.rules.workflow import Role

SPARE_ROWS = 2
MOST_ROWS = 40


class UnitForm(FlaskForm):
    """What a unit is called, of which kind it is and what it belongs to.

    A new one is offered `parent`, or else the top of the school.
    """

    name = StringField(
        "单位名称",
        filters=[tidy],
        validators=[DataRequired(say("required", label="单位名称")), read_by(particulars.unit_name)],
    )
    kind = Listed("单位类别", validators=[DataRequired(say("required_choice", label="单位类别"))])
    parent = Listed("上级单位")

    def __init__(self, unit: Unit | None = None, parent: str = "", **settings) -> None:
        self.unit = unit
        held = {"parent": parent or next(iter(tree(g.institution.code).children.get(None, [])), "")}
        if unit:
            held = {"name": unit.name, "kind": unit.kind, "parent": unit.parent_id}
        super().__init__(data=held, **settings)
        self.kind.choices = options({"": "请选择", **g.institution.unit_kinds})
        units = unit_options({unit.parent_id} if unit else set(), barred=self.own)
        self.parent.choices = options({"": "（无，最上级）"}) + units

    @property
    def own(self) -> set[int]:
        """The unit and all below it: where it cannot be put."""
        return tree(g.institution.code).below({self.unit.id}) if self.unit else set()

    @property
    def parent_id(self) -> int | None:
        return whole_number(self.parent.data or "")

    def validate_name(self, field: StringField) -> None:
        """Two units of one name under one parent could not be told apart in any list."""
        unit_id = self.unit and self.unit.id
        if sentence := taken(g.institution.code, field.data, self.parent_id, unit_id):
            raise ValidationError(sentence)

    def validate_parent(self, _field: Listed) -> None:
        """A unit below itself would have no way up to anyone who signs."""
        if not self.parent.errors and self.parent_id in self.own:
            raise ValidationError("不能移到它自己或它的下级单位下面，请选择别的上级单位。")


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


class Rows(FieldList):
    """Rows by number. WTForms takes '²' for a number and then fails to read it."""

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
    grants = Rows(FormField(GrantRow))

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

    def validate_grants(self, _field: Rows) -> None:
        if any(row.errors for row in self.grants):
            raise ValidationError("有一行没有选完整，请补上或勾选“移除”。")
        roles = {role for role, _ in self.wanted()}
        if not roles:
            raise ValidationError(NO_GRANT)
        if self.needed and Role.admin not in roles:
            raise ValidationError(self.needed)
