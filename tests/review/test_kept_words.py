"""A decision that is refused keeps its words, and what it was to be given to."""

from models.database import db
from models.filings.filing import Filing
from tests import pages
from tests.builders import ACCOUNT, GROUP


def list_of(sign_in) -> tuple:
    """The head with one unit's list of groups open."""
    reporter, head = sign_in("dingyi"), sign_in("fengning")
    page = reporter.open("/pdsu/lists/group")
    reporter.submit("提交清单", **pages.lines(page, GROUP))
    head.open("/pdsu/desk")
    return head, head.follow("打开清单")


def test_a_list_that_is_refused_stands_there_again_with_words_and_ticks(sign_in):
    head, page = list_of(sign_in)
    assert page.soup.select("[name=filing][checked]")
    page = head.submit("同意所选", opinion="同" * 2001)
    assert page.status == 422
    assert page.find("#opinion").get_text().strip() == "同" * 2001
    assert "新生答疑群" in page.find("table.list").text
    assert len(page.soup.select("[name=filing][checked]")) == 1
    page = head.submit("同意所选", opinion="同意。")
    assert "处理结果" in page.text


def test_what_did_not_go_through_keeps_the_words(app, sign_in):
    reporter, head = sign_in("linxiao"), sign_in("zhoumin")
    pages.new_filing(reporter)
    address = pages.hand_in(reporter, ACCOUNT).address
    number = int(address.rpartition("/")[2])
    head.open("/pdsu/desk")
    with app.app_context():
        db.session.get(Filing, number).revision += 1
        db.session.commit()
    page = head.submit("同意所选", filing=str(number), opinion="情况属实，补充一句。")
    assert "处理结果" in page.text
    assert page.find("#opinion").get_text().strip() == "情况属实，补充一句。"
    assert [box["value"] for box in page.soup.select("[name=filing][checked]")] == [str(number)]
