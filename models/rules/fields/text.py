"""Types that are typed as one text: text, long_text, number, phone, email, url, account."""

import re
from decimal import Decimal
from typing import Any, ClassVar, Literal

from pydantic import Field as Key

from models.rules.fields.base import Field, InputClass, TypedArea
from models.rules.fields.cell_words import NOTHING, count_of
from models.rules.messages import say
from models.rules.typed_text import normalised

# Also behind a word and a colon; not the @ inside the path of an address.
_EMAIL = re.compile(r"(?:^|[:,;(])[^@/:,;(]+@[^@/:?]+\.[^@/:?]+")
# A host with a dot, localhost excluded; the scheme may be left out, as people do.
URL = re.compile(r"(https?://)?([^\s/:.@?#]+\.)+[^\s/:.@?#]{2,}(:\d{1,5})?([/?#][^\s<>\"]*)?", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3}-?)?\d{7,8}(-\d{1,6})?")
# No number, telephone or e-mail address is longer, however it is spaced.
LONGEST_SHORT = 300
_DASHES = dict.fromkeys(map(ord, "－—–‐‑−―"), "-")


class Text(Field):
    """One line of text."""

    type: Literal["text"]
    max_length: int = Key(default=100, ge=1, le=3000)

    def parse(self, typed: str, label: str) -> str:
        line = " ".join(typed.split())
        return _measured(line, label, self.max_length)

    def example(self, seed: int) -> str:
        return f"{self.label}{seed}"[: self.max_length]


class LongText(Field):
    """Several lines of text."""

    type: Literal["long_text"]
    max_length: int = Key(default=3000, ge=1, le=3000)

    @property
    def input_class(self) -> InputClass:
        return TypedArea

    def parse(self, typed: str, label: str) -> str:
        return _measured(typed, label, self.max_length)

    def example(self, seed: int) -> str:
        return f"{self.label}的第一段，编号{seed}。\n第二段。"[: self.max_length].strip()


class Number(Field):
    """A whole number. With a scale it is asked in `unit` and summed up in `scale_unit`."""

    type: Literal["number"]
    unsaid: ClassVar = NOTHING
    min: int = 0
    max: int = Key(default=9_999_999_999, le=999_999_999_999_999)
    unit: str = ""
    scale_unit: str = ""
    scale: int = Key(default=1, ge=1)
    warn_above: int | None = None
    at_most: str = ""
    default: int | None = None  # type: ignore[assignment]  # elsewhere a text

    def parse(self, typed: str, label: str) -> int:
        if len(typed) > LONGEST_SHORT:
            raise ValueError(say("number_digits", label=label))
        digits = normalised("NFKC", typed).replace(",", "").replace(" ", "")
        value = self._amount(digits, label)
        if value < self.min:
            raise ValueError(say("number_min", label=label, min=self.min))
        if value > self.max:
            raise ValueError(say("number_max", label=label, max=self.max))
        return value

    def _amount(self, digits: str, label: str) -> int:
        if self.unit:
            digits = digits.removesuffix(self.unit)
        scaled = bool(self.scale_unit) and digits.endswith(self.scale_unit)
        number = digits.removesuffix(self.scale_unit) if scaled else digits
        # [0-9], not \d: '²' and other scripts' digits are digits to Python, not to int().
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number):
            raise ValueError(say("number", label=label))
        if len(number) > 16:
            raise ValueError(say("number_digits", label=label))
        amount = Decimal(number) * (self.scale if scaled else 1)
        if amount != int(amount):
            raise ValueError(say("number", label=label))
        return int(amount)

    def text(self, value: Any) -> str:
        return str(value) if _is_whole(value) else ""

    def scaled(self, value: Any) -> Decimal:
        """The value in `scale_unit` (关注人数以万为单位), exact: 350 is 0.035 and never 0."""
        return Decimal(value) / self.scale

    def scaled_text(self, value: Any) -> str:
        if not _is_whole(value):
            return ""
        exact = format(self.scaled(value), "f")
        return exact.rstrip("0").rstrip(".") if "." in exact else exact

    def cell(self, value: Any) -> tuple[Any, str]:
        if not _is_whole(value):
            return "", "@"
        return (value, "0") if self.scale == 1 else (float(self.scaled(value)), "General")

    def from_cell(self, text: str, scaled: bool = False) -> dict[str, list[str]]:
        """`scaled`: the column counts in `scale_unit`, so that a bare 0.035 is 350."""
        return super().from_cell(count_of(text, self.scale_unit, scaled))

    def warning(self, value: Any) -> str:
        if self.warn_above is None or not _is_whole(value) or value <= self.warn_above:
            return ""
        return say(
            "number_scaled" if self.scale_unit else "number_large",
            label=self.label,
            value=value,
            unit=self.unit,
            scale_unit=self.scale_unit,
            scaled=self.scaled_text(value),
        )

    def example(self, seed: int) -> int:
        return self.min + seed * 37 % (self.max - self.min + 1)


