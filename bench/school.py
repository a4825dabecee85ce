"""A deployment with enough filings to measure with, in a folder that is thrown away."""

from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import inspect, select

from app import HOUSE, create_app
from blueprints.cli.demo import load_demo
from blueprints.web.schools import institutions
from models.database import MIGRATIONS, db
from models.events import history
from models.filings.filing import Filing
from models.people.person import Grant, Person
from models.rules.workflow import Role, State, Verb


def filled_app(folder: str, filings: int) -> Flask:
    """The demo schools, and so many more approved filings of the first school's first form."""
    app = create_app({"INSTANCE_PATH": folder, "SECRET_KEY": "bench", "TESTING": True})
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        for code, school in app.extensions["institutions"].items():
            load_demo(school, Path(HOUSE, "blueprints", code))
        pattern = sample()
        for number in range(filings):
            _copy(pattern, number)
        db.session.commit()
    return app


def sample() -> Filing:
    """An approved filing with a sheet of its own."""
    every = db.session.scalars(select(Filing).where(Filing.state == State.filed))
    return next(f for f in every if f.definition(institutions()[f.institution]).paper and len(f.events) > 2)


def copies_of_sample() -> list[int]:
    """The ids of the filings that were added to the demo's."""
    query = select(Filing.id).where(Filing.title.like("样本%")).order_by(Filing.id)
    return list(db.session.scalars(query))


def officer(institution: str) -> Person:
    """Somebody of the office, who may read every filing of the school."""
    return holder_of(Role.office, institution)


def holder_of(role: Role, institution: str) -> Person:
    """Somebody of the school who holds the role."""
    query = select(Person).join(Grant).where(Grant.role == role)
    return db.session.scalars(query.where(Person.institution == institution)).first()


def _copy(pattern: Filing, number: int) -> None:
    columns = {column.key: getattr(pattern, column.key) for column in inspect(Filing).columns}
    names = {"title": f"样本{number:03}", "number": f"样本-{number:03}"}
    answers = pattern.answers | {"name": names["title"]}
    filing = Filing(**columns | names | {"id": None, "answers": answers})
    db.session.add(filing)
    db.session.flush()
    for event in pattern.events:
        if event.verb in (Verb.submit, Verb.approve):
            history.record(filing.institution, event.verb, pattern.created_by, event.at,
                           filing_id=filing.id, step=event.step, opinion=event.opinion)  # fmt: skip
