"""Through whose hands a report goes: opened, handed in, signed, received or returned. Nothing commits.

Every verb writes its event in the same transaction and tells the people it concerns.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from models.campaigns.answers import papers_of
from models.campaigns.campaign import Campaign, reporting_units
from models.campaigns.freezing import freeze, send_back
from models.campaigns.problems import Problem, problems
from models.campaigns.report import Answer, Report, ReportConflict, note_writer
from models.clock import campus_time, utcnow
from models.database import db, lock, write_if
from models.decisions import Decision, decide_each
from models.events import history
from models.filings import transitions as filing_transitions
from models.filings.filing import Filing
from models.messaging import notices
from models.people.person import Person
from models.people.signers import ask_anew
from models.register import activity
from models.rules import report_workflow
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.report_workflow import ReportState, ReportVerb
from models.rules.workflow import Refused, Role, State, Verb


class NotReady(Refused):
    """A report cannot be signed while rows are in error: `problems` lists them."""

    def __init__(self, problems: list[Problem]):
        self.problems = problems
        super().__init__(f"还有 {len(problems)} 处没有办妥，办妥后才能报送。")


@dataclass(frozen=True)
class Scan:
    """A picture or PDF of the signed and sealed paper."""

    content: bytes
    name: str
    mime: str


def publish(campaign: Campaign, actor: Person, now: datetime | None = None) -> None:
    """Opens a campaign to its units: one report row each. Flushed. Raises Refused if it is open."""
    lock(f"campaigns of {campaign.institution}")
    db.session.refresh(campaign, ["published_at", "revision"])
    if campaign.published_at is not None:
        raise Refused("这项备案工作已经发布。")
    campaign.published_at = now or utcnow()
    campaign.revision += 1
    ask_units(campaign)
    history.record(campaign.institution, "publish", actor, campaign.published_at, opinion=campaign.title)


def ask_units(campaign: Campaign) -> None:
    """Gives every reporting unit its report; units added since then get theirs too. Flushed."""
    known = set(db.session.scalars(select(Report.unit_id).where(Report.campaign_id == campaign.id)))
    db.session.add_all(
        Report(institution=campaign.institution, campaign=campaign, unit_id=unit)
        for unit in reporting_units(campaign.institution)
        if unit not in known
    )
    db.session.flush()


def move(
    report: Report,
    institution: Institution,
    verb: ReportVerb,
    actor: Person,
    revision: int,
    reason: str = "",
    now: datetime | None = None,
) -> list[Decision[Filing]]:
    """Hands in, takes back, signs, receives or returns a report.

    Out: what became of each list row that the head's signature decides.
    Raises Refused (not allowed, no reason), NotReady (rows in error) and ReportConflict (somebody
    was faster); after each the caller rolls back.
    """
    check_revision(report, revision)
    now, before = now or utcnow(), report.state
    if verb not in (ReportVerb.hand_in, ReportVerb.take_back):
        ask_anew(actor)
    after = report_workflow.move(report.standing(institution), actor.actor(), verb, reason)
    if verb in (ReportVerb.hand_in, ReportVerb.sign) and (unsettled := problems(report, institution)):
        raise NotReady(unsettled)
    write_unless_changed(
        report, revision, actor, verb.label, now, state=after, **moved_columns(verb, actor, reason, now)
    )
    rows: list[Decision[Filing]] = []
    if verb is ReportVerb.sign:
        rows = _sign(report, institution, actor, now)
    else:
        record(report, f"report_{verb.name.rstrip('_')}", actor, now, reason.strip(), before)
    if verb is ReportVerb.hand_in:
        note_writer(report, actor.id)
    if verb is ReportVerb.return_:
        send_back(report, now)
    _tell(report, institution, verb, actor, reason, now)
    return rows


def _sign(report: Report, institution: Institution, actor: Person, now: datetime) -> list[Decision[Filing]]:
    """What else a head's signature does; all that is signed is written down with it, for ever."""
    if report.first_reported_at is None:
        report.first_reported_at = now
    rows = _sign_rows(report, institution, actor, now)
    _confirm_unchanged(report, institution, actor, now)
    paper, parts = freeze(report, institution, actor, now)
    entry = record(report, "report_sign", actor, now, before=ReportState.to_sign, signed=parts)
    paper.event_id = entry.id
    db.session.flush()
    return rows


