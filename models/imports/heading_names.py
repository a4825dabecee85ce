"""The many spellings of one column's name, and which column they make of a header."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from models.imports.target import PASSED_OVER, Heading
from models.rules.row_key import KEY_HEADING

KEY_PATH = "key"
# A name that is remembered has to fit its column; longer texts head nothing.
LONGEST_NAME = 200
_OPENED = str.maketrans("【】〔〕", "[][]")
_DUTY = re.compile(r"[(\[]\s*(?:必填|选填|可不填|非必填)[^)\]]*[)\]]|必填项?$")
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
# 关注人数（万） is another number than 关注人数.
_TELLING = re.compile("[千万亿%]")


@lru_cache(maxsize=5000)
def normalised(heading: str) -> str:
    """What two spellings of one name share: width, case, spaces, punctuation, （必填） left out."""
    plain = _DUTY.sub("", _plain(heading))
    return "".join(sign for sign in plain if sign.isalnum())[:LONGEST_NAME]


@lru_cache(maxsize=5000)
def bare(heading: str) -> str:
    """The same without explanations in brackets (创建时间（年月）), a unit of count excepted."""
    plain = _BRACKETS.sub(
        lambda found: found[0] if _TELLING.search(found[0]) else "", _plain(heading)
    )
    return normalised(plain)


def _plain(heading: str) -> str:
    folded = unicodedata.normalize("NFKC", heading[: 2 * LONGEST_NAME]).casefold()
    return folded.translate(_OPENED).strip()


class Label(NamedTuple):
    """How a column is headed: `upper` is '' in a header of one row."""

    upper: str
    lower: str

    @property
    def whole(self) -> str:
        """Both lines in one; of a cell that reaches over both, the one."""
        if not self.upper or not self.lower or self.upper == self.lower:
            return self.lower or self.upper
        return f"{self.upper} {self.lower}"


_Spellings = dict[str, list[str]]


class Names:
    """Finds the columns that a target knows; what a person said once goes before its own names."""

    def __init__(self, headings: Iterable[Heading], remembered: Mapping[str, str]):
        self._exact: _Spellings = defaultdict(list)
        self._vague: _Spellings = defaultdict(list)
        self._loose: _Spellings = defaultdict(list)
        known = {PASSED_OVER, KEY_PATH}
        self._add(KEY_PATH, KEY_HEADING, self._exact)
        for heading in headings:
            known.add(heading.path)
            for name in heading.names:
                # Under a group 电话 alone says little: others may be meant as well.
                alone = self._vague if heading.group and name == heading.label else self._exact
                self._add(heading.path, name, alone)
                if heading.group:
                    self._add(heading.path, f"{heading.group}{name}", self._exact)
        self._remembered = {name: path for name, path in remembered.items() if path in known}

    def paths(self, labels: Sequence[Label]) -> list[str]:
        """What each column answers, '' when nobody knows; the surest spellings choose first.

        Two columns that mean the same: the first has it.
        """
        paths = [""] * len(labels)
        for find in self._ways():
            for at, label in enumerate(labels):
                if not paths[at]:
                    before = labels[at - 1].whole if at else ""
                    found = (one for one in find(label, before) if _is_free(one, paths))
                    paths[at] = next(found, "")
        return paths

    def _ways(self) -> list[Callable[[Label, str], Sequence[str]]]:
        return [
            lambda label, _: self._known(label.whole),
            lambda label, _: self._only(label.lower),
            # 负责老师 and beside it 电话 is the teacher's phone.
            lambda label, before: self._known(before + label.lower) if label.lower else (),
            lambda label, _: self._known(label.lower),
            lambda label, _: self._vague.get(normalised(label.lower), ()),
            lambda label, _: self._loose.get(bare(label.whole), ()),
            lambda label, _: self._loose.get(bare(label.lower), ()),
            lambda label, _: self._known(label.upper),
            lambda label, _: self._loose.get(bare(label.upper), ()),
        ]

    def _known(self, name: str) -> Sequence[str]:
        spelling = normalised(name)
        path = self._remembered.get(spelling)
        return (path,) if path else self._exact.get(spelling, ())

    def _only(self, name: str) -> Sequence[str]:
        found = self._known(name)
        return found if len(found) == 1 else ()

    def _add(self, path: str, name: str, exact: _Spellings) -> None:
        for names, spelling in ((exact, normalised(name)), (self._loose, bare(name))):
            if spelling and path not in names[spelling]:
                names[spelling].append(path)


def _is_free(path: str, paths: Sequence[str]) -> bool:
    return path == PASSED_OVER or path not in paths
