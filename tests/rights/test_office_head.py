"""A step that the head of the office signs: `role: head, of: office`, walked through the pages."""

import shutil

import pytest

from app import HOUSE
from blueprints.cli.demo import load_demo
from tests import pages
from tests.builders import ACCOUNT
from tests.client import Browser
from tests.commands import run
from tests.lending import app_on
from tests.signing import let_in

LAST_STEP = """      sign: [签章：]
    - {name: minister, label: 宣传部负责人意见, short: 部长意见, role: head, of: office}
"""
LAST_ROW = """    - [{label: "党委\\n宣传部\\n意见"}, {step: office, span: 6, height: 40}]
    - [{label: "部长\\n意见"}, {step: minister, span: 6, height: 40}]
"""


@pytest.fixture
def school(empty_database, tmp_path):
    """A school whose accounts are signed by the office and then by its head; its demo is pdsu's."""
    shutil.copy(empty_database, tmp_path / "beian.sqlite3")
    folder = tmp_path / "institutions" / "third"
    shutil.copytree(HOUSE / "blueprints" / "pdsu", folder)
    form = folder / "forms" / "account.yaml"
    text = form.read_text().replace("      sign: [签章：]\n", LAST_STEP, 1)
    form.write_text(text.replace(LAST_ROW.splitlines(True)[0], LAST_ROW, 1))
    return app_on(tmp_path), folder


@pytest.fixture
def sign_in(school):
    app, folder = school
    with app.app_context():
        load_demo(app.extensions["institutions"]["third"], folder)
    return lambda username: let_in(app, username, "third")


def at_the_last_step(sign_in) -> str:
    address = pages.filed_by(sign_in("linxiao"), ACCOUNT, school="third")
    pages.decide(sign_in("zhoumin"), address, "同意")
    assert pages.state(pages.decide(sign_in("wutong"), address, "同意")) == "待部长意见"
    return address


def test_the_offices_head_is_told_has_it_on_the_desk_and_signs_it(sign_in):
    address = at_the_last_step(sign_in)
    head: Browser = sign_in("gaoyuan")
    assert "等您签署“部长意见”" in head.open("/third/notices").text
    assert any(link["href"] == address for link in head.open("/third/desk").soup.select("a[href]"))
    assert pages.state(pages.decide(head, address, "同意备案")) == "已备案"


@pytest.mark.parametrize("username", ["zhoumin", "wutong", "suyi", "zhenghao"])
def test_nobody_else_signs_it(sign_in, username):
    address = at_the_last_step(sign_in)
    page = sign_in(username).open(address)
    assert page.status == 200 or username == "zhenghao"
    assert not page.soup.select("button[value=approve], button[formaction*=approve]")


def test_without_such_a_head_nothing_is_handed_in_and_the_administrator_is_told(school, sign_in):
    administrator = sign_in("guanyiming")
    person = administrator.open("/third/people?q=gaoyuan").find("#results td a")["href"]
    administrator.open(person)
    administrator.submit("停用")
    page = administrator.open("/third/people")
    assert "媒体平台备案表 · 部长意见：本校还没有登记宣传部负责人。" in page.text
    reporter = sign_in("linxiao")
    pages.new_filing(reporter, school="third")
    page = pages.hand_in(reporter, ACCOUNT)
    address = page.address
    assert "还没有登记宣传部负责人" in page.text
    assert "草稿" in reporter.open(address).text
    checked = run(school[0], "check-definitions", "--database")
    assert "部长意见：本校还没有登记宣传部负责人。" in checked.output
