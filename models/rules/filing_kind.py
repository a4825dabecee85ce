"""The four kinds of filing a channel can go through in its life."""

from enum import StrEnum


class FilingKind(StrEnum):
    """Why a filing is handed in. `.label` is what people read."""

    first = "first"
    change = "change"
    review = "review"
    close = "close"

    @property
    def label(self) -> str:
        """The Chinese name of this kind."""
        return _LABELS[self]


_LABELS = {
    FilingKind.first: "初次备案",
    FilingKind.change: "变更备案",
    FilingKind.review: "年审",
    FilingKind.close: "注销",
}
