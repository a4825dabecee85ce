"""Characters that no font of this deployment has: named when typed, not when they print."""

from collections.abc import Mapping
from typing import Any

from blueprints.institution.pdf import missing_characters
from models.rules.definitions.definition import Form


def unprintable(definition: Form, values: Mapping[str, Any]) -> dict[str, str]:
    """A sentence for each item whose answer holds a character that would be lost on paper."""
    sentences = {}
    for item in definition.items():
        if item.is_upload:
            continue  # its file name is never printed
        missing = missing_characters(item.text(values.get(item.name)))
        if missing:
            characters = "、".join(f"“{character}”" for character in missing[:5])
            sentences[item.name] = f"{characters}打印不出来，请换一种写法，或请系统管理员添加字体。"
    return sentences
