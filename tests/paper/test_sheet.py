"""The three sheets that are signed, word for word and box for box as the schools' own forms."""

import re

import pytest

from blueprints.institution.paper import blank, print_sheet
from tests.paper.sheet_reading import (
    ACCOUNT,
    GROUP,
    MM,
    PLATFORM,
    Paper,
    event,
    filing,
    form_titled,
    item_labelled,
    printed,
    team,
)

# Every printed word in the order of the paper; what stands between them is filled in.
PRINTED = {
    PLATFORM: """平顶山学院媒体平台备案表|创建单位|平台名称|平台属性|□传统纸媒|□网页|□新媒体|□其他|具体性质|
        （报纸/杂志期刊/网页/公众号/微博/视频平台等）|创建/认证时间|网址/二维码|（仅限网页和新媒体）|简要介绍|
        单位意见|单位负责人签字：|（加盖单位公章）|年月日|党委宣传部意见|签章：|年月日|
        备注：1．此纸质备案表一式两份，党委宣传部、申办单位各留存一份。|
        2．账号名、管理队伍人员或维护方式发生变更，应以书面形式报党委宣传部备案。""",
    ACCOUNT: """附件1|编号：|安徽商贸职业技术学院新媒体建设备案及审批表|申请单位名称:|新媒体类型|
        □微信|□微博|□QQ/QQ空间|□今日头条|□自主开发移动客户端|□其他___________|帐号用户名（新媒体名称）|账号id|
        是否认证|开通时间|姓名|职务|手机|办公电话|邮箱|姓名|职务|手机|办公电话|邮箱|
        1．专人负责审核维护，积极配合学校正面引导新媒体舆论，大力宣传学校良好形象、服务广大师生。|
        2．保证无违法违规及其他任何负面信息，不得发布任何商业广告信息。|
        3．未经同意或授权，不随意发布代表学校官方立场的信息或以学校名义评论、回复信息。不随意转载未经证实的有关信息。|
        新媒体负责人签名：|年月日|平台是否设有交互栏目|□否|□是|交互栏目是否有管理员审核|□否□是|单位意见|
        我单位知晓国家互联网有关法规和学校制度，承诺加强管理，切实保障该新媒体的网络信息安全，同意本新媒体开通运营。|
        单位负责人签字（公章）：|年月日|党委宣传统战部意见|签名（公章）：|年月日|
        注：1、本表纸质版一式两份，党委宣传统战部、主办单位各留存一份|2、负责人为系、部，处、室主要领导|
        3、党委宣传统战部联系人：杨兵，联系电话：5971011，邮箱：abcxcb@163.com""",
    GROUP: """附件2|编号：|安徽商贸职业技术学院QQ群、微博群备案及审批表|申请单位名称:|群类型|
        □QQ群|□微博群|□其他___________|群名称|群号|是否认证|开通时间|姓名|职务|手机|办公电话|邮箱|
        姓名|职务|手机|办公电话|邮箱|
        2．保证无违法违规及其他任何负面信息，不得发布与学校相关规定相违背的信息。|负责人签名：|年月日|
        单位意见（个人创建的到系部）|
        我单位知晓国家互联网有关法规和学校制度，承诺加强管理，切实保障该新媒体的网络信息安全，同意本群开通运营。|
        单位负责人签字（公章）：|年月日|党委宣传统战部意见|签名（公章）：|年月日|
        注：1、本表纸质版一式两份，党委宣传统战部、负责人各留存一份|2、负责人为系、部，处、室主要领导|
        3、党委宣传统战部联系人：杨兵，联系电话：5971011，邮箱：abcxcb@163.com""",
}


@pytest.mark.parametrize("title", PRINTED)
def test_a_blank_form_has_every_word_of_the_schools_own_in_order_on_one_page(title):
    paper = Paper(blank(*form_titled(title)))
    assert len(paper.pages) == 1
    place = 0
    for words in re.split(r"\|\s*", PRINTED[title]):
        found = paper.text.find(words.strip().replace(" ", ""), place)
        assert found >= 0, f"{words} not after {paper.text[max(0, place - 20) : place]}"
        place = found


