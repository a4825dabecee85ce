"""From the YAML of all schools to frozen definitions, or every mistake at once."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from models.rules.definitions.complaints import complain, data_path
from models.rules.definitions.definition import Form
from models.rules.definitions.form_checks import check_form
from models.rules.definitions.institution import Institution
from models.rules.definitions.paper_checks import check_paper
from models.rules.definitions.presets import expand
from models.rules.definitions.register import Register
from models.rules.definitions.register_checks import check_register
from models.rules.definitions.school_checks import (
    check_individuals,
    check_notice,
    check_number_pattern,
    check_opening,
    check_sanctions,
)
from models.rules.definitions.yaml_source import Path_, Source, located, parse_source, read_source
from models.rules.fields import Definition
from models.rules.messages import say

SCHOOL_FILE = "institution.yaml"
PRESETS = "institution"
PRESETS_FILE = f"{PRESETS}/presets.yaml"
# Which sort of definition a file holds.
D = TypeVar("D", bound=Definition)
Ordered = TypeVar("Ordered", Form, Register)
_WITHOUT_PRESETS = Source("presets.yaml", data={})


class DefinitionErrors(Exception):
    """The YAML cannot be used. `errors`: `<school>/forms/<form>.yaml:13: 中文句子`, all of them."""

    def __init__(self, errors: list[str]):
        super().__init__("\n".join(errors))
        self.errors = errors


def load_institutions(*folders: Path | str, only: Collection[str] | None = None) -> dict[str, Institution]:
    """Read the schools of the folders; a later folder's file shadows the same path, whole.

    `only`: codes of the schools whose files are looked at; None for all there are.
    Out: the schools by code. Raises DefinitionErrors with every mistake of every file.
    """
    files, misnamed = _files([Path(folder) for folder in folders], only)
    presets_path = files.get(PRESETS_FILE)
    presets = read_source(presets_path, PRESETS_FILE) if presets_path else _WITHOUT_PRESETS
    errors, schools = [*misnamed, *presets.errors], {}
    for code in _codes(files):
        own = {name: path for name, path in files.items() if name.startswith(f"{code}/")}
        school = _School(code, own, presets)
        errors += school.errors
        if school.institution:
            schools[code] = school.institution
    if errors:
        raise DefinitionErrors(sorted(set(errors), key=_by_file_and_line))
    return schools


def codes_in(*folders: Path | str) -> list[str]:
    """Codes of the schools that have a folder with definitions, sound or not."""
    files, _ = _files([Path(folder) for folder in folders])
    return _codes(files)


def load_institution(folders: list[Path | str], code: str) -> Institution:
    """One school. Raises KeyError when there is none, DefinitionErrors as load_institutions."""
    return load_institutions(*folders)[code]


@lru_cache(maxsize=64)
def read_form(text: str, shown_as: str = "edition") -> Form:
    """The form of an edition's text. Raises DefinitionErrors when it does not fit any more."""
    source = parse_source(text, shown_as)
    form = _model(source, Form)
    if form is None or source.errors:
        raise DefinitionErrors(source.errors)
    return form.with_source(text)


def write_form(data: dict[str, Any]) -> str:
    """The one way to write a form down, presets written out: an edition's text."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


class _Dumper(yaml.SafeDumper):
    """SafeDumper that also quotes what the reader takes for a typing slip."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if text[:1] in tuple("“”‘’") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quoted)


