"""A filing that is none: a form's example answers, to see how its paper looks when filled."""

from dataclasses import dataclass, field
from typing import Any

from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.workflow import State


@dataclass(frozen=True)
class Owner:
    """Whose filing it is."""

    name: str


@dataclass(frozen=True)
class Specimen:
    """What `draw_sheet` needs of a filing."""

    answers: dict[str, Any]
    number: str
    unit: Owner = Owner("示例单位")
    id: int | None = None
    kind: FilingKind = FilingKind.first
    owner_kind: str = ""
    state: State = State.draft
    submitted_at: None = None
    events: list = field(default_factory=list)

    def changes(self, form: Form) -> list[dict]:
        """What it changes of what was in force: nothing, being the first."""
        return []


def specimen(institution: Institution, definition: Form, seed: int = 1) -> Specimen:
    """Every item that a first filing asks for, answered with the example of its type."""
    answers: dict[str, Any] = {}
    for number, item in enumerate(definition.walk(FilingKind.first, answers)):
        if not item.is_upload:  # a file that nobody handed in cannot be shown
            answers[item.name] = item.example(seed + number)
    return Specimen(answers, number=institution.number.number(2022, seed))