class Phone(Field):
    """A Chinese phone number: 7 or 8 digits with or without area code, or a mobile number."""

    type: Literal["phone"]
    unsaid: ClassVar = NOTHING

    def parse(self, typed: str, label: str) -> str:
        if len(typed) > LONGEST_SHORT:
            raise ValueError(say("phone", label=label))
        number = normalised("NFKC", typed).translate(_DASHES)
        number = re.sub(r"[\s()]+", "", re.sub(r"(转|分机|ext\.?)", "-", number.lower()))
        number = number.removeprefix("+86").removeprefix("-")
        bare = number.replace("-", "")
        if _MOBILE.fullmatch(bare):
            return bare
        if not number.isascii() or not _LANDLINE.fullmatch(number):
            raise ValueError(say("phone", label=label))
        return number

    def example(self, seed: int) -> str:
        return f"26{seed % 100000:05d}" if seed % 2 else f"138{seed % 100000000:08d}"


class Email(Field):
    """An e-mail address."""

    type: Literal["email"]
    unsaid: ClassVar = NOTHING

    def parse(self, typed: str, label: str) -> str:
        if len(typed) > LONGEST_SHORT:
            raise ValueError(say("email", label=label))
        # Its tables of characters take long to compile: only where an address is read.
        from email_validator import EmailNotValidError, validate_email

        address = normalised("NFKC", typed)
        try:
            # Campus hosts may be internal: only the form of the address is checked.
            return validate_email(address, check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValueError(say("email", label=label)) from None

    def example(self, seed: int) -> str:
        return f"media{seed}@school.edu.cn"


class Url(Field):
    """A web address; http or https only, the scheme may be left out."""

    type: Literal["url"]
    unsaid: ClassVar = NOTHING
    max_length: int = Key(default=300, ge=1, le=2000)

    def parse(self, typed: str, label: str) -> str:
        address = _measured(typed.replace("：//", "://"), label, self.max_length)
        if not URL.fullmatch(address):
            raise ValueError(say("url", label=label))
        return address

    def example(self, seed: int) -> str:
        return f"https://www.school.edu.cn/media/{seed}"


class Account(Field):
    """The id or address of an account on its platform, never a log-in e-mail (不填登陆邮箱名称)."""

    type: Literal["account"]
    unsaid: ClassVar = NOTHING
    max_length: int = Key(default=200, ge=1, le=500)

    def parse(self, typed: str, label: str) -> str:
        line = _measured(" ".join(typed.split()), label, self.max_length)
        # People hide an address they know to be unwanted: ＠ and # for @, spaces in between.
        bare = re.sub(r"\s+", "", normalised("NFKC", line)).replace("。", ".")
        if _EMAIL.search(re.sub(r"#(?=[a-z0-9-]+\.[a-z.]+$)", "@", bare, flags=re.IGNORECASE)):
            raise ValueError(say("account_email", label=label))
        return line

    def example(self, seed: int) -> str:
        return f"school_media_{seed}"


def _measured(text: str, label: str, longest: int) -> str:
    if len(text) > longest:
        raise ValueError(say("too_long", label=label, max=longest, now=len(text)))
    return text


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
