"""Whether a process that prints and prints grows, in a process of its own."""

from bench.measuring import HOUSE, Result, report, resident
from bench.scale import Scale, given_scale
from blueprints.institution.paper import print_sheet
from blueprints.institution.paper.printing import specimen
from models.rules.definitions.loader import load_institutions


def measured(scale: Scale) -> list[Result]:
    """How much memory it has more at the end than when it was warm."""
    school = next(iter(load_institutions(HOUSE / "blueprints").values()))
    form = next(form for form in school.forms.values() if form.paper)
    warm = 0.0
    for number in range(scale.prints):
        if number == scale.warm_prints:
            warm = resident()
        print_sheet(school, form, specimen(school, form, number), link=f"http://localhost/{number}")
    end, what = resident(), f"e  growth over {scale.prints} prints"
    note = f"{warm:.0f} MB after {scale.warm_prints}, {end:.0f} MB after all, each another sheet"
    return [Result(what, end - warm, "MB", 10, note)]


if __name__ == "__main__":
    report(measured(given_scale()))
