"""Going through what waits: which one this is, the one before it and the one after it."""

import pytest

from tests import pages
from tests.builders import ACCOUNT

NAMES = ("快报甲", "快报乙", "快报丙")


@pytest.fixture
def made(sign_in) -> list[str]:
    """Three filings that wait for the same head, after what waited before."""
    reporter = sign_in("linxiao")
    return [
        pages.filed_by(reporter, ACCOUNT | {"平台名称": name, "账号或网址": f"pdsu_kuaibao_{number}"})
        for number, name in enumerate(NAMES)
    ]


def place(page) -> tuple[int, int]:
    """第 3 件，共 12 件."""
    words = page.find(".queue").get_text(" ", strip=True).split()
    return int(words[1]), int(words[3])


def around(page) -> tuple[str, str]:
    """Where 上一件 and 下一件 lead; '' where there is none."""
    found = {link["rel"][0]: link["href"] for link in page.soup.select(".queue a[rel]")}
    return found.get("prev", ""), found.get("next", "")


def test_the_queue_is_gone_through_in_its_order(sign_in, made):
    head = sign_in("zhoumin")
    titles = pages.titles(head.open("/pdsu/desk"))
    page = head.follow(titles[0])
    seen = [page.heading]
    assert around(page)[0] == ""
    while around(page)[1]:
        assert place(page) == (len(seen), len(titles))
        before = page.address
        page = head.follow("下一件")
        assert around(page)[0] == before
        seen.append(page.heading)
    assert seen == titles
    assert place(page) == (len(titles), len(titles))
    assert {*NAMES} <= {*seen}


@pytest.mark.parametrize("htmx", [True, False])
def test_after_a_decision_the_next_one_is_offered(sign_in, made, htmx):
    head = sign_in("zhoumin")
    total = place(head.open(made[1]))[1]
    page = head.submit("同意", htmx=htmx, opinion="")
    assert pages.state(page) == "待宣传部意见"
    page = head.follow("下一件")
    assert page.address == made[2]
    assert place(page)[1] == total - 1
    assert around(page)[0] == made[0]


def test_after_the_last_one_what_was_passed_over_is_offered(sign_in, made):
    head = sign_in("zhoumin")
    first = around(head.open(made[2]))[0]
    while around(head.open(first))[0]:
        first = around(head.page)[0]
    head.open(made[2])
    head.submit("同意", opinion="")
    assert head.follow("下一件").address == first


def test_nobody_else_is_shown_a_queue(sign_in, made):
    for other in ("linxiao", "wutong"):
        assert not sign_in(other).open(made[0]).soup.select(".queue")


def test_when_nothing_waits_any_longer_it_says_so(sign_in, made):
    head = sign_in("zhoumin")
    head.open("/pdsu/desk")
    numbers = [box["value"] for box in head.page.soup.select("[name=filing]")]
    last = made[0].rpartition("/")[2]
    head.submit("同意所选", filing=[number for number in numbers if number != last])
    head.open(made[0])
    assert place(head.page) == (1, 1)
    page = head.submit("同意", htmx=True, opinion="")
    assert "没有其他待您签署的" in page.find(".queue").text
