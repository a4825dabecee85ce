"""What is typed of a unit or a person: one reading for the pages, the commands and the lists.

Each function gives what is kept, or raises ValueError with the sentence that goes beside it.
"""

import re

from models.rules.fields.text import Email, Phone
from models.rules.messages import clean, say
from models.rules.typed_text import folded, normalised

LONGEST_UNIT_NAME = 100
LONGEST_PERSON_NAME = 50
LONGEST_EMAIL = 200
USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,39}")
PHONE = Phone(type="phone", name="phone", label="联系电话")
EMAIL = Email(type="email", name="email", label="邮箱")


def tidy(typed: str | None) -> str:
    """One clean line."""
    return " ".join(clean(typed or "").split())


def same(name: str) -> str:
    """What two spellings of a name have in common: case and full-width letters do not count."""
    return folded(tidy(name))


def unit_name(typed: str) -> str:
    return _named(typed, "单位名称", LONGEST_UNIT_NAME)


def person_name(typed: str) -> str:
    return _named(typed, "姓名", LONGEST_PERSON_NAME)


def username(typed: str) -> str:
    """What one signs in with; full-width letters become plain ones."""
    name = normalised("NFKC", tidy(typed))
    if not name:
        raise ValueError(say("required", label="用户名"))
    if not USERNAME.fullmatch(name):
        raise ValueError("用户名用 2 至 40 个字母、数字或 . _ - @，例如工号 2009013。")
    return name


def phone(typed: str) -> str:
    """A telephone number as it is kept, or nothing."""
    number = tidy(typed)
    return PHONE.parse(number, PHONE.label) if number else ""


def email(typed: str) -> str:
    """An address that mail can be sent to, or nothing."""
    address = clean(typed)
    if not address:
        return ""
    if len(address) > LONGEST_EMAIL:
        raise ValueError(say("email", label=EMAIL.label))
    address = EMAIL.parse(address, EMAIL.label)
    # Many mail servers take no other letters before the @.
    if not address.isascii() or len(address) > LONGEST_EMAIL:
        raise ValueError(say("email", label=EMAIL.label))
    return address


def _named(typed: str, label: str, longest: int) -> str:
    name = tidy(typed)
    if not name:
        raise ValueError(say("required", label=label))
    if len(name) > longest:
        raise ValueError(say("too_long", label=label, max=longest, now=len(name)))
    return name
