"""Nobody reaches what is not theirs: other units, other schools, other roles."""

import re

import pytest

from tests import builders, pages
from tests.builders import ACCOUNT

VERBS = ["edit", "keep", "check/name", "approve", "return", "reject", "withdraw", "delete", "complete"]


def send(browser, address: str, **data):
    """A POST with a good token, as somebody would who knows the address."""
    token = browser.page.find("[name=csrf_token]")["value"]
    return browser.client.post(address, data={"csrf_token": token, **data})


@pytest.fixture
def address(sign_in) -> str:
    """A filing of 信息工程学院, with a picture, that waits for its head."""
    said = ACCOUNT | {"二维码": builders.file(builders.png(), "码.png")}
    return pages.filed_by(sign_in("linxiao"), said)


@pytest.mark.parametrize("place", ["", "/edit", "/sheet.pdf", "/sheet.pdf?copies=all"])
def test_a_foreign_units_filing_is_not_there(sign_in, address, place):
    assert sign_in("sunli").client.get(address + place).status_code == 404


@pytest.mark.parametrize("verb", VERBS)
def test_a_foreign_units_filing_cannot_be_touched(sign_in, address, verb):
    for username in ("sunli", "qinling"):
        answer = send(sign_in(username), f"{address}/{verb}", opinion="x", revision="1", name="夺")
        # A head files nothing, so some doors are closed to them before the filing is looked for.
        assert answer.status_code in ((404,) if username == "sunli" else (403, 404))
    assert pages.state(sign_in("linxiao").open(address)) == "待单位意见"


def test_a_foreign_units_picture_is_not_there(sign_in, address):
    owner, other = sign_in("linxiao"), sign_in("sunli")
    picture = re.search(r"/pdsu/attachments/\d+", owner.open(address).html).group()
    assert owner.client.get(picture).mimetype == "image/png"
    assert other.client.get(picture).status_code == 404


def test_a_foreign_units_filing_is_in_no_list(sign_in, address):
    other = sign_in("sunli")
    for place in ("", "filings/?q=快报", "register?q=平院信工", "summaries/accounts"):
        shown = [cell.text for cell in other.open(f"/pdsu/{place}").soup.select("td")]
        assert not [text for text in shown if "快报" in text or "pdsu_xg" in text], place


def test_a_foreign_units_channel_is_not_there(sign_in):
    owner, other = sign_in("linxiao"), sign_in("sunli")
    owner.open("/pdsu/register?q=pdsu_xg")
    channel = owner.follow("平院信工").address
    assert other.client.get(channel).status_code == 404
    assert send(other, f"{channel}/close").status_code == 404


def test_a_draft_is_seen_by_those_who_write_it_alone(sign_in):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    pages.keep(reporter, {"平台名称": "还没想好"})
    for username in ("zhoumin", "wutong"):
        page = sign_in(username).open("/pdsu/filings/?q=还没想好")
        assert pages.titles(page) == [], username


def test_a_filing_cannot_be_moved_into_a_foreign_unit(sign_in):
    office, reporter = sign_in("wutong"), sign_in("linxiao")
    foreign = pages.answered(pages.new_filing(office), {"创建单位": "文学院"})["unit"]
    form = pages.new_filing(reporter)
    assert "文学院" not in pages.box_of(form, "创建单位").text
    page = reporter.submit("存草稿", unit=foreign)
    assert page.status == 422
    assert "请从列表中选择单位" in page.error_at("unit")
    assert reporter.open(form.address.removesuffix("/edit")).status == 200
    assert sign_in("sunli").open(form.address).status == 404


@pytest.mark.parametrize(
    "place",
    [
        "",
        "filings/",
        "filings/1",
        "filings/new",
        "register",
        "desk",
        "summaries/accounts",
        "channels/1",
        "forms/account/blank.pdf",
    ],
)
def test_another_schools_pages_are_not_there(sign_in, place):
    assert sign_in("linxiao").open(f"/ahbc/{place}").status == 404
    assert sign_in("jiangfan", "ahbc").open(f"/pdsu/{place}").status == 404


def test_a_filing_is_not_found_under_another_schools_address(sign_in, address):
    stranger = sign_in("taoran", "ahbc")
    for place in ("", "/sheet.pdf", "/edit"):
        assert stranger.client.get(address.replace("pdsu", "ahbc") + place).status_code == 404
    assert send(stranger, f"{address.replace('pdsu', 'ahbc')}/approve").status_code == 404


@pytest.mark.parametrize("username", ["guanyiming", "shenzhi"])
@pytest.mark.parametrize(
    "place", ["filings/", "filings/new", "desk", "register", "lists/group", "summaries/accounts"]
)
def test_who_only_administers_or_audits_reads_no_filings(sign_in, username, place):
    page = sign_in(username).open(f"/pdsu/{place}")
    assert page.status == 403
    assert "您没有这项权限" in page.text


@pytest.mark.parametrize("verb", VERBS)
def test_who_administers_may_not_approve_or_write(sign_in, address, verb):
    assert send(sign_in("guanyiming"), f"{address}/{verb}", opinion="x").status_code == 403


@pytest.mark.parametrize("username", ["linxiao", "zhoumin", "wutong", "shenzhi"])
@pytest.mark.parametrize("place", ["people/", "units/"])
def test_who_does_not_administer_sees_no_people_and_no_units(sign_in, username, place):
    assert sign_in(username).open(f"/pdsu/{place}").status == 403


def test_a_reporter_signs_nothing(sign_in, address):
    reporter = sign_in("linxiao")
    page = reporter.open(address)
    assert not page.soup.select("textarea[name=opinion]")
    revision = page.find("[name=revision]")["value"]
    answer = send(reporter, f"{address}/approve", revision=revision)
    assert answer.status_code == 422
    assert "您不是这一步的签署人" in answer.text


def test_a_head_writes_no_filing(sign_in, address):
    head = sign_in("zhoumin")
    assert head.open("/pdsu/filings/new").status == 403
    assert send(head, f"{address}/edit", name="x").status_code == 403


def test_somebody_elses_list_row_cannot_be_taken_over(sign_in):
    office, reporter = sign_in("wutong"), sign_in("linxiao")
    page = office.open("/pdsu/filings/?form=group&q=文学院教研室群")
    foreign = page.find("#results td a")["href"].rpartition("/")[2]
    reporter.open("/pdsu/lists/group")
    typed = {"rows-0-filing": foreign, "rows-0-revision": "1", "rows-0-name": "夺"}
    page = reporter.submit("存草稿", **typed)
    assert page.status == 422
    assert "文学院教研室群" in office.open("/pdsu/filings/?form=group&q=文学院教研室群").text


@pytest.mark.parametrize("unit", ["999999", "²", "9" * 400, "-1", "\x00"])
def test_a_list_of_a_unit_that_is_not_theirs_is_not_there(sign_in, unit):
    assert sign_in("linxiao").open("/pdsu/lists/group").status == 200
    reporter = sign_in("linxiao")
    assert reporter.client.get("/pdsu/lists/group", query_string={"unit": unit}).status_code == 404
