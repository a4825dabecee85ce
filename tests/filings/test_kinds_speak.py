"""Each kind of filing speaks its own words, asks its own promises, and keeps the account's number."""

import shutil

import pytest

from app import HOUSE
from blueprints.institution.paper.opening_letter import draw_opening
from models.rules.definitions.by_kind import for_kind
from models.rules.definitions.loader import DefinitionErrors, load_institutions
from models.rules.filing_kind import FilingKind
from tests import pages
from tests.builders import ACCOUNT, NEW_MEDIUM
from tests.paper.sheet_reading import PLATFORM, later
from tests.paper.test_changes_on_paper import printed_later

CLOSING = {"停用日期": "2026-11-01", "注销原因": "已停止使用"}
LETTER = """  title: {first: 开设意见, close: 注销意见}
  text:
    first: "{unit}：同意开设“{title}”。"
    close: "{unit}：同意注销“{title}”，原备案编号{number}。"
"""


def filed(
    sign_in, said, kind: str = "first", school: str = "pdsu", title: str = "平院信工快报"
) -> pages.Page:
    """The page of a filing that unit and office agreed to without a word of their own."""
    who = {"pdsu": ("linxiao", "zhoumin", "wutong"), "ahbc": ("jiangfan", "meiqing", "taoran")}[school]
    reporter, head, office = (sign_in(name, school) for name in who)
    if kind == "first":
        pages.new_filing(reporter, school=school)
    else:
        pages.find_channel(reporter, title, school)
        reporter.submit({"change": "办理变更", "close": "注销"}[kind])
    address = pages.hand_in(reporter, said).address
    if pages.state(reporter.page) == "待责任承诺":
        pages.decide(reporter, address, "签署责任承诺")
    pages.decide(head, address, "同意")
    return pages.decide(
        office, address, {"first": "同意备案", "change": "同意变更", "close": "同意注销"}[kind]
    )


def number_of(page: pages.Page) -> str:
    return next(label for label in pages.steps(page) if label.startswith("编号 "))


def test_an_approval_without_a_word_says_what_fits_its_kind(sign_in):
    first = filed(sign_in, ACCOUNT)
    assert "情况属实，准予备案。" in first.text
    changed = filed(sign_in, {"变更日期": "2026-11-20", "平台名称": "平院信工周报"}, "change")
    assert "情况属实，同意变更。" in changed.text
    closed = filed(sign_in, CLOSING, "close", title="平院信工周报")
    assert closed.text.count("情况属实，同意注销。") >= 2
    assert "准予备案" not in closed.text
    assert number_of(first) == number_of(changed) == number_of(closed)


def test_what_is_offered_to_pick_from_fits_the_kind(sign_in):
    filed(sign_in, ACCOUNT)
    reporter = sign_in("linxiao")
    pages.find_channel(reporter, "平院信工快报")
    reporter.submit("注销")
    address = pages.hand_in(reporter, CLOSING).address
    page = sign_in("zhoumin").open(address)
    offered = [words["data-text"] for words in page.soup.select("[data-fill]")]
    assert offered[0] == "情况属实，同意注销。"
    assert "同意时不写，记为“情况属实，同意注销。”" in page.text
    assert not [words for words in offered if "备案" in words]


def test_a_closing_is_asked_no_promise(sign_in):
    filed(sign_in, NEW_MEDIUM, school="ahbc")
    page = filed(sign_in, {"停用日期": "2026-11-01", "注销原因": "已停止使用"}, "close", "ahbc", "商贸快报")
    assert pages.state(page) == "已备案"
    assert "责任承诺" not in pages.steps(page)
    assert "同意本新媒体开通运营" not in page.text
    assert "情况属实，同意注销。" in page.text


def test_a_change_keeps_the_printed_words_and_the_promise():
    text = printed_later("安徽商贸职业技术学院新媒体建设备案及审批表", "change", {"name": "旧名"}).text
    assert "同意本新媒体开通运营" in text
    assert "专人负责审核维护" in text


@pytest.mark.parametrize(
    ("written", "kind", "words"),
    [
        ("都一样", "close", "都一样"),
        ({FilingKind.first: "初次", FilingKind.close: "注销"}, "close", "注销"),
        ({FilingKind.first: "初次", FilingKind.close: "注销"}, "review", "初次"),
        ({FilingKind.first: "初次", FilingKind.close: ""}, "close", ""),
        ({FilingKind.close: "注销"}, "first", "没有"),
    ],
)
def test_a_kind_that_is_left_out_takes_the_words_of_the_first(written, kind, words):
    assert for_kind(written, kind, "没有") == words


def school_with(tmp_path, *changes: tuple[str, str], file: str = "institution.yaml") -> dict:
    """pdsu with some of its words changed."""
    folder = tmp_path / "blueprints"
    shutil.copytree(HOUSE / "blueprints" / "pdsu", folder / "pdsu")
    shutil.copytree(HOUSE / "blueprints" / "institution", folder / "institution")
    path = folder / "pdsu" / file
    text = path.read_text("utf-8")
    assert changes[0][0] in text
    for old, new in changes:
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return load_institutions(folder)


def test_a_school_may_give_a_letter_for_a_closing(tmp_path):
    text = (HOUSE / "blueprints/pdsu/institution.yaml").read_text("utf-8")
    old = text[
        text.index("  title: 媒体平台开设审核意见") : text.index("  sign: [平顶山学院党委宣传部（盖章）]")
    ]
    school = school_with(tmp_path, (old, LETTER))["pdsu"]
    form = school.forms["account"]
    closing = later(PLATFORM, "close", {}, unit={"id": "5", "name": "信息工程学院"}, name="信工之声")
    letter = draw_opening(school, closing, form, "", None)[0].sheet
    assert letter.title == "注销意见"
    assert letter.text.startswith("信息工程学院：同意注销“信工之声”，原备案编号")
    assert [kind for kind in FilingKind if school.opening.is_for(kind)] == [
        FilingKind.first,
        FilingKind.close,
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "forms/account.yaml",
            "        close: [情",
            "        closing: [情",
            "“closing”只能是：first、change、review",
        ),
        (
            "forms/account.yaml",
            "        close: [情况属实，同意注销。, 材",
            "        close: 同意 # 材",
            "应当是一个列表",
        ),
        (
            "institution.yaml",
            "意见\n  text: |\n",
            "意见\n  text:\n    close: 甲{nobody}\n    first: |\n  ",
            "不能用 {nobody}",
        ),
    ],
)
def test_words_by_kind_that_are_wrong_are_refused_with_a_sentence(tmp_path, file, old, new, sentence):
    with pytest.raises(DefinitionErrors) as caught:
        school_with(tmp_path, (old, new), ("\n    　　", "\n      　　"), file=file)
    assert any(sentence in error for error in caught.value.errors), caught.value.errors
