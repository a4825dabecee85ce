"""What is done with a found account: its unit answers, the office assigns, settles and undoes."""

import pytest
from sqlalchemy import select

from models.database import db
from models.events.history import Event, verify
from tests import builders, pages
from tests.finding import LATE, NEW, answer, count, label, noted, option_of


@pytest.fixture
def found(sign_in) -> str:
    """孙立 of 文学院 noted an account that could be 信息工程学院's; its address."""
    page = noted(sign_in("sunli"))
    assert page.status == 200, pages.sentences(page)
    return page.address


def test_the_unit_says_that_it_is_on_file_and_which(found, sign_in):
    reporter = sign_in("linxiao")
    page = answer(reporter, found, "filed")
    assert (page.status, "请选择是哪个在册账号" in pages.sentences(page)) == (422, True)
    page = reporter.submit("提交答复", answer="filed", account="PDSU_xg ")
    assert label(page) == "已备案"
    assert "平院信工" in page.find("aside").text
    told = sign_in("wutong").open("/pdsu/notices").text
    assert "信息工程学院对发现的“平院信工表白墙”答复：已备案。" in told


def test_another_units_account_is_no_answer(found, sign_in):
    page = answer(sign_in("linxiao"), found, "filed", account="qcpy_demo")
    assert "您的单位没有账号或名称为“qcpy_demo”的在册账号" in pages.sentences(page)


def test_a_late_filing_begins_with_what_was_noted_and_settles_the_note_by_itself(found, sign_in):
    reporter = sign_in("linxiao")
    page = answer(reporter, found, "to_file")
    # It is on a platform: it is asked for as one of the new media, not as a web page.
    assert page.find("input[name=nature][value=new_media]").has_attr("checked")
    assert page.address.endswith("/edit")
    held = {name: pages.held(page, name) for name in ("平台名称", "账号类型", "账号或网址")}
    assert held == {
        "平台名称": "平院信工表白墙",
        "账号类型": "抖音",
        "账号或网址": "https://www.douyin.com/user/biaobai",
    }
    filing = page.address.removesuffix("/edit")
    assert label(reporter.open(found)) == "补报：草稿"
    reporter.open(page.address)
    said = builders.ACCOUNT | {
        "平台名称": "平院信工表白墙",
        "账号类型": "抖音",
        "具体性质": "视频平台",
        "账号或网址": LATE["链接或账号"],
    }
    page = pages.hand_in(reporter, said)
    assert label(reporter.open(found)) == "补报：审核中", pages.sentences(page)
    pages.decide(sign_in("zhoumin"), filing, "同意")
    pages.decide(sign_in("wutong"), filing, "同意备案")
    assert label(reporter.open(found)) == "已补报"
    assert "平院信工表白墙" in reporter.open("/pdsu/found?state=over").text
    assert "平院信工表白墙" not in reporter.open("/pdsu/found?state=answered").find("#results").text


def test_a_draft_that_is_thrown_away_leaves_the_note_unanswered(found, sign_in, app):
    reporter = sign_in("linxiao")
    answer(reporter, found, "to_file")
    assert count(app) == {}
    reporter.submit("确认删除")
    page = reporter.open(found)
    assert label(page) == "待答复"
    assert "补报的草稿已删除" in page.text
    assert count(app) == {"信息工程学院": 1}
    assert reporter.submit("提交答复", answer="gone").status == 200


def test_not_ours_needs_a_reason_and_goes_back_to_the_office_who_asks_another(found, sign_in, app):
    reporter = sign_in("linxiao")
    page = answer(reporter, found, "not_ours")
    assert "请写明为什么不是本单位的" in pages.sentences(page)
    page = reporter.submit("提交答复", answer="not_ours", words="像是音乐学院的。")
    assert label(page) == "非本单位"
    assert count(app) == {}
    office = sign_in("wutong")
    assert "1 发现账号待指定单位" in office.open("/pdsu/").find(".stats").get_text(" ", strip=True)
    page = office.open(found)
    assert "像是音乐学院的。" in page.text
    page = office.submit("请该单位答复", unit=option_of(page, "unit", "音乐学院"))
    assert label(page) == "待答复"
    assert count(app) == {"音乐学院": 1}
    assert sign_in("dingyi").open(found).status == 200
    assert sign_in("linxiao").open(found).status == 404


def test_a_note_without_a_unit_waits_for_the_office(sign_in, app):
    page = noted(sign_in("sunli"), unit="")
    assert label(page) == "待指定单位"
    assert count(app) == {}
    assert "请指定答复的单位" in sign_in("wutong").open("/pdsu/").text


def test_the_office_settles_with_words_and_undoes_it(found, sign_in):
    office = sign_in("wutong")
    office.open(found)
    page = office.submit("办结")
    assert (page.status, "请写明怎样办结的" in pages.sentences(page)) == (422, True)
    page = office.submit("办结", words="平台已下架。")
    assert (label(page), "平台已下架。" in page.text) == ("已办结", True)
    assert "提交答复" not in sign_in("linxiao").open(found).text
    assert label(office.submit("确认撤销办结")) == "待答复"


def test_who_answers_second_is_told_and_keeps_what_they_typed(found, sign_in):
    first, second = sign_in("linxiao"), sign_in("linxiao")
    first.open(found)
    second.open(found)
    first.submit("提交答复", answer="gone")
    page = second.submit("提交答复", answer="not_ours", words="不是我们的。")
    assert page.status == 409
    assert "林晓 答复“已关闭”" in pages.sentences(page)
    office, other = sign_in("wutong"), sign_in("suyi")
    office.open(found)
    other.open(found)
    office.submit("办结", words="已关闭。")
    page = other.submit("请该单位答复", unit=option_of(other.page, "unit", "文学院"))
    assert (page.status, "吴桐 办结" in pages.sentences(page)) == (409, True)
    assert label(page) == "已办结"


def test_an_overtaken_answer_is_still_in_the_box(found, sign_in):
    reporter, office = sign_in("linxiao"), sign_in("wutong")
    reporter.open(found)
    page = office.open(found)
    office.submit("请该单位答复", unit=option_of(page, "unit", "信息工程学院"))
    page = reporter.submit("提交答复", answer="gone", words="上周注销的。")
    assert page.status == 409
    assert page.find("#words").get_text() == "上周注销的。"
    assert page.find("[name=answer][value=gone]").has_attr("checked")
    assert label(reporter.submit("提交答复")) == "已关闭"


def test_who_may_not_answer_or_oversee_is_refused(found, sign_in, app):
    head = sign_in("zhoumin")
    head.open(found)
    assert not head.page.soup.select("aside form")
    finder = sign_in("sunli")
    token = finder.open(NEW).find("[name=csrf_token]")["value"]
    sent = {"csrf_token": token, "revision": 1, "answer": "gone"}
    assert finder.client.post(f"{found}/answer", data=sent).status_code == 422
    assert finder.client.post(f"{found}/settle", data=sent | {"words": "好"}).status_code == 403
    assert count(app) == {"信息工程学院": 1}


def test_every_deed_is_written_down_and_the_chain_is_whole(found, sign_in, app):
    answer(sign_in("linxiao"), found, "gone")
    with app.app_context():
        said = [one.opinion for one in db.session.scalars(select(Event).where(Event.verb == "found"))]
        assert said == ["平院信工表白墙（信息工程学院）：登记", "平院信工表白墙（信息工程学院）：答复已关闭"]
        assert verify("pdsu") is None
