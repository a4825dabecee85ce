"""Passwords: how they are kept, and which will do. Rules alone: no rows, no pages.

The profile 'modern' follows NIST SP 800-63B (length and a blocked list, no composition, no age);
'dengbao' what is usual for GB/T 22239-2019 level 2 (kinds of characters, age, no early reuse).
"""

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from models.rules.typed_text import folded

if TYPE_CHECKING:
    from argon2 import PasswordHasher


class Hasher:
    """Argon2id with these costs: `memory_cost` in KiB.

    The library is imported with the first password, not at the start of every command.
    """

    def __init__(self, time_cost: int, memory_cost: int, parallelism: int):
        self.time_cost, self.memory_cost, self.parallelism = time_cost, memory_cost, parallelism

    def hash(self, password: str) -> str:
        return self._argon2.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        """True. Raises argon2's VerificationError or InvalidHashError."""
        return self._argon2.verify(password_hash, password)

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether it was made at other costs. Raises argon2's InvalidHashError."""
        return self._argon2.check_needs_rehash(password_hash)

    @cached_property
    def _argon2(self) -> "PasswordHasher":
        from argon2 import PasswordHasher

        return PasswordHasher(self.time_cost, self.memory_cost, self.parallelism)


# OWASP's least for one lane; docs/decisions/0018-back-pressure.md has what others cost here.
HASHER = Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# For a password that the system drew at random and that ends by itself: with 79 bits it cannot be
# guessed however quickly one tries, and a list of 2 000 people must not take minutes.
QUICK_HASHER = Hasher(time_cost=1, memory_cost=8, parallelism=1)
COMMON = Path(__file__).with_name("common_passwords.txt")

LONGEST = 128
# What must be left of a password once all that is easily guessed is taken out of it.
LEAST_OF_ONES_OWN = 4
LOOKALIKES = str.maketrans("@013457$!", "aoieastsi")
KEYBOARD = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn")
SHORTEST_RUN = 3
KINDS = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")


@dataclass(frozen=True)
class Rules:
    """Which passwords will do. `kinds`: of small and capital letters, digits and other signs;
    `kept`: how many earlier ones may not come back; `days`: after how many it must be changed.
    """

    shortest: int
    advice: str
    kinds: int = 1
    kept: int = 1
    days: int | None = None

    @property
    def oldest(self) -> timedelta | None:
        return None if self.days is None else timedelta(days=self.days)


PROFILES = {
    "modern": Rules(
        shortest=12,
        advice="12 至 128 个字符，可以用几个不相干的词组成，可以粘贴；"
        "不能是常见密码，不能由学校名称、用户名、年份或连续的字符拼成。",
    ),
    "dengbao": Rules(
        shortest=10,
        kinds=3,
        kept=5,
        days=90,
        advice="10 至 128 个字符，大写字母、小写字母、数字、符号中至少三种；不能包含用户名，"
        "不能是常见密码，不能与最近 5 次用过的相同；每 90 天更换一次。",
    ),
}


def problem(password: str, rules: Rules, username: str, words: Collection[str] = ()) -> str:
    """Why this password will not do, in a sentence; '' when it will.

    `words`: what the school is called, which everybody there would try first.
    """
    if not rules.shortest <= len(password) <= LONGEST:
        return f"密码要有 {rules.shortest} 至 {LONGEST} 个字符，现在是 {len(password)} 个。"
    if username and username.casefold() in password.casefold():
        return "密码不能包含用户名，请换一个。"
    if sum(bool(re.search(kind, password)) for kind in KINDS) < rules.kinds:
        return "大写字母、小写字母、数字、符号中至少要有三种，请补上。"
    if _weight(own_part(password, words)) < LEAST_OF_ONES_OWN:
        return "这个密码太容易被猜到（常见的词、学校名称、年份或连续的字符），请用几个不相干的词。"
    return ""


def own_part(password: str, words: Collection[str] = ()) -> str:
    """What is left without common words, the school's names, years, runs and repetitions."""
    plain = folded(password)
    rest = _without_runs(re.sub(r"(?:19|20)\d\d", " ", _once(plain)))
    known = {word.casefold() for word in words if len(word) > 1} | common_words()
    # As typed and as meant: p@ssw0rd is password.
    for text in (rest, _without_runs(rest.translate(LOOKALIKES))):
        for word in sorted(known, key=len, reverse=True):
            text = text.replace(word, " ")
        rest = min(rest, _letters(text), key=len)
    return _letters(rest)


@cache
def common_words() -> frozenset[str]:
    """The lines of the blocked list."""
    lines = COMMON.read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def verify(password_hash: str, password: str) -> bool:
    """True for the right password. An empty hash costs the same work and matches nothing."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if password_hash and _is_quick(password_hash):
        # The clock must not tell who has not yet chosen a password.
        verify("", password)
    try:
        return HASHER.verify(password_hash or _decoy(), password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether a password that somebody chose was hashed at other costs than it would be today."""
    return bool(password_hash) and not _is_quick(password_hash) and HASHER.needs_rehash(password_hash)


def _is_quick(password_hash: str) -> bool:
    from argon2 import extract_parameters
    from argon2.exceptions import InvalidHashError

    try:
        return extract_parameters(password_hash).memory_cost < HASHER.memory_cost
    except InvalidHashError:
        return False


def _weight(text: str) -> int:
    """Its length, digits for half and for three at most: birthdays and telephones are guessed."""
    digits = sum(letter.isdecimal() for letter in text)
    return len(text) - digits + min(digits // 2, 3)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _once(text: str) -> str:
    """The block that a text repeats: abc123abc123 -> abc123."""
    blocks = re.fullmatch(r"(.+?)\1+", text, re.DOTALL)
    return blocks[1] if blocks else text


def _without_runs(text: str) -> str:
    """The text without aaa, 123, cba and what lies side by side on the keyboard."""
    out, start = [], 0
    while start < len(text):
        end = start + 1
        while end < len(text) and _is_run(text[start : end + 1]):
            end += 1
        if end - start >= SHORTEST_RUN:
            out.append(" ")
        else:
            end = start + 1
            out.append(text[start])
        start = end
    return "".join(out)


def _is_run(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(text)}
    return (len(steps) == 1 and steps <= {-1, 0, 1}) or any(
        text in row or text[::-1] in row for row in KEYBOARD
    )


@cache
def _decoy() -> str:
    return HASHER.hash("nobody has this password")
