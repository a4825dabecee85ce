"""Who may: every route declares its action here, and loads only what lies in the person's scope."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, current_app, g, request, url_for
from flask_login import current_user

from blueprints.page import sign_in_first, wants_block
from models.policy import Action, may


def requires(action: Action) -> Callable:
    """Guard a view with an action and leave the mark `view.action` that a house test looks for.

    A signed-out person is sent to sign in and back; somebody of another school gets 404, as if
    the school did not exist; a role that lacks the action gets 403.
    """

    def guard(view: Callable) -> Callable:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if action is not Action.OPEN:
                if not current_user.is_authenticated:
                    return sign_in_first(_sign_in_address())
                if "institution" in g and current_user.institution != g.institution.code:
                    abort(404)
                if not may(current_user, action):
                    abort(403)
            return view(*args, **kwargs)

        guarded.action = action
        return guarded

    return guard


def _sign_in_address() -> str:
    """The sign-in page, set to the school that was asked for, and the way back."""
    school = {"school": g.institution.code} if "institution" in g else {}
    return url_for("site.sign_in", next=_where_to_return(), **school)


def _where_to_return() -> str:
    """The page to come back to: under htmx or after a POST, the school's home."""
    if request.method == "GET" and not wants_block():
        return request.full_path.rstrip("?")
    return f"/{g.institution.code}/" if "institution" in g else "/"


def bind_institution(_endpoint: str | None, _values: dict | None) -> None:
    """Before each request of a school: its definition becomes `g.institution`, once."""
    g.institution = current_app.extensions["institutions"][request.blueprint]
