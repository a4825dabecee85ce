"""Which version the tables are, and whether this program can use them."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from models.database import MIGRATIONS

OLDER = "数据库是旧版本的，需要升级。"
NEWER = "数据库是更新的版本建的，需要换成对应的程序。"


def head() -> str:
    """The revision that this program works with."""
    return _scripts().get_current_head() or ""


def is_known(revision: str) -> bool:
    """Whether this program has the migration; '' is a database without tables, which it knows too."""
    return not revision or revision in {script.revision for script in _scripts().walk_revisions()}


def of(connection: Connection) -> str:
    """The revision of a database; '' where nobody has made its tables. Raises DBAPIError."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def trouble_with(revision: str) -> str:
    """A sentence where this program cannot work with tables of this revision; else ''."""
    if revision == head():
        return ""
    return OLDER if is_known(revision) else NEWER


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))
