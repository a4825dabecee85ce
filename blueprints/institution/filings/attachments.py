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
    kept = find(Attachment, attachment_id) or abort(404)
    if not may_open(kept.filing) and not _is_carried_on(kept):
        abort(404)
    return attachment_file(kept)


def _is_carried_on(attachment: Attachment) -> bool:
    """Whether a later paper about the account, which this person may open, shows the file too.

    An account may have come to another unit since the file was handed in.
    """
    answers = [
        answer
        for paper in papers_about(attachment.filing.channel)
        for written in (paper.answers, paper.base_answers or {})
        for answer in written.values()
    ]
    mine = str(attachment.id)
    return any(isinstance(answer, Mapping) and answer.get("attachment") == mine for answer in answers)
