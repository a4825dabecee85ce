"""What is kept for a time only goes when its time is over, whether or not anybody asks for more."""

from blueprints.cli.workers import Job
from blueprints.institution.components.file_jobs import clear_away
from models.database import db, empty_journal
from models.imports import uploads

LOOK_EVERY = 3600.0  # seconds


def forget_what_is_over() -> None:
    """Files made for a day, and uploads that nobody has touched for a week; committed.

    What was thrown away meanwhile (a draft, an upload) is in no journal any more afterwards.
    """
    clear_away()
    uploads.forget_old()
    db.session.commit()
    empty_journal()


JOB = Job("housekeeping", LOOK_EVERY, forget_what_is_over)
