"""What is kept for a time only goes when its time is over, whether or not anybody asks for more."""

import logging
from threading import Event, Thread

from flask import Flask

from blueprints.institution.components.file_jobs import clear_away
from models.database import db
from models.imports import uploads

LOOK_EVERY = 3600.0  # seconds
log = logging.getLogger(__name__)


def forget_what_is_over() -> None:
    """Files made for a day, and uploads that nobody has touched for a week; committed."""
    clear_away()
    uploads.forget_old()
    db.session.commit()


def employ(app: Flask) -> None:
    """Start the thread that forgets, until the program ends."""
    Thread(target=_go_round, args=(app, Event()), name="housekeeper", daemon=True).start()


def _go_round(app: Flask, off_duty: Event) -> None:
    while not off_duty.wait(LOOK_EVERY):
        try:
            with app.app_context():
                forget_what_is_over()
        except Exception:
            # Whatever it was (a locked database, say), the next round may be luckier.
            log.exception("What is over could not be forgotten")
