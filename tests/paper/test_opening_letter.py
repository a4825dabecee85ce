"""The school's paper that allows an account to be opened: its own words, filled in once."""

from datetime import date

import pytest

from blueprints.institution.paper import PaperError, print_pages
from blueprints.institution.paper.opening_letter import draw_opening, print_opening
from models.rules.definitions.loader import load_institutions
from models.rules.filing_kind import FilingKind
from tests.paper.sheet_reading import ACCOUNT, PLATFORM, Paper, filing, form_titled, schools
from tests.rules.written import SCHOOL, change, copied_to, errors_of, line_of

DAY = date(2026, 11, 22)
UNIT = {"id": "5", "name": "信息工程学院"}
OPENING = "opening:\n  title: 开设意见\n  text: |\n    {unit}：同意开设{title}。\n    编号{number}。\n"


def opening_of(title: str, number: str = "平宣开-1", day: date | None = DAY, **answers) -> Paper:
    school, form = form_titled(title)
    found = filing(title, unit=UNIT, **answers)
    return Paper(print_opening(school, found, form, number, day, "http://localhost/pdsu/channels/3"))


def test_it_says_who_may_open_what_under_which_number_and_when():
    paper = opening_of(PLATFORM, name="信工之声𬭎", nature="new_media", platform="wechat")
    assert len(paper.pages) == 1
    assert "编号：平宣开-1媒体平台开设审核意见信息工程学院：" in paper.text
    assert "关于开设微信“信工之声𬭎”的申请收悉" in paper.text
    assert "备案编号：宣备-2022-0007" in paper.text
    assert paper.find("（盖章）").top < paper.find("2026年11月22日").top
    assert "备案件1234" in paper.text


def test_every_school_that_has_one_fills_all_of_it_in():
    assert {school.code for school in schools().values() if school.opening} >= {"pdsu", "ahbc"}
    paper = opening_of(ACCOUNT, platform="weibo")
    assert "微博" in paper.text
    assert "{" not in paper.text


def test_a_number_and_a_day_not_known_yet_leave_room_for_ink():
    paper = opening_of(PLATFORM, number="", day=None)
    assert "1234编号：媒体平台" in paper.text
    assert "年月日" in paper.text


def test_without_a_platform_it_says_what_the_form_is_about():
    assert "关于开设平台“" in opening_of(PLATFORM, nature="print", platform=None).text


def test_braces_in_a_name_are_words():
    assert "“{number}{date}”" in opening_of(PLATFORM, name="{number}{date}").text


def test_it_is_drawn_from_the_pages_that_a_cache_keeps():
    school, form = form_titled(PLATFORM)
    found = filing(PLATFORM)
    pages = draw_opening(school, found, form, "平宣开-1", DAY)
    assert print_pages(pages) == print_opening(school, found, form, "平宣开-1", DAY)


def test_the_longest_names_still_print():
    paper = opening_of(PLATFORM, name="长" * 900)
    assert paper.text.count("长") == 900


def test_a_school_without_one_says_so():
    school, form = form_titled(PLATFORM)
    with pytest.raises(PaperError, match="opening"):
        print_opening(school.model_copy(update={"opening": None}), filing(PLATFORM), form, "", None)


def test_the_yaml_is_read_as_it_stands(tmp_path):
    folder = copied_to(tmp_path / "schools")
    with (folder / SCHOOL).open("a", encoding="utf-8") as file:
        file.write(OPENING)
    opening = load_institutions(folder)["demo"].opening
    assert (
        opening.words(FilingKind.first, dict.fromkeys(opening.FILLED, "甲")) == "甲：同意开设甲。\n编号甲。"
    )


def test_an_unknown_place_to_fill_is_refused_at_its_line(tmp_path):
    folder = copied_to(tmp_path / "schools")
    with (folder / SCHOOL).open("a", encoding="utf-8") as file:
        file.write(OPENING)
    change(folder, SCHOOL, ("{title}", "{name}"))
    line = line_of((folder / SCHOOL).read_text("utf-8"), "  text: |")
    assert errors_of(folder) == [
        (
            f"{SCHOOL}:{line}: 开设手续的正文只能用 {{unit}}、{{title}}、{{platform}}、{{noun}}、{{number}}、{{date}}、"
            "{rulebooks}，不能用 {name}。"
        )
    ]
