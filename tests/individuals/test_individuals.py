"""代个人填报: the office writes for a student or an outside person who has no unit."""

import pytest

from models.database import db
from models.people.person import Person
from models.people.unit import Unit
from tests import pages
from tests.builders import NEW_MEDIUM

ASKED = "form[action$='/filings/new/individual']"
SOMEBODY = {
    "申请人姓名": "李小雨",
    "身份": "学生",
    "联系电话": "13912345678",
    "学号或说明": "2026010203",
    "备案表": "新媒体备案及审批表",
}


def begin(office, said=SOMEBODY, school: str = "ahbc"):
    page = office.open(f"/{school}/filings/new/individual")
    return office.submit("开始填写", **pages.answered(page, said, ASKED))


def test_the_office_files_for_a_student_and_another_approves(sign_in):
    office, other = sign_in("shilei", "ahbc"), sign_in("taoran", "ahbc")
    office.open("/ahbc/filings/new")
    page = office.follow("代个人填报")
    assert pages.held(page, "所属单位", ASKED) == "个人申报"
    page = begin(office)
    assert page.address.endswith("/edit"), pages.sentences(page)
    page = pages.hand_in(office, NEW_MEDIUM)
    assert pages.state(page) == "待责任承诺", pages.sentences(page)
    assert "13912345678" in page.find("#applicant").text
    assert "代李小雨（学生）填报。" in page.find(".history").text
    page = pages.decide(office, page.address, "签署责任承诺")
    # A person has no unit whose head would have to agree.
    assert pages.state(page) == "待宣传统战部意见"
    assert not page.soup.select("textarea[name=opinion]")
    page = pages.decide(other, page.address, "同意备案")
    assert pages.state(page) == "已备案"
    assert "13912345678" not in other.open("/ahbc/filings/").text


def test_the_head_who_signs_sees_the_applicant_but_not_the_whole_phone(sign_in):
    office, head = sign_in("shilei", "ahbc"), sign_in("meiqing", "ahbc")
    begin(office, SOMEBODY | {"所属单位": "会计系"})
    address = pages.hand_in(office, NEW_MEDIUM).address
    card = head.open(address).find("#applicant").text
    assert "李小雨" in card
    assert "139****5678" in card
    assert "13912345678" not in head.page.text


def test_a_school_without_links_lets_its_office_write_for_people_too(sign_in):
    office = sign_in("wutong")
    assert "填报链接" not in office.open("/pdsu/filings/new").text
    # One form is filed sheet by sheet: there is nothing to choose.
    said = {label: answer for label, answer in SOMEBODY.items() if label != "备案表"}
    page = begin(office, said, "pdsu")
    assert page.address.endswith("/edit"), pages.sentences(page)
    assert pages.held(page, "创建单位") == "个人申报"
    assert office.open("/pdsu/invites/").status == 404


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"申请人姓名": ""}, "请填写申请人姓名"),
        ({"申请人姓名": "名" * 51}, "最多50个字"),
        ({"联系电话": ""}, "请填写联系电话"),
        ({"联系电话": "12"}, "联系电话请填写"),
        ({"身份": "king"}, "身份请从列表中选择"),
        ({"备案表": "no_such_form"}, "备案表请从列表中选择"),
        ({"所属单位": "99999"}, "所属单位请从列表中选择"),
    ],
)
def test_a_slip_is_named_beside_its_box_and_nothing_is_begun(sign_in, said, sentence):
    office = sign_in("shilei", "ahbc")
    page = begin(office, SOMEBODY | said)
    assert page.status == 422
    assert sentence in pages.sentences(page)
    assert "李小雨" not in office.open("/ahbc/filings/").text


def test_only_the_office_writes_for_people(sign_in):
    reporter = sign_in("jiangfan", "ahbc")
    assert "代个人填报" not in reporter.open("/ahbc/filings/new").text
    assert reporter.open("/ahbc/filings/new/individual").status == 403
    assert reporter.open("/ahbc/invites/").status == 403


def test_what_was_opened_for_somebody_is_not_taken_for_an_untouched_draft(sign_in):
    office = sign_in("shilei", "ahbc")
    theirs = begin(office).address
    assert pages.new_filing(office, school="ahbc").address != theirs


def test_the_only_person_of_the_office_is_told_that_nobody_else_can_approve(sign_in, app):
    with app.app_context():
        db.session.query(Person).filter_by(username="taoran").one().active = False
        db.session.commit()
    page = sign_in("shilei", "ahbc").open("/ahbc/filings/new/individual")
    assert "只有您一位审核员" in pages.sentences(page)


def test_a_unit_that_nobody_has_added_is_named_to_the_office(sign_in, app):
    with app.app_context():
        db.session.query(Unit).filter_by(institution="ahbc", name="个人申报").one().rename("散户")
        db.session.commit()
    page = sign_in("shilei", "ahbc").open("/ahbc/invites/new")
    assert "还没有名为“个人申报”的单位" in pages.sentences(page)
