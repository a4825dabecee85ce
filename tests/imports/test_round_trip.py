"""Our own workbooks read back in, with and without their hidden keys: nothing changes."""

from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from blueprints.institution import workbook
from models.database import db
from models.imports.filings import FilingTarget
from models.imports.headings import match
from models.imports.target import PASSED_OVER, Line, RowState
from models.people.person import Person
from models.reports import summary
from models.rules.workflow import Role
from models.xlsx.reading import read_workbook

TODAY = date(2026, 11, 22)
REGISTERS = [("pdsu", "accounts"), ("pdsu", "groups"), ("ahbc", "accounts"), ("ahbc", "groups")]


def file_of(register, school) -> bytes:
    def rows(condition):
        return summary.rows(register, school, None, TODAY, condition=condition)

    book = workbook.write(register, school, rows, "全校", TODAY)
    return book.getvalue() if isinstance(book, BytesIO) else book.read()


def lines_of(target: FilingTarget, content: bytes, keyed: bool) -> list[Line]:
    lines = []
    for sheet in read_workbook(content):
        found = match(sheet, target.headings(), {})
        assert "" not in found.paths
        for row in found.rows:
            words = dict(zip(found.paths, row.cells, strict=False))
            words.pop(PASSED_OVER, None)
            key = words.pop("key", "")
            lines.append(Line(sheet.name, row.number, words, key=key if keyed else ""))
    return lines


@pytest.mark.parametrize(("school", "register"), REGISTERS)
@pytest.mark.parametrize("keyed", [True, False])
def test_an_exported_table_changes_nothing_when_it_comes_back(app, school, register, keyed):
    with app.test_request_context():
        institution = app.extensions["institutions"][school]
        found = institution.registers[register]
        people = db.session.scalars(select(Person).where(Person.institution == school))
        person = next(one for one in people if one.has(Role.office))
        target = FilingTarget(institution, institution.forms[found.form], person, None)
        lines = lines_of(target, file_of(found, institution), keyed)
        assert len(lines) > 1
        target.judge(lines)
        assert [(line.title, line.errors) for line in lines if line.state is not RowState.same] == []
