"""The columns under which a form's answers may stand in a sheet: the registers' and the items'."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from models.imports.headings import normalised
from models.imports.target import PASSED_OVER, Heading
from models.rules.answer_columns import unit_item
from models.rules.definitions.definition import Form, Section
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import COLUMN_SOURCES, Register
from models.rules.fields import Field
from models.rules.filing_kind import FilingKind

# Behind an item's path: the column counts in the item's larger unit (关注人数以万为单位).
SCALED = "#scaled"
UNIT = "unit"
_UNIT_NAMES = (
    "单位",
    "单位名称",
    "所属单位",
    "管理单位",
    "主管单位",
    "主办单位",
    "创建单位",
    "申请单位",
    "报送单位",
    "运营单位",
)
# What else people head the columns that name a channel with, by their part in `form.channel`.
_PARTS = {
    "title": ("名称", "{noun}名称", "账号名称", "平台名称"),
    "platform": ("平台", "平台类型", "所属平台", "账号平台"),
    "account": ("账号", "账号ID", "账号/网址", "账号或网址", "网址", "主页地址"),
    "tier": ("分级", "级别", "账号级别"),
    "followers": ("粉丝数", "粉丝量", "粉丝人数", "关注数"),
    "person": ("负责人", "负责人姓名"),
    "phone": ("负责人电话", "联系电话"),
}
_PHONES = ("联系电话", "电话", "手机", "手机号", "手机号码", "电话号码", "联系方式")


def item_of(path: str) -> str:
    """The path of the item that a heading's cells answer."""
    return path.removesuffix(SCALED)


@dataclass(frozen=True)
class Column:
    """A heading and the item it answers; `item` is None for a unit that the form does not ask.

    `fallback`: the item that has the cell's answer where `item` is not asked (a register's own).
    """

    heading: Heading
    path: str
    item: Field | None
    scaled: bool = False
    fallback: str = ""
    spellings: list[str] = field(default_factory=list)


def columns_of(institution: Institution, form: Form) -> list[Column]:
    """Every column, in the template's order; no two share a name, and what comes first keeps it."""
    columns: dict[str, Column] = {}
    for register in registers_over(institution, form):
        for column in _of_register(register, form):
            _add(columns, column)
    if PASSED_OVER not in {column.path for column in columns.values()}:
        columns = {"序号": _passed_over("序号")} | columns
    for column in _of_items(form):
        _add(columns, column)
    return _told_apart(list(columns.values()))


def registers_over(institution: Institution, form: Form) -> list[Register]:
    """The school's summary tables of this form."""
    return [register for register in institution.registers.values() if register.form == form.code]


def _add(columns: dict[str, Column], column: Column) -> None:
    """A second register may head the same item otherwise: that is one more name of it."""
    key = column.heading.path if column.path != PASSED_OVER else column.heading.label
    known = columns.get(key)
    if known is None:
        columns[key] = column
        return
    heading = known.heading
    names = (*heading.names, *column.heading.names)
    columns[key] = replace(
        known,
        heading=replace(heading, names=tuple(dict.fromkeys(names))),
        fallback=known.fallback or column.fallback,
        spellings=known.spellings + column.spellings,
    )


def _of_register(register: Register, form: Form) -> Iterator[Column]:
    for column in register.columns:
        label, path = column.heading, _path_of(column.value, form)
        if path == PASSED_OVER:
            yield _passed_over(label)
            continue
        item = _item(form, path)
        if item is None and path != UNIT:
            continue
        scaled = getattr(item, "scale", 1) > 1
        fallback = "" if column.fallback in COLUMN_SOURCES else column.fallback
        heading = Heading(
            path + SCALED * scaled,
            label,
            tuple(_with_scale(label, item) if scaled else [label]),
            needed=path == form.channel.title,
            group=column.group,
            help=f"以{item.scale_unit}为单位" if scaled else item.help if item else "",
            choices=_choices(item),
        )
        yield Column(heading, path, item, scaled, fallback, _spellings(form, path, item, scaled))


def _path_of(source: str, form: Form) -> str:
    """The item behind a register's column; UNIT where the form itself does not ask for it."""
    if source == "unit":
        return unit_item(form, FilingKind.first) or UNIT
    if source == "tier":
        return form.channel.tier or PASSED_OVER
    return PASSED_OVER if source in COLUMN_SOURCES else source


