"""Reading a posted form: only what is asked, in order, with a sentence for each mistake."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from models.rules.answers import blank, check_one, formdata_of, read, read_missing, warnings
from models.rules.definitions.identifiers import identifier_of
from models.rules.definitions.loader import load_institution, load_institutions
from models.rules.fields import Circumstances
from models.rules.filing_kind import FilingKind

FORM = load_institution([Path(__file__).parents[1] / "definitions"], "demo").forms["account"]
UNITS = {"5": "信息工程学院"}
GOOD = {
    "unit": "5",
    "title": "示范新媒体",
    "platform": "wechat",
    "account": "demo_media",
    "phone": "2657100",
    "team-leader-name": "张三",
    "team-leader-phone": "2657101",
}


def reading(changes=(), kind=FilingKind.first, stored=None, **asked):
    posted = MultiDict({**GOOD, **dict(changes)})
    return read(FORM, kind, posted, Circumstances(kind, units=UNITS, **asked), stored)


def test_a_good_form_gives_its_values_and_no_errors():
    got = reading()
    assert got.errors == {}
    assert got.values == {
        "unit": {"id": "5", "name": "信息工程学院"},
        "title": "示范新媒体",
        "platform": "wechat",
        "account": "demo_media",
        "phone": "2657100",
        "team": {"leader": {"name": "张三", "phone": "2657101"}},
    }


def test_values_posted_again_are_the_same_values():
    values = reading().values
    again = read(FORM, "first", formdata_of(FORM, values), Circumstances(units=UNITS))
    assert (again.values, again.errors) == (values, {})


def test_unknown_inputs_are_dropped():
    assert "admin" not in reading({"admin": "1"}).values


def test_each_mistake_has_its_own_path_and_sentence():
    got = reading({"title": "", "opened": "很久以前", "team-leader-phone": "12"})
    assert set(got.errors) == {"title", "opened", "team.leader.phone"}
    assert got.errors["title"] == "请填写平台名称。"
    assert "title" not in got.values


def test_what_was_typed_is_there_for_redrawing():
    got = reading({"opened": "很久以前\x00", "followers": "<b>"})
    assert 'value="很久以前"' in got.form["opened"]()
    assert "&lt;b&gt;" in got.form["followers"]()


def test_a_hidden_item_is_neither_asked_nor_kept():
    got = reading({"platform": "other", "platform-other": "抖音", "account": "a@b.cn"})
    assert got.errors == {}
    assert "account" not in got.values
    assert reading({"platform": "wechat", "account": ""}).errors == {"account": "请填写账号或网址。"}


def test_a_section_shows_for_its_answers_and_its_kinds_only():
    assert set(reading({"platform": "paper", "account": ""}).errors) == {"issn"}
    assert reading(kind=FilingKind.review).errors == {"result": "请填写自查情况。"}
    assert "issn" not in reading({"issn": "1"}).values


def test_a_draft_requires_nothing_but_tells_wrong_types():
    got = read(
        FORM, "first", MultiDict({"opened": "x", "platform": "other"}), Circumstances(units=UNITS, draft=True)
    )
    assert set(got.errors) == {"opened"}
    assert got.values == {"platform": {"other": ""}}


def test_an_account_not_opened_yet_is_filed_without_its_id_and_completed_later():
    got = reading({"account": ""}, opened=False)
    assert got.errors == {}
    assert [item.name for item in FORM.missing_later(got.values)] == ["account"]
    assert [item.name for item in FORM.missing_later({"platform": "wechat"})] == ["account"]
    assert FORM.missing_later({}) == []
    asked = Circumstances(units=UNITS, opened=True)
    done = read_missing(FORM, "first", MultiDict({"account": "gh_1", "title": "改名"}), asked, got.values)
    assert (done.errors, done.values["account"], done.values["title"]) == ({}, "gh_1", "示范新媒体")
    assert FORM.missing_later(done.values) == []
    empty = read_missing(FORM, "first", MultiDict(), asked, got.values)
    assert set(empty.errors) == {"account"}


def test_a_part_may_not_exceed_the_whole():
    got = reading({"followers": "10", "outside": "11"})
    assert got.errors == {"outside": "校外人数不能大于关注人数（10）。"}
    assert reading({"followers": "10", "outside": "10"}).errors == {}


def test_one_item_can_be_checked_alone():
    posted = MultiDict({"phone": "1"})
    got = check_one(FORM, "first", "phone", posted, Circumstances(units=UNITS))
    assert set(got.errors) == {"phone"}
    team = check_one(FORM, "first", "team", posted, Circumstances(units=UNITS))
    assert set(team.errors) == {"team.leader.name", "team.leader.phone"}


def test_a_picture_is_kept_from_the_stored_answers():
    picture = {"attachment": "3", "name": "qr.png"}
    assert reading({"code": "9"}, stored={"code": picture}).values["code"] == picture
    assert "code" not in reading({"code": "9"}).values


def test_a_stored_answer_draws_the_form_it_came_from():
    values = reading({"opened": "2019年9月"}).values
    form = blank(FORM, Circumstances(units=UNITS), values)
    assert form["title"].data == "示范新媒体"
    assert 'value="2019年9月"' in form["opened"]()
    assert form["team"].form["leader"].form["name"].data == "张三"
    assert [c.value for c in form["platform"].iter_choices() if c.selected] == ["wechat"]


def test_an_empty_post_is_a_post():
    assert "title" in read(FORM, "first", MultiDict(), Circumstances(units=UNITS)).errors


def test_probable_slips_are_warned_about():
    assert [path for path, _ in warnings(FORM, {"followers": 6_800_000})] == ["followers"]
    assert warnings(FORM, {"followers": 680}) == []


def test_texts_are_read_by_path():
    values = reading({"platform": "other", "platform-other": "抖音"}).values
    assert FORM.text("team.leader.phone", values) == "2657101"
    assert FORM.text("team.deputy.phone", values) == ""
    assert FORM.text("platform", values) == "其他：抖音"
    with pytest.raises(KeyError):
        FORM.text("nothing", values)


BUILT_IN = {
    f"{school.code}/{form.code}": form
    for school in load_institutions(Path(__file__).parents[2] / "blueprints").values()
    for form in school.forms.values()
}


@pytest.mark.parametrize("name", BUILT_IN)
@given(seed=st.integers(0, 1000), kind=st.sampled_from(FilingKind))
def test_example_answers_of_every_built_in_form_pass_through_a_real_post(name, seed, kind):
    form = BUILT_IN[name]
    values = {item.name: item.example(seed) for item in form.items(kind)}
    for item in form.items(kind):
        if getattr(item, "at_most", ""):
            values[item.name] = min(values[item.name], values[item.at_most])
    asked = {item.name for item in form.visible(values, kind)}
    rule = identifier_of(form.channel, {name: values[name] for name in asked})
    if rule and form.channel.account in asked:
        values[form.channel.account] = rule.example
    units = {
        value["id"]: value["name"]
        for item in form.items(kind)
        if item.type == "unit"
        for value in [values[item.name]]
    }
    got = read(form, kind, formdata_of(form, values), Circumstances(kind, units=units), values)
    assert got.errors == {}
    assert got.values == {key: value for key, value in values.items() if key in asked}


NAMES = [
    *GOOD,
    "platform-other",
    "opened",
    "followers",
    "outside",
    "result",
    "issn",
    "code",
    "team",
    "team-leader",
    "team-deputy-phone",
    "x",
]


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.text(max_size=20)
            | st.sampled_from(
                ["\ud800", "²", "9" * 10_000, "other", "wechat", "paper", "2022-02-30", "1e9", "\x00"]
            ),
        ),
        max_size=12,
    ),
    st.sampled_from(FilingKind),
    st.booleans(),
    st.booleans(),
)
def test_no_post_whatever_it_holds_raises(posted, kind, opened, draft):
    got = read(FORM, kind, MultiDict(posted), Circumstances(kind, opened, UNITS, draft))
    assert all(sentence.endswith(("。", "？")) for sentence in got.errors.values())
    for item in FORM.items(kind):
        str(got.form[item.name]()).encode()
        item.text(got.values.get(item.name)).encode()
