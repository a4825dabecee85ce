"""HTML in, A4 bytes out: every font embedded, Chinese broken as Chinese, nothing fetched.

The caller escapes what people typed. xhtml2pdf and reportlab take long to import, so each
function here does so when it is first called: a command that draws nothing does not wait for them.
"""

from pathlib import Path


class PaperError(Exception):
    """A paper could not be drawn; the text is a Chinese sentence for the person who asked."""


class FontError(Exception):
    """A font file cannot be used; the text is a Chinese sentence naming the file."""


def render(html: str, *, title: str, seconds: float = 10) -> bytes:
    """Draw `html` as a PDF named `title`; give back its bytes.

    `seconds` of processor time bound the drawing (many filings need more than one paper does);
    the clock runs on while a busy machine does other work, and would refuse a sound paper.
    Raises PaperError when the time is up or the page cannot be laid out. Reads no file but
    those under static/, and no address at all: such a resource is left out and logged.
    """
    from .engine import draw

    return draw(html, title, seconds)


def add_fonts(folder: Path) -> list[str]:
    """Let the TrueType files in `folder` draw what the bundled faces lack; give their names.

    Meant for instance/fonts at start-up. A folder that does not exist adds nothing.
    Raises FontError for a file that cannot be embedded (only TrueType outlines can).
    """
    files = sorted(folder.glob("*.ttf"))
    if not files:
        return []
    from .fonts import add

    return [add(file) for file in files]


def missing_characters(text: str) -> list[str]:
    """The characters of `text` that no face can print, each once, in their order of appearance.

    Spaces, line ends and characters without a shape of their own are never missing.
    """
    from .fonts import missing_from_faces

    return missing_from_faces(text)
