"""What an account's page shows of drafts, and of papers from before it came to another unit."""

import pytest
from sqlalchemy import select

from models.channels.channel import Channel
from models.database import db
from tests import builders, pages


@pytest.fixture
def channel_page(app):
    """`channel_page("平院信工")`: the address of its page."""

    def found(title: str) -> str:
        with app.app_context():
            return f"/pdsu/channels/{db.session.scalar(select(Channel.id).filter_by(title=title))}"

    return found


def test_the_page_of_an_account_that_is_only_drafted_is_there_for_its_writers_alone(sign_in, channel_page):
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    pages.keep(reporter, {"平台名称": "还没想好"})
    address = channel_page("还没想好")
    assert reporter.open(address).heading == "还没想好"
    for username in ("zhoumin", "wutong"):
        for place in ("", "/compare"):
            assert sign_in(username).client.get(address + place).status_code == 404, username


@pytest.mark.parametrize("place", ["{}/liveness", "/pdsu/liveness/{}"])
def test_a_head_is_told_of_a_draft_without_being_led_into_it(sign_in, channel_page, place):
    reporter, head = sign_in("linxiao"), sign_in("zhoumin")
    pages.find_channel(reporter, "平院信工")
    reporter.submit("办理变更")
    channel = channel_page("平院信工")
    token = head.open("/pdsu/").find("[name=csrf_token]")["value"]
    address = place.format(channel if place.startswith("{") else channel.rpartition("/")[2])
    head.client.post(address, data={"csrf_token": token, "do": "confirm"})
    page = head.open(channel)
    assert page.status == 200
    assert "变更备案正在办理（草稿）" in pages.sentences(page)
    answer = head.client.post(address, data={"csrf_token": token, "do": "confirm"})
    assert answer.headers["Location"] == channel


def test_papers_from_before_an_account_came_to_another_unit_stay_with_the_unit_that_filed_them(sign_in):
    office = sign_in("wutong")
    channel = pages.find_channel(office, "平院信工").address
    before = [one["value"] for one in office.page.soup.select("[name=from] option")]
    office.submit("办理变更")
    page = pages.hand_in(office, {"创建单位": "文学院", "变更日期": "2026-11-20"})
    change = page.address
    assert pages.state(page) == "待单位意见", pages.sentences(page)
    pages.decide(sign_in("qinling"), change, "同意")
    pages.decide(sign_in("suyi"), change, "同意")

    heir = sign_in("sunli")
    page = heir.open(channel)
    shown = [link["href"] for link in page.soup.select(".history a[href*='/filings/']")]
    assert shown == [change]
    new = change.rpartition("/")[2]
    for first in before:
        assert heir.client.get(f"{channel}/compare?from={first}&to={new}").status_code == 404
    assert len(office.open(channel).soup.select(".history a[href*='/filings/']")) > 1


def test_a_picture_comes_along_when_an_account_comes_to_another_unit(sign_in):
    office = sign_in("wutong")
    said = builders.ACCOUNT | {"二维码": builders.file(builders.png(), "码.png")}
    address = pages.filed_by(sign_in("linxiao"), said)
    picture = office.open(address).find(".sheet img")["src"]
    pages.decide(sign_in("zhoumin"), address, "同意")
    pages.decide(office, address, "同意备案")
    heir, stranger = sign_in("sunli"), sign_in("dingyi")
    assert heir.client.get(picture).status_code == 404
    pages.find_channel(office, "平院信工快报")
    office.submit("办理变更")
    page = pages.hand_in(office, {"创建单位": "文学院", "变更日期": "2026-11-20"})
    assert heir.open(page.address).find(".sheet img")["src"] == picture
    assert heir.client.get(picture).mimetype == "image/png"
    assert stranger.client.get(picture).status_code == 404
