"""统计: the channels one may see in figures, drawn and tabled; and the same as a workbook."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, g, request, url_for
from flask_login import current_user

from blueprints.institution.components import tables
from blueprints.institution.components.summary_scope import Scope, asked_scope
from blueprints.institution.components.tables import (
    FOLLOWERS,
    Cell,
    Table,
    difference,
    number,
    ten_thousands,
    words,
)
from blueprints.institution.dashboard import charts
from blueprints.institution.download import download
from blueprints.institution.filtering import chips, forms_on_offer, units_on_offer
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models.channels.channel import CLOSING
from models.clock import campus_time
from models.database import db, will_write
from models.events import history
from models.people.unit import tree
from models.reports import dashboard as reports
from models.reports.dashboard import Figures, Question, Year
from models.rules.policy import Action

Drawing = charts.Bars | charts.Stack | charts.Bands
NO_PLATFORM, NO_TIER, NO_NAME = "未填平台", "未分级", "（未命名）"


@mould.get("/dashboard")
@requires(Action.READ)
def dashboard() -> Response:
    scope, form = asked_scope(), _asked_form()
    figures = reports.figures(Question(g.institution, scope.ids, form))
    units, forms = units_on_offer(), forms_on_offer()
    filters = {name: value for name, value in (("unit", scope.unit), ("form", form)) if value}
    return page(
        "institution/dashboard/dashboard.html",
        scope=scope,
        form=form,
        figures=figures,
        units=units,
        forms=forms,
        filters=filters,
        chips=chips(".dashboard", filters, {"unit": dict(units), "form": forms}),
        followers=FOLLOWERS.scaled_text(sum(platform.followers for platform in figures.platforms)),
        counts_followers=any(platform.counted for platform in figures.platforms),
        sections=sections(figures),
        as_of=_as_of(figures),
    )


@mould.get("/dashboard.xlsx")
@requires(Action.READ)
def dashboard_xlsx() -> Response:
    """The page's tables, a sheet each. It is an event."""
    from blueprints.institution.components.table_workbook import write  # brings openpyxl along

    scope, form = asked_scope(), _asked_form()
    figures = reports.figures(Question(g.institution, scope.ids, form))
    about = "，".join(filter(None, [scope.name, forms_on_offer().get(form)]))
    tables = [section.table for section in sections(figures)]
    file = write("统计", [f"范围：{about}", f"截至：{_as_of(figures)}"], tables)
    # It is an event, in a transaction of its own: nobody had to wait while the file was written.
    will_write()
    history.record(g.institution.code, "export", current_user, opinion=f"统计（{about}，Excel）")
    db.session.commit()
    return download(file, _file_name(scope))


def _asked_form() -> str:
    """The form's code; '' for all, and for what is no form of this school."""
    code = request.args.get("form", "")
    return code if code in g.institution.forms else ""


def _as_of(figures: Figures) -> str:
    """The whole date: a printed page is read in another year."""
    moment = campus_time(figures.as_of)
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _file_name(scope: Scope) -> str:
    """The download's name, without signs that a disk refuses."""
    return re.sub(r'[\\/:*?"<>|]', "_", f"统计（{scope.name}）")[:120] + ".xlsx"


@dataclass(frozen=True)
class Section:
    """`code` names it in the page's ids. Where nothing is drawn (None) the table stands alone;
    what is drawn `wide` has it beside."""

    code: str
    table: Table
    drawing: Drawing | None
    says: str = ""
    note: str = ""
    wide: bool = False


def sections(figures: Figures) -> list[Section]:
    """Those that this school has: without tiers or followers nothing is said of them."""
    school = g.institution
    shown = [_standings(figures), _against_last_year(figures), _platforms(figures), _unit_kinds(figures)]
    if school.tiers:
        shown.append(_tiers(figures))
    if any(form.channel.followers for form in school.forms.values()):
        shown += [_followers(figures), _most_followed(figures)]
    return [*shown, _years(figures)]


def _standings(figures: Figures) -> Section:
    standings = figures.standings
    items = [
        ("正常在册", standings.well),
        ("待核实", standings.stale),
        ("待补充", standings.incomplete),
        (CLOSING, standings.closing),
        ("已注销", standings.closed),
    ]
    if not g.institution.clocks.stale_months:
        items.pop(1)
    rows = [[words(label), number(count)] for label, count in items]
    table = Table(
        "按状态", ["状态", "数量（个）"], [*rows, [words("合计"), number(standings.every)]], total=True
    )
    note = f"{standings.both} 个既待核实又待补充，只计入待核实。" if standings.both else ""
    says = f"共 {standings.every:,} 个：" + _listed(dict(items))
    return Section("standings", table, charts.stack(items), says, note)


