"""Rows of a workbook as its reader hands them over, and the target that judges them."""

from datetime import date

from models.imports.filings import FilingTarget
from models.imports.target import Line
from models.reports.summary import rows
from tests.campus import SCHOOL, SUMMARY

FORM = SCHOOL.forms["account"]
# As a unit would type it; no row of the campus says the same.
TYPED = {
    "unit": "信息工程学院",
    "tier": "二级平台",
    "title": "信工快报",
    "account": "xgkb",
    "platform": "微信公众号",
    "followers#scaled": "0.035",
}


def target(campus, by="chen", unit="信息工程学院", form="account") -> FilingTarget:
    found = campus.unit(unit) if unit else None
    return FilingTarget(SCHOOL, SCHOOL.forms[form], campus.person(by), found)


def typed(number: int = 5, key: str = "", **words: str) -> Line:
    """A row without `_` paths: `followers_scaled="1.2"` is a cell of that column."""
    said = {path.replace("_scaled", "#scaled"): text for path, text in words.items()}
    return Line("Sheet1", number, {**TYPED, **said}, key=key)


def exported(campus, **changed: str) -> list[Line]:
    """The rows of our own workbook; `changed` are cells that somebody typed over in every row."""
    headings = {name: one.path for one in target(campus, by="li").headings() for name in one.names}
    lines = []
    for row in rows(SUMMARY, SCHOOL, None, date(2026, 11, 22)):
        words = {headings[label]: text for label, (text, _, _) in row.cells.items()}
        words.pop("-", None)
        lines.append(Line("Sheet1", row.serial + 3, {**words, **changed}, key=row.key))
    return lines


def judged(campus, *lines: Line, by="chen", **who) -> list[Line]:
    target(campus, by=by, **who).judge(lines)
    return list(lines)


def one(campus, by="chen", key: str = "", **words: str) -> Line:
    """One typed row, judged."""
    return judged(campus, typed(key=key, **words), by=by)[0]
