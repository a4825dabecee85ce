"""A unit and the office write to each other on a filing, and each sees what is new."""

import pytest

from tests import pages
from tests.builders import ACCOUNT

ASKED = "请补一张认证截图。\n上次的看不清。"


@pytest.fixture
def address(sign_in) -> str:
    """A filing that was handed in."""
    return pages.filed_by(sign_in("linxiao"), ACCOUNT)


def talk(page) -> list[str]:
    """The messages as the page shows them."""
    return [one.select_one(".prose").get_text() for one in page.soup.select("#talk .talk li")]


def write(browser, address: str, text: str, **how):
    browser.open(address)
    return browser.submit("发送", text=text, **how)


def new_on(page, title: str = "平院信工快报") -> str:
    """The badge beside a filing's name in a list; '' without one."""
    cell = next(one for one in page.soup.select("td[data-label=名称]") if title in one.get_text())
    badge = cell.select_one(".count")
    return badge.contents[0] if badge else ""


def test_a_message_is_read_by_the_other_side_and_answered(sign_in, address):
    office, reporter = sign_in("wutong"), sign_in("linxiao")
    page = write(office, address, ASKED)
    assert "与申报单位沟通" in page.find("#talk h2").text
    assert talk(page) == [ASKED]
    page = reporter.open(address)
    assert "与党委宣传部沟通" in page.find("#talk h2").text
    assert "吴桐 党委宣传部" in page.find("#talk").get_text(" ", strip=True)
    page = write(reporter, address, "已经补上。")
    assert talk(page) == [ASKED, "已经补上。"]
    assert talk(office.open(address)) == [ASKED, "已经补上。"]


def test_what_is_new_is_counted_everywhere_until_the_filing_is_opened(sign_in, address):
    office, reporter = sign_in("wutong"), sign_in("linxiao")
    reporter.open("/pdsu/notices")
    before = pages.waiting(reporter.page, "待办")
    write(office, address, "第一句。")
    write(office, address, "第二句。")
    home = reporter.open("/pdsu/")
    assert pages.waiting(home, "待办") == before + 1
    assert "2 新留言" in home.find(".stats").get_text(" ", strip=True)
    assert "吴桐就“平院信工快报”给您留言。" in home.find(".notices").text
    assert new_on(reporter.open("/pdsu/filings/")) == "2"
    page = reporter.open(address)
    assert "2 条新留言" in page.find("#talk h2").text
    assert pages.waiting(page, "待办") == before
    assert new_on(reporter.open("/pdsu/filings/")) == ""
    assert "新留言" not in reporter.open("/pdsu/").find(".stats").text
    assert "新留言" not in reporter.open(address).find("#talk h2").text


def test_the_desk_shows_that_the_unit_wrote(sign_in, address):
    pages.decide(sign_in("zhoumin"), address, "同意")
    write(sign_in("linxiao"), address, "请尽快看一下。")
    assert new_on(sign_in("wutong").open("/pdsu/desk")) == "1"
    assert new_on(sign_in("suyi").open("/pdsu/desk")) == "1"


def test_whoever_wrote_has_nothing_new(sign_in, address):
    office = sign_in("wutong")
    before = pages.waiting(office.open("/pdsu/"), "待办")
    assert pages.waiting(write(office, address, ASKED), "待办") == before


def test_the_card_alone_comes_back_in_place(sign_in, address):
    office = sign_in("wutong")
    part = write(office, address, ASKED, htmx=True)
    assert talk(part) == [ASKED]
    assert not part.soup.select("#status")
    assert pages.piece(part, "#talk textarea") == pages.piece(office.open(address), "#talk textarea")


def test_pressing_twice_makes_one_message(sign_in, address):
    office = sign_in("wutong")
    office.open(address)
    token = office.page.find("#talk [name=token]")["value"]
    office.submit("发送", text=ASKED)
    page = office.submit("发送", text="换了说法", token=token)
    assert talk(page) == [ASKED]
    page = office.submit("发送", text=ASKED)
    assert talk(page) == [ASKED]
    page = office.submit("发送", text="另一句。")
    assert talk(page) == [ASKED, "另一句。"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "请先写下要说的话"),
        (" \u200b\n", "请先写下要说的话"),
        ("字" * 1001, "留言最多1000个字，现在是1001个字"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_what_cannot_be_sent_says_why_and_stays_in_the_box(sign_in, address, text, sentence, htmx):
    office = sign_in("wutong")
    page = write(office, address, text, htmx=htmx)
    assert page.status == 422
    assert sentence in page.find("#talk .error").text
    assert page.find("#talk textarea").get_text().removeprefix("\n") == text
    assert talk(office.open(address)) == []


def test_words_are_shown_as_they_were_typed(sign_in, address):
    text = "<b>粗</b> & “引号” <script>alert(1)</script>"
    page = write(sign_in("wutong"), address, text)
    assert talk(page) == [text]
    assert not page.soup.select("#talk b, #talk script")


def test_nobody_talks_about_a_draft(sign_in):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    address = pages.keep(reporter, {"平台名称": "还没想好"}).address.removesuffix("/edit")
    page = reporter.open(address)
    assert "提交以后可以在这里留言" in page.find("#talk").text
    assert not page.soup.select("#talk form")
    token = page.find("[name=csrf_token]")["value"]
    answer = reporter.client.post(f"{address}/messages", data={"csrf_token": token, "text": "喂"})
    assert answer.status_code == 422
    assert talk(reporter.open(address)) == []


@pytest.mark.parametrize("username", ["sunli", "qinling", "guanyiming", "shenzhi"])
def test_nobody_else_reads_or_writes(sign_in, address, username):
    write(sign_in("wutong"), address, ASKED)
    stranger = sign_in(username)
    page = stranger.open("/pdsu/")
    assert ASKED[:5] not in page.text
    token = page.find("[name=csrf_token]")["value"]
    assert stranger.open(address).status in (403, 404)
    answer = stranger.client.post(f"{address}/messages", data={"csrf_token": token, "text": "让我看看"})
    assert answer.status_code in (403, 404)
    assert talk(sign_in("linxiao").open(address)) == [ASKED]


def test_a_long_talk_keeps_its_beginning_folded(sign_in, address):
    office = sign_in("wutong")
    for number in range(12):
        page = write(office, address, f"第 {number} 句")
    assert len(talk(page)) == 12
    folded = page.find("#talk details")
    assert "更早的 2 条" in folded.summary.text
    assert len(folded.select("li")) == 2
