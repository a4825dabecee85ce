"""The school's units: the tree as a table, one unit with who signs for it, and closing one."""

from dataclasses import dataclass
from math import ceil

from flask import Response, abort, flash, g, request
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from wtforms import StringField
from wtforms.validators import DataRequired, ValidationError

from blueprints.institution.components.form_fields import Listed, options, read_by, unit_options
from blueprints.institution.filtering import chips, page_number
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from blueprints.web.writing import begin_to_write
from models.administration import substitutes
from models.administration import units as administration
from models.administration.units import taken
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.filings.queries import Page
from models.people.person import Grant, Person
from models.people.unit import Unit, tree
from models.rules import particulars
from models.rules.filters import Filters, whole_number
from models.rules.messages import say
from models.rules.particulars import tidy
from models.rules.policy import Action
from models.rules.unit_tree import Node
from models.rules.workflow import Role
from models.wording import by_pinyin

PAGE_SIZE = 50


@dataclass(frozen=True)
class Row:
    """A unit as the table shows it. `signed_above`: the unit whose heads sign, when not its own."""

    unit: Node
    depth: int
    parent: str
    signers: str
    signed_above: str
    people: int
    channels: int


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


@mould.get("/units/")
@requires(Action.ADMINISTER)
def units() -> Response:
    """The tree, a parent before its children, or the units whose name or initials were typed."""
    words = Filters.read(request.args).q
    known = tree(g.institution.code)
    matching = known.named_like(words) if words else set(known.nodes)
    nodes = [(node, depth) for node, depth in known.ordered() if node.id in matching]
    in_use = [node.id for node in known.nodes.values() if node.active]
    return page(
        "institution/admin/units.html",
        "results",
        unit_page=one_page(nodes, page_number(request.args)),
        q=words,
        chips=chips(".units", {"q": words}, {"q": {}}),
        everything=len(known.nodes),
        unsigned=sum(known.signing_unit(unit_id) is None for unit_id in in_use),
    )


@mould.route("/units/new", methods=["GET", "POST"], defaults={"unit_id": None})
@mould.route("/units/<int:unit_id>", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
@once
def unit(unit_id: int | None) -> Response:
    """A new unit or one that is there: its name, its kind and what it belongs to."""
    lock_units()
    unit = None if unit_id is None else load_unit(unit_id)
    form = UnitForm(unit, parent=request.args.get("parent", ""))
    if not form.validate_on_submit():
        return draw(unit, form, status=422 if form.errors else 200)
    kept = save_unit(unit, form)
    db.session.commit()
    flash("已保存。" if unit else f"已添加“{kept.name}”。")
    return go(".unit", unit_id=kept.id)


@mould.post("/units/<int:unit_id>/<any(close,reopen):verb>")
@requires(Action.ADMINISTER)
def switch_unit(unit_id: int, verb: str) -> Response:
    """Close a unit that nothing hangs on any more, or open it again."""
    unit = load_unit(unit_id)
    lock_units()
    switch = administration.reopen if verb == "reopen" else administration.close
    with attempt() as attempted:
        switch(unit, current_user)
        db.session.commit()
    if attempted.refused:
        form = UnitForm(unit, formdata=None)
        return draw(unit, form, error=attempted.sentence, status=attempted.status)
    flash(f"“{unit.name}”已{'重新启用' if unit.active else '停用'}。")
    return go(".unit", unit_id=unit.id)


def load_unit(unit_id: int) -> Unit:
    """The unit, if it is one of this school; else 404."""
    known = unit_id in tree(g.institution.code).nodes
    return db.session.get(Unit, unit_id) if known else abort(404)


def lock_units() -> None:
    if request.method == "POST":
        begin_to_write()
        administration.lock_units(g.institution.code)


def save_unit(unit: Unit | None, form: UnitForm) -> Unit:
    """Write a valid form into its unit, or into a new one."""
    parent = None if form.parent_id is None else db.session.get(Unit, form.parent_id)
    typed = (form.name.data, form.kind.data, parent, current_user)
    if unit is None:
        return administration.add(g.institution, *typed)
    administration.change(unit, g.institution, *typed)
    return unit


def one_page(nodes: list[tuple[Node, int]], number: int) -> Page:
    """The rows of one page; a number beyond the last gives the last."""
    pages = max(1, ceil(len(nodes) / PAGE_SIZE))
    number = min(number, pages)
    shown = nodes[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return Page(rows_of(shown), len(nodes), number, pages)


def rows_of(nodes: list[tuple[Node, int]]) -> list[Row]:
    """The units with what the table says of them, in three questions to the database."""
    known, ids = tree(g.institution.code), [node.id for node, _ in nodes]
    people, channels = people_per_unit(ids), channels_per_unit(ids)
    names = names_of({head for node, _ in nodes for head in known.heads_for(node.id)})
    return [
        Row(
            unit=node,
            depth=depth,
            parent=known.nodes[node.parent_id].name if node.parent_id else "",
            signers="、".join(names[head] for head in sorted(known.heads_for(node.id))),
            signed_above=signed_above(node.id),
            people=people.get(node.id, 0),
            channels=channels.get(node.id, 0),
        )
        for node, depth in nodes
    ]


def signed_above(unit_id: int) -> str:
    """The name of the unit above whose heads sign; '' when its own do, or nobody does."""
    known = tree(g.institution.code)
    signing = known.signing_unit(unit_id)
    return "" if signing in (None, unit_id) else known.nodes[signing].name


def people_per_unit(ids: list[int]) -> dict[int, int]:
    query = (
        select(Grant.unit_id, func.count(Grant.person_id.distinct()))
        .join(Person)
        .where(Grant.unit_id.in_(ids), Person.active)
        .group_by(Grant.unit_id)
    )
    return dict(db.session.execute(query).all())


def channels_per_unit(ids: list[int]) -> dict[int, int]:
    query = (
        select(Channel.unit_id, func.count())
        .where(Channel.unit_id.in_(ids), Channel.state == ChannelState.in_force)
        .group_by(Channel.unit_id)
    )
    return dict(db.session.execute(query).all())


def names_of(people: set[int]) -> dict[int, str]:
    query = select(Person.id, Person.name).where(Person.id.in_(people))
    return dict(db.session.execute(query).all())


def draw(unit: Unit | None, form: UnitForm, error: str = "", status: int = 200) -> Response:
    """The page of a unit: the form, and beside it who signs, who works there, what is below."""
    known = tree(g.institution.code)
    below = known.children.get(unit.id, []) if unit else []
    return page(
        "institution/admin/unit.html",
        status=status,
        unit=unit,
        form=form,
        error=error,
        row=rows_of([(known.nodes[unit.id], 0)])[0] if unit else None,
        grants=grants_of(unit) if unit else [],
        substitutes=substitutes.of_unit(unit) if unit else [],
        below=[known.nodes[child] for child in below],
    )


def grants_of(unit: Unit) -> list[Grant]:
    """Who holds which role for the unit itself, heads first."""
    query = select(Grant).join(Grant.person).where(Grant.unit_id == unit.id)
    in_order = query.order_by(Person.active.desc(), Grant.role != Role.head, by_pinyin(Person.name), Grant.id)
    return list(db.session.scalars(in_order))
