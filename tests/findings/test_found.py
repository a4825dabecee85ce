"""发现台账: anybody notes what is not on file; who sees it, and the list."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from models.database import db
from models.findings.found_account import FoundAccount, unanswered
from tests import builders, pages
from tests.finding import LATE, NEW, answer, label, noted, option_of


@pytest.fixture
def found(sign_in) -> str:
    """孙立 of 文学院 noted an account that could be 信息工程学院's; its address."""
    page = noted(sign_in("sunli"))
    assert page.status == 200, pages.sentences(page)
    return page.address


def test_the_presumed_unit_is_told_and_counts_it_at_home(found, sign_in):
    home = sign_in("linxiao").open("/pdsu/")
    assert "1 发现账号待答复" in home.find(".stats").get_text(" ", strip=True)
    assert "平院信工表白墙" in home.text
    assert label(sign_in("linxiao").open(found)) == "待答复"
    assert "发现账号待答复" not in sign_in("xuyan").open("/pdsu/").text


def test_a_note_is_seen_by_its_finder_its_unit_and_the_office_only(found, sign_in):
    for name in ("sunli", "zhoumin", "wutong"):
        page = sign_in(name).open(found)
        assert page.status == 200
        assert "名称含校名" in page.text
    assert sign_in("dingyi").open(found).status == 404
    assert "平院信工表白墙" not in sign_in("dingyi").open("/pdsu/found").text
    assert sign_in("taoran", "ahbc").open(found.replace("pdsu", "ahbc")).status == 404


def test_who_noted_it_is_shown_to_the_office_and_not_to_the_unit_that_is_asked(found, sign_in):
    noted(sign_in("xuyan"), LATE | {"发现情况": "群里有人转发"})
    for name, sees in [("wutong", True), ("sunli", True), ("linxiao", False), ("zhoumin", False)]:
        browser = sign_in(name)
        for address in (found, "/pdsu/found", "/pdsu/", "/pdsu/notices"):
            page = browser.open(address)
            assert "许岩" not in page.find("main").get_text() or name == "wutong"
            if address in (found, "/pdsu/found"):
                assert ("孙立" in page.find("main").get_text()) == sees, (name, address)
    assert "群里有人转发" in sign_in("linxiao").open(found).text


def test_a_name_without_the_schools_is_not_said_to_bear_it(sign_in):
    page = noted(sign_in("sunli"), LATE | {"名称": "大学生活"})
    assert "名称不含校名" in page.text


def test_while_typing_it_says_what_is_on_file_already_however_the_link_was_copied(sign_in):
    reporter = sign_in("xuyan")
    page = reporter.open(f"{NEW}?account=https://m.weibo.cn/pdsu-demo&platform=微博", htmx=True)
    assert "已备案这个账号" in page.text
    assert "平顶山学院官方微博" in page.text
    assert not page.soup.select("a")  # not hers to look at
    page = sign_in("wutong").open(f"{NEW}?account=@PDSU_XG", htmx=True)
    assert page.find("a").get_text() == "平院信工"
    page = sign_in("wutong").open(f"{NEW}?title=平院 信工", htmx=True)
    assert "已备案同名账号" in page.text


def test_what_is_on_file_is_noted_only_when_insisted_upon(sign_in):
    browser = sign_in("sunli")
    page = noted(browser, {"名称": "信工", "链接或账号": "pdsu_xg"}, words="冒用？")
    assert page.status == 422
    assert "已经在台账里" in pages.sentences(page)
    assert page.find("#words").get_text() == "冒用？"
    assert browser.submit("仍然登记").status == 200


def test_a_second_note_of_the_same_link_is_joined_to_the_first(found, sign_in):
    page = noted(
        sign_in("dingyi"),
        {"名称": "信工墙", "链接或账号": "http://douyin.com/user/biaobai/"},
        unit="音乐学院",
        words="昨天又发了招新广告。",
    )
    assert page.address == "/pdsu/found"
    assert "已并入那一条" in page.text
    page = sign_in("wutong").open(found)
    assert "昨天又发了招新广告。" in page.text
    assert "共登记 2 次" in page.text
    assert len(sign_in("wutong").open("/pdsu/found").soup.select("#results tbody tr")) == 1


def test_a_screenshot_is_kept_and_shown_to_those_who_see_the_note(sign_in):
    page = noted(sign_in("sunli"), screenshot=builders.file(builders.png(900, 1600), "屏幕.png"))
    picture = page.find("img")["src"]
    answered = sign_in("linxiao").client.get(picture)
    assert answered.mimetype == "image/jpeg"
    assert Image.open(BytesIO(answered.data)).size == (900, 1600)
    assert sign_in("dingyi").client.get(picture).status_code == 404


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"名称": "", "链接或账号": ""}, "请填写名称"),
        ({"名称": "长" * 201}, "名称最多"),
        ({"截图": builders.file(b"no picture", "a.png")}, "不是完整的 PNG 或 JPG 图片"),
    ],
)
def test_a_note_that_cannot_be_kept_is_drawn_again_with_what_was_typed(said, sentence, sign_in):
    page = noted(sign_in("sunli"), LATE | said, words="在食堂看到的二维码。")
    assert page.status == 422
    assert sentence in pages.sentences(page)
    assert page.find("#words").get_text() == "在食堂看到的二维码。"


def test_what_is_not_answered_within_three_working_days_is_late(found, sign_in, app):
    assert "逾期未答复" not in sign_in("linxiao").open("/pdsu/found").text
    with app.app_context():
        one = db.session.scalars(select(FoundAccount)).one()
        one.asked_at -= timedelta(days=12)
        db.session.commit()
        assert [row.id for row in db.session.scalars(unanswered("pdsu", [one.unit_id]))] == [one.id]
        assert db.session.scalars(unanswered("pdsu", [])).all() == []
    page = sign_in("linxiao").open("/pdsu/found?state=waiting")
    assert "逾期未答复" in page.text
    assert label(answer(sign_in("linxiao"), found, "gone")) == "已关闭"
    assert "逾期未答复" not in sign_in("linxiao").open("/pdsu/found").text


def test_the_list_is_narrowed_and_says_when_it_is_empty(found, sign_in):
    office = sign_in("wutong")
    assert "还没有发现未备案的账号" in sign_in("hejia").open("/pdsu/found").text
    unit = option_of(office.open("/pdsu/found"), "unit", "信息工程学院")
    other = option_of(office.page, "unit", "音乐学院")
    for query, shown in (
        (f"unit={unit}", 1),
        (f"unit={other}", 0),
        ("bears=1", 1),
        ("q=BIAOBAI", 1),
        ("q=100%25", 0),
        ("state=waiting", 1),
        ("state=nobody", 0),
        ("state=x", 0),
    ):
        page = office.open(f"/pdsu/found?{query}")
        assert len(page.soup.select("#results tbody tr")) == shown, query
    assert "没有符合条件的记录" in page.text
