"""Both schools print the words of their own notices, letter for letter.

`fixed_texts/` holds those words as they stand in the notices: odd numbering, full-width digits,
two spellings of 账号 and all. A line break that a form puts inside a label is layout and is
ignored, and so are the spaces that push a signature to the right; nothing else is.
"""

import re
from pathlib import Path

import pytest

from app import HOUSE
from blueprints.institution.paper.summary_texts import blank_rows, head_line, note_lines
from models.rules.definitions.institution import Institution
from models.rules.definitions.layout import CommitmentCell, ItemCell, LabelCell, SideCell, StepCell
from models.rules.definitions.loader import load_institutions

TEXTS = Path(__file__).parent / "fixed_texts"
FORMS = [("pdsu", "account"), ("ahbc", "account"), ("ahbc", "group")]
REGISTERS = [("pdsu", "accounts"), ("pdsu", "groups")]


def fixed(name: str) -> dict[str, list[str]]:
    """The lines of a file of `fixed_texts` by their heading (`== notes`)."""
    parts: dict[str, list[str]] = {}
    for line in (TEXTS / f"{name}.txt").read_text("utf-8").removesuffix("\n").split("\n"):
        if line.startswith("== "):
            lines = parts.setdefault(line[3:], [])
        else:
            lines.append(line)
    return parts


def fixed_cells(name: str) -> list[str]:
    """The printed cells of a form in the order of the sheet."""
    return "\n".join(fixed(name)["cells"]).split("\n\n")


@pytest.fixture(scope="module")
def schools() -> dict[str, Institution]:
    return load_institutions(HOUSE / "blueprints")


def one_line(words: str) -> str:
    return words.replace("\n", "")


def signed_box(promise: str, step) -> str:
    printed = [promise.strip("\n"), step.printed("first"), *step.sign, step.date]
    return "\n".join(words for words in printed if words)


def printed_words(cell, steps: dict) -> str:
    """What a cell of the blank sheet says; '' for one that waits to be filled in."""
    match cell:
        case LabelCell():
            return one_line(cell.label) + cell.hint
        case SideCell():
            return cell.side
        case ItemCell():
            return cell.boxes or cell.hint
        case StepCell():
            return signed_box("", steps[cell.step])
        case CommitmentCell():
            return signed_box(cell.promise("first"), steps[cell.step])


def printed_cells(form) -> list[str]:
    steps = {step.name: step for step in form.route.steps}
    words = [printed_words(cell, steps) for cell in form.paper.cells()]
    return [one for one in words if one]


def as_laid_out(source: str) -> str:
    """A label or hint of the source without its line breaks; boxes and signed ones keep them."""
    keeps_lines = "□" in source or source.endswith("日")
    return source if keeps_lines else one_line(source)


@pytest.mark.parametrize(("school", "code"), FORMS)
def test_every_printed_cell_of_a_form_is_the_sources_own(schools, school, code):
    source = fixed_cells(f"{school}-form-{code}")
    assert printed_cells(schools[school].forms[code]) == [as_laid_out(cell) for cell in source]


@pytest.mark.parametrize(("school", "code"), FORMS)
def test_title_head_lines_notes_and_copies_of_a_form(schools, school, code):
    form, source = schools[school].forms[code], fixed(f"{school}-form-{code}")
    assert [form.title, form.paper.title] == source["title"] * 2
    assert [line.text for line in form.paper.above] == source["above"]
    assert [line.text for line in form.paper.below] == source["below"]
    assert form.paper.notes.rstrip("\n").split("\n") == source["notes"]
    assert form.paper.copies == source["copies"]
    assert form.attachment == source["above"][0].split("：")[0]


@pytest.mark.parametrize(("school", "code"), FORMS)
def test_a_box_stands_before_the_choice_it_ticks(schools, school, code):
    form = schools[school].forms[code]
    boxed = [cell for cell in form.paper.cells() if isinstance(cell, ItemCell) and cell.boxes]
    assert boxed
    for cell in boxed:
        choices = form.field(cell.item).choices
        words = [label.strip(" \n_") for label in cell.boxes.split("□")[1:]]
        assert words == [choices[code] for code in cell.choices or choices]


@pytest.mark.parametrize(("school", "code"), FORMS)
def test_a_step_is_called_what_its_box_is_called(schools, school, code):
    form = schools[school].forms[code]
    labels = {step.name: step.label for step in form.route.steps}
    boxes = [row for row in form.paper.rows if isinstance(row[-1], StepCell | CommitmentCell)]
    assert {box.step: one_line(label.label) for label, box in boxes} == labels


@pytest.mark.parametrize(("school", "code"), REGISTERS)
def test_every_word_of_a_summary_table(schools, school, code):
    register, source = schools[school].registers[code], fixed(f"{school}-register-{code}")
    assert [register.title] == source["title"]
    assert list(head_line(register, "", None)) == source["head"]
    assert [column.label for column in register.columns] == source["columns"]
    assert ["|".join(row) for row in blank_rows(register, None)] == source["rows"]
    assert note_lines(register) == source["notes"]


def test_the_list_of_groups_is_signed_in_its_head_line(schools):
    source, form = fixed("pdsu-register-groups"), schools["pdsu"].forms["group"]
    assert [form.title] == source["title"]
    assert form.route.steps[0].label == source["head"][0].removesuffix("：")


@pytest.mark.parametrize("school", ["pdsu", "ahbc"])
def test_the_notice_and_its_contact(schools, school):
    found, source = schools[school], fixed(f"{school}-notice")
    year, month, day = map(int, found.notice.date.split("-"))
    contact = found.contact
    assert [found.notice.title] == source["title"]
    assert [found.notice.number] == (source["number"] or [""])
    assert [f"{year}年{month}月{day}日"] == source["date"]
    assert [contact.person, contact.phone, contact.email, contact.place] == source["contact"]
    assert found.rulebooks == source["rulebooks"]


def test_the_odd_spots_of_the_sources_were_not_put_right(schools):
    """The files of this folder could be mended by a well-meaning hand; these words may not."""
    pdsu, ahbc = schools["pdsu"], schools["ahbc"]
    notes = pdsu.registers["accounts"].notes.removeprefix("备注：").splitlines()
    assert [line[:2] for line in notes] == ["1．", "2．", "3．", "5.", "6."]
    assert "登陆邮箱" in notes[2]
    assert "新媒体账号指" in notes[0]
    assert "帐号类型" in notes[0]
    assert pdsu.registers["groups"].blank.serials == ["１", "２"]
    assert re.findall("[１-９]", pdsu.registers["groups"].notes) == list("１２３４")
    assert pdsu.contact.email.endswith("@pdsu.edu.com")
    labels = [
        one_line(cell.label) for cell in ahbc.forms["account"].paper.cells() if isinstance(cell, LabelCell)
    ]
    assert {"帐号管理员", "账号id"} <= set(labels)
    assert ahbc.forms["group"].paper.below[0].text == "申请单位名称: "
    assert "该新媒体的网络信息安全，同意本群" in ahbc.forms["group"].route.steps[1].printed("first")


def test_the_two_promises_differ_in_their_second_item_alone(schools):
    first, second = (
        next(cell.promise("first") for cell in form.paper.cells() if isinstance(cell, CommitmentCell))
        for form in schools["ahbc"].forms.values()
    )
    pairs = zip(first.splitlines(), second.splitlines(), strict=True)
    assert [one == other for one, other in pairs] == [True, False, True]
