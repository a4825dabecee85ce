"""Who may: every route declares its action here, and loads only what lies in the person's scope."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, current_app, g, request
from flask_login import current_user

from blueprints.auth.session import password_owed
from blueprints.auth.sign_in_page import sign_in_first
from blueprints.web import security_log
from blueprints.web.page import go
from models.rules.policy import Action, may

# Where a person may go who must choose a password before anything else.
NEW_PASSWORD = "site.password"


def requires(action: Action) -> Callable:
    """Guard a view with an action and leave the mark `view.action` that a house test looks for.

    A signed-out person is sent to sign in and back, and who owes a password of their own to choose
    it; somebody of another school gets 404, as if the school did not exist; a role that lacks the
    action gets 403.
    """

    def guard(view: Callable) -> Callable:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if action is not Action.OPEN:
                if not current_user.is_authenticated:
                    return sign_in_first()
                if request.endpoint != NEW_PASSWORD and password_owed():
                    return go(NEW_PASSWORD)
                if "institution" in g and current_user.institution != g.institution.code:
                    abort(404)
                if not may(current_user, action):
                    security_log.refused(current_user)
                    abort(403)
            return view(*args, **kwargs)

        # Read by the house's tests: every route declares who may.
        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return guard


def bind_institution(_endpoint: str | None, _values: dict | None) -> None:
    """Before each request of a school: its definition becomes `g.institution`, once."""
    g.institution = current_app.extensions["institutions"][request.blueprint]
