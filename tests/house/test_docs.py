"""The docs name every key, type and command there is, and their example is a school that runs."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from app import HOUSE, create_app
from blueprints.cli import commands
from models.rules.definitions import definition, identifiers, institution, layout, register, route
from models.rules.definitions.loader import DefinitionErrors, load_institutions
from models.rules.fields import FIELD_TYPES, Condition, Definition, Field
from models.rules.fields.people import Row

DOCS = HOUSE / "docs"
SCHOOL_DOC, TYPES_DOC = DOCS / "adding-a-school.md", DOCS / "field-types.md"
SECURITY_DOC = DOCS / "security.md"
LICENCE_DOC = DOCS / "decisions/0013-licence.md"
# Under which heading, or before which table, the keys of a model are explained.
PLACES = {
    institution.Institution: "### institution.yaml",
    institution.Clocks: "### clocks",
    institution.NumberPattern: "### number",
    institution.Contact: "### contact",
    institution.Notice: "### notice",
    institution.Opening: "### opening",
    institution.SanctionRule: "### sanctions",
    institution.Individuals: "### individuals",
    institution.Reporting: "### reporting",
    institution.Retention: "### retention",
    definition.Form: "### forms/…yaml",
    definition.Promoted: "### channel",
    identifiers.Identifier: "### identifiers",
    definition.Naming: "### naming",
    definition.Section: "### A section",
    route.Route: "### route",
    route.Step: "### A step",
    Condition: "### The one condition",
    layout.Paper: "### paper",
    layout.HeadLine: "### A head line",
    layout.LabelCell: "**A label cell**",
    layout.SideCell: "**A side cell**",
    layout.ItemCell: "**An item cell**",
    layout.StepCell: "**A step cell**",
    layout.CommitmentCell: "**A commitment cell**",
    register.Register: "### registers/…yaml",
    register.Head: "### head",
    register.Column: "### A column",
    register.RegisterSheet: "### A sheet of the workbook",
    register.BlankRows: "### blank",
    register.ClosedMark: "### closed",
    Row: "### A row of people",
}
TYPE_PLACES = {kind: f"### {name}" for name, kind in FIELD_TYPES.items()}
BACKTICKED = re.compile(r"`([^`]+)`")


def all_models(base: type[Definition] = Definition) -> Iterator[type[Definition]]:
    for model in base.__subclasses__():
        yield model
        yield from all_models(model)


def part(doc: Path, start: str) -> str:
    """What stands behind a line that begins with `start`, up to the next heading or table's name."""
    _, found, rest = f"\n{doc.read_text('utf-8')}".partition(f"\n{start}")
    assert found, f"{doc.name} has no “{start}”"
    return re.split(r"\n(?:#|\*\*A)", rest, maxsplit=1)[0]


def explained(doc: Path, start: str) -> dict[str, str]:
    """Key and default of every line of the table there."""
    rows = [re.split(r" ?(?<!\\)\| ?", line) for line in part(doc, start).split("\n")]
    return {row[1].strip("`"): row[2] for row in rows if len(row) > 4 and row[1].startswith("`")}


def default_words(info: FieldInfo) -> str:
    """How the docs say a key's default."""
    value = info.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "needed"
    if value is None:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dict) and value:
        return ", ".join(f"`{code}: {label}`" for code, label in value.items())
    if isinstance(value, list) and value:
        return ", ".join(f"`{one}`" for one in value)
    return f"`{value}`" if value not in ("", [], {}) and not isinstance(value, Definition) else "empty"


def keys_of(model: type[Definition], besides: type[Definition] | None = None) -> dict[str, str]:
    common = besides.model_fields if besides else {}
    return {
        info.alias or name: default_words(info)
        for name, info in model.model_fields.items()
        if name not in {*common, "type"}
    }


def test_every_model_of_the_yaml_has_its_place_in_the_docs():
    fields = {model for model in all_models() if issubclass(model, Field)}
    written = {model for model in all_models() if model.__module__.startswith("models.")}
    assert written - fields - {Field} == set(PLACES)


@pytest.mark.parametrize("model", PLACES, ids=lambda model: model.__name__)
def test_every_key_is_explained_with_its_default(model):
    doc = TYPES_DOC if model is Row else SCHOOL_DOC
    assert explained(doc, PLACES[model]) == keys_of(model)


def test_the_keys_of_every_type_are_explained_with_their_defaults():
    listed = explained(TYPES_DOC, "## Keys of every type")
    assert listed == keys_of(Field) | {"type": "needed"}


@pytest.mark.parametrize("kind", TYPE_PLACES, ids=lambda kind: kind.__name__)
def test_every_type_is_explained_with_keys_of_its_own(kind):
    name, words = TYPE_PLACES[kind].removeprefix("### "), part(TYPES_DOC, TYPE_PLACES[kind])
    assert explained(TYPES_DOC, TYPE_PLACES[kind]) == keys_of(kind, besides=Field)
    assert f"type: {name}" in words
    assert "Stored" in words


