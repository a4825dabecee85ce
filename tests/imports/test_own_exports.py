"""Rows of our own workbooks come back: untouched, touched, overtaken, or with a key made up."""

import pytest

from models.filings import transitions
from models.imports.target import RowState
from tests.campus import Campus
from tests.imports.rows_of_a_list import exported, judged, one


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus


def test_an_untouched_export_changes_nothing(campus):
    campus.filed()
    campus.filed(title="第二个", account="second", followers=1, tier=None)
    lines = judged(campus, *exported(campus))
    assert [line.state for line in lines] == [RowState.same] * 2


def test_an_untouched_row_stays_untouched_whatever_the_register_says_now(campus):
    channel = campus.filed().channel
    old = exported(campus)
    campus.filed(kind="change", channel=channel, title="新名字")
    assert judged(campus, *old)[0].state is RowState.same


def test_a_touched_row_is_refused_when_the_register_moved_on(campus):
    channel = campus.filed().channel
    old = exported(campus, tier="一级平台")
    campus.filed(kind="change", channel=channel, title="新名字")
    line = judged(campus, *old)[0]
    assert line.errors == {"": "导出以后这一行在台账上已更新，请重新导出后再改。"}


def test_a_touched_row_is_refused_when_its_filing_was_completed_since(campus):
    filing = campus.filed(account=None)
    old = exported(campus, tier="一级平台")
    transitions.complete(filing, campus.school, {"account": "xgzs"}, campus.person("chen"), filing.revision)
    assert "请重新导出" in judged(campus, *old)[0].errors[""]


def test_an_emptied_cell_of_an_exported_row_empties_the_answer(campus):
    campus.filed()
    line = judged(campus, *exported(campus, **{"followers#scaled": ""}))[0]
    assert line.state is RowState.change
    assert "followers" not in line.payload["answers"]
    assert line.payload["answers"]["phone"] == "2657100"


def test_an_exported_row_may_change_account_and_unit(campus):
    campus.filed()
    line = judged(campus, *exported(campus, account="new_id", unit="机器人社"))[0]
    assert line.state is RowState.change
    assert line.payload["unit"] == campus.unit("机器人社").id


@pytest.mark.parametrize(
    ("path", "text", "label"), [("unit", "机器人社", "创建单位"), ("tier", "一级平台", "账号分级")]
)
def test_unit_and_tier_may_be_all_that_was_changed(campus, path, text, label):
    campus.filed()
    line = judged(campus, *exported(campus, **{path: text}))[0]
    assert line.state is RowState.change
    assert [one["label"] for one in line.payload["changes"]] == [label]


def test_a_unit_may_be_called_as_its_filing_called_it(campus):
    campus.filed()
    old = exported(campus)
    campus.unit("信息工程学院").rename("人工智能学院")
    assert judged(campus, *old, unit="人工智能学院")[0].state is RowState.same


def test_an_exported_row_cannot_take_an_account_that_another_holds(campus):
    campus.filed()
    campus.filed(by="zhou", head="sun", unit="医学院", account="med", title="医学")
    mine = [line for line in exported(campus) if line.words["account"] == "xgzs"]
    mine[0].words["account"] = "med"
    line = judged(campus, *mine)[0]
    assert line.state is RowState.double
    assert "“医学院”" in line.notes[0]


@pytest.mark.parametrize("key", ["1-1-0123456789ab", "999-1-0123456789ab", "nonsense", "1-1"])
def test_a_forged_or_foreign_key_is_as_good_as_none_at_all(campus, key):
    campus.filed(by="zhou", head="sun", unit="医学院")
    line = one(campus, key=key)
    assert line.state is RowState.wrong
    assert "在您单位的台账里找不到" in line.errors[""]


def test_closing_is_done_on_the_accounts_own_page(campus):
    campus.filed()
    line = judged(campus, *exported(campus, title="信工之声（已注销）"))[0]
    assert "到该账号页面办理注销" in line.errors["title"]
    assert "到该账号页面办理注销" in one(campus, title="信工之声(已注销)").errors["title"]


def test_a_closed_account_stays_as_it_is(campus):
    channel = campus.filed().channel
    campus.filed(kind="close", channel=channel)
    assert [line.words["title"] for line in exported(campus)] == ["信工之声（已注销）"]
    assert judged(campus, *exported(campus))[0].state is RowState.same
    assert one(campus, title="信工之声（已注销）", account="").state is RowState.same
    assert one(campus, title="没见过（已注销）", account="").state is RowState.same
