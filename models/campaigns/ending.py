"""A campaign is ended knowing whom that cuts off, and they are told; opened again, they hear that too.

Nothing commits.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.campaigns import campaign as campaigns
from models.campaigns.campaign import Campaign
from models.campaigns.report import Report
from models.clock import utcnow
from models.database import db
from models.messaging import notices
from models.people.person import Person
from models.rules.report_workflow import MISSING, ReportState
from models.rules.workflow import LostUpdate

# In the order in which they are counted to the office: what is nearest to its end first.
COUNTED = (ReportState.to_sign, ReportState.returned, ReportState.writing, ReportState.not_started)


class CutOffChanged(LostUpdate):
    """Reports moved since the page with the numbers was drawn."""

    def __init__(self) -> None:
        super().__init__("各单位的报送刚有变化，备案工作没有结束。请看过最新的数目，再决定是否结束。")


@dataclass(frozen=True)
class CutOff:
    """The reports that ending a campaign now would leave unsigned; `extended`: still within theirs."""

    reports: list[Report]
    extended: list[Report]

    @property
    def seen(self) -> str:
        """What the person saw, in a word that changes with it."""
        ids = [f"{report.id}{report.state}" for report in self.reports]
        return f"{','.join(ids)};{','.join(str(report.id) for report in self.extended)}"

    @property
    def words(self) -> str:
        """还有 5 个单位没有报送完（待负责人签字 1 个、未开始 4 个），其中 1 个延期未到; '' for nobody."""
        if not self.reports:
            return ""
        counts = Counter(report.state for report in self.reports)
        parts = "、".join(f"{state.label} {counts[state]} 个" for state in COUNTED if counts[state])
        words = f"还有 {len(self.reports)} 个单位没有报送完（{parts}）"
        return f"{words}，其中 {len(self.extended)} 个的延期还没有到" if self.extended else words


def cut_off(campaign: Campaign, now: datetime | None = None) -> CutOff:
    """Whom ending this campaign would cut off, in a stable order."""
    query = select(Report).where(Report.campaign_id == campaign.id, Report.state.in_(MISSING))
    query = query.options(joinedload(Report.campaign), joinedload(Report.unit)).order_by(Report.id)
    reports, now = list(db.session.scalars(query)), now or utcnow()
    extended = [report for report in reports if report.extended_to and report.extended_to > now]
    return CutOff(reports, extended)


def end(campaign: Campaign, actor: Person, revision: int, seen: str, now: datetime | None = None) -> None:
    """Ends a campaign and tells the units that are cut off.

    `seen`: the `CutOff.seen` of the page. Raises Refused, CampaignConflict, and CutOffChanged when
    other units would be cut off than the person was told.
    """
    campaigns.end(campaign, actor, revision, now)
    left = cut_off(campaign, now)
    if left.seen != seen:
        raise CutOffChanged
    _tell(campaign, left, "已结束，没有报送的不能再填报和签字；需要补报的请联系宣传部门。", actor, now)


def reopen(campaign: Campaign, actor: Person, revision: int, now: datetime | None = None) -> None:
    """Opens it again and tells those who may answer once more. Raises Refused, CampaignConflict."""
    campaigns.reopen(campaign, actor, revision, now)
    _tell(campaign, cut_off(campaign, now), "已重新开放，可以继续填报和签字。", actor, now)


def _tell(campaign: Campaign, left: CutOff, words: str, actor: Person, now: datetime | None) -> None:
    for report in left.reports:
        people = notices.people_of_unit(campaign.institution, report.unit_id)
        state = f"“{campaign.title}”{words}{report.unit.name}的报送现在是“{report.state.label}”。"
        notices.notify(campaign.institution, people, state, besides=actor, now=now)
