"""Static files under addresses that carry a digest of their content: kept a year, never stale."""

from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, current_app, request

STATIC = "static"
# A year, as far as a cache may look ahead; `immutable` also spares the question on a reload.
FOR_A_YEAR = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Take the digest of every static file, once; `url_for("static", …)` adds it by itself."""
    app.extensions["static_digests"] = digests_of(Path(app.static_folder or ""))
    app.url_defaults(_add_digest)


def digests_of(folder: Path) -> dict[str, str]:
    """The digest of each file below a folder, by its name as addresses spell it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()[:16] for path in files}


def _add_digest(endpoint: str, values: dict) -> None:
    digest = endpoint == STATIC and current_app.extensions["static_digests"].get(values.get("filename"))
    if digest:
        values.setdefault("v", digest)


def keep_in_cache(response: Response) -> None:
    """Let a file be kept when its address names what is in it; under any other it is asked for."""
    if response.status_code not in (200, 206, 304):
        response.headers["Cache-Control"] = "no-store"
    elif _is_named_by_content():
        response.headers["Cache-Control"] = FOR_A_YEAR
    else:
        response.headers["Cache-Control"] = "no-cache"


def _is_named_by_content() -> bool:
    name = (request.view_args or {}).get("filename")
    digest = current_app.extensions["static_digests"].get(name)
    return digest is not None and request.args.get("v") == digest
