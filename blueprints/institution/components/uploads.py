"""Files handed in with a form become attachments before the answers are read."""

from pathlib import PurePath

from flask import request
from werkzeug.datastructures import FileStorage

from blueprints.institution.loading import FilingCase
from models.clock import utcnow
from models.database import db
from models.filings.attachment import Attachment
from models.filings.filing import Filing
from models.rules.fields import Field
from models.rules.messages import clean
from models.rules.uploads import (
    LARGEST_FILE,
    PDF,
    BadDocument,
    BadPicture,
    Picture,
    check_pdf,
    is_pdf,
    read_picture,
    read_proof,
)

ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", PDF: ".pdf"}
KNOWN_ENDINGS = {*ENDINGS.values(), ".jpeg"}


def receive(case: FilingCase) -> tuple[dict, dict[str, str]]:
    """Take in the request's files.

    Out: the stored answers with each uploaded item set to its new file (or emptied where the
    person ticked it away), and the sentence of every file that was refused.
    """
    filing = case.filing
    stored, errors = dict(filing.answers), {}
    for field in case.form.items(filing.kind):
        if not field.is_upload:
            continue
        if request.form.get(f"{field.name}-remove"):
            stored.pop(field.name, None)
        upload = request.files.get(field.name)
        if upload and upload.filename:
            try:
                stored[field.name] = _attach(filing, field, upload)
            except (BadPicture, BadDocument) as refusal:
                errors[field.name] = str(refusal)
    return stored, errors


def receive_new(case: FilingCase) -> tuple[dict, dict[str, str]]:
    """The same, but only the files of items that had none yet."""
    stored, errors = receive(case)
    return {name: file for name, file in stored.items() if name not in case.filing.answers}, errors


def lost(given: dict) -> dict[str, str]:
    """A sentence for each file that was fine but is not kept, because something else was not."""
    sentence = "其他内容需要修改，这个文件还没有保存，改好后请重新选择。"
    return dict.fromkeys(given, sentence)


def _attach(filing: Filing, field: Field, upload: FileStorage) -> dict[str, str]:
    # One byte more than is taken: what is larger is refused without being read.
    file = _looked_at(field, upload.stream.read(LARGEST_FILE + 1))
    kept = Attachment(
        institution=filing.institution,
        filing_id=filing.id,
        field=field.name,
        name=_named(upload.filename, ENDINGS[file.mime]),
        mime=file.mime,
        size=len(file.content),
        width=file.width or None,
        height=file.height or None,
        content=file.content,
        created_at=utcnow(),
    )
    db.session.add(kept)
    db.session.flush()
    return {"attachment": str(kept.id), "name": kept.name}


def _looked_at(field: Field, content: bytes) -> Picture:
    """What is kept of a file. Its content decides what it is, whatever it is called."""
    if field.type == "image":
        return read_picture(content)
    if not is_pdf(content):
        return read_proof(content)
    check_pdf(content)
    return Picture(content, PDF, 0, 0)


def _named(filename: str, ending: str) -> str:
    """The name it came with, ending as what it is: pages and programs go by that."""
    name = PurePath(clean(filename))
    stem = name.stem if name.suffix.lower() in KNOWN_ENDINGS else name.name
    return stem[-200:] + ending
