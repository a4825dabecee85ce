"""代签: a head, or the administrator, names who signs while the head is away."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask import Response, abort, flash, g
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, ValidationError

from blueprints.institution.components.form_fields import Listed, options
from blueprints.institution.loading import find
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from models import clock
from models.administration.substitutes import (
    candidates,
    end,
    headed_by,
    heads_to_name_for,
    name_substitute,
    of_units,
    standing_in,
    unit_names,
)
from models.database import db
from models.people.person import Person
from models.people.substitute import Substitute
from models.people.unit import Unit, tree
from models.rules.dates import read_day
from models.rules.messages import say
from models.rules.policy import Action, may
from models.rules.unit_tree import Tree
from models.rules.workflow import Role

OVER_SHOWN = 20


def needed(label: str) -> DataRequired:
    return DataRequired(say("required", label=label))


class SubstituteForm(FlaskForm):
    """Whose head is away, who signs instead, from when until when."""

    unit = Listed("单位", validators=[DataRequired(say("required_choice", label="单位"))])
    person = Listed("代签人", validators=[DataRequired(say("required_choice", label="代签人"))])
    from_on = StringField("开始日期", validators=[needed("开始日期")])
    until_on = StringField("结束日期", validators=[needed("结束日期")])

    def __init__(self, units: set[int], **settings) -> None:
        only = next(iter(units)) if len(units) == 1 else ""
        super().__init__(data={"unit": only, "from_on": clock.today().isoformat()}, **settings)
        known = tree(g.institution.code)
        headed = heads_to_name_for(current_user, units)
        people = {
            person.id: f"{person.name}（{unit_names(g.institution.code, person)}）"
            for person in candidates(g.institution.code)
            if person.id != current_user.id
        }
        self.unit.choices = options({"": "请选择"} | _signed_for(headed, known))
        self.person.choices = options({"": "请选择", **people})

    def validate_from_on(self, field: StringField) -> None:
        _as_day(field)

    def validate_until_on(self, field: StringField) -> None:
        _as_day(field)

    @property
    def signed_for(self) -> tuple[Unit, Person]:
        """The unit, and which of its heads is away."""
        unit_id, _, head_id = (self.unit.data or "").partition("-")
        heads = heads_to_name_for(current_user, {int(unit_id)})[int(unit_id)]
        head = next(head for head in heads if head_id in ("", str(head.id)))
        return db.session.get_one(Unit, int(unit_id)), head

    @property
    def period(self) -> tuple[date, date]:
        return _as_day(self.from_on), _as_day(self.until_on)


@mould.route("/substitutes", methods=["GET", "POST"])
@requires(Action.ENTER)
@once
def substitutes() -> Response:
    """Who stands in for whom; naming somebody."""
    units = _units()
    form = SubstituteForm(units)
    if not form.validate_on_submit():
        return _draw(units, form, status=422 if form.errors else 200)
    person = db.session.get_one(Person, int(form.person.data))
    unit, head = form.signed_for
    with attempt() as attempted:
        name_substitute(unit, head, person, *form.period, current_user)
        db.session.commit()
    if attempted.refused:
        return _draw(units, form, attempted.sentence, attempted.status)
    flash(f"已指定{person.name}代签“{unit.name}”。")
    return go(".substitutes")


@mould.post("/substitutes/<int:substitute_id>/end")
@requires(Action.ENTER)
def end_substitute(substitute_id: int) -> Response:
    """Take it back before its last day."""
    units, substitute = _units(), find(Substitute, substitute_id)
    if substitute is None or substitute.institution != g.institution.code or substitute.unit_id not in units:
        abort(404)
    with attempt() as attempted:
        end(substitute, current_user)
        db.session.commit()
    if attempted.refused:
        return _draw(units, SubstituteForm(units, formdata=None), attempted.sentence, 409)
    flash(f"{substitute.person.name}的代签已结束。")
    return go(".substitutes")


def on_home() -> dict:
    """What the home page says: for whom one signs, who signs for oneself, whether one may name."""
    headed = current_user.granted(Role.head)
    named = db.session.scalars(of_units(g.institution.code, headed)) if headed else ()
    return {"mine": standing_in(current_user), "named": list(named), "may_name": bool(headed)}


def _units() -> set[int]:
    """The units for which the person may name somebody; nobody else gets the page."""
    units = headed_by(current_user)
    if not units and not may(current_user, Action.ADMINISTER):
        abort(403)
    return units


def _draw(units: set[int], form: SubstituteForm, error: str = "", status: int = 200) -> Response:
    school = g.institution.code
    over = of_units(school, units, over=True).limit(OVER_SHOWN)
    return page(
        "institution/account/substitutes.html",
        status=status,
        form=form,
        error=error,
        current=list(db.session.scalars(of_units(school, units))),
        over=list(db.session.scalars(over)),
        units=units,
    )


def _signed_for(headed: Mapping[int, Sequence[Person]], known: Tree) -> dict[str, str]:
    """Units to choose from by their ids; where there are several heads, each of them: 文学院（代秦岭）."""
    choices: dict[str, str] = {}
    for node, _ in known.ordered():
        heads = headed.get(node.id, ())
        if len(heads) == 1:
            choices[str(node.id)] = node.name
        else:
            choices |= {f"{node.id}-{head.id}": f"{node.name}（代{head.name}）" for head in heads}
    return choices


def _as_day(field: StringField) -> date:
    """The day of an item; raises ValidationError with its sentence."""
    try:
        return read_day(field.data or "", field.label.text, clock.today())
    except ValueError as error:
        raise ValidationError(str(error)) from None
