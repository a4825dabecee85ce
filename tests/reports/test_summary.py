"""Which rows a summary table has: its filter in the database and in Python say the same."""

import json
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql

from blueprints.web.schools import institutions
from models.channels.channel import Channel
from models.database import db
from models.filings.filing import Filing
from models.people.unit import tree
from models.reports import summary
from models.rules.fields import Condition

TODAY = date(2026, 11, 22)
# Every shape in which an answer to a choice is kept, and some in which none should be.
SHAPES = ["a", "b", "", None, {"other": "别的"}, {}, ["a", "b"], ["b", {"other": "a"}], [], 5, True,
          ["a", None], "null", '"a"', "引号\"与\\", {"a": 1}]  # fmt: skip
CODES = [["a"], ["other"], ["b", "other"], ["5"], ["null"], ['"a"'], ['引号"与\\']]


@pytest.fixture
def school(app):
    with app.app_context():
        yield institutions()["pdsu"]


def everything(school, **narrowed) -> list[summary.SummaryRow]:
    """The rows of 附件2 of the whole school."""
    return list(summary.rows(school.registers["accounts"], school, None, TODAY, **narrowed))


def test_a_condition_holds_in_the_table_as_it_holds_of_the_answers(school):
    rows = everything(school)
    register = school.registers["accounts"]
    given = {}
    for shape, row in zip(SHAPES * len(rows), rows, strict=False):
        filing = db.session.get(Filing, row.filing_id)
        db.session.execute(text("UPDATE filing SET answers = :answers WHERE id = :id"), {
            "id": filing.id, "answers": json.dumps(filing.answers | {"frequency": shape}),
        })  # fmt: skip
        given[row.channel_id] = {"frequency": shape}
    for codes in CODES:
        condition = Condition.model_validate({"field": "frequency", "in": codes}, strict=False)
        found = {row.channel_id for row in everything(school, condition=condition)}
        assert found == {one for one, said in given.items() if condition.holds(said)}, codes
        counted = summary.count(register, school, None, TODAY, condition)
        assert counted.total == len(found)


@pytest.mark.parametrize(("field", "codes"), [
    ("filing_kind", ["first"]), ("filing_kind", ["change", "review"]), ("owner_kind", ["college"]),
])  # fmt: skip
def test_a_condition_on_the_filing_itself_asks_the_filing(school, field, codes):
    condition = Condition.model_validate({"field": field, "in": codes}, strict=False)
    column = {"filing_kind": "kind", "owner_kind": "owner_kind"}[field]
    wanted = {
        row.filing_id
        for row in everything(school)
        if str(getattr(db.session.get(Filing, row.filing_id), column)) in codes
    }
    assert {row.filing_id for row in everything(school, condition=condition)} == wanted


def test_units_stand_in_the_trees_order_and_in_each_the_titles(school):
    places = {node.id: place for place, (node, _) in enumerate(tree("pdsu").ordered())}
    channels = [db.session.get(Channel, row.channel_id) for row in everything(school)]
    keys = [(places[one.unit_id], one.title, one.id) for one in channels]
    assert len(keys) > 3
    assert keys == sorted(keys)


def test_read_in_slices_it_is_the_same_table_and_tells_how_far_it_is(school, monkeypatch):
    whole, told = everything(school), []
    monkeypatch.setattr(summary, "SLICE", 2)

    def hear(number: int) -> None:
        told.append(number)
        db.session.rollback()

    assert everything(school, on_read=hear) == whole
    assert told == [*range(2, len(whole), 2), len(whole)]
    assert [row.serial for row in whole] == list(range(1, len(whole) + 1))


def test_pages_and_counts_are_those_of_the_whole_table(school):
    whole, register = everything(school), school.registers["accounts"]
    pages = [summary.page(register, school, None, TODAY, number, 3) for number in (1, 2)]
    assert [row for page in pages for row in page.items] == whole[:6]
    assert pages[0].total == len(whole) == summary.count(register, school, None, TODAY).total
    last = summary.page(register, school, None, TODAY, 999, 3)
    assert (last.number, last.items[-1]) == (last.pages, whole[-1])


def test_chosen_channels_keep_their_order_also_when_they_come_from_a_select(school):
    whole = everything(school)
    chosen = [row.channel_id for row in whole[:4:2]]
    for channels in (chosen[::-1], select(Channel.id).where(Channel.id.in_(chosen)).correlate(None)):
        found = everything(school, channel_ids=channels)
        assert [row.channel_id for row in found] == chosen
        assert [row.serial for row in found] == [1, 2]


def test_a_closed_channel_of_an_earlier_year_is_there_only_when_it_is_chosen(school):
    row = everything(school)[0]
    db.session.execute(text(
        "UPDATE channel SET state = 'closed', closed_at = '2024-05-01 00:00:00' WHERE id = :id"
    ), {"id": row.channel_id})  # fmt: skip
    assert row.channel_id not in {one.channel_id for one in everything(school)}
    (chosen,) = everything(school, channel_ids=[row.channel_id])
    assert chosen.closed
    assert chosen.cells["账号名称"][0].endswith("（已注销）")


def test_the_key_changes_when_an_answer_that_the_table_shows_changes(school):
    row = everything(school)[0]
    filing = db.session.get(Filing, row.filing_id)
    filing.answers = filing.answers | {"introduction": "另一段介绍"}
    db.session.flush()
    assert everything(school)[0].key == row.key
    filing.answers = filing.answers | {"frequency": "每周一次"}
    db.session.flush()
    assert everything(school)[0].key != row.key


def test_postgresql_is_asked_the_same(school):
    lines = summary._Lines(school.registers["accounts"], school, [1], TODAY, None, [1])
    query = lines._query(Channel.id).group_by("fact_0")
    said = str(query.compile(dialect=postgresql.dialect()))
    assert "CAST(filing.answers ->" in said
    assert "GROUP BY fact_0" in said
