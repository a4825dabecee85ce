"""A list of the school's units, read line by line: what is new, what changes, what cannot be."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from models.administration import units as administration
from models.database import db
from models.events import history
from models.imports.target import WRITTEN, Heading, Line, Overtaken, RowState, overtaken, refuse_too_many
from models.imports.unit_plan import Entry, Place, Plan, Ref
from models.people.person import Person
from models.people.unit import Unit, tree
from models.rules import particulars
from models.rules.definitions.institution import Institution
from models.rules.particulars import same, tidy

STATES = {
    "启用": True,
    "在用": True,
    "正常": True,
    "停用": False,
    "已停用": False,
    "撤销": False,
    "已撤销": False,
}
PARENT_HELP = (
    "写上级单位的名称，可以是本表中的另一行；名称有重复时写成“校团委/青年志愿者协会”。"
    "新单位留空，就放在学校下面；已有的单位留空，位置不变。"
)


class UnitsTarget:
    """Lines become units: known by their name and what they are under, else new."""

    code = "units"
    title = "单位"
    one_whole = True

    def __init__(self, institution: Institution, person: Person):
        self.institution, self.person = institution, person
        self.kinds = {same(label): code for code, label in institution.unit_kinds.items()}
        self.whole: list[dict[str, str]] = []

    def headings(self) -> list[Heading]:
        kinds = tuple(self.institution.unit_kinds.values())
        return [
            Heading(
                "name",
                "单位名称",
                ("单位名称", "单位", "名称", "单位全称", "部门", "部门名称", "组织名称"),
                needed=True,
            ),
            Heading(
                "kind",
                "单位类别",
                ("单位类别", "类别", "单位类型", "类型", "单位性质"),
                help="新单位必填，从列表中选择；已有的单位留空，类别不变。",
                choices=kinds,
            ),
            Heading(
                "parent",
                "上级单位",
                ("上级单位", "上级", "上级部门", "所属单位", "主管单位", "挂靠单位", "隶属单位", "指导单位"),
                help=PARENT_HELP,
            ),
            Heading(
                "state",
                "状态",
                ("状态", "单位状态", "是否启用"),
                help="留空：新单位启用，已有的单位不变。",
                choices=("启用", "停用"),
            ),
        ]

    def prepare(self, words: Iterable[Mapping[str, str]]) -> None:
        self.whole = [dict(line_words) for line_words in words]

    def judge(self, lines: Sequence[Line]) -> None:
        if refuse_too_many(lines, len(self.whole)):
            return
        entries = [self._entry(line.words) for line in lines]
        self._judge(lines, entries, [*map(self._entry, self.whole), *entries])

    def get_ready(self, most: int) -> None:
        """Nothing of it takes time."""

    def confirm(self, lines: Sequence[Line]) -> dict[str, Any]:
        administration.lock_units(self.institution.code)
        fresh = [Line(line.sheet, line.number, line.payload["words"]) for line in lines]
        entries = [self._entry(line.payload["words"], line.payload["new"]) for line in lines]
        plan = self._judge(fresh, entries, entries)
        if numbers := overtaken(lines, fresh):
            raise Overtaken(numbers)
        self._write(plan, [plan.place(entry) for entry in entries])
        added, changed = ([line.state for line in lines].count(state) for state in WRITTEN)
        history.record(
            self.institution.code,
            "import",
            self.person,
            opinion=f"单位：新增 {added} 个，变更 {changed} 个。",
        )
        return {"added": added, "changed": changed}

    def _entry(self, words: Mapping[str, str], new: bool = False) -> Entry:
        """A line as it is understood, with a sentence for each cell that is not."""
        texts = {path: tidy(words.get(path, "")) for path in ("name", "kind", "parent", "state")}
        entry = Entry(texts["name"], texts["parent"], new=new)
        try:
            entry.name = particulars.unit_name(texts["name"])
        except ValueError as error:
            entry.errors["name"] = str(error)
        if texts["kind"]:
            entry.kind = self.kinds.get(same(texts["kind"]), "")
            if not entry.kind:
                labels = "、".join(self.institution.unit_kinds.values())
                entry.errors["kind"] = f"没有“{texts['kind'][:20]}”这一类，可以填：{labels}。"
        if texts["state"]:
            entry.active = STATES.get(texts["state"])
            if entry.active is None:
                entry.errors["state"] = "状态请填“启用”或“停用”，或者留空。"
        return entry

    def _judge(self, lines: Sequence[Line], entries: Sequence[Entry], whole: Sequence[Entry]) -> Plan:
        names = [self.institution.name, *self.institution.names]
        plan = Plan(tree(self.institution.code), whole, names)
        under_way = administration.under_way(self.institution.code)
        for line, entry in zip(lines, entries, strict=True):
            place = plan.place(entry)
            line.title = entry.name
            line.errors = place.errors | entry.errors | line.damage
            if not line.errors:
                line.identity = _identity(place)
                line.errors = _against(plan, place, under_way)
            if line.errors:
                line.state = RowState.wrong
                continue
            changes = [] if place.is_new else self._changes(plan, place, entry)
            line.state = RowState.add if place.is_new else RowState.change if changes else RowState.same
            words = {path: tidy(line.words.get(path, "")) for path in ("name", "kind", "parent", "state")}
            line.payload = {"words": words, "new": place.is_new, "changes": changes}
            line.notes = _notes(changes)
        return plan

    def _changes(self, plan: Plan, place: Place, entry: Entry) -> list[dict[str, str]]:
        """What the line changes about a unit that is there."""
        was, kinds = plan.tree.nodes[place.ref], self.institution.unit_kinds
        before = {
            "kind": kinds.get(was.kind, was.kind),
            "state": _state(was.active),
            "parent": plan.name_of(was.parent_id),
        }
        after = {
            "kind": kinds.get(entry.kind, before["kind"]),
            "parent": plan.name_of(place.parent),
            "state": _state(plan.is_active(place.ref)),
        }
        return [
            {"path": path, "label": label, "before": before[path], "after": after[path]}
            for path, label in (("kind", "单位类别"), ("parent", "上级单位"), ("state", "状态"))
            if before[path] != after[path] or (path == "parent" and place.parent != was.parent_id)
        ]

    def _write(self, plan: Plan, places: Sequence[Place]) -> None:
        """What is above comes first, except for closing."""
        query = select(Unit).where(Unit.institution == self.institution.code)
        units: dict[Ref, Unit] = {unit.id: unit for unit in db.session.scalars(query)}
        in_order = sorted(places, key=lambda place: len(plan.upwards(place.ref)))
        for place in in_order:
            entry, parent, unit = place.entry, units.get(place.parent), units.get(place.ref)
            if unit is None:
                units[place.ref] = administration.add(
                    self.institution, entry.name, entry.kind, parent, self.person
                )
            else:
                administration.change(
                    unit, self.institution, unit.name, entry.kind or unit.kind, parent, self.person
                )
                if entry.active:
                    administration.reopen(unit, self.person)
        for place in reversed(in_order):
            if place.entry.active is False and units[place.ref].active:
                administration.close(units[place.ref], self.person)


def _identity(place: Place) -> str:
    """The same for two lines that would write one unit."""
    if place.is_new:
        return f"{same(place.entry.name)} under {place.parent}"
    return f"unit {place.ref}"


def _against(plan: Plan, place: Place, under_way: Mapping[Ref, int]) -> dict[str, str]:
    """What the pages would refuse as well: path -> sentence."""
    parent, ref = plan.parent_of(place.ref), place.ref
    was = None if place.is_new else plan.tree.nodes[ref]
    active = plan.is_active(ref)
    stays = was and was.active and was.parent_id == parent
    if active and parent is not None and not plan.is_active(parent) and not stays:
        return {"parent": f"上级单位“{plan.name_of(parent)}”已停用，请先启用它，或改上级单位。"}
    if not active and was and was.active and (count := under_way.get(ref)):
        return {"state": administration.still_under_way(count)}
    names = [plan.name_of(child) for child in plan.below[ref] if plan.is_active(child)]
    if not active and names and (was is None or was.active):
        return {"state": administration.still_below(sorted(names))}
    return {}


def _state(active: bool) -> str:
    return "启用" if active else "停用"


def _notes(changes: Sequence[Mapping[str, str]]) -> list[str]:
    """Worth a look before it is confirmed: a known name in another place."""
    moved = next((change for change in changes if change["path"] == "parent"), None)
    if moved is None:
        return []
    before, after = (moved[side] or "最上级" for side in ("before", "after"))
    return [
        (
            f"现在在“{before}”下面，导入后移到“{after}”下面；如果是另一个同名的单位，"
            "请不要导入这一行，改在“单位”页面添加。"
        )
    ]
