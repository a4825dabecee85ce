"""A summary table of a thousand rows, in a process of its own."""

from datetime import date

from bench.measuring import HOUSE, Result, report, resident, seconds
from blueprints.institution.paper import summary_table
from models.reports.summary import SummaryRow
from models.rules.definitions.loader import load_institutions

ROWS = 1000


def main() -> None:
    school = next(s for s in load_institutions(HOUSE / "blueprints").values() if s.registers)
    register = max(school.registers.values(), key=lambda found: len(found.columns))
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
        )  # fmt: skip
        for number in range(1, ROWS + 1)
    ]
    taken = seconds(lambda: summary_table.draw(register, school, rows, "全校", date(2022, 2, 20)))
    what = f"c  register of {ROWS} rows x {len(register.columns)} columns, with fonts read"
    report(Result(what, taken, "s", 5), Result("c  its peak memory", resident("VmHWM"), "MB", 200))


if __name__ == "__main__":
    main()
