"""Who needs the full phone numbers of a filing, and what everybody else is shown instead.

Whoever writes a filing typed them, and whoever signs for its unit answers for the paper they stand
on. All others, the office too, see 138****5678 until they ask for more, which history remembers.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_login import current_user

from blueprints.institution.components.changes import Group, Side
from models.filings.filing import Filing
from models.people.unit import tree
from models.rules.definitions.definition import Form
from models.rules.masking import mask_answer, mask_answers
from models.rules.workflow import Role


def knows_unit(unit_id: int) -> bool:
    """Whether the person reports for a unit or is the head who signs for it."""
    if unit_id in current_user.units(Role.reporter):
        return True
    return current_user.id in tree(current_user.institution).heads_for(unit_id)


def knows_phones(filing: Filing) -> bool:
    """Whether the person has need of the numbers in a filing: it is theirs to write or to sign."""
    return knows_unit(filing.unit_id) or filing.reported_by(current_user)


def shown_answers(form: Form, answers: Mapping[str, Any], full: bool) -> Mapping[str, Any]:
    """The answers as the person may see them."""
    return answers if full else mask_answers(form, answers)


def shown_changes(groups: list[Group], full: bool) -> list[Group]:
    """The lines of a comparison as the person may see them."""
    if full:
        return groups
    return [
        Group(
            group.label,
            [replace(line, before=_masked(line.before), after=_masked(line.after)) for line in group.lines],
        )
        for group in groups
    ]


def _masked(side: Side | None) -> Side | None:
    return side and (side[0], mask_answer(*side))
