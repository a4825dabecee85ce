"""Excel 导入 in Chromium: read in slices by itself, put right in place, confirmed."""

import pytest
from playwright.sync_api import expect

from models.imports import upload_rows
from tests.browser.conftest import is_still_the_same_page, mark
from tests.imports.pages.conftest import book, group

pytestmark = pytest.mark.browser

FILE = {"name": "群聊.xlsx", "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def test_a_list_is_read_mended_in_place_and_confirmed(person, monkeypatch):
    monkeypatch.setattr(upload_rows, "SLICE", 3)
    rows = [
        group("错群一", 群人数="很多"),
        group("错群二", 群人数="不少"),
        *(group(f"新群{n}") for n in range(8)),
    ]
    page = person("linxiao")
    page.goto("/pdsu/imports/form:group/new")
    page.set_input_files("#file", {**FILE, "buffer": book(*rows)})
    page.click("text=上传并检查")
    expect(page.locator(".tabs [aria-current]")).to_have_text("错误 2")
    mark(page)
    other = page.get_by_label("第 3 行 群人数")
    other.fill("还没填完")
    page.get_by_label("第 2 行 群人数").fill("35")
    page.get_by_label("第 2 行 群人数").press("Enter")
    expect(page.locator(".tabs")).to_contain_text("错误 1")
    first = page.locator(".import-row").first
    expect(first).to_contain_text("新增")
    expect(other).to_have_value("还没填完")
    first.get_by_text("改", exact=True).click()
    expect(page.get_by_label("第 2 行 群名称")).to_have_value("错群一")
    page.get_by_label("第 2 行 群名称").fill("改好的群")
    first.get_by_text("保存", exact=True).click()
    expect(first).to_contain_text("改好的群")
    assert is_still_the_same_page(page)
    page.click("text=确认导入 9 行")
    expect(page.locator("h1")).to_have_text("导入完成")
    expect(page.locator("main")).to_contain_text("生成 9 件初次备案草稿")
    page.go_back()
    expect(page.locator("h1")).to_have_text("导入完成")
