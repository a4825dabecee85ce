"""Mail that waits goes nowhere once its person is reached elsewhere, or nowhere at all."""

import pytest
from sqlalchemy import select

from models.database import db
from models.messaging.outbox import Mail
from models.people.person import Person
from tests.messaging.test_mail import (  # noqa: F401 - fixtures
    address,
    app,
    head,
    letters,
    mails,
    open_office,
    postbox,
    settings,
)


@pytest.mark.parametrize("change", [{"email": ""}, {"email": "other@school.example.cn"}, {"active": False}])
def test_what_waits_for_an_address_given_up_is_not_sent(
    address, app, open_office, letters, postbox, change  # noqa: F811
):
    with app.app_context():
        waiting = db.session.scalar(select(Mail.address))
        person = db.session.scalars(select(Person).where(Person.email == waiting)).one()
        for name, value in change.items():
            setattr(person, name, value)
        db.session.commit()
    with open_office():
        postbox()
    assert letters.arrived == []
    (state, _, problem), = mails(app)
    assert state == "failed"
    assert "收件人已停用，或已更换邮箱" in problem
