"""Pictures handed in with a form become attachments before the answers are read."""

from flask import request

from models.attachment import Attachment
from models.database import db, utcnow
from models.definition import Form
from models.filing import Filing
from models.messages import clean
from models.pictures import BadPicture, read_picture


def receive(filing: Filing, definition: Form) -> tuple[dict, dict[str, str]]:
    """Take in the request's pictures.

    In: the filing and its definition.
    Out: the stored answers with each image item set to its new picture (or emptied where the
    person ticked it away), and the sentence of every picture that was refused.
    """
    stored, errors = dict(filing.answers), {}
    for field in definition.items(filing.kind):
        if field.type != "image":
            continue
        if request.form.get(f"{field.name}-remove"):
            stored.pop(field.name, None)
        upload = request.files.get(field.name)
        if upload and upload.filename:
            try:
                stored[field.name] = _attach(filing, field.name, upload)
            except BadPicture as refusal:
                errors[field.name] = str(refusal)
    return stored, errors


def _attach(filing: Filing, field: str, upload) -> dict[str, str]:
    picture = read_picture(upload.stream.read())
    kept = Attachment(
        institution=filing.institution,
        filing_id=filing.id,
        field=field,
        name=clean(upload.filename)[-200:],
        mime=picture.mime,
        size=len(picture.content),
        width=picture.width,
        height=picture.height,
        content=picture.content,
        created_at=utcnow(),
    )
    db.session.add(kept)
    db.session.flush()
    return {"attachment": str(kept.id), "name": kept.name}
