"""Who may sign for a unit, role by role, and whether somebody still may at this moment."""

from sqlalchemy import and_, or_, select

from models.database import db, lock
from models.people.person import Grant, Person
from models.people.unit import forget_trees, tree
from models.rules.workflow import Refused, Role


def signers(institution: str, unit_id: int, created_by: int | None = None) -> dict[str, frozenset[int]]:
    """Ids of the people who may sign what lies with a unit, by `workflow.waits_for`.

    `created_by`: who of the office began it on behalf of somebody reports for it.
    """
    units = tree(institution)
    reporting = and_(Grant.role == Role.reporter, Grant.unit_id.in_(units.upwards(unit_id)))
    query = (
        select(Grant.role, Grant.unit_id, Grant.person_id)
        .join(Person)
        .where(Person.institution == institution, Person.active, or_(Grant.role == Role.office, reporting))
    )
    rows = db.session.execute(query).all()
    office = [row for row in rows if row.role == Role.office]
    reporters = {row.person_id for row in rows if row.role == Role.reporter}
    return {
        "reporter": frozenset(reporters | {row.person_id for row in office if row.person_id == created_by}),
        "head": units.heads_for(unit_id),
        "office": frozenset(row.person_id for row in office),
        "office_head": units.office_heads,
    }


def ask_anew(person: Person) -> Person:
    """The person with the rights they have at this moment; nobody takes them away before the deed.

    For who decides: what the request has read of them may be older than the lock. Raises Refused
    when they may not come in any more.
    """
    # Whoever gives or takes rights writes an event of it: they are done with it, or wait for us.
    lock(f"events of {person.institution}")
    known = db.session.get_one(Person, person.id)
    db.session.refresh(known)
    forget_trees(db.session())
    if not known.active:
        raise Refused("您的账号已经停用，这次操作没有生效。")
    return known
