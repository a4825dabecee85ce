"""What is said beside an item while it is typed, before anything is refused."""

from tests import pages


def test_an_account_that_is_filed_already_is_named_while_it_is_typed(sign_in):
    reporter = sign_in("linxiao")
    page = pages.new_filing(reporter)
    address = page.address.replace("/edit", "/check/account")
    typed = {"nature": "new_media", "platform": "wechat", "account": " QCPY_demo "}
    token = page.find("[name=csrf_token]")["value"]
    answer = reporter.client.post(
        address, data=typed | {"csrf_token": token}, headers={"HX-Request": "true"}
    ).text
    assert "“校团委”已备案这个账号，名称为“青春平院”" in answer


def test_a_character_that_no_font_has_is_named_while_it_is_typed(sign_in):
    reporter = sign_in("linxiao")
    page = pages.new_filing(reporter)
    address = page.address.replace("/edit", "/check/name")
    token = page.find("[name=csrf_token]")["value"]
    answer = reporter.client.post(
        address, data={"name": "平院😀", "csrf_token": token}, headers={"HX-Request": "true"}
    ).text
    assert "“😀”打印不出来" in answer
