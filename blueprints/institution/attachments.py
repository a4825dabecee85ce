"""What was handed in with a filing, handed out to whoever may see the filing."""

from io import BytesIO

from flask import Response, abort, send_file

from blueprints.access import requires
from blueprints.institution import mould
from blueprints.institution.loading import find, load_filing
from models.attachment import Attachment
from models.policy import Action

# Whatever a file holds, it runs nothing, loads nothing and sends nothing here.
POLICY = "sandbox; default-src 'none'"


@mould.get("/attachments/<int:attachment_id>")
@requires(Action.READ)
def attachment(attachment_id: int) -> Response:
    """A picture is shown; any other file is saved, under the name it came with."""
    found = find(Attachment, attachment_id) or abort(404)
    load_filing(found.filing_id)
    response = send_file(
        BytesIO(found.content),
        mimetype=found.mime,
        as_attachment=not found.is_picture,
        download_name=found.name,
    )
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    response.headers["Content-Security-Policy"] = POLICY
    return response