def receive(
    report: Report,
    institution: Institution,
    actor: Person,
    revision: int,
    returned: Mapping[int, str],
    now: datetime | None = None,
) -> list[Decision[Filing]]:
    """The office receives a report: every list row is accepted but those `returned`, by filing id.

    Returned rows go back to the unit with their reason; the rest of the list is filed. A row to
    be returned that somebody else decided meanwhile comes back with a sentence.
    Raises Refused besides when a row is to be returned without a reason.
    """
    if not all(reason.strip() for reason in returned.values()):
        raise Refused("请逐行填写退回的理由，单位要据此修改。")
    move(report, institution, ReportVerb.receive, actor, revision, now=now)
    waiting = list(db.session.scalars(listed(report, institution, Role.office)))

    def judge(filing: Filing) -> None:
        reason = returned.get(filing.id, "")
        verb = Verb.return_ if reason else Verb.approve
        filing_transitions.move(filing, institution, verb, actor, reason, filing.revision, now=now)

    elsewhere = returned.keys() - {filing.id for filing in waiting}
    return decide_each(waiting, judge) + _decided_elsewhere(report, elsewhere)


def extend(
    report: Report, until: datetime, reason: str, actor: Person, revision: int, now: datetime | None = None
) -> None:
    """Gives one unit a later deadline. Raises Refused: no reason, or not later; ReportConflict."""
    _only_office(actor)
    check_revision(report, revision)
    if not reason.strip():
        raise Refused("请填写延期的理由。")
    if until <= report.campaign.closes_at:
        raise Refused("延期时间应晚于统一的截止时间。")
    now = now or utcnow()
    columns = {"extended_to": until, "extension_reason": reason.strip()}
    write_unless_changed(report, revision, actor, "延期", now, **columns)
    record(report, "extend", actor, now, reason.strip())


def receive_paper(
    report: Report,
    on: date,
    place: str,
    actor: Person,
    revision: int,
    scan: Scan | None = None,
    now: datetime | None = None,
) -> None:
    """纸质件已收: when, and where it is kept; without a new scan the one kept stays.

    Raises Refused (not reported yet, a day to come), ReportConflict.
    """
    _only_office(actor)
    check_revision(report, revision)
    now = now or utcnow()
    if on > campus_time(now).date():
        raise Refused("收到的日期还没有到，请核对。")
    if report.state not in (ReportState.reported, ReportState.received):
        raise Refused(f"这份报送现在是“{report.state.label}”，还没有可以登记的纸质件。")
    columns: dict[str, Any] = {"paper_on": on, "paper_place": place.strip()}
    if scan is not None:
        columns |= {"scan": scan.content, "scan_name": scan.name, "scan_mime": scan.mime}
    write_unless_changed(report, revision, actor, "登记纸质件", now, **columns)
    record(report, "paper", actor, now, place.strip())


def check_revision(report: Report, revision: int) -> None:
    """Raises ReportConflict unless the person looked at the report as it is."""
    if revision != report.revision:
        raise ReportConflict(report)


def write_unless_changed(
    report: Report, revision: int, actor: Person, what: str, now: datetime, **columns: Any
) -> None:
    """Writes columns, and `what` was done; raises ReportConflict if somebody was faster. Flushed."""
    columns |= {"revision": revision + 1, "touched_at": now, "touched_by": f"{actor.name} {what}"}
    if not write_if(report, Report.revision == revision, Report.state == report.state, **columns):
        raise ReportConflict(report)


