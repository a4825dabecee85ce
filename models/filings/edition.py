"""The exact text of a form, kept for ever once a filing was submitted under it."""

from datetime import datetime

from sqlalchemy import String, Text, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from models.clock import utcnow
from models.database import Model, db
from models.rules.definitions.definition import Form
from models.rules.definitions.loader import read_form


class Edition(Model):
    __tablename__ = "edition"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    institution: Mapped[str] = mapped_column(String(40), primary_key=True)
    form: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


EDITION = Edition.__table__.c
# Without its text: asked with every submission.
KNOWN = select(EDITION.digest).where(
    EDITION.digest == bindparam("digest"), EDITION.institution == bindparam("institution")
)


def pin(institution: str, form: Form, now: datetime | None = None) -> str:
    """Keeps the form's text as it is today, once; returns its digest."""
    if db.session.scalar(KNOWN, {"digest": form.digest, "institution": institution}) is None:
        db.session.add(
            Edition(
                digest=form.digest,
                institution=institution,
                form=form.code,
                text=form.source,
                created_at=now or utcnow(),
            )
        )
        db.session.flush()
    return form.digest


def form_of(institution: str, digest: str, current: Form | None) -> Form:
    """The form a digest names: today's when it has not changed since, else as it was kept."""
    if current is not None and current.digest == digest:
        return current
    kept = db.session.get(Edition, (digest, institution))
    return read_form(kept.text, f"{institution}/{kept.form}")
