"""What people and Excel write into a cell, in the words that the form's own inputs take."""

import re
from collections.abc import Mapping
from datetime import timedelta

from models.rules.dates import EXCEL_ORIGIN, LONGEST_WRITTEN
from models.rules.fields.account_key import title_key
from models.rules.messages import clean
from models.rules.typed_text import normalised

# A cell that is crossed out says nothing; where no word would be an answer, neither does 无.
CROSSED_OUT = frozenset({"/", "\\", "／", "-", "--", "－", "—", "——", "–", "―"})
NOTHING = CROSSED_OUT | {"无", "暂无", "没有", "未认证", "未开通", "N/A", "n/a"}

YES = frozenset({"是", "有", "√", "✓", "✔", "☑", "对", "y", "yes", "true"})
NO = frozenset({"否", "无", "×", "✗", "✘", "x", "没有", "不是", "n", "no", "false"})

LONGEST_OTHER = 300
_SERIAL = re.compile(r"[2-7][0-9]{4}(\.[0-9]+)?|80000")
_CLOCK = re.compile(r"[T ]+[0-9]{1,2}:[0-9:.]+$")
_UNBROKEN = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})?")
_LOST_NOUGHT = re.compile(r"([0-9]{4})\.1")
_LISTED = re.compile(r"[、，,;；\n]+")
_OTHER = re.compile(r"其[他它]\s*[：:（(\-—_\s]\s*(.+?)\s*[)）]?")
_BARE_NUMBER = re.compile(r"-?[0-9][0-9,]*(\.[0-9]+)?")
# What people call a choice by besides its label; and what they put behind it.
_CALLED = {
    "b站": "bilibili",
    "哔哩哔哩": "bilibili",
    "哔哩": "bilibili",
    "头条号": "今日头条",
    "官网": "网页",
    "网站": "网页",
    "公众号": "微信",
}
_BEHIND = ("公众号", "订阅号", "服务号", "公众平台", "账号", "帐号", "平台", "号", "群")
_DENIED = ("不", "非", "无", "未", "没")


def narrow(text: str) -> str:
    """Cleaned text with half-width digits and letters."""
    return normalised("NFKC", clean(text)).strip()


def written_day(text: str) -> str:
    """A day or month as the inputs take it: Excel's day number, a clock behind it, 20220305."""
    if len(text) > LONGEST_WRITTEN:
        return text
    plain = _CLOCK.sub("", narrow(text)).removesuffix("份")
    if _SERIAL.fullmatch(plain):
        return (EXCEL_ORIGIN + timedelta(int(float(plain)))).isoformat()
    if unbroken := _UNBROKEN.fullmatch(plain):
        return "-".join(part for part in unbroken.groups() if part)
    return plain


def lost_nought(text: str) -> str:
    """The year of 2022.1, which may have been 2022.10; '' for all else."""
    match = _LOST_NOUGHT.fullmatch(narrow(text))
    return match[1] if match else ""


def is_other(text: str) -> bool:
    """Whether it is the word 其他 and no more."""
    return title_key(text) in ("其他", "其它")


def listed(text: str) -> list[str]:
    """The words of an enumeration."""
    return [word for word in map(clean, _LISTED.split(text)) if word]


def behind_other(text: str) -> str:
    """小红书 of 其他：小红书; the text itself where 其他 does not stand in front."""
    words = clean(text)
    # Runs of spaces can be shared out among the pattern's parts in very many ways.
    match = _OTHER.fullmatch(words) if len(words) <= LONGEST_OTHER else None
    return match[1] if match else words


def count_of(text: str, scale_unit: str, bare_is_scaled: bool = False) -> str:
    """A count as the input takes it: 1.2w is 1.2万, and so is 1.2 where the column counts in 万."""
    words = narrow(text).replace(" ", "")
    if scale_unit and words[-1:] in "wW" and _BARE_NUMBER.fullmatch(words[:-1]):
        return words[:-1] + scale_unit
    scaled = bare_is_scaled and _BARE_NUMBER.fullmatch(words)
    return words + scale_unit if scaled else words


def likeliest(text: str, choices: Mapping[str, str]) -> str | None:
    """The code of the one choice that these words can mean; None when none can, or several."""
    key = title_key(text)
    if not key:
        return None
    for fits in (_is_it, _is_part_of_it, _begins_or_ends_it, _ends_with_it):
        fitting = [code for code, label in choices.items() if fits(key, label)]
        if len(fitting) == 1:
            return fitting[0]
    return _called_otherwise(key, choices)


def _is_it(key: str, label: str) -> bool:
    return key == title_key(label)


def _is_part_of_it(key: str, label: str) -> bool:
    return key in map(title_key, re.split(r"[/／（()）]", label))


def _begins_or_ends_it(key: str, label: str) -> bool:
    whole = title_key(label)
    return len(key) > 1 and (whole.startswith(key) or whole.endswith(key))


def _ends_with_it(key: str, label: str) -> bool:
    whole = title_key(label)
    return len(whole) > 1 and key.endswith(whole) and not key.startswith(_DENIED)


def _called_otherwise(key: str, choices: Mapping[str, str]) -> str | None:
    """By another name, or with 公众号 behind it."""
    if key in _CALLED:
        return next((code for code, label in choices.items() if label == _CALLED[key]), None)
    shorter = next((key.removesuffix(word) for word in _BEHIND if key.endswith(word)), "")
    return next((code for code, label in choices.items() if shorter and title_key(label) == shorter), None)
