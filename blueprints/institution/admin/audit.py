"""审计: what was done, by whom, and whether that is still what was written down.

The auditor reads. The one thing that is written for them is that they took a copy away (导出).
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from flask import Response, current_app, g, request, url_for
from flask_login import current_user

from blueprints.institution.download import download
from blueprints.institution.filtering import chips, whole_number
from blueprints.institution.loading import is_within_scope, may_open
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models.audit import trail
from models.audit.seal import Seal, SealBook, Spoilt
from models.audit.trail import Entry
from models.channels.channel import ChannelState
from models.clock import campus_time, utcnow
from models.database import db, will_write
from models.events import history
from models.events.history import Event
from models.rules.event_labels import all_deeds
from models.rules.masking import mask_change, mask_text
from models.rules.policy import Action, may
from models.rules.report_workflow import ReportState
from models.rules.workflow import State


@dataclass(frozen=True)
class Line:
    """An event as it is read. `href` opens what it is about, '' for who may not open it."""

    event: Event
    at: str
    action: str
    about: str
    number: str
    unit: str
    opinion: str
    moved: str
    changes: list[dict]
    href: str
    only: dict[str, int]


PAGE_SIZE = 50
MOST_EXPORTED = 100_000
PIECE = 1000
FILTERS = ("person", "deed", "words", "since", "until", "unit", "filing", "channel")


@mould.get("/audit")
@requires(Action.AUDIT)
def audit() -> Response:
    """The trail, the newest first, by the filters of the address."""
    return _trail(trail.read_question(request.args))


@mould.post("/audit/export")
@requires(Action.AUDIT)
def export_audit() -> Response:
    """What the filters show, as a workbook. It is an event, and part of the next copy."""
    from blueprints.institution.admin import audit_workbook  # brings openpyxl along

    question = trail.read_question(request.args)
    count = trail.count(g.institution.code, question, MOST_EXPORTED)
    if question.errors or count > MOST_EXPORTED:
        most = f"{MOST_EXPORTED:,}"
        problem = f"符合条件的记录超过 {most} 条，请缩小日期范围，分几次导出。"
        return _trail(question, "" if question.errors else problem, 422)
    about = "，".join(f"{chip['label']}" for chip in _chips(question)) or "全部"
    moment = f"{campus_time(utcnow()):%Y-%m-%d %H:%M}"
    facts = [f"审计记录：{about}，共 {count} 条", f"导出于 {moment}"]
    file = audit_workbook.write(facts, _rows(question))
    will_write()
    history.record(
        g.institution.code, "export", current_user, opinion=f"审计记录（{about}，{count}条，Excel）"
    )
    db.session.commit()
    return download(file, "审计记录.xlsx")


def _trail(question: trail.Question, problem: str = "", status: int = 200) -> Response:
    below = whole_number(request.args.get("below", ""))
    trail_page = trail.page(g.institution.code, question, below, PAGE_SIZE)
    units, kept = trail.units(g.institution.code), _kept(question)
    seals, spoilt, exchanged = _seals()
    return page(
        "institution/admin/audit.html",
        "results",
        status=status,
        question=question,
        problem=problem,
        lines=_lines(trail_page.items),
        is_first=below is None,
        chips=_chips(question),
        kept=kept,
        units=units,
        actions=all_deeds(),
        older=url_for(".audit", **kept, below=trail_page.below) if trail_page.below else "",
        last_seal=seals[-1] if seals else None,
        spoilt=spoilt,
        exchanged=exchanged,
        typed={name: request.args.get(name, "") for name in FILTERS},
    )


def _lines(entries: list[trail.Entry]) -> list[Line]:
    names = trail.unit_names(g.institution.code)
    return [line_of(entry, names) for entry in entries]


def _rows(question: trail.Question) -> Iterator[list[str]]:
    """The rows of the workbook, read in pieces: nobody who writes waits until the last is there."""
    below = None
    while True:
        trail_page = trail.page(g.institution.code, question, below, PIECE)
        names = trail.unit_names(g.institution.code)
        piece = [cells(line_of(entry, names, linked=False)) for entry in trail_page.items]
        db.session.rollback()
        yield from piece
        if (below := trail_page.below) is None:
            return


def _kept(question: trail.Question) -> dict[str, str]:
    """The filters that are set, as the address holds them."""
    # The address has a word of its own for the verb.
    known = {"deed": question.verb, **asdict(replace(question, errors={}))}
    return {name: str(known[name]) for name in FILTERS if known[name]}


def _chips(question: trail.Question) -> list[dict]:
    kept = _kept(question)
    phrases = {
        "person": "操作人：{}",
        "words": "“{}”",
        "since": "{} 起",
        "until": "{} 止",
        "filing": "备案 {} 号",
        "channel": "账号 {} 号",
    }
    labels = {name: {kept[name]: words.format(kept[name])} for name, words in phrases.items() if name in kept}
    units = dict(trail.units(g.institution.code)) if "unit" in kept else {}
    return chips(".audit", kept, {**labels, "deed": all_deeds(), "unit": units})


def _seals() -> tuple[list[Seal], str, str]:
    """The school's seals, what is wrong with their file, and what is to be said of other seals."""
    book = SealBook.of(g.institution.code, current_app.instance_path)
    try:
        return book.read(), "", book.exchanged()
    except Spoilt as spoilt:
        return [], str(spoilt), ""


