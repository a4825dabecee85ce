"""全校通报: what everybody of the school may read, as a page, a workbook and a paper show it."""

from collections.abc import Iterable, Sequence

from blueprints.institution.components.tables import Cell, Table, words
from blueprints.institution.paper.words import date_words
from models.findings.sanction import Sanction
from models.reports.summary import TEXT_FORMAT, SummaryRow
from models.rules.definitions.register import Column, Head, Register

HEADS = ("单位", "账号或群", "处理", "原因", "依据", "登记时间")
WIDTHS = (18, 18, 12, 32, 22, 14)


def cells(sanction: Sanction) -> list[Cell]:
    """A line of the list, by HEADS."""
    return [
        words(text)
        for text in (
            sanction.unit.name,
            sanction.title or "—",
            sanction.label,
            sanction.reason,
            sanction.basis or "—",
            date_words(sanction.at),
        )
    ]


def table(sanctions: Iterable[Sanction], title: str = "全校通报") -> Table:
    """A worksheet of them."""
    return Table(title, HEADS, [cells(sanction) for sanction in sanctions])


def sheet(title: str) -> Register:
    """How the list is drawn on paper, as a summary table is."""
    columns = [
        Column(label=head, value=head, width=float(width)) for head, width in zip(HEADS, WIDTHS, strict=True)
    ]
    head = Head(left="通报单位：", right="通报时间：", fill_left="unit", fill_right="date")
    return Register(
        code="circular", title=title, short="通报", form="circular", head=head, columns=columns, notes=""
    )


def rows(sanctions: Sequence[Sanction]) -> list[SummaryRow]:
    """The lines as a summary table prints them."""
    return [
        SummaryRow(
            n,
            dict(zip(HEADS, ((cell.text, cell.text, TEXT_FORMAT) for cell in cells(sanction)), strict=True)),
            False,
            0,
            0,
        )
        for n, sanction in enumerate(sanctions, 1)
    ]
