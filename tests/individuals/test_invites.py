"""One-time links: somebody without an account files one form, once, and reaches nothing else."""

import logging
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update

from models.clock import utcnow
from models.database import db
from models.events import history
from models.filings.invite import Invite
from models.people.person import Person
from tests import builders, pages
from tests.builders import NEW_MEDIUM
from tests.client import Browser

WANTED = {"申请人姓名": "李小雨", "备案表": "新媒体备案及审批表"}
ABOUT = {"身份": "学生", "联系电话": "13912345678", "学号或说明": "2026010203"}
ASKED = "form[action$='/invites/new']"
DEAD = "这个链接已经失效"


@pytest.fixture
def office(sign_in) -> Browser:
    return sign_in("shilei", "ahbc")


@pytest.fixture
def link(office) -> str:
    return send(office)


@pytest.fixture
def applicant(app) -> Browser:
    return Browser(app.test_client())


def send(office, school: str = "ahbc", **said) -> str:
    """A link as the office hands it out; where there is one form only, there is none to choose."""
    page = office.open(f"/{school}/invites/new")
    wanted = {label: answer for label, answer in (WANTED | said).items() if answer is not None}
    page = office.submit("生成链接", **pages.answered(page, wanted, ASKED))
    assert page.soup.select_one(".link-code svg")
    return urlsplit(page.find("#link").get_text()).path


def fill(applicant, link: str, button: str = "提交", promise: bool = True, **more):
    page = applicant.open(link)
    said = pages.answered(page, {**NEW_MEDIUM, **ABOUT, **more})
    return applicant.submit(button, **said, **({"applicant__promise": "yes"} if promise else {}))


def filings(office) -> list[str]:
    return pages.titles(office.open("/ahbc/filings/?q=商贸快报"))


def changed(app, **columns) -> None:
    with app.app_context():
        db.session.execute(update(Invite).values(**columns))
        db.session.commit()


def test_an_applicant_files_by_a_link_and_another_of_the_office_approves(office, applicant, link, sign_in):
    page = applicant.open(link)
    assert page.find("meta[name=robots]")["content"] == "noindex, nofollow"
    assert "专人负责审核维护" in page.find("#item-applicant-promise").text
    page = fill(applicant, link)
    assert page.heading == "商贸快报"
    assert "待宣传统战部意见" in page.text
    assert "已提交" in pages.sentences(page)
    paper = applicant.client.get(f"{link}/sheet.pdf")
    assert paper.data.startswith(b"%PDF-")

    assert "已由申请人通过填报链接提交" in office.open("/ahbc/").text
    page = pages.find(office, "商贸快报", "ahbc")
    assert "13912345678" in page.find("#applicant").text
    assert "李小雨（学生）通过填报链接提交。本人已作出“责任承诺”。" in page.find(".history").text
    assert not page.soup.select("textarea[name=opinion]")  # whoever sent it may not approve it
    page = pages.decide(sign_in("taoran", "ahbc"), page.address, "同意备案")
    assert pages.state(page) == "已备案"
    page = applicant.open(link)
    assert "已备案" in page.text
    assert "安商贸新媒备-" in page.text


def test_a_draft_is_kept_with_its_slips_named_and_found_again(office, applicant, link):
    applicant.open(link)
    said = pages.answered(applicant.page, {"帐号用户名（新媒体名称）": "写了一半"})
    page = applicant.submit("存草稿", **said)
    assert "草稿已保存" in pages.sentences(page)
    assert pages.held(page, "帐号用户名（新媒体名称）") == "写了一半"
    assert "写了一半" in page.find("#preview").text
    assert "已开始填写" in office.open("/ahbc/invites/").text


def test_a_slip_is_named_and_what_was_typed_stays(applicant, link):
    page = fill(applicant, link, promise=False, 联系电话="12", 第一责任人手机="12")
    assert page.status == 422
    assert "联系电话请填写" in page.error_at("applicant-phone")
    assert "再勾选“我承诺”" in page.error_at("applicant-promise")
    assert "第一责任人手机请填写" in pages.sentences(page)
    assert pages.held(applicant.open(link), "帐号用户名（新媒体名称）") == "商贸快报"


