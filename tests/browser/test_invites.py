"""A student fills in the school's form by a link, on a telephone, without signing in."""

from playwright.sync_api import expect

from tests.browser.conftest import fill
from tests.builders import NEW_MEDIUM

ASKED = "form[action$='/invites/new']"


def test_a_student_files_by_a_link_on_a_telephone(person, chromium):
    office = person("shilei", "ahbc")
    office.goto("/ahbc/invites/new")
    fill(office, {"申请人姓名": "李小雨", "备案表": "新媒体备案及审批表"}, ASKED)
    office.click("text=生成链接")
    expect(office.locator(".link-code svg")).to_be_visible()
    telephone = chromium.new_context(viewport={"width": 390, "height": 844})
    page = telephone.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(office.input_value("#link"))
    fill(page, NEW_MEDIUM | {"身份": "学生", "联系电话": "13912345678"})
    page.check("[name=applicant-promise]")
    page.locator(".form-foot button[value=submit]").click()
    expect(page.locator("h1")).to_have_text("商贸快报")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
    telephone.close()
    office.goto("/ahbc/invites/")
    expect(office.locator("#results")).to_contain_text("已提交")
