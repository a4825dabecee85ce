"""One-time links: one person without a unit files one form, without an account.

Only the hash of the token is stored, so that a copy of the database opens no link.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.clock import campus_time, utcnow
from models.database import Model, db
from models.events import history
from models.filings.filing import Filing
from models.people.person import Person
from models.people.unit import Unit
from models.rules.masking import mask_name
from models.rules.workflow import Refused, State
from models.wording import mentions

# In these the filing is the applicant's to write.
THEIRS = (State.draft, State.returned)


class Standing(StrEnum):
    """How a link stands. Only what waits or was returned can be written by it."""

    waiting = "waiting"
    returned = "returned"
    used = "used"
    expired = "expired"
    revoked = "revoked"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Standing.waiting: "待填报",
    Standing.returned: "退回修改",
    Standing.used: "已提交",
    Standing.expired: "已过期",
    Standing.revoked: "已撤销",
}


class Invite(Model):
    """`used_at` is when the applicant handed in last; `filing_id` what they write, once begun."""

    __tablename__ = "invite"
    __table_args__ = (Index(None, "institution", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    institution: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(100))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    filing_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id", ondelete="SET NULL"))

    unit: Mapped[Unit] = relationship()
    created_by: Mapped[Person] = relationship()
    filing: Mapped[Filing | None] = relationship()

    def standing(self, now: datetime) -> Standing:
        if self.revoked_at is not None:
            return Standing.revoked
        if self.filing is not None and self.filing.state not in THEIRS:
            return Standing.used
        if self.expires_at <= now:
            return Standing.expired
        began = self.filing is not None and self.filing.state is State.returned
        return Standing.returned if began else Standing.waiting

    def may_write(self, now: datetime) -> bool:
        """Whether what the link is for can be written now."""
        return self.standing(now) in (Standing.waiting, Standing.returned)

    def renew(self, days: int, actor: Person, now: datetime | None = None) -> str:
        """A new token in place of the old one, which opens nothing any more. Flushed.

        Raises Refused when what it is for was handed in already and did not come back.
        """
        now = now or utcnow()
        if self.filing is not None and self.filing.state not in THEIRS:
            raise Refused(f"这件备案现在是“{self.filing.state.label}”，不需要再发链接。")
        token = secrets.token_urlsafe(32)
        self.token_hash, self.revoked_at = _hash(token), None
        # What is handed in by the link is handed in by whoever sent it, who may not approve it.
        self.created_by = actor
        if self.filing is not None:
            self.filing.created_by = actor
        self.expires_at = now + timedelta(days=days)
        sentence = f"重新发给{mask_name(self.name)}，{_until(self.expires_at)}有效。"
        self._record("invite", sentence, actor, now)
        return token

    def revoke(self, actor: Person, now: datetime | None = None) -> None:
        """Closes the link; what was written by it stays. Raises Refused when it is closed."""
        if self.revoked_at is not None:
            raise Refused("这个链接已经撤销。")
        self.revoked_at = now or utcnow()
        self._record("uninvite", f"发给{mask_name(self.name)}的链接。", actor, self.revoked_at)

    def _record(self, verb: str, words: str, actor: Person, now: datetime) -> None:
        # A draft may still be deleted, so the event names no filing before it is handed in.
        handed_in = self.filing is not None and self.filing.submitted_at is not None
        history.record(
            self.institution, verb, actor, now, opinion=words, filing_id=self.filing_id if handed_in else None
        )


def issue(
    institution: str, form, unit: Unit, name: str, days: int, actor: Person, now: datetime | None = None
) -> tuple[Invite, str]:
    """A new link and its token, which is nowhere else. Flushed."""
    now, token = now or utcnow(), secrets.token_urlsafe(32)
    made = Invite(
        token_hash=_hash(token),
        institution=institution,
        form=form.code,
        unit=unit,
        name=name,
        created_by_id=actor.id,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    db.session.add(made)
    sentence = f"发给{mask_name(name)}（{form.short}，{unit.name}），{_until(made.expires_at)}有效。"
    made._record("invite", sentence, actor, now)
    return made, token


def find(institution: str, token: str, now: datetime | None = None) -> Invite | None:
    """The link of a token while it lives; None when unknown, revoked or run out.

    It is looked for by the hash of what was sent: how long that takes tells nothing of the token.
    """
    query = select(Invite).where(
        Invite.token_hash == _hash(token),
        Invite.institution == institution,
        Invite.revoked_at.is_(None),
        Invite.expires_at > (now or utcnow()),
    )
    return db.session.scalars(query).one_or_none()


def invites(institution: str, words: str, standing: str, now: datetime) -> Select[Invite]:
    """The school's links, the newest first, by the applicant's name and by how they stand."""
    query = select(Invite).outerjoin(Invite.filing).where(Invite.institution == institution)
    if words:
        query = query.where(mentions(Invite.name, words))
    if standing in set(Standing):
        query = query.where(_stands(Standing(standing), now))
    return query.order_by(Invite.id.desc())


def _stands(standing: Standing, now: datetime) -> ColumnElement[bool]:
    """`Invite.standing` in SQL."""
    if standing is Standing.revoked:
        return Invite.revoked_at.is_not(None)
    theirs = or_(Invite.filing_id.is_(None), Filing.state.in_(THEIRS))
    in_time, came_back = Invite.expires_at > now, Filing.state == State.returned
    untouched = or_(Invite.filing_id.is_(None), Filing.state == State.draft)
    wanted = {
        Standing.used: ~theirs,
        Standing.expired: and_(theirs, ~in_time),
        Standing.returned: and_(in_time, came_back),
        Standing.waiting: and_(in_time, untouched),
    }
    return and_(Invite.revoked_at.is_(None), wanted[standing])


def _until(moment: datetime) -> str:
    local = campus_time(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M} 前"


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
