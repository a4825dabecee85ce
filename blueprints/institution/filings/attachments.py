"""What was handed in with a filing, handed out to whoever may see the filing."""

from collections.abc import Mapping

from flask import Response, abort

from blueprints.institution.download import attachment_file
from blueprints.institution.loading import find, may_open, papers_about
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from models.filings.attachment import Attachment
from models.rules.policy import Action


@mould.get("/attachments/<int:attachment_id>")
@requires(Action.READ)
def attachment(attachment_id: int) -> Response:
    """A picture is shown; any other file is saved, under the name it came with."""
    found = find(Attachment, attachment_id) or abort(404)
    if not may_open(found.filing) and not _is_carried_on(found):
        abort(404)
    return attachment_file(found)


def _is_carried_on(found: Attachment) -> bool:
    """Whether a later paper about the account, which this person may open, shows the file too.

    An account may have come to another unit since the file was handed in.
    """
    answers = [
        answer
        for paper in papers_about(found.filing.channel)
        for said in (paper.answers, paper.base_answers or {})
        for answer in said.values()
    ]
    mine = str(found.id)
    return any(isinstance(one, Mapping) and one.get("attachment") == mine for one in answers)
