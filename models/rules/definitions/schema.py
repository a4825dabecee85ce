"""A JSON Schema of the YAML files, for editors that complete and check while typing."""

from typing import Any

from pydantic.json_schema import models_json_schema

from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.definitions.presets import PRESET
from models.rules.definitions.register import Register
from models.rules.fields import Definition

# Given by the file's name and place, never written.
_NOT_WRITTEN = {"code", "forms", "registers"}


def schema() -> dict[str, Any]:
    """One schema; `$defs` holds `Form`, `Register` and `Institution`, by kind of file."""
    models: list[type[Definition]] = [Form, Register, Institution]
    _, top = models_json_schema([(model, "validation") for model in models], by_alias=True)
    for definition in top["$defs"].values():
        _allow_preset(definition)
    top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    top["anyOf"] = [{"$ref": f"#/$defs/{name}"} for name in ("Form", "Register", "Institution")]
    return top


def _allow_preset(definition: dict[str, Any]) -> None:
    """Any mapping may begin with a preset, which then brings the required keys."""
    if "properties" not in definition:
        return
    needed = [key for key in definition.pop("required", []) if key not in _NOT_WRITTEN]
    definition["properties"][PRESET] = {"type": "string"}
    definition["anyOf"] = [{"required": needed}, {"required": [PRESET]}]
