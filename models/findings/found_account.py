"""发现台账: accounts somebody came across that are not on file, each with the unit asked about it.

A found account is never stored as filed: that its 补报 is done is read off the filing.
"""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    Text,
    and_,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import clock
from models.channels.channel import Channel
from models.clock import campus_time
from models.database import Model, coded, db
from models.filings.filing import Filing
from models.people.person import Person
from models.people.unit import Unit, tree
from models.rules.deadlines import nth_working_day
from models.rules.workflow import LostUpdate, State
from models.wording import mentions

# Working days a unit has to answer. The notices name no such limit; half of the seven days they
# give for everything leaves the office time to ask another unit.
DAYS_TO_ANSWER = 3


class FoundState(StrEnum):
    open = "open"
    answered = "answered"
    settled = "settled"


class FoundAnswer(StrEnum):
    """What the presumed unit says of it."""

    filed = "filed"
    to_file = "to_file"
    not_ours = "not_ours"
    gone = "gone"

    @property
    def label(self) -> str:
        return ANSWER_LABELS[self]


ANSWER_LABELS = {
    FoundAnswer.filed: "已备案",
    FoundAnswer.to_file: "补报",
    FoundAnswer.not_ours: "非本单位",
    FoundAnswer.gone: "已关闭",
}


class FoundAccount(Model):
    """One account or group. `unit_id`: the presumed unit, asked since `asked_at`; None: nobody yet.

    `bears_name`: its name held one of the school's names when it was noted. `times`: how often it
    was noted. `channel_id`: the account on the register it turned out to be (已备案); `filing_id`:
    the filing begun for it (补报), None again when its draft was thrown away. `closing_words`:
    what the office settled it with.
    """

    __tablename__ = "found_account"
    __table_args__ = (
        Index(None, "institution", "state", "unit_id"),
        Index(None, "institution", "account_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    platform: Mapped[str] = mapped_column(String(100), default="")
    account: Mapped[str] = mapped_column(String(500), default="")
    account_key: Mapped[str] = mapped_column(String(500), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    screenshot: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    screenshot_mime: Mapped[str] = mapped_column(String(60), default="")
    bears_name: Mapped[bool] = mapped_column(default=False)
    times: Mapped[int] = mapped_column(default=1)
    found_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    found_at: Mapped[datetime]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    asked_at: Mapped[datetime | None]
    state: Mapped[FoundState] = mapped_column(coded(FoundState), default=FoundState.open)
    answer: Mapped[FoundAnswer | None] = mapped_column(coded(FoundAnswer))
    words: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="SET NULL"), index=True)
    filing_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id", ondelete="SET NULL"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="SET NULL"))
    closing_words: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    touched_at: Mapped[datetime]
    touched_by: Mapped[str] = mapped_column(String(200))

    unit: Mapped[Unit | None] = relationship()
    found_by: Mapped[Person] = relationship(foreign_keys=[found_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])
    channel: Mapped[Channel | None] = relationship()
    filing: Mapped[Filing | None] = relationship()

    @property
    def waits(self) -> bool:
        """Nobody has answered, or the filing that was promised was thrown away."""
        thrown_away = self.answer is FoundAnswer.to_file and self.filing_id is None
        return self.state is FoundState.open or (self.state is FoundState.answered and thrown_away)

    @property
    def made_up_for(self) -> bool:
        """Its 补报 is filed: it is settled by itself."""
        return (
            self.answer is FoundAnswer.to_file
            and self.filing is not None
            and self.filing.state is State.filed
        )

    @property
    def is_over(self) -> bool:
        return self.state is FoundState.settled or self.made_up_for

    @property
    def label(self) -> str:
        """Where it stands, in people's words."""
        if self.state is FoundState.settled:
            return "已办结"
        if self.waits:
            return "待答复" if self.unit_id else "待指定单位"
        if self.answer is FoundAnswer.to_file:
            return "已补报" if self.made_up_for else f"补报：{self.filing.state.label}"
        return self.answer.label

    @property
    def due_on(self) -> date | None:
        """The last day to answer; None while no unit is asked."""
        if self.asked_at is None:
            return None
        return nth_working_day(campus_time(self.asked_at).date(), DAYS_TO_ANSWER)

    def late(self, today: date | None = None) -> bool:
        """Still unanswered when its last day is over."""
        today = today or clock.today()
        return self.waits and self.due_on is not None and self.due_on < today

    def answerable_by(self, person: Person) -> bool:
        """Whether it waits for an answer that this person may give."""
        return self.waits and self.unit is not None and person.files_for(self.unit)


class FoundAccountConflict(LostUpdate):
    """Somebody was faster: the sentence says who did what, and when."""

    def __init__(self, finding: FoundAccount):
        at = campus_time(finding.touched_at)
        super().__init__(
            f"{finding.touched_by}（{at.month}月{at.day}日 {at:%H:%M}），这一条现在是"
            f"“{finding.label}”。您的操作没有生效，填写的内容仍在下面，请看过最新情况再决定。"
        )


_WAITS = or_(
    FoundAccount.state == FoundState.open,
    and_(
        FoundAccount.state == FoundState.answered,
        FoundAccount.answer == FoundAnswer.to_file,
        FoundAccount.filing_id.is_(None),
    ),
)
_REFUSED = and_(FoundAccount.state == FoundState.answered, FoundAccount.answer == FoundAnswer.not_ours)
_MADE_UP_FOR = and_(
    FoundAccount.state == FoundState.answered,
    FoundAccount.answer == FoundAnswer.to_file,
    FoundAccount.filing_id.in_(select(Filing.id).where(Filing.state == State.filed)),
)
# The list's states: what each shows.
STANDINGS: dict[str, tuple[str, ColumnElement[bool]]] = {
    "waiting": ("待答复", and_(_WAITS, FoundAccount.unit_id.is_not(None))),
    "nobody": ("待指定单位", or_(and_(_WAITS, FoundAccount.unit_id.is_(None)), _REFUSED)),
    "answered": (
        "已答复",
        and_(
            FoundAccount.state == FoundState.answered,
            FoundAccount.answer.in_((FoundAnswer.filed, FoundAnswer.gone, FoundAnswer.to_file)),
            ~_WAITS,
            ~_MADE_UP_FOR,
        ),
    ),
    "over": ("已办结", or_(FoundAccount.state == FoundState.settled, _MADE_UP_FOR)),
}


def unanswered(institution: str, unit_ids: Collection[int] | None = None) -> Select[FoundAccount]:
    """What a unit was asked about and has not answered, the longest waiting first.

    `unit_ids`: only what these units were asked; None: any unit.
    """
    query = select(FoundAccount).where(FoundAccount.institution == institution, STANDINGS["waiting"][1])
    if unit_ids is not None:
        query = query.where(FoundAccount.unit_id.in_(unit_ids))
    return query.order_by(FoundAccount.asked_at, FoundAccount.id)


def unanswered_by_unit(institution: str) -> dict[int, int]:
    """How many each unit has not answered; units that answered everything are left out."""
    query = (
        unanswered(institution)
        .order_by(None)
        .with_only_columns(FoundAccount.unit_id, func.count())
        .group_by(FoundAccount.unit_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def found_accounts(
    person: Person, q: str = "", state: str = "", unit: int | None = None, bears_name: bool = False
) -> Select[FoundAccount]:
    """The list for a person: the office's whole school; else their units' and their own notes."""
    query = select(FoundAccount).where(FoundAccount.institution == person.institution)
    visible = person.visible_units()
    if visible is not None:
        query = query.where(or_(FoundAccount.unit_id.in_(visible), FoundAccount.found_by_id == person.id))
    if unit is not None:
        query = query.where(FoundAccount.unit_id.in_(tree(person.institution).below({unit})))
    if state:
        query = query.where(STANDINGS[state][1] if state in STANDINGS else false())
    if bears_name:
        query = query.where(FoundAccount.bears_name)
    if q:
        columns = (FoundAccount.title, FoundAccount.account, FoundAccount.platform)
        query = query.where(or_(*(mentions(column, q) for column in columns)))
    return query.order_by(FoundAccount.id.desc())
