"""What people type and hand in: whole answers in their own words, to be changed one by one."""

import struct
import zlib
from io import BytesIO

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

ACCOUNT = {
    "这个平台现在开通了吗？": "已经开通",
    "平台名称": "平院信工快报",
    "平台属性": "新媒体",
    "具体性质": "微信公众号",
    "账号类型": "微信",
    "账号或网址": "pdsu_kuaibao",
    "创建时间": "2019年9月",
    "负责人姓名": "周敏",
    "负责人身份": "教师",
    "负责人联系电话": "2657000",
    "简要介绍": "学院新闻与通知。",
    "账号分级": "二级平台",
    "关注人数": "350",
    "更新频率": "2-3次/周",
    "负责老师": "林晓",
    "负责老师电话": "13812345678",
}
NOT_OPEN_YET = {
    "这个平台现在开通了吗？": "尚未开通，批准后再开",
    "账号或网址": "",
    "创建时间": "",
    "关注人数": "",
}
GROUP = {
    "群聊平台": "微信群",
    "群名称": "新生答疑群",
    "群性质": "教学",
    "群人数": "86",
    "有无校外人员": "无",
    "创建时间": "2021年9月",
    "创建人": "林晓",
    "创建人电话": "13812345678",
}
# The other school asks other things, and a commitment before the unit's opinion.
NEW_MEDIUM = {
    "这个新媒体现在开通了吗？": "已经开通",
    "新媒体类型": "微信",
    "帐号用户名（新媒体名称）": "商贸快报",
    "账号id": "abc_kuaibao",
    "是否认证": "是",
    "开通时间": "2019年9月",
    "第一责任人姓名": "程远",
    "第一责任人职务": "系主任",
    "第一责任人手机": "13812345678",
    "帐号管理员姓名": "方晴",
    "帐号管理员职务": "干事",
    "帐号管理员手机": "13812345679",
    "平台是否设有交互栏目": "否",
}


def png(width: int = 60, height: int = 60) -> bytes:
    """A real picture."""
    out = BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "PNG")
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A small file whose header promises a huge picture."""
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", size), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def pdf(pages: int = 1, password: str = "", script: str = "") -> bytes:
    """A real PDF; it may need a password to be opened, or run a script then."""
    writer, out = PdfWriter(), BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if script:
        action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject(script)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject(key): value for key, value in action.items()}
        )
    if password:
        writer.encrypt(password)
    writer.write(out)
    return out.getvalue()


def file(content: bytes, name: str) -> tuple[BytesIO, str]:
    """A file as a form sends it."""
    return BytesIO(content), name
