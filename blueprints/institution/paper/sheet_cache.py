"""Sheets that were drawn before, kept as files under names made from all that they show."""

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from blueprints.institution import pdf
from blueprints.institution.paper import drawing, print_pages, printing
from blueprints.institution.paper.printing import HOUSE, STYLE, Page
from models import files

LOOKED = "erased-until"
MOST_BYTES = 256 * 1024 * 1024
TEMPLATES = HOUSE / "templates" / "paper"
BUNDLED = HOUSE / "static" / "fonts"
# Where the modules that draw are, and in each folder one that surely draws.
ROOMS = {Path(printing.__file__).parent: drawing, Path(pdf.__file__).parent: pdf}
ENGINE = ("xhtml2pdf", "reportlab", "pillow", "segno")


def printed(pages: Sequence[Page], folder: Path) -> bytes:
    """What `print_pages` draws, from `folder` when it was drawn before.

    Whatever changes what is shown changes the name of the file, so nothing ever has to be
    thrown away for being old; the folder keeps what was used last. Raises PaperError.
    """
    file = folder / f"{key_of(pages)}.pdf"
    kept = _read(file)
    if kept is None:
        kept = print_pages(pages)
        _keep(file, kept)
    return kept


def forget_all(folder: Path) -> None:
    """Throws every kept sheet away, half-written ones too: what was erased must not live on in one."""
    for pattern in ("*.pdf", f"*{files.PART}"):
        for file in folder.glob(pattern):
            with suppress(OSError):
                file.unlink()


def looked_until(folder: Path) -> int:
    """Up to which event somebody looked whether anything was erased, by `note_looked`; 0 for never."""
    with suppress(OSError, ValueError):
        return int((folder / LOOKED).read_text())
    return 0


def note_looked(folder: Path, event_id: int) -> None:
    """Up to this event nothing that was erased is kept here. Raises OSError."""
    files.write(folder / LOOKED, str(event_id).encode())


def key_of(pages: Sequence[Page]) -> str:
    """A digest of all that is drawn: the sheets, whose copies, pictures, links, and what draws."""
    # The pages are plain frozen data, and their repr() says all of it.
    parts = [repr(list(pages)).encode(), _tools(), *(file.read_bytes() for file in _looks())]
    return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()


def _looks() -> list[Path]:
    """The files that are read at every drawing."""
    return [STYLE, *_files(TEMPLATES, "*.html", "sheet.html")]


@cache
def _tools() -> bytes:
    """What this process draws with, until it ends: the engine, this house's part of it, fonts."""
    digests = [sha256(file.read_bytes()).hexdigest() for file in _code()]
    bundled = _files(BUNDLED, "*.ttf", "BeianSong.ttf")
    fonts = [f"{file.name} {file.stat().st_size}" for file in bundled]
    return repr([digests, fonts, _added_fonts(), [version(name) for name in ENGINE]]).encode()


def _code() -> list[Path]:
    """The modules that draw."""
    return [
        file
        for folder, module in ROOMS.items()
        for file in _files(folder, "**/*.py", Path(module.__file__).name)
    ]


def _files(folder: Path, pattern: str, sure: str) -> list[Path]:
    """The files of a folder. RuntimeError when the one that is surely among them is not: of what
    was moved elsewhere the key would say nothing, and old sheets would be handed out."""
    files = sorted(folder.glob(pattern))
    if folder / sure not in files:
        raise RuntimeError(f"the key of kept sheets leaves out {sure}: it is not in {folder}")
    return files


def _added_fonts() -> list[str]:
    """The administrator's own fonts, as they were read at start-up."""
    from reportlab.pdfbase import pdfmetrics  # slow to import: only where a sheet is wanted

    return [
        f"{name} {sha256(pdfmetrics.getFont(name).face._ttf_data).hexdigest()}"
        for name in sorted(pdfmetrics.getRegisteredFontNames())
        if name.startswith("instance-")
    ]


def _read(file: Path) -> bytes | None:
    """A kept sheet, marked as used now; None when there is none, or only part of one."""
    try:
        content = file.read_bytes()
        os.utime(file)
    except OSError:
        return None
    return content if content.startswith(b"%PDF-") and b"%%EOF" in content[-8:] else None


def _keep(file: Path, content: bytes) -> None:
    """Nobody must ever read half a sheet.

    A full or read-only disk costs the next person some time, not this one the sheet.
    """
    with suppress(OSError):
        files.write(file, content)
        _make_room(file.parent)


def _make_room(folder: Path) -> None:
    """Delete what was longest not used, until the folder is within its bounds."""
    kept = []
    for entry in os.scandir(folder):
        with suppress(FileNotFoundError):  # another process may be making room too
            kept.append((entry.stat().st_mtime, entry.stat().st_size, entry.path))
    total = sum(size for _, size, _ in kept)
    for _, size, path in sorted(kept):
        if total <= MOST_BYTES:
            return
        total -= size
        with suppress(OSError):
            os.unlink(path)
