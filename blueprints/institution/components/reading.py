"""The answers of a request, read by the form of the filing they are for."""

from dataclasses import replace

from flask import request

from blueprints.institution.components import uploads
from blueprints.institution.components.deadlines import too_far_ahead
from blueprints.institution.loading import FilingCase
from models.filings.filing import Filing
from models.rules import answers


def as_typed(case: FilingCase, draft: bool = False) -> FilingCase:
    """The case under the circumstances that the request's own form says."""
    circumstances = replace(case.circumstances, draft=draft, opened=says_open(case.filing))
    return replace(case, circumstances=circumstances)


def read(case: FilingCase, files: uploads.Files) -> answers.Reading:
    """Read the request's form by the filing's own. Nothing is written: `uploads.attach` keeps the files."""
    filing = case.filing
    stored, upload_errors = uploads.receive(case, files)
    reading = answers.read(case.form, filing.kind, request.form, case.circumstances, stored=stored)
    reading.errors |= upload_errors | drop_too_far_ahead(case, reading)
    for path in reading.errors:
        name = path.partition(".")[0]
        # What cannot be read now does not wipe out what was kept before.
        if name in filing.answers:
            reading.values.setdefault(name, filing.answers[name])
    return reading


def drop_too_far_ahead(case: FilingCase, reading: answers.Reading, name: str = "") -> dict[str, str]:
    """Sentences about days too far ahead, which no item knows by itself; such a day is not kept.

    `name`: only those about this item.
    """
    sentences = too_far_ahead(case.form, case.filing.kind, reading.values)
    sentences = {path: sentence for path, sentence in sentences.items() if not name or path == name}
    for path in sentences:
        del reading.values[path]
    return sentences


def says_open(filing: Filing) -> bool:
    """Whether the account exists already; asked for the first filing only."""
    answer = request.form.get("is-open")
    return filing.opened if answer is None else answer == "yes"
