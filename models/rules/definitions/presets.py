"""Presets: pieces that schools word alike. One level; a key given beside `preset` wins."""

import difflib
from typing import Any

from models.rules.definitions.yaml_source import Path_, Source

PRESET = "preset"


def expand(source: Source, presets: Source) -> None:
    """Write the presets out in a source, so that its data stands on its own.

    Complaints (an unknown preset, one inside another) go to the source's errors.
    """
    source.data = _expanded(source, presets, source.data, ())


def _expanded(source: Source, presets: Source, data: Any, path: Path_) -> Any:
    if isinstance(data, dict) and PRESET in data:
        data = _with_preset(source, presets, data, path)
    if isinstance(data, dict):
        return {k: _expanded(source, presets, v, (*path, k)) for k, v in data.items()}
    if isinstance(data, list):
        return [_expanded(source, presets, v, (*path, n)) for n, v in enumerate(data)]
    return data


def _with_preset(source: Source, presets: Source, data: dict[str, Any], path: Path_) -> dict[str, Any]:
    name, own = data[PRESET], {key: value for key, value in data.items() if key != PRESET}
    known = presets.data or {}
    preset = known.get(name) if isinstance(name, str) else None
    if not isinstance(preset, dict):
        source.gaps.add(path)
        source.complain((*path, PRESET), "unknown_preset", name=name, near=nearest(name, known))
        return own
    if _holds_preset(preset):
        source.gaps.add(path)
        source.complain((*path, PRESET), "nested_preset", name=name)
        return own
    for (first, *rest), mark in [(p, m) for p, m in presets.marks.items() if p]:
        if first == name and rest and rest[0] not in own:
            source.marks[*path, *rest] = mark
    return {**preset, **own}


def _holds_preset(data: Any) -> bool:
    if isinstance(data, dict):
        return PRESET in data or any(map(_holds_preset, data.values()))
    return isinstance(data, list) and any(map(_holds_preset, data))


def nearest(word: Any, known: Any) -> str:
    """`，是不是“title”？` for a slip of the pen; '' when nothing is near."""
    near = difflib.get_close_matches(str(word), [str(name) for name in known], 1, 0.6)
    return f"，是不是“{near[0]}”？" if near else "。"
