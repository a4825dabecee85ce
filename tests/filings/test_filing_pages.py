"""A reporter writes a filing, keeps it, hands it in, and follows it to the register."""

import pytest

from tests import builders, pages
from tests.builders import ACCOUNT, NEW_MEDIUM, NOT_OPEN_YET


def test_an_account_goes_from_a_draft_to_the_register_and_its_summary(sign_in):
    reporter, head, office = sign_in("linxiao"), sign_in("zhoumin"), sign_in("wutong")
    pages.new_filing(reporter)
    page = pages.keep(reporter, {"平台名称": "平院信工快报"})
    assert "草稿已保存" in pages.sentences(page)
    page = pages.hand_in(reporter, ACCOUNT)
    assert (page.heading, pages.state(page)) == ("平院信工快报", "待单位意见")

    page = pages.decide(head, page.address, "同意", "情况属实，同意备案。")
    assert pages.state(page) == "待宣传部意见"
    page = pages.decide(office, page.address, "同意备案", "准予备案。")
    assert pages.state(page) == "已备案"
    number = next(label for label in pages.steps(page) if "平宣备-" in label)

    assert pages.titles(reporter.open("/pdsu/register?q=快报")) == ["平院信工快报"]
    assert number.removeprefix("编号 ") in reporter.page.text
    assert "平院信工快报" in reporter.open("/pdsu/summaries/accounts").text
    assert reporter.client.get(f"{page.address}/sheet.pdf").data.startswith(b"%PDF")


def test_the_other_school_asks_for_a_commitment_before_the_units_opinion(sign_in):
    reporter = sign_in("jiangfan", "ahbc")
    head, office = sign_in("meiqing", "ahbc"), sign_in("taoran", "ahbc")
    pages.new_filing(reporter, school="ahbc")
    address = pages.hand_in(reporter, NEW_MEDIUM).address
    assert pages.state(reporter.page) == "待责任承诺"
    assert not head.open(address).soup.select("textarea[name=opinion]")
    page = pages.decide(reporter, address, "签署责任承诺")
    assert pages.state(page) == "待单位意见"
    assert not page.soup.select("textarea[name=opinion]")
    pages.decide(head, address, "同意")
    page = pages.decide(office, address, "同意备案")
    assert pages.state(page) == "已备案"
    assert set(pages.steps(page).values()) == {"done"}
    assert "安商贸新媒备-" in page.text
    assert "商贸快报" in office.open("/ahbc/summaries/accounts").text


def test_a_new_draft_belongs_to_the_reporters_own_unit(sign_in):
    page = pages.new_filing(sign_in("linxiao"))
    assert pages.held(page, "创建单位") == "信息工程学院"


def test_a_draft_nobody_wrote_in_is_used_again(sign_in):
    reporter = sign_in("linxiao")
    assert pages.new_filing(reporter).address == pages.new_filing(reporter).address


def test_a_draft_is_kept_by_itself_while_it_is_written(sign_in):
    reporter = sign_in("linxiao")
    page = pages.new_filing(reporter)
    typed = pages.answered(page, {"平台名称": "写了一半"})
    part = reporter.trigger("[data-keeper]", **typed)
    assert "草稿已于" in part.find("#saved").text
    assert "写了一半" in part.find("#preview").text
    assert pages.held(reporter.open(page.address), "平台名称") == "写了一半"


def test_a_kept_draft_can_be_kept_again_from_the_same_page(sign_in):
    reporter = sign_in("linxiao")
    form = pages.new_filing(reporter)
    part = reporter.trigger("[data-keeper]", **pages.answered(form, {"平台名称": "一"}))
    reporter.page = form
    again = {"revision": part.find("#revision")["value"]}
    part = reporter.trigger("[data-keeper]", **pages.answered(form, {"平台名称": "二"}), **again)
    assert part.status == 200
    assert pages.held(reporter.open(form.address), "平台名称") == "二"