def test_a_double_press_files_once(office, applicant, link, app):
    page = applicant.open(link)
    said = pages.answered(page, NEW_MEDIUM | ABOUT) | {"applicant__promise": "yes"}
    assert "已提交" in pages.sentences(applicant.submit("提交", **said))
    applicant.page = page
    again = applicant.submit("提交", **said)
    assert (again.status, again.heading) == (200, "商贸快报")
    assert filings(office) == ["商贸快报"]


def test_two_windows_do_not_overwrite_each_other_unasked(applicant, link):
    first = applicant.open(link)
    fill(applicant, link, "存草稿")
    applicant.page = first
    page = applicant.submit("存草稿", **pages.answered(first, {"帐号用户名（新媒体名称）": "另一个窗口"}))
    assert page.status == 409
    assert "刚刚在别处保存过" in pages.sentences(page)
    page = applicant.submit("存草稿")
    assert pages.held(page, "帐号用户名（新媒体名称）") == "另一个窗口"


def test_a_returned_filing_is_corrected_by_the_same_link(office, applicant, link, sign_in):
    other = sign_in("taoran", "ahbc")
    fill(applicant, link)
    address = pages.find(office, "商贸快报", "ahbc").address
    pages.decide(other, address, "退回修改", "请写全称。")
    page = applicant.open(link)
    assert "请写全称。" in pages.sentences(page)
    assert "退回修改" in office.open("/ahbc/invites/?state=returned").find("#results").text
    page = fill(applicant, link, **{"帐号用户名（新媒体名称）": "商贸快报（学生）"})
    assert page.heading == "商贸快报（学生）"
    assert pages.state(pages.decide(other, address, "同意备案")) == "已备案"


def test_a_dead_link_never_says_why(office, applicant, link, app):
    unknown = applicant.open("/ahbc/apply/" + "x" * 43)
    assert (unknown.status, unknown.heading) == (404, DEAD)
    assert "5971011" in unknown.text
    other_school = applicant.open(link.replace("ahbc", "pdsu"))
    assert other_school.status == 404
    changed(app, expires_at=utcnow() - timedelta(seconds=1))
    expired = applicant.open(link)
    changed(app, expires_at=utcnow() + timedelta(days=1), revoked_at=utcnow())
    revoked = applicant.open(link)
    changed(app, revoked_at=None)
    with app.app_context():
        db.session.execute(update(Person).where(Person.username == "shilei").values(active=False))
        db.session.commit()
    unvouched = applicant.open(link)
    assert {one.find("main").text for one in (expired, revoked, unvouched)} == {unknown.find("main").text}
    assert {one.status for one in (expired, revoked, unvouched)} == {404}
    for address in (f"{link}/sheet.pdf", f"{link}/attachments/1"):
        assert applicant.client.get(address).status_code == 404
    assert applicant.client.post(link).status_code in (400, 404)


def test_a_link_is_taken_back_and_sent_anew(office, applicant, link):
    fill(applicant, link, "存草稿")
    office.open("/ahbc/invites/")
    office.follow("李小雨")
    page = office.submit("确认撤销")
    assert "已撤销" in page.text
    assert applicant.open(link).heading == DEAD
    page = office.submit("重新发放", days="3")
    fresh = urlsplit(page.find("#link").get_text()).path
    assert applicant.open(link).heading == DEAD
    assert pages.held(applicant.open(fresh), "帐号用户名（新媒体名称）") == "商贸快报"
    assert not office.open(page.address.removesuffix("/renew")).soup.select("#link")
    fill(applicant, fresh)
    office.open(page.address.removesuffix("/renew"))
    assert "重新发放" not in office.page.text


