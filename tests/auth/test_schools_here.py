"""`SCHOOLS` limits a deployment to its own; with several the browser remembers which was the last."""

import shutil

import pytest
from sqlalchemy import select

from models.clock import utcnow
from models.database import db
from models.messaging import outbox
from models.messaging.notices import Notice, Topic
from models.messaging.outbox import Mail
from models.people.person import Person
from tests.commands import run
from tests.lending import DATABASE, app_on
from tests.signing import browser_of, let_in, opened_session


@pytest.fixture
def limited(demo, tmp_path):
    """A deployment of one school over a database in which there are people of another."""
    shutil.copy(demo.file, tmp_path / DATABASE)
    # Of a school that is not this deployment's no file is read, sound or not.
    broken = tmp_path / "institutions" / "ahbc" / "institution.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("name：坏的", "utf-8")
    app = app_on(tmp_path, SCHOOLS=["pdsu"])
    yield app
    with app.app_context():
        db.engine.dispose()


def test_another_school_has_no_pages_and_is_in_no_command(limited):
    browser = browser_of(limited)
    for address in ("/ahbc/", "/ahbc/filings/", "/ahbc/register"):
        assert browser.open(address).status == 404
    output = run(limited, "check-definitions").output
    assert "pdsu" in output
    assert "ahbc" not in output
    assert "没有这个学校。现有：pdsu" in run(limited, "reset-password", "ahbc", "anybody").output


def test_where_there_is_one_school_nobody_chooses(limited, demo):
    browser = browser_of(limited)
    page = browser.open("/sign-in?school=ahbc")
    assert page.heading == "平顶山学院"
    assert page.soup.select("main select") == []
    assert page.find("main [name=school]")["value"] == "pdsu"
    assert "安徽商贸" not in page.text
    browser.submit("登录", username="linxiao", password=demo.passwords["pdsu", "linxiao"])
    assert browser.page.address == "/pdsu/"


@pytest.mark.parametrize("sent", ["ahbc", "nowhere", ""])
def test_a_school_that_is_sent_all_the_same_is_not_taken(limited, demo, sent):
    username = next(name for school, name in demo.passwords if school == "ahbc")
    browser = browser_of(limited)
    browser.open("/sign-in")
    page = browser.submit("登录", school=sent, username=username, password=demo.passwords["ahbc", username])
    assert (page.status, page.heading) == (422, "平顶山学院")
    assert "不正确" in page.text


def test_a_session_of_another_school_is_nobodys(limited, demo):
    username = next(name for school, name in demo.passwords if school == "ahbc")
    client = limited.test_client()
    with client.session_transaction() as cookie:
        cookie.update(opened_session(limited, username, "ahbc"))
    for address in ("/", "/pdsu/", "/password"):
        answer = client.get(address)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in")


def test_mail_of_another_school_waits(limited):
    now = utcnow()
    with limited.app_context():
        for school in ("ahbc", "pdsu"):
            person = db.session.scalar(select(Person).filter_by(institution=school).limit(1))
            notice = Notice(
                institution=school, person=person, text="有新的消息。", topic=next(iter(Topic)), at=now
            )
            db.session.add(
                Mail(
                    institution=school,
                    notice=notice,
                    address="a@example.edu.cn",
                    not_before=now,
                    created_at=now,
                )
            )
        db.session.flush()
        held = outbox.claim(now, limited.extensions["institutions"])
        assert [db.session.get(Mail, mail.mail_id).institution for mail in held] == ["pdsu"]
        db.session.rollback()


def chosen(page) -> str:
    options = page.soup.select("main select[name=school] option")
    return next((option["value"] for option in options if option.has_attr("selected")), options[0]["value"])


def test_the_school_last_used_is_offered_after_signing_out(app, demo):
    browser = browser_of(app)
    assert chosen(browser.open("/sign-in")) == "ahbc"
    browser.submit("登录", school="pdsu", username="linxiao", password=demo.passwords["pdsu", "linxiao"])
    page = browser.submit("退出登录")
    assert (page.address, chosen(page)) == ("/sign-in", "pdsu")
    # The browser was closed: a session's cookie is gone then.
    browser.client.delete_cookie("session")
    assert chosen(browser.open("/sign-in")) == "pdsu"
    assert chosen(browser.open("/sign-in?school=ahbc")) == "ahbc"


def test_what_is_remembered_is_the_school_and_out_of_reach_of_scripts(app, demo):
    browser = browser_of(app)
    browser.open("/sign-in")
    browser.submit("登录", school="pdsu", username="linxiao", password=demo.passwords["pdsu", "linxiao"])
    cookie = browser.client.get_cookie("school")
    assert (cookie.value, cookie.http_only, cookie.same_site) == ("pdsu", True, "Lax")


@pytest.mark.parametrize("remembered", ["nowhere", "", "<b>", "%00", "平顶山"])
def test_what_a_browser_claims_to_remember_is_only_a_proposal(app, remembered):
    browser = browser_of(app)
    browser.client.set_cookie("school", remembered)
    page = browser.open("/sign-in")
    assert (page.status, chosen(page)) == (200, "ahbc")


def test_who_did_not_come_in_is_not_remembered(app):
    browser = browser_of(app)
    browser.open("/sign-in")
    browser.submit("登录", school="pdsu", username="linxiao", password="wrong")
    assert browser.client.get_cookie("school") is None


def test_somebody_of_the_only_school_works_as_ever(limited):
    assert let_in(limited, "linxiao").page.status == 200
