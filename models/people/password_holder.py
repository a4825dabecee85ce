"""The part of a person that is a password: its hash, since when, for how long, and those before."""

from datetime import datetime, timedelta

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.clock import utcnow
from models.rules import passwords

# How long a password that somebody else made may wait for its person.
ONE_TIME = timedelta(days=7)
MOST_KEPT = 5


class PasswordHolder:
    """Columns and deeds that `Person` takes over.

    `one_time_until` is set for a password that others know: it ends then, and its person must
    choose one of their own at the first sign-in. `earlier_hashes`: the newest first.
    """

    password_hash: Mapped[str] = mapped_column(String(200), default="")
    password_set_at: Mapped[datetime | None] = mapped_column(default=None)
    one_time_until: Mapped[datetime | None] = mapped_column(default=None)
    earlier_hashes: Mapped[list] = mapped_column(default=list)

    def set_password(self, password: str, now: datetime | None = None) -> None:
        """A password that stays; the one before is remembered as used."""
        if self.password_hash:
            self.earlier_hashes = [self.password_hash, *(self.earlier_hashes or [])][:MOST_KEPT]
        self.password_hash = passwords.HASHER.hash(password)
        self.password_set_at, self.one_time_until = now or utcnow(), None

    def set_one_time_password(self, password: str, now: datetime | None = None) -> None:
        """A password that somebody else made and told them."""
        now = now or utcnow()
        self.set_password(password, now)
        self.one_time_until = now + ONE_TIME

    def set_drawn_password(self, password: str, now: datetime | None = None) -> None:
        """A one-time password of `keeping.people.new_password`, for many people at once."""
        now = now or utcnow()
        self.password_hash = passwords.QUICK_HASHER.hash(password)
        self.password_set_at, self.one_time_until = now, now + ONE_TIME

    def check_password(self, password: str) -> bool:
        """True for the right password of an active person; an empty hash matches nothing."""
        return passwords.verify(self.password_hash or "", password) and self.active

    def has_used(self, password: str, rules: passwords.Rules) -> bool:
        """Whether it is the present password or one of the last few, as many as the rules keep."""
        used = [self.password_hash, *(self.earlier_hashes or [])][:rules.kept]
        return any(passwords.verify(one, password) for one in used)

    def must_choose(self, rules: passwords.Rules, entered: datetime) -> str:
        """Why a person who signed in at this moment needs a new password first; '' when not.

        By that moment, so that no password grows too old while a form is being filled in.
        """
        if self.one_time_until is not None:
            return "现在用的是一次性密码，请先换成只有自己知道的密码，再继续使用。"
        end = self.password_ends(rules)
        if end is not None and end <= entered:
            return f"密码已使用超过 {rules.days} 天，按本校要求请先更换，再继续使用。"
        return ""

    def password_ends(self, rules: passwords.Rules) -> datetime | None:
        """When the password will be too old; None where passwords do not age."""
        if rules.oldest is None or self.password_set_at is None:
            return None
        return self.password_set_at + rules.oldest

    def one_time_is_over(self, now: datetime) -> bool:
        return self.one_time_until is not None and self.one_time_until <= now
