"""What one set of answers changes of another, item by item, as people read it."""

from collections.abc import Mapping
from typing import Any

from models.rules.definitions.definition import Form
from models.rules.filing_kind import FilingKind
from models.rules.masking import mask_phone


def differences(
    form: Form, kind: FilingKind | str | None, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[dict[str, str]]:
    """Item by item what changed, in people's words: [{path, label, before, after}]."""
    changes = []
    for path, label in _paths(form, kind):
        old, new = form.text(path, before), form.text(path, after)
        # Another file may have the same name.
        other_file = form.field(path).is_upload and (form.value(path, before) != form.value(path, after))
        if old != new or other_file:
            changes.append({"path": path, "label": label, "before": old, "after": new})
    return changes


def for_history(form: Form, changes: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same as history keeps it: what the form calls a phone is masked, whatever its label."""
    return [
        change | {side: mask_phone(change[side]) for side in ("before", "after")}
        if form.field(change["path"]).type == "phone"
        else change
        for change in changes
    ]


def _paths(form: Form, kind: FilingKind | str | None) -> list[tuple[str, str]]:
    paths = []
    for item in form.items(kind):
        parts = item.parts()
        paths += [(f"{item.name}.{tail}", part.label) for tail, part in parts.items()]
        if not parts:
            paths.append((item.name, item.label))
    return paths
