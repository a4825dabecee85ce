"""What a row of a list would do: a new filing, a change, nothing, or a sentence why not."""

import pytest
from sqlalchemy import event, func, select

from models.database import db
from models.filings.filing import Filing
from models.imports.target import RowState
from tests.campus import SCHOOL, Campus
from tests.imports.rows_of_a_list import FORM, judged, one, target, typed


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus


def test_an_unknown_account_is_a_new_filing(campus):
    line = one(campus)
    assert (line.state, line.title, line.errors) == (RowState.add, "信工快报", {})
    assert line.payload["answers"]["followers"] == 350
    assert line.payload["answers"]["platform"] == "wechat"
    assert line.payload["opened"] is True
    assert line.identity == "account 微信公众号 xgkb"


def test_without_an_account_it_is_not_open_yet_and_its_name_tells_it_apart(campus):
    line = one(campus, account="")
    assert line.payload["opened"] is False
    assert line.identity == f"title {campus.unit('信息工程学院').id} 微信公众号 信工快报"


def test_every_error_of_a_row_is_told_at_its_cell(campus):
    line = one(campus, unit="信工学院", tier="四级", account="a@b.cn", followers_scaled="许多")
    assert line.state is RowState.wrong
    assert set(line.errors) == {"unit", "tier", "account", "followers#scaled"}
    assert "是不是“信息工程学院”？" in line.errors["unit"]


def test_what_excel_has_spoilt_is_told_and_not_read(campus):
    line = typed(account="1.23E+17")
    line.damage["account"] = "号码超过15位。"
    assert judged(campus, line)[0].errors == {"account": "号码超过15位。"}


def test_a_row_needs_the_name_of_its_account(campus):
    assert one(campus, title="").errors == {"title": "请填写平台名称。"}
    line = typed()
    del line.words["title"]
    assert judged(campus, line)[0].errors == {"": "请填写平台名称。"}


def test_required_items_without_a_column_are_a_note_and_no_error(campus):
    line = one(campus)
    assert line.notes == []
    del line.words["account"]
    line = judged(campus, typed(account="", followers_scaled="1", title="还没开"))[0]
    assert line.state is RowState.add
    opened = FORM.model_copy(
        update={
            "sections": [
                FORM.sections[0].model_copy(
                    update={
                        "items": [
                            item.model_copy(update={"required": True}) for item in FORM.sections[0].items
                        ]
                    }
                )
            ]
        }
    )
    strict = target(campus)
    strict.form = opened
    strict.judge([line := typed()])
    assert line.notes == ["尚缺 2 项：负责人、联系电话（提交前补齐）。"]


def test_a_row_without_a_unit_is_the_uploads(campus):
    line = one(campus, unit="")
    assert line.payload["unit"] == campus.unit("信息工程学院").id
    nobodys = judged(campus, typed(unit=""), by="li", unit=None)[0]
    assert nobodys.errors == {"unit": "请写明单位，或在导入时选定单位。"}


def test_a_unit_must_be_one_the_person_files_for(campus):
    assert one(campus, unit="机器人社").state is RowState.add
    assert "您能填报的单位中没有“医学院”" in one(campus, unit="医学院").errors["unit"]
    assert one(campus, unit=" 医 学院", by="li").state is RowState.add


def test_two_units_of_one_name_cannot_be_told_apart(campus):
    campus.unit("机器人社").rename("医学院")
    db.session.flush()
    assert "有 2 个" in one(campus, unit="医学院", by="li").errors["unit"]


def test_an_account_in_force_is_changed_where_the_row_says_otherwise(campus):
    channel = campus.filed().channel
    line = one(campus, title="信工新声", account="@XGZS", tier="")
    assert line.state is RowState.change
    assert line.payload["channel"] == channel.id
    assert [one["label"] for one in line.payload["changes"]] == ["平台名称"]
    # An empty cell says nothing, and neither does an item without a column.
    assert line.payload["answers"]["tier"] == "second"
    assert line.payload["answers"]["leader"] == "张三"


def test_an_account_in_force_is_left_alone_where_the_row_says_the_same(campus):
    campus.filed()
    assert one(campus, title="信工之声", account="xgzs").state is RowState.same
    assert one(campus, title="信工之声", account="").state is RowState.same
    assert one(campus, title="信工 之声！", account="", tier="").state is RowState.change


