"""When two names of accounts are hard to tell apart, and whose name a name bears."""

import itertools
from collections.abc import Iterable

from models.rules.fields.account_key import title_key

# What people put around a name without meaning another account by it.
DECORATIONS = (
    "官方",
    "官微",
    "官博",
    "官号",
    "公众号",
    "订阅号",
    "服务号",
    "视频号",
    "抖音号",
    "微信",
    "微博",
)


# Nearly every unit of a school is called so: it tells none of them apart.
_COMMON = ("学院", "大学", "学校")


_SHORTEST = 4


def school_name_in(title: str, names: Iterable[str]) -> str:
    """The school's name that an account's name holds, the longest there is; '' when none."""
    key = title_key(title)
    return next((name for name in _longest_first(names) if title_key(name) in key), "")


def names_unit(title: str, unit: str) -> bool:
    """Whether a name lets people guess the unit: 信工 does for 信息工程学院.

    True when two characters in a row also stand in the unit's name, in that order.
    """
    key, own = title_key(title), title_key(unit)
    for word in _COMMON:
        own = own.replace(word, "")
    pairs = itertools.pairwise(key)
    return any(second in own.partition(first)[2] for first, second in pairs)


def core(title: str, names: Iterable[str]) -> str:
    """The key of a name without the school's names and decorations at its ends."""
    key, before = title_key(title), None
    around = [title_key(name) for name in (*_longest_first(names), *DECORATIONS)]
    while key != before:
        before = key
        for word in around:
            key = key.removeprefix(word).removesuffix(word)
    return key


def spellings(title: str, names: Iterable[str]) -> list[str]:
    """Every key under which the same name may stand: with the school's names and decorations."""
    middle, own = core(title, names), [title_key(name) for name in names]
    keys = {title_key(title)}
    if middle:
        keys |= {front + middle + end for front in ("", *own) for end in ("", *own, *DECORATIONS)}
        keys |= {front + word + middle for front in ("", *own) for word in DECORATIONS}
    return sorted(keys)


def beginning(title: str, names: Iterable[str]) -> str:
    """What the key of any name that is one slip away in its second half begins with.

    '' when the name is too short for that. The first half says whose account it is: a name that
    differs there is another's (文学院青年, 医学院青年).
    """
    key, middle = title_key(title), core(title, names)
    if len(middle) < _SHORTEST:
        return ""
    return key[: key.index(middle) + (len(middle) + 1) // 2]


def one_slip_apart(key: str, other: str) -> bool:
    """Whether two keys differ by one character, which is no digit (2101班, 2102班)."""
    if len(key) > len(other):
        key, other = other, key
    if len(key) < _SHORTEST or len(other) - len(key) > 1 or key == other:
        return False
    same = next((n for n, (a, b) in enumerate(zip(key, other, strict=False)) if a != b), len(key))
    rest = other[same + 1 :]
    if rest not in (key[same:], key[same + 1 :]):
        return False
    return not other[same].isdigit()


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=len, reverse=True)
