"""Who approved a filing in which words, and the boxes in which they sign."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from blueprints.institution.paper.sheet import Cell, Kind, Run
from blueprints.institution.paper.words import date_words
from models.rules.definitions.definition import Form
from models.rules.definitions.route import Step
from models.rules.workflow import State, Verb

# Before it is handed in, and after it came back, nobody's approval counts.
UNDER_REVIEW = {State.in_review, State.filed, State.rejected}


@dataclass(frozen=True)
class Approval:
    """What a step of the route said, and when."""

    opinion: str
    at: datetime


def steps_of(definition: Form, filing) -> list[Step]:
    """The steps that a filing takes."""
    return definition.route.steps_for(filing.answers, filing.kind, filing.owner_kind)


def approvals_of(definition: Form, filing) -> dict[str, Approval]:
    """By name of the step, the approvals since the filing was last handed in."""
    if filing.state not in UNDER_REVIEW:
        return {}
    steps = steps_of(definition, filing)
    given: dict[str, Approval] = {}
    for event in filing.events:
        if event.verb == Verb.submit:
            given = {}
        elif event.verb == Verb.approve and event.step is not None and event.step < len(steps):
            given[steps[event.step].name] = Approval(event.opinion, event.at)
    return given


def signature_box(kind: Kind, step: Step, printed: list[str], approval: Approval | None, **size: Any) -> Cell:
    """A box with words at its head and a signature and a date at its foot.

    Words `printed` on the form stay; an opinion given in other words follows them. The line for
    the signature always stays free for ink.
    """
    approval = approval if step.print_approval else None
    words = [text for text in printed if text]
    if approval and approval.opinion and approval.opinion.strip() not in words:
        words.append(approval.opinion.strip())
    return Cell(
        kind,
        (Run("\n".join(words)),) if words else (),
        sign=tuple(step.sign),
        date=date_words(approval.at) if approval else step.date.strip(),
        align="left",
        **size,
    )