def test_a_link_reaches_its_own_pictures_and_no_others(office, applicant, app, sign_in):
    reporter = sign_in("jiangfan", "ahbc")
    pages.find_channel(reporter, "安商贸会计系", "ahbc")
    reporter.submit("注销")
    page = pages.keep(reporter, {"注销证明": builders.file(builders.png(), "证明.png")})
    foreign = page.find("#item-closing_proof img")["src"].rpartition("/")[2]
    link = send(office)
    fill(applicant, link, "存草稿")
    assert applicant.client.get(f"{link}/attachments/{foreign}").status_code == 404
    assert applicant.client.get(f"{link}/attachments/{2**80}").status_code == 404
    assert "sign-in" in applicant.client.get(f"/ahbc/attachments/{foreign}").location


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"申请人姓名": ""}, "请填写申请人姓名"),
        ({"有效天数": "0"}, "有效天数请填写 1 至 90"),
        ({"有效天数": "91"}, "有效天数请填写 1 至 90"),
        ({"有效天数": "一周"}, "有效天数请填写 1 至 90"),
        ({"备案表": ""}, "请选择备案表"),
    ],
)
def test_a_slip_in_sending_is_named_and_nothing_is_sent(office, said, sentence):
    page = office.open("/ahbc/invites/new")
    page = office.submit("生成链接", **pages.answered(page, WANTED | said, ASKED))
    assert page.status == 422
    assert sentence in pages.sentences(page)
    assert "还没有发放过链接" in office.open("/ahbc/invites/").text


def test_links_are_listed_by_name_and_standing_page_by_page(office):
    for number in range(21):
        send(office, 申请人姓名=f"同学{number}")
    assert "共 21 个" in office.open("/ahbc/invites/").text
    assert "同学0" in office.follow("下一页").find("#results").text
    assert "共 1 个" in office.open("/ahbc/invites/?q=同学20").text
    assert "没有符合条件的链接" in office.open("/ahbc/invites/?state=used").text
    assert "共 21 个" in office.open("/ahbc/invites/?state=waiting", htmx=True).text


def test_the_token_is_in_no_log_no_event_and_no_row(office, link, app, applicant, caplog, monkeypatch):
    token = link.rpartition("/")[2]
    with app.app_context():
        events = db.session.scalars(select(history.Event).where(history.Event.verb == "invite")).all()
        assert [event.opinion.partition("（")[0] for event in events] == ["发给李**"]
        assert token not in str([vars(event) for event in events])
        assert token not in str(db.session.execute(select(Invite.__table__)).all())
    monkeypatch.setattr("blueprints.institution.individuals.apply.draw_sheet", None)
    with caplog.at_level(logging.DEBUG):
        assert applicant.client.get(link).status_code == 500
    assert "Exception on /ahbc/apply/…" in caplog.text
    assert token not in caplog.text


def test_an_applicants_own_picture_is_shown_by_the_link_alone(app, applicant, sign_in):
    schools = app.extensions["institutions"]
    allowed = schools["pdsu"].individuals.model_copy(update={"links": True})
    schools["pdsu"] = schools["pdsu"].model_copy(update={"individuals": allowed})
    link = send(sign_in("wutong"), "pdsu", 备案表=None)
    applicant.open(link)
    picture = {"平台属性": "新媒体", "二维码": builders.file(builders.png(), "码.png")}
    page = applicant.submit("存草稿", **pages.answered(applicant.page, picture))
    address = page.find("#item-qr img")["src"]
    assert address.startswith(f"{link}/attachments/")
    assert applicant.client.get(address).mimetype == "image/png"
    assert {one["src"] for one in page.soup.select("img")} == {address}
    page = applicant.submit("存草稿", **{"qr-remove": "1"})
    assert not page.soup.select("#item-qr img")


def test_the_help_speaks_to_the_person_and_not_of_a_units_head(office, applicant, link):
    page = applicant.open(link)
    assert "第一责任人是您本人" in page.text
    assert "单位负责人：系、部，处、室" not in page.find("#filing-form").text
    page = pages.new_filing(office, school="ahbc")
    assert "第一责任人是单位负责人：系、部，处、室主要领导。" in page.text
