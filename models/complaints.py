"""Pydantic's errors as Chinese sentences about the YAML they came from."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import Tag, ValidationError

from models.fields import FIELD_TYPES, Definition
from models.kinds import FilingKind
from models.layout import CELL_KEYS
from models.messages import say
from models.presets import nearest
from models.yaml_source import Path_, Source

_KINDS = "、".join(FilingKind)
# pydantic error type → message key, where the sentence needs no more than key and context
_PLAIN = {
    "int_type": "int_type",
    "int_from_float": "int_type",
    "float_type": "int_type",
    "bool_type": "bool_type",
    "list_type": "list_type",
    "dict_type": "mapping_type",
    "model_type": "mapping_type",
    "model_attributes_type": "mapping_type",
    "string_too_short": "empty",
    "too_short": "empty",
    "none_required": "not_here",
    "string_pattern_mismatch": "bad_name",
}
_LIMITS = {"greater_than_equal": "ge", "greater_than": "gt", "less_than_equal": "le"}


def complain(source: Source, error: ValidationError, model: type[Definition]) -> None:
    """Add one sentence per pydantic error to the source's errors, each once."""
    for one in error.errors():
        path = data_path(source.data, one["loc"])
        sentence = (path, *_translated(source, one, path, model))
        line = source.mark(sentence[0]).line, source.mark(sentence[0]).file
        full = f"{line[1]}:{line[0]}: {say(sentence[1], **sentence[2])}"
        if full not in source.errors:
            source.errors.append(full)


def data_path(data: Any, loc: tuple) -> Path_:
    """The path in the YAML of a pydantic location, which also holds the tags of unions."""
    path: list[str | int] = []
    for part in loc:
        is_tag = isinstance(data, dict) and (data.get("type") == part or str(part)[:1] == "<")
        if is_tag and part not in ("type",):
            continue
        if isinstance(data, dict) and (part in data or path_ends(loc, part)):
            path.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            path.append(part)
            data = data[part]
    return tuple(path)


def path_ends(loc: tuple, part: Any) -> bool:
    """Whether a part is the last word of a location: a key that is missing from the YAML."""
    return part == loc[-1] and isinstance(part, str) and part.isidentifier()
