"""One whole campaign of each school, through its pages: sixty units, each in its own way.

Units go by their number: most report 无变更, some have nothing, some are returned, extended, late,
unsigned, or never begin. After every step the board is held against a plain recount.
"""

from collections import Counter

import pytest

from models.campaigns.report import Report
from models.channels.channel import Channel
from models.clock import campus_now
from models.database import db
from tests import pages
from tests.client import Page
from tests.sixty_units import School, founded

# What unit n does, by n % 10; what is on file, by n % 3: those without anything report nothing.
PATIENT, RETURNED, EXTENDED, LATE, UNSIGNED, SILENT = (0, 1, 2, 3), 5, 6, 7, 8, 9


def manner(n: int) -> int:
    return n % 10


@pytest.fixture(params=["pdsu", "ahbc"])
def school(request, empty_app) -> School:
    return founded(empty_app, request.param, lambda n: n % 3)


def open_campaign(school: School) -> str:
    """The office sets it and publishes it; the address of its board."""
    office = school.sign_in("office")
    office.open(f"/{school.code}/campaigns/new")
    year = campus_now().year
    page = office.submit(
        "保存，暂不发布",
        year=str(year),
        title=f"{year}年校内媒体备案工作",
        opens_at=f"{year}-01-01T08:00",
        closes_at=f"{year + 1}-02-25T17:00",
        notice="请各单位自查。",
    )
    assert page.status == 200, pages.sentences(page)
    office.submit("确认发布")
    with school.app.app_context():
        number = db.session.scalar(db.select(Report.campaign_id).limit(1))
    return f"/{school.code}/campaigns/{number}"


def report_page(school: School, board: str, n: int) -> str:
    return f"{board}/reports/{school.units[n]}"


def hand_in(school: School, board: str, n: int) -> Page:
    """The reporter says 无变更 of all there is, or that there is nothing, and hands it in."""
    reporter = school.sign_in(f"reporter{n}")
    page = reporter.open(report_page(school, board, n))
    offered = " ".join(one.get_text() for one in page.soup.select("button"))
    for answer in ("都无变更", "作零报告"):
        if answer in offered:
            reporter.submit(answer)
    return reporter.submit("提交签字")


def sign(school: School, board: str, n: int) -> Page:
    head = school.sign_in(f"head{n}")
    head.open(report_page(school, board, n))
    return head.submit("签字报送")


def test_a_campaign_from_its_notice_to_its_last_receipt(school):
    board = open_campaign(school)
    check_board(school, board)

    answering = [n for n in range(60) if manner(n) != SILENT]
    for n in answering:
        page = hand_in(school, board, n)
        assert page.status == 200, f"{n}: {pages.sentences(page)}"
    check_board(school, board)

    punctual = [n for n in answering if manner(n) not in (LATE, UNSIGNED, EXTENDED)]
    for n in punctual:
        sign(school, board, n)
    check_board(school, board)

    office = school.sign_in("office")
    for n in [n for n in punctual if manner(n) == RETURNED]:
        office.open(report_page(school, board, n))
        assert office.submit("整份退回", reason="请核对负责人").status == 200
    for n in [n for n in answering if manner(n) == EXTENDED]:
        office.open(report_page(school, board, n))
        page = office.submit(
            "给予延期", extension__until=f"{campus_now().year + 1}-03-01T17:00", extension__reason="搬迁"
        )
        assert "搬迁" in page.text, pages.sentences(page)
    check_board(school, board)

    for n in [n for n in punctual if manner(n) == RETURNED]:
        assert "请核对负责人" in hand_in(school, board, n).text
        sign(school, board, n)
    close_now(office, board)
    for n in [n for n in answering if manner(n) in (LATE, EXTENDED)]:
        page = sign(school, board, n)
        assert ("迟" in page.find(".page-head").text) == (manner(n) == LATE), pages.state(page)
    check_board(school, board)

    received = [n for n in answering if manner(n) in PATIENT]
    for n in received:
        office.open(f"{report_page(school, board, n)}/receipt")
        assert office.submit("接收").status == 200
    counts = check_board(school, board)
    assert counts["received"] == len(received)
    assert counts["not_started"] == len([n for n in range(60) if manner(n) == SILENT])
    assert counts["to_sign"] == len([n for n in answering if manner(n) == UNSIGNED])


def close_now(office, board: str) -> None:
    """The deadline is moved to a minute that has passed: from here on all is late."""
    office.open(f"{board}/edit")
    year = campus_now().year
    page = office.submit("保存", closes_at=f"{year}-01-02T17:00")
    assert page.status == 200, pages.sentences(page)


def check_board(school: School, board: str) -> Counter:
    """The board's bar, its cards and its lines against a recount, one row at a time."""
    page = school.sign_in("deputy").open(board)
    told = {one["data-standing"]: int(one.text) for one in page.soup.select("[data-standing]")}
    with school.app.app_context():
        reports = list(db.session.scalars(db.select(Report)))
        handed_over = ("reported", "received")
        counts = Counter("nil" if one.nil and one.state in handed_over else str(one.state) for one in reports)
        channels = [one for one in db.session.scalars(db.select(Channel)) if one.state == "in_force"]
        late = sum(one.late() for one in reports)
        own = Counter(one.unit_id for one in channels)
        names = {one.unit.name: own[one.unit_id] for one in reports}
        states = Counter(str(one.state) for one in reports)
    assert {code: count for code, count in told.items() if count} == dict(counts)
    cards = [one.strong.text for one in page.soup.select("#board .stat")]
    assert cards[1] == str(len(channels)), cards
    assert f"逾期 {late} 个" in page.text if late else "逾期 0" not in page.text
    shown = {
        row.select_one("td a").text: int(row.select_one("td.num").text)
        for row in page.soup.select("table.board tbody tr")
    }
    assert shown == names
    return states
