"""The mould: the pages of one school, whichever it is. It is registered once per school."""

from flask import Blueprint

from blueprints.access import bind_institution

mould = Blueprint("institution", __name__)
# Before any before_request, so that a request refused by CSRF still gets its school's page.
mould.url_value_preprocessor(bind_institution)

# The pages put themselves on the mould; they need it to exist first.
from blueprints.institution import (  # noqa: E402, F401
    apply,
    attachments,
    audit,
    batch,
    beginning,
    campaigns,
    channels,
    closings,
    dashboard,
    date_import,
    desk,
    dissolving,
    editing,
    exports,
    file_jobs,
    filings,
    found,
    found_page,
    home,
    imports,
    individuals,
    invites,
    lists,
    liveness,
    mail_pages,
    me,
    messages_pages,
    my_sign_ins,
    navigation,
    notices_pages,
    openings,
    opinions,
    people,
    register,
    retention,
    revealing,
    sanctions,
    sheets,
    staleness_pages,
    substitutes,
    summaries,
    units,
)
