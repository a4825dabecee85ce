"""What is kept for a time only goes when its time is over, whether or not anybody asks for more."""

from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from blueprints.cli.workers import Job
from blueprints.institution.components.file_jobs import clear_away
from blueprints.institution.paper import sheet_cache
from models.database import db, empty_journal, will_read
from models.events.history import PURGE, Event
from models.imports import uploads

LOOK_EVERY = 3600.0  # seconds
# What was erased on another server lives on here no longer than that.
LOOK_FOR_ERASED = 60.0


def forget_what_is_over() -> None:
    """Files made for a day, and uploads that nobody has touched for a week; committed.

    What was thrown away meanwhile (a draft, an upload) is in no journal any more afterwards.
    """
    clear_away()
    uploads.forget_old()
    db.session.commit()
    empty_journal()


def forget_what_was_erased_elsewhere() -> None:
    """Sheets that were drawn here before another server, or this one before it was started, erased people."""
    will_read()
    folder = Path(current_app.instance_path) / "cache" / "sheets"
    looked, newest = sheet_cache.looked_until(folder), db.session.scalar(select(func.max(Event.id))) or 0
    erased = select(Event.id).where(Event.id > looked, Event.verb == PURGE).limit(1)
    # Fewer events than before: another database, or an earlier one that was put back.
    if newest < looked or db.session.scalar(erased):
        sheet_cache.forget_all(folder)
    db.session.rollback()
    if newest != looked:
        sheet_cache.note_looked(folder, newest)


JOBS = (
    Job("housekeeping", LOOK_EVERY, forget_what_is_over),
    Job("sheets of the erased", LOOK_FOR_ERASED, forget_what_was_erased_elsewhere),
)
