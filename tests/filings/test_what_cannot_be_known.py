"""What an account does not have is not asked of it: an app's address, the month of a journal."""

import pytest

from tests import pages
from tests.builders import ACCOUNT, NEW_MEDIUM

APP = ACCOUNT | {"平台名称": "掌上平院", "账号类型": "APP移动客户端", "账号或网址": ""}
JOURNAL = {
    label: words
    for label, words in ACCOUNT.items()
    if label
    in ("这个平台现在开通了吗？", "具体性质", "负责人姓名", "负责人身份", "负责人联系电话", "简要介绍")
} | {"平台名称": "平顶山学院学报", "平台属性": "传统纸媒", "具体性质": "期刊", "创建时间": "1984年"}


def filed(sign_in, answers) -> pages.Page:
    """The filing's page once unit and office have agreed."""
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    address = pages.hand_in(reporter, answers).address
    pages.decide(sign_in("zhoumin"), address, "同意")
    return pages.decide(sign_in("wutong"), address, "同意备案")


def test_an_app_without_an_address_is_filed_and_lacks_nothing(sign_in):
    page = filed(sign_in, APP)
    assert pages.state(page) == "已备案"
    register = sign_in("wutong").open("/pdsu/register?q=掌上平院")
    assert pages.titles(register) == ["掌上平院"]
    assert "待补充" not in register.find("table").text


def test_two_apps_without_an_address_are_two(sign_in):
    filed(sign_in, APP)
    assert pages.state(filed(sign_in, APP | {"平台名称": "平院图书"})) == "已备案"


def test_an_app_of_the_other_school_needs_no_id_either(sign_in):
    reporter = sign_in("jiangfan", "ahbc")
    pages.new_filing(reporter, school="ahbc")
    page = pages.hand_in(reporter, NEW_MEDIUM | {"新媒体类型": "自主开发移动客户端", "账号id": ""})
    assert pages.state(page) == "待责任承诺"


def test_any_other_account_still_names_itself(sign_in):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    page = pages.hand_in(reporter, ACCOUNT | {"账号或网址": ""})
    assert page.status == 422
    assert "请填写账号或网址。" in pages.sentences(page)


def test_a_journal_may_give_its_year_alone_and_prints_it(sign_in):
    page = filed(sign_in, JOURNAL)
    assert pages.state(page) == "已备案"
    assert "1984年" in page.find(".sheet").text


@pytest.mark.parametrize("typed", ["1984", "１９８４年", "1984年"])
def test_a_year_alone_is_kept_however_it_is_written(sign_in, typed):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    page = pages.keep(reporter, JOURNAL | {"创建时间": typed})
    assert pages.held(page, "创建时间") == "1984年"


@pytest.mark.parametrize("typed", ["2019年", "2019"])
def test_of_a_new_medium_the_month_is_asked(sign_in, typed):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    page = pages.hand_in(reporter, ACCOUNT | {"创建时间": typed})
    assert page.status == 422
    assert "创建时间请写清年、月，例如“2019-09”或“2019年9月”。" in pages.sentences(page)
