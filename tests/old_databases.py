"""Databases as released versions left them: their tables, rows of the demo, and a chain that fits.

The tables are made by the migrations that the version had; what came later they do not know.
"""

from collections.abc import Iterable
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import text

from models.database import MIGRATIONS, db
from models.events import append_only, history

# The newest migration that a version came with.
REVISIONS = {"0.3.0": "0009", "0.4.0": "0011", "0.5.0": "0016"}
TABLES = ("unit", "person", "person_grant", "channel", "edition", "filing", "event")


def lay_out(revision: str, demo: Path) -> None:
    """Fill the database of the running app: the tables of a revision with the demo's rows; committed."""
    upgrade(directory=str(MIGRATIONS), revision=revision)
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.execute("ATTACH ? AS demo", [str(demo)])
    append_only.remove(db.session.connection())
    db.session.commit()
    # Today a change keeps its account's number; the index of then goes on under its name for the upgrade.
    cursor.execute("DROP INDEX main.uq_filing_number")
    cursor.execute("CREATE INDEX main.uq_filing_number ON filing (institution, number)")
    for table in TABLES:
        now, then = (
            [row[1] for row in cursor.execute(f"PRAGMA {place}.table_info({table})")]
            for place in ("demo", "main")
        )
        names = ", ".join(name for name in then if name in now)
        cursor.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM demo.{table}")
    cursor.execute("DETACH demo")
    connection.close()
    _chain_as_it_was()
    db.session.commit()


def lay_out_with(revision: str, statements: Iterable[str]) -> None:
    """The same with rows of the test's own, as INSERTs; committed."""
    upgrade(directory=str(MIGRATIONS), revision=revision)
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


def rows(query: str) -> list[tuple]:
    """What a query finds; no transaction is left running, for a migration would wait for it."""
    result = [tuple(row) for row in db.session.execute(text(query))]
    db.session.rollback()
    return result


def _chain_as_it_was() -> None:
    """The chain as releases before 0.6 made it: no event says what was signed."""
    then = {row[1] for row in db.session.execute(text("PRAGMA table_info(event)"))}
    columns = [column for column in history.Event.__table__.c if column.name in then]
    rows = db.session.execute(db.select(*columns).order_by(history.Event.id)).all()
    db.session.execute(text("UPDATE event SET previous = 'x' || id"))
    last: dict[str, str] = {}
    for row in rows:
        entry = history.Event(**row._mapping)
        entry.previous = last.get(entry.institution, "")
        last[entry.institution] = entry.digest = history.seal_of(entry)
        db.session.execute(
            text("UPDATE event SET previous = :previous, digest = :digest WHERE id = :id"),
            {"previous": entry.previous, "digest": entry.digest, "id": entry.id},
        )
