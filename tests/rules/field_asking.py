"""Asking one item through a real WTForms form, as a browser would."""

import wtforms
from pydantic import TypeAdapter
from werkzeug.datastructures import MultiDict

from models.rules.fields import Circumstances, Item

EXTRA = {
    "choice": {"choices": {"wechat": "微信", "other": "其他"}, "allow_other": True},
    "choices": {"choices": {"a": "甲", "b": "乙", "other": "其他"}, "allow_other": True},
    "people": {
        "rows": [
            {"name": "leader", "label": "负责人", "required": True},
            {"name": "deputy", "label": "管理员"},
        ],
        "columns": [
            {"name": "name", "type": "text", "label": "姓名", "required": True},
            {"name": "phone", "type": "phone", "label": "电话", "required": True},
            {"name": "since", "type": "month", "label": "任职时间"},
        ],
    },
    "number": {"unit": "人", "scale_unit": "万", "scale": 10000, "warn_above": 1000000},
}


def item(type_name: str, **keys):
    written = {"name": "it", "type": type_name, "label": "此项", **EXTRA.get(type_name, {}), **keys}
    return TypeAdapter(Item).validate_python(written, strict=False)


def asked_for(value, **words) -> Circumstances:
    units = {value["id"]: value["name"]} if isinstance(value, dict) and "id" in value else {}
    return Circumstances(units=units, **words)


def posted(field, formdata, asked=None, stored=None):
    """The form after a post: the field's box, its errors and what would be kept."""
    form_class = type("OneForm", (wtforms.Form,), {"it": field.input(asked or Circumstances())})
    data = {"it": field.restore(stored)} if stored is not None else None
    form = form_class(MultiDict(formdata), data=data)
    form.validate()
    return form.it


def sentence_for(type_name: str, typed: str, **keys) -> str:
    errors = posted(item(type_name, **keys), [("it", typed)]).errors
    return errors[0] if errors else ""


def kept(type_name: str, typed: str, **keys):
    field = item(type_name, **keys)
    box = posted(field, [("it", typed)])
    assert not box.errors
    return field.store(box.data)
