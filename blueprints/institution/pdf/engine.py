"""xhtml2pdf and reportlab, mended: whoever draws with either of them imports this first.

A sheet says nothing of fonts or line breaking: both are in the style sheet below every other
one (`SONG_CSS`). Which HTML prints well, and why, is in docs/decisions/0003-pdf-engine.md.
"""

import logging
import re
from io import BytesIO
from pathlib import Path

from reportlab import rl_config
from xhtml2pdf.config.resources import RenderLimitError, ResourceAccessPolicy
from xhtml2pdf.default import DEFAULT_CSS
from xhtml2pdf.document import pisaDocument

from . import PaperError, library_patches
from .fonts import load_for

STATIC = Path(__file__).resolve().parents[3] / "static"
SONG_CSS = """
html { font-family: song; -pdf-word-wrap: CJK; }
pre, code, kbd, samp, tt { font-family: song; }
"""
# They have no shape of their own, and a font without them draws a box instead.
INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")

log = logging.getLogger(__name__)
rl_config.invariant = 1  # the same paper is the same bytes, so that a cache and a test can tell
library_patches.install()


def draw(html: str, title: str, seconds: float) -> bytes:
    """What `pdf.render` gives, from what it takes. Raises PaperError as it does."""
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
