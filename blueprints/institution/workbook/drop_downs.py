"""Drop-downs for columns of choices. They offer and forbid nothing: 其他 is typed by hand."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from blueprints.institution.workbook.styles import TEXT, style_name, styled

LONGEST_LIST = 255  # what a rule can say by itself
CHOICES_SHEET = "选项"


class DropDowns:
    """The drop-downs of one workbook; lists that are too long stand on a hidden sheet."""

    def __init__(self):
        self._lists: dict[tuple[str, ...], str] = {}

    def offer(
        self, sheet: WriteOnlyWorksheet, column: int, first: int, last: int, choices: Sequence[str]
    ) -> None:
        """Offer choices in a column (from 1), down to row `last`; [] offers none."""
        if not choices or last < first:
            return
        letter = get_column_letter(column)
        area = f"{letter}{first}:{letter}{last}"
        sheet.data_validations.append(DataValidation("list", self._source(choices), sqref=area))

    def _source(self, choices: Sequence[str]) -> str:
        offered = ",".join(choices)
        if len(offered) <= LONGEST_LIST and not re.search('[,"]', "".join(choices)):
            return f'"{offered}"'
        return self._lists.setdefault(tuple(choices), f"{CHOICES_SHEET}_{len(self._lists) + 1}")

    def finish(self, book: Workbook) -> None:
        """Write the hidden sheet, a column for each long list; none where no list is long."""
        if not self._lists:
            return
        sheet = book.create_sheet(CHOICES_SHEET)
        sheet.sheet_state = Worksheet.SHEETSTATE_HIDDEN
        for row in zip_longest(*self._lists, fillvalue=""):
            sheet.append([styled(sheet, style_name(TEXT), choice) for choice in row])
        for number, (choices, name) in enumerate(self._lists.items(), 1):
            letter = get_column_letter(number)
            place = f"{quote_sheetname(CHOICES_SHEET)}!${letter}$1:${letter}${len(choices)}"
            book.defined_names.add(DefinedName(name, attr_text=place))
