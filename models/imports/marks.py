"""Whether a row of our own export was touched, and whether the register moved on since."""

from models.filings.filing import Filing
from models.imports.form_headings import registers_over
from models.imports.judged_row import JudgedRow
from models.imports.row_reading import value_at
from models.reports.summary_words import Editions, item_paths
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution


class Marks:
    """The marks of a form's rows. Which of its registers wrote a row, nobody can tell any more."""

    def __init__(self, institution: Institution, form: Form):
        self.form = form
        self.registers = [
            (item_paths(register), Editions(register, institution))
            for register in registers_over(institution, form)
        ]

    def untouched(self, row: JudgedRow, filing: Filing | None) -> bool:
        """Whether a row still says what it said when it was written.

        In: the filing that it was written from, as it is now. Unit and tier are not in the mark.
        """
        if filing is None or filing.channel_id != row.key.channel_id:
            return False
        tier, values = self.form.channel.tier, row.reading.values
        if row.says_unit and row.unit_id != filing.unit_id:
            return False
        if tier and value_at(values, tier) != value_at(filing.answers, tier):
            return False
        return self._fits(row, filing, values, row.answered)

    def is_current(self, row: JudgedRow, filing: Filing) -> bool:
        """Whether the row was written from what is in force now, not completed since either."""
        return row.key.filing_id == filing.id and self._fits(row, filing, filing.answers, None)

    def _fits(self, row: JudgedRow, filing: Filing, answers: dict, mapped: set | None) -> bool:
        """`mapped`: only the registers all of whose items stand in the sheet can have a mark."""
        return any(
            editions.of(filing.edition_digest).key(row.key.channel_id, filing.id, answers)
            == row.line.key.strip()
            for paths, editions in self.registers
            if mapped is None or mapped.issuperset(paths)
        )