def record(
    report: Report,
    verb: str,
    actor: Person,
    now: datetime,
    opinion: str = "",
    before: ReportState | None = None,
    signed: Mapping[str, Any] | None = None,
) -> history.Event:
    """Writes the event in the same transaction; a head's substitute is named as such."""
    as_head = before is ReportState.to_sign and verb in ("report_sign", "report_return")
    return history.record(
        report.institution,
        verb,
        actor,
        now,
        signed,
        report_id=report.id,
        opinion=opinion,
        actor_name=actor.name_as_head(report.unit_id) if as_head else actor.name,
        from_state=before or report.state,
        to_state=report.state,
    )


def moved_columns(verb: ReportVerb, actor: Person, reason: str, now: datetime) -> dict[str, Any]:
    """What a verb writes of a report, or of a supplement to one, besides its state."""
    return {
        ReportVerb.hand_in: {"handed_in_by_id": actor.id, "returned_reason": ""},
        ReportVerb.take_back: {"handed_in_by_id": None},
        ReportVerb.sign: {"signed_by_id": actor.id, "reported_at": now},
        ReportVerb.receive: {"received_at": now},
        ReportVerb.return_: {"returned_reason": reason.strip(), "signed_by_id": None, "reported_at": None},
    }[verb]


def _sign_rows(
    report: Report, institution: Institution, actor: Person, now: datetime
) -> list[Decision[Filing]]:
    """The head's signature under a list approves every row that waits for it."""
    waiting = list(db.session.scalars(listed(report, institution, Role.head)))

    def approve(filing: Filing) -> None:
        filing_transitions.move(filing, institution, Verb.approve, actor, "", filing.revision, now=now)

    return decide_each(waiting, approve)


def _decided_elsewhere(report: Report, ids: Set[int]) -> list[Decision[Filing]]:
    """Rows that no longer waited for the office, if they are of this report at all."""
    query = papers_of(report, *State).where(Filing.id.in_(ids))
    return [
        Decision(filing, f"已由他人办理，现在是“{filing.state.label}”，没有退回。")
        for filing in db.session.scalars(query)
    ]


def _confirm_unchanged(report: Report, institution: Institution, actor: Person, now: datetime) -> None:
    """A signed 无变更 is the year's confirmation; one that was given already stays as it was."""
    unchanged = [line.channel for line in report.lines if line.answer is Answer.unchanged]
    decide_each(unchanged, lambda channel: activity.confirm_unchanged(channel, institution, actor, now))


def listed(report: Report, institution: Institution, role: Role) -> Select[Filing]:
    """The rows of the report's lists that wait for this role."""
    codes = [form.code for form in institution.forms.values() if form.route.signed_as == "list"]
    return papers_of(report, State.in_review).where(
        Filing.form.in_(codes), Filing.kind == FilingKind.first, Filing.waits_for == role
    )


def _only_office(actor: Person) -> None:
    if not actor.has(Role.office):
        raise Refused("只有宣传部门可以办理。")


def _tell(
    report: Report, institution: Institution, verb: ReportVerb, actor: Person, reason: str, now: datetime
) -> None:
    school, unit, standing = report.institution, report.unit, report.standing(institution)
    heads = standing.heads - standing.barred
    people, words = {
        ReportVerb.hand_in: (heads, "等您签字报送。"),
        ReportVerb.take_back: (heads, "已由单位撤回，不必再签字。"),
        ReportVerb.sign: (notices.office_people(school) - standing.barred, "已报送，请接收。"),
        ReportVerb.receive: (notices.people_of_unit(school, unit.id), "宣传部门已接收。"),
        ReportVerb.return_: (notices.people_of_unit(school, unit.id), "已退回，请修改后重新报送。"),
    }[verb]
    notices.notify(
        school,
        people,
        f"“{report.campaign.title}”{unit.name}的报送{words}",
        besides=actor,
        detail=reason.strip(),
        now=now,
    )
