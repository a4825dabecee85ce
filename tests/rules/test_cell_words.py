"""What people and Excel write into cells, and what the form's inputs are given for it."""

import pytest
from werkzeug.datastructures import MultiDict

from models.rules.fields import FIELD_TYPES
from models.rules.messages import clean
from tests.rules.field_asking import item, posted

SIMPLE = [name for name in FIELD_TYPES if name not in ("people", "unit", "image", "file")]
PLATFORMS = {
    "wechat": "微信",
    "channels": "微信视频号",
    "weibo": "微博",
    "qq": "QQ/QQ空间",
    "bilibili": "bilibili",
    "headlines": "今日头条",
    "other": "其他",
}


def taken(field, text: str, **words):
    """The answer that a cell gives, and the errors."""
    sent = MultiDict(
        (f"it{tail}", word) for tail, said in field.from_cell(text, **words).items() for word in said
    )
    box = posted(field, sent)
    return field.store(box.data) if not box.errors else box.errors


@pytest.mark.parametrize("name", SIMPLE)
@pytest.mark.parametrize("seed", range(8))
def test_what_a_table_prints_is_read_back_as_it_was(name, seed):
    field = item(name)
    value = field.example(seed)
    words = {"scaled": True} if name == "number" else {}
    assert taken(field, field.scaled_text(value), **words) == value
    assert taken(field, clean(field.text(value))) == value


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("0.035", 350),
        ("1.2", 12000),
        ("350人", 350),
        ("0.035万", 350),
        ("１．２万人", 12000),
        ("1.2w", 12000),
        ("0.0001", 1),
        ("12,345", 123450000),
    ],
)
def test_in_a_column_of_ten_thousands_a_bare_number_counts_ten_thousands(text, people):
    assert taken(item("number"), text, scaled=True) == people


def test_elsewhere_a_bare_number_is_itself():
    assert taken(item("number"), "350") == 350
    assert taken(item("number"), "1.2万") == 12000
    assert "整数" in taken(item("number"), "1.2")[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("微信", "wechat"),
        ("wechat", "wechat"),
        ("微信公众号", "wechat"),
        ("视频号", "channels"),
        ("新浪微博", "weibo"),
        ("QQ空间", "qq"),
        ("Ｂ站", "bilibili"),
        ("BILIBILI", "bilibili"),
        ("头条", "headlines"),
        ("小红书", {"other": "小红书"}),
        ("其他：小红书", {"other": "小红书"}),
        ("其它（小红书）", {"other": "小红书"}),
        ("非微博", {"other": "非微博"}),
    ],
)
def test_a_choice_is_taken_by_its_label_or_what_people_call_it(text, code):
    assert taken(item("choice", choices=PLATFORMS), text) == code


def test_a_choice_that_was_only_likened_is_told():
    field = item("choice", choices=PLATFORMS)
    assert field.doubt("微信公众号") == "此项写的是“微信公众号”，读作“微信”。"
    assert field.doubt("微信") == field.doubt("小红书") == ""


def test_a_choice_without_others_keeps_its_own_sentence():
    field = item("choice", choices={"first": "一级平台", "second": "二级平台"}, allow_other=False)
    assert taken(field, "一级") == "first"
    assert "没有“四级”这一项" in taken(field, "四级")[0]
    assert "没有“平台”这一项" in taken(field, "平台")[0]


@pytest.mark.parametrize("text", ["甲、乙", "甲,乙", "甲，乙", "甲;乙", "甲；乙", "甲\n乙"])
def test_several_choices_are_told_apart(text):
    assert taken(item("choices"), text) == ["a", "b"]


def test_among_several_the_unknown_is_the_other():
    assert taken(item("choices"), "甲、小红书") == ["a", {"other": "小红书"}]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("是", "yes"),
        ("√", "yes"),
        ("有", "yes"),
        ("Y", "yes"),
        ("否", "no"),
        ("×", "no"),
        ("无", "no"),
        ("没有", "no"),
    ],
)
def test_yes_and_no_have_many_signs(text, code):
    assert taken(item("yes_no"), text) == code
    assert taken(item("yes_no", choices={"no": "无", "yes": "有"}), text) == code


def test_signs_say_nothing_where_the_two_choices_are_not_yes_and_no():
    field = item("yes_no", choices={"yes": "校内", "no": "校外"})
    assert taken(field, "校外") == "no"
    assert "没有“√”这一项" in taken(field, "√")[0]


@pytest.mark.parametrize(
    "text",
    [
        "2022.3",
        "2022年3月",
        "2022-03",
        "2022/3/1",
        "44621",
        "44621.5",
        "202203",
        "20220301",
        "２０２２．３",
        "2022-03-01 00:00:00",
        "2022年3月份",
    ],
)
def test_a_month_is_understood_as_excel_and_people_write_it(text):
    assert taken(item("month"), text) == "2022-03"


def test_a_day_is_understood_as_excel_and_people_write_it():
    for text in ("2022.3.5", "44625", "20220305", "2022-03-05 10:30", "2022年3月5日"):
        assert taken(item("date"), text) == "2022-03-05"
    assert taken(item("date"), "2022.3")[0].startswith("此项请写成")


def test_october_that_lost_its_nought_is_asked_about():
    assert "2022年10月" in item("month").doubt("2022.1")
    assert item("month").doubt("2022.10") == item("month").doubt("2022.2") == ""


@pytest.mark.parametrize("text", ["", "/", "—", "-", "无", "暂无"])
def test_a_crossed_out_cell_says_nothing(text):
    for name in ("phone", "month", "account", "number", "choice"):
        assert item(name).from_cell(text) == {}
    assert item("text").from_cell("/") == {}
    assert item("text").from_cell("无") == {"": ["无"]}
