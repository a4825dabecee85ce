"""A form that was sent twice by a double click counts once."""

from datetime import datetime, timedelta

from sqlalchemy import String, Text, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from models.clock import utcnow
from models.database import Model, db, lock

# Nobody clicks twice with a day in between.
KEPT = timedelta(days=1)


class SentForm(Model):
    """`key`: whose form it was and what it said, as a digest; `address`: where it led."""

    __tablename__ = "sent_form"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    address: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(index=True)


def first_time(key: str, now: datetime | None = None) -> bool:
    """Whether this form is sent for the first time; if so it is written down, flushed.

    The caller's commit keeps it together with what the form did, a rollback forgets both.
    """
    now = now or utcnow()
    lock(f"form {key}")
    if db.session.get(SentForm, key) is not None:
        return False
    db.session.execute(delete(SentForm).where(SentForm.at < now - KEPT))
    db.session.add(SentForm(key=key, at=now))
    db.session.flush()
    return True


def led_to(key: str, address: str) -> None:
    """Remember where a form led, for whoever sends it again; the caller commits."""
    db.session.execute(update(SentForm).where(SentForm.key == key).values(address=address))


def address_of(key: str) -> str:
    """Where the form led when it was sent first; '' when that is not known."""
    sent = db.session.get(SentForm, key)
    return sent.address if sent else ""
