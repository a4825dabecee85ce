"""The office sets a campaign: from nothing, from last year's, and after units have seen it."""

from datetime import datetime

import pytest

from blueprints.institution.campaigns import setup_form
from models.campaigns.campaign import Campaign
from models.clock import CAMPUS_ZONE
from models.database import db
from models.events.history import Event
from tests.pages import answered, beside, held, sentences

FORM = "#campaign-form"
SAID = {"开始时间": "2026-11-01T08:00", "截止时间": "2026-12-31T17:00"}


def save(browser, **said):
    """Fill in by label and press 保存."""
    return browser.submit("保存", **answered(browser.page, {**said}, FORM))


@pytest.fixture
def office(sign_in):
    browser = sign_in("wutong")
    browser.open("/pdsu/campaigns/new")
    return browser


@pytest.fixture
def begun(office):
    assert save(office, **SAID).status == 200
    return office


@pytest.fixture
def published(begun):
    address = begun.page.address
    assert begun.submit("确认发布").status == 200
    begun.open(address)
    return begun


def dates(page) -> tuple[str, str]:
    return held(page, "开始时间", FORM), held(page, "截止时间", FORM)


def test_the_first_one_begins_with_the_notice_and_contact_of_the_yaml(office):
    page = office.page
    assert held(page, "年度", FORM) == "2026"
    assert held(page, "名称", FORM) == (
        "关于开展平顶山学院校内媒体平台及即时通讯群聊工具（2026年）备案工作的通知"
    )
    assert held(page, "联系人", FORM) == "李子瑾 2657625 pdsumedia@pdsu.edu.com"
    assert held(page, "纸质件交至", FORM) == "办公楼425室"
    assert "上一次的文号：平学院宣文〔2022〕01号" in page.text
    assert len(page.soup.select("[name=forms][checked]")) == len(page.soup.select("[name=forms]")) == 2
    assert held(page, "截止时间", FORM) == "2027-02-25T17:00"
    assert held(page, "通知内容", FORM).startswith("为进一步规范学校各类媒体平台")


@pytest.mark.parametrize(
    ("today", "due"), [("2026-02-01", "2026-02-25T17:00"), ("2026-02-26", "2027-02-25T17:00")]
)
def test_a_deadline_of_the_notice_that_has_passed_is_next_years(office, monkeypatch, today, due):
    now = datetime.fromisoformat(f"{today}T09:00").replace(tzinfo=CAMPUS_ZONE)
    monkeypatch.setattr(setup_form, "campus_now", lambda: now)
    assert held(office.open("/pdsu/campaigns/new"), "截止时间", FORM) == due


def test_saved_it_is_seen_by_the_office_alone_until_it_is_published(begun, sign_in):
    unit = sign_in("linxiao")
    assert "还没有备案工作" in unit.open("/pdsu/campaigns/").text
    address = begun.page.address
    assert unit.open(address).status == 403
    assert unit.open(address.replace("edit", "reports/9")).status == 404
    page = begun.submit("确认发布")
    assert "已发布" in page.text
    assert "信息工程学院" in unit.open("/pdsu/campaigns/").text
    assert "去填报" in unit.open("/pdsu/").text


def test_the_next_years_is_prefilled_from_it(published):
    page = published.open("/pdsu/campaigns/new")
    assert held(page, "年度", FORM) == "2027"
    assert "（2027年）" in held(page, "名称", FORM)
    assert dates(page) == ("2027-11-01T08:00", "2027-12-31T17:00")
    assert held(page, "文号", FORM) == ""


