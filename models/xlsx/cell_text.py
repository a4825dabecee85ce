"""The text of a cell: what a person would have typed into it.

Excel keeps a number and how it is shown; typed was what is shown. Where it has lost digits there
is a sentence instead of a guess.
"""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from models.rules.messages import clean
from models.rules.typed_text import is_normal

# What a number of Excel can hold.
MOST_DIGITS = 15
# 9999-12-31: later days Excel has not.
LAST_DAY = 2_958_465
ERRORS = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
BROKEN = "这里的公式出错了（{error}），请直接填写内容。"
UNRECKONED = "这里的公式没有算出结果。请直接填写内容，或用 Excel、WPS 打开文件保存一次再上传。"
LOST = "号码超过15位，Excel 只保留前15位，后面的变成了0。请重新填写完整号码（单元格先设为“文本”）。"
SHORTENED = "号码显示成了“{text}”，后面的数字已经丢失。请重新填写完整号码（单元格先设为“文本”）。"
EITHER_MONTH = "Excel 会去掉末尾的0，看不出是{year}年1月还是{year}年10月。请写成 {year}-01 或 {year}-10。"
_TWO_MONTHS = re.compile(r"(?:19|20)[0-9]{2}\.1", re.ASCII)
# As Excel, WPS and LibreOffice show it, with the plus: 1E5 may well be a name.
_SCIENTIFIC = re.compile(r"([1-9])(?:\.([0-9]+))?[eE]\+([0-9]{1,3})", re.ASCII)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_SHOWN = re.compile(r"([#0,?]*)(?:\.(0*))?")


class Text(NamedTuple):
    """A cell's text, and the sentence when Excel has spoilt it."""

    text: str
    damage: str = ""


class Look(NamedTuple):
    """How a format shows a number: `digits` and `decimals` are the least of them."""

    is_date: bool = False
    is_span: bool = False
    has_day: bool = True
    percent: bool = False
    digits: int = 1
    decimals: int = 0


def of_words(words: str) -> Text:
    """A text as it was typed; scientific notation gives the whole number it stands for."""
    if "_x" in words:
        words = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), words)
    # Most texts are clean already, and to see so takes a tenth of the time of cleaning.
    plain = words.isprintable() and is_normal(words)
    text = words.strip(" ") if plain else clean(words)
    if ERRORS.fullmatch(text):
        return Text(text, BROKEN.format(error=text))
    if match := _SCIENTIFIC.fullmatch(text):
        first, rest, power = match[1], match[2] or "", int(match[3])
        if len(rest) == power:
            return Text(first + rest)
        return Text(text, SHORTENED.format(text=text)) if power > len(rest) else Text(text)
    return Text(text)


def of_error(words: str) -> Text:
    return Text(words, BROKEN.format(error=words))


def of_boolean(words: str) -> Text:
    return Text("是" if words in ("1", "true") else "否")


def of_iso(words: str) -> Text:
    """A day as newer programs may store it."""
    try:
        return Text(_day(datetime.fromisoformat(words.removesuffix("Z"))))
    except ValueError:
        return of_words(words)


def of_number(words: str, code: str, from_1904: bool) -> Text:
    """A number by its format. Anything that is no number is taken as text."""
    try:
        number = Decimal(words)
    except InvalidOperation:
        return of_words(words)
    if not number.is_finite() or abs(number.adjusted()) > 300:
        return of_words(words)
    look = style_name(code)
    # Without a whole day there is no date, only a time.
    if look.is_date and (not look.has_day or number >= 1) and 0 <= number <= LAST_DAY:
        return Text(_moment(float(number), look, from_1904))
    return _plain(float(number), look)


@lru_cache(maxsize=1000)
def style_name(code: str) -> Look:
    """What a format code says; of several sections, the first."""
    plain = _QUOTED.sub("", code.split(";")[0])
    if is_date_format(code):
        day = re.search("[yYdD]", plain) is not None
        return Look(True, is_timedelta_format(code), day)
    if code == "General" or re.search("[eE][+-]|/|@", plain):
        return Look()
    whole, decimals = max(_SHOWN.findall(plain), key=lambda shown: len("".join(shown)))
    zeros = whole.count("0") if "," not in whole else 1
    return Look(percent="%" in plain, digits=min(zeros, 30), decimals=min(len(decimals), 15))


def _plain(value: float, look: Look) -> Text:
    # Fifteen digits, for 0.1 + 0.2 was never typed as 0.30000000000000004.
    number = Decimal(f"{value:.15g}") * (100 if look.percent else 1)
    text = f"{number.normalize():f}"
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, decimals = text.partition(".")
    decimals = decimals and decimals.ljust(look.decimals, "0")
    text = sign + whole.zfill(look.digits) + ("." + decimals if decimals else "")
    if len(whole) > MOST_DIGITS:
        return Text(text, LOST)
    if _TWO_MONTHS.fullmatch(text):
        return Text(text, EITHER_MONTH.format(year=whole))
    return Text(text + "%" * look.percent)


def _moment(value: float, look: Look, from_1904: bool) -> str:
    if look.is_span:
        minutes, seconds = divmod(round(value * 86400), 60)
        return _clock(*divmod(minutes, 60), seconds)
    moment = from_excel(value, MAC_EPOCH if from_1904 else WINDOWS_EPOCH)
    if isinstance(moment, time) or not look.has_day:
        return _clock(moment.hour, moment.minute, moment.second)
    return _day(moment)


def _day(moment: datetime) -> str:
    day = date(moment.year, moment.month, moment.day).isoformat()
    clock = _clock(moment.hour, moment.minute, moment.second)
    return day if clock == "00:00" else f"{day} {clock}"


def _clock(hours: int, minutes: int, seconds: int) -> str:
    return f"{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")
