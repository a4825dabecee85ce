"""The summary table on paper: the school's own sheet, page after page."""

import re
import subprocess
from io import BytesIO

import pdfplumber
import pytest

from blueprints.institution.paper import summary_pdf
from models.rules.definitions.register import BlankRows
from tests.workbook.summary_examples import DAY, account, accounts, groups, row, school

pytestmark = pytest.mark.poppler


def drawn(register, rows=None, unit_name="信息工程学院", day=DAY):
    return summary_pdf.draw(register, school(), rows, unit_name, day)


def words(paper: bytes) -> list[str]:
    """The text of each page, as pdftotext lays it out."""
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=paper, check=True, capture_output=True)
    return said.stdout.decode().split("\f")[:-1]


def solid(text: str) -> str:
    """Without the blanks and line ends that come from laying out."""
    return re.sub(r"\s+", "", text)


def table(paper: bytes) -> list[list[str]]:
    """The cells of the first page's table, header first."""
    with pdfplumber.open(BytesIO(paper)) as opened:
        return [[solid(cell) for cell in row] for row in opened.pages[0].extract_table()]


def under(paper: bytes, label: str, number: int = 1) -> str:
    """What the nth row says under a column's label."""
    rows = table(paper)
    return rows[number][rows[0].index(label)]


def test_pages_are_landscape_a4():
    with pdfplumber.open(BytesIO(drawn(accounts(), [account(1)]))) as paper:
        assert [(round(page.width), round(page.height)) for page in paper.pages] == [(842, 595)]


def test_title_and_head_line_are_the_schools_own():
    said = solid(words(drawn(accounts(), [account(1)]))[0])
    assert said.startswith("平顶山学院新媒体账号信息汇总表报送单位（负责人签字加盖公章）：信息工程学院")
    assert "汇总时间：2022年2月20日" in said


def test_the_header_is_on_every_page_and_every_page_says_which_it_is():
    pages = words(drawn(accounts(), [account(number) for number in range(1, 61)]))
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert "更新频率" in page
        assert f"第{number}页/共{len(pages)}页" in solid(page)
    assert sum("平顶山学院新媒体账号信息汇总表" in page for page in pages) == 1


def test_no_row_is_lost_between_pages():
    rows = [account(number, 账号名称=f"账号{number}号") for number in range(1, 101)]
    said = solid("".join(words(drawn(accounts(), rows))))
    assert re.findall(r"账号(\d+)号", said) == [str(number) for number in range(1, 101)]


def test_notes_stand_at_the_end_with_their_own_numbers():
    last = solid(words(drawn(accounts(), [account(number) for number in range(1, 61)]))[-1])
    places = [last.index(start) for start in ("备注：1．", "2．帐号分级", "3．账号", "5.创建", "6.关注")]
    assert places == sorted(places)
    assert "4．" not in last
    assert "4.创建" not in last


def test_the_blank_sheet_is_the_schools_own_with_its_examples():
    paper = drawn(accounts(), unit_name="", day=None)
    assert [row[0] for row in table(paper)] == ["序号", "1", "2", *[""] * 5]
    assert [under(paper, "账号类型", number) for number in (1, 2)] == ["微信", "微博"]
    assert [under(paper, "更新频率", number) for number in (1, 2)] == ["1次/日", "2-3次/周/月"]
    assert len(words(paper)) == 1
    assert re.search(r"汇总时间：\s+年\s+月\s+日", words(paper)[0])


def test_the_blank_list_of_groups_keeps_its_full_width_digits():
    paper = drawn(groups(), unit_name="", day=None)
    assert [row[0] for row in table(paper)] == ["序号", "１", "２", *[""] * 7]
    said = words(paper)[0]
    for note in ("备注：１.本表", "２.群聊平台", "３.群性质", "４.创建时间填年月即可。"):
        assert note in solid(said)


def test_a_unit_without_a_single_row_gets_no_printed_examples():
    paper = drawn(accounts(), [])
    assert [row[0] for row in table(paper)] == ["序号", *[""] * 7]
    assert "微信" not in [cell for row in table(paper) for cell in row]


def test_few_rows_leave_the_sheets_empty_ones_below():
    assert [row[0] for row in table(drawn(accounts(), [account(1)]))] == ["序号", "1", *[""] * 6]


def test_a_register_without_blank_rows_may_be_empty():
    bare = accounts().model_copy(update={"blank": BlankRows(), "notes": ""})
    assert len(table(drawn(bare))) == 1


def test_a_closed_account_carries_its_mark():
    closed = account(1, 账号名称="平院信工青年（已注销）")
    assert under(drawn(accounts(), [closed]), "账号名称") == "平院信工青年（已注销）"


def test_followers_are_printed_in_ten_thousands():
    assert under(drawn(accounts(), [account(1)]), "关注人数") == "0.68"


def test_rare_names_are_printed_and_copied_as_they_are():
    paper = drawn(accounts(), [account(1, 负责老师="周𬭎", 负责学生="䶮㛃")])
    assert [under(paper, label) for label in ("负责老师", "负责学生")] == ["周𬭎", "䶮㛃"]


def test_every_face_is_embedded(tmp_path):
    paper = tmp_path / "summary.pdf"
    paper.write_bytes(drawn(accounts(), [account(1, 负责老师="㛃")]))
    faces = subprocess.run(["pdffonts", paper], check=True, capture_output=True).stdout.decode()
    lines = faces.splitlines()[2:]
    assert len(lines) == 3
    assert all(re.search(r"yes yes yes\s+\d+\s+0$", line) for line in lines)


def test_no_text_hangs_over_its_column():
    long = account(1, 账号或网址="https://weibo.com/" + "u" * 120, 更新频率="，。" * 20)
    with pdfplumber.open(BytesIO(drawn(accounts(), [long]))) as paper:
        page = paper.pages[0]
        borders = sorted({round(line["x0"], 1) for line in page.lines if line["x0"] == line["x1"]})
        left = borders[5]
        inside = [sign for sign in page.chars if sign["text"] == "u"]
        assert len(inside) == 120
        assert all(left <= sign["x0"] and sign["x1"] <= borders[6] for sign in inside)


def test_a_text_longer_than_a_page_flows_on_and_loses_nothing():
    said = words(drawn(groups(), [row(groups(), 1, 群性质="长" * 3_000)]))
    assert len(said) > 3
    assert sum(page.count("长") for page in said) == 3_000


def test_the_same_table_is_the_same_bytes():
    assert drawn(accounts(), [account(1)]) == drawn(accounts(), [account(1)])
