"""What a person may import into: forms they file; for the administrator units and people."""

from models.imports import target
from models.imports.filings import FilingTarget
from models.imports.people import PeopleTarget
from models.imports.units import UnitsTarget
from models.people.person import Person
from models.people.unit import Unit
from models.rules.definitions.institution import Institution
from models.rules.policy import Action, may

FORM = "form:"
UNITS, PEOPLE = "units", "people"


def is_known(code: str, institution: Institution) -> bool:
    """Whether the school has such a thing to import into."""
    return code in (UNITS, PEOPLE) or (code.startswith(FORM) and code.removeprefix(FORM) in institution.forms)


def is_allowed(code: str, person: Person) -> bool:
    """Whether the person's roles let them import into it now."""
    return may(person, Action.FILE if code.startswith(FORM) else Action.ADMINISTER)


def on_offer(institution: Institution, person: Person) -> list[str]:
    """The codes of everything this person may import into, in the school's order."""
    codes = [*(f"{FORM}{code}" for code in institution.forms), UNITS, PEOPLE]
    return [code for code in codes if is_allowed(code, person)]


def most_rows(code: str) -> int:
    """How many rows a file may have that is read into it."""
    from models.xlsx.reading import MOST_ROWS  # brings openpyxl along

    return MOST_ROWS if code.startswith(FORM) else target.MOST_LINES


def target_of(code: str, institution: Institution, person: Person, unit: Unit | None) -> target.Target:
    """The target of a known code. `unit`: whose rows they are where a row names none."""
    if code == UNITS:
        return UnitsTarget(institution, person)
    if code == PEOPLE:
        return PeopleTarget(institution, person)
    return FilingTarget(institution, institution.forms[code.removeprefix(FORM)], person, unit)
