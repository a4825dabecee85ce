"""A workbook is read as the text that a person would have typed."""

from datetime import date, datetime, time
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from models.xlsx.gate import check
from models.xlsx.reading import MOST_COLUMNS, MOST_ROWS, read_workbook
from models.xlsx.worksheet import BadWorkbook, Sheet, SheetRow
from models.xlsx.worksheet_stream import LAST_ROW
from tests.xlsx.packing import changed, sheet, with_sheet, with_strings


def saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def sheets_of(content: bytes) -> list[Sheet]:
    check(content, "a.xlsx")
    return read_workbook(content)


def refused(content: bytes) -> str:
    with pytest.raises(BadWorkbook) as problem:
        sheets_of(content)
    return str(problem.value)


def one_cell(value, number_format="General") -> SheetRow:
    book = Workbook()
    cell = book.active["A1"]
    cell.value, cell.number_format = value, number_format
    return sheets_of(saved(book))[0].rows[0]


def raw(cell: str) -> SheetRow:
    """The row that a cell's own XML gives."""
    return sheets_of(with_sheet(f'<row r="1">{cell}</row>'))[0].rows[0]


@pytest.mark.parametrize(("value", "number_format", "text"), [
    (350.0, "General", "350"), (350, "0.00", "350"), (3.5, "General", "3.5"),
    (13812345678, "General", "13812345678"), (13812345678.0, "0.00E+00", "13812345678"),
    (0.1 + 0.2, "General", "0.3"), (1e-7, "General", "0.0000001"), (-3.5, "0.00", "-3.50"),
    (2022.1, "0.00", "2022.10"), (2022.3, "General", "2022.3"), (1234.5, "#,##0.00", "1234.50"),
    (1234567, "#,##0", "1234567"), (375, "0000", "0375"), (0.125, "0%", "12.5%"),
    (0.5, "0.00%", "50%"), (5, '0"人"', "5"), (0, "General", "0"),
    (date(2022, 3, 1), "yyyy-mm-dd", "2022-03-01"), (date(2022, 3, 1), "m/d/yy", "2022-03-01"),
    (date(2022, 3, 1), 'yyyy"年"m"月"', "2022-03-01"),
    (date(2022, 3, 1), '[DBNum1][$-804]yyyy"年"m"月"d"日";@', "2022-03-01"),
    (datetime(2022, 3, 1), "yyyy-mm-dd hh:mm", "2022-03-01"),
    (datetime(2022, 3, 1, 8, 5), "yyyy-mm-dd", "2022-03-01 08:05"),
    (datetime(2022, 3, 1, 8, 5, 9), "yyyy-mm-dd", "2022-03-01 08:05:09"),
    (time(8, 30), "h:mm", "08:30"), (1.5, "[h]:mm", "36:00"), (0.35, "yyyy-mm-dd", "0.35"),
    (True, "General", "是"), (False, "General", "否"),
    ("  平院\xa0信工 \n", "General", "平院 信工"), ("１３８", "General", "１３８"),
    ("a_x000D_\nb_x005F_x000D_", "@", "a\nb_x000D_"), ("=1+1", "@", "=1+1"),
    ("1.3812345678E+10", "@", "13812345678"), ("138\x85", "@", "138"),
])  # fmt: skip
def test_a_cell_gives_what_was_typed(value, number_format, text):
    book = Workbook()
    cell = book.active["A1"]
    cell.value, cell.number_format = value, number_format
    if isinstance(value, str):
        cell.data_type = "s"
    row = sheets_of(saved(book))[0].rows[0]
    assert row == SheetRow(1, (text,))


@pytest.mark.parametrize("style", [27, 31, 36, 57, 58])
def test_the_date_formats_of_a_chinese_excel_are_dates_though_no_file_explains_them(style):
    styles = f'<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="{style}"/></cellXfs></styleSheet>'
    cell = '<row r="1"><c r="A1" s="1"><v>44621</v></c></row>'
    content = changed(with_sheet(cell), {"xl/styles.xml": styles.encode()})
    assert sheets_of(content)[0].rows[0].cells == ("2022-03-01",)


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)
    book.active["A1"] = date(2022, 3, 1)
    assert sheets_of(saved(book))[0].rows[0].cells == ("2022-03-01",)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('<c t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c t="str"><f>VLOOKUP(A1,B:C,2)</f><v>#N/A</v></c>', "#N/A"),
        ("<c><f>A2+1</f></c>", "没有算出结果"),
        ("<c><v>110105199001011230</v></c>", "超过15位"),
        ('<c t="inlineStr"><is><t>1.38E+10</t></is></c>', "已经丢失"),
        ("<c><v>2022.1</v></c>", "2022-10"),
    ],
)
def test_what_excel_has_spoilt_is_told_at_its_cell(cell, words):
    row = raw(f"<c><v>1</v></c>{cell}")
    assert set(row.damage) == {1}
    assert words in row.damage[1]
    assert "请" in row.damage[1]


def test_a_formula_gives_its_stored_value_also_an_empty_one():
    assert raw("<c><f>A2+1</f><v>7</v></c>").cells == ("7",)
    row = raw('<c><v>1</v></c><c t="str"><f>IF(A1=2,1,"")</f><v></v></c>')
    assert row == SheetRow(1, ("1",))


