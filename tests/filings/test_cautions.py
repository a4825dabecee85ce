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


def test_a_persons_row_is_not_scolded_for_boxes_not_reached_yet(sign_in):
    reporter = sign_in("linxiao")
    page = pages.new_filing(reporter)
    address = page.address.replace("/edit", "/check/team")
    typed = {"csrf_token": page.find("[name=csrf_token]")["value"], "team-leader-name": "周敏"}
    htmx = {"HX-Request": "true"}
    answer = reporter.client.post(address, data=typed, headers=htmx)
    assert answer.status_code == 200
    assert "请填写" not in answer.text
    wrong = typed | {"team-leader-phone": "一二三"}
    answer = reporter.client.post(address, data=wrong, headers=htmx)
    assert answer.status_code == 422


def test_a_list_to_sign_masks_the_phones_and_leads_to_each_filing(sign_in):
    head = sign_in("zhoumin")
    head.open("/pdsu/")
    page = head.follow("打开清单")
    assert "138****00" in page.text
    assert "13800000" not in page.text
    assert pages.state(head.follow("软工竞赛备赛群")) == "待单位负责人签字"
