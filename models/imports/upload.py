"""An uploaded workbook on its way into the register: kept until it is confirmed or given up."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Model, coded
from models.imports.target import RowState
from models.people.person import Person
from models.people.unit import Unit

# Names and phones wait in it: it does not wait for ever.
KEPT = timedelta(days=7)


class Stage(StrEnum):
    """How far an upload is."""

    matching = "matching"  # columns are left that nobody has named yet
    reading = "reading"  # rows are being judged, some hundred at a time
    ready = "ready"  # the preview waits for its confirmation
    confirmed = "confirmed"


class Upload(Model):
    """One file of one person.

    `target`: what it is read into, `form:account`, `units` or `people`. `unit`: whose rows they
    are where a row names none. `sheets`: [{name, head: row number, headings: [text],
    paths: [path or '']}]. `total` rows, of which `done` are judged. `counts`: what confirming did.
    """

    __tablename__ = "upload"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    target: Mapped[str] = mapped_column(String(60))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    stage: Mapped[Stage] = mapped_column(coded(Stage))
    sheets: Mapped[list]
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    unit: Mapped[Unit | None] = relationship()


class UploadRow(Model):
    """One row of it, as read and as judged; see `target.Line`.

    `cells`: the texts as they stand in the file; `damage`: by column number (as text) what Excel
    spoilt; `fixes`: path -> what the person typed instead. `state` is None until it is judged.
    """

    __tablename__ = "upload_row"
    __table_args__ = (Index(None, "upload_id", "state", "id"), Index(None, "upload_id", "identity"))

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"))
    sheet: Mapped[int]
    number: Mapped[int]
    cells: Mapped[list]
    damage: Mapped[dict]
    fixes: Mapped[dict]
    state: Mapped[RowState | None] = mapped_column(coded(RowState))
    title: Mapped[str] = mapped_column(Text, default="")
    identity: Mapped[str] = mapped_column(String(600), default="")
    errors: Mapped[dict]
    notes: Mapped[list]
    payload: Mapped[dict]


class ColumnName(Model):
    """A heading that somebody matched by hand: understood by itself from then on."""

    __tablename__ = "column_name"
    __table_args__ = (UniqueConstraint("institution", "target", "heading"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(60))
    heading: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(100))
