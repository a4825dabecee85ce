"""A summary table of a thousand rows, in a process of its own."""

from datetime import date

from bench.measuring import HOUSE, Result, report, resident, seconds
from bench.scale import Scale, given_scale
from blueprints.institution.paper import summary_pdf
from models.reports.summary import SummaryRow
from models.rules.definitions.loader import load_institutions


def measured(scale: Scale) -> list[Result]:
    """Its time and the peak of memory, the fonts' reading included."""
    school = next(s for s in load_institutions(HOUSE / "blueprints").values() if s.registers)
    register = max(school.registers.values(), key=lambda register: len(register.columns))
    words = ["信息工程学院", "平院信工青年之声", "2-3次/周", "13812345678", "2019年9月", "李明"]
    rows = [
        SummaryRow(
            number,
            {
                column.label: (f"{words[(number + at) % len(words)]}", "", "@")
                for at, column in enumerate(register.columns)
            },
            closed=False,
            filing_id=number,
            channel_id=number,
        )
        for number in range(1, scale.register_rows + 1)
    ]
    taken = seconds(lambda: summary_pdf.draw(register, school, rows, "全校", date(2022, 2, 20)))
    what = f"c  register of {len(rows)} rows x {len(register.columns)} columns, with fonts read"
    peak = Result("c  its peak memory", resident("VmHWM"), "MB", 200)
    return [Result(what, taken, "s", 5), peak]


if __name__ == "__main__":
    report(measured(given_scale()))
