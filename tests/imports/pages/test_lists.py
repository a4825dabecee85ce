"""The lists that set a school up: its units and its people, from the template to the sign-in."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from models.database import db
from models.people.person import Person
from models.people.unit import Unit
from tests.client import Browser, Page
from tests.imports.pages.conftest import book, press, read_on, row, send, states, tabs

UNIT_HEAD = ["单位名称", "单位类别", "上级单位", "状态"]
PEOPLE_HEAD = ["姓名", "工号", "角色", "单位", "联系电话"]


@pytest.fixture
def admin(sign_in) -> Browser:
    return sign_in("guanyiming")


def shown(admin: Browser, target: str, head: list[str], *lines: tuple[str, ...]) -> Page:
    """Upload a list and open its preview with all rows."""
    rows = [dict(zip(head, line, strict=False)) for line in lines]
    send(admin, book(*rows, head=head), f"{target}.xlsx", target)
    read_on(admin)
    return admin.open(f"{admin.page.address}?show=all")


def units(admin: Browser, *lines: tuple[str, ...]) -> Page:
    return shown(admin, "units", UNIT_HEAD, *lines)


def people(admin: Browser, *lines: tuple[str, ...]) -> Page:
    return shown(admin, "people", PEOPLE_HEAD, *lines)


@pytest.mark.parametrize(
    ("target", "answers"),
    [
        ("units", {"单位名称*": "测绘学院", "单位类别": "学院"}),
        ("people", {"姓名*": "赵测", "用户名*": "zhaoce", "角色": "经办人", "单位": "文学院"}),
    ],
)
def test_the_filled_template_is_understood(admin, target, answers):
    answer = admin.client.get(f"/pdsu/imports/{target}/template.xlsx")
    filled = load_workbook(BytesIO(answer.data))
    [head] = [
        line
        for line in filled.worksheets[0].iter_rows()
        if {"单位名称*", "姓名*"} & {cell.value for cell in line}
    ]
    for cell in head:
        if cell.value in answers:
            filled.worksheets[0].cell(cell.row + 1, cell.column, answers[cell.value])
    file = BytesIO()
    filled.save(file)
    send(admin, file.getvalue(), "模板.xlsx", target)
    assert states(admin.open(f"{read_on(admin).address}?show=all")) == ["新增"]


def test_units_come_in_with_their_tree_and_the_same_file_changes_nothing(admin):
    said = [
        ("遥感系", "组织社团", "测绘学院"),
        ("测绘学院", "学院"),
        ("文学院", "学院", "平顶山学院"),
        ("青年志愿者协会", "", "学生工作部"),
        ("错院", "书院"),
    ]
    page = units(admin, *said)
    assert states(page) == ["新增", "新增", "无变化", "变更", "错误"]
    assert "没有“书院”这一类" in row(page, 6).get_text()
    assert "移到“学生工作部”下面" in row(page, 5).get_text()
    page = admin.submit("确认导入 3 行")
    assert "新增 2 个单位" in page.text
    assert "修改 1 个单位" in page.text
    page = admin.follow("查看单位")
    listed = [link.get_text(strip=True) for link in page.soup.select("#results td:first-child a")]
    assert listed.index("遥感系") == listed.index("测绘学院") + 1
    assert states(units(admin, *said)) == ["无变化"] * 4 + ["错误"]


def test_putting_the_parent_right_puts_its_children_right(admin):
    page = units(admin, ("遥感系", "组织社团", "测绘学院"), ("测绘学院", "书院"))
    assert states(page) == ["错误", "错误"]
    press(admin, 3, "保存", 单位类别="学院")
    page = admin.open(f"{page.address}?show=all")
    assert states(page) == ["新增", "新增"]
    assert admin.submit("确认导入 2 行").heading == "导入完成"


def test_leaving_the_parent_out_takes_the_ground_from_its_children(admin):
    page = units(admin, ("遥感系", "组织社团", "测绘学院"), ("测绘学院", "学院"))
    press(admin, 3, "不导入")
    page = admin.open(f"{page.address}?show=all")
    assert states(page) == ["错误", "不导入"]


def test_a_row_twice_is_a_double(admin):
    page = units(admin, ("测绘学院", "学院"), (" 测绘学院", "学院", "平顶山学院"))
    assert tabs(page)["重复"] == 1


def test_people_come_in_with_passwords_shown_once_that_open_the_door(admin, app):
    page = people(
        admin,
        ("赵测", "zhaoce", "经办人", "文学院", "13812345678"),
        ("赵测", "zhaoce", "审计员", "图书馆"),
        ("林晓", "linxiao", "经办人", "图书馆"),
        ("周敏", "zhoumin", "单位负责人", "信息工程学院"),
    )
    assert states(page) == ["新增", "新增", "变更", "无变化"]
    page = admin.submit("确认导入 3 行")
    assert "新增 1 位人员" in page.text
    password = page.find("code").get_text()
    assert page.response.headers["Cache-Control"] == "no-store"
    assert password not in admin.open(page.address.removesuffix("/confirm")).html
    newcomer = Browser(app.test_client())
    newcomer.open("/sign-in?school=pdsu")
    page = newcomer.submit("登录", school="pdsu", username="zhaoce", password=password)
    assert "密码" in page.heading  # a one-time password has to be changed first
    with app.app_context():
        grants = db.session.scalar(select(Person).filter_by(username="zhaoce")).grants
        assert {(one.role.label, one.unit.name) for one in grants} == {
            ("经办人", "文学院"),
            ("审计员", "图书馆"),
        }


def test_a_wrong_cell_is_put_right_in_the_preview(admin):
    page = people(admin, ("赵测", "zhaoce", "校长", "文学院"))
    assert "没有“校长”这个角色" in row(page, 2).get_text()
    press(admin, 2, "保存", 角色="经办人")
    assert states(admin.open(f"{page.address}?show=all")) == ["新增"]


def test_somebody_who_came_in_meanwhile_is_noticed_and_nothing_is_written(admin, app):
    page = people(admin, ("赵测", "zhaoce", "经办人", "文学院"), ("钱二", "qianer", "经办人", "文学院"))
    with app.app_context():
        db.session.add(Person(institution="pdsu", name="别人", username="ZhaoCe"))
        db.session.commit()
    page = admin.submit("确认导入 2 行")
    assert page.status == 409
    assert "核对期间有 1 行的情况变了" in page.text
    assert states(admin.open(f"{page.address.removesuffix('/confirm')}?show=all")) == ["变更", "新增"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Person.username == "qianer")) == 0


@pytest.mark.parametrize("target", ["units", "people"])
def test_only_the_administrator_imports_them(sign_in, target, app):
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Unit))
    reporter = sign_in("linxiao")
    assert reporter.open(f"/pdsu/imports/{target}/new").status in (403, 404)
    assert reporter.open(f"/pdsu/imports/{target}/template.xlsx").status in (403, 404)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Unit)) == before
