"""Whatever is typed, posted or addressed gets a clear sentence; never a 500, never a lost draft."""

import pytest

from tests import builders, pages
from tests.builders import ACCOUNT

HOSTILE = {
    "superscript": "²",
    "more digits than int() takes": "9" * 10_000,
    "a number that is none": "1e999",
    "NUL": "a\x00b",
    "no such day": "2022-02-30",
    "script": "<script>alert(1)</script>",
    "template": "{{ config }}{% raw %}",
    "formula": "=cmd|' /C calc'!A0",
    "long": "长" * 3_000,
    "unclosed": "</td></table><b>",
    "turned around": "\u202e\u0007\ufeff\u200b",
    "rare characters": "𬭎𠮷👨‍👩‍👧é",
    "blanks": " \u3000\u00a0 ",
    "list": "[object Object]",
    "line breaks": "a\r\nb\rc\n" * 500,
}
TYPED = [
    "平台名称",
    "具体性质",
    "账号或网址",
    "创建时间",
    "最近一次认证时间",
    "负责人姓名",
    "负责人联系电话",
    "简要介绍",
    "关注人数",
    "更新频率",
    "负责老师电话",
]


@pytest.fixture
def reporter(sign_in):
    return sign_in("linxiao")


@pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE)
def test_every_box_answers_every_word_with_a_sentence_or_takes_it(reporter, word):
    pages.new_filing(reporter)
    typed = pages.answered(reporter.page, ACCOUNT | dict.fromkeys(TYPED, word))
    assert reporter.submit("存草稿", **typed).status in (200, 422)
    page = reporter.submit("提交", **typed)
    assert page.status == 422
    assert all(one.text.strip() for one in page.soup.select(".error"))
    assert not page.soup.select("main script")
    # The draft is still there, to be corrected and handed in.
    corrected = ACCOUNT | {"最近一次认证时间": "2021年3月"}
    assert pages.state(pages.hand_in(reporter, corrected)) == "待单位意见"


@pytest.mark.parametrize("label", ["平台名称", "简要介绍", "创建时间", "负责人联系电话"])
def test_a_hundred_thousand_characters_are_told_to_be_too_many(reporter, label):
    pages.new_filing(reporter)
    page = pages.hand_in(reporter, ACCOUNT | {label: "长" * 100_000})
    assert page.status == 422
    assert "太长，读不了" in pages.sentences(page)


@pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE)
def test_every_choice_answers_every_word_with_a_sentence(reporter, word):
    pages.new_filing(reporter)
    choices = dict.fromkeys(["unit", "nature", "platform", "tier", "upkeep"], word)
    page = reporter.submit("提交", **(pages.answered(reporter.page, ACCOUNT) | choices))
    assert page.status == 422
    assert page.error_at("nature")
    assert page.error_at("unit")


@pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE)
def test_one_item_checked_with_every_word_is_redrawn(reporter, word):
    form = pages.new_filing(reporter)
    for item in form.soup.select(".item[hx-post]"):
        boxes = {box["name"] for box in item.select("[name]")}
        reporter.page = form
        part = reporter.trigger(f"#{item['id']}", **dict.fromkeys(boxes, word))
        assert part.status in (200, 422)
        assert part.soup.select_one(".item")["id"] == item["id"]


