"""A unit's report through its pages: answered, signed, received, and every refusal on the way."""

from tests.builders import GROUP
from tests.campaigning import report_state
from tests.pages import lines, sentences


def answers(page) -> dict[str, str]:
    """What the table says of each account: its name and its answer."""
    return {
        row.select_one("td[data-label=名称] a").get_text(strip=True): row.select_one("td[data-label=填报]")
        .get_text(" ", strip=True)
        .removeprefix("状态： ")
        for row in page.soup.select("#say tbody tr")
    }


def test_what_is_in_force_is_listed_and_each_row_is_answered(reporter):
    assert report_state(reporter.page) == "未开始"
    assert answers(reporter.page) == {"文学院青年之声": "未填报", "文学院教研室群": "未填报"}
    assert "还剩 3 天" in reporter.page.find("#due").text or "还剩 2 天" in reporter.page.find("#due").text
    button = reporter.page.find("#say tbody button[value^=unchanged]")
    page = reporter.submit("无变更", answer=None, one=button["value"])
    assert sorted(answers(page).values()) == ["无变更", "未填报"]
    assert report_state(page) == "填报中"


def test_the_ticked_rows_are_answered_at_once_and_an_empty_choice_is_said(reporter):
    boxes = [box["value"] for box in reporter.page.soup.select("[name=channel]")]
    page = reporter.submit("无变更", channel=boxes)
    assert set(answers(page).values()) == {"无变更"}
    assert "已填报 2 个“无变更”" in page.text
    page = reporter.submit("无变更")
    assert page.status == 422
    assert "请先勾选" in sentences(page)


def test_a_change_opens_the_filing_and_the_report_waits_for_it(reporter, address):
    button = reporter.page.find("#say tbody button[value^=change]")
    page = reporter.submit("变更", answer=None, one=button["value"])
    assert page.address.endswith("/edit")
    page = reporter.open(address())
    assert "变更备案 草稿" in answers(page).values()
    page = reporter.submit("提交签字")
    assert page.status == 422
    assert "还有 2 处没有办妥" in sentences(page)
    assert "变更备案还是“草稿”" in page.find("#problems").text


def test_htmx_gets_the_parts_that_changed(reporter):
    part = reporter.submit("其余 2 个都无变更", htmx=True)
    assert not part.soup.select("html, .masthead")
    assert set(answers(part).values()) == {"无变更"}
    assert part.find("#state[hx-swap-oob]").get_text(strip=True) == "状态：填报中"


def test_missing_accounts_and_groups_are_filed_from_here(reporter, address):
    page = reporter.submit("新建媒体平台备案")
    assert page.address.endswith("/edit")
    page = reporter.open(address())
    assert "（未命名）" in page.text
    page = reporter.follow("清单")
    assert page.address == "/pdsu/lists/group"
    assert "文学院" in page.text


def test_the_summary_tables_carry_the_unit_and_the_day(reporter, address):
    hrefs = [a["href"] for a in reporter.page.soup.select("main a[href*='/summaries/']")]
    assert len(hrefs) == 6
    text = reporter.open(hrefs[0]).text
    assert "文学院" in text
    pdfs = [one for one in hrefs if ".pdf" in one]
    assert reporter.open(pdfs[0]).response.data.startswith(b"%PDF")


def test_the_head_signs_and_the_office_receives(signed, address):
    steps = [one.get_text(" ", strip=True) for one in signed.page.soup.select(".steps .step")]
    assert "孙立 提交签字" in steps[1]
    assert "秦岭 签字" in steps[2]
    signed.follow("核对并接收")
    page = signed.submit("接收")
    assert report_state(page) == "已接收"
    assert "苏以 接收" in page.text
    assert "去填报" not in page.text


def test_the_reporter_takes_it_back_before_it_is_signed(handed_in):
    assert report_state(handed_in.page) == "待负责人签字"
    assert not handed_in.page.soup.select("[name=channel]")
    assert report_state(handed_in.submit("确认撤回")) == "填报中"


def test_who_signs_second_is_told_who_was_first_and_keeps_the_words(handed_in, sign_in, address):
    first, second = sign_in("qinling"), sign_in("qinling")
    first.open(address())
    second.open(address())
    first.submit("签字报送")
    page = second.submit("退回", reason="缺一个群")
    assert page.status == 409
    assert "秦岭 签字报送" in sentences(page)
    assert report_state(page) == "已报送"


def test_signing_while_the_office_returns_one_wins(signed, sign_in, address):
    other = sign_in("wutong")
    other.open(address() + "/receipt")
    page = signed.submit("整份退回", reason="缺一个群")
    assert report_state(page) == "已退回"
    page = other.submit("接收")
    assert page.status == 409
    assert "苏以 退回" in sentences(page)


def test_returning_needs_a_reason_and_the_unit_reads_it(signed, sign_in, address):
    assert signed.submit("整份退回", reason=" ").status == 422
    signed.submit("整份退回", reason="缺教研室的群")
    home = sign_in("sunli").open("/pdsu/")
    assert "退回的理由：缺教研室的群" in home.text
    assert "去填报" in home.text


def test_a_row_of_the_list_is_returned_with_its_reason(reporter, sign_in, address):
    reporter.follow("清单")
    new = [dict(GROUP, 群名称="甲群"), dict(GROUP, 群名称="乙群")]
    page = reporter.submit("提交", **lines(reporter.page, *new))
    assert page.status == 200, sentences(page)
    reporter.open(address())
    reporter.submit("其余 2 个都无变更")
    reporter.submit("提交签字")
    head = sign_in("qinling")
    head.open(address())
    head.submit("签字报送")
    office = sign_in("suyi")
    page = office.open(address() + "/receipt")
    rows = {
        row.a.get_text(): row.select_one("[name=return]")["value"] for row in page.soup.select("tbody tr")
    }
    page = office.submit("接收", **{"return": rows["乙群"]})
    assert (page.status, "请写明理由" in page.text) == (422, True)
    page = office.submit("接收", **{"return": rows["乙群"], f"reason-{rows['乙群']}": "群名不全"})
    assert report_state(page) == "已接收"
    assert state_of(office, rows["甲群"]) == "已备案"
    assert state_of(office, rows["乙群"]) == "已退回"


def state_of(browser, filing: str) -> str:
    return report_state(browser.open(f"/pdsu/filings/{filing}"))
