"""审计: what was done, by whom, and whether that is still what was written down.

The auditor reads. The one thing that is written for them is that they took a copy away (导出).
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from time import monotonic

from flask import Response, current_app, g, request, url_for
from flask_login import current_user

from blueprints.institution.admin import audit_book
from blueprints.institution.admin.audit_lines import Line, cells, line_of
from blueprints.institution.download import download
from blueprints.institution.filtering import chips, whole_number
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models.audit import check, trail
from models.audit.seal import Seal, SealBook, Spoilt
from models.clock import campus_time, utcnow
from models.database import db
from models.events import history
from models.rules.event_labels import all_deeds
from models.rules.policy import Action

PAGE_SIZE = 50
MOST_EXPORTED = 100_000
PIECE = 1000
FILTERS = ("person", "deed", "words", "since", "until", "unit", "filing", "channel")


@mould.get("/audit")
@requires(Action.AUDIT)
def audit() -> Response:
    """The trail, the newest first, by the filters of the address."""
    return _trail(trail.read_question(request.args))


@mould.get("/audit/check")
@requires(Action.AUDIT)
def check_audit() -> Response:
    """Whether history fits: what came after the last seal, or all of it; a slice at a time."""
    began, after = monotonic(), whole_number(request.args.get("after", "")) or 0
    everything = bool(request.args.get("all"))
    seals, trouble = _seals()
    if trouble:
        verdict = check.Verdict(0, 0, True, trouble)
    elif after or everything:
        verdict = check.examine(g.institution.code, seals, after, check.SLICE)
    else:
        verdict = check.since_last_seal(g.institution.code, seals, check.SLICE)
    spent = (whole_number(request.args.get("spent", "")) or 0) + _milliseconds(began)
    looked = (whole_number(request.args.get("looked", "")) or 0) + verdict.checked
    return page(
        "institution/admin/audit_check.html", "checked",
        verdict=verdict, looked=looked, seconds=f"{spent / 1000:.1f}", everything=everything,
        total=check.total(g.institution.code), last_seal=seals[-1] if seals else None, now=utcnow(),
        further=url_for(".check_audit", after=verdict.last_id, spent=spent, looked=looked,
                        all="1" if everything else None),
    )


@mould.post("/audit/export")
@requires(Action.AUDIT)
def export_audit() -> Response:
    """What the filters show, as a workbook. It is an event, and part of the next copy."""
    question = trail.read_question(request.args)
    found = trail.count(g.institution.code, question, MOST_EXPORTED)
    if question.errors or found > MOST_EXPORTED:
        most = f"{MOST_EXPORTED:,}"
        said = f"符合条件的记录超过 {most} 条，请缩小日期范围，分几次导出。"
        return _trail(question, "" if question.errors else said, 422)
    about = "，".join(f"{chip['label']}" for chip in _chips(question)) or "全部"
    moment = f"{campus_time(utcnow()):%Y-%m-%d %H:%M}"
    facts = [f"审计记录：{about}，共 {found} 条", f"导出于 {moment}"]
    file = audit_book.write(facts, _rows(question))
    history.record(g.institution.code, "export", current_user,
                   opinion=f"审计记录（{about}，{found}条，Excel）")
    db.session.commit()
    return download(file, "审计记录.xlsx")


def _trail(question: trail.Question, problem: str = "", status: int = 200) -> Response:
    below = whole_number(request.args.get("below", ""))
    found = trail.page(g.institution.code, question, below, PAGE_SIZE)
    units, kept = trail.units(g.institution.code), _kept(question)
    seals, spoilt = _seals()
    return page(
        "institution/admin/audit.html", "results", status=status,
        question=question, problem=problem, lines=_lines(found.items), is_first=below is None,
        chips=_chips(question), kept=kept, units=units, deeds=all_deeds(),
        older=url_for(".audit", **kept, below=found.below) if found.below else "",
        last_seal=seals[-1] if seals else None, spoilt=spoilt,
        typed={name: request.args.get(name, "") for name in FILTERS},
    )


def _lines(entries: list[trail.Entry]) -> list[Line]:
    names = trail.unit_names(g.institution.code)
    return [line_of(entry, names) for entry in entries]


def _rows(question: trail.Question) -> Iterator[list[str]]:
    """The rows of the workbook, read in pieces: nobody who writes waits until the last is there."""
    below = None
    while True:
        found = trail.page(g.institution.code, question, below, PIECE)
        names = trail.unit_names(g.institution.code)
        piece = [cells(line_of(entry, names, linked=False)) for entry in found.items]
        db.session.rollback()
        yield from piece
        if (below := found.below) is None:
            return


def _kept(question: trail.Question) -> dict[str, str]:
    """The filters that are set, as the address holds them."""
    known = asdict(replace(question, errors={}))
    return {name: str(known[name]) for name in FILTERS if known[name]}


def _chips(question: trail.Question) -> list[dict]:
    kept = _kept(question)
    said = {
        "person": "操作人：{}", "words": "“{}”", "since": "{} 起", "until": "{} 止",
        "filing": "备案 {} 号", "channel": "账号 {} 号",
    }
    labels = {name: {kept[name]: words.format(kept[name])} for name, words in said.items()
              if name in kept}
    units = dict(trail.units(g.institution.code)) if "unit" in kept else {}
    return chips(".audit", kept, {**labels, "deed": all_deeds(), "unit": units})


def _seals() -> tuple[list[Seal], str]:
    """The school's seals, and what is wrong with their file."""
    try:
        return SealBook.of(g.institution.code, current_app.instance_path).read(), ""
    except Spoilt as spoilt:
        return [], str(spoilt)


def _milliseconds(since: float) -> int:
    return int((monotonic() - since) * 1000)