def test_half_a_character_is_dropped(reporter):
    form = pages.new_filing(reporter)
    token = form.find("[name=csrf_token]")["value"]
    words = "".join(f"&{name}=%ED%A0%80x%00" for name in ("name", "character", "team-leader-name"))
    answer = reporter.client.post(
        form.address,
        data=f"csrf_token={token}&revision=1&do=keep{words}",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 303
    assert "\x00" not in reporter.open(form.address).html
    assert pages.held(reporter.page, "平台名称").endswith("x")


def test_words_are_shown_as_they_were_typed(reporter):
    pages.new_filing(reporter)
    page = pages.hand_in(reporter, ACCOUNT | {"平台名称": "<b>&amp; {{ 7*7 }}"})
    assert page.heading == "<b>&amp; {{ 7*7 }}"
    assert page.find("#sheet").text.count("<b>&amp; {{ 7*7 }}") == 1


def test_what_the_form_does_not_ask_is_dropped(reporter):
    pages.new_filing(reporter)
    foreign = {
        "closing_reason": "merged",
        "state": "filed",
        "number": "平宣备-1",
        "step": "2",
        "institution": "ahbc",
        "submitted_by_id": "1",
        "answers": "{}",
        "x" * 500: "y",
        "qr": '{"attachment": "1"}',
        "team-leader-admin": "1",
        "__class__": "z",
    }
    page = reporter.submit("提交", **(pages.answered(reporter.page, ACCOUNT) | foreign))
    assert pages.state(page) == "待单位意见"
    assert "与其他平台合并" not in page.text
    assert not page.soup.select("#sheet img.picture")


@pytest.mark.parametrize("revision", ["", "²", "0", "-1", "9" * 400, "x", "1.0", "\x00"])
def test_a_page_that_cannot_say_what_it_saw_is_stale(reporter, revision):
    pages.new_filing(reporter)
    page = reporter.submit("存草稿", revision=revision, name="留在页面上")
    assert page.status == 409
    assert pages.held(page, "平台名称") == "留在页面上"


SHORT = {name: word for name, word in HOSTILE.items() if len(word) < 1_900}


def test_an_opinion_too_long_to_print_is_refused_and_kept(reporter, sign_in):
    head = sign_in("zhoumin")
    page = pages.decide(head, pages.filed_by(reporter, ACCOUNT), "退回修改", "长" * 2_001)
    assert page.status == 422
    assert "2000" in pages.sentences(page)
    assert page.find("#opinion").get_text().strip() == "长" * 2_001
    assert pages.state(page) == "待单位意见"


@pytest.mark.parametrize("word", SHORT.values(), ids=SHORT)
def test_an_opinion_may_be_anything_else(reporter, sign_in, word):
    address = pages.filed_by(reporter, ACCOUNT)
    head = sign_in("zhoumin")
    page = pages.decide(head, address, "退回修改", f"理由{word}")
    assert pages.state(page) == "已退回"
    assert "理由" in reporter.open("/pdsu/").text
    assert not reporter.page.soup.select("main script")


@pytest.mark.parametrize("word", ["²", "9" * 400, "-1", "x", "\x00", "1.5", ""])
def test_a_decision_over_many_with_strange_numbers_is_refused(sign_in, word):
    head = sign_in("zhoumin")
    head.open("/pdsu/desk")
    page = head.submit("同意所选", filing=[word])
    assert page.status in (404, 422)
    page = head.open("/pdsu/desk")
    page = head.submit("同意所选", verb="withdraw", filing=["1"])
    assert page.status == 422


def test_a_verb_that_does_not_exist_is_not_there(reporter):
    address = pages.filed_by(reporter, ACCOUNT)
    token = reporter.page.find("[name=csrf_token]")["value"]
    for verb in ("file", "submit", "approve/x", "check/nothing", "check/²"):
        answer = reporter.client.post(f"{address}/{verb}", data={"csrf_token": token})
        assert answer.status_code in (404, 405, 409), verb


@pytest.mark.parametrize("number", ["0", "-1", "²", "1.5", "abc", "999999", "9" * 30, "9" * 5000, "%00"])
@pytest.mark.parametrize(
    "place",
    [
        "filings/{}",
        "filings/{}/edit",
        "filings/{}/sheet.pdf",
        "channels/{}",
        "attachments/{}",
        "desk/lists/group/{}",
    ],
)
def test_strange_numbers_in_addresses_are_answered(sign_in, place, number):
    page = sign_in("wutong").open("/pdsu/" + place.format(number))
    assert page.status in (200, 404)


@pytest.mark.parametrize("code", ["nothing", "..", "%00", "²", "x" * 3000, "%ED%A0%80"])
@pytest.mark.parametrize("place", ["forms/{}/blank.pdf", "lists/{}", "summaries/{}", "summaries/{}.pdf"])
def test_what_no_form_is_called_is_not_there(reporter, place, code):
    assert reporter.open("/pdsu/" + place.format(code)).status in (308, 404)


def test_a_form_too_large_to_read_is_refused_with_a_sentence(reporter):
    pages.new_filing(reporter)
    page = pages.keep(reporter, {"简要介绍": "长" * 3_000_000})
    assert page.status == 413
    assert "太大" in page.text
    page = reporter.open(page.address)
    # What a server sends on is measured; a limit of its own keeps this test small.
    reporter.client.application.config["MAX_CONTENT_LENGTH"] = 100_000
    page = pages.keep(reporter, {"二维码": builders.file(b"x" * 200_000, "码.png")})
    assert page.status == 413


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("这是一段文字".encode(), "不是完整的 PNG 或 JPG"),
        (builders.png_that_claims(10_000, 5_000), "尺寸过大"),
        (b"\x89PNG" + b"\0" * (10 * 1024 * 1024), "超过 10 MB"),
        (b"", "不是完整的 PNG 或 JPG"),
    ],
    ids=["text", "huge", "heavy", "empty"],
)
def test_what_is_no_picture_is_refused_beside_the_item(reporter, content, sentence):
    pages.new_filing(reporter)
    said = {"平台名称": "留得住", "平台属性": "新媒体", "二维码": builders.file(content, "码.png")}
    page = pages.keep(reporter, said)
    assert page.status == 422
    assert sentence in page.error_at("qr")
    assert pages.held(reporter.open(page.address), "平台名称") == "留得住"
