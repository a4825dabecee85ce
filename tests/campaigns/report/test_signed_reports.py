"""A signed report is a paper: it says for ever what its head signed, and what came later stands beside it."""

from io import BytesIO

import pdfplumber
import pytest
from openpyxl import load_workbook

from models.clock import campus_now
from tests.builders import GROUP
from tests.campaigning import file_since, report_state
from tests.pages import lines, sentences

VOICE, GROUP_CHAT = "文学院青年之声", "文学院教研室群"


def paper_text(page) -> str:
    with pdfplumber.open(BytesIO(page.response.data)) as paper:
        return "".join(sheet.extract_text() for sheet in paper.pages).replace("\n", "")


def book_text(page) -> str:
    book = load_workbook(BytesIO(page.response.data))
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def listed(page) -> list[str]:
    """The names on the signed list of channels."""
    return [cell.get_text(strip=True) for cell in page.soup.select("#signed-list td[data-label=名称] a")]


def differences(page) -> dict[str, str]:
    """What changed since the signature: a name and all that stands beside it."""
    return {
        row.select_one("td[data-label=名称]").get_text(strip=True): row.get_text(" ", strip=True)
        for row in page.soup.select("table.differences > tbody > tr")
        if row.select_one("td[data-label=名称]")
    }


@pytest.fixture
def changed(app, signed):
    """The report of 文学院 signed; then an account came, one changed hands, a group was dissolved."""
    file_since(app, "文学院", "first", "文院新号", nature="new_media", platform="wechat", tier="third")
    file_since(app, "文学院", "change", VOICE, teacher="诸葛新")
    file_since(app, "文学院", "close", GROUP_CHAT)
    return signed


@pytest.fixture
def received(signed, address):
    signed.open(address() + "/receipt")
    signed.submit("接收")
    signed.open(address())
    return signed


def test_the_page_goes_on_showing_what_was_signed_and_names_each_change(changed, address):
    page = changed.open(address())
    assert sorted(listed(page)) == sorted([VOICE, GROUP_CHAT])
    assert "自签字以来有 3 处变动" in page.find("#since h2").text
    said = differences(page)
    assert set(said) == {"文院新号", VOICE, GROUP_CHAT}
    assert "新增" in said["文院新号"]
    assert "不再在册" in said[GROUP_CHAT]
    assert "负责老师" in said[VOICE]
    assert "孙立" in said[VOICE]
    assert "诸葛新" in said[VOICE]


def test_nothing_is_said_to_have_changed_while_nothing_did(signed, address):
    page = signed.open(address())
    assert "自签字以来没有变动" in page.find("#since").text
    assert differences(page) == {}


@pytest.mark.parametrize("code", ["accounts", "groups", "lines"])
def test_every_table_opens_and_prints_as_it_was_signed(changed, address, code):
    place = f"{address()}/signed/{code}"
    texts = {
        "screen": changed.open(place).text,
        "paper": paper_text(changed.open(f"{place}.pdf")),
        "workbook": book_text(changed.open(f"{place}.xlsx")),
    }
    kept = {"accounts": VOICE, "groups": GROUP_CHAT, "lines": GROUP_CHAT}[code]
    for where, text in texts.items():
        assert kept in text, where
        assert "文院新号" not in text, where
        assert "诸葛新" not in text, where


def test_merged_table_board_and_bulletin_count_what_was_signed(changed, address):
    board = address().rpartition("/reports/")[0]
    merged = book_text(changed.open(f"{board}/merged/accounts.xlsx"))
    assert VOICE in merged
    assert "诸葛新" not in merged
    assert "文院新号" not in merged
    assert GROUP_CHAT in book_text(changed.open(f"{board}/merged/groups.xlsx"))
    row = changed.open(board).find("table.board a:-soup-contains('文学院')").find_parent("tr")
    assert [cell.text for cell in row.select("td.num")[:2]] == ["1", "1"]
    bulletin = load_workbook(BytesIO(changed.open(f"{board}/bulletin.xlsx").response.data))
    counts = {line[0]: line[3:5] for line in bulletin["各单位"].iter_rows(min_row=5, values_only=True)}
    assert counts["文学院"] == (1, 1)


