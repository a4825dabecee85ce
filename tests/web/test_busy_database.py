"""The database is taken, full or gone: whoever looks goes on looking, whoever writes is told so in words."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from models.auth.sessions import MARK_EVERY, SignIn
from models.clock import utcnow
from models.database import db
from models.embedded_engine import sqlite
from models.filings.filing import Filing
from models.messaging.notices import Notice
from tests import pages
from tests.builders import ACCOUNT
from tests.client import Page

pytestmark = pytest.mark.sqlite(
    "holds the lock of the file; a server that is away is in tests/house/test_engines.py"
)

HERE = {"Origin": "http://localhost"}


@pytest.fixture(autouse=True)
def nobody_waits_long(monkeypatch):
    """As in earnest, but told after a moment."""
    monkeypatch.setattr("models.database.PATIENCE", 0.05)


@contextmanager
def held_by_another(app, lock: str = "IMMEDIATE") -> Iterator[None]:
    """Another process is writing, or (EXCLUSIVE) keeps readers out too."""
    file = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    with app.app_context():
        db.engine.dispose()
    with closing(sqlite.connect(file, isolation_level=None)) as other:
        # Else a write-ahead log lets readers in whoever writes.
        other.execute(f"PRAGMA locking_mode={'EXCLUSIVE' if lock == 'EXCLUSIVE' else 'NORMAL'}")
        other.execute(f"BEGIN {lock}")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def impatient(app):
    """Connections that do not wait for a lock that keeps readers out."""

    def lose_patience(connection, _record):
        connection.execute("PRAGMA busy_timeout=50")

    with app.app_context():
        engine = db.engine
    event.listen(engine, "connect", lose_patience)
    engine.dispose()
    yield
    event.remove(engine, "connect", lose_patience)
    engine.dispose()


def everybody_was_away(app):
    """Every session would be marked as still in use by the next page."""
    with app.app_context():
        for session in db.session.scalars(db.select(SignIn)):
            session.seen_at = utcnow() - MARK_EVERY - timedelta(minutes=1)
        db.session.commit()


@pytest.mark.parametrize("who", ["linxiao", "zhoumin", "wutong", "guanyiming"])
def test_whoever_looks_does_not_learn_that_others_write(app, sign_in, who):
    browser = sign_in(who)
    home = browser.open("/pdsu/")
    places = {a["href"] for a in home.soup.select("a[href^='/']") if ".pdf" not in a["href"]}
    assert len(places) > 5
    everybody_was_away(app)
    with held_by_another(app):
        for place in ["/pdsu/", *sorted(places)]:
            assert browser.open(place).status == 200, place


def test_a_notice_that_cannot_be_marked_as_read_leads_on_all_the_same(app, sign_in):
    pages.filed_by(sign_in("linxiao"), ACCOUNT)
    with app.app_context():
        unread = db.select(Notice).where(Notice.read_at.is_(None), Notice.institution == "pdsu")
        notice = db.session.scalars(unread).first()
        notice_id, username = notice.id, notice.person.username
    browser = sign_in(username)
    with held_by_another(app):
        response = browser.client.get(f"/pdsu/notices/{notice_id}")
        assert response.status_code == 303
        assert browser.client.get(response.headers["Location"]).status_code == 200


def draft_with(browser, **typed) -> tuple[str, dict]:
    """A draft's address, and what its form would send with this typed."""
    page = pages.new_filing(browser)
    data = browser._held_by(page.find(pages.FORM)) | typed
    return page.address, data


def test_what_was_typed_stays_and_is_sent_again_with_one_press(app, sign_in):
    browser = sign_in("linxiao")
    address, data = draft_with(browser, name="写了很久的名字", do="keep")
    with held_by_another(app):
        response = browser.client.post(address, data=data, headers=HERE)
        page = browser.page = Page(response)
    assert page.status == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "此刻保存的人太多" in page.heading
    assert "刚才的操作没有生效" in page.text

    again = browser.submit("再提交一次")

    assert again.status == 200
    with app.app_context():
        filing = db.session.scalar(db.select(Filing).order_by(Filing.id.desc()))
        assert filing.answers["name"] == "写了很久的名字"


