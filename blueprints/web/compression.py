"""Pages, styles and scripts leave compressed, where the browser takes it and they are worth it."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

TYPES = {"text/html", "text/css", "text/javascript", "application/javascript"}
# Below this it costs more than it saves: the answer fits into one packet as it is.
LEAST = 1024
# Of our style sheet level 9 saves another fortieth, for twice the work.
LEVEL = 5


def init_app(app: Flask) -> None:
    """Compress what the application answers."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Compress an answer of text; every other is left as it is.

    An answer that could have been compressed says so (`Vary`), so that no cache mixes the two.
    """
    if response.mimetype not in TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if _is_whole(response) and request.accept_encodings["gzip"] > 0:
        _replace(response)
    return response


def _is_whole(response: Response) -> bool:
    """An answer that is all of its content, not a part, not a word that it is still the same."""
    within = response.status_code not in (204, 206, 304) and "Content-Encoding" not in response.headers
    return within and (response.content_length or 0) >= LEAST


def _replace(response: Response) -> None:
    response.direct_passthrough = False
    plain = response.get_data()
    response.set_data(_kept(plain) if request.endpoint == "static" else _gzip(plain))
    response.headers["Content-Encoding"] = "gzip"
    # The bytes are others than those of the plain file; their meaning is the same.
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    # Parts are counted in the bytes of the plain file.
    response.headers.pop("Accept-Ranges", None)


def _gzip(plain: bytes) -> bytes:
    return gzip.compress(plain, LEVEL, mtime=0)


@lru_cache(maxsize=32)
def _kept(plain: bytes) -> bytes:
    """A static file, compressed once."""
    return _gzip(plain)
