"""Signing out: here, at the CAS server, and from there (single logout)."""

import pytest
from sqlalchemy import select

from models.auth.sessions import SignIn
from models.database import db
from tests.auth.cas.visiting import Visitor
from tests.signing import browser_of, enter

LOGOUT = (
    '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="1" Version="2.0">'
    "<samlp:SessionIndex>{}</samlp:SessionIndex></samlp:LogoutRequest>"
)


def sessions(app) -> int:
    with app.app_context():
        return len(list(db.session.scalars(select(SignIn))))


@pytest.fixture
def inside(visitor):
    """Signed in; `ticket` is what brought them in."""
    proved = visitor.prove(visitor.set_out(), "linxiao")
    visitor.ticket, visitor.came_back_to = proved.rpartition("ticket=")[2], proved.rpartition("&ticket=")[0]
    assert visitor.open(proved).path == "/pdsu/"
    return visitor


def tell(visitor, said, address="", **settings):
    """What a CAS server posts, in a process of its own: no cookie, no token."""
    nobody = Visitor(visitor.home, visitor.cas)
    return nobody.web.post(address or visitor.came_back_to, data={"logoutRequest": said}, **settings)


def test_signing_out_at_the_cas_server_signs_out_here(inside, app):
    other = Visitor(inside.home, inside.cas)
    other.come_in("linxiao")
    assert inside.is_inside()
    assert inside.web.get(f"{inside.cas}/logout").status_code == 200
    assert not inside.is_inside()
    # Only that ticket's session: the same person's other browser goes on.
    assert other.is_inside()
    assert sessions(app) == 1


def test_signing_out_here_ends_the_session_and_leads_to_the_other_sign_out(inside, app):
    page = inside.send(inside.open("/pdsu/"), "退出登录")
    assert page.heading == "已退出"
    assert sessions(app) == 0
    assert not inside.is_inside()
    away = inside.web.get(inside.home + page.link("退出统一身份认证"), allow_redirects=False)
    assert away.status_code == 302
    assert away.headers["Location"].startswith(f"{inside.cas}/logout?")
    inside.web.get(away.headers["Location"])
    # The CAS server asks for the password again.
    assert inside.web.get(inside.set_out(), allow_redirects=False).status_code == 200


def test_a_password_session_is_neither_ended_nor_led_to_the_cas_server(app, demo, inside):
    browser = browser_of(app)
    browser.open("/sign-in?school=pdsu")
    enter(browser, "linxiao", demo.passwords["pdsu", "linxiao"])
    inside.web.get(f"{inside.cas}/logout")
    assert browser.open("/pdsu/").status == 200
    assert "修改密码" in browser.page.text
    page = browser.submit("退出登录")
    assert (page.heading, "已退出登录" in page.text) == ("登录", True)


def test_the_server_does_not_learn_which_tickets_are_signed_in(inside, app):
    unknown = tell(inside, LOGOUT.format("ST-unknown"))
    assert sessions(app) == 1
    known = tell(inside, LOGOUT.format(inside.ticket))
    assert sessions(app) == 0
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text) == (204, "")


NO_LOGOUTS = [
    "",
    "logout",
    "<x/>",
    "{}",
    LOGOUT.replace("SAML:2.0", "SAML:9.0"),
    LOGOUT.replace("LogoutRequest", "Response"),
    LOGOUT.replace("</samlp:LogoutRequest>", ""),
    LOGOUT.replace("{}", ""),
    LOGOUT.replace(
        "</samlp:SessionIndex>", "</samlp:SessionIndex><samlp:SessionIndex>ST-2</samlp:SessionIndex>"
    ),
    "<!DOCTYPE x>" + LOGOUT,
    '<?xml version="1.0" encoding="x-none"?>' + LOGOUT,
    "\ud800" + LOGOUT,
]


def test_what_is_no_logout_ends_nothing(inside, app):
    for said in NO_LOGOUTS:
        sent = said.replace("{}", inside.ticket).encode("utf-8", "surrogatepass")
        assert tell(inside, sent).status_code == 400, said
        assert sessions(app) == 1, said


def test_a_logout_is_not_read_beyond_its_bounds(inside, app):
    long = LOGOUT.format(inside.ticket) + " " * 20_000
    assert tell(inside, long).status_code == 413
    chunks = iter([b"logoutRequest=", *[b" " * 1000] * 20])
    nobody = Visitor(inside.home, inside.cas)
    assert (
        nobody.web.post(
            inside.came_back_to, data=chunks, headers={"Content-Type": "application/x-www-form-urlencoded"}
        ).status_code
        == 413
    )
    assert tell(inside, LOGOUT.format(inside.ticket) + " " * 5000).status_code == 204


class TestSeveralSchools:
    @pytest.fixture
    def table(self, table):
        return table | {"schools": ["pdsu", "ahbc"]}

    def test_a_logout_of_one_school_ends_nothing_in_another(self, inside, app):
        said = LOGOUT.format(inside.ticket)
        assert tell(inside, said, f"{inside.home}/cas/ahbc/callback").status_code == 204
        assert sessions(app) == 1


def test_nothing_but_the_logout_goes_without_a_token(inside):
    assert inside.web.post(f"{inside.home}/sign-out").status_code == 400
    assert inside.is_inside()
