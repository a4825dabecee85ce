"""A summary table saved once more by LibreOffice: what was written is still what is read."""

import subprocess
from datetime import date

import pytest
from openpyxl import load_workbook

from blueprints.institution import workbook
from models.xlsx.gate import check
from models.xlsx.reading import read_workbook
from tests.workbook.summary_examples import DAY, account, grouped, school

pytestmark = pytest.mark.office

ODD = ("=1+1", "+86 375", "00123", "1e5", "_x0041_号", " 两头 有空 ", "甲\n乙", "13812345678901234567")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The workbook as it is written, and as LibreOffice saves it."""
    folder = tmp_path_factory.mktemp("again")
    register = grouped()
    rows = [
        account(number, register, closed=number == 2, 账号名称=text) for number, text in enumerate(ODD, 1)
    ]
    for row in rows:
        row.cells["创建时间"] = ("2019年9月", date(2019, 9, 1), 'yyyy"年"m"月"')
    file = workbook.write(register, school(), lambda _condition: rows, "信息工程学院", DAY)
    (folder / "table.xlsx").write_bytes(file.getvalue())
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    convert = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        "again",
        "table.xlsx",
    ]
    subprocess.run(convert, cwd=folder, check=True, capture_output=True)
    return folder / "table.xlsx", folder / "again" / "table.xlsx"


def cells(file):
    content = file.read_bytes()
    check(content, file.name)
    (sheet,) = read_workbook(content)
    return [row.cells for row in sheet.rows]


def test_every_cell_reads_as_before(files):
    ours, again = map(cells, files)
    assert again == ours
    assert [row[4] for row in ours[4:12]] == [text.strip() for text in ODD]
    assert ours[4][6] == "2019-09-01"


def test_the_keys_are_still_there_and_out_of_sight(files):
    assert [row[14] for row in cells(files[1])[4:12]] == [
        f"{number}-{number}-0123456789ab" for number in range(1, 9)
    ]
    assert load_workbook(files[1]).worksheets[0].column_dimensions["O"].hidden


def test_drop_downs_and_the_page_are_kept(files):
    ours, again = (load_workbook(file).worksheets[0] for file in files)
    for kept in (
        lambda sheet: sheet.print_title_rows,
        lambda sheet: sheet.print_area,
        lambda sheet: sheet.page_setup.orientation,
        lambda sheet: {str(area) for area in sheet.merged_cells.ranges},
        lambda sheet: {str(rule.sqref) for rule in sheet.data_validations.dataValidation},
    ):
        assert kept(again) == kept(ours)
