"""A college's own list as offices really get it, and what is to be said of each of its rows."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from types import MappingProxyType
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEAD = [
    "序号",
    "管理单位",
    "级别",
    "类型",
    "账号名称",
    "账号/网址",
    "创建时间（年月）",
    "认证时间",
    "关注人数（万）",
    "更新频率",
    "负责老师",
    "负责老师电话",
    "负责学生",
    "推文数量",
]
SHEET, OTHER, REMARKS = "微信公众号", "视频号", "说明"
MINE = "信息工程学院"
USUAL = {
    "级别": "二级平台",
    "类型": "微信公众号",
    "创建时间（年月）": "2022年3月",
    "关注人数（万）": 0.68,
    "更新频率": "1次/日",
    "负责老师": "周敏",
    "负责老师电话": "2657100",
    "推文数量": 12,
}
LONG = "信工之声" * 16


class Told(NamedTuple):
    """What the preview says of a row: its state, piece by piece the sentence beside each cell (by
    its column), and a piece of a note below the row. `mended`: what the unit types instead."""

    state: str
    beside: Mapping[str, str] = MappingProxyType({})
    note: str = ""
    mended: Mapping[str, str] = MappingProxyType({})


def account(number: int, unit: str | None = MINE, **said) -> dict:
    return {
        "序号": number,
        "管理单位": unit,
        "账号名称": f"信工账号{number}",
        "账号/网址": f"xg_news_{number}",
        **USUAL,
        **said,
    }


DAY = datetime(2022, 3, 5)
# By its row in Excel: the cells, and what is said of them. None: nothing is said, it is no data.
ROWS: dict[int, tuple[dict, Told | None]] = {
    5: (account(5, 账号名称="\xa0信工账号5 ", 负责老师电话="１３８００００００７１", **{"创建时间（年月）": "２０２２．３"}), Told("新增")),
    6: (account(6, None, 负责老师电话=13800000072, **{"创建时间（年月）": 2022.3}), Told("新增")),
    7: (account(7, None, 负责老师电话="1.3800000073E+10", **{"创建时间（年月）": DAY}), Told("新增")),
    8: ({}, None),
    9: (account(9, f" {MINE}\u3000", **{"创建时间（年月）": 44625, "账号/网址": " xg_news_9\xa0"}), Told("新增")),
    10: (account(5), Told("重复", note="第5行重复")),
    11: (account(11, 负责老师电话="1.38E+10"), Told("错误", {"负责老师电话": "已经丢失"}, mended={"负责老师电话": "13800000081"})),
    12: (account(12, "火星学院"), Told("错误", {"管理单位": "火星学院"}, mended={"管理单位": MINE})),
    13: (account(13, **{"账号/网址": "pdsu_demo"}), Told("重复", note="已由“党委宣传部”备案")),
    14: (account(14, **{"账号/网址": "xg@pdsu.edu.cn"}),
         Told("错误", {"账号或网址": "不填登录邮箱"}, mended={"账号或网址": "xg_news_14"})),
    15: (account(15, 负责老师电话="138000"), Told("错误", {"负责老师电话": "11位手机号"}, mended={"负责老师电话": "13800000085"})),
    16: (account(16, 级别="四级"), Told("错误", {"账号分级": "没有“四级”"}, mended={"账号分级": "三级平台"})),
    17: (account(17, **{"创建时间（年月）": 2022.1}),
         Told("错误", {"创建时间": "2022-01 或 2022-10"}, mended={"创建时间": "2022-10"})),
    18: (account(18, **{"关注人数（万）": "=1+1"}),
         Told("错误", {"关注人数": "公式没有算出"}, mended={"关注人数": "2"})),
    19: (account(19, 更新频率="#REF!"), Told("错误", {"更新频率": "公式出错"}, mended={"更新频率": "1次/周"})),
    20: (account(20, 账号名称="信工旧号（已注销）"), Told("无变化", note="台账里没有这一个")),
    21: (account(21, 账号名称="平院信工（已注销）", **{"账号/网址": "pdsu_xg"}),
         Told("错误", {"账号名称": "到该账号页面办理注销"})),
    22: (account(22, 账号名称=LONG), Told("错误", {"账号名称": "最多60个字"}, mended={"账号名称": "信工之声"})),
    23: (dict(zip(HEAD, HEAD, strict=True)), None),
    24: (account(24, 账号名称="平院信工", **{"账号/网址": "pdsu_xg", "更新频率": "2次/日"}), Told("重复", note="第21行重复")),
    25: (account(25, **{"创建时间（年月）": "去年春天", "关注人数（万）": "很多"}),
         Told("错误", {"创建时间": "写清年、月", "关注人数": "整数"}, mended={"创建时间": "2023.3", "关注人数": "1.2万"})),
    26: ({"序号": "合计", "关注人数（万）": 12}, None),
    27: ({"序号": "注意：1．关注人数以万为单位。"}, None),
    28: ({"序号": "2．账号名称写全称。", "账号名称": "不是账号"}, None),
}  # fmt: skip
OTHERS: dict[int, tuple[list, Told | None]] = {
    2: (["信工视频", "微信视频号", MINE, "3,500", "2022/3"], Told("新增")),
    3: (
        ["", "抖音", MINE, "12", "2022/3"],
        Told("错误", {"账号名称": "请填写"}, mended={"账号名称": "信工短视频"}),
    ),
    4: (["备注：以上为视频类账号", "", "", "", ""], None),
}


def dirty_workbook() -> bytes:
    """The list, as openpyxl writes it."""
    book = Workbook()
    _write_list(book.active)
    other = book.create_sheet(OTHER)
    other.append(["名称", "账号类型", "所属单位", "粉丝数", "创建时间"])
    for cells, _ in OTHERS.values():
        other.append(cells)
    book.create_sheet(REMARKS).append(["本表由各单位填写。"])
    book.create_sheet("旧数据").append(HEAD)
    book["旧数据"].append(["1", MINE, "", "微信", "不该导入", "xg_old_one"])
    book["旧数据"].sheet_state = "hidden"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _write_list(sheet: Worksheet) -> None:
    sheet.title = SHEET
    sheet["A1"] = f"{MINE}新媒体账号统计表（2026年）"
    sheet["A2"] = "填报人：林晓　　联系电话：2657100"
    for area in ("A1:N1", "A2:N2", "B5:B7", "A27:N27", "A28:D28"):
        sheet.merge_cells(area)
    for column, heading in enumerate(HEAD, 1):
        sheet.cell(4, column).value = heading
    for number, (said, _) in ROWS.items():
        for heading, value in said.items():
            if value is not None:
                sheet.cell(number, HEAD.index(heading) + 1).value = value
    sheet.cell(7, HEAD.index("创建时间（年月）") + 1).number_format = "yyyy/m/d"
