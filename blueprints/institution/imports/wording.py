"""What an import does, in words that differ from one target to another."""

from collections.abc import Mapping, Sequence

from flask import g

from models.imports.targets import FORM, PEOPLE, UNITS

# What an added and a changed row become.
BECOMES = {
    UNITS: ("新增 {} 个单位", "修改 {} 个单位"),
    PEOPLE: ("新增 {} 位人员", "修改 {} 位人员"),
    FORM: ("生成 {} 件初次备案草稿", "生成 {} 件变更草稿"),
}
# Several rows may be about one person: before they are written only rows can be counted.
PLANS = {PEOPLE: ("新增人员（{} 行）", "修改人员（{} 行）")}
NAMES = {UNITS: "单位", PEOPLE: "人员"}


def name_of(code: str) -> str:
    """What is imported, as lists of it are called."""
    if code in NAMES:
        return NAMES[code]
    return g.institution.forms[code.removeprefix(FORM)].short


def plans(code: str, counted: Mapping[str, int]) -> list[str]:
    """What writing so many rows will do: 生成 12 件初次备案草稿, 生成 3 件变更草稿."""
    sentences = PLANS.get(code) or BECOMES.get(code, BECOMES[FORM])
    return _filled(sentences, (counted["add"], counted["change"]))


def results(code: str, result: Mapping[str, int]) -> list[str]:
    """What was written, as `Target.confirm` tells it."""
    return _filled(BECOMES.get(code, BECOMES[FORM]), (result["added"], result["changed"]))


def _filled(sentences: Sequence[str], numbers: Sequence[int]) -> list[str]:
    return [words.format(number) for words, number in zip(sentences, numbers, strict=True) if number]
