"""A campaign (备案工作): what the office asks of every unit, by when, and who must answer."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.clock import campus_time, utcnow
from models.database import Model, db, lock
from models.events import history
from models.people.person import Person
from models.people.unit import tree
from models.rules.workflow import LostUpdate, Refused


class Campaign(Model):
    """A notice with a window. `forms` are codes of the forms in scope.

    Times are moments in UTC, set to the minute on the campus clock. `published_at`: when the
    units could see it first; until then it may be deleted. `ended_at`: the office closed it.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        UniqueConstraint("institution", "year", "title"),
        Index(None, "institution", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(String(100), default="")
    notice: Mapped[str] = mapped_column(Text, default="")
    forms: Mapped[list]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    contact: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    created_by: Mapped[Person] = relationship()

    @property
    def running(self) -> bool:
        """Published and not ended: units may answer, late or not."""
        return self.published_at is not None and self.ended_at is None


class CampaignConflict(LostUpdate):
    """Somebody changed the campaign since the page was drawn."""

    def __init__(self, campaign: Campaign):
        self.campaign = campaign
        super().__init__("这项备案工作刚被他人修改过，您的操作没有生效。请看过最新内容，需要时再次保存。")


@dataclass(frozen=True)
class Wording:
    """What the office sets. The fields of FIXED cannot be changed once units can see it."""

    FIXED: ClassVar = ("year", "forms", "opens_at")

    year: int
    title: str
    document: str
    notice: str
    forms: list[str]
    opens_at: datetime
    closes_at: datetime
    contact: str
    place: str


LABELS = {
    "year": "年度",
    "title": "名称",
    "document": "文号",
    "notice": "通知内容",
    "forms": "报送范围",
    "opens_at": "开始时间",
    "closes_at": "截止时间",
    "contact": "联系人",
    "place": "纸质件交至",
}


def begin(institution: str, wording: Wording, actor: Person, now: datetime | None = None) -> Campaign:
    """A new campaign that only the office sees. Flushed."""
    campaign = Campaign(
        institution=institution, created_by=actor, created_at=now or utcnow(), **asdict(wording)
    )
    db.session.add(campaign)
    db.session.flush()
    return campaign


def amend(
    campaign: Campaign, wording: Wording, actor: Person, revision: int, now: datetime | None = None
) -> None:
    """Rewrites a campaign; of a published one, all but the fixed fields, and it is an event.

    Raises CampaignConflict when somebody was faster.
    """
    _take(campaign, revision)
    fixed = Wording.FIXED if campaign.published_at else ()
    before = {name: getattr(campaign, name) for name in LABELS if name not in fixed}
    after = {name: getattr(wording, name) for name in before}
    for name, value in after.items():
        setattr(campaign, name, value)
    campaign.revision += 1
    changes = [
        {"path": name, "label": LABELS[name], "before": _words(value), "after": _words(after[name])}
        for name, value in before.items()
        if value != after[name]
    ]
    if campaign.published_at and changes:
        history.record(campaign.institution, "amend", actor, now, opinion=campaign.title, changes=changes)
    db.session.flush()


def end(campaign: Campaign, actor: Person, revision: int, now: datetime | None = None) -> None:
    """Closes a campaign: units can answer no more. Raises Refused, CampaignConflict."""
    _take(campaign, revision)
    if not campaign.running:
        raise Refused("这项备案工作没有在进行，不必结束。")
    campaign.ended_at = now or utcnow()
    _changed(campaign, "end", actor, campaign.ended_at)


def reopen(campaign: Campaign, actor: Person, revision: int, now: datetime | None = None) -> None:
    """Opens a campaign that was ended once more. Raises Refused, CampaignConflict."""
    _take(campaign, revision)
    if campaign.ended_at is None:
        raise Refused("这项备案工作没有结束，不必重新开放。")
    campaign.ended_at = None
    _changed(campaign, "reopen", actor, now)


def discard(campaign: Campaign, revision: int) -> None:
    """Deletes a campaign that no unit has seen. Raises Refused, CampaignConflict."""
    _take(campaign, revision)
    if campaign.published_at is not None:
        raise Refused("已经发布的备案工作不能删除，可以结束它。")
    db.session.delete(campaign)
    db.session.flush()


def _take(campaign: Campaign, revision: int) -> None:
    """The campaign as it is now, while others who would change one wait."""
    lock(f"campaigns of {campaign.institution}")
    db.session.refresh(campaign)
    if campaign.revision != revision:
        raise CampaignConflict(campaign)


def _changed(campaign: Campaign, verb: str, actor: Person, now: datetime | None) -> None:
    campaign.revision += 1
    history.record(campaign.institution, verb, actor, now, opinion=campaign.title)
    db.session.flush()


def _words(value: object) -> str:
    """A value as people say it; forms are fixed by then, so none are listed."""
    if isinstance(value, datetime):
        return f"{campus_time(value):%Y-%m-%d %H:%M}"
    return str(value)


def campaigns(institution: str) -> Select[Campaign]:
    """All campaigns of a school, the newest first."""
    return (
        select(Campaign)
        .where(Campaign.institution == institution)
        .order_by(Campaign.year.desc(), Campaign.id.desc())
    )


def running(institution: str) -> list[Campaign]:
    """The campaigns units must answer now, the next deadline first."""
    query = campaigns(institution).where(Campaign.published_at.is_not(None), Campaign.ended_at.is_(None))
    return sorted(db.session.scalars(query), key=lambda campaign: campaign.closes_at)


def reporting_units(institution: str) -> list[int]:
    """The units that answer by themselves: the active ones right below the school itself.

    What is below them (社团 → 校团委, 协会 → 挂靠单位, 班级 → 学院) is counted with them (归口).
    A school whose units are not in one tree reports by every root.
    """
    units = tree(institution)
    roots = units.children.get(None, [])
    below = [child for root in roots for child in units.children.get(root, [])]
    return [unit for unit in below or roots if units.nodes[unit].active]


def reporter_of(institution: str, unit_ids: Iterable[int]) -> dict[int, int]:
    """Each unit's reporting unit: itself, or the nearest above it that reports."""
    units, reporting = tree(institution), set(reporting_units(institution))
    above = {unit: [upper for upper in units.upwards(unit) if upper in reporting] for unit in unit_ids}
    return {unit: reporters[0] for unit, reporters in above.items() if reporters}


def last_of(institution: str) -> Campaign | None:
    """The newest campaign: next year's is prefilled from it."""
    return db.session.scalars(campaigns(institution).limit(1)).first()


def is_late(due: datetime, moment: datetime | None, now: datetime | None = None) -> bool:
    """Late is late by the minute: 17:00:59 is still in time for 17:00."""
    return (moment or now or utcnow()).replace(second=0, microsecond=0) > due