def _against_last_year(figures: Figures) -> Section:
    last, this = figures.years[-2:]
    lines = (("新增备案", "opened"), ("变更备案", "changed"), ("注销", "closed"), ("年末在册", "in_force"))
    rows = [
        [
            words(label),
            number(getattr(last, name)),
            number(getattr(this, name)),
            difference(getattr(this, name), getattr(last, name)),
        ]
        for label, name in lines
    ]
    table = Table("今年与去年", ["项目", f"{last.year}年", _so_far(this), "增减"], rows)
    return Section("against", table, None)


def _platforms(figures: Figures) -> Section:
    counts = {platform.name or NO_PLATFORM: platform.channels for platform in figures.platforms}
    return _counted("platforms", "按平台", "平台", counts)


def _tiers(figures: Figures) -> Section:
    labels = g.institution.tiers
    counts = {label: figures.tiers.get(code, 0) for code, label in labels.items()}
    for code, count in figures.tiers.items():
        if code not in labels:
            label = code or NO_TIER
            counts[label] = counts.get(label, 0) + count
    return _counted("tiers", "按分级", "分级", counts)


def _unit_kinds(figures: Figures) -> Section:
    labels = g.institution.unit_kinds
    counts = {labels.get(code, code): count for code, count in figures.unit_kinds.items()}
    return _counted("units", "按单位类型", "单位类型", counts)


def _counted(code: str, title: str, head: str, counts: Mapping[str, int]) -> Section:
    rows = [[words(label), number(count)] for label, count in counts.items()]
    total = sum(counts.values())
    if len(rows) > 1:
        rows.append([words("合计"), number(total)])
    drawing = charts.bars(list(counts.items()), lambda count: f"{count:,} 个") if total else None
    return Section(
        code,
        Table(title, [head, "在册（个）"], rows, total=len(counts) > 1),
        drawing,
        f"在册共 {total:,} 个：" + _listed(counts),
        _merged(drawing),
    )


def _followers(figures: Figures) -> Section:
    reported = sorted(
        (platform for platform in figures.platforms if platform.counted),
        key=lambda platform: -platform.followers,
    )
    total = sum(platform.followers for platform in reported)
    rows = [
        [words(platform.name or NO_PLATFORM), number(platform.counted), ten_thousands(platform.followers)]
        for platform in reported
    ]
    if len(rows) > 1:
        accounts = number(sum(platform.counted for platform in reported))
        rows.append([words("合计"), accounts, ten_thousands(total)])
    table = Table("关注人数", ["平台", "已填报账号（个）", "关注人数（万）"], rows, len(reported) > 1)
    items = [(platform.name or NO_PLATFORM, platform.followers) for platform in reported]
    drawing = charts.bars(items, _in_ten_thousands)
    return Section("followers", table, drawing, _followed(items), _merged(drawing))


def _most_followed(figures: Figures) -> Section:
    units = tree(g.institution.code).nodes
    rows: list[list[Cell]] = [
        [
            words(channel.title or NO_NAME, url_for(".channel", channel_id=channel.id)),
            words(channel.platform),
            words(units[channel.unit_id].name),
            ten_thousands(channel.followers),
        ]
        for channel in figures.most_followed
    ]
    items = [(channel.title or NO_NAME, channel.followers) for channel in figures.most_followed]
    table = Table("关注人数前十", ["名称", "平台", "单位", "关注人数（万）"], rows)
    return Section("most-followed", table, charts.bars(items, _in_ten_thousands), _followed(items), wide=True)


def _years(figures: Figures) -> Section:
    years = figures.years
    names = [f"{year.year}年" for year in years[:-1]] + [_so_far(years[-1])]
    rows = [
        [words(name), number(year.opened), number(year.changed), number(year.closed), number(year.in_force)]
        for name, year in zip(names, years, strict=True)
    ]
    table = Table("历年新增、变更、注销", ["年份", "新增", "变更", "注销", "年末在册"], rows)
    series = [
        ("新增备案", [year.opened for year in years]),
        ("变更备案", [year.changed for year in years]),
        ("注销", [year.closed for year in years]),
    ]
    says = f"{years[0].year}至{years[-1].year}年，" + "；".join(
        f"{label}共 {sum(counts):,} 个" for label, counts in series
    )
    note = f"按批准日期计。{years[-1].year}年未满，以斜纹表示。"
    drawing = charts.bands([str(year.year) for year in years], series)
    return Section("years", table, drawing, f"{says}。", note, wide=True)


def _so_far(year: Year) -> str:
    """The year that is not over yet."""
    return f"{year.year}年至今"


def _in_ten_thousands(people: int) -> str:
    return f"{tables.FOLLOWERS.scaled_text(people)} 万"


def _followed(items: list[tuple[str, int]]) -> str:
    return "，".join(f"{label} {_in_ten_thousands(people)}" for label, people in items) + "。"


def _listed(counts: Mapping[str, int]) -> str:
    return "，".join(f"{label} {count:,} 个" for label, count in counts.items()) + "。"


def _merged(drawing: charts.Bars | None) -> str:
    """What is behind 其他."""
    if drawing is None or not drawing.merged:
        return ""
    return f"图中“其他”合并了 {drawing.merged} 项，共 {drawing.bars[-1].text}。"