def _of_items(form: Form) -> Iterator[Column]:
    for section in form.sections:
        if not {FilingKind.first, FilingKind.change}.isdisjoint(section.kinds):
            for item in section.items:
                yield from _of_item(form, section, item)


def _of_item(form: Form, section: Section, item: Field) -> Iterator[Column]:
    if item.is_upload:
        return
    if parts := item.parts():
        for row in item.rows:
            for column in item.columns:
                tail = f"{row.name}.{column.name}"
                names = [row.label] if column is item.columns[0] else []
                names += [f"{row.label}{word}" for word in [column.label, *column.aliases]]
                yield _plain(form, f"{item.name}.{tail}", parts[tail], row.label, names)
        return
    group = "" if FilingKind.first in section.kinds else section.title
    if getattr(item, "scale", 1) == 1:
        yield _plain(form, item.name, item, group, [])
        return
    yield _plain(form, item.name, item, group, [f"{item.label}（{item.unit}）"])
    heading = Heading(
        item.name + SCALED,
        f"{item.label}（{item.scale_unit}）",
        tuple(_with_scale(item.label, item)[1:]),
        group=group,
    )
    yield Column(heading, item.name, item, scaled=True)


def _plain(form: Form, path: str, item: Field, group: str, names: Iterable[str]) -> Column:
    heading = Heading(
        path,
        item.label,
        (item.label, *item.aliases, *names),
        needed=path == form.channel.title,
        group=group,
        help=item.help,
        choices=_choices(item),
    )
    return Column(heading, path, item, spellings=_spellings(form, path, item, False))


def _passed_over(label: str) -> Column:
    return Column(Heading(PASSED_OVER, label, (label,)), PASSED_OVER, None)


def _item(form: Form, path: str) -> Field | None:
    try:
        return form.field(path)
    except KeyError:
        return None


def _choices(item: Field | None) -> tuple[str, ...]:
    """What a drop-down offers: where several may be named at once, it would be in the way."""
    offered = getattr(item, "choices", {}) if item is not None and item.type != "choices" else {}
    return tuple(offered.values())


def _with_scale(label: str, item: Field) -> list[str]:
    unit = item.scale_unit
    return [label, *(f"{label}（{word}）" for word in (unit, f"{unit}{item.unit}", f"单位：{unit}"))]


def _spellings(form: Form, path: str, item: Field | None, scaled: bool) -> list[str]:
    """Sensible names, taken only where no other column has them."""
    if item is None or item.type == "unit":
        return [item.label, *item.aliases, *_UNIT_NAMES] if item else list(_UNIT_NAMES)
    channel, spellings = form.channel, [item.label, *item.aliases] if not scaled else []
    for part, names in _PARTS.items():
        if path == getattr(channel, part):
            words = [name.format(noun=form.noun) for name in names]
            spellings += [f"{word}（{item.scale_unit}）" for word in words] if scaled else words
    if item.type == "phone":
        stem = next(
            (item.label.removesuffix(word) for word in _PHONES if item.label.endswith(word)), ""
        ).removesuffix("办公")
        spellings += [stem + word for word in _PHONES if stem]
    return spellings


def _told_apart(columns: list[Column]) -> list[Column]:
    """Each name goes to the first column that claims it, and labels before mere spellings."""
    owners: dict[str, str] = {}
    claims = [[column.heading.label] for column in columns]
    claims += [list(column.heading.names) for column in columns]
    claims += [column.spellings for column in columns]
    kept: dict[str, list[str]] = {}
    for column, names in zip(columns * 3, claims, strict=True):
        own = column.heading.path if column.path != PASSED_OVER else column.heading.label
        for name in (spelling for claimed in names for spelling in _both_accounts(claimed)):
            if owners.setdefault(normalised(name), own) == own:
                kept.setdefault(own, []).append(name)
    named = [_named(column, kept) for column in columns]
    # One that lost all its names is answered by another column, or by none.
    return [column for column in named if column.heading.names]


def _named(column: Column, kept: dict[str, list[str]]) -> Column:
    own = column.heading.path if column.path != PASSED_OVER else column.heading.label
    names, label = tuple(dict.fromkeys(kept.get(own, []))), column.heading.label
    label = label if label in names or not names else names[0]
    return replace(column, heading=replace(column.heading, label=label, names=names))


def _both_accounts(name: str) -> Iterator[str]:
    """账号 and 帐号 are written for each other."""
    yield name
    other = name.replace("账号", "帐号") if "账号" in name else name.replace("帐号", "账号")
    if other != name:
        yield other
