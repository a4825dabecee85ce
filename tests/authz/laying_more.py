"""Laying the scene out further: campaigns, found accounts, sanctions, links, one's own things."""

from datetime import timedelta
from io import BytesIO

from flask import Flask
from openpyxl import Workbook

from models import clock, jobs
from models.administration.substitutes import name_substitute
from models.campaigns.campaign import Wording, begin
from models.campaigns.freezing import freeze
from models.campaigns.report import Report
from models.campaigns.supplement import Supplement
from models.campaigns.transitions import publish, record
from models.clock import utcnow
from models.database import db
from models.examining import pool
from models.examining.examined import Examined
from models.filings import transitions as filing_transitions
from models.filings.filing import Filing
from models.filings.invite import issue
from models.filings.starting import start
from models.findings import incident, sanction, transitions
from models.imports import targets, upload_rows, uploads
from models.imports.uploads import UploadRow
from models.jobs import FileJob, JobKind, Progress
from models.messaging import notices, saved_replies
from models.messaging.outbox import Delivery, Mail
from models.people.person import Person
from models.rules.report_workflow import ReportState
from tests import builders
from tests.authz import laying
from tests.authz.canaries import phone, word


def lay(app: Flask, school, units: dict, people: dict, things: dict) -> None:
    """Everything but filings; `things` gets a name for each."""
    _lay_campaigns(school, units, people, things)
    _lay_found(school, units, people, things)
    _lay_links(school, units, people, things)
    _lay_own_things(units, people, things)
    _lay_uploads(school, units, people, things)
    _lay_other_school(app, things)
    things["head of the own unit"] = {"person_id": people["head"].id}
    things |= {f"unit {code}": {"unit_id": unit.id} for code, unit in units.items()}


def _lay_campaigns(school, units: dict, people: dict, things: dict) -> None:
    office, now = people["wutong"], utcnow()
    times = now - timedelta(days=3), now + timedelta(days=3)
    for number, whose in enumerate(("setup", "school")):
        wording = Wording(
            now.year + number,
            word(whose, "title"),
            word(whose, "document"),
            word(whose, "notice"),
            ["account", "group"],
            *times,
            word(whose, "contact"),
            word(whose, "place"),
        )
        found = begin("pdsu", wording, office, now)
        if whose == "setup":
            things["campaign being set up"] = {"campaign_id": found.id}
            things["report of one being set up"] = {"campaign_id": found.id, "unit_id": units["above"].id}
    publish(found, office, now)
    things["campaign published"] = {"campaign_id": found.id}
    reports = {
        "above": ("reported", "hejia"),
        "elsewhere": ("to sign", "head_elsewhere"),
        "nobodys": ("not started", "wutong"),
    }
    for whose, (state, signer) in reports.items():
        report = db.session.scalars(
            db.select(Report).filter_by(campaign_id=found.id, unit_id=units[whose].id)
        ).one()
        report.state = ReportState(state.replace(" ", "_"))
        things[f"report of {whose}, {state}"] = {"campaign_id": found.id, "unit_id": units[whose].id}
        if whose != "nobodys":
            _fill(report, whose, people[signer])
        if state == "reported":
            things["supplement of above, reported"] = _sign(school, report, people[signer])
    things["campaign published, a channel"] = {
        "campaign_id": found.id,
        **things["channel of the filing filed"],
    }
    things["report of own, which another gives"] = {"campaign_id": found.id, "unit_id": units["own"].id}


def _fill(report: Report, whose: str, signer: Person) -> None:
    report.handed_in_by_id = report.signed_by_id = signer.id
    report.reported_at, report.touched_at, report.touched_by = utcnow(), utcnow(), signer.name
    report.returned_reason = word(whose, "returned")
    report.extended_to, report.extension_reason = utcnow() + timedelta(days=9), word(whose, "extension")
    report.paper_on, report.paper_place = clock.today(), word(whose, "shelf")
    report.scan, report.scan_mime = builders.pdf(), "application/pdf"
    report.scan_name = f"{word(whose, 'scan')}.pdf"
    for verb in ("report_hand_in", "report_sign", "extend", "paper"):
        record(report, verb, signer, utcnow(), word(f"{whose}trail", "deed"))


def _sign(school, report: Report, signer: Person) -> dict:
    """The report is a paper, and has a supplement that is one too."""
    now = utcnow()
    supplement = Supplement(
        report=report, number=1, state=ReportState.reported, touched_at=now, touched_by=signer.name
    )
    supplement.handed_in_by = supplement.signed_by = signer
    supplement.reported_at = now
    db.session.add(supplement)
    db.session.flush()
    for about, verb in ((None, "report_sign"), (supplement, "supplement_sign")):
        paper, parts = freeze(report, school, signer, now, about)
        paper.event_id = record(report, verb, signer, now, signed=parts).id
    return {"campaign_id": report.campaign_id, "unit_id": report.unit_id, "number": 1}


