"""处理: recorded against a unit and a year in the school's own words, seen by the unit, lifted."""

import re

import pytest
from sqlalchemy import select, update

from app import HOUSE
from models.clock import campus_time, utcnow
from models.database import db
from models.events.history import Event, verify
from models.findings.sanction import Sanction
from models.rules.definitions.loader import DefinitionErrors, load_institutions
from tests import builders, pages

LIST, NEW = "/pdsu/sanctions", "/pdsu/sanctions/new"
LABEL = "取消下一年度认证备案资格"
THIS_YEAR = campus_time(utcnow()).year


def unit_of(page, name: str) -> str:
    options = page.find("select[name=unit]").select("option")
    return next(one["value"] for one in options if one.get_text(strip=True) == name)


def recorded(office, unit: str = "信息工程学院", **said):
    page = office.open(NEW)
    said = {"code": "disqualified", "reason": "视频号停更八个月未注销。"} | said
    return office.submit("登记处理", unit=unit_of(page, unit), **said)


@pytest.fixture
def office(sign_in):
    return sign_in("wutong")


def rows(page) -> list[str]:
    return [row.get_text(" ", strip=True) for row in page.soup.select("#results tbody tr")]


def test_a_sanction_is_recorded_in_the_schools_words_and_the_unit_sees_it(office, sign_in):
    page = recorded(office)
    assert page.address == LIST
    assert LABEL in rows(page)[0]
    assert f"{THIS_YEAR + 1}年" in rows(page)[0]
    reporter = sign_in("linxiao")
    home = reporter.open("/pdsu/")
    assert f"信息工程学院： {LABEL} （{THIS_YEAR + 1}年）。" in home.text
    assert f"信息工程学院被登记处理：{LABEL}" in home.text
    assert len(rows(reporter.open(LIST))) == 1
    assert "撤销" not in reporter.page.find("#results").text
    other = sign_in("sunli")
    assert LABEL not in other.open("/pdsu/").text
    assert "没有处理记录" in other.open(LIST).text


def test_the_other_school_has_its_own_words(sign_in):
    page = sign_in("taoran", "ahbc").open("/ahbc/sanctions/new")
    labels = [one.get_text(strip=True) for one in page.soup.select("label.option")]
    assert labels == ["严肃问责"]
    assert sign_in("taoran", "ahbc").open(NEW).status == 404


