"""What names an account on each platform: 微信号, 微博地址, QQ号, 主页地址, 群号 (附件2 备注3)."""

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from models.rules.fields import Definition
from models.rules.fields.account_key import normalise
from models.rules.fields.base import Words, codes_of
from models.rules.fields.text import URL
from models.rules.messages import say
from models.rules.typed_text import normalised

if TYPE_CHECKING:
    from models.rules.definitions.definition import Promoted

# 6 to 20, beginning with a letter; the original ids (gh_…) that WeChat gives are of that shape too.
_WECHAT_ID = re.compile(r"[a-z][a-z0-9_-]{5,19}", re.IGNORECASE)
_DIGITS = re.compile(r"[1-9][0-9]*")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


class Identifier(Definition):
    """The rule of one platform. Each shape is one method here; a school picks one by its name.

    `hosts`: sites whose pages are meant, subdomains included; none: any web address.
    `same_hosts`: they are one site, so the same page on any of them is the same account.
    `identified_by`: words of an address's query that tell accounts apart; all others are dropped.
    """

    label: Words
    shape: Literal["wechat_id", "digits", "address"]
    example: Words
    digits: list[int] = [5, 11]
    hosts: list[Words] = []
    same_hosts: bool = False
    identified_by: list[Words] = []

    def key(self, typed: str) -> str:
        """The key under which such an account is unique (models.rules.fields.account_key)."""
        if not self.hosts:
            return normalise(typed)
        return normalise(typed, self.hosts if self.same_hosts else (), self.identified_by)

    def tidy(self, typed: str) -> str:
        """What is kept of an answer: an id without spaces and full-width letters, and no @."""
        return typed if self.shape == "address" else _squeezed(typed).lstrip("@")

    def fits(self, typed: str) -> bool:
        """Whether this is the kind of identifier that is wanted."""
        return bool(getattr(self, f"_is_{self.shape}")(self.tidy(_squeezed(typed))))

    def complaint(self, typed: str, platform: str) -> str:
        """The sentence for an answer that does not fit, '' for one that does.

        In: the answer and what the form calls the platform. The sentence says what is wanted,
        gives an example, and says what the answer looks like.
        """
        if self.fits(typed):
            return ""
        subject = f"{platform}填写{self.label}" if platform != self.label else f"请填写{platform}"
        looks = _looks_like(self.tidy(_squeezed(typed)))
        known = looks and looks != self.shape
        problem = say(f"looks_like_{looks}") if known else self._demand()
        return say("identifier", subject=subject, example=self.example, problem=problem)

    def _demand(self) -> str:
        """What the shape asks for, of an answer that nearly has it."""
        if self.shape == "digits":
            return say("shape_digits", least=self.digits[0], most=self.digits[1])
        if self.hosts:
            return say("shape_address_on", hosts="、".join(self.hosts))
        return say(f"shape_{self.shape}")

    def _is_wechat_id(self, text: str) -> bool:
        return bool(_WECHAT_ID.fullmatch(text))

    def _is_digits(self, text: str) -> bool:
        least, most = self.digits
        return bool(_DIGITS.fullmatch(text)) and least <= len(text) <= most

    def _is_address(self, text: str) -> bool:
        if not URL.fullmatch(text) or not self.hosts:
            return bool(URL.fullmatch(text))
        key = self.key(text)
        host = re.split(r"[:/?#]", key, maxsplit=1)[0]
        # The site's front page is nobody's account.
        is_page = len(key) > len(host)
        return is_page and any(f".{host}".endswith(f".{known}") for known in self.hosts)


def identifier_of(channel: "Promoted", values: Mapping[str, Any]) -> Identifier | None:
    """The rule for the platform that these answers chose; None where the school has none.

    Where no platform is asked (网页), the rule of what sort of medium it is.
    """
    for item in (channel.platform, channel.nature):
        for code in codes_of(values.get(item)):
            return channel.identifiers.get(code)
    return None


def _squeezed(typed: str) -> str:
    """Without width, spaces and characters that have no shape."""
    text = normalised("NFKC", typed)
    return "".join(
        character
        for character in text
        if not character.isspace() and unicodedata.category(character) not in ("Cc", "Cf")
    )


def _looks_like(text: str) -> str:
    """What an answer seems to be, as the end of a message's key; '' when nobody can tell."""
    if URL.fullmatch(text):
        return "address"
    if _MOBILE.fullmatch(text):
        return "mobile"
    if re.fullmatch(r"[0-9]+", text):
        return "digits"
    return "name" if re.search(r"[\u3400-\u9fff]", text) else ""
