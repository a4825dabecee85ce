"""The built-in school's two summary tables and rows to fill them with."""

from datetime import date
from functools import cache
from pathlib import Path

from models.reports.summary import SummaryRow
from models.rules.definitions.institution import Institution
from models.rules.definitions.loader import load_institutions
from models.rules.definitions.register import Register

DAY = date(2022, 2, 20)
BLUEPRINTS = Path(__file__).resolve().parents[2] / "blueprints"


@cache
def school() -> Institution:
    return load_institutions(BLUEPRINTS)["pdsu"]


def accounts() -> Register:
    """附件2"""
    return _titled("平顶山学院新媒体账号信息汇总表")


def groups() -> Register:
    """附件3"""
    return _titled("平顶山学院即时群聊工具备案汇总表")


def _titled(title: str) -> Register:
    return next(found for found in school().registers.values() if found.title == title)


def grouped() -> Register:
    """附件2 with the two in charge under heads of their own, as other schools print it."""
    parts = {
        "负责老师": ("负责老师", "姓名"),
        "负责老师电话": ("负责老师", "电话"),
        "负责学生": ("负责学生", "姓名"),
        "负责学生电话": ("负责学生", "电话"),
    }
    columns = [
        column.model_copy(update=dict(zip(("group", "label"), parts[column.label], strict=True)))
        if column.label in parts
        else column
        for column in accounts().columns
    ]
    return accounts().model_copy(update={"columns": columns})


def row(register: Register, serial: int, closed: bool = False, **said: str) -> SummaryRow:
    """A row that says `said` under the labels and nothing else; followers come as a number."""
    cells = {column.heading: ("", "", "@") for column in register.columns}
    cells |= {label: (text, text, "@") for label, text in said.items()}
    cells["序号"] = (str(serial), serial, "0")
    key = f"{serial}-{serial}-0123456789ab"
    return SummaryRow(serial, cells, closed, filing_id=serial, channel_id=serial, key=key)


def account(serial: int, register: Register | None = None, closed: bool = False, **said: str) -> SummaryRow:
    """A filled row of 附件2 with 6,800 followers."""
    register = register or accounts()
    usual = {
        "管理单位": "信息工程学院",
        "账号分级": "二级平台",
        "账号类型": "微信",
        "账号名称": "平院信工青年",
        "账号或网址": "pdsu_xingong",
        "创建时间": "2019年9月",
        "认证时间": "2021年12月",
        "更新频率": "2-3次/周",
        "负责老师": "周敏",
        "负责老师电话": "2657100",
        "负责学生": "李𬭎",
        "负责学生电话": "13812345678",
    }
    headings = {column.value: column.heading for column in register.columns}
    own = {column.label: column.value for column in accounts().columns}
    told = {headings[own[label]]: text for label, text in (usual | said).items()}
    found = row(register, serial, closed, **told)
    found.cells["关注人数"] = ("0.68", 0.68, "General")
    return found
