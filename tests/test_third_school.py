"""A third school is a folder of YAML beside the database: it files and prints, no Python touched."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from app import HOUSE
from blueprints.cli.demo import load_demo
from tests import pages
from tests.builders import ACCOUNT, GROUP
from tests.client import Browser
from tests.lending import app_on


@pytest.fixture
def third(empty_database: Path, tmp_path: Path) -> tuple[Flask, dict[str, str]]:
    """The app with a third school, copied under another code, and its people's passwords."""
    shutil.copy(empty_database, tmp_path / "beian.sqlite3")
    folder = tmp_path / "institutions" / "third"
    shutil.copytree(HOUSE / "blueprints" / "pdsu", folder)
    described = folder / "institution.yaml"
    described.write_text(described.read_text().replace("name: 平顶山学院", "name: 第三学院", 1))
    app = app_on(tmp_path)
    with app.app_context():
        school = app.extensions["institutions"]["third"]
        passwords = {username: word for _, username, word, _ in load_demo(school, folder).accounts}
    return app, passwords


@pytest.fixture
def sign_in(third):
    app, passwords = third

    def signed_in(username: str) -> Browser:
        browser = Browser(app.test_client())
        browser.open("/sign-in?school=third")
        browser.submit("登录", school="third", username=username, password=passwords[username])
        return browser

    return signed_in


def test_a_third_school_files_prints_and_sums_up(sign_in):
    reporter, head, office = sign_in("linxiao"), sign_in("zhoumin"), sign_in("wutong")
    address = pages.filed_by(reporter, ACCOUNT, school="third")
    assert address.startswith("/third/")
    assert "第三学院" in reporter.page.find(".brand").text
    pages.decide(head, address, "同意")
    assert pages.state(pages.decide(office, address, "同意备案")) == "已备案"
    for paper in (f"{address}/sheet.pdf", "/third/forms/account/blank.pdf", "/third/summaries/accounts.pdf"):
        assert reporter.client.get(paper).data.startswith(b"%PDF"), paper
    assert "平院信工快报" in reporter.open("/third/summaries/accounts").text


def test_a_third_school_has_lists_as_well(sign_in):
    reporter = sign_in("dingyi")
    page = reporter.open("/third/lists/group")
    page = reporter.submit("提交清单", **pages.lines(page, GROUP))
    assert "已提交 1 行" in pages.sentences(page)


def test_the_schools_know_nothing_of_each_other(sign_in):
    reporter = sign_in("linxiao")
    assert reporter.open("/pdsu/").status == 404
    assert reporter.open("/third/").heading == "您好，林晓"


def test_the_schools_file_of_this_deployment_takes_the_place_of_the_built_in_one(empty_database, tmp_path):
    shutil.copy(empty_database, tmp_path / "beian.sqlite3")
    built_in = HOUSE / "blueprints" / "pdsu" / "forms" / "account.yaml"
    shadow = tmp_path / "institutions" / "pdsu" / "forms" / "account.yaml"
    shadow.parent.mkdir(parents=True)
    shadow.write_text(built_in.read_text().replace("label: 平台名称,", "label: 平台的全名,", 1))
    form = app_on(tmp_path).extensions["institutions"]["pdsu"].forms["account"]
    assert form.field("name").label == "平台的全名"
