"""Whether a process that prints and prints grows, in a process of its own."""

from bench.measuring import HOUSE, Result, report, resident
from blueprints.institution.paper import print_sheet
from blueprints.institution.paper.printing import specimen
from models.rules.definitions.loader import load_institutions

PRINTS, WARM = 500, 100


def main() -> None:
    school = next(iter(load_institutions(HOUSE / "blueprints").values()))
    form = next(form for form in school.forms.values() if form.paper)
    warm = 0.0
    for number in range(PRINTS):
        if number == WARM:
            warm = resident()
        print_sheet(school, form, specimen(school, form, number), link=f"http://localhost/{number}")
    note = f"{warm:.0f} MB after {WARM}, {resident():.0f} MB after {PRINTS} different sheets"
    report(Result(f"e  growth over {PRINTS} prints", resident() - warm, "MB", 10, note))


if __name__ == "__main__":
    main()
