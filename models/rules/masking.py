"""Phone numbers for those who have no need of them; secrets for nobody. No SQL."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.rules.definitions.definition import Form
    from models.rules.fields import Field

# A mobile number, also with a country code or in groups; not a part of a longer number.
MOBILE = re.compile(r"(?<!\d)(?<!\d\.)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
# A local number with its area code.
LANDLINE = re.compile(r"(?<![\d.-])0\d{2,3}[- ]\d{7,8}(?![\d-])")
NUMBER = re.compile(r"[\d\s()（）+转-]{7,}")
SAYS_PHONE = re.compile(r"电话|手机|联系方式|phone|mobile", re.IGNORECASE)


def mask_phone(phone: str) -> str:
    """One number: 138****5678, 2657***; '' stays ''."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"{phone[:4]}***"


def mask_text(text: str) -> str:
    """A text with every phone number in it masked; what only looks like an id stays."""
    text = MOBILE.sub(lambda number: mask_phone(_digits(number)[-11:]), text)
    return LANDLINE.sub(lambda number: mask_phone(_digits(number)), text)


def mask_change(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change as {path, label, before, after} without a full phone number in it."""
    says_phone = SAYS_PHONE.search(f"{change.get('path', '')} {change.get('label', '')}")
    return dict(change) | {
        side: mask_phone(text) if says_phone and NUMBER.fullmatch(text) else mask_text(text)
        for side in ("before", "after")
        if isinstance(text := change.get(side), str)
    }


def mask_name(name: str) -> str:
    """A person's name where only the link to it matters: 李小雨 is 李**."""
    return name[:1] + "*" * len(name[1:])


def mask_answer(item: "Field", value: Any) -> Any:
    """The stored answer of one item with its phone numbers masked; any other is left as it is."""
    if item.type == "phone":
        return mask_phone(value) if isinstance(value, str) else value
    if not item.parts() or not isinstance(value, Mapping):
        return value
    masked = {name: dict(cells) if isinstance(cells, Mapping) else cells for name, cells in value.items()}
    for tail, part in item.parts().items():
        row, _, column = tail.partition(".")
        if isinstance(masked.get(row), dict) and column in masked[row]:
            masked[row][column] = mask_answer(part, masked[row][column])
    return masked


def mask_answers(form: "Form", answers: Mapping[str, Any]) -> dict[str, Any]:
    """A filing's answers for who has no need of its phone numbers. In: its definition."""
    items = {item.name: item for item in form.items()}
    return {
        name: mask_answer(items[name], value) if name in items else value for name, value in answers.items()
    }


def _digits(number: re.Match[str]) -> str:
    return re.sub(r"\D", "", number[0])
