"""Whose channels a summary table sums up for a person."""

from dataclasses import dataclass

from models.people.person import Person, tree
from models.rules.definitions.institution import Institution


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
