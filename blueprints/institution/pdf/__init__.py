"""HTML in, A4 bytes out: every font embedded, Chinese broken as Chinese, nothing fetched.

The caller escapes what people typed. A sheet says nothing of fonts or line breaking: both are
in the style sheet below every other one (`SONG_CSS`). Which HTML prints well, and why,
is in docs/decisions/0003-pdf-engine.md.
"""

import logging
import re
from io import BytesIO
from pathlib import Path

from reportlab import rl_config
from xhtml2pdf.config.resources import RenderLimitError, ResourceAccessPolicy
from xhtml2pdf.default import DEFAULT_CSS
from xhtml2pdf.document import pisaDocument

from . import mending
from .fonts import FontError, add_fonts, load_for, missing_characters

__all__ = ["FontError", "PaperError", "add_fonts", "missing_characters", "render"]

STATIC = Path(__file__).resolve().parents[3] / "static"
SONG_CSS = """
html { font-family: song; -pdf-word-wrap: CJK; }
pre, code, kbd, samp, tt { font-family: song; }
"""
# They have no shape of their own, and a font without them draws a box instead.
INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")

log = logging.getLogger(__name__)
rl_config.invariant = 1  # the same paper is the same bytes, so that a cache and a test can tell
mending.install()


class PaperError(Exception):
    """A paper could not be drawn; the text is a Chinese sentence for the person who asked."""


def render(html: str, *, title: str, seconds: float = 10) -> bytes:
    """Draw `html` as a PDF named `title`; give back its bytes.

    `seconds` of processor time bound the drawing (many filings need more than one paper does);
    the clock runs on while a busy machine does other work, and would refuse a sound paper.
    Raises PaperError when the time is up or the page cannot be laid out. Reads no file but
    those under static/, and no address at all: such a resource is left out and logged.
    """
    load_for(html)
    text = INVISIBLE.sub("", html).replace("\u3000", "\u00a0\u00a0")  # else HTML collapses it
    policy = ResourceAccessPolicy.server(STATIC, allow_remote=False, max_render_seconds=seconds)
    paper = BytesIO()
    try:
        result = pisaDocument(
            text,
            paper,
            path=str(STATIC / "paper.html"),
            default_css=DEFAULT_CSS + SONG_CSS,
            resource_policy=policy,
            context_meta={"title": title},
        )
    except RenderLimitError as error:
        raise PaperError("内容太多或太复杂，规定时间内排不完版，请减少内容后再试。") from error
    except Exception as error:  # the layout engine raises what it likes; a person gets a sentence
        log.exception("A paper could not be drawn")
        raise PaperError("这张表排不成页，请检查内容，或联系管理员查看日志。") from error
    if result.err:
        log.error("A paper was refused: %s", result.log)
        raise PaperError("这张表排不成页，请检查内容，或联系管理员查看日志。")
    return paper.getvalue()
