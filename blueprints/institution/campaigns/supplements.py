"""补充报送: what changed since the signature, signed as a second paper; its page, its verbs, its print."""

from io import BytesIO

from flask import Response, abort, flash, g, request
from flask_login import current_user

from blueprints.institution.campaigns.loading import load_report
from blueprints.institution.campaigns.unit_report import LONGEST_REASON, REPORT
from blueprints.institution.campaigns.unit_report import show as show_report
from blueprints.institution.campaigns.words import report_words
from blueprints.institution.download import download
from blueprints.institution.loading import revision_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from models.campaigns.differences import Difference, of_papers
from models.campaigns.freezing import paper_of
from models.campaigns.report import Report
from models.campaigns.signed_paper import SignedPaper
from models.campaigns.supplement import Supplement, supplement_of, supplements_of
from models.campaigns.supplementing import begin, move, not_signed
from models.database import db, will_write
from models.events import history
from models.reports.summary import TEXT_FORMAT, SummaryRow
from models.rules.definitions.register import Column, Head, Register
from models.rules.masking import mask_change
from models.rules.messages import clean
from models.rules.policy import Action
from models.rules.report_workflow import ReportVerb

SUPPLEMENT = f"{REPORT}/supplements/<int:number>"
HEADS = {"序号": 5.0, "单位": 18.0, "名称": 22.0, "变动": 8.0, "项目": 14.0, "原报送": 20.0, "现报送": 20.0}


@mould.post(f"{REPORT}/supplements")
@requires(Action.FILE)
@once
def begin_supplement(campaign_id: int, unit_id: int) -> Response:
    """Hand in what changed since the report was signed."""
    report = load_report(campaign_id, unit_id)
    with attempt() as attempted:
        supplement = begin(report, g.institution, current_user)
        db.session.commit()
    if attempted.refused:
        return show_report(load_report(campaign_id, unit_id), attempted.status, attempted.sentence)
    flash("补充报送已提交，等单位负责人签字。")
    return _back(supplement)


@mould.get(SUPPLEMENT)
@requires(Action.READ)
def supplement(campaign_id: int, unit_id: int, number: int) -> Response:
    """What it signs, where it stands, and what this person may do with it."""
    return _draw(_load(campaign_id, unit_id, number))


@mould.post(f"{SUPPLEMENT}/<any(hand_in,take_back,sign,receive,return):verb>")
@requires(Action.READ)
def move_supplement(campaign_id: int, unit_id: int, number: int, verb: str) -> Response:
    """One verb; whether this person may is the rules' to say."""
    supplement, verb = _load(campaign_id, unit_id, number), ReportVerb(verb)
    reason = clean(request.form.get("reason", "")).strip()
    if len(reason) > LONGEST_REASON:
        return _draw(supplement, 422, f"最多{LONGEST_REASON}个字，请删减。", reason)
    with attempt() as attempted:
        move(supplement, g.institution, verb, current_user, revision_of(request.form), reason)
        db.session.commit()
    if attempted.refused:
        supplement = _load(campaign_id, unit_id, number)
        return _draw(supplement, attempted.status, attempted.sentence, reason)
    flash(f"已{verb.label}。")
    return _back(supplement)


@mould.get(f"{SUPPLEMENT}.pdf")
@requires(Action.READ)
def supplement_pdf(campaign_id: int, unit_id: int, number: int) -> Response:
    """The list of what changed, as the head signed it; before, to be looked at and signed by hand."""
    from blueprints.institution.paper import summary_pdf  # brings reportlab along

    supplement = _load(campaign_id, unit_id, number)
    report, paper = supplement.report, paper_of(supplement.report, supplement)
    title = f"{report.campaign.title}{supplement.label}"
    will_write()
    history.record(
        g.institution.code, "print", current_user, report_id=report.id, opinion=f"{title}，{report.unit.name}"
    )
    db.session.commit()
    rows = list(_rows(_differences(supplement, paper)))
    name = paper.unit_name if paper else report.unit.name
    content = summary_pdf.draw(_sheet(title), g.institution, rows, name, paper.day if paper else None)
    return download(BytesIO(content), f"{title}（{name}）.pdf")


def _load(campaign_id: int, unit_id: int, number: int) -> Supplement:
    return supplement_of(load_report(campaign_id, unit_id), number) or abort(404)


def _draw(supplement: Supplement, status: int = 200, error: str = "", reason: str = "") -> Response:
    report, paper = supplement.report, paper_of(supplement.report, supplement)
    return page(
        "institution/campaigns/supplement.html",
        status=status,
        report=report,
        campaign=report.campaign,
        supplement=supplement,
        paper=paper,
        differences=_differences(supplement, paper),
        allowed=supplement.allowed(current_user, g.institution),
        verbs=ReportVerb,
        report_words=report_words,
        error=error,
        reason=reason,
    )


def _differences(supplement: Supplement, paper: SignedPaper | None) -> list[Difference]:
    """As it was signed; before, as things stand now."""
    if paper is None:
        return not_signed(supplement.report, g.institution)
    before = _paper_before(supplement)
    return of_papers(before, paper) if before else []


def _paper_before(supplement: Supplement) -> SignedPaper | None:
    """What was signed last before it."""
    report: Report = supplement.report
    earlier = [paper_of(report)]
    earlier += [
        paper_of(report, other) for other in supplements_of(report) if other.number < supplement.number
    ]
    return next((paper for paper in reversed(earlier) if paper is not None), None)


def _rows(differences: list[Difference]) -> list[SummaryRow]:
    """A line for each item that changed; a channel that came or went has one."""
    lines = []
    for difference in differences:
        about = [difference.unit, difference.title, str(difference.kind)]
        changes = [mask_change(change) for change in difference.changes]
        lines += [[*about, change["label"], change["before"], change["after"]] for change in changes] or [
            [*about, "", "", ""]
        ]
    numbered = ([str(serial), *line] for serial, line in enumerate(lines, 1))
    return [
        SummaryRow(
            serial,
            {head: (text, text, TEXT_FORMAT) for head, text in zip(HEADS, texts, strict=True)},
            False,
            0,
            0,
        )
        for serial, texts in enumerate(numbered, 1)
    ]


def _sheet(title: str) -> Register:
    columns = [Column(label=head, value=head, width=width) for head, width in HEADS.items()]
    head = Head(
        left="报送单位（负责人签字加盖公章）：", right="报送时间：", fill_left="unit", fill_right="date"
    )
    return Register(
        code="supplement", title=title, short="补充报送", form="supplement", head=head, columns=columns
    )


def _back(supplement: Supplement) -> Response:
    report = supplement.report
    return go(".supplement", campaign_id=report.campaign_id, unit_id=report.unit_id, number=supplement.number)
