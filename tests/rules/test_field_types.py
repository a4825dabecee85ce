"""What each field type takes, refuses and prints."""

from datetime import date

import pytest

from models.rules.fields import Circumstances
from models.rules.fields.account_key import normalise
from models.rules.filing_kind import FilingKind
from tests.rules.field_asking import item, kept, posted, sentence_for


@pytest.mark.parametrize(
    "typed", ["2019-09", "2019年9月", "2019.9", "2019/9", "２０１９年９月", " 2019-09-30 "]
)
def test_a_month_may_be_written_in_many_ways(typed):
    assert kept("month", typed) == "2019-09"
    assert item("month").text("2019-09") == "2019年9月"
    assert item("month").cell("2019-09") == (date(2019, 9, 1), 'yyyy"年"m"月"')


def test_a_date_may_be_written_in_many_ways_but_must_exist():
    for typed in ("2022-02-20", "2022年2月20日", "2022.2.20", "２０２２／２／２０"):
        assert kept("date", typed) == "2022-02-20"
    assert item("date").text("2022-02-20") == "2022年2月20日"
    assert "在日历上不存在" in sentence_for("date", "2022-02-30")
    assert "2022-02-20" in sentence_for("date", "20日")
    assert sentence_for("month", "2022年13月")
    assert sentence_for("month", "九月")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2657100", "2657100"),
        ("0375-2657100", "0375-2657100"),
        ("０３７５－２６５７１００", "0375-2657100"),
        ("2657100转12", "2657100-12"),
        ("138 0013 8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("(0375)2657100", "03752657100"),
        ("5971011", "5971011"),
    ],
)
def test_local_numbers_extensions_and_mobiles_are_phones(typed, number):
    assert kept("phone", typed) == number


@pytest.mark.parametrize("typed", ["12345", "138001380001", "no", "1380013800²x", "110 119 120 122"])
def test_other_numbers_are_not_phones(typed):
    assert "手机号" in sentence_for("phone", typed)


@pytest.mark.parametrize(
    ("typed", "value"), [("350", 350), ("１，２３４", 1234), ("0.68万", 6800), ("350人", 350), ("²", 2)]
)
def test_a_count_is_typed_plainly_or_with_its_unit(typed, value):
    assert kept("number", typed) == value


@pytest.mark.parametrize("typed", ["1e9", "3.5", "0.00001万", "许多", "--1", "9" * 5000, "٣"])
def test_what_is_no_count_is_refused(typed):
    errors = posted(item("number", required=True), [("it", typed)]).errors
    assert len(errors) == 1
    assert "此项" in errors[0]


def test_a_count_of_five_thousand_digits_is_only_too_large():
    assert "太大" in sentence_for("number", "9" * 5000)


def test_the_summary_table_prints_ten_thousands_and_never_rounds_to_nothing():
    field = item("number")
    assert field.scaled_text(6800) == "0.68"
    assert field.scaled_text(350) == "0.035"
    assert field.scaled_text(1) == "0.0001"
    assert field.scaled_text(20000) == "2"
    assert field.scaled_text(1000000) == "100"
    assert field.cell(6800) == (0.68, "General")
    assert field.text(6800) == "6800"


def test_a_count_far_too_large_is_asked_about():
    assert "万" in item("number").warning(6_800_000)
    assert item("number").warning(6800) == ""


def test_an_account_is_never_a_log_in_address():
    assert "一栏不填登录邮箱" in sentence_for("account", "media@pdsu.edu.com")
    assert "一栏不填登录邮箱" in sentence_for("account", "ｍｅｄｉａ＠pdsu.edu.cn")
    assert kept("account", "https://weibo.com/u/123@x") == "https://weibo.com/u/123@x"
    assert kept("account", "gh_0123") == "gh_0123"


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "data:text/html,x", "weibo", "http:// x.cn", "https://a@b.cn"]
)
def test_only_web_addresses_are_web_addresses(typed):
    assert "网址" in sentence_for("url", typed)


def test_a_web_address_may_lack_its_scheme():
    assert kept("url", "www.pdsu.edu.cn/xw?id=1") == "www.pdsu.edu.cn/xw?id=1"


def test_two_spellings_of_an_account_have_one_key():
    assert normalise("HTTPS://www.Weibo.com/ＰＤＳＵ/") == normalise("weibo.com/pdsu") == "weibo.com/pdsu"
    assert normalise(" PDSU Media\u00a0") == "pdsumedia"


def test_a_choice_is_sent_by_code_or_by_label():
    assert kept("choice", "wechat") == kept("choice", "微信") == "wechat"
    assert "抖音" in sentence_for("choice", "抖音")


def test_other_needs_its_words_unless_it_is_a_draft():
    field = item("choice")
    assert "请在后面写明" in posted(field, [("it", "other")]).errors[0]
    assert not posted(field, [("it", "other")], Circumstances(draft=True)).errors
    box = posted(field, [("it", "other"), ("it-other", " 抖音 ")])
    assert field.store(box.data) == {"other": "抖音"}
    assert (field.text(box.data), field.scaled_text(box.data)) == ("其他：抖音", "抖音")
    assert (field.code(box.data), box.other, box.other_name) == ("other", "抖音", "it-other")


def test_yes_and_no_may_be_worded_and_ordered_by_the_school():
    field = item("yes_no", choices={"no": "无", "yes": "有"})
    assert [choice.label for choice in posted(field, []).iter_choices()] == ["无", "有"]
    assert field.text("yes") == "有"


def test_a_unit_keeps_its_name_and_an_unknown_one_is_refused():
    asked, field = Circumstances(units={"5": "信息工程学院"}), item("unit")
    assert posted(field, [("it", "5")], asked).data == {"id": "5", "name": "信息工程学院"}
    assert posted(field, [("it", "信息工程学院")], asked).data["id"] == "5"
    assert posted(field, [("it", "6")], asked).errors
    assert not posted(field, [("it", "6")], asked, stored={"id": "6", "name": "旧单位"}).errors


def test_a_person_once_begun_must_be_finished():
    field = item("people")
    leader = [("it-leader-name", "张三"), ("it-leader-phone", "2657100")]
    assert not posted(field, leader).errors
    errors = posted(field, [*leader, ("it-deputy-name", "李四")]).errors
    assert errors == {"deputy": {"phone": ["管理员已经填了一部分，请补上电话。"]}}
    assert posted(field, []).errors["leader"]["name"] == ["请填写负责人姓名。"]
    assert not posted(field, [], Circumstances(draft=True)).errors


def test_people_have_a_part_for_every_cell_of_every_row():
    parts = item("people").parts()
    assert list(parts)[:3] == ["leader.name", "leader.phone", "leader.since"]
    assert parts["deputy.phone"].label == "管理员电话"


def test_what_cannot_be_known_yet_does_not_block_a_first_filing():
    field = item("text", required=True, later=True)
    assert not field.is_required(Circumstances(FilingKind.first, opened=False))
    assert field.is_required(Circumstances(FilingKind.first, opened=True))
    assert field.is_required(Circumstances(FilingKind.review, opened=False))


def test_an_item_may_be_required_for_some_kinds_only():
    field = item("text", required=["review"])
    assert field.is_required(Circumstances(FilingKind.review))
    assert not field.is_required(Circumstances(FilingKind.first))


def test_a_picture_comes_from_the_stored_answers_only():
    field, stored = item("image"), {"attachment": "7", "name": "a.png"}
    assert posted(field, [("it", "99")]).data is None
    assert posted(field, [("it", "99")], stored=stored).data == stored
