"""Steps of a school's forms that nobody can sign as its people and grants stand now."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from models.database import db
from models.people.person import Grant, Person
from models.people.unit import tree
from models.rules.definitions.institution import Institution
from models.rules.workflow import SIGNERS, Role, waits_for

MOST_NAMED = 5


@dataclass(frozen=True)
class Unsignable:
    """A step without a signer. `units`: the names of those it concerns; empty for the whole school."""

    form: str
    step: str
    signer: str
    units: tuple[str, ...]

    @property
    def sentence(self) -> str:
        where = "本校"
        if self.units:
            more = f"等 {len(self.units)} 个单位" if len(self.units) > MOST_NAMED else ""
            where = "、".join(self.units[:MOST_NAMED]) + more + "和上级单位都"
        return f"{self.form} · {self.step}：{where}还没有登记{self.signer}。"


def unsignable_steps(institution: Institution) -> list[Unsignable]:
    """Every step that nobody can sign, form by form; of heads' steps, for which units that file.

    Whoever may sign at all counts: that one person has one opinion is asked when a paper is handed in.
    """
    without = _without_signer(institution.code)
    return [
        Unsignable(form.short, step.short, SIGNERS[waits_for(step)][0], without[waits_for(step)])
        for form in institution.forms.values()
        for step in form.route.steps
        if waits_for(step) in without
    ]


def _without_signer(institution: str) -> Mapping[str, tuple[str, ...]]:
    """Whom of `workflow.waits_for` nobody stands for, and in which units; () for the whole school.

    Where nobody reports, nothing is handed in: such a unit needs no head yet.
    """
    units = tree(institution)
    reported_for = select(Grant.unit_id).join(Person).where(Grant.role == Role.reporter, Person.active)
    reporting = set(db.session.scalars(reported_for.where(Person.institution == institution)))
    filing = [node for node, _ in units.ordered() if node.active and node.id in reporting]
    headless = tuple(node.name for node in filing if not units.heads_for(node.id))
    without: dict[str, tuple[str, ...]] = {"head": headless} if headless else {}
    if not units.signers.offices:
        without["office"] = ()
    if not units.office_heads:
        without["office_head"] = ()
    return without
