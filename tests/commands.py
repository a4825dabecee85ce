"""What the operator types, run in the application of the test."""

import re
from contextlib import nullcontext

from click.testing import Result
from flask import Flask, has_app_context
from sqlalchemy import select

from models.database import db
from models.people.person import Person

ONE_TIME = re.compile(r"一次性密码 (\S+?)。?$", re.MULTILINE)


def run(app: Flask, *words: str) -> Result:
    with nullcontext() if has_app_context() else app.app_context():
        return app.test_cli_runner().invoke(args=words)


def people(app: Flask) -> list[tuple[str, str]]:
    """Everybody there is: school and username."""
    with app.app_context():
        query = select(Person.institution, Person.username).order_by(Person.id)
        return [tuple(row) for row in db.session.execute(query)]