def test_under_htmx_the_page_stays_as_it_is_below_a_notice(app, sign_in):
    browser = sign_in("linxiao")
    address, data = draft_with(browser, name="还在写")
    with held_by_another(app):
        response = browser.client.post(
            address.replace("/edit", "/keep"), data=data, headers=HERE | {"HX-Request": "true"}
        )
    assert response.status_code == 503
    assert response.headers["HX-Retarget"] == "#notices"
    assert "填写的内容还在本页" in response.text
    assert "<html" not in response.text


def test_every_form_of_the_register_is_told_alike(app, sign_in):
    """Whatever writes passes the same place: a refused one never says that it is the server's fault."""
    office = sign_in("wutong")
    posts = {
        "/pdsu/notices/read": {},
        "/pdsu/me": {"email": "a@example.edu.cn"},
        "/pdsu/opinions": {"text": "同意。"},
        "/pdsu/campaigns/new": {"title": "x"},
        "/pdsu/found/new": {"name": "某号", "platform": "wechat"},
        "/sign-out": {},
    }
    token = office.open("/pdsu/me").find("[name=csrf_token]")["value"]
    with held_by_another(app):
        for address, data in posts.items():
            response = office.client.post(address, data=data | {"csrf_token": token}, headers=HERE)
            assert response.status_code in (503, 422), (address, response.status_code)
            assert re.search("[\u4e00-\u9fff]", response.text)


def test_signing_in_meanwhile_is_told_so(app, anyone, demo):
    page = anyone.open("/sign-in")
    data = {"school": "pdsu", "username": "linxiao", "password": demo.passwords["pdsu", "linxiao"]}
    data["csrf_token"] = page.find("[name=csrf_token]")["value"]
    with held_by_another(app):
        response = anyone.client.post("/sign-in", data=data, headers=HERE)
    assert response.status_code == 503
    assert data["password"] not in response.text
    assert anyone.client.post("/sign-in", data=data, headers=HERE).status_code == 303


@pytest.mark.usefixtures("impatient")
def test_where_even_readers_are_kept_out_the_answer_asks_the_database_nothing(app, sign_in):
    browser = sign_in("linxiao")
    with held_by_another(app, "EXCLUSIVE"):
        response = browser.client.get("/pdsu/filings/")
        health, ready = browser.client.get("/healthz"), browser.client.get("/readyz")
    assert response.status_code == 503
    assert "此刻保存的人太多" in response.text
    assert health.status_code == 200
    assert ready.status_code == 503
    assert ready.json["checks"]["database"] == "数据库正被别的程序占用。"


@pytest.fixture
def no_space(app):
    """The disk is full: as SQLite says it when a page more is needed."""

    def full(connection, _record):
        pages_there = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages_there}")

    with app.app_context():
        engine = db.engine
    engine.dispose()
    event.listen(engine, "connect", full)
    yield
    event.remove(engine, "connect", full)
    engine.dispose()


def test_a_full_disk_is_said_and_nothing_typed_is_lost(app, sign_in, request):
    browser = sign_in("linxiao")
    address, data = draft_with(browser, name="写了很久的名字", do="keep")
    long = data | {"introduction": "长" * 200_000}
    request.getfixturevalue("no_space")
    response = browser.client.post(address, data=long, headers=HERE)
    page = Page(response)
    assert page.status == 507
    assert "磁盘满了" in page.heading
    assert page.find("[name=name]")["value"] == "写了很久的名字"
    assert browser.open("/pdsu/filings/").status == 200


def test_what_is_no_trouble_of_the_database_is_still_a_fault(app, sign_in):
    def fail(**_):
        raise OSError("something else")

    app.view_functions["pdsu.home"] = fail
    response = sign_in("linxiao").client.get("/pdsu/")
    assert response.status_code == 500


def test_ready_says_what_is_missing(app, anyone, tmp_path, monkeypatch):
    (tmp_path / "seals").mkdir(exist_ok=True)
    (tmp_path / "seals" / "pdsu.txt").write_text("x")
    monkeypatch.setattr("blueprints.web.health.LEAST_SPACE", 1 << 60)
    with app.app_context():
        db.session.execute(db.text("UPDATE alembic_version SET version_num='of another version'"))
        db.session.commit()
    ready = anyone.client.get("/readyz")
    assert ready.status_code == 503
    checks = ready.json["checks"]
    assert checks["keys"] == "密钥文件不见了：seal_key。"
    assert checks["space"].startswith("磁盘只剩")
    assert checks["database"] == "数据库是更新的版本建的，需要换成对应的程序。"
    assert ready.json["engine"].startswith("SQLite 3.")