def line_of(entry: Entry, unit_names: dict[int, str], linked: bool = True) -> Line:
    """The line of an event; `linked=False` where nothing can be clicked."""
    event = entry.event
    about, number = _about(entry)
    what = entry.filing or entry.channel or entry.report
    return Line(
        event=event,
        at=f"{campus_time(event.at):%Y-%m-%d %H:%M:%S}",
        action="，".join(filter(None, [event.label, event.step_label])),
        about=about,
        number=number,
        unit=unit_names.get(what.unit_id, "") if what else "",
        opinion=mask_text(event.opinion),
        moved=_moved(event),
        changes=[mask_change(change) for change in event.changes],
        href=_href(entry) if linked and may(current_user, Action.READ) else "",
        only=_only(entry),
    )


def cells(line: Line) -> list[str]:
    """The line for a workbook, in the order of its heads."""
    changed = "\n".join(
        f"{change['label']}：{change.get('before') or '（空）'} → {change.get('after') or '（空）'}"
        for change in line.changes
    )
    return [
        line.at,
        line.event.actor_name,
        line.action,
        line.about,
        line.number,
        line.unit,
        line.opinion,
        line.moved,
        changed,
        str(line.event.id),
        line.event.digest,
    ]


def _about(entry: Entry) -> tuple[str, str]:
    """What the event is about, and its number."""
    if entry.filing:
        return f"{entry.filing.title or '未命名'}（{entry.filing.kind.label}）", entry.filing.number
    if entry.channel:
        return entry.channel.title or "未命名", entry.channel.number
    return (f"{entry.report.campaign.title}（报送）" if entry.report else ""), ""


def _only(entry: Entry) -> dict[str, int]:
    """The filter that shows only what is about the same thing."""
    if entry.filing:
        return {"filing": entry.filing.id}
    return {"channel": entry.channel.id} if entry.channel else {}


def _href(entry: Entry) -> str:
    if entry.filing and may_open(entry.filing):
        return url_for(".filing", filing_id=entry.filing.id)
    channel = entry.channel
    if (
        channel
        and channel.state is not ChannelState.planned
        and is_within_scope(channel, current_user.visible_units())
    ):
        return url_for(".channel", channel_id=channel.id)
    return ""


def _moved(event: Event) -> str:
    """From which state to which: 审核中 → 已备案; '' when it changed none."""
    states = ReportState if event.report_id else State
    words = [_state(states, code) for code in (event.from_state, event.to_state)]
    return " → ".join(filter(None, words)) if words[0] != words[1] else ""


def _state(states: type[State] | type[ReportState], code: str) -> str:
    """A state in people's words; some deeds were written down in words already."""
    return states(code).label if code in set(states) else code
