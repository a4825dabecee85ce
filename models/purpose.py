"""Whether a database is a trial, with demo people in it, or a real one, which never gets any.

Once said it stays so. Where nobody said it, a unit or a person makes it real: they were put there by hand.
"""

from enum import StrEnum

from sqlalchemy import select, update

from models.audit.database_name import DatabaseName
from models.database import db, rows_changed
from models.people.person import Person
from models.people.unit import Unit
from models.rules.workflow import Refused


class Purpose(StrEnum):
    trial = "trial"
    real = "real"


def purpose() -> Purpose | None:
    """What the database is for; None while it is empty and nobody has said it."""
    if marked := db.session.scalar(select(DatabaseName.purpose).limit(1)):
        return Purpose(marked)
    in_use = any(db.session.scalar(select(table.id).limit(1)) is not None for table in (Person, Unit))
    return Purpose.real if in_use else None


def is_trial() -> bool:
    """Whether the database is marked as a trial."""
    return db.session.scalar(select(DatabaseName.purpose).limit(1)) == Purpose.trial


def begin_trial() -> None:
    """Marks the database as a trial, within the transaction that puts demo people in.

    Raises Refused for a real one.
    """
    if purpose() is Purpose.real:
        raise Refused("这是正式环境，不装入演示数据。")
    _mark(Purpose.trial)


def begin_work() -> None:
    """Marks the database as real, within the transaction that puts the first people in.

    Raises Refused for a trial.
    """
    if is_trial():
        raise Refused("这是演示环境，里面有演示人员，不能转为正式环境。")
    _mark(Purpose.real)


def _mark(wanted: Purpose) -> None:
    if not rows_changed(update(DatabaseName).values(purpose=wanted.value)):
        raise Refused("数据库的标识不见了，不能继续。请从备份恢复，或换一个空的数据库。")
