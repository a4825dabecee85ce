"""Reading Excel lists in: upload, name the columns, look at every row, confirm."""

from blueprints.institution.imports import columns, confirming, correcting, listing, preview, uploading

__all__ = ["columns", "confirming", "correcting", "listing", "preview", "uploading"]
