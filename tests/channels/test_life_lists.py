"""Lists of the life of an account: each row is judged once, and a longer page asks no more."""

import pytest
from sqlalchemy import event, select

from models.clock import utcnow
from models.database import db
from models.messaging.notices import Notice, Topic
from models.messaging.outbox import Mail
from models.people.person import Person


@pytest.fixture
def asked(app):
    """The statements sent to the database, to be cleared before each page."""
    found = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *sent: found.append(sent[2]))
    return found


def test_an_account_that_is_ticked_twice_is_judged_once(sign_in):
    office = sign_in("wutong")
    ticked = office.open("/pdsu/closings").find("input[type=checkbox][name=channel]")["value"]
    page = office.submit("核实销号", channel=[ticked, ticked, "²", "0"])
    results = page.soup.select("[role=status] li")
    assert len(results) == 1
    assert "已核实销号" in results[0].text


def test_many_mails_are_listed_with_as_few_questions_as_one(sign_in, app, asked):
    with app.app_context():
        for number, person in enumerate(db.session.scalars(select(Person).limit(12)).all()):
            notice = Notice(
                institution="pdsu",
                person_id=person.id,
                topic=Topic.news,
                text=f"第{number}条",
                detail="",
                times=1,
                at=utcnow(),
            )
            db.session.add(notice)
            db.session.flush()
            db.session.add(
                Mail(
                    institution="pdsu",
                    notice_id=notice.id,
                    address="a@school.edu.cn",
                    created_at=utcnow(),
                    not_before=utcnow(),
                )
            )
        db.session.commit()
    admin = sign_in("guanyiming")
    asked.clear()
    page = admin.open("/pdsu/mail")
    assert len(page.soup.select("td[data-label=收件人]")) == 12
    assert len([one for one in asked if "FROM notice WHERE" in " ".join(one.split())]) <= 1
    assert len(asked) < 12


def test_filings_are_listed_without_asking_for_each_account(sign_in, asked):
    office = sign_in("wutong")
    asked.clear()
    page = office.open("/pdsu/filings/")
    assert len(page.soup.select("#results tbody tr")) == 20
    assert len([one for one in asked if "FROM channel" in one]) == 1
