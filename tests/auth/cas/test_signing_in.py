"""Signing in through a real CAS server: who gets in, where they land, and who does not."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.auth.attempts import SignInFailure
from models.auth.sessions import SignIn
from models.clock import utcnow
from models.database import db
from models.people.person import Person
from tests.auth.cas.visiting import Visitor

NOT_OPEN = "您的统一身份认证账号（{}）尚未开通"
SPENT = "统一身份认证的凭证已失效"
ASTRAY = "登录页面已过期，或不是从本窗口打开的"


def rows(app, table) -> list:
    with app.app_context():
        return list(db.session.scalars(select(table)).unique())


def change(app, username, **values) -> None:
    with app.app_context():
        person = db.session.scalar(select(Person).filter_by(institution="pdsu", username=username))
        for name, value in values.items():
            setattr(person, name, value)
        db.session.commit()


def test_the_button_of_the_sign_in_page_leads_in(visitor, app):
    page = visitor.open("/sign-in")
    assert "统一身份认证登录" in page.text
    address = page.link("统一身份认证登录")
    proved = visitor.prove(
        visitor.web.get(visitor.home + address, allow_redirects=False).headers["Location"], "linxiao"
    )
    page = visitor.open(proved)
    assert (page.status, page.path) == (200, "/pdsu/")
    assert "林晓" in page.text
    assert rows(app, SignInFailure) == []


def test_one_lands_where_one_was_going(visitor):
    page = visitor.open("/pdsu/filings/?state=draft")
    away = visitor.web.get(visitor.home + page.link("统一身份认证登录"), allow_redirects=False)
    page = visitor.open(visitor.prove(away.headers["Location"], "linxiao"))
    assert page.address == f"{visitor.home}/pdsu/filings/?state=draft"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/pdsu/\\evil",
        "/ahbc/",
        "/pdsu/\r\nX: y",
        "/pdsu/" + "x" * 600,
    ],
)
def test_next_leads_nowhere_else(visitor, wanted):
    page = visitor.come_in("linxiao", wanted)
    assert page.address == f"{visitor.home}/pdsu/"


def test_several_tabs_may_be_on_their_way_at_once(visitor):
    first, second = visitor.set_out("/pdsu/filings/"), visitor.set_out("/pdsu/register?q=" + "校" * 100)
    visitor.set_out("/pdsu/register?q=" + "园" * 100)
    assert visitor.open(visitor.prove(first, "linxiao")).path == "/pdsu/filings/"
    assert visitor.open(visitor.prove(second, "linxiao")).path == "/pdsu/"


def test_the_ticket_is_kept_as_a_hash_alone(visitor, app):
    proved = visitor.prove(visitor.set_out(), "linxiao")
    ticket = proved.rpartition("ticket=")[2]
    visitor.open(proved)
    (row,) = rows(app, SignIn)
    assert len(row.ticket_hash) == 64
    for file in Path(app.instance_path).glob("beian.sqlite3*"):
        assert ticket.encode() not in file.read_bytes()


@pytest.mark.parametrize("username", ["stranger", "20190123"])
def test_nobody_gets_an_account_by_having_one_elsewhere(visitor, app, username):
    page = visitor.come_in(username)
    assert page.status == 403
    assert NOT_OPEN.format(username) in page.text
    assert "咨询：李子瑾，2657625" in page.text
    assert rows(app, SignIn) == []
    assert not visitor.is_inside()
    # The CAS server remembers who proved themselves: somebody else has to leave it first.
    visitor.open(page.link("换一个账号"))
    assert visitor.come_in("linxiao").path == "/pdsu/"


def test_who_is_disabled_reads_the_same_as_who_never_was_here(visitor, app):
    change(app, "linxiao", active=False)
    page = visitor.come_in("linxiao")
    stranger = Visitor(visitor.home, visitor.cas).come_in("stranger")
    assert page.status == stranger.status == 403
    assert page.text == stranger.text.replace("stranger", "linxiao")
    assert rows(app, SignIn) == []


def test_a_school_without_cas_has_no_such_pages(visitor):
    assert "统一身份认证" not in visitor.open("/sign-in?school=ahbc").text
    for page in ("sign-in", "callback?ticket=ST-1&state=x", "signed-out", "sign-out"):
        assert visitor.open(f"/cas/ahbc/{page}").status == 404
        assert visitor.open(f"/cas/nowhere/{page}").status == 404
    assert visitor.web.post(f"{visitor.home}/cas/ahbc/callback").status_code == 404


class TestSeveralSchools:
    @pytest.fixture
    def table(self, table):
        return table | {"schools": ["pdsu", "ahbc"]}

    def test_an_account_opens_its_own_school_alone(self, visitor, app):
        page = visitor.open(visitor.prove(visitor.set_out(school="ahbc"), "linxiao"))
        assert (page.status, NOT_OPEN.format("linxiao") in page.text) == (403, True)
        assert rows(app, SignIn) == []

    def test_a_ticket_for_one_school_is_none_for_another(self, visitor, app):
        proved = visitor.prove(visitor.set_out(), "linxiao")
        state = visitor.set_out(school="ahbc").rpartition("state%3D")[2]
        ticket = proved.rpartition("ticket=")[2]
        page = visitor.open(f"/cas/ahbc/callback?state={state}&ticket={ticket}")
        assert (page.status, SPENT in page.text) == (403, True)
        assert rows(app, SignIn) == []


class TestAttribute:
    @pytest.fixture
    def table(self, table):
        return table | {"attribute": "beian"}

    def test_an_attribute_may_be_the_username(self, visitor):
        assert visitor.come_in("20190123").path == "/pdsu/"
        assert "林晓" in visitor.open("/pdsu/").text

    def test_without_the_attribute_nobody_gets_in(self, visitor, app):
        page = visitor.come_in("zhoumin")
        assert (page.status, "无法识别" in page.text) == (502, True)
        assert rows(app, SignIn) == []


class TestVersionTwo:
    @pytest.fixture
    def table(self, table):
        return table | {"version": 2}

    def test_an_older_server_does_too(self, visitor):
        assert visitor.come_in("linxiao").path == "/pdsu/"


def test_who_is_kept_out_is_a_line_of_the_security_log(visitor, caplog):
    caplog.set_level("INFO", "beian.security")
    state = visitor.set_out().rpartition("state%3D")[2]
    visitor.open(f"/cas/pdsu/callback?state={state}&ticket=ST-made-up")
    visitor.come_in("stranger")
    assert caplog.text.count("sign-in failed school=pdsu address=127.0.0.1") == 2
    assert "stranger" not in caplog.text


def test_a_ticket_is_good_once(visitor, app, caplog):
    proved = visitor.prove(visitor.set_out(), "linxiao")
    service, _, ticket = proved.rpartition("&ticket=")
    spent = visitor.web.get(
        f"{visitor.cas}/p3/serviceValidate", params={"service": service, "ticket": ticket}
    )
    assert "authenticationSuccess" in spent.text
    page = visitor.open(proved)
    assert (page.status, SPENT in page.text) == (403, True)
    assert rows(app, SignIn) == []
    assert len(rows(app, SignInFailure)) == 1
    # For who looks after the system, and without the ticket.
    assert "The CAS server said INVALID_TICKET" in caplog.text
    assert ticket not in caplog.text


def test_the_address_one_came_back_to_is_good_once(visitor, app):
    proved = visitor.prove(visitor.set_out(), "linxiao")
    visitor.open(proved)
    assert visitor.open(proved).path == "/pdsu/"
    visitor.send(visitor.open("/pdsu/"), "退出登录")
    page = visitor.open(proved)
    assert (page.status, ASTRAY in page.text) == (400, True)
    assert rows(app, SignIn) == []


@pytest.mark.parametrize("service", ["http://mail.example.edu.cn/", "{home}/cas/pdsu/callback", "{home}/"])
def test_a_ticket_for_another_service_is_refused(visitor, app, service):
    service = service.format(home=visitor.home)
    proved = visitor.prove(f"{visitor.cas}/login?service={service}", "linxiao")
    state = visitor.set_out().rpartition("state%3D")[2]
    ticket = proved.rpartition("ticket=")[2]
    page = visitor.open(f"/cas/pdsu/callback?state={state}&ticket={ticket}")
    assert (page.status, SPENT in page.text) == (403, True)
    assert rows(app, SignIn) == []


def test_a_ticket_that_is_too_old_is_refused(visitor, app, cas_server):
    proved = visitor.prove(visitor.set_out(), "linxiao")
    cas_server.age_tickets()
    page = visitor.open(proved)
    assert (page.status, SPENT in page.text) == (403, True)
    assert rows(app, SignIn) == []


def test_nobody_is_signed_in_by_a_link_that_somebody_else_made(visitor, app):
    theirs = visitor.prove(visitor.set_out(), "zhoumin")
    victim = Visitor(visitor.home, visitor.cas)
    victim.set_out()
    page = victim.open(theirs)
    assert (page.status, ASTRAY in page.text) == (400, True)
    assert rows(app, SignIn) == []
    # Nobody asked the CAS server: the ticket is still good where it belongs.
    assert visitor.open(theirs).path == "/pdsu/"


@pytest.mark.parametrize("ticket", ["", "票", "ST-1%0D%0AX", "ST-" + "9" * 400])
def test_what_is_no_ticket_is_not_asked_about(visitor, app, ticket):
    state = visitor.set_out().rpartition("state%3D")[2]
    page = visitor.open(f"/cas/pdsu/callback?state={state}&ticket={ticket}")
    assert (page.status, "没有确认您的身份" in page.text) == (400, True)
    assert rows(app, SignInFailure) == []


def test_an_address_may_not_try_tickets_for_ever(visitor, app):
    for number in range(30):
        state = visitor.set_out().rpartition("state%3D")[2]
        page = visitor.open(f"/cas/pdsu/callback?state={state}&ticket=ST-{number}")
        assert page.status == 403
    page = visitor.come_in("linxiao")
    assert (page.status, "尝试次数过多" in page.text) == (429, True)
    assert rows(app, SignIn) == []


def test_a_password_that_is_owed_here_is_not_asked_for(visitor, app):
    change(app, "linxiao", one_time_until=utcnow() - timedelta(days=1))
    (before,) = [one for one in rows(app, Person) if (one.institution, one.username) == ("pdsu", "linxiao")]
    page = visitor.come_in("linxiao")
    assert page.path == "/pdsu/"
    assert "修改密码" not in page.text
    assert "修改密码" not in visitor.open("/pdsu/me").text
    page = visitor.open("/password")
    assert (page.path, "请在统一身份认证平台修改" in page.text) == ("/pdsu/", True)
    with app.app_context():
        assert db.session.get(Person, before.id).password_hash == before.password_hash
