"""Drawing the sheets of many filings into one file, in a process of its own."""

from collections.abc import Iterator

from blueprints.institution.components.file_jobs import JobRefused, advance, begin_to_finish, load_job
from blueprints.institution.paper import PaperError, holders, pages_of, prints
from blueprints.institution.paper.batch_printing import TOGETHER, Drawn, bind, draw_batch
from blueprints.web.schools import institutions
from models import jobs
from models.database import db
from models.events import history
from models.filings.filing import Filing
from models.jobs import FileJob, Progress


def make(job_id: int) -> None:
    """Draw and keep the file; then, in one transaction, say so and write every print down.

    Raises JobRefused for a sheet that cannot be drawn, and when the job was ended meanwhile.
    """
    ids = list(load_job(job_id).request["filings"])
    advance(job_id, 0)
    drawn: list[tuple[str, list[Drawn]]] = []
    for start in range(0, len(ids), TOGETHER):
        drawn += _draw(job_id, ids[start : start + TOGETHER])
        advance(job_id, start + TOGETHER)
    book = bind(drawn, f"备案表（{len(drawn)}件）")
    # From here to the commit nothing can be erased: the file is refused or among what a purge takes.
    job = begin_to_finish(job_id)
    jobs.keep(job, book)
    for filing in _filings(job, ids):
        history.record_print(filing, job.person)
    job.advance(Progress.done, job.total)
    db.session.commit()


def _draw(job_id: int, ids: list[int]) -> list[tuple[str, list[Drawn]]]:
    """The name and the sheets of each filing."""
    named = list(_read(load_job(job_id), ids))
    # Where the journal is a file of its own, who reads keeps others from committing.
    db.session.rollback()
    try:
        sheets = iter(draw_batch([page for _, pages in named for page in pages]) if named else [])
    except PaperError as error:
        raise JobRefused(f"{error}请回到备案列表，取消勾选这一件后再打印。") from error
    return [(name, [next(sheets) for _ in pages]) for name, pages in named]


def _read(job: FileJob, ids: list[int]) -> Iterator[tuple[str, list]]:
    """What is to be drawn, as plain data; what has no paper or is gone by now is left out."""
    school = institutions()[job.institution]
    for filing in _filings(job, ids):
        definition = filing.definition(school)
        if prints(definition, filing):
            copies = holders(definition) if job.request["everyone"] else ()
            link = f"{job.request['link']}{filing.id}"
            name = filing.title or f"备案件 {filing.id}"
            yield name, pages_of(school, definition, filing, copies, link)


def _filings(job: FileJob, ids: list[int]) -> list[Filing]:
    """Those that are still there, and still of units that the person may see."""
    visible = job.person.visible_units()
    filings = (db.session.get(Filing, filing_id) for filing_id in ids)
    return [
        filing for filing in filings if filing is not None and (visible is None or filing.unit_id in visible)
    ]
