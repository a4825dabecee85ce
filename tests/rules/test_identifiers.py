"""What names an account on each platform, and when two spellings are one account."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from models.rules.answer_columns import account_key
from models.rules.answers import read, read_missing
from models.rules.definitions.identifiers import Identifier
from models.rules.definitions.loader import load_institutions
from models.rules.fields import Circumstances
from models.rules.fields.account_key import normalise
from tests.rules.field_asking import kept, sentence_for
from tests.rules.written import BUILT_IN

FORMS = {
    f"{school.code}/{form.code}": form
    for school in load_institutions(BUILT_IN).values()
    for form in school.forms.values()
}
RULES = [
    pytest.param(rule, id=f"{name}/{code}")
    for name, form in FORMS.items()
    for code, rule in form.channel.identifiers.items()
]
PIECES = st.sampled_from([
    "http://", "https://", "//", "www.", "m.", "weibo.com", "weibo.cn", "/u/1", "?", "&", "#", "#/",
    "from=x", "id=1", "%2", "%25", "41", "%e4", "％", "@", "＠", ":80", ":", "/", "\u200b", " ", "\u0301",
    "ß", "İ", "!", "\ud800",
])  # fmt: skip


def said(name: str, platform: str, account: str, **further) -> dict:
    """What the form says of an account; '' is no complaint. Also what is kept of it."""
    form = FORMS[name]
    posted = {"nature": "new_media", form.channel.platform: platform, form.channel.account: account}
    got = read(form, "first", MultiDict(posted | further), Circumstances(draft=True))
    return {"error": got.errors.get("account", ""), "kept": got.values.get("account")}


@given(st.text(st.characters()) | st.lists(PIECES, max_size=12).map("".join))
@example("%252525")
def test_a_key_is_its_own_key_whatever_was_typed(typed):
    for sites, kept_words in [((), None), (("weibo.com", "weibo.cn"), ("id",))]:
        key = normalise(typed, sites, kept_words)
        assert normalise(key, sites, kept_words) == key


@pytest.mark.parametrize(
    "spelling",
    [
        "HTTPS://WWW.Weibo.com/u/平院/",
        "weibo.com:443/u/平院",
        "//m.weibo.com/u/平院#top",
        "http://weibo.com/u/%E5%B9%B3%E9%99%A2?from=share&utm_source=qq",
        " ｗｅｉｂｏ.com/u/平\u200b院 ",
        "https：//weibo.com/u/%25E5%25B9%25B3%25E9%2599%25A2",
        "http://www.m.weibo.com:80/u/平院/?",
    ],
)
def test_spellings_of_one_address_have_one_key(spelling):
    assert normalise(spelling) == "weibo.com/u/平院"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "https://mp.weixin.qq.com/mp/profile_ext?__biz=A&scene=1",
            "https://mp.weixin.qq.com/mp/profile_ext?__biz=B",
        ),
        ("example.edu.cn/news?id=1", "example.edu.cn/news?id=2"),
        ("example.edu.cn/#/school/1", "example.edu.cn/#/school/2"),
        ("example.edu.cn:8080", "example.edu.cn:8081"),
        ("m.zhang", "zhang"),
    ],
)
def test_what_tells_accounts_apart_stays_in_the_key(one, other):
    assert normalise(one) != normalise(other)


def test_the_order_of_a_query_and_an_at_in_front_tell_nothing():
    assert normalise("a.cn?uid=2&id=1&from=x") == normalise("a.cn?id=1&uid=2")
    assert normalise("＠Pdsu_xw") == normalise("@pdsu_XW") == "pdsu_xw"


@pytest.mark.parametrize(
    "address", ["https://weibo.com/u/123?x", "https://m.weibo.cn/u/123", "weibo.cn/u/123/?refer_flag=1"]
)
def test_two_hosts_of_one_site_give_one_key(address):
    form = FORMS["pdsu/account"]
    assert account_key(form, {"platform": "weibo", "account": address}) == "weibo.com/u/123"


def test_only_the_words_that_identify_are_kept_of_a_platforms_query():
    key = FORMS["pdsu/account"].channel.identifiers["youku"].key
    assert (
        key("https://www.youku.com/profile/index/?spm=a.b&uid=UNTg&vid=3")
        == "youku.com/profile/index?uid=untg"
    )


@pytest.mark.parametrize(
    ("platform", "typed", "sentence"),
    [
        ("wechat", "https://weibo.com/x", "微信填写平台微信号，例如 pdsu_xw；您填写的像是网址。"),
        ("wechat", "13812345678", "您填写的像是手机号。"),
        ("wechat", "平院信工", "您填写的像是名称。"),
        ("wechat", "abc", "应当是6至20位字母"),
        ("wechat", "1pdsu_xw", "以字母开头"),
        ("qq", "0123456", "请填写QQ号，例如 12345678；应当是5至11位数字，不以0开头。"),
        ("qq", "1234", "应当是5至11位数字"),
        ("qzone", "https://user.qzone.qq.com/12345", "QQ空间填写QQ号"),
        ("weibo", "pdsu", "微博填写微博地址"),
        ("weibo", "https://weibo.com/", "应当是 weibo.com、weibo.cn 上的主页地址。"),
        ("weibo", "https://weibo.com.evil.cn/u/1", "应当是 weibo.com、weibo.cn 上的主页地址。"),
        (
            "douyin",
            "123456789",
            "抖音填写主页地址，例如 https://www.douyin.com/user/example；您填写的是一串数字。",
        ),
        (
            "bilibili",
            "https://www.bilibili.com/video/BV1",
            "应当是 space.bilibili.com、b23.tv 上的主页地址。",
        ),
    ],
)
def test_an_account_of_the_wrong_sort_is_answered_with_what_is_wanted(platform, typed, sentence):
    got = said("pdsu/account", platform, typed)
    assert sentence in got["error"]
    assert got["kept"] == typed


@pytest.mark.parametrize(
    ("platform", "typed", "kept_as"),
    [
        ("wechat", "＠Ｐdsu_xw ", "Pdsu_xw"),
        ("wechat", "gh_0123456789ab", "gh_0123456789ab"),
        ("qq", "１２３ ４５６", "123456"),
        ("weibo", "m.weibo.cn/u/1", "m.weibo.cn/u/1"),
        ("douyin", "https://v.douyin.com/abc/", "https://v.douyin.com/abc/"),
        ("channels", "平院视频号", "平院视频号"),
        ("other", "随便什么", "随便什么"),
    ],
)
def test_what_fits_or_has_no_rule_is_taken(platform, typed, kept_as):
    assert said("pdsu/account", platform, typed) == {"error": "", "kept": kept_as}


def test_a_web_page_is_judged_by_what_sort_of_medium_it_is():
    assert "网页填写网址" in said("pdsu/account", "", "校园网", nature="web")["error"]
    assert said("pdsu/account", "", "news.pdsu.edu.cn", nature="web")["error"] == ""


def test_groups_and_the_other_schools_accounts_have_rules_of_their_own():
    assert "QQ群填写群号" in said("ahbc/group", "qq", "会计系群")["error"]
    assert said("ahbc/group", "weibo", "4012345678901234")["error"] == ""
    assert "微信填写微信号" in said("ahbc/account", "wechat", "安商贸")["error"]
    assert "今日头条填写主页地址" in said("ahbc/account", "toutiao", "12345678")["error"]


def test_completing_an_account_goes_by_the_same_rule():
    form = FORMS["ahbc/account"]
    stored = {"platform": "wechat", "opened": "2020-01"}
    got = read_missing(form, "first", MultiDict({"account": "安商贸"}), Circumstances(), stored)
    assert "微信填写微信号" in got.errors["account"]


@pytest.mark.parametrize("rule", RULES)
@given(typed=st.text(st.characters()) | st.lists(PIECES, max_size=8).map("".join))
def test_no_rule_falls_over_anything_typed(rule: Identifier, typed):
    sentence = rule.complaint(typed, "平台")
    assert (sentence == "") == rule.fits(typed)
    assert rule.fits(rule.example)
    assert rule.key(rule.tidy(typed)) == rule.key(typed) == rule.key(rule.key(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "media＠qq.com",
        "media @ 163.com",
        "media#qq.com",
        "media@qq。com",
        "邮箱：media@qq.com",
        "mailto:media@qq.com",
        "QQ 12345@qq.com",
    ],
)
def test_a_log_in_address_is_known_in_disguise(typed):
    assert "不填登录邮箱" in sentence_for("account", typed)


@pytest.mark.parametrize(
    "typed", ["https://example.com/@media.news", "#平院话题#", "@media", "weibo.com/u/1#top", "media@home"]
)
def test_other_uses_of_those_signs_are_no_log_in_address(typed):
    assert kept("account", typed) == typed