class _School:
    """One school being read: its files in the order in which they need each other."""

    def __init__(self, code: str, files: dict[str, Path], presets: Source):
        self.code, self.files, self.presets = code, files, presets
        self.errors: list[str] = []
        self.institution = self._read_school()
        forms = {stem: self._read_form(stem, name) for stem, name in self._named("forms")}
        self._check_against(forms)
        registers = {stem: self._read_register(stem, name, forms) for stem, name in self._named("registers")}
        if self.institution and not self.errors:
            self.institution = self.institution.model_copy(
                update={"forms": _in_order(forms), "registers": _in_order(registers)}
            )

    def _named(self, folder: str) -> Iterator[tuple[str, str]]:
        for name in self.files:
            if name.startswith(f"{self.code}/{folder}/"):
                yield Path(name).stem, name

    def _read_school(self) -> Institution | None:
        name = f"{self.code}/{SCHOOL_FILE}"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.code):
            self.errors.append(located(name, 1, say("bad_school", name=self.code)))
        if name not in self.files:
            self.errors.append(located(name, 1, say("no_institution")))
            return None
        source = self._source(name, self.code)
        institution = _model(source, Institution, ("forms", "registers"))
        if institution:
            check_number_pattern(source, institution)
            check_notice(source, institution)
            check_opening(source, institution)
            check_individuals(source, institution)
        self.errors += source.errors
        self._source_of_school = source
        return institution

    def _check_against(self, forms: dict[str, Form | None]) -> None:
        """What the school's own file says of its forms, once these are read."""
        if self.institution is not None:
            source = replace(self._source_of_school, errors=[])
            check_sanctions(source, self.institution, forms)
            self.errors += source.errors

    def _read_form(self, stem: str, name: str) -> Form | None:
        source = self._source(name, stem)
        form = _model(source, Form)
        if form:
            kinds = self.institution.unit_kinds if self.institution else None
            check_form(source, form, kinds)
            check_paper(source, form)
        self.errors += source.errors
        return form and form.with_source(write_form(source.data))

    def _read_register(self, stem: str, name: str, forms: dict[str, Form | None]) -> Register | None:
        source = self._source(name, stem)
        register = _model(source, Register)
        if register:
            check_register(source, register, forms)
        self.errors += source.errors
        return register

    def _source(self, name: str, code: str) -> Source:
        """A file's data with presets written out and its code, which is the file's name."""
        source = read_source(self.files[name], name)
        if source.data is not None:
            expand(source, self.presets)
            given = source.data.pop("code", code)
            if given != code:
                source.complain(("code",), "wrong_code", code=given, stem=code)
            source.data = {"code": code, **source.data}
        return source


def _model(source: Source, model: type[D], not_here: tuple[str, ...] = ()) -> D | None:
    """The model of a source's data; None, with the complaints noted, when it does not fit."""
    if source.data is None:
        return None
    for key in not_here:
        if source.data.pop(key, None) is not None:
            source.complain((key,), "unknown_key", key=key, near="。")
    try:
        return _validated(source, model)
    except ValidationError as error:
        complain(source, error, model)
        only_extra = [detail["loc"] for detail in error.errors() if detail["type"] == "extra_forbidden"]
    # Without its unknown keys the file may show further mistakes: all of them at once.
    for loc in only_extra:
        _remove(source.data, data_path(source.data, loc))
    try:
        return _validated(source, model)
    except ValidationError:
        return None


def _validated(source: Source, model: type[D]) -> D:
    # As JSON, since there a strict model takes a string for an enumeration's member.
    return model.model_validate_json(json.dumps(source.data))


def _remove(data: Any, path: Path_) -> None:
    *parents, last = path
    for part in parents:
        data = data[part]
    data.pop(last, None)


def _in_order(definitions: dict[str, Ordered | None]) -> dict[str, Ordered]:
    there = [(code, definition) for code, definition in definitions.items() if definition]
    return dict(sorted(there, key=lambda pair: (pair[1].order, pair[0])))


def _codes(files: Collection[str]) -> list[str]:
    return sorted({name.split("/")[0] for name in files if _belongs_to_school(name)})


def _files(folders: list[Path], only: Collection[str] | None = None) -> tuple[dict[str, Path], list[str]]:
    """Every YAML file by its path below its folder (later folders win); errors of wrong names."""
    files, errors = {}, []
    for folder in folders:
        for path in sorted([*folder.glob("*/*.y*ml"), *folder.glob("*/*/*.y*ml")]):
            name = path.relative_to(folder).as_posix()
            if only is not None and name.split("/")[0] not in {*only, PRESETS}:
                continue
            files[name] = path
            if path.suffix != ".yaml":
                errors.append(located(name, 1, say("file_ending")))
            elif name.count("/") == 2 and path.parent.name not in ("forms", "registers"):
                errors.append(located(name, 1, say("stray_file", folder=path.parent.name)))
    return files, errors


def _belongs_to_school(name: str) -> bool:
    return bool(re.fullmatch(r"[^/]+/(institution|forms/[^/]+|registers/[^/]+)\.yaml", name))


def _by_file_and_line(error: str) -> tuple[str, int]:
    name, line, _ = error.split(":", 2)
    return name, int(line)
