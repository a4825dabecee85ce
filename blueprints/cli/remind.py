"""`flask remind`: tells the units whose report is missing, from cron or a timer."""

import logging

import click
from sqlalchemy.exc import SQLAlchemyError

from blueprints.web.schools import institutions
from models.campaigns.campaign import Campaign
from models.campaigns.campaign import running as running_campaigns
from models.campaigns.reminders import Missing, Reminder, remind_by_itself
from models.database import db

log = logging.getLogger(__name__)


@click.command()
def remind() -> None:
    """Remind what is due in every school's campaigns; ends with 1 when one could not be done."""
    sentences, failed = [], False
    for code, school in institutions().items():
        for number, title in [(campaign.id, campaign.title) for campaign in running_campaigns(code)]:
            try:
                lines = describe(remind_by_itself(db.session.get(Campaign, number)))
                db.session.commit()
            except SQLAlchemyError:
                db.session.rollback()
                log.exception("Campaign %s could not be reminded of", number)
                lines, failed = ["没有办成，已全部撤销，下次再试。"], True
            sentences += [f"{school.name}“{title}”：{line}" for line in lines]
    click.echo("\n".join(sentences) or "没有到时间的催报。")
    if failed:
        raise SystemExit(1)


def describe(done: list[Reminder | Missing]) -> list[str]:
    """What was sent, occasion by occasion, and which units have nobody to tell."""
    sent = [reminder for reminder in done if isinstance(reminder, Reminder)]
    lines = []
    for occasion in dict.fromkeys(reminder.occasion for reminder in sent):
        rows = [reminder for reminder in sent if reminder.occasion is occasion]
        people = sum(reminder.people for reminder in rows)
        lines.append(f"{occasion.label}，催报 {len(rows)} 个单位，通知 {people} 人次。")
    if alone := [missing.report.unit.name for missing in done if isinstance(missing, Missing)]:
        lines.append(f"没有可以通知的人：{'、'.join(alone)}。")
    return lines
