"""A list of accounts read back in: judged as the preview does it, then confirmed; its own process.

The lines are what a workbook's reader hands over; what reading the file itself takes stands apart.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from bench.measuring import Result, report, resident, seconds
from bench.scale import Scale, given_scale
from bench.school import filled_app, officer
from blueprints.web.schools import institutions
from models.database import db
from models.imports.filings import FilingTarget
from models.imports.target import PASSED_OVER, Line, RowState
from models.people.unit import Unit

SLICE = 200


def measured(scale: Scale) -> list[Result]:
    """Judged, confirmed, and judged once more when all of it is there."""
    rows = scale.import_rows
    with TemporaryDirectory() as folder:
        app = filled_app(folder, scale.filings)
        with app.app_context():
            target = _target()
            lines = _lines(target, rows)
            before = resident()
            judged = seconds(lambda: _judge(target, lines))
            assert all(line.state is RowState.add for line in lines), lines[0]
            confirmed = seconds(lambda: _confirm(target, lines))
            again = _lines(target, rows)
            twice = seconds(lambda: _judge(_target(), again))
            assert all(line.state is RowState.same for line in again), again[0]
        shutil.rmtree(Path(folder), ignore_errors=True)
    columns = len(lines[0].words) + 1
    return [
        Result(f"h  {rows} rows x {columns} columns judged", judged, "s", 6,
               f"{rows / judged:.0f} rows/s"),
        Result("h  and written as drafts", confirmed, "s", 3, f"{rows / confirmed:.0f} rows/s"),
        Result("h  the same file judged once more", twice, "s", 8, f"{rows / twice:.0f} rows/s"),
        Result("h  peak memory", resident("VmHWM"), "MB", 300, f"{before:.0f} MB before"),
    ]  # fmt: skip


def _target() -> FilingTarget:
    """The form behind the widest summary table, for somebody at the office."""
    school = next(school for school in institutions().values() if school.registers)
    register = max(school.registers.values(), key=lambda register: len(register.columns))
    unit = db.session.scalars(select(Unit).where(Unit.institution == school.code)).first()
    return FilingTarget(school, school.forms[register.form], officer(school.code), unit)


def _lines(target: FilingTarget, rows: int) -> list[Line]:
    """Rows of the summary table as a unit would type them, no two alike."""
    form, columns = target.form, target._reader.columns
    paths = [heading.path for heading in target.headings() if heading.path != PASSED_OVER]
    register = max(target.institution.registers.values(), key=lambda register: len(register.columns))
    return [
        Line(
            register.short,
            number,
            {
                path: columns[path].item.scaled_text(columns[path].item.example(number))
                for path in paths[: len(register.columns) - 1]
                if path in columns
            }
            | {
                form.channel.title: f"第{number}个账号",
                form.channel.account: f"account_{number}",
                form.channel.platform: "微信",
                target._reader.unit_item: target.unit.name,
            },
        )
        for number in range(1, rows + 1)
    ]


def _judge(target: FilingTarget, lines: list[Line]) -> None:
    for first in range(0, len(lines), SLICE):
        target.judge(lines[first : first + SLICE])
        db.session.rollback()


def _confirm(target: FilingTarget, lines: list[Line]) -> None:
    target.get_ready(len(lines))
    target.confirm(lines)
    db.session.commit()


if __name__ == "__main__":
    report(measured(given_scale()))