@pytest.mark.parametrize(
    ("label", "typed", "sentence"),
    [
        ("创建时间", "去年", "请写清年、月"),
        ("账号或网址", "someone@163.com", "不填登录邮箱"),
        ("关注人数", "很多", "请填写整数"),
        ("负责老师电话", "12", "负责老师电话请填写"),
        ("平台名称", "", "请填写平台名称"),
    ],
)
def test_one_item_is_checked_on_leaving_it(sign_in, label, typed, sentence):
    reporter = sign_in("linxiao")
    form = pages.new_filing(reporter)
    item = pages.box_of(form, label).find_parent(class_="item")["id"]
    part = reporter.trigger(f"#{item}", **pages.answered(form, ACCOUNT | {label: typed}))
    assert part.status == 422
    assert sentence in part.find(f"#{item} .error").text
    assert [one.get("id") for one in part.soup.find_all(recursive=False)] == [item]
    assert pages.held(reporter.open(form.address), "平台名称") == "", "a check keeps nothing"


def test_the_item_that_was_checked_is_part_of_the_whole_page(sign_in):
    reporter = sign_in("linxiao")
    form = pages.new_filing(reporter)
    typed = pages.answered(form, ACCOUNT)
    part = reporter.trigger("#item-account", **typed)
    assert part.status == 200
    reporter.page = form
    whole = pages.keep(reporter, ACCOUNT)
    assert pages.piece(part, "#item-account") == pages.piece(whole, "#item-account")


def test_a_large_number_is_questioned_on_leaving_it(sign_in):
    reporter = sign_in("linxiao")
    form = pages.new_filing(reporter)
    typed = pages.answered(form, ACCOUNT | {"关注人数": "68000000"})
    assert "请核对是否多填了" in reporter.trigger("#item-followers", **typed).text


def test_what_an_earlier_choice_hides_is_not_asked_and_not_kept(sign_in):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    paper = ACCOUNT | {"平台属性": "传统纸媒", "具体性质": "报纸", "关注人数": "x", "负责老师电话": "1"}
    page = pages.hand_in(reporter, paper)
    assert pages.state(page) == "待单位意见"
    assert "pdsu_kuaibao" not in page.text
    assert "2-3次/周" not in page.text


def test_other_needs_its_words(sign_in):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    page = pages.hand_in(reporter, ACCOUNT | {"账号类型": "其他"})
    assert "请在后面写明" in page.error_at("platform")
    page = pages.hand_in(reporter, {"账号类型：其他的名称": "知乎"})
    assert "知乎" in page.text


def test_a_refused_hand_in_says_why_beside_the_items_and_keeps_the_draft(sign_in):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    page = pages.hand_in(reporter, ACCOUNT | {"平台名称": "留得住", "负责人联系电话": "12"})
    assert page.status == 422
    assert "7至8位" in pages.beside(page, "负责人联系电话")
    assert pages.held(page, "负责人联系电话") == "12"
    assert pages.held(reporter.open(page.address), "平台名称") == "留得住"


def test_an_account_not_open_yet_is_filed_first_and_completed_afterwards(sign_in):
    reporter, head, office = sign_in("linxiao"), sign_in("zhoumin"), sign_in("wutong")
    address = pages.filed_by(reporter, ACCOUNT | NOT_OPEN_YET)
    pages.decide(head, address, "同意")
    page = pages.decide(office, address, "同意备案")
    assert pages.state(page) == "待补充"
    assert not page.soup.select("form[action$=complete]"), "only the unit completes it"
    assert "快报" in office.open("/pdsu/register?incomplete=1").text

    page = reporter.open(address)
    later = {"账号或网址": "me@163.com", "创建时间": "2022年3月", "关注人数": "12"}
    page = reporter.submit("保存补充内容", **pages.answered(page, later, "form[action$=complete]"))
    assert page.status == 422
    assert "不填登录邮箱" in pages.sentences(page)
    later["账号或网址"] = "pdsu_new"
    page = reporter.submit("保存补充内容", **pages.answered(page, later, "form[action$=complete]"))
    assert pages.state(page) == "已备案"
    assert "快报" not in office.open("/pdsu/register?incomplete=1").text
    assert "pdsu_new" in office.open("/pdsu/register?q=快报").text


