"""Reading Excel lists in: upload, name the columns, look at every row, confirm."""

from blueprints.institution.imports import (
    annotated,
    columns,
    confirming,
    correcting,
    listing,
    preview,
    uploading,
)

__all__ = ["annotated", "columns", "confirming", "correcting", "listing", "preview", "uploading"]
