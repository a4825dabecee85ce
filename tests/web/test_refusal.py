"""A refused verb leaves nothing behind, and its page knows why and with which status."""

import pytest
from sqlalchemy import select

from blueprints.web.refusal import attempt, attempt_in_savepoint
from models.database import db
from models.decisions import decide_each
from models.people.unit import Unit
from models.rules.workflow import LostUpdate, Refused


@pytest.fixture(autouse=True)
def in_the_app(app):
    with app.app_context():
        yield


def add(name: str) -> None:
    db.session.add(Unit(institution="pdsu", name=name, kind="college"))
    db.session.flush()


def kept(name: str) -> bool:
    return db.session.scalar(select(Unit.id).filter_by(institution="pdsu", name=name)) is not None


def test_what_goes_through_is_no_refusal():
    with attempt() as attempted:
        add("新学院")
        db.session.commit()
    assert (attempted.refused, attempted.sentence, attempted.status) == (False, "", 200)
    assert kept("新学院")


@pytest.mark.parametrize(("refusal", "status"), [(Refused("不能办。"), 422), (LostUpdate("晚了。"), 409)])
def test_a_refusal_undoes_all_and_says_why_with_its_status(refusal, status):
    with attempt() as attempted:
        add("新学院")
        raise refusal
    assert (attempted.refused, attempted.sentence, attempted.status) == (True, str(refusal), status)
    assert attempted.refusal is refusal
    assert not kept("新学院")


def test_another_exception_is_a_refusal_only_where_it_is_named():
    with attempt(ValueError) as attempted:
        raise ValueError("读不出日期。")
    assert (attempted.sentence, attempted.status) == ("读不出日期。", 422)
    with pytest.raises(ValueError, match="别的"), attempt():
        raise ValueError("别的")


def test_in_a_savepoint_what_was_kept_before_stays():
    add("先")
    with attempt_in_savepoint() as attempted:
        add("后")
        raise Refused("不能办。")
    assert attempted.sentence == "不能办。"
    assert (kept("先"), kept("后")) == (True, False)


def test_that_somebody_was_faster_is_for_the_attempt_around_a_savepoint():
    with attempt() as attempted:
        add("先")
        with attempt_in_savepoint():
            raise LostUpdate("晚了。")
    assert attempted.status == 409
    assert not kept("先")


def test_of_many_a_refused_one_stops_no_other():
    def decide(name: str) -> None:
        add(name)
        if name == "二":
            raise Refused("二不行。")
        if name == "三":
            raise LostUpdate("三晚了。")

    decisions = decide_each(["一", "二", "三", "四"], decide)
    assert [(decision.row, decision.problem) for decision in decisions] == [
        ("一", ""),
        ("二", "二不行。"),
        ("三", "三晚了。"),
        ("四", ""),
    ]
    assert [kept(name) for name in ("一", "二", "三", "四")] == [True, False, False, True]