def test_whether_it_is_open_is_judged_by_what_was_just_said(sign_in):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    page = pages.hand_in(reporter, ACCOUNT | {"账号或网址": ""})
    assert page.status == 422
    assert "请填写账号或网址" in page.error_at("account")
    page = pages.hand_in(reporter, ACCOUNT | NOT_OPEN_YET)
    assert pages.state(page) == "待单位意见"


def test_an_account_is_filed_once_whatever_its_spelling(sign_in):
    reporter = sign_in("sunli")
    pages.new_filing(reporter)
    said = ACCOUNT | {"平台名称": "另一个", "账号或网址": "ＰＤＳＵ_xg"}
    page = pages.hand_in(reporter, said)
    assert page.status == 422
    assert "已由“信息工程学院”备案，名称为“平院信工”" in pages.sentences(page)
    assert pages.held(page, "平台名称") == "另一个"
    assert pages.held(reporter.open(page.address), "平台名称") == "另一个"


def test_a_draft_that_another_person_changed_is_not_overwritten_unseen(sign_in):
    first, second = sign_in("wutong"), sign_in("wutong")
    address = pages.new_filing(first).address
    second.open(address)
    pages.keep(first, {"平台名称": "先来的"})
    page = pages.keep(second, {"平台名称": "后到的"})
    assert page.status == 409
    assert "吴桐在" in page.find("#stale").text
    assert pages.held(page, "平台名称") == "后到的"
    page = pages.keep(second, {})
    assert pages.held(page, "平台名称") == "后到的"


def test_a_stale_page_is_told_so_while_it_keeps_itself(sign_in):
    first, second = sign_in("linxiao"), sign_in("linxiao")
    form = pages.new_filing(first)
    second.open(form.address)
    pages.keep(first, {"平台名称": "先来的"})
    part = second.trigger("[data-keeper]", **pages.answered(form, {"平台名称": "后到的"}))
    assert part.status == 409
    assert "林晓在" in part.find("#stale").text
    assert "没有保存" in part.find("#saved").text


def test_a_filing_is_withdrawn_and_handed_in_again(sign_in):
    reporter, head = sign_in("linxiao"), sign_in("zhoumin")
    address = pages.filed_by(reporter, ACCOUNT)
    page = reporter.submit("确认撤回", htmx=True)
    assert "已撤回" in page.find("#state").text
    assert not head.open(address).soup.select("textarea[name=opinion]")
    reporter.open(address)
    reporter.follow("继续填写")
    assert pages.state(pages.hand_in(reporter, {})) == "待单位意见"


def test_a_draft_is_deleted_after_asking(sign_in):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    page = pages.keep(reporter, {"平台名称": "不要了"})
    address = page.address.removesuffix("/edit")
    assert "不能恢复" in page.find("details.confirm").text
    page = reporter.submit("确认删除")
    assert "草稿已删除" in pages.sentences(page)
    assert reporter.open(address).status == 404


def test_a_filing_that_was_handed_in_once_is_not_deleted(sign_in):
    reporter = sign_in("linxiao")
    address = pages.filed_by(reporter, ACCOUNT)
    reporter.submit("确认撤回")
    assert "确认删除" not in reporter.open(f"{address}/edit").text


def test_a_qr_picture_is_taken_in_shown_and_taken_away(sign_in):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    page = pages.keep(reporter, {"平台属性": "新媒体", "二维码": builders.file(builders.png(), "码.png")})
    picture = page.find("#item-qr img")["src"]
    assert reporter.client.get(picture).data.startswith(b"\x89PNG")
    page = reporter.submit("存草稿", **{"qr-remove": "1"})
    assert not page.soup.select("#item-qr img")
