"""Types whose answer is a stored file: image, and file where a PDF will do as well."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import wtforms

from models.rules.fields.base import Circumstances, Field, InputClass, Needed


class UploadInput(wtforms.FileField):
    """The chosen file travels apart: whoever receives it stores it first.

    The answer is then the stored one, so a form can never name another filing's attachment.
    """

    def process_formdata(self, valuelist: list[str]) -> None:
        """What is posted under this name is no answer."""


class Upload(Field):
    """What both have in common. Value: {"attachment": id, "name": file name}."""

    is_upload: ClassVar[bool] = True
    default: None = None

    @property
    def input_class(self) -> InputClass:
        return UploadInput

    def validators(self, circumstances: Circumstances) -> list[Needed]:
        needed = self.is_required(circumstances) and not circumstances.draft
        return [Needed("required_image")] if needed else []

    def input_options(self, circumstances: Circumstances) -> dict[str, Any]:
        return {}

    def text(self, value: Any) -> str:
        name = value.get("name") if isinstance(value, dict) else ""
        return name if isinstance(name, str) else ""

    def typed(self, value: Any) -> dict[str, list[str]]:
        return {}


class Image(Upload):
    """A picture such as a QR code."""

    type: Literal["image"]

    def example(self, seed: int) -> dict[str, str]:
        return {"attachment": str(seed + 1), "name": f"二维码{seed}.png"}


class File(Upload):
    """A proof: a picture or a PDF."""

    type: Literal["file"]

    def example(self, seed: int) -> dict[str, str]:
        return {"attachment": str(seed + 1), "name": f"证明{seed}.pdf"}


def attachment_ids(answers: Mapping[str, Any]) -> dict[str, int]:
    """The stored files among answers: item name to the attachment's id.

    Raises ValueError or TypeError where an id is none.
    """
    return {
        name: int(value["attachment"])
        for name, value in answers.items()
        if isinstance(value, dict) and "attachment" in value
    }
