"""The answers of a request, read by the definition of the filing they are for."""

from dataclasses import replace

from flask import request

from blueprints.institution.components import uploads
from blueprints.institution.components.deadlines import too_far_ahead
from blueprints.institution.loading import asked_of, definition_of
from models.filings.filing import Filing
from models.rules import answers
from models.rules.fields import Circumstances


def read(filing: Filing, draft: bool) -> answers.Reading:
    """Read the request's form by the filing's definition; uploads become attachments first."""
    return read_as(filing, _asked_now(filing, draft))


def read_as(filing: Filing, asked: Circumstances) -> answers.Reading:
    """The same under given circumstances: whoever fills it in may not be signed in."""
    definition = definition_of(filing)
    stored, upload_errors = uploads.receive(filing, definition)
    reading = answers.read(definition, filing.kind, request.form, asked, stored=stored)
    reading.errors |= upload_errors | _judged(filing, reading)
    for path in reading.errors:
        name = path.partition(".")[0]
        # What cannot be read now does not wipe out what was kept before.
        if name in filing.answers:
            reading.values.setdefault(name, filing.answers[name])
    return reading


def _judged(filing: Filing, reading: answers.Reading, name: str = "") -> dict[str, str]:
    """Sentences beyond what each item knows by itself; what they are about is not kept.

    `name`: only those about this item.
    """
    found = too_far_ahead(definition_of(filing), filing.kind, reading.values)
    found = {path: said for path, said in found.items() if not name or path == name}
    for path in found:
        del reading.values[path]
    return found


def _asked_now(filing: Filing, draft: bool = False) -> Circumstances:
    """The circumstances as the request's own form says them."""
    return replace(asked_of(filing, draft), opened=says_open(filing))


def says_open(filing: Filing) -> bool:
    """Whether the account exists already; asked for the first filing only."""
    answer = request.form.get("is-open")
    return filing.opened if answer is None else answer == "yes"
