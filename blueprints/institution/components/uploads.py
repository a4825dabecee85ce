"""Files handed in with a form: examined before anything is loaded to be written, then attached.

Examining takes its time. Whoever examines holds nothing in the database meanwhile: every row that
was loaded before is loaded anew when it is next looked at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import PurePath
from typing import Any

from flask import Response, request

from blueprints.institution.loading import FilingCase, load_case
from models.clock import utcnow
from models.database import db
from models.examining import pool
from models.examining.examined import LARGEST_FILE, PDF, BadFile, Examined, Kind
from models.filings.attachment import Attachment
from models.filings.filing import Filing
from models.rules.definitions.definition import Form
from models.rules.filing_kind import FilingKind
from models.rules.messages import clean

ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", PDF: ".pdf"}
KNOWN_ENDINGS = {*ENDINGS.values(), ".jpeg"}


@dataclass(frozen=True)
class Sent:
    """A file of the request: its name, and what is kept of it or the sentence that refuses it."""

    name: str
    file: Examined | None
    problem: str = ""


Files = Mapping[str, Sent]
# The number of a file that was taken in and is not written yet.
TO_COME = "0"


def examine(wanted: Mapping[str, Kind]) -> Files:
    """The request's files among these inputs, by input. Ends the running transaction if there are any."""
    sent = {name: file for name in wanted if (file := request.files.get(name)) and file.filename}
    if sent:
        db.session.rollback()
    files = {}
    for name, file in sent.items():
        # One byte more than is taken: what is larger is refused without being read.
        content = file.stream.read(LARGEST_FILE + 1)
        file.stream.seek(0)
        try:
            examined = pool.examine(wanted[name], content)
        except BadFile as refusal:
            files[name] = Sent(clean(file.filename or ""), None, str(refusal))
        else:
            files[name] = Sent(_named(file.filename or "", ENDINGS[examined.mime]), examined)
    return files


def examine_for(form: Form, kind: FilingKind | str) -> Files:
    """The files of a form's items."""
    return examine({
        item.name: Kind.picture if item.type == "image" else Kind.document
        for item in form.items(kind)
        if item.is_upload
    })  # fmt: skip


def load_with_files(filing_id: int) -> tuple[FilingCase, Files]:
    """The case, else 404, and the files sent for it; it is loaded once they are examined."""
    case = load_case(filing_id)
    files = examine_for(case.form, case.filing.kind)
    return load_case(filing_id) if files else case, files


def examines(**wanted: Kind) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """The view gets the files of these inputs, examined, as `files`.

    Goes below `requires`: only what is allowed is looked into.
    """

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def examined_first(*args: Any, **kwargs: Any) -> Response:
            return view(*args, files=examine(wanted), **kwargs)

        return examined_first

    return decorate


def receive(case: FilingCase, files: Files) -> tuple[dict, dict[str, str]]:
    """What is stored once the files that were examined are taken in; nothing is written yet.

    Out: the stored answers with each uploaded item set to its new file, which `attach` gives its
    number (or emptied where the person ticked it away), and the sentence of every file that was refused.
    """
    stored, errors = dict(case.filing.answers), {}
    for field in case.form.items(case.filing.kind):
        if not field.is_upload:
            continue
        if request.form.get(f"{field.name}-remove"):
            stored.pop(field.name, None)
        sent = files.get(field.name)
        if sent is not None and sent.file is not None:
            stored[field.name] = {"attachment": TO_COME, "name": sent.name}
        elif sent is not None:
            errors[field.name] = sent.problem
    return stored, errors


def receive_new(case: FilingCase, files: Files) -> tuple[dict, dict[str, str]]:
    """The same, but only the files of items that had none yet."""
    stored, errors = receive(case, files)
    return {name: file for name, file in stored.items() if name not in case.filing.answers}, errors


def attach(filing: Filing, files: Files, values: dict[str, Any]) -> None:
    """Keep the files that these values speak of, and give the values their numbers. The caller commits."""
    for item, value in values.items():
        if isinstance(value, Mapping) and value.get("attachment") == TO_COME:
            sent = files[item]
            values[item] = _attach(filing, item, sent.name, sent.file)


def lost(given: dict) -> dict[str, str]:
    """A sentence for each file that was fine but is not kept, because something else was not."""
    sentence = "其他内容需要修改，这个文件还没有保存，改好后请重新选择。"
    return dict.fromkeys(given, sentence)


def _attach(filing: Filing, item: str, name: str, file: Examined | None) -> dict[str, str]:
    if file is None:
        raise ValueError(f"{item} was refused: there is nothing to keep of it")
    kept = Attachment(
        institution=filing.institution,
        filing_id=filing.id,
        field=item,
        name=name,
        mime=file.mime,
        size=len(file.content),
        width=file.width or None,
        height=file.height or None,
        digest=file.digest,
        content=file.content,
        created_at=utcnow(),
    )
    db.session.add(kept)
    db.session.flush()
    return {"attachment": str(kept.id), "name": kept.name}


def _named(filename: str, ending: str) -> str:
    """The name it came with, ending as what it is: pages and programs go by that."""
    name = PurePath(clean(filename))
    stem = name.stem if name.suffix.lower() in KNOWN_ENDINGS else name.name
    return stem[-200:] + ending
