"""From sheets to A4 pages: one filing in one or more copies, a blank form, a specimen."""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from blueprints.institution.paper.drawing import draw_sheet
from blueprints.institution.paper.sheet import Sheet
from blueprints.institution.paper.specimen import specimen
from blueprints.institution.pdf import PaperError, render
from models.attachment import Attachment
from models.database import db
from models.definition import Form
from models.institution import Institution

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
    """A sheet to print, and whose copy it is (forms.md: 一式两份)."""

    sheet: Sheet
    copy: str = ""

    def tighter(self, share: float) -> "Page":
        """The same with narrow rows and less room in its boxes."""
        return replace(self, sheet=self.sheet.tightened(share))


def print_sheet(
    institution: Institution,
    definition: Form,
    filing,
    copies: Sequence[str] = (),
    link: str = "",
) -> bytes:
    """One filing as PDF.

    In: the school, the filing's edition, the filing; `copies` names the holder of each copy (none
    named: one copy), `link` is the address that the small code at the foot opens.
    Out: the PDF. Raises PaperError, a Chinese sentence, when it has no paper or cannot be drawn.
    """
    sheet = _sheet(institution, definition, filing)
    pages = [
        Page(sheet, f"第{number}份 · {holder}留存") for number, holder in enumerate(copies, start=1)
    ]
    return _pdf(
        pages or [Page(sheet)], image_url=_picture_of(institution), code=sheet.code, link=link
    )


def blank(institution: Institution, definition: Form) -> bytes:
    """The empty form as PDF. Raises PaperError."""
    return _pdf([Page(_sheet(institution, definition, None))])


def preview(institution: Institution, definition: Form) -> bytes:
    """The empty form and one filled with examples, for whoever writes its YAML. PaperError."""
    filled = _sheet(institution, definition, specimen(institution, definition))
    return _pdf([Page(_sheet(institution, definition, None)), Page(filled)])


def _sheet(institution: Institution, definition: Form, filing) -> Sheet:
    sheet = draw_sheet(institution, definition, filing)
    if sheet is None:
        raise PaperError(f"“{definition.short}”没有单张的纸面，随汇总表一起打印和签字。")
    return sheet


def _pdf(pages: list[Page], **foot) -> bytes:
    """The sheets, one to a page where rows and boxes can give up some of their height for it.

    What is too long even then, or far too long, keeps its full heights and flows over pages.
    """
    pdf = _drawn(pages, **foot)
    if not len(pages) < _count_pages(pdf) <= 2 * len(pages):
        return pdf
    for share in TIGHTER:
        tighter = _drawn([page.tighter(share) for page in pages], **foot)
        if _count_pages(tighter) == len(pages):
            return tighter
    return pdf


def _drawn(
    pages: list[Page],
    image_url: Callable[[str], str] = lambda attachment: "",
    code: str = "",
    link: str = "",
) -> bytes:
    html = templates.get_template("paper/document.html").render(
        pages=pages,
        style=STYLE.read_text(encoding="utf-8"),
        landscape=pages[0].sheet.landscape,
        code=code,
        qr=_qr(link) if link else "",
        image_url=image_url,
    )
    return render(html, title=pages[0].sheet.title)


def _count_pages(pdf: bytes) -> int:
    return len(PAGE_OBJECT.findall(pdf))


def _picture_of(institution: Institution) -> Callable[[str], str]:
    """Attachment id to data address, for pictures of this school; '' for what is not there."""

    def image_url(attachment: str) -> str:
        found = db.session.get(Attachment, int(attachment)) if attachment.isdecimal() else None
        if found is None or found.institution != institution.code:
            return ""
        return _data_address(found.mime, found.content)

    return image_url


def _qr(link: str) -> str:
    picture = BytesIO()
    segno.make(link, micro=False, error="m").save(picture, kind="png", scale=4, border=0)
    return _data_address("image/png", picture.getvalue())


def _data_address(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{b64encode(content).decode()}"
