"""The page behind a one-time link: one person, not signed in, writes one filing and no more.

Whatever is asked for here is found by the link's token; nothing else can be reached with it.
"""

import logging
import re
from pathlib import Path

from flask import Response, abort, current_app, flash, g, request, url_for
from flask.blueprints import BlueprintSetupState

from blueprints.institution.components import uploads
from blueprints.institution.components.progress import sent_back, state_words
from blueprints.institution.download import attachment_file, paper_file
from blueprints.institution.individuals import applying
from blueprints.institution.individuals.applying import Application
from blueprints.institution.individuals.individual_forms import ApplicantForm
from blueprints.institution.loading import find
from blueprints.institution.paper import blank, draw_sheet, pages_of, prints, sheet_cache
from blueprints.institution.paper.words import paper_name
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from models.clock import utcnow
from models.database import db, lock, will_write
from models.events import history
from models.filings.attachment import Attachment
from models.filings.conflict import Conflict
from models.rules import answers
from models.rules.filing_kind import FilingKind
from models.rules.policy import Action
from models.rules.workflow import Verb

ADDRESS = re.compile(r"/apply/[^/\s]+")
ELSEWHERE = "这份备案刚刚在别处保存过。您填写的内容仍在本页；核对后再次保存，会以您的内容为准。"


@mould.get("/apply/<token>")
@requires(Action.OPEN)
def apply(token: str) -> Response:
    """The school's form while it is the applicant's to write; afterwards how it stands."""
    application = _load(token)
    if not application.invite.may_write(utcnow()):
        words = state_words(application.filing)
        return page("institution/individuals/applied.html", application=application, state=words)
    form = answers.blank(application.definition, application.circumstances(), application.answers)
    person = ApplicantForm(obj=application.applicant, prefix="applicant-")
    return _draw(application, form, person, {})


@mould.post("/apply/<token>")
@requires(Action.OPEN)
def apply_with(token: str) -> Response:
    """Keep what was typed and, if that is what the button says, hand it in: once."""
    files = uploads.examine_for(_load(token).definition, FilingKind.first)
    submitting = request.form.get("do") == Verb.submit
    person = ApplicantForm(request.form, prefix="applicant-")
    with attempt() as attempted:
        application = _load(token)
        # Two presses of one button: the second waits here and then finds it handed in.
        lock(f"invite {application.invite.id}")
        db.session.refresh(application.invite)
        if not application.invite.may_write(utcnow()):
            return go(".apply", token=token)
        revision = applying.begin(application)
        reading = applying.read(application, person, submitting, files)
        applying.keep(application, reading, person, revision, files)
        if submitting and not reading.errors:
            applying.hand_in(application, reading)
        db.session.commit()
    if attempted.refused:
        sentence = ELSEWHERE if isinstance(attempted.refusal, Conflict) else attempted.sentence
        errors = reading.errors | {"": sentence}
        return _draw(_load(token), reading.form, person, errors, attempted.status)
    if reading.errors:
        return _draw(application, reading.form, person, reading.errors, 422)
    flash("已提交。" if submitting else "草稿已保存，链接有效期内可以随时回来继续填写。")
    return go(".apply", token=token)


@mould.get("/apply/<token>/sheet.pdf")
@requires(Action.OPEN)
def apply_sheet(token: str) -> Response:
    """The applicant's own paper, to be signed; the empty form before anything was written."""
    application = _load(token)
    definition, filing = application.definition, application.filing
    if definition.paper is None or (filing and not prints(definition, filing)):
        abort(404)
    if filing is None:
        return paper_file(blank(g.institution, definition), definition.title)
    link = url_for(".filing", filing_id=filing.id, _external=True)
    pages = pages_of(g.institution, definition, filing, link=link)
    if filing.submitted_at is not None:
        will_write()
        history.record(
            filing.institution,
            "print",
            application.invite.created_by,
            filing_id=filing.id,
            opinion="申请人通过填报链接打印。",
        )
        db.session.commit()
    paper = sheet_cache.printed(pages, Path(current_app.instance_path) / "cache" / "sheets")
    return paper_file(paper, paper_name(definition, filing))


@mould.get("/apply/<token>/attachments/<int:attachment_id>")
@requires(Action.OPEN)
def apply_attachment(token: str, attachment_id: int) -> Response:
    """What was handed in with this very filing; any other file is not there."""
    application, kept = _load(token), find(Attachment, attachment_id)
    if kept is None or application.filing is None or kept.filing_id != application.filing.id:
        abort(404)
    return attachment_file(kept)


def _load(token: str) -> Application:
    """What the link opens; else the one page that says it does not, never why."""
    application = applying.load(token)
    if application is None:
        abort(page("institution/individuals/dead_link.html", status=404))
    return application


def _draw(application: Application, form, person: ApplicantForm, errors: dict, status: int = 200) -> Response:
    """The form with the sheet beside it; without cautions, for they name other accounts."""
    filing, definition = application.filing, application.definition
    return page(
        "institution/individuals/apply.html",
        status=status,
        application=application,
        definition=definition,
        form=form,
        person=person,
        errors=errors,
        revision=filing.revision if filing else 0,
        opened=application.circumstances().opened,
        later=[item.label for item in definition.items(FilingKind.first) if item.later],
        returned=filing and sent_back(filing),
        promised=bool(request.form.get(applying.PROMISE)),
        sheet=draw_sheet(g.institution, definition, filing),
        address_of=lambda kept: url_for(".apply_attachment", token=application.token, attachment_id=kept),
    )


@mould.record_once
def keep_tokens_out_of_logs(state: BlueprintSetupState) -> None:
    """An error is logged with the address it happened at, and whoever has that has the link."""
    state.app.logger.addFilter(_without_token)


def _without_token(entry: logging.LogRecord) -> bool:
    entry.msg, entry.args = ADDRESS.sub("/apply/…", entry.getMessage()), ()
    return True
