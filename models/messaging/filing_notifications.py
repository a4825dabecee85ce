"""Whom a filing's move concerns, and the sentence each of them is told."""

from datetime import datetime

from models.database import db
from models.messaging import notices
from models.messaging.notices import Topic
from models.people.person import Person
from models.people.signers import signers
from models.people.unit import tree
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.workflow import State, Verb

# What is filed as the row of a list is told of once for the whole list.
LISTED = "list"


def awaited(filing) -> set[int]:
    """Ids of the people a filing in review waits for now; empty when it waits for nobody."""
    people = {
        "": set,
        "reporter": lambda: reporters_of(filing),
        "head": lambda: set(tree(filing.institution).heads_for(filing.unit_id)),
        "office": lambda: notices.office_people(filing.institution),
        "office_head": lambda: set(
            signers(filing.institution, filing.unit_id, filing.created_by_id)["office_head"]
        ),
    }[filing.waits_for]()
    return people - filing.barred


def reporters_of(filing) -> set[int]:
    """Ids of the people who look after a filing: the nearest reporters, and who handed it in."""
    people = notices.people_of_unit(filing.institution, filing.unit_id)
    for person_id in {filing.created_by_id, filing.submitted_by_id} - people - {None}:
        person = db.session.get(Person, person_id)
        if person.active and person.files_for(filing.unit):
            people.add(person_id)
    return people


def notify_of_move(
    filing, institution: Institution, verb: Verb, actor: Person, opinion: str, waited: set[int], now: datetime
) -> None:
    """Tells everybody whom a move concerns; never the one who made it.

    In: `waited`, for whom the filing waited before the move. What was asked of them is settled.
    """
    notices.settle(filing.id, now)
    if filing.state is State.in_review:
        step = filing.steps(filing.definition(institution))[filing.step]
        what = f"等您签署“{step.short}”（{filing.unit.name}）。"
        _tell(filing, institution, awaited(filing), what, actor, now, topic=Topic.task)
    elif filing.state is State.filed:
        number = "" if _listed(filing, institution) else f"，编号 {filing.number}"
        _tell(filing, institution, reporters_of(filing), f"{_done(filing)}{number}。", actor, now)
    elif verb is Verb.withdraw:
        _tell(filing, institution, waited, f"已由{filing.unit.name}撤回，不必再签署。", actor, now)
    else:
        what = "已退回修改。" if verb is Verb.return_ else "未予备案。"
        _tell(filing, institution, reporters_of(filing), what, actor, now, detail=f"{actor.name}：{opinion}")


def notify_of_completion(
    filing, institution: Institution, labels: list[str], actor: Person, now: datetime
) -> None:
    """Tells the office what a unit added once its account was open."""
    people = notices.office_people(filing.institution)
    _tell(filing, institution, people, f"已补充{'、'.join(labels)}。", actor, now)


def _tell(
    filing, institution: Institution, people: set[int], what: str, actor: Person, now: datetime, **more
) -> None:
    listed = _listed(filing, institution)
    subject = f"{filing.unit.name}的清单" if listed else f"“{filing.title or '未命名'}”"
    notices.notify(
        filing.institution, people, subject + what, filing, besides=actor, together=listed, now=now, **more
    )


def _done(filing) -> str:
    return "的注销备案已办结" if filing.kind is FilingKind.close else "已备案"


def _listed(filing, institution: Institution) -> bool:
    form = institution.forms.get(filing.form)
    return bool(form) and form.route.signed_as == LISTED and filing.kind is FilingKind.first
