"""What is done to the school's units, each with its event; the pages, the commands and the lists use them.

Nothing commits. Who compares names or places calls `lock_units` first.
"""

from sqlalchemy import func, select

from models.database import db, lock
from models.events import history
from models.filings.filing import OPEN, Filing
from models.people.person import Person
from models.people.unit import Unit, add_unit, tree
from models.rules.definitions.institution import Institution
from models.rules.workflow import Refused

LABELS = {"name": "单位名称", "kind": "单位类别", "parent": "上级单位"}


def lock_units(institution: str) -> None:
    """Names and places are compared with all others: one change of a school's tree at a time."""
    lock(f"units of {institution}")


def taken(institution: str, name: str, parent_id: int | None, besides: int | None = None) -> str:
    """Why no unit of that name can be put there; '' when it can. `besides`: the unit itself.

    Two units of one name under one parent could not be told apart in any list.
    """
    wanted = name.casefold()
    for node in tree(institution).nodes.values():
        if (node.parent_id, node.name.casefold()) == (parent_id, wanted) and node.id != besides:
            closed = "" if node.active else "（已停用，可以重新启用）"
            return f"同一上级下已有“{node.name}”{closed}，请换一个名称。"
    return ""


def add(institution: Institution, name: str, kind: str, parent: Unit | None, actor: Person) -> Unit:
    """A new unit with its event, flushed."""
    unit = add_unit(institution.code, name, kind, parent)
    note_added(unit, institution, actor)
    return unit


def note_added(unit: Unit, institution: Institution, actor: Person) -> None:
    """Writes down that a unit was added."""
    _record(unit, "unit_add", actor, _differences({}, _described(unit, institution)))


def change(
    unit: Unit, institution: Institution, name: str, kind: str, parent: Unit | None, actor: Person
) -> None:
    """Renames or moves a unit, or makes it of another kind; an event only where it changed."""
    before = _described(unit, institution)
    if unit.name != name:
        unit.rename(name)
    unit.kind, unit.parent = kind, parent
    if changes := _differences(before, _described(unit, institution)):
        _record(unit, "unit_change", actor, changes)


def reopen(unit: Unit, actor: Person) -> None:
    """Opens a closed unit again. Raises Refused while the one above it is closed."""
    if unit.parent and not unit.parent.active:
        raise Refused(f"上级单位“{unit.parent.name}”已停用，请先启用它，或把本单位移到别处。")
    if not unit.active:
        unit.active = True
        _record(unit, "unit_reopen", actor)


def close(unit: Unit, actor: Person) -> None:
    """Closes a unit. Raises Refused, in a sentence, while something stands against it."""
    if count := under_way(unit.institution).get(unit.id):
        raise Refused(still_under_way(count))
    known = tree(unit.institution)
    below = [known.nodes[child] for child in known.children.get(unit.id, [])]
    if names := [node.name for node in below if node.active]:
        raise Refused(still_below(names))
    if unit.active:
        unit.active = False
        _record(unit, "unit_close", actor)


def under_way(institution: str) -> dict[int, int]:
    """How many filings are not done yet, by the id of their unit."""
    query = (
        select(Filing.unit_id, func.count())
        .where(Filing.institution == institution, Filing.state.in_(OPEN))
        .group_by(Filing.unit_id)
    )
    return dict(db.session.execute(query).all())


def still_under_way(count: int) -> str:
    return f"还有 {count} 件没有办完的备案（含草稿），请先办结，或由经办人撤回、删除。"


def still_below(names: list[str]) -> str:
    shown = "、".join(names[:3]) + ("等" if len(names) > 3 else "")
    return f"下面还有 {len(names)} 个在用的单位（{shown}），请先停用或移走它们。"


def _described(unit: Unit, institution: Institution) -> dict[str, str]:
    kinds = institution.unit_kinds
    return {
        "name": unit.name,
        "kind": kinds.get(unit.kind, unit.kind),
        "parent": unit.parent.name if unit.parent else "",
    }


def _differences(before: dict[str, str], after: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"path": path, "label": label, "before": before.get(path, ""), "after": after[path]}
        for path, label in LABELS.items()
        if before.get(path, "") != after[path]
    ]


def _record(unit: Unit, verb: str, actor: Person, changes: list[dict] | None = None) -> None:
    db.session.flush()
    history.record(unit.institution, verb, actor, opinion=unit.name, changes=changes or [])
