"""From a posted form to answers: one reading for the browser, the grid and the workbook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import wtforms
from werkzeug.datastructures import MultiDict

from models.rules.definitions.definition import Form
from models.rules.definitions.identifiers import identifier_of
from models.rules.fields import Circumstances, Field
from models.rules.filing_kind import FilingKind
from models.rules.messages import clean, say

__all__ = [
    "Reader",
    "Reading",
    "blank",
    "check_one",
    "clean",
    "formdata_of",
    "read",
    "read_missing",
    "warnings",
]


@dataclass
class Reading:
    """What came of a posted form.

    `values` holds only good answers of items that are asked; `errors` maps an item's path to its
    sentence; `form` holds what was typed, for redrawing.
    """

    values: dict[str, Any]
    form: wtforms.Form
    errors: dict[str, str] = field(default_factory=dict)


def blank(definition: Form, circumstances: Circumstances, values: Mapping[str, Any]) -> wtforms.Form:
    """The form for drawing, filled with stored answers, or with defaults where it has none."""
    return _bound(definition.items(circumstances.kind), circumstances, values)


def read(
    definition: Form,
    kind: FilingKind | str,
    formdata: MultiDict[str, str],
    circumstances: Circumstances,
    stored: Mapping[str, Any] | None = None,
) -> Reading:
    """Read every item that is asked, in order; an item is asked by the answers before it.

    Unknown inputs and hidden items are left out. `stored` gives the answers that do not travel
    in a form (pictures). A draft is told its type errors, but nothing is required of it.
    """
    return Reader(definition, kind, circumstances).read(formdata, stored)


class Reader:
    """Reads one posted form after the other, each as `read` does.

    Making a form's boxes costs as much as reading it: for two thousand rows they are made once.
    """

    def __init__(self, definition: Form, kind: FilingKind | str, circumstances: Circumstances):
        self.definition, self.kind = definition, kind
        self.items = definition.items(kind)
        self.boxes = _boxes(self.items, circumstances)

    def read(self, formdata: MultiDict[str, str], stored: Mapping[str, Any] | None = None) -> Reading:
        """See `models.rules.answers.read`."""
        form = self.boxes(formdata, data=_restored(self.items, stored or {}))
        reading = Reading({}, form)
        # The walk looks at the values read so far, so it must see them grow.
        for item in self.definition.walk(self.kind, reading.values):
            _read_item(item, reading)
        visible = self.definition.visible(reading.values, self.kind)
        _compare(visible, reading)
        _identify(self.definition, visible, reading)
        return reading


def read_missing(
    definition: Form,
    kind: FilingKind | str,
    formdata: MultiDict[str, str],
    circumstances: Circumstances,
    stored: Mapping[str, Any],
) -> Reading:
    """Read only the items that could not be known before opening; the other answers stay."""
    missing = definition.completable(stored, kind)
    reading = Reading(dict(stored), _bound(missing, circumstances, stored, formdata))
    for item in missing:
        _read_item(item, reading)
    _compare(missing, reading)
    _identify(definition, missing, reading)
    return reading


def check_one(
    definition: Form,
    kind: FilingKind | str,
    name: str,
    formdata: MultiDict[str, str],
    circumstances: Circumstances,
    stored: Mapping[str, Any] | None = None,
) -> Reading:
    """Read the form, but keep the errors of one item only."""
    reading = read(definition, kind, formdata, circumstances, stored)
    reading.errors = {
        path: sentence for path, sentence in reading.errors.items() if path.split(".")[0] == name
    }
    return reading


def warnings(definition: Form, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Sentences about valid answers that are probably slips, each with its item's path."""
    slips = [(item.name, item.warning(values.get(item.name))) for item in definition.items()]
    return [(name, sentence) for name, sentence in slips if sentence]


def formdata_of(definition: Form, values: Mapping[str, Any]) -> MultiDict[str, str]:
    """What a browser would post for these answers; the way in for imports and demonstrations."""
    return MultiDict(
        (f"{item.name}{tail}", word)
        for item in definition.items()
        for tail, words in item.typed(values.get(item.name)).items()
        for word in words
    )


def _bound(
    items: list[Field],
    circumstances: Circumstances,
    values: Mapping[str, Any],
    formdata: MultiDict[str, str] | None = None,
) -> wtforms.Form:
    return _boxes(items, circumstances)(formdata, data=_restored(items, values))


def _boxes(items: list[Field], circumstances: Circumstances) -> type[wtforms.Form]:
    return type("AskedForm", (wtforms.Form,), {item.name: item.input(circumstances) for item in items})


def _restored(items: list[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    return {item.name: item.restore(values[item.name]) for item in items if item.name in values}


def _read_item(item: Field, reading: Reading) -> None:
    """Put one item's answer, or its errors, into the reading."""
    box = reading.form[item.name]
    reading.values.pop(item.name, None)
    value = item.store(box.data)
    if item.is_optional(reading.values) and item.is_empty(value) and not box.process_errors:
        return
    if not box.validate(reading.form):
        reading.errors.update(_sentences(box.errors, item.name))
    elif sentence := item.against(value, reading.values):
        reading.errors[item.name] = sentence
    if value is not None and not item.is_empty(value):
        reading.values[item.name] = value


def _sentences(errors: Any, path: str) -> Iterator[tuple[str, str]]:
    """The first sentence of every box, by path; compound items nest them."""
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from _sentences(inner, f"{path}.{name}")
    elif errors:
        yield path, str(errors[0])


def _compare(items: list[Field], reading: Reading) -> None:
    """A number that may not exceed another one, as 校外人员 among 群人数."""
    labels = {item.name: item.label for item in items}
    for item in items:
        bound = getattr(item, "at_most", "")
        value, most = reading.values.get(item.name), reading.values.get(bound)
        if value is not None and most is not None and value > most:
            reading.errors[item.name] = say(
                "number_at_most", label=item.label, other=labels.get(bound, bound), max=most
            )


def _identify(definition: Form, items: list[Field], reading: Reading) -> None:
    """An account must be named by what its platform goes by. A wrong one is told, but kept."""
    channel = definition.channel
    name, rule = channel.account, identifier_of(channel, reading.values)
    if rule is None or name not in {item.name for item in items} or name not in reading.values:
        return
    typed = reading.values[name]
    path = channel.platform if reading.values.get(channel.platform) else channel.nature
    sentence = rule.complaint(typed, definition.text(path, reading.values))
    if sentence:
        reading.errors.setdefault(name, sentence)
    else:
        reading.values[name] = rule.tidy(typed)
