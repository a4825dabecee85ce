"""Hostile files through every page that takes one: a sentence beside the box, and nobody kept waiting."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from models.examining import pool
from models.examining.examined import BadFile, Kind
from models.examining.pool import BUSY, DIED, LARGE, SLOW
from tests import builders, pages
from tests.campaigning import ask, unit_id
from tests.client import Browser, Page
from tests.examining.pdfs import HOSTILE
from tests.examining.photos import SPOILT, large_png, photo
from tests.finding import FORM, LATE, NEW, noted
from tests.imports.pages.conftest import send
from tests.lending import DATABASE
from tests.xlsx.packing import workbook

Upload = Callable[[tuple], tuple[Page, str]]


@pytest.fixture
def closing(sign_in) -> Browser:
    """林晓 with the closing of an account open before her."""
    browser = sign_in("linxiao")
    browser.open("/pdsu/register?q=pdsu_xg")
    browser.follow("平院信工")
    browser.submit("注销")
    return browser


@pytest.fixture
def proof(closing) -> Upload:
    def upload(file: tuple) -> tuple[Page, str]:
        page = pages.keep(closing, {"注销证明": file})
        return page, page.error_at("closing_proof")

    return upload


@pytest.fixture
def chosen_proof(closing) -> Upload:
    """As soon as it is chosen, with scripts."""
    address = closing.page.address

    def upload(file: tuple) -> tuple[Page, str]:
        closing.open(address)
        page = closing.trigger("#item-closing_proof", closing_proof=file)
        return page, page.error_at("closing_proof")

    return upload


@pytest.fixture
def picture(sign_in) -> Upload:
    browser = sign_in("linxiao")
    pages.new_filing(browser)

    def upload(file: tuple) -> tuple[Page, str]:
        page = pages.keep(browser, builders.ACCOUNT | {"二维码": file})
        return page, page.error_at("qr")

    return upload


@pytest.fixture
def picture_afterwards(sign_in) -> Upload:
    """Of an account that was approved before it was opened."""
    browser = sign_in("linxiao")
    address = pages.filed_by(browser, builders.ACCOUNT | builders.NOT_OPEN_YET)
    pages.decide(sign_in("zhoumin"), address, "同意")
    pages.decide(sign_in("wutong"), address, "同意备案")

    def upload(file: tuple) -> tuple[Page, str]:
        page = browser.open(address)
        page = browser.submit(
            "保存补充内容", **pages.answered(page, {"二维码": file}, "form[action$=complete]")
        )
        return page, page.error_at("qr")

    return upload


@pytest.fixture
def picture_by_link(app, sign_in) -> Upload:
    """By somebody who has nothing but a link."""
    schools = app.extensions["institutions"]
    allowed = schools["pdsu"].individuals.model_copy(update={"links": True})
    schools["pdsu"] = schools["pdsu"].model_copy(update={"individuals": allowed})
    office, applicant = sign_in("wutong"), Browser(app.test_client())
    page = office.open("/pdsu/invites/new")
    said = pages.answered(page, {"申请人姓名": "李雷"}, "form[action$='/invites/new']")
    applicant.open(urlsplit(office.submit("生成链接", **said).find("#link").get_text()).path)

    def upload(file: tuple) -> tuple[Page, str]:
        said = pages.answered(applicant.page, builders.ACCOUNT | {"二维码": file})
        page = applicant.submit("存草稿", **said)
        return page, page.error_at("qr")

    return upload


@pytest.fixture
def screenshot(sign_in) -> Upload:
    browser = sign_in("sunli")

    def upload(file: tuple) -> tuple[Page, str]:
        page = noted(browser, screenshot=file)
        return page, "" if page.status == 200 else pages.sentences(page)

    return upload


@pytest.fixture
def scan(app, sign_in) -> Upload:
    """Of a report that a unit signed."""
    address = f"/pdsu/campaigns/{ask(app)}/reports/{unit_id(app, '文学院')}"
    for name, buttons in (("sunli", ["其余 2 个都无变更", "提交签字"]), ("qinling", ["签字报送"])):
        browser = sign_in(name)
        browser.open(address)
        for button in buttons:
            browser.submit(button)
    office = sign_in("suyi")
    office.open(address)

    def upload(file: tuple) -> tuple[Page, str]:
        page = office.submit("登记", day=office.page.find("[name=day]")["value"], scan=file)
        return page, page.error_at("scan")

    return upload


@pytest.fixture
def sheets(sign_in) -> Upload:
    browser = sign_in("linxiao")

    def upload(file: tuple) -> tuple[Page, str]:
        page = send(browser, file[0].read(), file[1])
        return page, page.error_at("file")

    return upload


PLACES = {
    "proof": Kind.document,
    "chosen_proof": Kind.document,
    "picture": Kind.picture,
    "picture_afterwards": Kind.picture,
    "picture_by_link": Kind.picture,
    "screenshot": Kind.proof,
    "scan": Kind.document,
    "sheets": Kind.workbook,
}
GOOD = {
    Kind.document: builders.pdf,
    Kind.picture: builders.png,
    Kind.proof: builders.png,
    Kind.workbook: workbook,
}
FOR_DOCUMENTS = [name for name, kind in PLACES.items() if kind is Kind.document]
FOR_PICTURES = [name for name, kind in PLACES.items() if kind is not Kind.workbook]


@pytest.fixture
def upload(request: pytest.FixtureRequest) -> Upload:
    return request.getfixturevalue(request.param)


@pytest.mark.sqlite("holds the lock of the file")
@pytest.mark.parametrize(("upload", "kind"), PLACES.items(), indirect=["upload"])
def test_others_can_write_while_a_file_is_examined(app, upload, kind, monkeypatch):
    file, ask, wanted = Path(app.instance_path) / DATABASE, pool.POOL.ask, []

    def watched(kind: Kind, content: bytes, name: str):
        with sqlite3.connect(file, timeout=0, isolation_level=None) as somebody:
            somebody.execute("BEGIN IMMEDIATE")
            somebody.execute("ROLLBACK")
        somebody.close()
        wanted.append(kind)
        return ask(kind, content, name)

    monkeypatch.setattr(pool.POOL, "ask", watched)
    _, sentence = upload(builders.file(GOOD[kind](), "好.dat"))
    assert wanted == [kind]
    assert sentence == "" or kind is Kind.workbook


def test_a_double_click_with_a_file_counts_once(sign_in):
    browser = sign_in("sunli")
    page = browser.open(NEW)
    said = pages.answered(page, LATE, FORM)
    browser.submit("登记", **said, screenshot=builders.file(builders.png(), "屏幕.png"))
    browser.page = page
    again = browser.submit("登记", **said, screenshot=builders.file(builders.png(), "屏幕.png"))
    assert "没有重复保存" in again.text
    assert len(browser.open("/pdsu/found").soup.select("#results tbody tr")) == 1


@pytest.mark.parametrize("upload", PLACES, indirect=True)
@pytest.mark.parametrize("trouble", [BUSY, SLOW, LARGE, DIED], ids=["busy", "slow", "large", "died"])
def test_a_file_that_could_not_be_examined_says_so_beside_its_box(upload, trouble, monkeypatch):
    def fail(*_):
        raise BadFile(trouble)

    monkeypatch.setattr(pool.POOL, "ask", fail)
    _, sentence = upload(builders.file(builders.png(), "a.png"))
    assert trouble in sentence


@pytest.mark.parametrize("upload", FOR_DOCUMENTS, indirect=True)
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_pdf_is_refused_beside_its_box(upload, what):
    make, words = HOSTILE[what]
    _, sentence = upload(builders.file(make(), "证明.pdf"))
    assert words in sentence


@pytest.mark.parametrize("upload", FOR_PICTURES, indirect=True)
def test_photos_with_spoilt_notes_are_taken(upload):
    _, sentence = upload(builders.file(photo(SPOILT["a turn that is a text"]), "照片.jpg"))
    assert sentence == ""


@pytest.mark.parametrize("upload", FOR_PICTURES, indirect=True)
def test_a_picture_of_forty_million_pixels_is_taken_and_a_larger_one_refused(upload):
    _, sentence = upload(builders.file(builders.png_that_claims(60_000, 60_000), "大.png"))
    assert "4000 万像素" in sentence
    _, sentence = upload(builders.file(large_png(), "大.png"))
    assert sentence == ""
