"""A change, a yearly review and a closing on paper: marked on the sheet, compared on a page of its own."""

import pytest

from blueprints.institution.paper import PaperError, draw_comparison, draw_sheet, print_sheet
from tests.campus import SCHOOL, Campus
from tests.paper.sheet_reading import ACCOUNT, PLATFORM, Paper, filing, form_titled, later, team

CHATS = "平顶山学院即时群聊工具备案汇总表"
NOW = team("2657001", "2657002", "2657003")
BEFORE = NOW | {"admin2": {"name": "白露", "identity": "学生", "phone": "2657003"}}


def printed_later(title: str, kind: str, before: dict, copies=(), **answers) -> Paper:
    return Paper(print_sheet(*form_titled(title), later(title, kind, before, **answers), copies))


def marked(title: str, before: dict, **answers) -> list[str]:
    """What is marked on the sheet of a change, cell by cell."""
    sheet = draw_sheet(*form_titled(title), later(title, "change", before, **answers))
    return [run.text for cell in sheet.cells for run in cell.runs if run.changed]


def test_only_what_changed_is_marked_and_a_line_says_what_the_mark_means():
    paper = printed_later(PLATFORM, "change", {"team": BEFORE}, team=NOW)
    sheet = paper.page_text(0)
    assert marked(PLATFORM, {"team": BEFORE}, team=NOW) == ["陈𬭎", "教师"]
    assert sheet.count("▲") == 3
    assert "▲为本次变更的内容。" in sheet.partition("报党委宣传部备案。")[2]
    assert "变更备案附件1平顶山学院媒体平台备案表创建单位" in sheet


def test_the_page_behind_the_sheet_compares_person_by_person():
    paper = printed_later(
        PLATFORM, "change", {"team": BEFORE}, team=NOW,
        changed_on="2026-03-01", change_reason="管理员毕业离校。",
    )  # fmt: skip
    assert len(paper.pages) == 2
    page = paper.page_text(1)
    assert "变更情况对照" in page
    assert "变更日期2026年3月1日变更原因管理员毕业离校。项目变更前变更后" in page
    assert "管理员2姓名白露陈𬭎管理员2身份学生教师单位意见" in page
    assert "单位负责人签字：（加盖单位公章）2022年2月19日" in page
    assert page.count("情况属实，同意。") == 2
    assert "备案件1234" in page


def test_an_answer_taken_away_is_marked_in_its_empty_place():
    before, now = {"certified": "2021-03"}, {"opened": "2019-09", "certified": None}
    assert "2019年9月／▲" in printed_later(PLATFORM, "change", before, **now).page_text(0)
    assert "最近一次认证时间2021年3月（无）" in printed_later(PLATFORM, "change", before, **now).page_text(1)
    assert marked(PLATFORM, {"nature": "web"}, nature=None) == [""]


def test_a_ticked_box_and_a_unit_at_the_head_are_marked():
    assert marked(PLATFORM, {"nature": "web"}, nature="print") == ["☑"]
    form = form_titled(ACCOUNT)[1]
    moved = later(ACCOUNT, "change", {"unit": {"id": "9", "name": "旧学院"}})
    sheet = draw_sheet(form_titled(ACCOUNT)[0], form, moved)
    assert [line.text for row in sheet.below for line in row.lines if line.changed] == ["申请单位名称: "]
    assert (
        "申请单位名称:▲信息工程学院"
        in printed_later(ACCOUNT, "change", {"unit": {"id": "9", "name": "旧学院"}}).text
    )


def test_a_closing_says_why_and_is_signed_without_the_words_that_allow_an_opening():
    paper = printed_later(ACCOUNT, "close", {}, closing_reason="stale", closing_note="已并入学校官微。")
    sheet, page = paper.page_text(0), paper.page_text(1)
    assert "▲" not in paper.text
    assert "注销附件1：编号：" in sheet
    assert "注销原因长期不更新" in page
    assert "已并入学校官微。" in page
    assert "同意本新媒体开通运营" not in paper.text
    assert "专人负责审核维护" not in paper.text
    assert "新媒体负责人签名" not in paper.text
    assert "单位负责人签字（公章）：" in page


def test_a_row_of_a_list_has_paper_of_its_own_only_for_what_comes_later():
    paper = printed_later(CHATS, "change", {"members": 20}, members=86)
    assert len(paper.pages) == 1
    assert "群人数2086" in paper.text
    assert "报送单位（负责人签字加盖公章）" in paper.text
    assert "注销情况" in printed_later(CHATS, "close", {}).text
    assert "与在册内容一致，没有变更。" in printed_later(CHATS, "review", {}).text
    with pytest.raises(PaperError, match="汇总表"):
        print_sheet(*form_titled(CHATS), filing(CHATS))


def test_a_review_without_changes_is_the_sheet_alone_and_says_what_it_is():
    paper = printed_later(PLATFORM, "review", {})
    assert len(paper.pages) == 1
    assert "年审附件1平顶山学院媒体平台备案表" in paper.text
    assert "年审情况" in printed_later(
        PLATFORM, "review", {"certified": None}, certified="2021-03"
    ).page_text(1)


def test_every_holder_gets_the_sheet_and_its_page():
    paper = printed_later(PLATFORM, "change", {"team": BEFORE}, ("甲方", "乙方"), team=NOW)
    heads = [paper.page_text(number)[:30] for number in range(len(paper.pages))]
    assert [("甲方" in head, "乙方" in head) for head in heads] == [(True, False)] * 2 + [(False, True)] * 2


def test_a_first_filing_has_no_word_of_all_this():
    paper = Paper(print_sheet(*form_titled(PLATFORM), filing(PLATFORM)))
    assert len(paper.pages) == 1
    assert "▲" not in paper.text
    assert "初次" not in paper.text


def test_long_answers_flow_over_pages_side_by_side_and_lose_nothing():
    old, new = "从前的介绍不一样。" * 333, "现在的介绍，𬭎。" * 375
    paper = printed_later(PLATFORM, "change", {"introduction": old}, introduction=new)
    compared = "".join(paper.page_text(n) for n in range(len(paper.pages)) if n > 2)
    assert compared.count("从") == old.count("从")
    assert compared.count("𬭎") == new.count("𬭎")
    assert {round(char["size"], 1) for char in paper.chars if char["text"] == "从"} == {12.0}


def test_a_sheet_keeps_its_one_page_when_its_comparison_needs_two():
    # About as much as makes the sheet give up height, and the comparison go on over a page.
    introduction = {"introduction": "发布学院新闻与通知。" * 62}
    before = {"introduction": "从前的介绍。" * 130}
    alone = Paper(print_sheet(*form_titled(PLATFORM), filing(PLATFORM, **introduction)))
    assert len(alone.pages) == 1
    paper = printed_later(PLATFORM, "change", before, **introduction)
    assert "变更情况对照" in paper.page_text(1)
    assert len(paper.pages) == 3


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus


def test_what_a_paper_compared_does_not_move_with_what_happens_after_it(campus):
    form = SCHOOL.forms["account"]
    channel = campus.filed().channel
    change = campus.filed(kind="change", channel=channel, title="新名字", changed="2026-03-01")
    paper = draw_comparison(form, change)
    campus.filed(kind="change", channel=channel, title="又一个名字", changed="2026-04-01")
    assert draw_comparison(form, change) == paper
    words = "".join(cell.text for cell in paper.cells)
    assert "平台名称信工之声新名字" in words
