"""Sheets drawn together look as they do when each is drawn alone."""

from dataclasses import replace
from io import BytesIO

import pdfplumber
import pytest

from blueprints.institution.paper import pages_of, print_pages
from blueprints.institution.paper.batch_printing import bind, draw_batch
from tests.paper.sheet_reading import ACCOUNT, PLATFORM, filing, form_titled

LONG = "介绍我院的新闻与活动。"


def page(title: str, number: int, **answers):
    link = f"http://localhost/filings/{number}"
    (found,) = pages_of(*form_titled(title), filing(title, **answers), (), link)
    return replace(found, sheet=replace(found.sheet, code=f"备案件 {number}"))


def seen(pdf: bytes) -> list:
    """Every character of every page with its place, and where pictures stand."""
    with pdfplumber.open(BytesIO(pdf)) as opened:
        return [
            (
                [(char["text"], round(char["x0"], 1), round(char["top"], 1)) for char in one.chars],
                [(round(image["x0"], 1), round(image["top"], 1)) for image in one.images],
            )
            for one in opened.pages
        ]


@pytest.fixture(scope="module")
def sheets():
    """Short ones, one that must be tightened to keep its page, one over pages; of two schools."""
    return [
        page(PLATFORM, 1),
        page(PLATFORM, 2, introduction=LONG * 50),
        page(ACCOUNT, 3),
        page(PLATFORM, 4, introduction=LONG * 250),
        page(PLATFORM, 5, name="信工之声𬭎"),
    ]


def test_each_sheet_of_many_is_drawn_as_it_is_alone(sheets):
    together = seen(bind([("全部", draw_batch(sheets))], "备案表"))
    alone = [one for sheet in sheets for one in seen(print_pages([sheet]))]
    assert len(together) > len(sheets)
    assert together == alone


def test_every_page_of_a_long_sheet_has_the_foot_of_its_own_filing(sheets):
    for number, drawn in enumerate(draw_batch(sheets), start=1):
        for one in drawn:
            assert f"备案件{number}" in one.extract_text().replace(" ", "")
