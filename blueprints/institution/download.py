"""Files as answers: under their Chinese name (RFC 5987), kept in no cache, running nothing."""

import re
from io import BytesIO

from flask import Response, send_file

from models.filings.attachment import Attachment

MIMES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Whatever a file that was handed in holds, it runs nothing, loads nothing and sends nothing here.
SANDBOX = "sandbox; default-src 'none'"


def download(file: BytesIO, name: str, attached: bool | None = None) -> Response:
    """A file that the house made, under a name that ends in .pdf or .xlsx.

    `attached`: saved instead of shown; without it a workbook is saved and a paper shown.
    """
    ending = name.rpartition(".")[2]
    attached = ending == "xlsx" if attached is None else attached
    response = send_file(file, MIMES[ending], as_attachment=attached, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def paper_file(content: bytes, name: str) -> Response:
    """A sheet that the browser shows; `name`, without its ending, may hold what no file name can."""
    file_name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name)[:120] + ".pdf"
    return download(BytesIO(content), file_name)


def handed_in(content: bytes, mime: str, name: str | None, *, attached: bool, cache: str = "") -> Response:
    """A file that somebody handed in, saved or shown under its name.

    `cache`: its Cache-Control, where it is not left to the browser.
    """
    file = BytesIO(content)
    response = send_file(file, mimetype=mime, as_attachment=attached, download_name=name)
    if cache:
        response.headers["Cache-Control"] = cache
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def attachment_file(attachment: Attachment) -> Response:
    """A filing's attachment, for whoever may see it: a picture is shown, all else saved."""
    kind, shown = attachment.mime, attachment.is_picture
    return handed_in(attachment.content, kind, attachment.name, attached=not shown)
