"""The fill-in template (导入模板): an empty list, to be filled in without the app."""

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from blueprints.institution.workbook.cells import SONG, merge, new_book, worksheet_name
from blueprints.institution.workbook.drop_downs import DropDowns
from blueprints.institution.workbook.styles import (
    HEAD_LEFT,
    HEADER,
    LINE_HEIGHT,
    TEXT,
    TITLE_HEIGHT,
    add_styles,
    append,
    breadth,
    keep_in_view,
    lines,
    print_on_paper,
    set_widths,
    style_name,
    styled,
    write_header,
)
from models.imports.target import PASSED_OVER, Heading, Target
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import header_of

HEADER_ROW = 3
PREPARED_ROWS = 300
NARROWEST, WIDEST = 10, 26  # columns, in digits
TITLE_COLUMNS = 8  # what fits on a screen: a title over forty columns is out of sight
HOW_TO = "填写说明"
HOW_TO_HEADS = {"栏目": 26, "是否必填": 10, "怎样填写": 60, "可选内容": 60}
TASK = (
    "从第 {first} 行起，每行填写一项。带 * 的栏必须填写；每一栏怎样填，见工作表“填写说明”。"
    "填好后保存，在系统的“导入”页面上传这个文件。"
)


def write(target: Target, institution: Institution) -> BytesIO:
    """An empty workbook for what a target reads.

    Out: the file, at its beginning. Its columns are the target's headings, those without a meaning
    left out; uploaded again as it is, it holds no rows.
    """
    title = f"{institution.name}{target.title}导入模板"
    book, drop_downs = new_book(title, institution.name), DropDowns()
    add_styles(book)
    headings = to_fill_in(target.headings())
    _write_list(book.create_sheet(worksheet_name(target.title)), title, headings, drop_downs)
    _write_how_to(book, headings)
    drop_downs.finish(book)
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def to_fill_in(headings: Sequence[Heading]) -> list[Heading]:
    """The headings to be filled in, each answer once: no count is asked in 万 and again in 人."""
    by_answer: dict[str, Heading] = {}
    for heading in headings:
        if heading.path != PASSED_OVER:
            by_answer.setdefault(heading.path.partition("#")[0], heading)
    return list(by_answer.values())


def _write_list(
    sheet: WriteOnlyWorksheet, title: str, headings: list[Heading], drop_downs: DropDowns
) -> None:
    header = header_of([(heading.group, _label(heading)) for heading in headings])
    widths = [_width(heading) for heading in headings]
    first = HEADER_ROW + len(header)
    last = first + PREPARED_ROWS - 1
    print_on_paper(sheet)
    set_widths(sheet, widths)
    keep_in_view(sheet, HEADER_ROW, first - 1)
    for number in range(1, len(headings) + 1):
        sheet.column_dimensions[get_column_letter(number)].number_format = "@"
    _write_top(sheet, title, TASK.format(first=first), widths)
    comments = {at: _comment(heading) for at, heading in enumerate(headings) if _comment(heading)}
    write_header(sheet, header, HEADER_ROW, widths, comments)
    empty = [styled(sheet, style_name(TEXT)) for _ in headings]
    for _ in range(PREPARED_ROWS):
        sheet.append(empty)
    for number, heading in enumerate(headings, 1):
        drop_downs.offer(sheet, number, first, last, heading.choices)
    sheet.print_area = f"A1:{get_column_letter(len(headings))}{last}"
    sheet.close()


def _write_top(sheet: WriteOnlyWorksheet, title: str, task: str, widths: list[int]) -> None:
    over = min(len(widths), TITLE_COLUMNS)
    top = styled(sheet, HEAD_LEFT, title)
    top.font = Font(SONG, 16, b=True)
    tall = LINE_HEIGHT * (lines(task, sum(widths[:over])) + 1)
    for place, (cell, height) in enumerate(((top, TITLE_HEIGHT), (styled(sheet, HEAD_LEFT, task), tall)), 1):
        merge(sheet, place, 1, over)
        append(sheet, [cell], place, height)


def _label(heading: Heading) -> str:
    """负责人 stands above already: below it 负责人电话 is only 电话."""
    label = heading.label.removeprefix(heading.group) or heading.label
    return f"{label}*" if heading.needed else label


def _width(heading: Heading) -> int:
    longest = max(map(breadth, (_label(heading), *heading.choices)))
    return min(max(longest + 4, NARROWEST), WIDEST)


def _comment(heading: Heading) -> str:
    return ("必填。" if heading.needed else "") + heading.help


def _write_how_to(book: Workbook, headings: list[Heading]) -> None:
    """A sheet that explains each column.

    A column is named with its letter before it, so that no line here can be taken for a header.
    """
    sheet = book.create_sheet(HOW_TO)
    print_on_paper(sheet)
    widths = list(HOW_TO_HEADS.values())
    set_widths(sheet, widths)
    keep_in_view(sheet, 1, 1)
    sheet.append([styled(sheet, HEADER, head) for head in HOW_TO_HEADS])
    for number, heading in enumerate(headings, 1):
        name = "：".join(filter(None, (heading.group, _label(heading))))
        texts = [f"{get_column_letter(number)} 列　{name}", "必填" if heading.needed else "",
                 heading.help, "、".join(heading.choices)]  # fmt: skip
        tallest = max(map(lines, texts, widths))
        cells = [styled(sheet, style_name(TEXT, "center" if at == 1 else "left"), text)
                 for at, text in enumerate(texts)]  # fmt: skip
        append(sheet, cells, number + 1, LINE_HEIGHT * (tallest + 1))
    sheet.close()
