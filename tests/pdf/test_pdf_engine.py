"""The drawing of papers: the grid of a form, fonts, hostile content."""

import hashlib
import inspect
import re
import subprocess
from dataclasses import dataclass
from itertools import count
from types import SimpleNamespace

import pytest
from xhtml2pdf.config import resources

from blueprints.institution.pdf import PaperError, library_patches, render
from tests.paper.sheet_example import LONG_LABEL, document, form_page, row

MILLIMETRE = 72 / 25.4
RARE_NAMES = "𬭎𬬻𫖯𬱖㛃䶮㚻䒟"
# Taken with xhtml2pdf 0.2.28 and reportlab 5.1.0.
FINGERPRINTS = {
    "Paragraph.breakLinesCJK": "42b50f997540af4e",
    "Paragraph._brokenLines": "a5031b4de235ad80",
    "Paragraph.split": "99779cfd80dfb892",
    "_split_blParaHard": "ac1831e852199bb2",
    "makeCJKParaLine": "4e4c8090a9231bb6",
    "_putFragLine": "320aa572bb9cee5f",
    "_sameFrag": "9c0b8c819f53af79",
    "PmlTable._splitCell": "af02861a184b2440",
    "PmlTable._splitInsideRow": "f05342be0f0ba87c",
    "pisaTagTD.end": "1d2ce66178f3c32f",
    "_CellPart": "335078865757e2c1",
    "pisaContext.getFontNames": "9104ac60ad927bda",
    "pisaContext.addFrag": "73f8c18b08cea57d",
    "makeToUnicodeCMap": "71783731cbe452d8",
    "TTFont.addObjects": "33ac8d69ad7fe232",
    "RenderBudget": "b2fd4f4a73437cf1",
    "render_budget": "e80d284ec81cb306",
}


@dataclass(frozen=True)
class Word:
    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float


def run(tool: str, *options: str, pdf: bytes) -> str:
    command = [tool, *options, "-", "-"] if tool == "pdftotext" else [tool, *options, "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def words(pdf: bytes) -> list[Word]:
    found = []
    pages = run("pdftotext", "-bbox", pdf=pdf).split("<page ")[1:]
    pattern = r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.+?)</word>'
    for number, page in enumerate(pages, start=1):
        for left, top, right, bottom, text in re.findall(pattern, page):
            box = (float(left), float(top), float(right), float(bottom))
            found.append(Word(text, number, *box))
    return found


def word(pdf: bytes, text: str) -> Word:
    (found,) = [each for each in words(pdf) if each.text == text]
    return found


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s+", "", run("pdftotext", "-raw", pdf=pdf))


def plain(body: str) -> bytes:
    return render(f"<html><body>{body}</body></html>", title="试印")


# The library


def test_what_we_replace_in_the_library_is_what_we_replaced_it_for():
    prints = {
        name: hashlib.sha256(inspect.getsource(part).encode()).hexdigest()[:16]
        for name, part in library_patches.TOUCHED.items()
    }
    assert prints == FINGERPRINTS, "xhtml2pdf or reportlab changed: read library_patches.py against it"


def test_a_drawing_is_bounded_by_its_own_work_and_not_by_what_else_the_machine_does(monkeypatch):
    hours = count(step=3600.0)
    monkeypatch.setattr(resources, "time", SimpleNamespace(monotonic=lambda: next(hours)))
    assert plain("<p>备案</p>").startswith(b"%PDF")
    with pytest.raises(PaperError, match="规定时间内排不完版"):
        render("<p>备案</p>" * 100, title="试印", seconds=0.001)


def test_the_same_paper_is_the_same_bytes():
    assert plain("<p>备案</p>") == plain("<p>备案</p>")


# The form


@pytest.fixture(scope="module")
def sheet() -> bytes:
    return render(document(form_page("学院官方公众号。" * 10)), title="平顶山学院媒体平台备案表")


@pytest.mark.poppler
def test_the_form_is_one_page_of_a4_with_its_title_and_only_embedded_fonts(sheet):
    facts = run("pdfinfo", pdf=sheet)
    assert re.search(r"Pages: +1\n", facts)
    assert "(A4)" in facts
    assert re.search(r"Title: +平顶山学院媒体平台备案表\n", facts)
    fonts = run("pdffonts", pdf=sheet).splitlines()[2:]
    assert {line.split()[0].partition("+")[2] for line in fonts} == {
        "BeianSong",
        "BeianSong-Bold",
        "BeianSongExt",
    }
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)


@pytest.mark.poppler
def test_the_side_label_runs_down_beside_its_three_rows(sheet):
    side = [word(sheet, each) for each in "管理队伍"]
    assert len({round(each.left) for each in side}) == 1
    assert [each.top for each in side] == sorted(each.top for each in side)
    rows = [word(sheet, each).top for each in ("负责人", "管理员1", "管理员2")]
    assert side[0].top - 12 < rows[0] < rows[1] < rows[2] < side[-1].bottom


@pytest.mark.poppler
def test_three_phones_stand_under_one_label_each_in_the_row_of_its_person(sheet):
    label = word(sheet, "联系电话")
    for person, phone in (("张𬭎", "2657123"), ("李𬬻㛃", "13800138000"), ("王䶮", "13900139000")):
        assert word(sheet, phone).left > label.right
        assert abs(word(sheet, phone).top - word(sheet, person).top) < 1


