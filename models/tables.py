"""Every table of the house, imported once: for the application, for Alembic and for tests.

A table that is not imported here is unknown to relationships named by words and to migrations.
"""

from models import idempotency, jobs
from models.audit import database_name
from models.auth import attempts, sessions
from models.backup import record
from models.campaigns import campaign, reminders, report, signed_paper, supplement
from models.channels import channel, count_triggers
from models.events import history
from models.filings import applicant, attachment, edition, filing, hands, invite, numbering
from models.findings import found_account, incident, sanction
from models.imports import uploads
from models.messaging import messages, notices, outbox, saved_replies
from models.people import person, substitute, unit

__all__ = [
    "applicant",
    "attachment",
    "attempts",
    "campaign",
    "channel",
    "count_triggers",
    "database_name",
    "edition",
    "filing",
    "found_account",
    "hands",
    "history",
    "idempotency",
    "incident",
    "invite",
    "jobs",
    "messages",
    "notices",
    "numbering",
    "outbox",
    "person",
    "record",
    "reminders",
    "report",
    "sanction",
    "saved_replies",
    "sessions",
    "signed_paper",
    "substitute",
    "supplement",
    "unit",
    "uploads",
]
