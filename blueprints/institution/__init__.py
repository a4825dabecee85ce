"""The mould: the pages of one school, whichever it is. It is registered once per school."""

from flask import Blueprint

from blueprints.access import bind_institution

mould = Blueprint("institution", __name__)
mould.before_request(bind_institution)

# The pages put themselves on the mould; they need it to exist first.
from blueprints.institution import (  # noqa: E402, F401
    batch,
    channels,
    desk,
    editing,
    filings,
    home,
    lists,
    navigation,
    people,
    register,
    sheets,
    summaries,
    units,
)
