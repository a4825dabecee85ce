"""Every slip of the pen in a school's YAML is named with its line and its cure."""

import pytest

from tests.rules.written import ACCOUNT, REGISTER, SCHOOL, change, copied_to, errors_of, line_of

# file, what is there, what a slip makes of it, words on the line to be named, words of the sentence
SLIPS = [
    (ACCOUNT, "short: 媒体平台", "short: 媒体平台\nshort: 又一次", "short: 又一次", "键“short”重复了，第 3 行"),
    (ACCOUNT, "name: title, type", "name: unit, type", "name: unit, type: text", "名称“unit”用了两次"),
    (ACCOUNT, "noun: 平台\n", "", "order: 1", "缺少必填的键“noun”"),
    (ACCOUNT, "label: 平台名称, required", "required", "name: title, type", "缺少必填的键“label”"),
    (ACCOUNT, "short: 媒体平台", "short: no", "short: no", "读成了“否”，请加引号：'no'"),
    (ACCOUNT, "short: 媒体平台", "short: 0371", "short: 0371", "读成了数字 249，请加引号：'0371'"),
    (ACCOUNT, "short: 媒体平台", "short: 12:30:00", "short: 12", "读成了数字 45000，请加引号：'12:30:00'"),
    (ACCOUNT, "short: 媒体平台", "short:", "short:", "“short”是空的"),
    (ACCOUNT, "short: 媒体平台", "short: [媒体]", "short: [", "“short”应当是一段文字"),
    (ACCOUNT, "short: 媒体平台", "short：媒体平台", "short：", "冒号是全角的“：”"),
    (ACCOUNT, "short: 媒体平台", "short: “媒体”", "short: “", "引号是全角的"),
    (ACCOUNT, "    - {text: 附件1}", "    - text：附件1", "text：", "冒号是全角的“：”"),
    (ACCOUNT, "  steps:", "\tsteps:", "\tsteps:", "Tab"),
    (ACCOUNT, "noun: 平台", "noun: *平台", "noun: *", "不支持“*”引用"),
    (ACCOUNT, "max_length: 30", "max_length: 三十", "三十", "“max_length”应当是整数"),
    (ACCOUNT, "max_length: 30", "max_length: 0", "max_length: 0", "“max_length”应当不小于 1"),
    (ACCOUNT, "required: [first]", "required: [frist]", "[frist]", "“required”应当是true、false，或"),
    (ACCOUNT, "type: month", "type: moth", "type: moth", "没有“moth”这种类型，是不是“month”？"),
    (ACCOUNT, "name: opened, type: month", "name: opened", "name: opened", "缺少必填的键“type”"),
    (ACCOUNT, "name: opened", "name: Opened", "name: Opened", "名称“Opened”只能用小写字母"),
    (ACCOUNT, "name: opened", "name: data", "name: data", "名称“data”是系统保留的"),
    (ACCOUNT, "role: head", "role: boss", "role: boss", "“role”只能是：reporter、head、office"),
    (ACCOUNT, "kinds: [review]", "kinds: [reviews]", "kinds:", "“kinds”只能是：first、change、review、close"),
    (ACCOUNT, "news: 新闻", "news: 0371", "0371", "“news”写的 0371 被 YAML 读成了数字 249"),
    (ACCOUNT, "preset: phone_person", "preset: phone_persn", "phone_persn", "是不是“phone_person”？"),
    (ACCOUNT, "other: 其他}", "others: 其他}", "others:", "请补上 other: 其他"),
    (ACCOUNT, "微信, other", "传统纸媒, other", "choices:", "有两项的文字相同"),
    (ACCOUNT, "at_most: followers", "at_most: title", "at_most: title", "不是排在前面的 number 项目"),
    (ACCOUNT, "label: 创建时间}", "label: 创建时间, default: 去年}", "default: 去年", "不是有效的值"),
    (ACCOUNT, "label: 管理队伍\n", "label: 管理队伍\n        required: true\n", "        required: true\n        rows",
     "people 的必填写在 rows 和 columns 上"),
    (ACCOUNT, "{name: deputy", "{name: leader", "{name: leader, label: 管理员", "名称“leader”用了两次"),
    (ACCOUNT, "  title: title", "  title: titel", "  title: titel", "没有名为“titel”的项目，是不是“title”？"),
    (ACCOUNT, "platform, in: [wechat]", "platfrom, in: [wechat]", "platfrom", "是不是“platform”？"),
    (ACCOUNT, "platform, in: [wechat]", "platform, in: [wechta]", "wechta", "没有选项“wechta”，是不是“wechat”？"),
    (ACCOUNT, "platform, in: [wechat]", "title, in: [wechat]", "title, in", "“title”不是，请换一个"),
    (ACCOUNT, "platform, in: [wechat]", "owner_kind, in: [college]", "owner_kind, in: [college]}\n      - {name: foll",
     "只能用在签署步骤的 when 里"),
    (ACCOUNT, "label: 平台名称, required: true",
     "label: 平台名称, required: true, visible_when: {field: platform, in: [wechat]}", "label: 平台名称",
     "排在后面，条件只能看前面"),
    (ACCOUNT, "in: [college]", "in: [colleg]", "[colleg]", "没有选项“colleg”，是不是“college”？"),
    (ACCOUNT, "{item: unit, span: 2}", "{item: unit}", "{item: unit}", "第 1 行占了 3 列，widths 有 4 列"),
    (ACCOUNT, "side: 管理队伍, rows: 2", "side: 管理队伍, rows: 3", "step: unit, span: 4", "第 7 行占了 5 列"),
    (ACCOUNT, "{step: office, span: 4}", "{step: office, span: 4, rows: 2}", "step: office, span", "超出了表格的最后一行"),
    (ACCOUNT, "{item: phone}", "{label: 空}", "preset: phone_person", "问了却没有印在纸上"),
    (ACCOUNT, "{item: team.deputy.phone}", "{label: 空}", "name: team", "“team.deputy.phone”（管理员电话）问了却没有印"),
    (ACCOUNT, "{item: title, span: 2}", "{item: titel, span: 2}", "titel", "没有名为“titel”的项目"),
    (ACCOUNT, "{item: title, span: 2}", "{items: [title, code], span: 2}", "name: code", "写了 print: false，纸上却印了它"),
    (ACCOUNT, "{item: title, span: 2}", "{item: title, items: [title], span: 2}", "items: [title]", "item 和 items 只能写一个"),
    (ACCOUNT, "{item: title, span: 2}", "{itm: title, span: 2}", "itm", "看不出这是哪种格子（现有的键：itm、span）"),
    (ACCOUNT, "{item: title, span: 2}", "{item: title, spam: 2}", "spam", "没有“spam”这个键，是不是“span”？"),
    (ACCOUNT, "□微信 □其他", "□微信 其他", "boxes:", "boxes 里有 2 个“□”，选项有 3 个"),
    (ACCOUNT, "{item: title, span", "{item: title, boxes: □, span", "item: title, boxes", "不能印成方框"),
    (ACCOUNT, "{step: unit, span: 4}", "{label: 空, span: 4}", "name: unit\n      label: 单位意见", "没有签署的格子"),
    (ACCOUNT, "{step: unit, span: 4}", "{step: units, span: 4}", "step: units", "不在 route.steps 里，是不是“unit”？"),
    (ACCOUNT, "{step: unit, span: 4}", "{step: office, span: 4}", "step: office, span: 4}]\n  notes", "有两个格子"),
    (ACCOUNT, "{text: 附件1}", "{text: 附件1, item: titel}", "titel", "没有名为“titel”的项目"),
    (ACCOUNT, "{text: 附件1}", "{text: 附件1, item: title, fill: unit}", "fill: unit", "item 和 fill 只能写一个"),
    (ACCOUNT, "order: 1", "code: other", "code: other", "与文件名“account”不一致"),
    (REGISTER, "form: account", "form: acount", "acount", "没有“acount”这个表，是不是“account”？"),
    (REGISTER, "platform, in", "platfrom, in", "platfrom", "是不是“platform”？"),
    (REGISTER, "[wechat]", "[weibo]", "[weibo]", "没有选项“weibo”"),
    (REGISTER, "fallback: phone", "fallback: phon", "fallback: phon", "列“phon”"),
    (REGISTER, "column: 账号名称", "column: 账号名", "column: 账号名", "没有名为“账号名”的列，是不是“账号名称”？"),
    (REGISTER, "1: {账号名称", "4: {账号名称", "4: {", "行号“4”不在 1 到 3 之间"),
    (REGISTER, "1: {账号名称", "1: {帐号", "1: {", "没有名为“帐号”的列"),
    (REGISTER, "rows: 3", "rows: 1", "serials", "serials 有 2 个，空行只有 1 行"),
    (SCHOOL, "-{serial}", "", "number", "编号样式里缺少 {serial}"),
    (SCHOOL, "{year}", "{yaer}", "number", "不能用 {yaer}"),
    (SCHOOL, 'number: {text: "示宣备-{year}-{serial}", digits: 3}\n', "", "name: 示范学院", "缺少必填的键“number”"),
    (SCHOOL, "tiers:", "forms: {}\ntiers:", "forms: {}", "没有“forms”这个键"),
    (SCHOOL, "phone: \"2657100\"", "phone: 2657100", "phone: 2657100", "请加引号：'2657100'"),
    (SCHOOL, "contact: {phone: \"2657100\"}", "individuals: {unit: 个人申报, links: true}", "individuals",
     "请在 contact 里写上"),
    (SCHOOL, "tiers:", "individuals: {unit: 个人申报, days: 91}\ntiers:", "days: 91", "“days”应当不大于 90"),
]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda s: f"{s[2][:40]!a}")
def test_a_slip_is_named_with_its_line_and_its_cure(tmp_path, slip):
    folder = copied_to(tmp_path / "schools")
    name, old, new, at, sentence = slip
    text = change(folder, name, (old, new))
    errors = errors_of(folder)
    where = f"{name}:{line_of(text, at)}: "
    assert [e for e in errors if e.startswith(where) and sentence in e], "\n".join([where, *errors])
