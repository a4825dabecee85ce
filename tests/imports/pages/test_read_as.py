"""A new row says how its cells were understood, where that is not what they say."""

from tests.imports.pages.conftest import group, preview, row


def test_a_month_written_with_a_dot_is_shown_as_it_was_read(reporter):
    page = preview(reporter, group("读法测试群", 创建时间="2024.3", 群人数="８６"))
    read = [one.get_text() for one in row(page, 2).select(".import-read")]
    assert read == ["读作 86", "读作 2024年3月"]


def test_what_was_read_as_it_stands_is_not_said_twice(reporter):
    page = preview(reporter, group("读法测试群", 创建时间="2024年3月", 群人数="86"))
    assert row(page, 2).select(".import-read") == []
