"""What else there is on the register, said beside an account and its name while they are typed."""

import pytest
from bs4 import BeautifulSoup, Tag

from tests import pages
from tests.builders import ACCOUNT, NEW_MEDIUM

WECHAT = {"nature": "new_media", "platform": "wechat"}


def check(browser, item: str, **typed) -> Tag:
    """The item as it comes back on leaving it; the browser is on a form."""
    page = browser.page
    answer = browser.client.post(
        page.address.replace("/edit", f"/check/{item}"),
        data=typed | {"csrf_token": page.find("[name=csrf_token]")["value"]},
        headers={"HX-Request": "true"},
    )
    return BeautifulSoup(answer.text, "html.parser")


def cautions(part: Tag) -> list[str]:
    return [one.get_text(strip=True).removeprefix("请留意：") for one in part.select(".warning")]


def links(part: Tag) -> dict[str, str]:
    return {one.get_text(): one["href"] for one in part.select(".warning a")}


@pytest.fixture
def reporter(sign_in):
    """林晓 of 信息工程学院, writing a new filing."""
    browser = sign_in("linxiao")
    pages.new_filing(browser)
    return browser


@pytest.fixture
def office(sign_in):
    """吴桐 of the office, who sees every unit, writing a new filing."""
    browser = sign_in("wutong")
    pages.new_filing(browser)
    return browser


def test_who_has_the_account_already_is_named_and_linked_for_those_who_may_look(reporter, office):
    typed = WECHAT | {"account": "QCPY_demo"}
    said = "“校团委”已备案这个账号，名称为“青春平院”（在册），请核对。"
    theirs, ours = check(reporter, "account", **typed), check(office, "account", **typed)
    assert cautions(theirs) == cautions(ours) == [said]
    assert links(theirs) == {}
    assert office.open(links(ours)["青春平院"]).heading.startswith("青春平院")


def test_an_account_in_review_elsewhere_is_being_filed(office):
    typed = WECHAT | {"account": "pdsu_xingong"}
    assert "“信息工程学院”正在备案这个账号" in cautions(check(office, "account", **typed))[0]


def test_two_drafts_with_one_account_know_of_each_other(sign_in, reporter):
    other = sign_in("sunli")
    pages.new_filing(other)
    typed = WECHAT | {"account": "two_at_once"}
    assert cautions(check(other, "account", **typed)) == []
    pages.keep(reporter, ACCOUNT | {"账号或网址": "Two_At_Once"})
    pages.new_filing(other)
    assert cautions(check(reporter, "account", **typed)) == []
    said = cautions(check(other, "account", **typed))
    assert said[0].startswith("另一件正在填写的备案也填了这个账号。")
    assert cautions(check(other, "account", **typed | {"account": "two_at_onc"})) == []


def test_a_wrong_account_is_told_on_leaving_it_and_a_draft_keeps_it(reporter):
    part = check(reporter, "account", **WECHAT, account="https://weibo.com/u/1")
    assert "微信填写平台微信号，例如 pdsu_xw；您填写的像是网址。" in part.select_one(".error").text
    pages.keep(reporter, ACCOUNT | {"账号或网址": "平院信工快报"})
    assert "您填写的像是名称" in reporter.page.error_at("account")
    page = reporter.open(reporter.page.address)
    assert pages.held(page, "账号或网址") == "平院信工快报"
    page = pages.hand_in(reporter, {"账号或网址": "平院信工快报"})
    assert page.status == 422
    assert not pages.hand_in(reporter, {"账号或网址": "pdsu_kb2"}).address.endswith("/edit")


@pytest.mark.parametrize(
    ("title", "how"),
    [
        ("青春·平院", "名称与“校团委”的“青春平院”（微信）相同"),
        ("青春 官方公众号", "名称与“校团委”的“青春平院”（微信）相近"),
        ("平院青年志愿团", "名称与“青年志愿者协会”的“平院青年志愿者”（微信）相近"),
    ],
)
def test_a_name_like_anothers_says_whose_that_is(office, title, how):
    part = check(office, "name", **WECHAT, name=title)
    assert cautions(part)[0].startswith(how)
    assert len(links(part)) == 1


