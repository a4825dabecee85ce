"""What a school's own file must be beyond its shape."""

import re
from collections.abc import Mapping

from models.rules.definitions.by_kind import all_words
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution, Opening
from models.rules.definitions.presets import nearest
from models.rules.definitions.yaml_source import Source


def check_number_pattern(source: Source, institution: Institution) -> None:
    """编号 without a serial would be the same for every filing."""
    text, path = institution.number.text, ("number", "text")
    if "{serial}" not in text:
        source.complain(path, "number_serial")
    for name in re.findall(r"\{[^}]*\}?", text):
        if name not in ("{year}", "{serial}"):
            source.complain(path, "number_unknown", name=name)


def check_opening(source: Source, institution: Institution) -> None:
    """What stands in braces in the opening paper must be something that is filled in."""
    if institution.opening is None:
        return
    known = [f"{{{name}}}" for name in Opening.FILLED]
    for kind, text in all_words(institution.opening.text).items():
        path = ("opening", "text") if kind is None else ("opening", "text", str(kind))
        for name in re.findall(r"\{[^}]*\}?", text):
            if name not in known:
                source.complain(path, "opening_unknown", name=name, known="、".join(known))


def check_notice(source: Source, institution: Institution) -> None:
    """The deadline that a campaign begins with must be a moment of the year."""
    notice = institution.notice
    try:
        if notice:
            notice.due_in(2000)
    except ValueError:
        source.complain(("notice", "deadline"), "notice_deadline")


def check_individuals(source: Source, institution: Institution) -> None:
    """Whoever holds a link that has run out must be told whom to ask."""
    individuals, contact = institution.individuals, institution.contact
    if individuals and individuals.links and not (contact.phone or contact.email or contact.place):
        source.complain(("individuals", "links"), "links_contact")


def check_sanctions(source: Source, institution: Institution, forms: Mapping[str, Form | None]) -> None:
    """A sanction is for accounts of forms that there are, and bars changes of their items.

    `forms`: by code; None for one that could not be read.
    """
    for code, rule in institution.sanctions.items():
        for n, form in enumerate(rule.forms):
            if form not in forms:
                source.complain(
                    ("sanctions", code, "for", n), "sanction_form", form=form, near=nearest(form, forms)
                )
        known = [item.name for code_ in rule.forms if (form_ := forms.get(code_)) for item in form_.items()]
        for n, name in enumerate(rule.bars_changing):
            if known and name not in known:
                path = ("sanctions", code, "bars_changing", n)
                source.complain(path, "sanction_item", name=name, near=nearest(name, known))