def test_no_type_is_explained_that_does_not_exist():
    headings = re.findall(r"^### ([a-z_]+)$", TYPES_DOC.read_text("utf-8"), re.MULTILINE)
    assert headings == list(FIELD_TYPES)


def own_commands(app: Flask) -> set[str]:
    """The commands of this house that people type; hidden ones are run by the app itself."""
    return {
        name
        for name, command in app.cli.commands.items()
        if command.callback.__module__.startswith(commands.__package__) and not command.hidden
    }


def test_every_command_is_explained(app: Flask):
    rows = part(SCHOOL_DOC, "## Commands").split("\n")
    listed = {BACKTICKED.findall(row)[0] for row in rows if row.startswith("| `") and "--app" not in row}
    assert own_commands(app) == listed
    assert all(f"`{name}" in (HOUSE / "README.md").read_text("utf-8") for name in listed)


@pytest.fixture
def example_instance(tmp_path: Path, empty_database: Path) -> Path:
    """An instance folder whose third school is the one in the docs."""
    for name, text in re.findall(
        r"^```yaml\n# (\S+)\n(.*?)^```", SCHOOL_DOC.read_text("utf-8"), re.MULTILINE | re.DOTALL
    ):
        file = tmp_path / "institutions" / "example" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {name}\n{text}", "utf-8")
    shutil.copy(empty_database, tmp_path / "beian.sqlite3")
    return tmp_path


@pytest.mark.sqlite("builds an application over a file of its own")
def test_the_school_in_the_docs_is_checked_printed_and_filled_with_its_demo(example_instance: Path):
    app = create_app({"INSTANCE_PATH": example_instance, "SECRET_KEY": "for tests only"})
    run = app.test_cli_runner().invoke
    with app.app_context():
        checked = run(args=["check-definitions"])
        printed = run(args=["preview", "example", "account"])
        prepared = run(args=["prepare"])
    assert "example 示例大学：表单 新媒体账号备案表；汇总表 新媒体账号汇总表" in checked.output
    assert printed.exit_code == 0, printed.output
    assert (example_instance / "preview" / "example-account.pdf").read_bytes().startswith(b"%PDF")
    assert prepared.exit_code == 0, prepared.output
    assert re.search(r"zhao +\S+ +赵经办　经办人（文学院）", prepared.output)


def traps() -> list[tuple[str, str, str]]:
    rows = [line.split(" | ") for line in part(SCHOOL_DOC, "## YAML's traps").split("\n")]
    return [
        (row[0].strip("|` "), row[1].strip("`"), row[2].strip("| "))
        for row in rows
        if len(row) == 3 and row[0].startswith("| `")
    ]


@pytest.mark.parametrize(("right", "wrong", "sentence"), traps())
def test_a_trap_is_answered_as_the_docs_say(example_instance: Path, right, wrong, sentence):
    schools = example_instance / "institutions"
    file = schools / "example" / "institution.yaml"
    text = file.read_text("utf-8")
    assert text.count(right) == 1 or text.count(f"\n{right}\n") == 1
    file.write_text(text.replace(right, wrong, 1), "utf-8")
    with pytest.raises(DefinitionErrors) as caught:
        load_institutions(HOUSE / "blueprints", schools)
    assert sentence in [error.split(": ", 1)[1] for error in caught.value.errors]


def test_the_traps_shown_are_many():
    assert len(traps()) >= 10


def documents() -> list[Path]:
    return [*HOUSE.glob("*.md"), *DOCS.rglob("*.md")]


@pytest.mark.parametrize("doc", documents(), ids=lambda doc: doc.relative_to(HOUSE).as_posix())
def test_no_document_names_a_machine_or_a_place_to_download_from(doc: Path):
    text = doc.read_text("utf-8")
    machine = re.search(r"(?<![\w.…>/])/(?:home|root|work|tmp|Users|mnt|opt)/\w|\b[A-Z]:\\", text)
    registry = re.search(
        r"(?:pypi|npmjs|registry|crates|rubygems|pythonhosted|conda|goproxy|unpkg|jsdelivr|cdnjs)"
        r"[\w-]*\.(?:org|com|io|net|cn)|(?:mirrors?|files)\.[\w-]+\.[a-z]{2,}",
        text,
        re.IGNORECASE,
    )
    assert (machine, registry) == (None, None)


@pytest.mark.parametrize("doc", documents(), ids=lambda doc: doc.relative_to(HOUSE).as_posix())
def test_every_link_between_documents_leads_somewhere(doc: Path):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", doc.read_text("utf-8"))
    assert [link for link in links if not (doc.parent / link).exists()] == []


def test_every_test_that_the_security_document_names_is_there():
    named = re.findall(r"`(tests/[\w./]+)`", SECURITY_DOC.read_text("utf-8"))
    assert len(named) > 60
    assert [name for name in named if not (HOUSE / name).exists()] == []


def test_every_package_of_a_deployment_is_in_the_table_of_licences():
    lock = (HOUSE / "requirements.lock").read_text("utf-8")
    packages = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert packages
    assert packages - set(BACKTICKED.findall(LICENCE_DOC.read_text("utf-8"))) == set()
