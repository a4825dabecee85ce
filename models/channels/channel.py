"""The real thing: an account, a newspaper, a chat group. One row for its whole life."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, bindparam, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Model, coded, db, lock
from models.people.unit import Unit
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Refused


class ChannelState(StrEnum):
    planned = "planned"
    in_force = "in_force"
    closed = "closed"
    void = "void"

    @property
    def label(self) -> str:
        return CHANNEL_LABELS[self]


CHANNEL_LABELS = {
    ChannelState.planned: "未在册",
    ChannelState.in_force: "在册",
    ChannelState.closed: "已注销",
    ChannelState.void: "作废",
}

CLAIMED = text("account_key != '' AND state != 'void'")


# A closed channel that the office has not yet seen gone.
CLOSING = "待核实销号"


class Channel(Model):
    """Shows what its latest approved filing said (`current`); a pending change shows nowhere here.

    `account_key` is the normalised account id: claimed when a filing is submitted, unique per
    school and platform (一号一报备) among all channels that are not void.
    `title_key` is the name without what people write differently, to find near-same names.
    `closed_at`: when its closing was approved; `gone_at`: when the office saw that it is gone.
    `last_update_on`: the day of its newest post, as far as anybody said; `quiet_since`: the last
    day anything was heard of it, from which it grows stale; `confirmed_on`: its last 无变更.
    `opening_number`, `opening_on`: the school's paper that allowed it to be opened (开设手续).
    `phones`: the digits of every phone its filing gives, each with a line end after it.
    """

    __tablename__ = "channel"
    __table_args__ = (
        Index(
            "uq_channel_account",
            "institution",
            "platform",
            "account_key",
            unique=True,
            sqlite_where=CLAIMED,
            postgresql_where=CLAIMED,
        ),
        # In the register's order, with all it is narrowed by: answers without touching the table.
        Index(
            "ix_channel_register",
            "institution",
            "state",
            "unit_id",
            "id",
            "search",
            "form",
            "platform",
            "tier",
            "incomplete",
            "gone_at",
            "quiet_since",
            "number",
        ),
        Index("ix_channel_title_key", "institution", "title_key"),
        Index("ix_channel_quiet", "institution", "state", "quiet_since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(500), default="")
    title_key: Mapped[str] = mapped_column(String(500), default="")
    platform: Mapped[str] = mapped_column(String(500), default="")
    account: Mapped[str] = mapped_column(String(500), default="")
    account_key: Mapped[str] = mapped_column(String(500), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    tier: Mapped[str] = mapped_column(String(100), default="")
    nature: Mapped[str] = mapped_column(String(500), default="")
    person: Mapped[str] = mapped_column(String(500), default="")
    phone: Mapped[str] = mapped_column(String(500), default="")
    phones: Mapped[str] = mapped_column(String(500), default="")
    followers: Mapped[int | None] = mapped_column(BigInteger)
    number: Mapped[str] = mapped_column(String(100), default="")
    search: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ChannelState] = mapped_column(coded(ChannelState), default=ChannelState.planned)
    incomplete: Mapped[bool] = mapped_column(default=False)
    current_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id", use_alter=True))
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]
    last_update_on: Mapped[date | None]
    quiet_since: Mapped[date | None]
    confirmed_on: Mapped[date | None]
    opening_number: Mapped[str] = mapped_column(String(100), default="")
    opening_on: Mapped[date | None]

    unit: Mapped[Unit] = relationship()
    current: Mapped["Filing | None"] = relationship(  # noqa: F821 - a name SQLAlchemy resolves
        foreign_keys=[current_id], post_update=True
    )

    @property
    def closing(self) -> bool:
        """Taken off the register, but not yet seen gone by the office (待核实销号)."""
        return self.state is ChannelState.closed and self.gone_at is None

    @property
    def state_label(self) -> str:
        """The state in people's words: 在册, 待核实销号, 已注销 …"""
        return CLOSING if self.closing else self.state.label

    def claim(self, platform: str, account_key: str) -> None:
        """Takes the account for this channel.

        Raises Duplicate when another channel of the school that is not void has it.
        """
        has_it = (platform, account_key) == (self.platform, self.account_key)
        if has_it and self.state is not ChannelState.void:
            return
        lock(f"accounts of {self.institution}")
        other = holder(self.institution, platform, account_key, besides=self)
        if other is not None:
            raise Duplicate(other)
        self.platform, self.account_key = platform, account_key


KINDS_FOR = {
    ChannelState.planned: [FilingKind.first],
    ChannelState.in_force: [FilingKind.change, FilingKind.review, FilingKind.close],
    ChannelState.closed: [FilingKind.first],
    ChannelState.void: [FilingKind.first],
}


def kinds_for(channel: Channel) -> list[FilingKind]:
    """What may be filed about a channel, as long as nothing else about it is open."""
    return KINDS_FOR[channel.state]


class Duplicate(Refused):
    """The account is filed already, by `channel`."""

    def __init__(self, channel: Channel):
        self.channel = channel
        super().__init__(
            f"该账号已由“{channel.unit.name}”备案，名称为“{channel.title}”（{channel.state_label}）。"
            "一号一报备，请核对账号，或联系该单位办理变更。"
        )


CHANNEL = Channel.__table__.c
# In the index's own words, or SQLite would not use it and read the whole school.
HOLDER = (
    select(CHANNEL.id)
    .where(
        CHANNEL.institution == bindparam("institution"),
        CHANNEL.platform == bindparam("platform"),
        CHANNEL.account_key == bindparam("account_key"),
        CHANNEL.id != bindparam("besides"),
        CLAIMED,
    )
    .limit(1)
)


def holder(
    institution: str, platform: str, account_key: str, besides: Channel | None = None
) -> Channel | None:
    """The channel that holds the account, for refusals and for a warning while typing."""
    if not account_key:
        return None
    account = {"institution": institution, "platform": platform, "account_key": account_key}
    channel_id = db.session.scalar(HOLDER, account | {"besides": 0 if besides is None else besides.id})
    return None if channel_id is None else db.session.get(Channel, channel_id)


# Whoever has channels has what is kept beside them.
from models.channels import count_triggers  # noqa: E402, F401