def test_a_row_signed_on_the_list_stands_on_the_paper_before_the_office_has_it(reporter, sign_in, address):
    page = reporter.follow("填写群聊工具清单")
    reporter.submit("提交", **lines(page, GROUP | {"群名称": "文院新生群"}))
    reporter.open(address())
    reporter.submit("其余 2 个都无变更")
    assert report_state(reporter.submit("提交签字")) == "待负责人签字"
    head = sign_in("qinling")
    head.open(address())
    page = head.submit("签字报送")
    assert "文院新生群" in listed(page)
    assert "文院新生群" in paper_text(head.open(f"{address()}/signed/groups.pdf"))
    office = sign_in("suyi")
    office.open(address() + "/receipt")
    office.submit("接收")
    assert "自签字以来没有变动" in office.open(address()).find("#since").text


def test_what_changed_is_signed_as_a_second_paper(app, received, reporter, sign_in, address):
    file_since(app, "文学院", "change", VOICE, teacher="诸葛新")
    reporter.open(address())
    page = reporter.submit("补充报送，提交签字")
    assert page.heading == "补充报送（第1次）"
    place = page.address
    head = sign_in("qinling")
    head.open(place)
    page = head.submit("签字报送")
    assert report_state(page) == "已报送"
    assert "诸葛新" in differences(page)[VOICE]
    office = sign_in("suyi")
    office.open(place)
    assert report_state(office.submit("接收")) == "已接收"
    file_since(app, "文学院", "close", GROUP_CHAT)

    page = office.open(place)
    assert set(differences(page)) == {VOICE}, "a later change is not on the supplement"
    assert "诸葛新" in paper_text(office.open(f"{place}.pdf"))
    page = office.open(address())
    assert set(differences(page)) == {VOICE, GROUP_CHAT}, "the report is still what was signed first"
    assert "诸葛新" not in paper_text(office.open(f"{address()}/signed/accounts.pdf"))
    board = address().rpartition("/reports/")[0]
    assert "诸葛新" in book_text(office.open(f"{board}/merged/accounts.xlsx")), "the newest paper answers"


def test_a_supplement_waits_for_the_receipt_and_needs_a_change(app, signed, reporter, sign_in, address):
    file_since(app, "文学院", "change", VOICE, teacher="诸葛新")
    page = reporter.open(address())
    assert "补充报送，提交签字" not in page.text
    assert "宣传部门接收以后才能补充报送" in page.text
    signed.open(address() + "/receipt")
    signed.submit("接收")
    reporter.open(address())
    file_since(app, "文学院", "change", VOICE, teacher="孙立")
    page = reporter.submit("补充报送，提交签字")
    assert page.status == 422
    assert "与上次签字时相同" in sentences(page)
    assert sign_in("qinling").open(address()).soup.select("#supplements") == []


def test_a_supplement_that_was_sent_back_answers_no_more(app, received, reporter, sign_in, address):
    file_since(app, "文学院", "change", VOICE, teacher="诸葛新")
    reporter.open(address())
    place = reporter.submit("补充报送，提交签字").address
    reporter.open(place)
    assert "您不是这个单位的负责人" not in reporter.page.text
    head = sign_in("qinling")
    head.open(place)
    head.submit("签字报送")
    office = sign_in("suyi")
    office.open(place)
    page = office.submit("退回", reason="")
    assert page.status == 422
    page = office.submit("退回", reason="请附说明")
    assert report_state(page) == "已退回"
    board = address().rpartition("/reports/")[0]
    assert "诸葛新" not in book_text(office.open(f"{board}/merged/accounts.xlsx"))
    reporter.open(place)
    assert "请附说明" in reporter.page.text
    assert report_state(reporter.submit("提交签字")) == "待负责人签字"