@pytest.mark.parametrize(
    ("label", "typed", "sentence"),
    [
        ("截止时间", "2026-11-01T08:00", "截止时间应晚于开始时间，请核对。"),
        ("截止时间", "", "请填写截止时间。"),
        ("截止时间", "下周五", "截止时间请写到几时几分，例如 2026-02-25 17:00。"),
        ("截止时间", "2026-02-30 17:00", "截止时间填的是2026-02-30 17:00，没有这个时间，请核对。"),
        ("截止时间", "9999-01-01 17:00", "截止时间的年份请填 2000 至 2099。"),
        ("名称", "  ", "请填写名称。"),
        ("名称", "长" * 201, "名称最多200个字，现在是201个字，请删减。"),
        ("年度", "今年", "年度请填 2000 至 2099 的四位数字。"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_item_and_kept(office, label, typed, sentence):
    page = save(office, **SAID | {label: typed})
    assert page.status == 422
    assert beside(page, label, FORM) == sentence
    assert held(page, label, FORM) == typed.strip()
    assert db_count(office) == 0


def test_no_form_in_scope_is_refused(office):
    page = office.submit("保存", **answered(office.page, SAID, FORM), forms=None)
    assert (page.status, page.error_at("forms")) == (422, "请至少勾选一种表。")


@pytest.mark.parametrize(
    "typed",
    [
        "2026-12-31 17:30",
        "2026年12月31日17时30分",
        "2026年12月31日 17:30",
        "2026/12/31 17：30",
        "２０２６年12月31日17点30分",
        "2026-12-31T17:30:00",
    ],
)
def test_a_deadline_is_read_as_people_write_it(office, typed):
    page = save(office, **SAID | {"截止时间": typed})
    assert page.status == 200, sentences(page)
    assert dates(page)[1] == "2026-12-31T17:30"


def test_a_second_one_of_the_same_year_and_name_is_refused(begun):
    begun.open("/pdsu/campaigns/new")
    with begun.client.application.app_context():
        title = db.session.scalars(db.select(Campaign.title)).one()
    page = save(begun, **SAID, 名称=title, 年度="2026")
    assert page.status == 422
    assert "已有同名的备案工作" in beside(page, "名称", FORM)


def test_after_publishing_the_deadline_and_words_may_change_and_it_is_an_event(published, sign_in):
    page = published.page
    assert not page.soup.select("[name=year], [name=forms], [name=opens_at]")
    page = save(published, 截止时间="2027-01-10T12:00", 联系人="李老师 2657625")
    assert "已保存" in page.text
    told = sign_in("linxiao").open("/pdsu/notices").text
    assert "截止时间改为1月10日 12:00" in told
    with published.client.application.app_context():
        event = db.session.scalars(db.select(Event).where(Event.verb == "amend")).one()
        assert [(one["label"], one["after"]) for one in event.changes] == [
            ("截止时间", "2027-01-10 12:00"),
            ("联系人", "李老师 2657625"),
        ]


def test_who_saves_second_is_told_and_keeps_what_was_typed(published, sign_in):
    other = sign_in("suyi")
    other.open(published.page.address)
    save(published, 联系人="甲")
    page = save(other, 联系人="乙")
    assert page.status == 409
    assert "刚被他人修改过" in page.text
    assert held(page, "联系人", FORM) == "乙"
    assert save(other, 联系人="乙").status == 200


def test_only_a_draft_can_be_deleted(begun, sign_in):
    address = begun.page.address
    other = sign_in("suyi")
    other.open(address)
    begun.submit("确认发布")
    page = other.submit("确认删除")
    assert page.status == 409
    assert not other.page.soup.find("button", string="确认删除")
    begun.open("/pdsu/campaigns/new")
    save(begun, **SAID, 年度="2030")
    assert "已删除" in begun.submit("确认删除").text


def test_ended_and_opened_again(published, sign_in):
    assert "已结束" in published.submit("确认结束").text
    assert "去填报" not in sign_in("linxiao").open("/pdsu/").text
    assert "已重新开放" in published.submit("确认开放").text
    assert "去填报" in sign_in("linxiao").open("/pdsu/").text


def test_only_the_office_sets_it(sign_in):
    assert sign_in("linxiao").open("/pdsu/campaigns/new").status == 403
    assert sign_in("guanyiming").open("/pdsu/campaigns/").status == 403


def db_count(browser) -> int:
    with browser.client.application.app_context():
        return db.session.scalar(db.select(db.func.count()).select_from(Campaign))
