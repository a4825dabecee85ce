"""The mould: the pages of one school, whichever it is."""

from flask import Blueprint


def load_pages() -> Blueprint:
    """The blueprint with every room's pages on it, to be registered once per school."""
    from blueprints.institution import campaigns, findings, imports, navigation  # noqa: F401
    from blueprints.institution.account import me, notices, substitutes  # noqa: F401
    from blueprints.institution.admin import audit, audit_check, backup, mail, people, units  # noqa: F401
    from blueprints.institution.channels import (  # noqa: F401
        activity,
        channel_page,
        closings,
        date_import,
        liveness,
        register,
        retention,
    )
    from blueprints.institution.dashboard import dashboard  # noqa: F401
    from blueprints.institution.filings import (  # noqa: F401
        attachments,
        beginning,
        dissolving,
        editing,
        filings,
        group_list,
        messages_pages,
        openings,
        sheets,
    )
    from blueprints.institution.home import home  # noqa: F401
    from blueprints.institution.individuals import apply, invites, on_behalf  # noqa: F401
    from blueprints.institution.jobs import file_jobs  # noqa: F401
    from blueprints.institution.review import desk, saved_replies  # noqa: F401
    from blueprints.institution.routing import mould
    from blueprints.institution.summaries import exports, summaries  # noqa: F401

    return mould
