"""A form of the shape every paper has, as plain HTML: the subset that the engine draws well."""

import base64
from io import BytesIO

import segno

LONG_LABEL = "简要介绍"
CSS = """
@page {
  size: A4 portrait; margin: 18mm 20mm 22mm 20mm;
  @frame foot {
    -pdf-frame-content: foot; left: 20mm; right: 20mm; bottom: 7mm; height: 12mm;
  }
}
body { font-size: 11pt; line-height: 1.4; margin: 0; }
h1 { font-size: 18pt; text-align: center; margin: 0 0 4mm 0; line-height: 1.3; }
p { margin: 0; }
table.sheet { width: 100%; }
table.sheet td { border: 0.6pt solid #000; padding: 1.5mm; vertical-align: middle; }
table.sheet td.width { border: none; padding: 0; }
table.sheet td.top { vertical-align: top; }
table.sheet td.whole { -pdf-keep-in-frame-mode: shrink; }
table.sheet table td { border: none; padding: 0; vertical-align: top; }
td.label, td.side { text-align: center; }
table.least { width: 100%; }
.mm16 { height: 16mm; }
.mm40 { height: 40mm; }
.verbatim { white-space: pre-wrap; }
.hint { font-size: 9pt; }
.sign { text-align: right; }
.copy { text-align: right; font-size: 10pt; }
.notes { font-size: 10pt; margin-top: 2mm; }
.qr { width: 18mm; height: 18mm; }
#foot { font-size: 8pt; }
#foot .qr { width: 11mm; height: 11mm; }
#foot td { vertical-align: bottom; }
"""
NOTES = """备注：1．此纸质备案表一式两份，党委宣传部、申办单位各留存一份。
2．账号名、管理队伍人员或维护方式发生变更，应以书面形式报党委宣传部备案。"""
DATE = "年    月    日"


def qr(address: str) -> str:
    picture = BytesIO()
    segno.make(address).save(picture, kind="png", scale=4, border=2)
    data = base64.b64encode(picture.getvalue()).decode()
    return f'<img class="qr" src="data:image/png;base64,{data}"/>'


def row(*cells: tuple[str, str, int], least: str = "") -> str:
    """One row as a table of its own: each cell has its width, and no cell spans."""
    drawn = "".join(f'<td class="{kind}" width="{wide}%">{text}</td>' for text, kind, wide in cells)
    return f'<table class="sheet {least}"><tr>{drawn}</tr></table>'


def people() -> str:
    """Rows that a side label joins: widths on a row without height, then rowspans."""
    widths = "".join(f'<td class="width" width="{wide}%"></td>' for wide in (6, 11, 20, 10, 13, 13, 27))
    side = f'<td class="side" rowspan="3">{"<br/>".join("管理队伍")}</td>'
    phone = '<td class="label" rowspan="3">联系电话</td>'
    rows = []
    for label, name, kind, number in (
        ("负责人", "张𬭎", "教师", "2657123"),
        ("管理员1", "李𬬻㛃", "学生", "13800138000"),
        ("管理员2", "王䶮", "学生", "13900139000"),
    ):
        first = not rows
        cells = (
            f'{side if first else ""}<td class="label">{label}</td><td>{name}</td>'
            f'<td class="label">身份</td><td>{kind}</td>{phone if first else ""}<td>{number}</td>'
        )
        rows.append(f"<tr>{cells}</tr>")
    return f'<table class="sheet"><tr>{widths}</tr>{"".join(rows)}</table>'


def opinion(label: str, text: str, *signs: str) -> str:
    """A box with room for ink: the text has a least height, the signature lines stand below it."""
    room = f'<table class="least mm16"><tr><td><p class="verbatim">{text}</p></td></tr></table>'
    lines = "".join(f'<p class="sign verbatim">{sign}</p>' for sign in signs)
    return row((label, "label", 17), (room + lines, "whole", 83))


def flowing(text: str) -> str:
    """A text that goes on over the page: the empty table is what lets its cell be cut."""
    return f'<p class="verbatim">{text}</p><table class="flow"><tr><td></td></tr></table>'


def form_page(introduction: str, copy: str = "") -> str:
    boxes = "□传统纸媒 □网页 ☑新媒体 □其他"
    hint = '<p class="hint">（报纸/杂志期刊/网页/公众号/微博/视频平台等）</p>'
    address = f"<p>pdsu_xxgc</p><p>{qr('https://example.edu.cn/')}</p>"
    return "".join(
        [
            f'<p class="copy">{copy}</p>' if copy else "",
            "<h1>平顶山学院媒体平台备案表</h1>",
            row(
                ("创建单位", "label", 17),
                ("信息工程学院", "", 33),
                ("平台名称", "label", 16),
                ("信工", "", 34),
            ),
            row(
                ("平台属性", "label", 17),
                (boxes, "", 33),
                ("具体性质", "label", 16),
                ("公众号" + hint, "", 34),
            ),
            row(("认证时间", "label", 17), ("2019年9月", "", 33), ("二维码", "label", 16), (address, "", 34)),
            people(),
            row((LONG_LABEL, "label", 17), (flowing(introduction), "top", 83), least="mm40"),
            opinion("单位意见", "同意。", "单位负责人签字：（加盖单位公章）", DATE),
            opinion("党委宣传部\n意见".replace("\n", "<br/>"), "", "签章：" + " " * 16, DATE),
            f'<p class="notes verbatim">{NOTES}</p>',
        ]
    )


def document(*pages: str) -> str:
    foot = (
        f'<div id="foot"><table width="100%"><tr><td width="8%"><p>{qr("https://example.edu.cn/r/AB12")}'
        '</p></td><td width="70%">核验码 AB12-CD34</td>'
        '<td width="22%" align="right">第 <pdf:pagenumber/> 页</td></tr></table></div>'
    )
    style = f"<style>{CSS}</style>"
    return f"<html><head>{style}</head><body>{foot}{'<pdf:nextpage/>'.join(pages)}</body></html>"