def test_an_account_of_another_unit_is_a_double_and_says_whose(campus):
    campus.filed()
    line = one(campus, by="zhou", unit="医学院", account="xgzs", title="医学之声")
    assert line.state is RowState.double
    assert "“信息工程学院”" in line.notes[0]
    assert "（在册）" in line.notes[0]


def test_a_row_without_a_unit_is_about_the_unit_that_holds_the_account(campus):
    campus.filed()
    row = typed(unit="", account="xgzs", title="新名字")
    line = judged(campus, row, by="li", unit="某某大学")[0]
    assert line.state is RowState.change
    assert line.payload["unit"] == campus.unit("信息工程学院").id


def test_an_open_draft_with_the_same_words_is_the_same_and_with_others_a_double(campus):
    campus.draft(title="信工快报", account="xgkb", leader="李四")
    same = one(campus)
    assert same.state is RowState.same
    assert "草稿" in same.notes[0]
    other = one(campus, followers_scaled="2")
    assert other.state is RowState.double
    assert "请到那一件里修改" in other.notes[0]


def test_while_a_change_is_under_way_no_other_is_begun(campus):
    channel = campus.filed().channel
    campus.draft(kind="change", channel=channel, title="新名字")
    assert one(campus, account="xgzs", title="信工之声").state is RowState.same
    assert one(campus, account="xgzs", title="新名字").state is RowState.same
    line = one(campus, account="xgzs", title="别的名字")
    assert line.state is RowState.double
    assert "一件变更备案正在办理" in line.notes[0]


def test_a_closed_account_without_its_mark_is_filed_anew(campus):
    channel = campus.filed().channel
    campus.filed(kind="close", channel=channel)
    line = one(campus, account="xgzs", title="信工之声")
    assert line.state is RowState.add
    assert (line.payload["channel"], line.payload["kind"]) == (channel.id, "first")
    assert "重新备案" in line.notes[0]


def test_a_count_that_is_a_slip_of_the_unit_is_asked_about(campus):
    sections = [
        FORM.sections[0].model_copy(
            update={
                "items": [
                    item.model_copy(update={"warn_above": 5_000_000}) if item.name == "followers" else item
                    for item in FORM.sections[0].items
                ]
            }
        )
    ]
    wary = target(campus)
    wary.form = FORM.model_copy(update={"sections": sections})
    wary.judge([line := typed(followers_scaled="12345")])
    assert line.state is RowState.add
    assert "读作 123450000人" in line.notes[0]


def test_what_a_table_says_of_all_its_rows_is_filled_in(app):
    with app.app_context():
        school = app.extensions["institutions"]["pdsu"]
        from models.imports.filings import FilingTarget
        from models.people.person import Person
        from models.people.unit import Unit

        person = db.session.scalars(select(Person).where(Person.username == "linxiao")).one()
        unit = db.session.get(Unit, min(person.units("reporter")))
        made = FilingTarget(school, school.forms["account"], person, unit)
        line = typed(account="pdsu_kb1", platform="微信")
        line.words["name"] = line.words.pop("title")
        line.words["unit"] = ""
        made.judge([line])
        assert line.payload["answers"]["nature"] == "new_media"
        line.words["nature"] = "传统纸媒"
        made.judge([line])
        assert "platform" not in line.payload["answers"]
        assert any("不用填，没有读入" in note for note in line.notes)


def test_judging_asks_the_database_as_often_for_many_rows_as_for_few(campus):
    campus.filed()
    judged(campus, typed())
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    judged(campus, *(typed(n, title=f"第{n}个", account=f"acc_{n}") for n in range(2)))
    few, _ = len(asked), asked.clear()
    judged(campus, *(typed(n, title=f"第{n}个", account=f"acc_{n}") for n in range(60)))
    assert len(asked) == few


def test_judging_writes_nothing(campus):
    campus.filed()
    before = db.session.scalar(select(func.count(Filing.id)))
    judged(campus, typed(), typed(account="xgzs"))
    assert not db.session.new
    assert not db.session.dirty
    assert db.session.scalar(select(func.count(Filing.id))) == before
    assert SCHOOL.forms["account"] is FORM
