"""A page, or the blocks of it that htmx asked for. The only file that says "HX-"."""

from typing import Any, cast
from urllib.parse import unquote, urlsplit

from flask import Response, make_response, redirect, render_template, request, url_for
from jinja2_fragments.flask import render_blocks

from models.database import let_go_of_the_lock


def wants_block() -> bool:
    """Whether htmx asked: then a named block of the page is enough.

    Going back in the browser restores a whole page, also when htmx does it.
    """
    by_htmx = request.headers.get("HX-Request") == "true"
    return by_htmx and request.headers.get("HX-History-Restore-Request") != "true"


def page(template: str, *blocks: str, status: int = 200, **context: Any) -> Response:
    """Draw a template.

    In: the template, the blocks that an htmx request gets instead of the whole page (the first
    takes the target's place, the others ride along out of band), the status code and the
    template's words.
    What was begun to be written and is not committed is undone: nobody waits while a page is drawn.
    Out: the response; a partial one says `Vary` so that no cache mixes the two.
    """
    let_go_of_the_lock()
    if blocks and wants_block():
        html = render_blocks(template, list(blocks), partial=True, **context)
    else:
        html = render_template(template, partial=False, **context)
    response = make_response(html, status)
    response.vary.add("HX-Request")
    return response


def go(endpoint: str, **values: Any) -> Response:
    """Send the browser on after a change (303), whether htmx or the form itself asked."""
    return _send_to(url_for(endpoint, **values))


def led_away(response: Response) -> str:
    """The address an answer sends the browser on to; '' when it is a page itself."""
    return response.headers.get("HX-Redirect") or response.headers.get("Location") or ""


def is_own_address(address: str) -> bool:
    """Whether a browser that is sent to this address, which a request named, stays where it says.

    That is a path of this server: no other host, in none of its spellings (`//`, backslashes), no
    `..` that leads out of the path again, also not as %2e, nothing that a browser leaves out.
    """
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return False
    path = unquote(address.partition("?")[0].partition("#")[0])
    return address.isprintable() and path.isprintable() and not {".", ".."} & set(path.split("/"))


def go_again(address: str) -> Response:
    """Send the browser on to an address of ours; without one, to where it came from here."""
    came = urlsplit(request.referrer or "")
    here = came.path if came.netloc == request.host else ""
    return _send_to(next(filter(is_own_address, (address, here)), "/"))


def _send_to(address: str) -> Response:
    if wants_block():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = address
        return response
    return cast("Response", redirect(address, 303))


def refuse(template: str, status: int, **context: Any) -> Response:
    """Draw an error: a page of its own, or under htmx its notice above the page as it stands."""
    if not wants_block():
        return page(template, status=status, **context)
    response = page(template, "notice", status=status, **context)
    response.headers["HX-Retarget"] = "#notices"
    response.headers["HX-Reswap"] = "innerHTML"
    return response