@pytest.mark.poppler
def test_nothing_stands_outside_the_margins_and_the_date_ends_at_the_right_border(sheet):
    left, right = 20 * MILLIMETRE, 190 * MILLIMETRE
    assert all(left - 1 < each.left and each.right < right + 1 for each in words(sheet))
    days = [each for each in words(sheet) if each.text == "日"]
    assert len(days) == 2
    assert all(right - 2.5 * MILLIMETRE < each.right < right for each in days)


@pytest.mark.poppler
def test_the_foot_stands_below_the_form(sheet):
    assert word(sheet, "AB12-CD34").top > 270 * MILLIMETRE


@pytest.mark.poppler
def test_a_long_text_flows_over_pages_at_full_size_with_its_label_again():
    text = "".join(f"第{number:04d}句发布通知与新闻。" for number in range(214))
    pdf = render(document(form_page(text)), title="长文")
    sentences = [each for each in words(pdf) if "句发布" in each.text]
    assert {each.page for each in sentences} == {1, 2}
    assert {round(each.bottom - each.top, 1) for each in sentences} == {11.0}
    assert re.findall(r"第(\d{4})句", text_of(pdf)) == [f"{number:04d}" for number in range(214)]
    assert {each.page for each in words(pdf) if each.text == LONG_LABEL} == {1, 2}


@pytest.mark.poppler
def test_an_opinion_box_is_not_cut_between_pages():
    for lines in range(12, 30):
        pdf = render(document(form_page("一行\n" * lines)), title="意见")
        signature = next(each for each in words(pdf) if "单位负责人签字" in each.text)
        assert signature.page == word(pdf, "同意。").page


@pytest.mark.poppler
@pytest.mark.parametrize("kind", ["", "whole"])
def test_a_cell_taller_than_a_page_is_cut_and_not_shrunk(kind):
    pdf = render(document(row(("意见", "label", 17), ("字" * 3000, kind, 83))), title="长")
    assert {round(each.bottom - each.top, 1) for each in words(pdf) if "字" in each.text} == {11.0}
    assert text_of(pdf).count("字") == 3000


@pytest.mark.poppler
def test_two_copies_name_their_holders():
    pages = [form_page("甲", copy=f"{holder}留存") for holder in ("党委宣传部", "申办单位")]
    pdf = render(document(*pages), title="一式两份")
    assert [(each.text, each.page) for each in words(pdf) if each.text.endswith("留存")] == [
        ("党委宣传部留存", 1),
        ("申办单位留存", 2),
    ]


# Characters


@pytest.mark.poppler
def test_rare_names_print_and_can_be_copied():
    assert text_of(plain(f"<p>{RARE_NAMES}</p><p><b>{RARE_NAMES}</b></p>")) == RARE_NAMES * 2


@pytest.mark.poppler
def test_three_hundred_characters_beyond_the_bmp_can_be_copied():
    from tests.pdf.test_fonts import RARE

    assert text_of(plain(f"<p>{RARE}</p>")) == RARE


@pytest.mark.poppler
def test_spaces_and_line_ends_of_a_verbatim_text_are_kept():
    style = "white-space: pre-wrap; font-size: 10pt"
    pdf = plain(f'<p style="{style}">□否       □是\n　　２. 群聊</p>')
    gap = word(pdf, "□是").left - word(pdf, "□否").right
    assert gap == pytest.approx(7 * 5)
    indent = word(pdf, "２.").left - word(pdf, "□否").left
    assert indent == pytest.approx(2 * 10)
    assert word(pdf, "２.").top > word(pdf, "□否").top


# Hostile content


HOSTILE = [
    '<img src="file:///etc/passwd">',
    '<img src="/etc/passwd">',
    '<img src="../../../../../../etc/passwd">',
    '<img src="http://127.0.0.1:9/x.png">',
    '<img src="data:image/png;base64,AAAA">',
    '<link rel="stylesheet" href="file:///etc/passwd">',
    '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    '<style>@import url("http://127.0.0.1:9/a.css"); p { background-image: url(/etc/passwd) }</style>',
    "<style>@font-face { font-family: x; src: url(file:///etc/passwd) } p { font-family: x, song }</style>",
    '<table><tr><td colspan="100000">x</td></tr></table>',
    '<table><tr><td rowspan="100000">x</td></tr></table>',
]


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_markup_reads_nothing_outside_static_and_calls_nobody(body, monkeypatch):
    opened = []
    monkeypatch.setattr("socket.socket.connect", lambda *given: opened.append(given))
    monkeypatch.setattr("xhtml2pdf.files.LocalFileURI.extract_data", opened.append)
    assert plain(f"{body}<p>正文</p>").startswith(b"%PDF")
    assert opened == []


def test_markup_too_deep_to_lay_out_is_refused_in_a_sentence():
    with pytest.raises(PaperError, match="请减少内容后再试"):
        plain("<div>" * 3000)


@pytest.mark.poppler
@pytest.mark.parametrize("text", ["好", "a", "，", "𬭎"])
def test_ten_thousand_characters_without_a_space_all_print(text):
    body = document(form_page(text * 10_000))
    pages = render(body, title="长串")
    assert text_of(pages).count(text) >= 10_000
    assert all(each.right < 190 * MILLIMETRE + 1 for each in words(pages))
