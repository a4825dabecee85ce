"""The schools of this deployment, for pages and commands that are of no single one of them."""

from flask import current_app

from models.rules.definitions.institution import Institution


def institutions() -> dict[str, Institution]:
    """Their definitions by code, as the app loaded them at start-up."""
    return current_app.extensions["institutions"]
