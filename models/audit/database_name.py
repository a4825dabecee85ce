"""What this database is called and what it is for.

Its name is drawn once: by it the seals beside it know whose they are.
"""

from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, String, event, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Model, db


class DatabaseName(Model):
    """One row, made with the table. A copy and a backup have it too; another database has another.

    `purpose`: see `models.purpose`, '' until somebody says it.
    """

    __tablename__ = "database_name"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20), default="", server_default="")


def database_name() -> str:
    """The name; '' where somebody took it away, which is nobody's name."""
    return db.session.scalar(select(DatabaseName.id).limit(1)) or ""


@event.listens_for(DatabaseName.__table__, "after_create")
def _draw(_table: object, connection: Connection, **_: Any) -> None:
    """For tables that are made without a migration."""
    connection.execute(insert(DatabaseName).values(id=uuid4().hex))
