"""A verb that may be refused: what it began is rolled back, and the page says why."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from blueprints.web.writing import begin_to_write
from models.database import db
from models.rules.workflow import LostUpdate, Refused


@dataclass
class Attempt:
    """How a verb went: `refusal` is what stood against it, None when it went through."""

    refusal: Exception | None = None

    @property
    def refused(self) -> bool:
        return self.refusal is not None

    @property
    def sentence(self) -> str:
        """Why it was refused, in Chinese; '' when it went through."""
        return "" if self.refusal is None else str(self.refusal)

    @property
    def status(self) -> int:
        """409 when somebody was faster, 422 for any other refusal."""
        if self.refusal is None:
            return 200
        return 409 if isinstance(self.refusal, LostUpdate) else 422


@contextmanager
def attempt(*also: type[Exception]) -> Iterator[Attempt]:
    """Write what stands below it; a refusal ends it there, and all of it is rolled back.

    It begins to write: the rows it deals with still hold, or are read again under the writer's lock.

        with attempt() as attempted:
            close(unit, current_user)
            db.session.commit()
        if attempted.refused:
            return draw(unit, error=attempted.sentence, status=attempted.status)

    `also`: other exceptions whose text is a sentence for the person.
    """
    begin_to_write()
    attempted = Attempt()
    refusals: tuple[type[Exception], ...] = (Refused, LostUpdate, *also)
    try:
        yield attempted
    except refusals as refusal:
        db.session.rollback()
        attempted.refusal = refusal


@contextmanager
def attempt_in_savepoint() -> Iterator[Attempt]:
    """Like `attempt`, but a refusal undoes only what stands below it: what was kept before stays.

    That somebody was faster undoes all, and is for the `attempt` around it.
    """
    attempted = Attempt()
    try:
        with db.session.begin_nested():
            yield attempted
    except Refused as refusal:
        attempted.refusal = refusal