@pytest.mark.parametrize("title", PRINTED)
def test_a_filled_form_stays_on_one_page_and_shows_opinions_and_dates(title):
    paper = printed(title)
    assert len(paper.pages) == 1
    steps = form_titled(title)[1].route.steps
    assert paper.text.count("情况属实，同意。") == len(steps)
    for number, _ in enumerate(steps):
        assert paper.find(f"2022年2月{19 + number}日")


def test_three_phones_stand_under_one_label_and_the_team_is_read_downwards():
    paper = printed(PLATFORM, team=team("2657001", "2657002", "2657003"))
    assert paper.text.count("联系电话") == 1
    phones = [paper.find(f"265700{n}") for n in (1, 2, 3)]
    label = paper.find("联系电话")
    middles = [(phone.x0 + phone.x1) / 2 for phone in phones]
    assert max(middles) - min(middles) < 1
    assert phones[0].top < label.top < phones[2].bottom
    assert all(phone.x0 > label.x1 for phone in phones)
    side = paper.find("管理队伍")
    assert side.x1 - side.x0 < 6 * MM < 15 * MM < side.bottom - side.top


def test_who_signs_does_so_at_the_foot_right_of_the_box():
    paper = Paper(blank(*form_titled(PLATFORM)))
    for nth, label in enumerate(("单位负责人签字：", "签章：")):
        sign, date = paper.find(label), paper.find("年月日", nth)
        assert sign.top < date.top
        assert 297 < sign.x0 < date.x0
        assert paper.edges_below(date)[0] - date.bottom < 4 * MM


def test_what_came_back_shows_no_approval():
    paper = printed(PLATFORM, state="returned")
    assert "情况属实" not in paper.text
    assert paper.text.count("年月日") == 2


def test_an_approval_of_an_earlier_round_is_not_printed():
    came_back = filing(PLATFORM)
    came_back.events.append(event("submit", None, 27, ""))
    paper = Paper(print_sheet(*form_titled(PLATFORM), came_back))
    assert "情况属实" not in paper.text


def test_both_copies_name_their_holder_and_are_the_same_otherwise():
    paper = printed(PLATFORM, copies=form_titled(PLATFORM)[1].paper.copies)
    assert len(paper.pages) == 2
    assert "第1份·党委宣传部留存" in paper.page_text(0)
    assert "第2份·申办单位留存" in paper.page_text(1)
    assert paper.page_text(0).partition("留存")[2] == paper.page_text(1).partition("留存")[2]


def test_only_the_chosen_box_is_ticked_and_other_words_stand_on_the_line():
    platform = form_titled(ACCOUNT)[1].field(item_labelled(ACCOUNT, "新媒体类型"))
    paper = printed(ACCOUNT, **{platform.name: {"other": "抖音"}})
    assert "☑其他抖音" in paper.text
    assert "____" not in paper.text
    for label in list(platform.choices.values())[:-1]:
        assert f"□{label}" in paper.text
    paper = printed(ACCOUNT, **{platform.name: platform.code_for("微博")})
    assert "□微信☑微博□QQ/QQ空间" in paper.text
    assert "□其他___________" in paper.text


def test_number_and_unit_stand_at_the_head():
    paper = printed(ACCOUNT)
    title = paper.find(ACCOUNT)
    assert paper.find("编号：宣备-2022-0007").bottom < title.top
    assert paper.find("申请单位名称:").top > title.bottom


def test_two_times_are_joined_in_one_cell():
    _, form = form_titled(PLATFORM)
    cell = next(cell for row in form.paper.rows for cell in row if getattr(cell, "joiner", ""))
    times = [path for path in cell.paths() if form.field(path).type == "month"]
    assert (
        "2019年9月／2021年3月"
        in printed(PLATFORM, **dict(zip(times, ["2019-09", "2021-03"], strict=True))).text
    )
    assert "2019年9月／" not in printed(PLATFORM, **dict(zip(times, ["2019-09", None], strict=True))).text
