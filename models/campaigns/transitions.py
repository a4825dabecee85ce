"""Through whose hands a report goes: handed in, signed, received or returned. Nothing commits.

Each deed writes its event in the same transaction and tells the people it concerns.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select

from models.campaigns.answers import papers_of
from models.campaigns.problems import Problem, problems
from models.campaigns.report import Answer, Report
from models.clock import campus_time, utcnow
from models.database import db
from models.filings import transitions as filing_transitions
from models.filings.conflict import Conflict
from models.filings.filing import Filing
from models.messaging import notices
from models.people.person import Person
from models.register import activity
from models.rules import report_workflow
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.report_workflow import ReportState, ReportVerb
from models.rules.workflow import Refused, Role, State, Verb


class NotReady(Refused):
    """A report cannot be signed while rows are in error: `problems` lists them."""

    def __init__(self, found: list[Problem]):
        self.problems = found
        super().__init__(f"还有 {len(found)} 处没有办妥，办妥后才能报送。")


@dataclass(frozen=True)
class Scan:
    """A picture or PDF of the signed and sealed paper."""

    content: bytes
    name: str
    mime: str


@dataclass(frozen=True)
class Row:
    """What became of one row of a signed list; `problem` is empty when it went well."""

    filing: Filing
    problem: str = ""


def move(
    report: Report,
    institution: Institution,
    verb: ReportVerb,
    actor: Person,
    revision: int,
    reason: str = "",
    now: datetime | None = None,
) -> list[Row]:
    """Hands in, takes back, signs, receives or returns a report.

    Out: what became of each list row that the head's signature decides.
    Raises Refused (not allowed, no reason), NotReady (rows in error) and ReportConflict (somebody
    was faster); after each the caller rolls back.
    """
    report.check(revision)
    now, before = now or utcnow(), report.state
    after = report_workflow.move(report.standing(), actor.actor(), verb, reason)
    if verb in (ReportVerb.hand_in, ReportVerb.sign) and (found := problems(report, institution)):
        raise NotReady(found)
    report.win(revision, actor, verb.label, now, state=after, **_columns(verb, actor, reason, now))
    report.write(f"report_{verb.name.rstrip('_')}", actor, now, reason.strip(), before)
    rows = _sign_rows(report, institution, actor, now) if verb is ReportVerb.sign else []
    if verb is ReportVerb.sign:
        _confirm_unchanged(report, institution, actor, now)
    _tell(report, verb, actor, reason, now)
    return rows


def receive(
    report: Report,
    institution: Institution,
    actor: Person,
    revision: int,
    returned: Mapping[int, str],
    now: datetime | None = None,
) -> list[Row]:
    """The office receives a report: every list row is accepted but those `returned`, by filing id.

    Returned rows go back to the unit with their reason; the rest of the list is filed. A row to
    be returned that somebody else decided meanwhile comes back with a sentence.
    Raises Refused besides when a row is to be returned without a reason.
    """
    if not all(reason.strip() for reason in returned.values()):
        raise Refused("请逐行填写退回的理由，单位要据此修改。")
    move(report, institution, ReportVerb.receive, actor, revision, now=now)
    waiting = list(db.session.scalars(listed(report, institution, Role.office)))
    rows = []
    for filing in waiting:
        reason = returned.get(filing.id, "")
        verb = Verb.return_ if reason else Verb.approve
        rows.append(_decide(filing, institution, verb, actor, reason, now))
    return rows + _decided_elsewhere(report, returned.keys() - {one.id for one in waiting})


def extend(
    report: Report, until: datetime, reason: str, actor: Person, revision: int, now: datetime | None = None
) -> None:
    """Gives one unit a later deadline. Raises Refused: no reason, or not later; ReportConflict."""
    _only_office(actor)
    report.check(revision)
    if not reason.strip():
        raise Refused("请填写延期的理由。")
    if until <= report.campaign.closes_at:
        raise Refused("延期时间应晚于统一的截止时间。")
    report.win(revision, actor, "延期", now, extended_to=until, extension_reason=reason.strip())
    report.write("extend", actor, now or utcnow(), reason.strip())


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
    report.check(revision)
    if on > campus_time(now or utcnow()).date():
        raise Refused("收到的日期还没有到，请核对。")
    if report.state not in (ReportState.reported, ReportState.received):
        raise Refused(f"这份报送现在是“{report.state.label}”，还没有可以登记的纸质件。")
    kept = scan and {"scan": scan.content, "scan_name": scan.name, "scan_mime": scan.mime}
    report.win(revision, actor, "登记纸质件", now, paper_on=on, paper_place=place.strip(), **(kept or {}))
    report.write("paper", actor, now or utcnow(), place.strip())


def _columns(verb: ReportVerb, actor: Person, reason: str, now: datetime) -> dict:
    """The report's own columns after a verb."""
    return {
        ReportVerb.hand_in: {"handed_in_by_id": actor.id, "returned_reason": ""},
        ReportVerb.take_back: {"handed_in_by_id": None},
        ReportVerb.sign: {"signed_by_id": actor.id, "reported_at": now},
        ReportVerb.receive: {"received_at": now},
        ReportVerb.return_: {"returned_reason": reason.strip(), "signed_by_id": None, "reported_at": None},
    }[verb]


def _sign_rows(report: Report, institution: Institution, actor: Person, now: datetime) -> list[Row]:
    """The head's signature under a list approves every row that waits for it."""
    waiting = list(db.session.scalars(listed(report, institution, Role.head)))
    return [_decide(filing, institution, Verb.approve, actor, "", now) for filing in waiting]


def _decided_elsewhere(report: Report, ids: Set[int]) -> list[Row]:
    """Rows that no longer waited for the office, if they are of this report at all."""
    asked = papers_of(report, *State).where(Filing.id.in_(ids))
    return [
        Row(filing, f"已由他人办理，现在是“{filing.state.label}”，没有退回。")
        for filing in db.session.scalars(asked)
    ]


def _decide(
    filing: Filing, institution: Institution, verb: Verb, actor: Person, reason: str, now: datetime | None
) -> Row:
    try:
        with db.session.begin_nested():
            filing_transitions.move(filing, institution, verb, actor, reason, filing.revision, now=now)
    except (Refused, Conflict) as problem:
        return Row(filing, str(problem))
    return Row(filing)


def _confirm_unchanged(report: Report, institution: Institution, actor: Person, now: datetime) -> None:
    """A signed 无变更 is the year's confirmation; one said already stays as it was."""
    for line in report.lines:
        if line.answer is not Answer.unchanged:
            continue
        try:
            with db.session.begin_nested():
                activity.confirm_unchanged(line.channel, institution, actor, now)
        except Refused:
            continue


def listed(report: Report, institution: Institution, role: Role) -> Select[Filing]:
    """The rows of the report's lists that wait for this role."""
    codes = [form.code for form in institution.forms.values() if form.route.signed_as == "list"]
    return papers_of(report, State.in_review).where(
        Filing.form.in_(codes), Filing.kind == FilingKind.first, Filing.waits_for == role
    )


def _only_office(actor: Person) -> None:
    if not actor.has(Role.office):
        raise Refused("只有宣传部门可以办理。")


def _tell(report: Report, verb: ReportVerb, actor: Person, reason: str, now: datetime) -> None:
    school, unit = report.institution, report.unit
    heads = report.standing().heads
    people, words = {
        ReportVerb.hand_in: (heads, "等您签字报送。"),
        ReportVerb.take_back: (heads, "已由单位撤回，不必再签字。"),
        ReportVerb.sign: (notices.office_people(school), "已报送，请接收。"),
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
