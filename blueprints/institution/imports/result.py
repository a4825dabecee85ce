"""What an import did, once it is confirmed."""

from flask import Response, g, url_for

from blueprints.institution.imports.wording import name_of, results
from blueprints.web.page import page
from models.imports.target import RowState
from models.imports.targets import FORM, PEOPLE, UNITS
from models.imports.uploads import Upload
from models.rules.workflow import State


def draw(upload: Upload, passwords: list[list[str]] | None = None) -> Response:
    """The closing page. `passwords` are shown this once: they are kept nowhere."""
    counted = upload.counts["rows"]
    return page(
        "institution/imports/result.html",
        upload=upload,
        name=name_of(upload.target),
        results=results(upload.target, upload.counts["result"]),
        others=[
            f"{state.label} {counted[state]} 行"
            for state in RowState
            if state not in (RowState.add, RowState.change) and counted[state]
        ],
        wrong=counted[RowState.wrong],
        links=_links(upload),
        passwords=passwords or [],
    )


def _links(upload: Upload) -> list[tuple[str, str]]:
    """Where to find what was written: words and address, the first one the likeliest."""
    if upload.target == UNITS:
        return [("查看单位", url_for(".units"))]
    if upload.target == PEOPLE:
        return [("查看人员", url_for(".people"))]
    form = g.institution.forms[upload.target.removeprefix(FORM)]
    drafts = url_for(".filings", form=form.code, state=State.draft.value)
    links = [("查看这些草稿", drafts)]
    if form.route.signed_as == "list":
        unit = {"unit": upload.unit_id} if upload.unit_id else {}
        links.insert(0, (f"打开{form.short}清单", url_for(".group_list", form=form.code, **unit)))
    return links
