"""The faces a paper is drawn with: Song and its bold, a fallback, and the administrator's own.

CSS says `song` and nothing else; a character that the main face lacks is drawn by the first
fallback that has it. Faces are read once per process, the fallbacks when first needed.
"""

import threading
import unicodedata
from pathlib import Path

from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus.tables import CellStyle
from xhtml2pdf.default import DEFAULT_FONT

from . import FontError

FONTS = Path(__file__).resolve().parents[3] / "static" / "fonts"
CSS_NAME = "song"
MAIN, BOLD = "BeianSong", "BeianSong-Bold"
UNPRINTED = {"Cc", "Cf", "Zl", "Zp", "Zs", "Mn"}

_lock = threading.Lock()
_waiting: list[tuple[str, Path]] = [("BeianSongExt", FONTS / "BeianSongExt.ttf")]
_fallbacks: list[str] = []


def add(path: Path) -> str:
    """Make a face of the administrator's a fallback; give its name. Raises FontError."""
    name = f"instance-{path.stem}"
    if name not in pdfmetrics.getRegisteredFontNames():
        _register(name, path)
        with _lock:
            _fallbacks.append(name)
    return name


def load_for(text: str) -> None:
    """Read the fallbacks if `text` has a character the main face lacks."""
    main = _main()
    codes = set(map(ord, text))
    if not _waiting or all(code < 0x80 or code in main for code in codes):
        return
    with _lock:
        while _waiting:
            name, path = _waiting.pop(0)
            _register(name, path)
            _fallbacks.insert(0, name)


def missing_from_faces(text: str) -> list[str]:
    """What `pdf.missing_characters` gives."""
    load_for(text)
    covered = [_main(), *(_codepoints(name) for name in _fallbacks)]
    return [
        character
        for character in dict.fromkeys(text)
        if not any(ord(character) in codepoints for codepoints in covered)
        and unicodedata.category(character) not in UNPRINTED
    ]


def with_fallbacks(families: list[str]) -> list[str]:
    """`families` as CSS resolved them, followed by the fallbacks wherever Song is named."""
    if MAIN.lower() not in families:
        return families
    return [*families, *(name.lower() for name in _fallbacks)]


def _main() -> dict:
    """The characters of the main face; reads Song and its bold the first time."""
    if CSS_NAME not in DEFAULT_FONT:
        with _lock:
            if CSS_NAME not in DEFAULT_FONT:
                _register(MAIN, FONTS / "BeianSong.ttf", bold=FONTS / "BeianSong-Bold.ttf")
                # Every page and table cell would begin with Helvetica, which is not embedded.
                rl_config.canvas_basefontname = CellStyle.fontname = MAIN
                DEFAULT_FONT[CSS_NAME] = MAIN.lower()
    return _codepoints(MAIN)


def _codepoints(name: str) -> dict:
    return pdfmetrics.getFont(name).face.charToGlyph


def _register(name: str, path: Path, bold: Path | None = None) -> None:
    """Read one face, and its bold if it has one, and tell reportlab which weight is which."""
    try:
        pdfmetrics.registerFont(TTFont(name, str(path)))
        if bold:
            pdfmetrics.registerFont(TTFont(BOLD, str(bold)))
    except (TTFError, OSError) as error:
        raise FontError(
            f"字体文件 {path.name} 不能用于打印：只能用 TrueType 轮廓且允许嵌入的 .ttf 文件。"
        ) from error
    family = name.lower()
    for heavy in (0, 1):
        for italic in (0, 1):
            addMapping(family, heavy, italic, BOLD if heavy and bold else name)
