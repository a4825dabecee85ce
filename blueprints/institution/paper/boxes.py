"""Printed choices: the school's own words, with the □ of what was chosen turned into ☑."""

import re
from collections.abc import Mapping, Sequence

from blueprints.institution.paper.sheet import Run
from models.rules.fields import Field
from models.rules.fields.base import codes_of

EMPTY, TICKED = "□", "☑"
LINE = re.compile("[_＿]{2,}")


def tick(
    words: str, codes: Sequence[str], value: object, changed: bool = False
) -> tuple[Run, ...]:
    """`words` with boxes ticked for a stored value; `changed`: marked as another than before.

    The nth □ belongs to the nth of `codes`. A printed line ____ after a ticked box takes the
    text written behind 其他; where the form has no such line the text follows the choice, so
    that nothing written is lost.
    """
    before, *choices = words.split(EMPTY)
    chosen = set(codes_of(value))
    other = _other_text(value)
    runs = [Run(before)] if before else []
    for number, label in enumerate(choices):
        ticked = number < len(codes) and codes[number] in chosen
        runs.append(Run(TICKED, changed=changed) if ticked else Run(EMPTY))
        takes_text = ticked and other and codes[number] == "other"
        runs += _fill(label, other) if takes_text else [Run(label)]
    if changed and TICKED not in [run.text for run in runs]:
        runs.insert(0, Run("", changed=True))
    return tuple(runs)


def codes_for(field: Field, choices: Sequence[str]) -> list[str]:
    """The codes that a cell's boxes stand for: its own list, or all of the item in their order."""
    return list(choices) or list(getattr(field, "choices", {}))


def _other_text(value: object) -> str:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping):
            return str(one.get("other") or "")
    return ""


def _fill(label: str, text: str) -> list[Run]:
    written = Run(f"\u00a0{text}\u00a0", filled=True)
    line = LINE.search(label)
    if line:
        return [Run(label[: line.start()]), written, Run(label[line.end() :])]
    name = label.rstrip()
    return [Run(name), written, Run(label[len(name) :])]
