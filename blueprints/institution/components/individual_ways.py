"""How people without a unit come to file here: by the office, or by a link."""

from flask import g
from flask_login import current_user

from models.people.unit import tree
from models.rules.definitions.definition import Form as Definition
from models.rules.policy import Action, may


def forms_for_people() -> dict[str, Definition]:
    """The forms that one person can file alone: those signed sheet by sheet, not as a list."""
    return {code: form for code, form in g.institution.forms.items() if form.route.signed_as == "sheet"}


def usual_unit() -> str:
    """Id of the unit that people without one file under, as the school names it; '' without it."""
    individuals = g.institution.individuals
    for node in tree(g.institution.code).nodes.values():
        if individuals and node.active and node.name == individuals.unit:
            return str(node.id)
    return ""


def ways_for_people() -> dict[str, bool]:
    """Which ways to file for people without a unit are open to this person."""
    office = may(current_user, Action.OVERSEE) and bool(forms_for_people())
    return {"files_for_people": office, "sends_links": office and links_allowed()}


def links_allowed() -> bool:
    """Whether the school lets people file by a one-time link."""
    individuals = g.institution.individuals
    return bool(individuals and individuals.links)
