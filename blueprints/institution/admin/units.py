"""The school's units: the tree as a table, one unit with who signs for it, and closing one."""

from dataclasses import dataclass
from math import ceil

from flask import Response, abort, flash, g, request
from flask_login import current_user
from sqlalchemy import func, select

from blueprints.institution.admin.people_forms import UnitForm
from blueprints.institution.filtering import chips, page_number
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from models.administration import substitutes
from models.administration import units as keeping
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.filings.queries import Page
from models.people.person import Grant, Person, Unit, tree
from models.rules.filters import Filters
from models.rules.policy import Action
from models.rules.unit_tree import Node
from models.rules.workflow import Refused, Role

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
        found=one_page(nodes, page_number(request.args)),
        q=words,
        chips=chips(".units", {"q": words}, {"q": {}}),
        everything=len(known.nodes),
        unsigned=sum(known.signing_unit(one) is None for one in in_use),
    )


@mould.route("/units/new", methods=["GET", "POST"], defaults={"unit_id": None})
@mould.route("/units/<int:unit_id>", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
@once
def unit(unit_id: int | None) -> Response:
    """A new unit or one that is there: its name, its kind and what it belongs to."""
    found = None if unit_id is None else load_unit(unit_id)
    lock_units()
    form = UnitForm(found, parent=request.args.get("parent", ""))
    if not form.validate_on_submit():
        return draw(found, form, status=422 if form.errors else 200)
    kept = keep(found, form)
    db.session.commit()
    flash("已保存。" if found else f"已添加“{kept.name}”。")
    return go(".unit", unit_id=kept.id)


@mould.post("/units/<int:unit_id>/<any(close,reopen):verb>")
@requires(Action.ADMINISTER)
def switch_unit(unit_id: int, verb: str) -> Response:
    """Close a unit that nothing hangs on any more, or open it again."""
    found = load_unit(unit_id)
    lock_units()
    deed = keeping.reopen if verb == "reopen" else keeping.close
    try:
        deed(found, current_user)
    except Refused as refusal:
        return draw(found, UnitForm(found, formdata=None), error=str(refusal), status=422)
    db.session.commit()
    flash(f"“{found.name}”已{'重新启用' if found.active else '停用'}。")
    return go(".unit", unit_id=found.id)


def load_unit(unit_id: int) -> Unit:
    """The unit, if it is one of this school; else 404."""
    known = unit_id in tree(g.institution.code).nodes
    return db.session.get(Unit, unit_id) if known else abort(404)


def lock_units() -> None:
    if request.method == "POST":
        keeping.lock_units(g.institution.code)


def keep(found: Unit | None, form: UnitForm) -> Unit:
    """Write a valid form into its unit, or into a new one."""
    parent = None if form.parent_id is None else db.session.get(Unit, form.parent_id)
    said = (form.name.data, form.kind.data, parent, current_user)
    if found is None:
        return keeping.add(g.institution.code, *said)
    keeping.change(found, *said)
    return found


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
    asked = (
        select(Grant.unit_id, func.count(Grant.person_id.distinct()))
        .join(Person)
        .where(Grant.unit_id.in_(ids), Person.active)
        .group_by(Grant.unit_id)
    )
    return dict(db.session.execute(asked).all())


def channels_per_unit(ids: list[int]) -> dict[int, int]:
    asked = (
        select(Channel.unit_id, func.count())
        .where(Channel.unit_id.in_(ids), Channel.state == ChannelState.in_force)
        .group_by(Channel.unit_id)
    )
    return dict(db.session.execute(asked).all())


def names_of(people: set[int]) -> dict[int, str]:
    asked = select(Person.id, Person.name).where(Person.id.in_(people))
    return dict(db.session.execute(asked).all())


def draw(found: Unit | None, form: UnitForm, error: str = "", status: int = 200) -> Response:
    """The page of a unit: the form, and beside it who signs, who works there, what is below."""
    known = tree(g.institution.code)
    below = known.children.get(found.id, []) if found else []
    return page(
        "institution/admin/unit.html",
        status=status,
        unit=found,
        form=form,
        error=error,
        row=rows_of([(known.nodes[found.id], 0)])[0] if found else None,
        grants=grants_of(found) if found else [],
        substitutes=substitutes.of_unit(found) if found else [],
        below=[known.nodes[child] for child in below],
    )


def grants_of(found: Unit) -> list[Grant]:
    """Who holds which role for the unit itself, heads first."""
    asked = select(Grant).join(Grant.person).where(Grant.unit_id == found.id)
    in_order = asked.order_by(Person.active.desc(), Grant.role != Role.head, Person.name, Grant.id)
    return list(db.session.scalars(in_order))