@pytest.mark.parametrize("title", ["平院信工快报", "平院青春志愿团队"])
def test_a_name_of_its_own_is_not_questioned(reporter, title):
    assert cautions(check(reporter, "name", **WECHAT, name=title)) == []


def test_a_draft_of_another_unit_is_nobodys_business(sign_in, reporter):
    pages.keep(reporter, ACCOUNT | {"平台名称": "平院秘密计划"})
    other = sign_in("sunli")
    pages.new_filing(other)
    assert cautions(check(other, "name", **WECHAT, name="平院秘密计划")) == []


def test_a_second_account_of_a_unit_on_one_platform_is_pointed_out(reporter):
    part = check(reporter, "platform", **WECHAT)
    assert cautions(part) == ["本单位在微信平台已有在册账号“平院信工”，原则上一个单位同一平台只开设一个。"]
    assert reporter.open(links(part)["平院信工"]).heading.startswith("平院信工")


def test_a_unit_may_have_one_on_each_platform_under_one_name(reporter):
    typed = WECHAT | {"platform": "douyin", "name": "平院信工"}
    assert cautions(check(reporter, "platform", **typed)) == []
    assert cautions(check(reporter, "name", **typed)) == []


def test_an_official_account_that_nobody_can_place_is_questioned(reporter):
    said = cautions(check(reporter, "name", **WECHAT, name="青年之声"))
    assert said == ["名称里没有校名（平顶山学院、平院、PDSU），也看不出是“信息工程学院”开设的，请核对。"]
    assert cautions(check(reporter, "name", **WECHAT, name="信工之声")) == []


def test_the_schools_name_on_a_persons_account_is_pointed_out(office):
    units = {one.get_text(strip=True): one["value"] for one in office.page.soup.select("option")}
    own = next(value for name, value in units.items() if name.endswith("个人申报"))
    said = cautions(check(office, "name", **WECHAT, unit=own, name="小明在平院"))
    assert said == ["名称含有校名“平院”，而开设者属于“个人”。以校名命名的账号须经审核，请确认可以这样命名。"]
    assert cautions(check(office, "name", **WECHAT, unit=own, name="小明的日常")) == []


def test_reviewers_read_the_same_beside_the_sheet(sign_in, reporter):
    address = pages.filed_by(reporter, ACCOUNT)
    head = sign_in("zhoumin")
    card = head.open(address).find("section.card:has(h2:-soup-contains('请留意'))")
    assert "本单位在微信平台已有在册账号“平院信工”" in card.get_text()
    assert head.follow("平院信工").address.startswith("/pdsu/channels/")
    pages.decide(head, address, "同意")
    office = sign_in("wutong")
    assert "请留意" in office.open(address).text
    assert "请留意" not in pages.decide(office, address, "同意备案").text


def test_nothing_is_looked_at_in_the_name_of_what_is_closed(sign_in):
    reporter = sign_in("linxiao")
    reporter.open(reporter.open("/pdsu/register?q=平院信工").find("#results td[data-label=名称] a")["href"])
    page = reporter.submit("注销")
    assert page.status == 200
    assert "请留意" not in page.text


def test_groups_may_be_many_on_one_platform(sign_in):
    reporter = sign_in("jiangfan", "ahbc")
    pages.new_filing(reporter, "group", "ahbc")
    assert cautions(check(reporter, "platform", platform="qq")) == []
    pages.new_filing(reporter, "account", "ahbc")
    assert "已有在册账号“安商贸会计系”" in cautions(check(reporter, "platform", platform="wechat"))[0]


def test_the_other_school_goes_by_its_own_rules(sign_in):
    reporter = sign_in("jiangfan", "ahbc")
    pages.new_filing(reporter, school="ahbc")
    page = pages.hand_in(reporter, NEW_MEDIUM | {"账号id": "13800000001"})
    assert "微信填写微信号，例如 ahsm_xw；您填写的像是手机号。" in page.error_at("account")
