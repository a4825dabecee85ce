"""Where a line of Chinese ends: marks, numbers, addresses, gaps, and what is too long."""

import pytest

from blueprints.institution.pdf.line_breaking import NEW_LINE, Atom, break_lines

CLOSING = "，。、；：？！）》」』】”’…"


def cut(text: str, width: float) -> list[str]:
    """`text` broken for a line of `width` characters: Chinese is 1 wide, all else a half."""
    atoms = [Atom(each, 1 if ord(each) > 0x2000 else 0.5, None) for each in text]
    lines = break_lines(atoms, width, width)
    assert "".join(atom.text for line in lines for atom in line.atoms) == text
    return ["".join(atom.text for atom in line.atoms).strip(NEW_LINE) for line in lines]


@pytest.mark.parametrize("mark", CLOSING)
def test_no_line_begins_with_a_closing_mark(mark):
    for length in range(1, 12):
        lines = cut("字" * length + mark + "字" * 9, 5)
        assert all(line[0] != mark for line in lines)
        assert max(map(len, lines)) <= 5


@pytest.mark.parametrize("mark", "（《「『【“‘□☑")
def test_no_line_ends_with_an_opening_mark_or_a_box(mark):
    for length in range(1, 12):
        assert all(line[-1] != mark for line in cut("字" * length + mark + "字" * 9, 5))


@pytest.mark.parametrize("piece", ["13800138000", "0375-2657123", "https://a.cn/b", "WeChat"])
def test_numbers_and_words_shorter_than_the_line_are_not_cut(piece):
    for length in range(1, 16):
        assert sum(piece in line for line in cut("字" * length + piece + "字" * 9, 8)) == 1


def test_a_box_keeps_its_label_across_a_space():
    assert cut("字字字字 □ 微信", 6) == ["字字字字 ", "□ 微信"]


def test_dashes_and_dots_of_one_mark_stay_together():
    assert cut("字字字字——字", 5) == ["字字字", "字——字"]


def test_a_piece_longer_than_the_line_is_cut_where_an_address_allows():
    assert cut("abcdefghij/klmnopqrstuvwxyz", 8) == ["abcdefghij/", "klmnopqrstuvwxyz"]
    assert cut("a" * 40, 8) == ["a" * 16, "a" * 16, "a" * 8]
    assert cut("，" * 20, 8) == ["，" * 8, "，" * 8, "，" * 4]


def test_a_column_narrower_than_a_character_still_ends():
    assert cut("备案", 0.2) == ["备", "案"]


def test_line_ends_in_the_text_are_kept_and_so_are_empty_lines():
    assert cut("一\n\n二\n", 8) == ["一", "", "二"]


def test_gaps_do_not_break_unless_the_line_is_too_short():
    date = "年\u00a0\u00a0\u00a0\u00a0月\u00a0\u00a0\u00a0\u00a0日"
    assert cut("字字" + date, 9) == ["字字" + date]
