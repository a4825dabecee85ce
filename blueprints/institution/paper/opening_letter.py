"""The paper with which a school allows an account to be opened (开设手续): one signed page."""

from datetime import date

from blueprints.institution.paper.printing import Page, print_pages
from blueprints.institution.paper.sheet import Letter
from blueprints.institution.paper.words import ROOM_TO_WRITE, code_of, day_words, owner_of, title_of
from blueprints.institution.pdf import PaperError
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution


def draw_opening(
    institution: Institution,
    filing,
    definition: Form,
    opening_number: str,
    opening_on: date | None,
    link: str = "",
) -> list[Page]:
    """What is printed; `sheet_cache.printed` or `print_pages` draws it.

    In: the filing that was approved and its edition; the paper's own number and day ('' and None
    leave room for ink); `link` is the address that the small code at the foot opens.
    Raises PaperError, a Chinese sentence, when the school has no such paper.
    """
    opening = institution.opening
    if opening is None:
        raise PaperError("学校没有规定开设手续的样式，请在 institution.yaml 里写上 opening。")
    day = day_words(opening_on) if opening_on else opening.date
    letter = Letter(
        title=opening.title_for(filing.kind),
        number=opening_number or ROOM_TO_WRITE,
        text=opening.words(filing.kind, _named(institution, definition, filing) | {"date": day}),
        sign=tuple(opening.sign),
        date=day,
        code=code_of(filing),
    )
    return [Page(letter, link=link)]


def _named(institution: Institution, definition: Form, filing) -> dict[str, str]:
    """What the places in the letter's text stand for, but for the day."""
    platform = definition.channel.platform
    return {
        "unit": owner_of(definition, filing),
        "title": title_of(definition, filing),
        "platform": (platform and definition.text(platform, filing.answers)) or definition.noun,
        "noun": definition.noun,
        "number": filing.number or ROOM_TO_WRITE,
        "rulebooks": "".join(institution.rulebooks),
    }


def print_opening(
    institution: Institution,
    filing,
    definition: Form,
    opening_number: str,
    opening_on: date | None,
    link: str = "",
) -> bytes:
    """The paper as PDF, from what `draw_opening` takes. Raises PaperError."""
    pages = draw_opening(institution, filing, definition, opening_number, opening_on, link)
    return print_pages(pages)