def _lay_found(school, units: dict, people: dict, things: dict) -> None:
    picture = Examined(builders.png(), "image/png", 60, 60)
    for number, finder in enumerate(("wutong", "reporter_elsewhere")):
        whose = "own" if finder == "wutong" else "found"
        noted = transitions.Noted(
            word(f"{whose}trail", f"title{number}"),
            word(whose, "site"),
            f"https://{word(whose, f'link{number}')}.example",
            word(whose, "note"),
            picture,
        )
        found, _ = transitions.note(school, noted, units["own"], people[finder])
        names = {"wutong": "found by the office", "reporter_elsewhere": "found by elsewhere"}
        things[names[finder]] = {"found_id": found.id}
    noted = transitions.Noted(word("elsewheretrail", "found3"), "", "https://three.example", "", None)
    transitions.note(school, noted, units["elsewhere"], people["wutong"])
    year = clock.today().year
    for whose in ("own", "elsewhere"):
        made = sanction.impose(
            school, "disqualified", units[whose], year, word(f"{whose}trail", "deed"), people["wutong"]
        )
        things[f"sanction of {whose}"] = {"sanction_id": made.id}
        made = incident.record_incident(
            units[whose], None, clock.today(), word(f"{whose}trail", "incident"), "", people["wutong"]
        )
        things[f"incident of {whose}"] = {"incident_id": made.id}
    # No canary in it: everybody of the school may read this one.
    known = sanction.impose(school, "circular", units["elsewhere"], year, "群未报备。", people["wutong"])
    things["circular of elsewhere"] = {"sanction_id": known.id}


def _lay_links(school, units: dict, people: dict, things: dict) -> None:
    form, office = school.forms["account"], people["wutong"]
    for state in ("begun", "revoked"):
        invite, token = issue("pdsu", form, units["person"], word("persontrail", "applicant"), 7, office)
        db.session.flush()
        things[f"link {state}"] = {"token": token}
        things[f"invite {state}"] = {"invite_id": invite.id}
        if state == "revoked":
            invite.revoke(office)
            continue
        invite.filing = filing = start(school, form, "first", units["person"], office)
        filing_transitions.keep(
            filing, school, filing.answers | laying.account("link", "link", "40"), office, filing.revision
        )
        things["link with a picture"] = {"token": token} | laying.attached(filing, office, "link")
    handed_in = laying.written(
        school, "account", units["person"], office, laying.account("person", "persontrail", "41")
    )
    things["filing of a person"] = {"filing_id": handed_in.id}
    laying.moved(handed_in, "person", ("submit", office))


def _lay_own_things(units: dict, people: dict, things: dict) -> None:
    now, reporter = utcnow(), people["reporter"]
    opinion = saved_replies.add(people["head"], word("cannedof", "text"))
    things["opinion of the head"] = {"opinion_id": opinion.id}
    notices.notify("pdsu", {reporter.id}, word("noticeof", "text"), detail=word("noticeof", "detail"))
    notice = db.session.scalars(db.select(notices.Notice).filter_by(text=word("noticeof", "text"))).one()
    things["notice of the reporter"] = {"notice_id": notice.id}
    mail = Mail(
        institution="pdsu",
        notice_id=notice.id,
        address=reporter.email,
        created_at=now,
        not_before=now,
        state=Delivery.failed,
    )
    job = FileJob(
        institution="pdsu",
        person_id=reporter.id,
        kind=JobKind.print,
        request={"filings": []},
        ending="pdf",
        name=f"{word('jobof', 'file')}.pdf",
        total=1,
        done=1,
        progress=Progress.done,
        created_at=now,
        updated_at=now,
    )
    stands_in = db.session.scalars(db.select(Person).filter_by(username="dingyi")).one()
    named = name_substitute(
        units["own"],
        people["head"],
        stands_in,
        clock.today(),
        clock.today() + timedelta(days=2),
        people["head"],
    )
    db.session.add_all([mail, job])
    db.session.flush()
    jobs.keep(job, builders.pdf())
    things |= {
        "mail to the reporter": {"mail_id": mail.id},
        "file of the reporter": {"job_id": job.id},
        "substitute of the head": {"substitute_id": named.id},
    }


def _lay_uploads(school, units: dict, people: dict, things: dict) -> None:
    head = ["群名称", "群聊平台", "群性质", "群人数", "有无校外人员", "创建时间", "创建人", "创建人电话"]
    row = [
        word("upload", "name"),
        "微信群",
        "工作",
        "35",
        "无",
        "2021年9月",
        word("upload", "by"),
        phone("upload"),
    ]
    person = people["reporter"]
    files = {
        "being read": [head, row],
        "judged": [head, row, row],
        "with an unknown column": [[*head[:-1], "怎么找他"], row],
    }
    for state, lines in files.items():
        content = _book(*lines)
        target = targets.target_of("form:group", school, person, units["own"])
        upload = uploads.start(
            person,
            target,
            units["own"],
            f"{word('upload', 'file')}.xlsx",
            content,
            pool.sheets_of(content, "a.xlsx"),
        )
        if state == "judged":
            upload_rows.judge_next(upload, target)
        asked = db.select(UploadRow.id).filter_by(upload_id=upload.id).limit(1)
        things[f"upload {state}"] = {"upload_id": upload.id}
        things[f"row of the upload {state}"] = {"upload_id": upload.id, "row_id": db.session.scalar(asked)}


def _book(*rows: list[str]) -> bytes:
    made, out = Workbook(), BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(out)
    return out.getvalue()


def _lay_other_school(app: Flask, things: dict) -> None:
    """A filing, a person and a unit of the other school, with words that nobody here may meet."""
    asked = db.select(Filing).filter_by(institution="ahbc", form="account", state="filed").limit(1)
    filing = db.session.scalars(asked).one()
    filing.title = filing.channel.title = word("othertrail", "title")
    filing.search = filing.channel.search = word("othertrail", "title")
    filing.channel.person, filing.channel.phone = word("other", "leader"), phone("other")
    stranger = db.session.scalars(db.select(Person).filter_by(username="jiangfan")).one()
    things["person of the other school"] = {"person_id": stranger.id}
    things["unit of the other school"] = {"unit_id": filing.unit_id}
    things["filing of the other school"] = {"filing_id": filing.id}
    things["channel of the other school"] = {"channel_id": filing.channel_id}