def test_a_nil_report_stays_one_though_an_account_is_filed_next_week(app, sign_in, address):
    place = address("图书馆")
    office = sign_in("wutong")
    office.open(place)
    office.submit("作零报告")
    office.submit("提交签字")
    head = sign_in("zhenghao")
    head.open(place)
    head.submit("签字报送")
    second = sign_in("suyi")
    second.open(place + "/receipt")
    second.submit("接收")
    assert "作零报告" not in second.open(place).text, "a received one advises nothing"
    file_since(app, "图书馆", "first", "图书馆新号", nature="new_media", platform="wechat", tier="third")
    page = second.open(place)
    assert "零报告：签字时没有要报送的账号和群" in page.text
    assert "零报告" in page.find("#state").text
    assert "作零报告" not in page.text
    assert "图书馆新号" in differences(page)
    assert "图书馆新号" not in paper_text(second.open(f"{place}/signed/accounts.pdf"))


def test_a_year_opens_again_on_the_summary_tables(app, changed, sign_in, address):
    year = campus_now().year
    page = changed.open(f"/pdsu/summaries/accounts?year={year}")
    assert VOICE in page.text
    assert "文院新号" not in page.text
    assert "平院信工" not in page.text, "who did not report is not in it"
    assert "文院新号" in changed.open("/pdsu/summaries/accounts").text
    for ending, read in ((".pdf", paper_text), (".xlsx", book_text)):
        text = read(changed.open(f"/pdsu/summaries/accounts{ending}?year={year}"))
        assert VOICE in text
        assert "诸葛新" not in text
    changed.open("/pdsu/summaries/accounts")
    page = changed.submit("查看", year=str(year))
    assert "诸葛新" not in page.text
    page = changed.open(f"/pdsu/summaries/accounts?year={year - 1}")
    assert f"{year - 1}年度没有签字报送的内容" in page.text
    elsewhere = sign_in("linxiao").open(f"/pdsu/summaries/accounts?year={year}")
    assert VOICE not in elsewhere.text


def test_the_archive_has_everything_the_unit_signed(app, changed, sign_in, address):
    year = campus_now().year
    head = sign_in("qinling")
    page = head.open("/pdsu/archive/")
    kinds = [cell.get_text(strip=True) for cell in page.soup.select("td[data-label=种类]")]
    assert "报送" in kinds
    assert {"初次备案", "变更备案", "注销"} <= set(kinds)
    assert "平院信工" not in page.text
    page = head.open(f"/pdsu/archive/?year={year}&sort=report")
    assert [cell.get_text(strip=True) for cell in page.soup.select("td[data-label=种类]")] == ["报送"]
    printed = page.find("td[data-label=打印] a")["href"]
    assert "诸葛新" not in paper_text(head.open(printed))
    head.open(f"/pdsu/archive/?year={year}&sort=report")
    assert head.follow("本年备案工作").address == address()
    page = head.open("/pdsu/archive/?q=文院新号")
    assert "文院新号" in page.find("#results").text
    assert VOICE not in page.find("#results").text
    assert head.open(page.find("td[data-label=打印] a")["href"]).response.mimetype == "application/pdf"
    assert "没有符合条件的" in head.open(f"/pdsu/archive/?year={year - 30}").text
    assert "共 1 件" in sign_in("wutong").open("/pdsu/archive/?sort=report").text
    assert "没有符合条件的" in sign_in("linxiao").open("/pdsu/archive/?sort=report").text, "another unit's"


def test_what_the_office_sent_back_stays_in_the_archive_as_such(signed, sign_in, address):
    page = signed.submit("整份退回", reason="附件2漏了一行")
    assert report_state(page) == "已退回"
    head = sign_in("qinling")
    row = head.open("/pdsu/archive/?sort=report").find("#results tbody tr")
    assert "已退回" in row.text
    page = head.open(row.select_one("a")["href"])
    assert "不再作数" in page.text
    assert VOICE in page.text


def test_others_signed_papers_are_not_there(changed, sign_in, address):
    stranger = sign_in("linxiao")
    for place in ("signed/accounts", "signed/accounts.pdf", "signed/accounts.xlsx", "supplements/1"):
        assert stranger.open(f"{address()}/{place}").status == 404
    own = stranger.open(address("信息工程学院") + "/signed/accounts?paper=1")
    assert own.status == 404, "a paper of another report"
