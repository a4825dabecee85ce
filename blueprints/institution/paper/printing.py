"""From sheets to A4 pages: one filing in one or more copies, a blank form, a specimen."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from blueprints.institution.paper.comparison import draw_comparison, prints
from blueprints.institution.paper.drawing import draw_sheet
from blueprints.institution.paper.sheet import Letter, Sheet
from blueprints.institution.pdf import PaperError, render
from models.database import db
from models.filings.attachment import Attachment
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.workflow import State

HOUSE = Path(__file__).resolve().parents[3]
# How much of their height the boxes keep, beside narrow rows, where that saves a page.
TIGHTER = (1, 0.7, 0.4)
PAGE_OBJECT = re.compile(rb"/Type\s*/Page\b")
STYLE = HOUSE / "static" / "paper.css"

# Its own, not the app's: what is printed can then not depend on a request.
templates = Environment(
    loader=FileSystemLoader(HOUSE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Page:
    """A sheet to print, with all that is drawn on it: plain data, away from the database.

    `copy` says whose copy it is (一式两份), `link` is the address that the small code
    at the foot opens, `pictures` are data addresses by the ids of attachments.
    """

    sheet: Sheet | Letter
    copy: str = ""
    link: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict)

    def picture(self, attachment: str) -> str:
        """The data address of a picture; '' for one that is not there."""
        return self.pictures.get(attachment, "")

    def tighter(self, share: float) -> "Page":
        """The same with narrow rows and less room in its boxes."""
        return replace(self, sheet=self.sheet.tightened(share))


def pages_of(
    institution: Institution, definition: Form, filing, copies: Sequence[str] = (), link: str = ""
) -> list[Page]:
    """What is printed of one filing; `print_pages` draws it.

    In: the school, the filing's edition, the filing; `copies` names the holder of each copy (none
    named: one copy), `link` is the address that the small code at the foot opens.
    Out: the form's sheet; behind that of a change, a review or a closing the page that says what
    it is about; all that for one holder after the other.
    Raises PaperError, a Chinese sentence, when there is nothing to print.
    """
    if not prints(definition, filing):
        raise _no_paper(definition)
    sheets = [draw_sheet(institution, definition, filing), draw_comparison(definition, filing)]
    pages = [Page(sheet, link=link, pictures=_pictures(institution, sheet))
             for sheet in sheets if sheet]  # fmt: skip
    held = [f"第{number}份 · {holder}留存" for number, holder in enumerate(copies, start=1)]
    return [replace(page, copy=words) for words in held or [""] for page in pages]


def print_sheet(
    institution: Institution, definition: Form, filing, copies: Sequence[str] = (), link: str = ""
) -> bytes:
    """One filing as PDF, from what `pages_of` takes. PaperError when it cannot be drawn."""
    return print_pages(pages_of(institution, definition, filing, copies, link))


def blank(institution: Institution, definition: Form) -> bytes:
    """The empty form as PDF. Raises PaperError."""
    return print_pages([Page(_sheet(institution, definition, None))])


def preview(institution: Institution, definition: Form) -> bytes:
    """The empty form and one filled with examples, for whoever writes its YAML. PaperError."""
    filled = _sheet(institution, definition, specimen(institution, definition))
    return print_pages([Page(_sheet(institution, definition, None)), Page(filled)])


def _sheet(institution: Institution, definition: Form, filing) -> Sheet:
    sheet = draw_sheet(institution, definition, filing)
    if sheet is None:
        raise _no_paper(definition)
    return sheet


def _no_paper(definition: Form) -> PaperError:
    return PaperError(f"“{definition.short}”没有单张的纸面，随汇总表一起打印和签字。")


def print_pages(pages: Sequence[Page]) -> bytes:
    """The sheets, one to a page where rows and boxes can give up some of their height for it.

    What is too long even then, or far too long, keeps its full heights and flows over pages.
    Raises PaperError.
    """
    pdf = draw(pages)
    if _count_pages(pdf) == len(pages):
        return pdf
    if len({page.sheet for page in pages}) == 1:
        return _fitted(pages, pdf)[1]
    fitted: dict[Sheet | Letter, Sheet | Letter] = {}
    for page in pages:
        if page.sheet not in fitted:
            ([alone], _) = _fitted([page], draw([page]))
            fitted[page.sheet] = alone.sheet
    return draw([replace(page, sheet=fitted[page.sheet]) for page in pages])


def _fitted(pages: Sequence[Page], pdf: bytes) -> tuple[Sequence[Page], bytes]:
    """Copies of one sheet and their PDF, tightened as little as gives each its one page."""
    if len(pages) < _count_pages(pdf) <= 2 * len(pages):
        for share in TIGHTER:
            tighter = [page.tighter(share) for page in pages]
            drawn = draw(tighter)
            if _count_pages(drawn) == len(pages):
                return tighter, drawn
    return pages, pdf


def draw(pages: Sequence[Page], marked: bool = False, seconds: float = 10) -> bytes:
    """The sheets as they are; `marked`: with an outline that tells where each begins."""
    html = templates.get_template("paper/document.html").render(
        pages=pages, style=STYLE.read_text(encoding="utf-8"), marked=marked, qr=_qr
    )
    return render(html, title=pages[0].sheet.title, seconds=seconds)


def _count_pages(pdf: bytes) -> int:
    return len(PAGE_OBJECT.findall(pdf))


def _pictures(institution: Institution, sheet: Sheet) -> dict[str, str]:
    """The pictures of a sheet by attachment; only this school's, and what is not there is not."""
    pictures = {}
    for name in {cell.picture for cell in sheet.cells if cell.picture.isdecimal()}:
        kept = db.session.get(Attachment, int(name))
        if kept is not None and kept.institution == institution.code:
            pictures[name] = _data_address(kept.mime, kept.content)
    return pictures


@lru_cache(maxsize=16)
def _qr(link: str) -> str:
    import segno  # only where a code is drawn

    picture = BytesIO()
    segno.make(link, micro=False, error="m").save(picture, kind="png", scale=4, border=0)
    return _data_address("image/png", picture.getvalue())


def _data_address(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{b64encode(content).decode()}"


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
    purged_at: None = None
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