def test_a_long_number_kept_as_text_is_whole():
    assert one_cell("110105199001011230") == SheetRow(1, ("110105199001011230",))


def test_rich_text_is_one_text_and_readings_are_left_out():
    book = Workbook()
    book.active["A1"] = CellRichText("平院", TextBlock(InlineFont(b=True), "青年"))
    assert sheets_of(saved(book))[0].rows[0].cells == ("平院青年",)
    shared = "<si><r><t>平</t></r><r><t>院</t></r><rPh sb='0' eb='1'><t>ping</t></rPh></si>"
    content = with_strings(shared, '<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    assert sheets_of(content)[0].rows[0].cells == ("平院",)


def test_a_prefix_before_every_element_changes_nothing():
    part = sheet('<x:row r="3"><x:c r="B3"><x:v>7</x:v></x:c></x:row>').decode()
    for name in ("worksheet", "sheetData"):
        part = part.replace(f"<{name}", f"<x:{name}").replace(f"</{name}", f"</x:{name}")
    content = changed(with_sheet(""), {"xl/worksheets/sheet1.xml": part.encode()})
    assert sheets_of(content)[0].rows == (SheetRow(3, ("", "7")),)


def test_every_visible_sheet_with_content_is_read_and_rows_keep_their_numbers():
    book = Workbook()
    book.active.title = "微信"
    book.active["B3"], book.active["A7"] = "甲", "乙"
    book.create_sheet("空白")
    book.create_sheet("微博")["A1"] = "丙"
    for name, state in (("选项", "hidden"), ("系统", "veryHidden")):
        hidden = book.create_sheet(name)
        hidden["A1"], hidden.sheet_state = "丁", state
    assert sheets_of(saved(book)) == [
        Sheet("微信", (SheetRow(3, ("", "甲")), SheetRow(7, ("乙", "")))),
        Sheet("微博", (SheetRow(1, ("丙",)),)),
    ]


def merged(*areas: str) -> tuple[SheetRow, ...]:
    """Eight rows of four columns, of which merged ones keep their first cell."""
    book = Workbook()
    for number in range(1, 9):
        book.active.append([f"{letter}{number}" for letter in "ABCD"])
    for area in areas:
        book.active.merge_cells(area)
    return sheets_of(saved(book))[0].rows


def test_a_cell_merged_over_rows_is_filled_down_and_right():
    rows = merged("B3:C5")
    assert [row.cells[1:3] for row in rows[2:6]] == [("B3", "B3")] * 3 + [("B6", "C6")]
    assert [row.copied for row in rows[2:6]] == [{2}, {1, 2}, {1, 2}, set()]


def test_what_excel_spoilt_in_a_merged_cell_is_told_in_each_of_its_rows():
    content = with_sheet(
        '<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1"><v>1</v></c></row>'
        '<row r="2"><c r="B2"><v>2</v></c></row>',
        after='<mergeCells><mergeCell ref="A1:A2"/></mergeCells>',
    )
    assert [set(row.damage) for row in sheets_of(content)[0].rows] == [{0}, {0}]


def test_a_title_over_the_whole_width_is_not_spread_but_known_as_one():
    rows = merged("A1:D2")
    assert rows[0].cells == ("A1", "", "", "")
    assert [row.wide for row in rows[:2]] == [True, False]
    assert rows[1].number == 3  # nothing stands in the second row any more


def test_a_cell_merged_within_its_row_stays_one_cell():
    assert merged("A2:B2")[1] == SheetRow(2, ("A2", "", "C2", "D2"))


def test_a_merge_does_not_make_rows_of_empty_ones():
    content = with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row>',
        after='<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>',
    )
    assert len(sheets_of(content)[0].rows) == 1


def rows_of(count: int) -> str:
    return "".join(f"<row><c><v>{number}</v></c></row>" for number in range(count))


def test_as_many_rows_as_are_allowed_are_read_and_one_more_is_refused():
    assert len(sheets_of(with_sheet(rows_of(MOST_ROWS)))[0].rows) == MOST_ROWS
    said = refused(with_sheet(rows_of(MOST_ROWS + 1)))
    assert f"{MOST_ROWS}行" in said
    assert f"第{MOST_ROWS + 1}行" in said


def test_rows_are_counted_over_all_sheets():
    book = Workbook()
    for page in (book.active, book.create_sheet("二")):
        for _ in range(MOST_ROWS // 2 + 1):
            page.append([1])
    assert "“二”" in refused(saved(book))


def test_columns_and_sheets_have_their_number_too():
    cells = "".join(f"<c><v>{number}</v></c>" for number in range(MOST_COLUMNS + 1))
    assert "CC 列" in refused(with_sheet(f"<row>{cells}</row>"))
    book = Workbook()
    for number in range(20):
        book.create_sheet(str(number))
    assert "21张" in refused(saved(book))


def test_a_word_far_below_the_table_is_told_by_its_row():
    cells = '<row r="1"><c><v>1</v></c></row><row r="{}"><c><v>2</v></c></row>'
    assert len(sheets_of(with_sheet(cells.format(LAST_ROW)))[0].rows) == 2
    for number in (LAST_ROW + 1, 1_048_576, 9_999_999):
        assert f"第{number}行" in refused(with_sheet(cells.format(number)))


def test_a_workbook_of_nothing_says_so():
    assert "没有内容" in refused(saved(Workbook()))
