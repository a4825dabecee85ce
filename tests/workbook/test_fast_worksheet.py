"""The quick sheet writes what openpyxl's own would: it leaves out work, not words or looks."""

from zipfile import ZipFile

from blueprints.institution.workbook.cells import new_book, put_text
from blueprints.institution.workbook.fast_worksheet import FastCell, FastWorksheet, fast_worksheet
from blueprints.institution.workbook.styles import NUMBER, TEXT, add_styles, style_name, styled


def written(tmp_path, name, make_sheet, make_cell) -> bytes:
    """The sheet's own file, of three rows in two looks with a gap and a number."""
    book = new_book("表")
    add_styles(book)
    sheet = make_sheet(book)
    left, right = (make_cell(styled(sheet, style_name(TEXT, side))) for side in ("left", "right"))
    number = make_cell(styled(sheet, style_name(NUMBER)))
    for row in range(3):
        number.value = row / 10
        sheet.append([put_text(left, f"=第{row}行"), None, put_text(right, ""), number])
    book.save(tmp_path / name)
    with ZipFile(tmp_path / name) as zipped:
        return zipped.read("xl/worksheets/sheet1.xml") + zipped.read("xl/styles.xml")


def test_it_writes_the_same_file_as_openpyxls_own_sheet(tmp_path):
    quick = written(tmp_path, "quick.xlsx", lambda book: fast_worksheet(book, "表"), FastCell)
    plain = written(tmp_path, "plain.xlsx", lambda book: book.create_sheet("表"), lambda one: one)
    assert quick == plain
    assert quick.count(b"<row ") == 3


def test_what_it_leaves_out_is_still_where_openpyxl_does_it():
    replaced = FastWorksheet.__mro__[1].__dict__
    assert "_values_to_row" in replaced
    assert {"style_id", "has_style"} <= set(dir(FastCell.__mro__[1]))
