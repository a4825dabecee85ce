"""Which register a request asks for, and whose channels its summary table sums up."""

from dataclasses import dataclass

from flask import abort, g, request
from flask_login import current_user

from blueprints.institution.filtering import whole_number
from models.people.person import Person
from models.people.unit import tree
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import Register


@dataclass(frozen=True)
class Scope:
    """`unit` was chosen (else ''), `ids` None means the whole school, which `whole_school` people
    see unless they choose.
    """

    unit: str
    ids: set[int] | None
    name: str
    whole_school: bool


def own_scope(institution: Institution, person: Person) -> Scope:
    """The person's own units and those below; the whole school for the office."""
    ids = person.visible_units()
    if ids is None:
        return Scope("", None, institution.name, True)
    nodes = tree(institution.code).nodes
    tops = [node.name for node in nodes.values() if node.id in ids and node.parent_id not in ids]
    return Scope("", ids, "、".join(tops), False)


def unit_scope(institution: Institution, person: Person, unit: int | None) -> Scope | None:
    """A unit with those below it; None when it is none of the person's."""
    units, visible = tree(institution.code), person.visible_units()
    if unit not in units.nodes or (visible is not None and unit not in visible):
        return None
    return Scope(str(unit), units.below([unit]), units.nodes[unit].name, visible is None)


def load_register(code: str) -> Register:
    """One of the school's registers; else 404."""
    return g.institution.registers.get(code) or abort(404)


def asked_scope() -> Scope:
    """The unit of `?unit=` with those below; without it one's own. 404 outside one's units."""
    unit = request.args.get("unit", "")
    if not unit:
        return own_scope(g.institution, current_user)
    return unit_scope(g.institution, current_user, whole_number(unit)) or abort(404)
