"""What the office says of many accounts at once that should be gone: seen gone, or still there."""

from dataclasses import dataclass

from flask import request

from blueprints.institution.components.opinions import read_opinion
from blueprints.institution.filtering import ticked_rows
from models.rules.event_labels import GONE, STILL_THERE

MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Judgement:
    """`chosen`: ids of the rows that were ticked; `problem`: why nothing can be done with it, or ''."""

    chosen: list[int]
    gone: bool
    note: str
    problem: str


def read_judgement(row: str) -> Judgement:
    """The judgement that a request holds, of rows ticked under this name."""
    chosen, verb = ticked_rows(request.form, row), request.form.get("verb", "")
    note, problem = read_opinion()
    if not chosen or verb not in (GONE, STILL_THERE):
        problem = "请先勾选已经查看过的账号，再选择核实结果。"
    elif len(chosen) > MOST_AT_ONCE:
        problem = f"一次最多核实 {MOST_AT_ONCE} 个，请分几次处理。"
    elif verb == STILL_THERE and not note:
        problem = "请写明查到的情况，单位要据此处理。"
    return Judgement(chosen, verb == GONE, note, problem)
