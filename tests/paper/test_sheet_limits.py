"""Sheets with more on them than anybody planned for: nothing lost, nothing over a border."""

import subprocess
from pathlib import Path
from time import process_time

import pytest

from blueprints.institution.paper import Cell, PaperError, blank, draw_sheet, preview
from blueprints.institution.paper.grid import bands
from tests.paper.sheet_reading import (
    ACCOUNT,
    PLATFORM,
    Paper,
    form_titled,
    item_labelled,
    printed,
    schools,
    team,
)

SENTENCE = "发布学院新闻、通知公告（含English words与2657000等号码），服务全院师生。"


def introduction(length: int) -> str:
    return (SENTENCE * (length // len(SENTENCE) + 1))[:length]


def printed_with(text: str) -> Paper:
    return printed(PLATFORM, **{item_labelled(PLATFORM, "简要介绍"): text})


def test_five_hundred_characters_of_introduction_stay_on_the_one_page():
    assert len(printed_with(introduction(500)).pages) == 1


def test_three_thousand_flow_over_pages_at_full_size_and_lose_nothing():
    text = introduction(3000)
    paper = printed_with(text)
    assert 2 <= len(paper.pages) <= 4
    assert text.replace(" ", "") in paper.without("简要", "介绍", "备案件1234")
    sizes = {round(char["size"], 1) for char in paper.chars if char["text"] == "闻"}
    assert sizes == {12.0}


@pytest.mark.parametrize("text", ["a" * 10_000, "长" * 10_000, "\n" * 400 + "末", "，" * 5_000])
def test_no_text_is_too_odd_to_be_printed_within_its_borders(text):
    begun = process_time()
    paper = printed_with(text)
    assert process_time() - begun < 10
    assert paper.text.count(text[-1]) >= text.count(text[-1])
    right = max(line["x1"] for line in paper.lines[0])
    assert all(char["x1"] <= right for char in paper.chars)


def test_people_with_the_longest_names_still_print():
    everybody = team("2657001", "2657002", "2657003")
    longest = {
        row: {**cells, **dict.fromkeys(list(cells)[:2], "欧" * 100)} for row, cells in everybody.items()
    }
    paper = printed(PLATFORM, team=longest)
    assert paper.text.count("欧") == 600


def test_markup_in_answers_is_printed_as_it_was_typed_and_opens_nothing():
    hostile = '<img src="file:///etc/passwd"><td colspan="1000000">&lt;b&gt;{{ 7*7 }}../../etc'
    paper = printed_with(hostile)
    assert hostile.replace(" ", "") in paper.text
    assert len(paper.pages) == 1


def test_a_rare_name_is_printed_and_can_be_copied():
    paper = printed(PLATFORM, team=team("2657001", "2657002", "2657003"))
    assert paper.text.count("陈𬭎") == 3


@pytest.mark.poppler
def test_one_song_face_and_its_bold_are_embedded(tmp_path: Path):
    file = tmp_path / "sheet.pdf"
    file.write_bytes(blank(*form_titled(ACCOUNT)))
    listed = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()[2:]]
    assert {row[0].partition("+")[2] for row in rows} == {"BeianSong", "BeianSong-Bold"}
    assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in rows)


def test_the_same_filing_is_printed_as_the_same_bytes():
    assert blank(*form_titled(PLATFORM)) == blank(*form_titled(PLATFORM))


def test_a_preview_shows_the_blank_form_and_a_filled_one():
    for school in schools().values():
        for form in school.forms.values():
            if form.paper is not None:
                assert len(Paper(preview(school, form)).pages) == 2


def test_a_form_signed_as_a_list_has_no_sheet():
    lists = [
        (school, form)
        for school in schools().values()
        for form in school.forms.values()
        if form.paper is None
    ]
    assert lists
    for school, form in lists:
        assert draw_sheet(school, form, None) is None
        with pytest.raises(PaperError, match="汇总表"):
            blank(school, form)


def test_a_block_joined_by_a_tall_cell_is_one_table_and_every_other_row_its_own():
    def cell(columns: int = 1, rows: int = 1) -> Cell:
        return Cell("label", columns=columns, rows=rows)

    found = bands([[cell(4)], [cell(1, 2), cell(2), cell()], [cell(), cell(2)]], [10, 30, 40, 20])
    assert [len(band.rows) for band in found] == [1, 2]
    assert found[0].widths == (100,)
    assert not found[0].struts
    assert found[1].widths == (10, 30, 40, 20)
    # No cell stands in the third column alone: an empty row must hold its width.
    assert found[1].struts
    assert [each.width for each in found[1].rows[1]] == [30, 60]
