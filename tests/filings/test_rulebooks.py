"""The school's own rules stand with every form, and in the paper that allows an opening."""

import pytest

from tests import pages
from tests.paper.sheet_reading import PLATFORM
from tests.paper.test_opening_letter import opening_of

BOOKS = "《平顶山学院新闻宣传工作管理办法》《平顶山学院新媒体建设与管理办法》《平顶山学院自媒体建设与管理工作实施办法》"


@pytest.mark.parametrize("form", ["account", "group"])
def test_every_form_names_the_rules_it_is_filled_in_under(sign_in, form):
    reporter = sign_in("linxiao")
    page = reporter.open("/pdsu/lists/group") if form == "group" else pages.new_filing(reporter)
    assert f"依据：{BOOKS}" in page.text


def test_a_school_that_names_none_shows_no_line(sign_in):
    assert "依据：" not in pages.new_filing(sign_in("jiangfan", "ahbc"), school="ahbc").text


def test_the_opening_paper_says_them():
    assert f"根据{BOOKS}，经审核，同意开设" in opening_of(PLATFORM).text
