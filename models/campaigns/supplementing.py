"""A supplement begins and goes its way: handed in, signed, received or sent back. Nothing commits."""

from datetime import datetime

from models.campaigns.differences import Difference, since
from models.campaigns.freezing import freeze, paper_of, send_back
from models.campaigns.report import Report
from models.campaigns.signed_paper import SignedPaper
from models.campaigns.supplement import Supplement, SupplementConflict, supplements_of
from models.campaigns.transitions import moved_columns
from models.clock import utcnow
from models.database import db, lock, write_if
from models.events import history
from models.messaging import notices
from models.people.person import Person
from models.people.signers import ask_anew
from models.rules import report_workflow
from models.rules.definitions.institution import Institution
from models.rules.report_workflow import ReportState, ReportVerb
from models.rules.workflow import Refused

SAME = "与上次签字时相同，没有可以补充报送的变动。"


def newest_paper(report: Report) -> SignedPaper | None:
    """What was signed last and still answers: the newest supplement's, else the report's own."""
    signed = [paper for supplement in supplements_of(report) if (paper := paper_of(report, supplement))]
    return signed[-1] if signed else paper_of(report)


def not_signed(report: Report, institution: Institution, now: datetime | None = None) -> list[Difference]:
    """What differs from what was signed last; empty while nothing is signed."""
    paper = newest_paper(report)
    return since(paper, report, institution, now or utcnow()) if paper else []


def objection(report: Report, institution: Institution, actor: Person) -> str:
    """Why the person cannot begin a supplement of the report now; '' when they can."""
    last = supplements_of(report)[-1:]
    if report.campaign.ended_at is not None:
        return "这项备案工作已经结束，需要补报的请联系宣传部门。"
    if not report_workflow.reports_for(report.unit_id, actor.actor()):
        return "只有本单位的经办人可以补充报送。"
    if report.state is not ReportState.received:
        return "宣传部门接收以后才能补充报送；接收以前需要修改的，请宣传部门整份退回。"
    if last and last[0].state is not ReportState.received:
        return f"{last[0].label}还没有办完。"
    return "" if not_signed(report, institution) else SAME


def begin(report: Report, institution: Institution, actor: Person, now: datetime | None = None) -> Supplement:
    """A supplement of what changed, handed in to be signed. Flushed. Raises Refused."""
    now = now or utcnow()
    lock(f"supplements of report {report.id}")
    db.session.refresh(report)
    if sentence := objection(report, institution, actor):
        raise Refused(sentence)
    number = len(supplements_of(report)) + 1
    supplement = Supplement(report=report, number=number, touched_at=now, touched_by=actor.name)
    db.session.add(supplement)
    db.session.flush()
    move(supplement, institution, ReportVerb.hand_in, actor, supplement.revision, now=now)
    return supplement


def move(
    supplement: Supplement,
    institution: Institution,
    verb: ReportVerb,
    actor: Person,
    revision: int,
    reason: str = "",
    now: datetime | None = None,
) -> None:
    """Hands in, takes back, signs, receives or returns it. Raises Refused and SupplementConflict."""
    if revision != supplement.revision:
        raise SupplementConflict(supplement)
    now, before, report = now or utcnow(), supplement.state, supplement.report
    if verb not in (ReportVerb.hand_in, ReportVerb.take_back):
        ask_anew(actor)
    after = report_workflow.move(supplement.standing(institution), actor.actor(), verb, reason)
    if verb in (ReportVerb.hand_in, ReportVerb.sign) and not not_signed(report, institution, now):
        raise Refused(SAME)
    _write(supplement, after, verb, actor, reason, now)
    paper = parts = None
    if verb is ReportVerb.sign:
        paper, parts = freeze(report, institution, actor, now, supplement)
    if verb is ReportVerb.return_:
        send_back(report, now, supplement)
    as_head = before is ReportState.to_sign and verb in (ReportVerb.sign, ReportVerb.return_)
    entry = history.record(
        report.institution,
        f"supplement_{verb.name.rstrip('_')}",
        actor,
        now,
        parts,
        report_id=report.id,
        step_label=f"第{supplement.number}次",
        opinion=reason.strip(),
        actor_name=actor.name_as_head(report.unit_id) if as_head else actor.name,
        from_state=before,
        to_state=after,
    )
    if paper is not None:
        paper.event_id = entry.id
        db.session.flush()
    _tell(supplement, institution, verb, actor, reason, now)


def _write(
    supplement: Supplement, after: ReportState, verb: ReportVerb, actor: Person, reason: str, now: datetime
) -> None:
    columns = {
        **moved_columns(verb, actor, reason, now),
        "state": after,
        "revision": supplement.revision + 1,
        "touched_at": now,
        "touched_by": f"{actor.name} {verb.label}",
    }
    seen = Supplement.revision == supplement.revision, Supplement.state == supplement.state
    if not write_if(supplement, *seen, **columns):
        raise SupplementConflict(supplement)


def _tell(
    supplement: Supplement,
    institution: Institution,
    verb: ReportVerb,
    actor: Person,
    reason: str,
    now: datetime,
) -> None:
    report, standing = supplement.report, supplement.standing(institution)
    school, unit = report.institution, report.unit
    heads = standing.heads - standing.barred
    people, words = {
        ReportVerb.hand_in: (heads, "等您签字报送。"),
        ReportVerb.take_back: (heads, "已由单位撤回，不必再签字。"),
        ReportVerb.sign: (notices.office_people(school) - standing.barred, "已报送，请接收。"),
        ReportVerb.receive: (notices.people_of_unit(school, unit.id), "宣传部门已接收。"),
        ReportVerb.return_: (notices.people_of_unit(school, unit.id), "已退回，请修改后重新报送。"),
    }[verb]
    about = f"“{report.campaign.title}”{unit.name}的{supplement.label}"
    notices.notify(school, people, f"{about}{words}", besides=actor, detail=reason.strip(), now=now)
