"""Pydantic's errors as Chinese sentences about the YAML they came from."""

import types
from typing import Annotated, Any, Literal, TypeGuard, Union, get_args, get_origin

from pydantic import Tag, ValidationError
from pydantic_core import ErrorDetails

from models.rules.definitions.presets import nearest
from models.rules.definitions.yaml_source import Path_, Source
from models.rules.fields import FIELD_TYPES, Definition

_TYPES = {
    "string_type": "一段文字",
    "int_type": "整数",
    "int_from_float": "整数",
    "float_type": "数字",
    "bool_type": "true 或 false",
    "list_type": "一个列表（每行以“- ”开头）",
    "dict_type": "一组“键: 值”",
    "model_type": "一组“键: 值”",
    "model_attributes_type": "一组“键: 值”",
}
_LIMITS = {
    "greater_than_equal": ("ge", "不小于"),
    "greater_than": ("gt", "大于"),
    "less_than_equal": ("le", "不大于"),
}
_REQUIRED = "true、false，或备案种类的列表，例如 [first, change]"


def complain(source: Source, error: ValidationError, model: type[Definition]) -> None:
    """Add one sentence per pydantic error to the source's errors, each once."""
    for detail in error.errors():
        path = data_path(source.data, detail["loc"])
        if path in source.gaps:
            continue
        key, words = _translated(source, detail, path, model)
        before = list(source.errors)
        source.complain(path, key, **words)
        if source.errors[-1] in before:
            source.errors.pop()


def data_path(data: Any, loc: tuple[str | int, ...]) -> Path_:
    """The path in the YAML of a pydantic location, which also holds the tags of unions."""
    path: list[str | int] = []
    tagged = False
    for part in loc:
        is_tag = str(part).startswith("<") or (isinstance(data, dict) and data.get("type") == part)
        if is_tag and not tagged:
            tagged = True
        elif _holds(data, part):
            path.append(part)
            data, tagged = data[part], False
        else:
            break
    return tuple(path)


def _holds(data: Any, part: str | int) -> bool:
    return (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int))


def _translated(
    source: Source, detail: ErrorDetails, path: Path_, model: type[Definition]
) -> tuple[str, dict[str, Any]]:
    """Message key and words of one pydantic error."""
    kind, context, last = detail["type"], detail.get("ctx", {}), detail["loc"][-1] if detail["loc"] else ""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    if kind == "missing":
        return "missing_key", {"key": last}
    if kind == "extra_forbidden":
        return "unknown_key", {"key": last, "near": nearest(last, keys_at(model, detail["loc"][:-1]))}
    if "required" in path[-2:]:
        return "bad_type", {"key": "required", "wanted": _REQUIRED}
    if kind in _TYPES:
        return _wrong_type(source, detail["input"], path, key, _TYPES[kind])
    if kind.startswith("union_tag"):
        return _unknown_type(detail["input"])
    if kind in ("literal_error", "enum"):
        choices = context["expected"].replace(" or ", "、").replace(", ", "、").replace("'", "")
        return "one_of", {"key": key, "choices": choices}
    if kind in _LIMITS:
        name, word = _LIMITS[kind]
        return "limit", {"key": key, "limit": f"{word} {context[name]}"}
    if kind == "string_pattern_mismatch":
        return "bad_name", {"name": detail["input"]}
    if kind == "value_error":
        return str(context["error"]), {"key": key}
    return "empty", {"key": key}


def _wrong_type(source: Source, value: Any, path: Path_, key: str, wanted: str) -> tuple[str, dict[str, Any]]:
    raw = source.mark(path).raw
    if value is None:
        return "empty", {"key": key}
    if wanted == _TYPES["string_type"] and isinstance(value, bool | int | float):
        read_as = ("“是”" if value else "“否”") if isinstance(value, bool) else f"数字 {value}"
        return "yaml_trap", {"key": key, "raw": raw, "read_as": read_as}
    if isinstance(value, str) and "：" in value and "键" in wanted:
        return "wide_colon", {}
    return "bad_type", {"key": key or "文件", "wanted": wanted}


def _unknown_type(value: Any) -> tuple[str, dict[str, Any]]:
    """A union that could not tell which of its models is meant."""
    if not isinstance(value, dict):
        return ("wide_colon" if "：" in str(value) else "bad_type"), {
            "key": "这一项",
            "wanted": _TYPES["dict_type"],
        }
    if "name" in value or "type" in value:
        if "type" not in value:
            return "missing_key", {"key": "type"}
        given = value["type"]
        return "unknown_type", {"given": given, "near": nearest(given, FIELD_TYPES)}
    return "unknown_cell", {"keys": "、".join(map(str, value))}


def keys_at(kind: Any, loc: tuple[str | int, ...]) -> list[str]:
    """The keys the YAML may have at a pydantic location below a model."""
    for part in loc:
        kind = _below(kind, part)
    models = [option for option in _options(kind) if _is_definition(option)]
    return [field.alias or name for option in models for name, field in option.model_fields.items()]


def _below(kind: Any, part: str | int) -> Any:
    options = [option for option in _options(kind) if option is not type(None)]
    for option in options:
        if get_origin(option) is list and isinstance(part, int):
            return get_args(option)[0]
        if get_origin(option) is dict:
            return get_args(option)[1]
        if len(options) == 1 and _is_definition(option) and part in option.model_fields:
            return option.model_fields[part].annotation
    return next((option for option in _tagged(kind) if part in option[0]), (None, None))[1]


def _options(kind: Any) -> list[Any]:
    """The members of a union, Annotated and all; a plain type is its own only member."""
    if get_origin(kind) is Annotated:
        return _options(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return [option for option in get_args(kind) for option in _options(option)]
    return [kind]


def _tagged(kind: Any) -> list[tuple[list[str], type[Definition]]]:
    """The models of a discriminated union with the tags that choose them."""
    if get_origin(kind) is Annotated and any(isinstance(m, Tag) for m in get_args(kind)[1:]):
        tag = next(m.tag for m in get_args(kind)[1:] if isinstance(m, Tag))
        return [([tag], get_args(kind)[0])]
    if get_origin(kind) is Annotated:
        return _tagged(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return [pair for option in get_args(kind) for pair in _tagged(option)]
    literal = kind.model_fields.get("type") if _is_definition(kind) else None
    if literal is None or get_origin(literal.annotation) is not Literal:
        return []
    return [(list(get_args(literal.annotation)), kind)]


def _is_definition(kind: Any) -> TypeGuard[type[Definition]]:
    return isinstance(kind, type) and issubclass(kind, Definition)
