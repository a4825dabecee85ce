"""Where a request begins to write: from here to its commit it holds the writer's lock, and no longer."""

from blueprints.web.idempotency import note_sent_form
from models.database import will_write


def begin_to_write() -> None:
    """What follows writes; the caller commits. What was read until here is read again where it may not hold.

    Files are read, passwords hashed and forms looked at before; pages are drawn after the commit.
    Raises SentBefore, which `once` answers, for a form that counts once and was sent before;
    OperationalError while the database is busy.
    """
    will_write()
    note_sent_form()
