"""How texts are sought and put in order, alike on every engine (docs/decisions/0023)."""

from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from models.database import like


class by_pinyin(GenericFunction):  # noqa: N801 - called as the database calls it
    """What a column of Chinese names is ordered by: their codes in GB 18030.

    The 3 755 characters of GB 2312's first part stand there by pinyin, the rarer ones after them.
    """

    type = LargeBinary()
    inherit_cache = True


class ascii_lower(GenericFunction):  # noqa: N801
    """Latin letters made small and nothing else, which is what SQLite's lower() does."""

    type = String()
    inherit_cache = True


@compiles(by_pinyin, "postgresql")
def _converted(function: by_pinyin, compiler: Any, **how: Any) -> str:
    return f"convert_to({compiler.process(function.clauses, **how)}, 'GB18030')"


@compiles(ascii_lower, "sqlite")
def _lower(function: ascii_lower, compiler: Any, **how: Any) -> str:
    return f"lower({compiler.process(function.clauses, **how)})"


@compiles(ascii_lower, "postgresql")
def _lower_in_c(function: ascii_lower, compiler: Any, **how: Any) -> str:
    return f'lower({compiler.process(function.clauses, **how)} COLLATE "C")'


def mentions(column: Any, words: str) -> ColumnElement[bool]:
    """Whether the words stand in a column as they are, % and _ included, Latin letters of either case."""
    return ascii_lower(column).like(ascii_lower(like(words, lower=False)), escape="\\")
