"""How long the database is at work for a deed: every cursor, from execute to its last row."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

from flask import Flask

from app import create_app
from models.embedded_engine import sqlite

_spent = [0.0]


def _timed(action: Callable) -> Callable:
    def run(*given: object) -> object:
        start = perf_counter()
        try:
            return action(*given)
        finally:
            _spent[0] += perf_counter() - start

    return run


class _Cursor(sqlite.Cursor):
    execute = _timed(sqlite.Cursor.execute)
    fetchone = _timed(sqlite.Cursor.fetchone)
    fetchmany = _timed(sqlite.Cursor.fetchmany)
    fetchall = _timed(sqlite.Cursor.fetchall)


class _Connection(sqlite.Connection):
    def cursor(self, *_: object) -> sqlite.Cursor:
        return super().cursor(_Cursor)


def watched_app(folder: str) -> Flask:
    """The app over an instance folder, with watched cursors."""
    options = {"connect_args": {"factory": _Connection}}
    return create_app({"INSTANCE_PATH": folder, "TESTING": True,
                       "SQLALCHEMY_ENGINE_OPTIONS": options})  # fmt: skip


def milliseconds(action: Callable[[], object], times: int = 15) -> float:
    """The median over some times, after one to warm up."""
    action()
    taken = []
    for _ in range(times):
        _spent[0] = 0.0
        action()
        taken.append(_spent[0] * 1000)
    return median(taken)
