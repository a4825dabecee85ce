"""Which names are hard to tell apart, and whose name a name bears."""

import pytest

from models.rules.similar_names import beginning, core, names_unit, one_slip_apart, school_name_in, spellings

NAMES = ["某某大学", "某大", "MMU"]


@pytest.mark.parametrize(
    "title", ["某大信工", "信工（官方）", "MMU 信工 公众号", "官方·某某大学信工", "信工"]
)
def test_the_schools_names_and_decorations_tell_no_names_apart(title):
    assert core(title, NAMES) == "信工"
    assert {"信工", "某大信工", "某某大学信工公众号", "信工某大"} <= set(spellings(title, NAMES))


def test_a_name_that_is_the_schools_alone_is_looked_for_as_it_is():
    assert spellings("某某大学", NAMES) == ["某某大学"]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("信工青年", "信工青牛", True),
        ("信工青年报", "信工青年", True),
        ("信工青年", "信工青年", False),
        ("信工2101班", "信工2102班", False),
        ("信工青年1", "信工青年", False),
        ("信工", "信公", False),
        ("信工青年", "文学之声", False),
    ],
)
def test_one_slip_makes_two_names_alike_but_a_number_does_not(one, other, near):
    assert one_slip_apart(one, other) is near
    assert one_slip_apart(other, one) is near


def test_names_are_compared_where_they_begin_alike():
    assert beginning("某大信工青年", NAMES) == "某大信工"
    assert beginning("某大信工", NAMES) == ""


def test_whose_name_a_name_bears():
    assert school_name_in("mmu News", NAMES) == "MMU"
    assert school_name_in("某某大学团委", NAMES) == "某某大学"
    assert school_name_in("校园之声", NAMES) == ""
    assert names_unit("信工青年", "信息工程学院")
    assert names_unit("团委之声", "校团委")
    assert not names_unit("青年学院", "信息工程学院")
