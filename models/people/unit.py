"""Units in a tree: the school, its colleges, departments, societies, classes."""

from collections import defaultdict
from collections.abc import Collection
from functools import partial
from itertools import chain

from sqlalchemy import Date, ForeignKey, Index, String, bindparam, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import clock
from models.database import Model, db
from models.rules.policy import MAY_SIGN, NEVER_DECIDES
from models.rules.unit_tree import Node, Signers, Tree

KEPT = "unit trees"
# The tables that say which units there are and who heads them.
SHAPES_TREES = {"unit", "person", "person_grant", "substitute"}


class Unit(Model):
    """A node of a school's tree: the school, a college, a department, a society, a class, a person.

    `kind` is a code of the school's own `unit_kinds`; `pinyin` holds the initials for search.
    """

    __tablename__ = "unit"
    __table_args__ = (Index(None, "institution", "parent_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    pinyin: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)

    parent: Mapped["Unit | None"] = relationship(remote_side=[id])

    def rename(self, name: str) -> None:
        """Gives the unit a new name; papers already written keep the old one."""
        self.name, self.pinyin = name, initials(name)

    def signing_unit(self) -> "Unit | None":
        """The nearest unit, from this one upwards, that has a head; None when none has."""
        unit_id = tree(self.institution).signing_unit(self.id)
        return None if unit_id is None else db.session.get(Unit, unit_id)


def add_unit(institution: str, name: str, kind: str, parent: Unit | None = None) -> Unit:
    """A new unit of the school, flushed, with its pinyin initials."""
    unit = Unit(
        institution=institution, name=name, kind=kind, parent=parent, pinyin=initials(name), active=True
    )
    db.session.add(unit)
    db.session.flush()
    return unit


def _quoted(roles: Collection[str]) -> str:
    return ", ".join(f"'{role}'" for role in sorted(roles))


# Asked in nearly every request, and made once: putting them together costs more than running them.
UNIT = Unit.__table__.c
NODES = (
    select(UNIT.id, UNIT.name, UNIT.kind, UNIT.parent_id, UNIT.pinyin, UNIT.active)
    .where(UNIT.institution == bindparam("institution"))
    .order_by(UNIT.id)
)
# In the tables' own names: the classes of people stand above this module.
COUNTS = f"""
    EXISTS (SELECT 1 FROM person_grant AS headed JOIN person AS head ON head.id = headed.person_id
        WHERE headed.person_id = substitute.head_id AND headed.unit_id = substitute.unit_id
        AND headed.role = 'head' AND head.active)
    AND EXISTS (SELECT 1 FROM person_grant AS held JOIN person AS stand_in ON stand_in.id = held.person_id
        WHERE held.person_id = substitute.person_id AND stand_in.active
        AND held.role IN ({_quoted(MAY_SIGN)}))
    AND NOT EXISTS (SELECT 1 FROM person_grant AS held
        WHERE held.person_id = substitute.person_id AND held.role IN ({_quoted(NEVER_DECIDES)}))
"""
GRANTED = text("""
    SELECT person_grant.role, person_grant.unit_id, person_grant.person_id FROM person_grant
    JOIN person ON person.id = person_grant.person_id
    WHERE person.institution = :institution AND person.active AND person_grant.role IN ('reporter', 'office')
""")
SIGNERS = text(f"""
    SELECT person_grant.role, person_grant.unit_id, person_grant.person_id FROM person_grant
    JOIN person ON person.id = person_grant.person_id
    WHERE person.institution = :institution AND person.active AND person_grant.role IN ('head', 'office')
    UNION ALL
    SELECT 'head', substitute.unit_id, substitute.person_id FROM substitute
    WHERE substitute.institution = :institution AND substitute.ended_at IS NULL
    AND :today BETWEEN substitute.from_on AND substitute.until_on AND {COUNTS}
""").bindparams(bindparam("today", type_=Date))


def tree(institution: str) -> Tree:
    """The school's units as this transaction sees them: asked once, then kept until it ends."""
    kept = db.session().info.setdefault(KEPT, {})
    if institution not in kept:
        rows = db.session.execute(NODES, {"institution": institution})
        nodes = {row.id: Node(*row) for row in rows}
        kept[institution] = Tree(nodes, partial(_signers, institution), partial(_granted, institution))
    return kept[institution]


def _signers(institution: str) -> Signers:
    heads: dict[int, set[int]] = defaultdict(set)
    offices = set()
    for row in db.session.execute(SIGNERS, {"institution": institution, "today": clock.today()}):
        if row.role == "office":
            offices.add(row.unit_id)
        else:
            heads[row.unit_id].add(row.person_id)
    return Signers({unit: frozenset(people) for unit, people in heads.items()}, frozenset(offices))


def _granted(institution: str) -> dict[str, dict[int, frozenset[int]]]:
    people: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for row in db.session.execute(GRANTED, {"institution": institution}):
        people[row.role][row.unit_id].add(row.person_id)
    return {role: {unit: frozenset(ids) for unit, ids in units.items()} for role, units in people.items()}


def forget_trees(session: Session, *_: object) -> None:
    """The units and their heads are asked for again."""
    session.info.pop(KEPT, None)


def _forget_if_changed(session: Session, *_: object) -> None:
    flushed = chain(session.new, session.dirty, session.deleted)
    if any(type(row).__table__.name in SHAPES_TREES for row in flushed):
        forget_trees(session)


event.listen(Session, "after_flush", _forget_if_changed)
for moment in ("after_commit", "after_rollback"):
    event.listen(Session, moment, forget_trees)


def initials(name: str) -> str:
    """Pinyin initials of a name, lower case: 信息工程学院 -> xxgcxy."""
    from pypinyin import Style, lazy_pinyin  # half a second and 57 MB: only where a unit is named

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
