"""A deployment with enough filings to measure with, in a folder that is thrown away."""

from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import inspect, select

from app import HOUSE, create_app
from blueprints.cli.demo import load_demo
from models.database import MIGRATIONS, db, institutions
from models.events import history
from models.filings.filing import Filing
from models.rules.workflow import State, Verb

MANY = 200


def filled_app(folder: str) -> Flask:
    """The demo schools, and MANY approved filings of the first school's first form."""
    app = create_app({"INSTANCE_PATH": folder, "SECRET_KEY": "bench", "TESTING": True})
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        for code, school in app.extensions["institutions"].items():
            load_demo(school, Path(HOUSE, "blueprints", code))
        pattern = sample()
        for number in range(MANY):
            _copy(pattern, number)
        db.session.commit()
    return app


def sample() -> Filing:
    """An approved filing with a sheet of its own."""
    every = db.session.scalars(select(Filing).where(Filing.state == State.filed))
    return next(f for f in every if f.definition(institutions()).paper and len(f.events) > 2)


def copies_of_sample() -> list[int]:
    """The ids of the MANY filings."""
    asked = select(Filing.id).where(Filing.title.like("样本%")).order_by(Filing.id)
    return list(db.session.scalars(asked))


def _copy(pattern: Filing, number: int) -> None:
    columns = {column.key: getattr(pattern, column.key) for column in inspect(Filing).columns}
    names = {"title": f"样本{number:03}", "number": f"样本-{number:03}"}
    answers = pattern.answers | {"name": names["title"]}
    filing = Filing(**columns | names | {"id": None, "answers": answers})
    db.session.add(filing)
    db.session.flush()
    for deed in pattern.events:
        if deed.verb in (Verb.submit, Verb.approve):
            history.record(filing.institution, deed.verb, pattern.created_by, deed.at,
                           filing_id=filing.id, step=deed.step, opinion=deed.opinion)  # fmt: skip
