"""Who may sign for a unit, role by role, and whether somebody still may at this moment."""

from models.database import db
from models.people.person import Person
from models.people.unit import tree
from models.rules.workflow import Refused, Role


def signers(institution: str, unit_id: int, created_by: int | None = None) -> dict[str, frozenset[int]]:
    """Ids of the people who may sign what lies with a unit, by `workflow.waits_for`.

    `created_by`: who of the office began it on behalf of somebody reports for it.
    """
    units = tree(institution)
    reporting = units.granted.get(Role.reporter, {})
    reporters = {person for unit in units.upwards(unit_id) for person in reporting.get(unit, ())}
    in_office = units.holders(Role.office)
    if created_by in in_office:
        reporters.add(created_by)
    return {
        "reporter": frozenset(reporters),
        "head": units.heads_for(unit_id),
        "office": in_office,
        "office_head": units.office_heads,
    }


def ask_anew(person: Person) -> Person:
    """The person with the rights they have at this moment; nobody takes them away before the deed.

    For who decides. Raises Refused when they may not come in any more.
    """
    # Read under the lock of all writers, or before it where nobody wrote since (models.database.will_write).
    known = db.session.get_one(Person, person.id)
    if not known.active:
        raise Refused("您的账号已经停用，这次操作没有生效。")
    return known
