"""Typing on while the item before it is being checked: nothing typed is lost or doubled."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_change import open_channel

pytestmark = pytest.mark.browser


def test_a_box_that_was_tabbed_into_is_typed_over_though_its_item_was_drawn_anew(person):
    reporter = person("linxiao")
    open_channel(reporter, "平院信工")
    reporter.get_by_role("button", name="办理变更").click()
    reporter.fill("[name=team-admin1-identity]", "职员")
    reporter.press("[name=team-admin1-identity]", "Tab")
    # The answer draws the whole team anew while the next box holds a number, selected whole.
    expect(reporter.locator("#item-team .before")).to_contain_text("变更前 管理员1")
    reporter.keyboard.type("13800000099")
    expect(reporter.locator("[name=team-admin1-phone]")).to_have_value("13800000099")
