"""全校通报: everybody of the school reads it, on screen, on paper and as a workbook; a bulletin holds it."""

from io import BytesIO

import pdfplumber
import pytest
from openpyxl import load_workbook

from tests.campaigning import ask
from tests.findings.test_sanctions import recorded

REASON = "新生群在用未报备。"
EVERYBODY = ("linxiao", "sunli", "zhoumin", "wutong")


@pytest.fixture
def office(sign_in):
    return sign_in("wutong")


@pytest.fixture
def circular(office):
    recorded(office, "文学院", code="circular", reason=REASON)


def text_of(pdf: bytes) -> str:
    with pdfplumber.open(BytesIO(pdf)) as paper:
        return "".join(page.extract_text() for page in paper.pages).replace("\n", "")


def cells(book: bytes, sheet: str) -> str:
    return "\n".join(
        str(cell) for row in load_workbook(BytesIO(book))[sheet].values for cell in row if cell is not None
    )


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_of_the_school_reads_whom_what_for_and_on_what_ground(who, circular, sign_in):
    browser = sign_in(who)
    assert "全校通报" in browser.open("/pdsu/").text
    row = browser.follow("全校通报").find("#results tbody").text
    for words in ("文学院", "全校通报", REASON, "平学院宣文〔2022〕01号第二部分第3条"):
        assert words in row


def test_it_is_printed_as_a_notice_and_as_a_list_and_comes_as_a_workbook(circular, sign_in):
    reader = sign_in("linxiao")
    page = reader.open("/pdsu/circulars")
    address = page.find("#results tbody a")["href"]
    letter = text_of(reader.client.get(address).data)
    for words in (
        "全校各单位：",
        "文学院",
        REASON.rstrip("。"),
        "平学院宣文〔2022〕01号第二部分第3条",
        "党委宣传部（盖章）",
    ):
        assert words in letter
    listed = text_of(reader.client.get("/pdsu/circulars.pdf").data)
    assert "文学院" in listed
    assert REASON in listed
    assert REASON in cells(reader.client.get("/pdsu/circulars.xlsx").data, "全校通报")


def test_what_is_no_circular_or_was_lifted_is_not_shown(office, circular, sign_in):
    recorded(office, "信息工程学院")
    assert "信息工程学院" not in sign_in("sunli").open("/pdsu/circulars").find("#results").text
    address = office.open("/pdsu/circulars").find("#results tbody a")["href"]
    row = next(
        tr for tr in office.open("/pdsu/sanctions").soup.select("#results tbody tr") if REASON in tr.text
    )
    token = row.select_one("[name=csrf_token]")["value"]
    sent = {"csrf_token": token, "reason": "已补报。"}
    office.client.post(row.find("form")["action"], data=sent)
    assert "没有全校通报" in sign_in("sunli").open("/pdsu/circulars").text
    assert office.client.get(address).status_code == 404


def test_it_is_part_of_the_campaigns_bulletin(office, circular, app):
    address = f"/pdsu/campaigns/{ask(app)}"
    assert REASON in cells(office.client.get(f"{address}/bulletin.xlsx").data, "全校通报")
    assert REASON in text_of(office.client.get(f"{address}/bulletin.pdf").data)
