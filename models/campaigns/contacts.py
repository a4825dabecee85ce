"""Accounts nobody in a unit answers for: whoever runs them is spoken to in person.

The notice's own duty: 未及时报送的我们将联系账号提醒报送. Nothing commits.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from models.campaigns.campaign import Campaign
from models.campaigns.reminders import Reminder, missing
from models.campaigns.report import Report, ReportLine, report_of
from models.channels.channel import Channel, ChannelState
from models.clock import utcnow
from models.database import db
from models.events import history
from models.people.person import Grant, Person
from models.people.unit import tree
from models.rules.reminder_occasions import Occasion
from models.rules.workflow import Refused, Role
from models.wording import by_pinyin

LONGEST_NOTE = 200


def unanswered(campaign: Campaign) -> Select[Channel]:
    """What is on the register for missing units without a reporter of their own, not answered yet.

    A person's accounts are among them: nobody is above a person who could answer for them.
    """
    answered = exists().where(
        ReportLine.channel_id == Channel.id,
        ReportLine.report_id == Report.id,
        Report.campaign_id == campaign.id,
    )
    return (
        select(Channel)
        .where(
            Channel.unit_id.in_(_without_reporter(campaign)),
            Channel.form.in_(campaign.forms),
            Channel.state == ChannelState.in_force,
            ~answered,
        )
        .options(joinedload(Channel.unit))
        .order_by(Channel.unit_id, by_pinyin(Channel.title), Channel.id)
    )


def last_contacts(campaign: Campaign, channels: Collection[Channel]) -> dict[int, Reminder]:
    """By channel, the last time its people were spoken to in this campaign."""
    query = (
        select(Reminder)
        .where(
            Reminder.campaign_id == campaign.id,
            Reminder.occasion == Occasion.contact,
            Reminder.channel_id.in_([channel.id for channel in channels]),
        )
        .options(joinedload(Reminder.by))
        .order_by(Reminder.id)
    )
    return {row.channel_id: row for row in db.session.scalars(query)}


def contacted(
    campaign: Campaign, channel: Channel, note: str, actor: Person, now: datetime | None = None
) -> Reminder:
    """Writes down that whoever runs the account was spoken to. Flushed.

    Raises Refused: the campaign is over, the account was answered for, the note is too long.
    """
    if not campaign.running:
        raise Refused("这项备案工作还没有发布或已经结束，不必再联系。")
    if db.session.scalar(unanswered(campaign).where(Channel.id == channel.id)) is None:
        raise Refused(f"“{channel.title}”已经答复，或已有经办人负责，不必再联系。")
    if len(note) > LONGEST_NOTE:
        raise Refused(f"联系情况最多 {LONGEST_NOTE} 个字，现在有 {len(note)} 个。")
    now = now or utcnow()
    row = Reminder(
        campaign_id=campaign.id,
        unit_id=channel.unit_id,
        occasion=Occasion.contact,
        by=actor,
        people=1,
        channel=channel,
        note=note,
        at=now,
    )
    db.session.add(row)
    history.record(
        campaign.institution,
        "remind",
        actor,
        now,
        channel_id=channel.id,
        report_id=_report_id(campaign, channel),
        opinion=f"已联系“{channel.title}”本人" + (f"：{note}" if note else ""),
    )
    return row


def _without_reporter(campaign: Campaign) -> set[int]:
    """Units with nobody who reports between them and the reporting unit they count with."""
    query = (
        select(Grant.unit_id)
        .join(Person)
        .where(Person.institution == campaign.institution, Person.active, Grant.role == Role.reporter)
    )
    units, reporters, alone = tree(campaign.institution), set(db.session.scalars(query)), set()
    for silent in missing(campaign):
        top = silent.report.unit_id
        for unit in units.below({top}) if top not in reporters else ():
            up = units.upwards(unit)
            alone |= {unit} if not reporters & set(up[: up.index(top) + 1]) else set()
    return alone


def _report_id(campaign: Campaign, channel: Channel) -> int | None:
    for unit in tree(campaign.institution).upwards(channel.unit_id):
        if (report := report_of(campaign, unit)) is not None:
            return report.id
    return None
