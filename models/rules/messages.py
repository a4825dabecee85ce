"""Error key to Chinese sentence, and the one place where typed text is cleaned.

Two audiences read these: the person filling in a form (validation), and the person writing a
school's YAML (definitions). Both sentences name the thing and say what to do next.
"""

import re

from models.rules.definitions.definition_messages import DEFINITION_MESSAGES
from models.rules.typed_text import LONGEST_TYPED, normalised

FORM_MESSAGES = {
    "required": "请填写{label}。",
    "required_choice": "请选择{label}。",
    "required_image": "请上传{label}。",
    "too_long": "{label}最多{max}个字，现在是{now}个字，请删减。",
    "too_long_to_read": "{label}的内容太长，读不了，请删减。",
    "endless": "一栏最多能读{max}个字，刚才的内容没有保存。请返回上一页，删减以后再提交。",
    "number": "{label}请填写整数，例如 350。",
    "number_digits": "{label}的数字太大了，请核对。",
    "number_min": "{label}不能小于{min}。",
    "number_max": "{label}不能大于{max}。",
    "number_at_most": "{label}不能大于{other}（{max}）。",
    "number_scaled": "{label}按“{unit}”填写实际数量，不按“{scale_unit}”填写。现在填的是 {value}，"
    "等于 {scaled} {scale_unit}，请核对是否多填了。",
    "number_large": "{label}现在填的是 {value}{unit}，数字较大，请核对。",
    "date": "{label}请写成“2022-02-20”或“2022年2月20日”。",
    "date_impossible": "{label}填的 {typed} 在日历上不存在，请核对年、月、日。",
    "month": "{label}请写清年、月，例如“2019-09”或“2019年9月”。",
    "month_impossible": "{label}填的 {typed} 不是有效的年、月，请核对。",
    "phone": "{label}请填写7至8位固定电话（可加区号、分机）或11位手机号，例如 2657100、0375-2657100。",
    "email": "{label}的格式不对，请写成“name@example.cn”的样子。",
    "url": "{label}请填写网址，例如 https://weibo.com/name。",
    "account_email": "{label}一栏不填登录邮箱。微信公众号填写微信号，微博填写微博地址，"
    "QQ 类平台填写 QQ 号，视频网站填写主页地址。",
    "identifier": "{subject}，例如 {example}；{problem}。",
    "looks_like_address": "您填写的像是网址",
    "looks_like_mobile": "您填写的像是手机号",
    "looks_like_digits": "您填写的是一串数字",
    "looks_like_name": "您填写的像是名称",
    "shape_wechat_id": "应当是6至20位字母、数字、下划线或减号，以字母开头",
    "shape_digits": "应当是{least}至{most}位数字，不以0开头",
    "shape_address": "应当是完整的网址",
    "shape_address_on": "应当是 {hosts} 上的主页地址",
    "choice": "{label}没有“{typed}”这一项，请从列表中选择。",
    "choice_other": "{label}选了“{other}”，请在后面写明是什么。",
    "unit": "{label}请从列表中选择单位。",
    "image": "{label}的图片没有传上来，请重新选择图片。",
    "ahead_change": "{label}不能晚于今天，变更发生以后再来报备。",
    "ahead_close": "{label}最多可以提前 30 天填写，请核对。",
    "row_incomplete": "{row}已经填了一部分，请补上{label}。",
    "likened": "{label}写的是“{typed}”，读作“{choice}”。",
    "month_in_doubt": "{label}“{typed}”读作{year}年1月；如果是{year}年10月（Excel 会省去末尾的0），请改正。",
    "scaled_in_doubt": "{label}一列以“{scale_unit}”为单位，“{typed}”读作 {value}{unit}，请核对是否多填了。",
}

MESSAGES = FORM_MESSAGES | DEFINITION_MESSAGES

# Control characters (but tab and line feed) and halves of a surrogate pair.
_UNKEPT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACES = {0x00A0: " ", 0x2007: " ", 0x202F: " ", 0xFEFF: None, 0x200B: None}


def say(key: str, /, **words: object) -> str:
    """The Chinese sentence of an error key, with its words filled in.

    Raises KeyError for an unknown key or a missing word: that is a programming mistake.
    """
    return MESSAGES[key].format(**words)


def clean(text: str) -> str:
    """Typed text made safe to keep: NFC, one kind of line end, no control characters, trimmed.

    Control characters, NUL and lone surrogates are dropped (they cannot be stored, printed or
    put in a workbook); non-breaking spaces become plain ones. Tab and line feed stay. Longer than
    LONGEST_TYPED nothing gets, which every reader's own limit then refuses.
    """
    text = text[:LONGEST_TYPED].replace("\r\n", "\n").replace("\r", "\n").translate(_SPACES)
    return normalised("NFC", _UNKEPT.sub("", text)).strip(" \n\t\u3000")
