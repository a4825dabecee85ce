"""到期清理: what is known of people is erased once their account has long been gone.

What stays of an account: its name, platform, unit, number, states and days, so that figures and
lists stay true; its filings are shells. Nothing commits.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, exists, false, func, or_, select, update
from sqlalchemy.orm import joinedload

from models.audit import signed_rows
from models.campaigns.reminders import Reminder
from models.channels.channel import Channel, ChannelState
from models.clock import utcnow
from models.database import db, lock, rows_changed
from models.events import history
from models.events.history import PURGE, Event
from models.filings.applicant import Applicant
from models.filings.attachment import Attachment
from models.filings.filing import OPEN, Filing, of_channel
from models.filings.invite import Invite
from models.findings.found_account import FoundAccount
from models.findings.incident import Incident
from models.findings.sanction import Sanction
from models.messaging.messages import Message
from models.messaging.notices import Notice
from models.people.person import Person
from models.rules.answer_columns import LONGEST_SEARCH, lasting_answers
from models.rules.definitions.institution import Institution
from models.rules.workflow import Refused

ERASED = "（已清理）"


@dataclass(frozen=True)
class Erased:
    """How much a purge took away."""

    filings: int
    files: int
    messages: int
    events: int

    def __str__(self) -> str:
        return (
            f"备案 {self.filings} 件，附件 {self.files} 个，留言 {self.messages} 条，"
            f"流转记录中的意见和改动 {self.events} 条。"
        )


def due_before(years: int, now: datetime | None = None) -> datetime | None:
    """What ended before this moment is due; None for a school that keeps all for ever (0)."""
    now = now or utcnow()
    if not years:
        return None
    leap_day = (now.month, now.day) == (2, 29)
    return now.replace(year=now.year - years, day=28 if leap_day else now.day)


def due(institution: str, years: int, now: datetime | None = None) -> Select[Channel]:
    """Accounts that ended so long ago and still say something of people, the longest gone first.

    Ended: seen gone by the office (已注销), or void (不予备案); nothing about it is being filed.
    """
    before = due_before(years, now)
    about = exists().where(Filing.channel_id == Channel.id)
    if before is None:
        return select(Channel).where(false())
    ended = or_(
        (Channel.state == ChannelState.closed) & (Channel.gone_at < before),
        (Channel.state == ChannelState.void)
        & (Channel.updated_at < before)
        & ~about.where(func.coalesce(Filing.decided_at, Filing.updated_at) >= before),
    )
    query = select(Channel).where(
        Channel.institution == institution,
        ended,
        about.where(Filing.purged_at.is_(None)),
        ~about.where(Filing.state.in_(OPEN)),
    )
    return query.order_by(func.coalesce(Channel.gone_at, Channel.updated_at), Channel.id).options(
        joinedload(Channel.unit)
    )


def erase(
    channel: Channel, institution: Institution, years: int, actor: Person, now: datetime | None = None
) -> Erased:
    """Erases what is known of people about one account, and writes that down with counts.

    Raises Refused when it is not due.
    """
    now = now or utcnow()
    lock(f"channel {channel.id}")
    query = due(channel.institution, years, now).where(Channel.id == channel.id)
    if db.session.scalar(query) is None:
        raise Refused(f"“{channel.title}”没有到期，或已经清理。")
    papers = list(db.session.scalars(of_channel(channel.id)))
    ids = [paper.id for paper in papers]
    events = list(db.session.scalars(_said_about(channel, ids)))
    files, messages = _delete(Attachment, ids), _delete(Message, ids)
    done = Erased(len(papers), files, messages, len(events))
    history.record(channel.institution, PURGE, actor, now, channel_id=channel.id, opinion=str(done))
    for paper in papers:
        _empty(paper, institution, now)
    _empty_channel(channel, now)
    _empty_beside(channel, ids)
    signed_rows.empty(channel.id, institution)
    _empty_events(events)
    return done


def _said_about(channel: Channel, filing_ids: list[int]) -> Select[Event]:
    about = or_(Event.channel_id == channel.id, Event.filing_id.in_(filing_ids))
    return select(Event).where(about, Event.erased == "", Event.verb != PURGE)


def _delete(row, filing_ids: list[int]) -> int:
    return rows_changed(delete(row).where(row.filing_id.in_(filing_ids)))


def _empty(paper: Filing, institution: Institution, now: datetime) -> None:
    """Leaves a shell: what names the account and its kind, and what became of the filing."""
    form = paper.definition(institution)
    db.session.execute(
        update(Filing)
        .where(Filing.id == paper.id)
        .values(
            answers=lasting_answers(form, paper.answers),
            submitted_answers=None,
            base_answers=None,
            account="",
            person="",
            phone="",
            search=_search(paper),
            revision=Filing.revision + 1,
            purged_at=now,
        )
        .execution_options(synchronize_session=False)
    )
    db.session.expire(paper)


def _empty_channel(channel: Channel, now: datetime) -> None:
    channel.account = channel.account_key = channel.person = channel.phone = channel.phones = ""
    channel.search, channel.incomplete, channel.updated_at = _search(channel), False, now
    db.session.flush()


def _search(row: Filing | Channel) -> str:
    words = [word for word in (row.title, row.platform) if word]
    return "\n".join(words).lower()[:LONGEST_SEARCH]


def _empty_beside(channel: Channel, filing_ids: list[int]) -> None:
    """Whatever else was written about the account or its filings."""
    _delete(Applicant, filing_ids)
    _delete(Invite, filing_ids)
    for row in (Notice, FoundAccount):
        about = or_(row.channel_id == channel.id, row.filing_id.in_(filing_ids))
        if row is Notice:
            # Its mails go with it.
            db.session.execute(delete(row).where(about))
        else:
            db.session.execute(
                update(row)
                .where(about)
                .values(
                    account="",
                    account_key="",
                    note="",
                    words="",
                    closing_words="",
                    screenshot=None,
                    screenshot_mime="",
                )
            )
    db.session.execute(update(Reminder).where(Reminder.channel_id == channel.id).values(note=""))
    db.session.execute(update(Incident).where(Incident.channel_id == channel.id).values(what=ERASED, done=""))
    for column in (Sanction.reason, Sanction.lift_reason):
        db.session.execute(
            update(Sanction).where(Sanction.channel_id == channel.id, column != "").values({column: ERASED})
        )


def _empty_events(events: list[Event]) -> None:
    """Takes away what was said; its digest stays, so that the chain still fits."""
    for entry in events:
        db.session.execute(
            update(Event)
            .where(Event.id == entry.id)
            .values(opinion="", changes=[], salt="", erased=history.digest_of_said(entry))
            .execution_options(synchronize_session=False)
        )
        db.session.expire(entry)
