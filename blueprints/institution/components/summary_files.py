"""A summary table as a file: which rows it holds, how it is written, and that it was."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from io import BytesIO
from tempfile import TemporaryFile
from time import monotonic
from typing import Any, BinaryIO

from flask import Response, flash
from flask_login import current_user
from sqlalchemy import select

from blueprints.institution import workbook
from blueprints.institution.components.file_jobs import JobRefused, advance, begin, begin_to_finish, load_job
from blueprints.institution.download import download
from blueprints.web.schools import institutions
from models import jobs
from models.campaigns.signed_reading import SignedSummary
from models.channels.channel import Channel
from models.database import db, will_write
from models.events import history
from models.jobs import JobKind, Progress
from models.people.person import Person
from models.register.search import conditions
from models.reports import summary
from models.reports.summary import Counted, SummaryRow
from models.rules.definitions.register import Register
from models.rules.fields import Condition
from models.rules.filters import Filters

KINDS = {".xlsx": "Excel", ".pdf": "PDF"}


# So many rows are written within some two seconds; more are made in a process of their own.
MOST_AT_ONCE = {".xlsx": 3_000, ".pdf": 800}


# A table on paper is laid out as a whole: a hundred thousand rows would take the machine's memory.
MOST_ON_PAPER = 10_000


BETWEEN = 0.5  # seconds between two words on how far it is


OUT_OF_SIGHT = "您能查看的单位已有变化，文件没有生成。请回到汇总表重新导出。"


OnRead = Callable[[int], object]


@dataclass(frozen=True)
class Export:
    """What somebody wants as a file. It can be written down as JSON and read back.

    `register`: its code; `units`: their ids, None for the whole school; `unit_name`: who reports,
    for the head line; `scope`: the same in the words of the event. `channels` narrows to those
    ids, `filters` to what the register of channels shows under them.

    `papers`: not what is in force, but what stands on these signed papers, of `units`; with `whole` all of
    it, wherever its units belong now. `units` must then be the units whose papers they are.
    """

    register: str
    ending: str
    day: date | None
    units: list[int] | None
    unit_name: str
    scope: str
    name: str
    channels: list[int] | None = None
    filters: dict[str, str] | None = None
    papers: list[int] | None = None
    whole: bool = False

    @property
    def order(self) -> dict[str, Any]:
        return asdict(self) | {"day": self.day and self.day.isoformat()}

    @classmethod
    def read(cls, order: Mapping[str, Any]) -> "Export":
        """From what `order` gave."""
        export = cls(**order)
        return replace(export, day=export.day and date.fromisoformat(export.day))


class Exporting:
    """An export for a person, who must be allowed to read all of it."""

    def __init__(self, export: Export, person: Person):
        self.export, self.person = export, person
        self.school = institutions()[person.institution]
        self.signed = None
        if export.papers is not None:
            units = None if export.whole else export.units
            self.signed = SignedSummary(self.school.code, export.register, export.papers, units)
        signed_as = self.signed and self.signed.register
        self.register: Register = signed_as or self.school.registers[export.register]

    def allowed(self) -> bool:
        """Whether the person may (still) see the units it is about."""
        visible = self.person.visible_units()
        return visible is None or (self.export.units is not None and visible.issuperset(self.export.units))

    def count(self) -> Counted:
        if self.signed is not None:
            return Counted(**self.signed.count())
        return summary.count(*self._question(), channel_ids=self._channels())

    @property
    def at_once(self) -> int:
        """How many rows are written while the person waits."""
        return MOST_AT_ONCE[self.export.ending]

    def write(self, to: BinaryIO, on_read: OnRead) -> None:
        """Write the file. `on_read` hears how many rows were read, whenever none is being read."""
        export, read = self.export, 0

        def rows_for(condition: Condition | None) -> Iterator[SummaryRow]:
            nonlocal read
            before = read

            def heard(number: int) -> None:
                nonlocal read
                read = before + number
                on_read(read)

            if self.signed is not None:
                return self.signed.rows(condition, heard)
            question, chosen = self._question(), self._channels()
            return summary.rows(*question, condition, chosen, on_read=heard)

        filling = export.unit_name, export.day
        if export.ending == ".pdf":
            from blueprints.institution.paper import summary_pdf  # brings reportlab along

            to.write(summary_pdf.draw(self.register, self.school, rows_for(None), *filling))
        else:
            workbook.write(self.register, self.school, rows_for, *filling, to)

    def note(self, rows: int) -> None:
        """That it was exported is an event; the caller commits."""
        about = f"{self.export.scope}，{rows}行，{KINDS[self.export.ending]}"
        history.record(
            self.person.institution, "export", self.person, opinion=f"{self.register.title}（{about}）"
        )

    def _question(self) -> tuple:
        return self.register, self.school, self.export.units, self.export.day

    def _channels(self) -> Any:
        """The ids it is narrowed to, or a select of them; None when it is not."""
        if self.export.filters is not None:
            shown = conditions(self.school, self.person, Filters.read(self.export.filters))
            return select(Channel.id).where(*shown).correlate(None)
        return self.export.channels


def release(_rows: int) -> None:
    """Nothing is held in the database while rows are written: others need not wait for a file."""
    db.session.rollback()


def make(job_id: int) -> None:
    """Write an export in its own process; say at last, in one transaction, that it was made.

    Raises JobRefused when the person may no longer see all of it.
    """
    job = load_job(job_id)
    exporting = Exporting(Export.read(job.request), job.person)
    if not exporting.allowed():
        raise JobRefused(OUT_OF_SIGHT)
    rows = exporting.count().total
    advance(job_id, 0)
    with TemporaryFile() as file:
        exporting.write(file, _teller(job_id))
        file.seek(0)
        content = file.read()
    job = begin_to_finish(job_id)
    jobs.keep(job, content)
    exporting.note(rows)
    job.total = rows
    job.advance(Progress.done, rows)
    db.session.commit()


def _teller(job_id: int) -> OnRead:
    """Says how far it is from time to time: to say it costs a write to the disk."""
    last = monotonic()

    def tell(rows: int) -> None:
        nonlocal last
        if monotonic() - last < BETWEEN:
            return release(rows)
        last = monotonic()
        return advance(job_id, rows)

    return tell


def made(export: Export, refuse_empty: bool = False) -> Response | None:
    """The file at once, or where it is being made; None when a sentence says why there is none."""
    exporting = Exporting(export, current_user)
    rows = exporting.count().total
    if refuse_empty and not rows:
        flash(f"这些记录中没有可以列入“{exporting.register.short}”的，没有导出。", "error")
        return None
    if export.ending == ".pdf" and rows > MOST_ON_PAPER:
        flash(
            f"共 {rows} 行，一份 PDF 最多 {MOST_ON_PAPER} 行：请按单位分几次打印，或改为导出 Excel。", "error"
        )
        return None
    if rows > exporting.at_once:
        return begin(JobKind.export, export.order, export.name, rows)
    return _written(exporting, rows)


def _written(exporting: Exporting, rows: int) -> Response:
    file = BytesIO()
    exporting.write(file, release)
    # It is an event, in a transaction that takes the writer's lock from its start.
    will_write()
    exporting.note(rows)
    db.session.commit()
    file.seek(0)
    return download(file, exporting.export.name)
