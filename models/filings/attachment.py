"""Pictures and scans that belong to a filing, kept in the database beside it."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Model
from models.filings.filing import Filing


class Attachment(Model):
    """`field` is the item it answers; `content` is only read when it is asked for.

    `digest`: the sha256 of the content, made when it was handed in. It is what signing covers, so
    that nobody who signs waits until 10 MB are read; `models.audit.papers` reads the bytes again.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(300))
    mime: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    digest: Mapped[str] = mapped_column(String(64), server_default="")
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]

    filing: Mapped[Filing] = relationship()

    @property
    def is_picture(self) -> bool:
        """True for what was painted anew on receipt, and may therefore be shown in a page."""
        return self.mime.startswith("image/")
