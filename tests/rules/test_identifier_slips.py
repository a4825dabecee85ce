"""Slips in the rules for accounts and names are named with their line and their cure."""

import pytest

from models.rules.definitions.loader import load_institution
from tests.rules.written import ACCOUNT, change, copied_to, errors_of, line_of

RULE = "    wechat: {label: 微信号, shape: wechat_id, example: sd_news}"
ADDRESS = "    wechat: {label: 主页地址, shape: address, hosts: [weibo.com], example: weibo.com/u/1}"
WRITTEN = "  identifiers:\n" + RULE + "\n  naming: {official: [college]}\n"
SLIPS = [  # what is there, what a slip makes of it, words on the line to be named, the sentence
    ("wechat: {", "wechta: {", "wechta: {", "“wechta”不是 platform 或 nature 所指项目的选项，是不是“wechat”？"),
    ("shape: wechat_id", "shape: weixin", "shape: weixin", "“shape”只能是：wechat_id、digits、address。"),
    ("example: sd_news", "example: sd", "example: sd}", "example 写的“sd”不合这条规则"),
    (", example: sd_news", "", "wechat: {", "缺少必填的键“example”"),
    ("shape: wechat_id", "shape: wechat_id, hosts: [weibo.com]", "hosts:", "“hosts”只能和 shape: address 一起用"),
    ("shape: wechat_id", "shape: wechat_id, digits: [5, 11]", "digits:", "“digits”只能和 shape: digits 一起用"),
    (RULE, ADDRESS.replace("[weibo.com]", "[https://weibo.com/]"), "hosts:", "不是域名，请写成 weibo.com 的样子"),
    (RULE, ADDRESS.replace("[weibo.com]", "[www.weibo.com]"), "hosts:", "不带 https://、www. 和斜线"),
    (RULE, ADDRESS.replace("weibo.com/u/1", "weibo.cn/u/1"), "example:", "不合这条规则"),
    ("wechat_id, example: sd_news", 'digits, digits: [5], example: "12345"', "digits:", "例如 [5, 11]"),
    ("wechat_id, example: sd_news", 'digits, digits: [9, 5], example: "12345"', "digits:", "例如 [5, 11]"),
    ("account: account", "account: title", "  identifiers:", "account 就要是一个 account 类型项目的名称"),
    ("official: [college]", "official: [colleg]", "official:", "没有“colleg”这种单位，是不是“college”？"),
    ("official:", "offical:", "offical:", "没有“offical”这个键，是不是“official”？"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    folder = copied_to(tmp_path / "schools")
    change(folder, ACCOUNT, ("route:\n", WRITTEN + "route:\n"))
    return folder


def test_sound_rules_load(folder):
    channel = load_institution([folder], "demo").forms["account"].channel
    assert channel.identifiers["wechat"].example == "sd_news"
    assert channel.naming.official == ["college"]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip[1][:40]!a}")
def test_a_slip_is_named_with_its_line_and_its_cure(folder, slip):
    old, new, at, sentence = slip
    text = change(folder, ACCOUNT, (old, new))
    errors = errors_of(folder)
    where = f"{ACCOUNT}:{line_of(text, at)}: "
    assert [e for e in errors if e.startswith(where) and sentence in e], "\n".join([where, *errors])