def test_a_found_account_and_a_channel_lead_to_the_form_with_their_unit(office, sign_in):
    finder = sign_in("sunli")
    page = finder.open("/pdsu/found/new")
    said = {"名称": "平院表白墙", "链接或账号": "biaobaiqiang"}
    sent = pages.answered(page, said, "#found-form")
    address = finder.submit("登记", **sent, unit=unit_of(page, "信息工程学院")).address
    assert "登记处理" not in finder.page.text
    office.open(address)
    page = office.follow("登记处理")
    assert page.find("select[name=unit] option[selected]").get_text(strip=True) == "信息工程学院"
    page = office.submit("登记处理", code="disqualified", reason="未备案。")
    assert "发现： 平院表白墙" in rows(page)[0]
    pages.find_channel(office, "平院信工")
    page = office.follow("登记处理")
    assert [one["value"] for one in page.soup.select("[name=code]")] == ["disqualified"]
    page = office.submit("登记处理", reason="逾期未注销。")
    assert "账号： 平院信工" in rows(page)[0]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"code": ""}, "请选择处理种类"),
        ({"code": "banned"}, "请选择处理种类"),
        ({"reason": " "}, "请写明处理原因"),
        ({"reason": "字" * 2001}, "原因最多"),
        ({"year": "1999"}, "请选择年度"),
        ({"year": "x"}, "请选择年度"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(said, sentence, office):
    page = recorded(office, **said)
    assert page.status == 422
    assert sentence in pages.sentences(page)
    assert page.find("select[name=unit] option[selected]").get_text(strip=True) == "信息工程学院"
    typed = said.get("reason", "视频号停更八个月未注销。")
    assert page.find("#reason").get_text().strip() == typed.strip()


def test_the_same_sanction_is_not_recorded_twice_until_it_is_lifted(office):
    recorded(office)
    page = recorded(office)
    assert (page.status, "不用再次登记" in pages.sentences(page)) == (422, True)
    office.open(LIST)
    office.submit("确认撤销", reason="记错了单位。")
    assert len(rows(recorded(office))) == 2


def test_lifting_asks_for_a_reason_and_only_one_lifts(office, sign_in):
    recorded(office)
    second = sign_in("suyi")
    second.open(LIST)
    office.open(LIST)
    page = office.submit("确认撤销")
    assert (page.status, "请写明撤销的原因" in pages.sentences(page)) == (422, True)
    page = office.submit("确认撤销", reason="已补报并整改。")
    assert "已撤销" in rows(page)[0]
    page = second.submit("确认撤销", reason="整改了。")
    assert (page.status, "吴桐已经撤销了这项处理" in pages.sentences(page)) == (409, True)
    home = sign_in("linxiao").open("/pdsu/")
    assert not [one for one in home.soup.select(".notice") if LABEL in one.text]
    assert f"信息工程学院的处理“{LABEL}”已撤销。" in home.text


def in_effect_now(app) -> None:
    """As if it had been recorded last year."""
    with app.app_context():
        db.session.execute(update(Sanction).values(year=THIS_YEAR - 1, effect_year=THIS_YEAR))
        db.session.commit()


def test_in_the_year_of_its_effect_whoever_files_or_reviews_anew_is_told(office, sign_in, app):
    recorded(office)
    reporter = sign_in("linxiao")
    assert LABEL not in pages.new_filing(reporter).text
    in_effect_now(app)
    page = pages.new_filing(reporter)
    caution = f"请留意：“信息工程学院”{THIS_YEAR - 1}年被登记处理：{LABEL}，{THIS_YEAR}年有效。"
    assert caution in page.find("#item-unit").text
    pages.hand_in(reporter, builders.ACCOUNT)
    page = reporter.submit("提交", despite="1")
    assert pages.state(page) == "待单位意见", pages.sentences(page)
    assert LABEL in sign_in("zhoumin").open(page.address).find("aside").text
    assert LABEL not in pages.new_filing(sign_in("sunli")).text


def test_a_unit_below_is_barred_with_the_one_above_and_a_change_is_not(office, sign_in, app):
    recorded(office, "校团委")
    in_effect_now(app)
    reporter = sign_in("xuyan")
    page = pages.new_filing(reporter)
    page = pages.keep(reporter, {"创建单位": "青年志愿者协会", "平台名称": "平院志愿者服务"})
    assert "“校团委”" in page.find("#item-unit").text
    pages.find_channel(reporter, "平院青年志愿者")
    assert LABEL not in reporter.submit("变更").find("#filing-form").text


def test_the_list_is_narrowed_by_unit_year_and_state(office):
    recorded(office)
    recorded(office, "文学院", code="circular", reason="群未报备。")
    unit = unit_of(office.open(LIST), "文学院")
    for query, shown in (
        (f"unit={unit}", 1),
        (f"year={THIS_YEAR}", 1),
        (f"year={THIS_YEAR + 1}", 1),
        ("state=in_force", 2),
        ("state=lifted", 0),
        ("q=群未报备", 1),
        ("q=wxy", 1),
    ):
        page = office.open(f"{LIST}?{query}")
        assert len(rows(page)) == shown, query
    assert "没有符合条件的记录" in office.open(f"{LIST}?state=lifted").text


def test_only_the_office_records_and_lifts(office, sign_in, app):
    recorded(office)
    reporter = sign_in("linxiao")
    assert reporter.open(NEW).status == 403
    token = reporter.open("/pdsu/filings/new").find("[name=csrf_token]")["value"]
    with app.app_context():
        one = db.session.scalars(select(Sanction)).one().id
    sent = {"csrf_token": token, "reason": "好"}
    assert reporter.client.post(f"{LIST}/{one}/lift", data=sent).status_code == 403
    stranger = sign_in("taoran", "ahbc")
    token = stranger.open("/ahbc/filings/new").find("[name=csrf_token]")["value"]
    sent = {"csrf_token": token, "reason": "好"}
    assert stranger.client.post(f"/ahbc/sanctions/{one}/lift", data=sent).status_code == 404


def test_every_sanction_is_an_event(office, app):
    recorded(office)
    office.open(LIST)
    office.submit("确认撤销", reason="记错了。")
    with app.app_context():
        asked = select(Event).where(Event.verb == "sanction").order_by(Event.id)
        said = [one.opinion for one in db.session.scalars(asked)]
        assert [re.sub(r"^.*。(?=.)", "", one[:-1]) for one in said] == [
            "视频号停更八个月未注销",
            "撤销：记错了",
        ]
        assert verify("pdsu") is None


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("banned: {label: 取缔关闭, for: [acount]}", "没有“acount”这个表，是不是“account”？请改正 for。"),
        ("banned: {label: 取缔关闭, for: [account], effect_year: soon}", "只能是：this、next"),
        ("banned: {for: [account]}", "缺少必填的键“label”"),
        ("banned: {label: 取缔关闭, for: []}", "“for”"),
        (
            "banned: {label: 取缔关闭, for: [account], bars_changing: [certifed]}",
            "这些表里没有“certifed”这个项目，是不是“certified”？请改正 bars_changing。",
        ),
    ],
)
def test_a_slip_in_the_schools_words_stops_the_start(line, sentence, tmp_path):
    built_in = (HOUSE / "blueprints/ahbc/institution.yaml").read_text("utf-8")
    folder = tmp_path / "ahbc"
    folder.mkdir()
    text = re.sub(r"\n  banned: .*\n", f"\n  {line}\n", built_in)
    (folder / "institution.yaml").write_text(text, "utf-8")
    with pytest.raises(DefinitionErrors) as caught:
        load_institutions(HOUSE / "blueprints", tmp_path)
    assert len(caught.value.errors) == 1
    assert sentence in caught.value.errors[0]
