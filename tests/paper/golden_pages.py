"""The printed pages as pictures: `python -m tests.paper.golden_pages` draws the golden ones anew."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from PIL import Image

from app import HOUSE
from blueprints.institution import paper
from blueprints.institution.paper import summary_pdf
from blueprints.institution.paper.opening_letter import print_opening
from blueprints.institution.paper.printing import specimen
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.definitions.loader import load_institutions
from tests.paper.sheet_reading import filing, later

GOLDEN = Path(__file__).parent / "golden"
DOTS_PER_INCH = 60


def documents() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Every sheet a built-in school prints, each with what draws it.

    Forms are drawn blank and filled with examples, and as a change of who is in charge; tables
    blank; the paper that allows an opening as for the first form.
    """
    for school in load_institutions(HOUSE / "blueprints").values():
        for form in school.forms.values():
            if form.paper is not None:
                yield f"{school.code}-{form.code}", partial(paper.preview, school, form)
            change = partial(paper.print_sheet, school, form, other_person(school, form))
            yield f"{school.code}-{form.code}-change", change
        first = next(iter(school.forms.values()))
        day = date(2022, 2, 21)
        opening = partial(print_opening, school, filing(first.title), first, "开2022-1", day)
        yield f"{school.code}-opening", opening
        for register in school.registers.values():
            if register.paper:
                yield f"{school.code}-table-{register.code}", partial(summary_pdf.draw, register, school)


def other_person(school: Institution, form: Form):
    """A change filing in which only who is in charge of the account is another."""
    item = form.channel.person.partition(".")[0]
    return later(form.title, "change", {item: specimen(school, form, seed=3).answers[item]})


def pages_of(document: bytes) -> list[Image.Image]:
    """A PDF's pages in shades of grey, as poppler draws them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sheet.pdf"
        file.write_bytes(document)
        command = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-gray", "-png", file, file.with_suffix("")]
        subprocess.run(command, check=True)
        return [Image.open(picture).convert("L") for picture in sorted(Path(folder).glob("*.png"))]


def file_of(name: str, page: int) -> Path:
    """Where the golden picture of a page is kept."""
    return GOLDEN / f"{name}-{page}.png"


if __name__ == "__main__":
    for name, draw in documents():
        for number, picture in enumerate(pages_of(draw()), 1):
            picture.save(file_of(name, number), optimize=True)
