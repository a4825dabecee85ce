"""A database from before papers were kept: what was signed then is frozen as it stands now, and said to be so."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from models.audit import comparing
from models.database import MIGRATIONS, db
from models.events import history
from tests.campaigning import ask, sign_as_it_is, unit_id
from tests.commands import run
from tests.signing import let_in

BEFORE = "0020"
VOICE = "文学院青年之声"


@pytest.fixture
def older(app):
    """Two reports of the demo: one signed, one not; the tables are those of the version before."""
    campaign = ask(app)
    sign_as_it_is(app, "文学院")
    with app.app_context():
        for table in ("signed_row", "signed_table", "signed_paper"):
            db.session.execute(text(f"DELETE FROM {table}"))
        db.session.commit()
        downgrade(directory=str(MIGRATIONS), revision=BEFORE)
        db.session.rollback()
    return f"/pdsu/campaigns/{campaign}/reports/{unit_id(app, '文学院')}"


@pytest.mark.sqlite("begins with an older version's file; no older PostgreSQL is in use")
def test_what_was_signed_before_is_frozen_at_the_upgrade_and_says_so(app, older):
    assert "此前签字的 1 份报送" in run(app, "prepare", "--no-demo").output
    head = let_in(app, "qinling")
    page = head.open(older)
    assert "升级时冻结" in page.text
    assert VOICE in page.find("#signed-list").text
    assert "自签字以来没有变动" in page.text
    assert "升级时冻结" in head.open("/pdsu/archive/?sort=report").text
    assert "此前签字的" not in run(app, "prepare", "--no-demo").output
    with app.app_context():
        assert history.verify("pdsu") is None
        # The signature says that it signed something, which the version before would not have said.
        assert [str(one) for one in comparing.differences("pdsu") if "不见了" not in str(one)] == []
        db.session.execute(text("UPDATE signed_row SET title = '另一个'"))
        db.session.commit()
        assert "升级时冻结报送" in str(comparing.differences("pdsu")[0])


def test_going_back_is_refused_once_a_head_signed(app, caplog):
    ask(app)
    sign_as_it_is(app, "文学院")
    with app.app_context():
        with pytest.raises(SystemExit):
            downgrade(directory=str(MIGRATIONS), revision=BEFORE)
        db.session.rollback()
        upgrade(directory=str(MIGRATIONS))
    assert "what was signed stands only here" in caplog.text
