"""What is done with a one-time link: the applicant's answers are read, kept and handed in.

All of it happens in the name of whoever sent the link, who may then not approve it.
"""

from dataclasses import dataclass
from typing import Any

from flask import g, request
from sqlalchemy import select

from blueprints.institution.components.individual_ways import links_allowed
from blueprints.institution.components.reading import read as read_answers
from blueprints.institution.components.reading import says_open
from blueprints.institution.components.uploads import Files, attach
from blueprints.institution.individuals.individual_forms import ApplicantForm
from blueprints.institution.loading import FilingCase, revision_of
from blueprints.web.refusal import attempt_in_savepoint
from models.channels.channel import Duplicate
from models.clock import utcnow
from models.database import db
from models.filings import transitions
from models.filings.applicant import Applicant
from models.filings.filing import Filing
from models.filings.invite import Invite, find
from models.filings.starting import start
from models.messaging import notices
from models.rules.answer_columns import unit_item
from models.rules.answers import Reading
from models.rules.definitions.definition import Form
from models.rules.definitions.layout import CommitmentCell
from models.rules.fields import Circumstances
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Role, Verb

TAKEN = "这个账号已经备案或正在备案。请核对账号；确实无误的，请联系受理部门。"
PROMISE = "applicant-promise"


@dataclass(frozen=True)
class Promise:
    """The commitment that is the first step of a route: its name, and the words on the paper."""

    label: str
    text: str


@dataclass(frozen=True)
class Application:
    """A living link and what is written by it."""

    token: str
    invite: Invite

    @property
    def filing(self) -> Filing | None:
        return self.invite.filing

    @property
    def definition(self) -> Form:
        return self.filing.definition(g.institution) if self.filing else g.institution.forms[self.invite.form]

    @property
    def answers(self) -> dict[str, Any]:
        """What was kept; of a filing not begun yet, the unit it will be of."""
        if self.filing is not None:
            return self.filing.answers
        item, unit = unit_item(self.definition, FilingKind.first), self.invite.unit
        return {item: {"id": str(unit.id), "name": unit.name}} if item else {}

    @property
    def applicant(self) -> Applicant:
        """Who writes, as far as they have said; not kept before something is written."""
        query = select(Applicant).where(Applicant.link_id == self.invite.id)
        kept = self.filing and db.session.scalar(query.where(Applicant.filing_id == self.filing.id))
        return kept or Applicant(name=self.invite.name, phone="", note="", link_id=self.invite.id)

    @property
    def promise(self) -> Promise | None:
        """What the applicant commits to in person by handing in; None where nothing is asked."""
        form, kind = self.definition, self.invite.unit.kind
        step = next(iter(form.route.steps_for(self.answers, FilingKind.first, kind)), None)
        if step is None or step.role != Role.reporter or not step.submitter_may:
            return None
        cells = form.paper.cells() if form.paper else []
        texts = [
            cell.promise(FilingKind.first)
            for cell in cells
            if isinstance(cell, CommitmentCell) and cell.step == step.name
        ]
        return Promise(step.short, "".join(texts))

    def circumstances(self, draft: bool = False) -> Circumstances:
        """The circumstances under which the questions are asked: only of the link's own unit."""
        unit, filing = self.invite.unit, self.filing
        opened = says_open(filing) if filing else request.form.get("is-open") == "yes"
        return Circumstances(FilingKind.first, opened, {str(unit.id): unit.name}, draft)


def load(token: str) -> Application | None:
    """The link of a token, if it still opens something; why it does not is nobody's business."""
    invite = find(g.institution.code, token) if links_allowed() else None
    if invite is None or (invite.filing is None and invite.form not in g.institution.forms):
        return None
    sender = invite.created_by
    vouched = sender.active and sender.files_for(invite.unit) and invite.unit.active
    return Application(token, invite) if vouched or not invite.may_write(utcnow()) else None


def begin(application: Application) -> int:
    """Opens the filing with the first words that are kept. Out: the revision to write on."""
    if application.filing is not None:
        return revision_of(request.form)
    invite = application.invite
    invite.filing = start(
        g.institution, application.definition, FilingKind.first, invite.unit, invite.created_by
    )
    return invite.filing.revision


def read(application: Application, person: ApplicantForm, submitting: bool, files: Files) -> Reading:
    """The answers of the request and, where it is handed in, what is wrong with them."""
    circumstances = application.circumstances(draft=not submitting)
    reading = read_answers(FilingCase(application.filing, application.definition, circumstances), files)
    if person.validate() or not submitting:
        slips = {}
    else:
        slips = {f"applicant-{name}": sentences[0] for name, sentences in person.errors.items()}
    if submitting and application.promise and not request.form.get(PROMISE):
        slips[PROMISE] = f"请先阅读“{application.promise.label}”，再勾选“我承诺”。"
    reading.errors |= slips
    return reading


def keep(
    application: Application, reading: Reading, person: ApplicantForm, revision: int, files: Files
) -> None:
    """Keeps the answers with their files, and who gave them, of what was begun.

    Raises Refused and Conflict like `transitions.keep`.
    """
    filing, sender = application.filing, application.invite.created_by
    if filing is None:
        raise ValueError("nothing is kept of what was not begun")
    attach(filing, files, reading.values)
    transitions.keep(filing, g.institution, reading.values, sender, revision, says_open(filing))
    applicant = application.applicant
    applicant.filing_id = filing.id
    person.write(applicant)
    db.session.add(applicant)
    db.session.flush()


def hand_in(application: Application, reading: Reading) -> None:
    """Hands in what was just kept, and takes the promise; a refusal undoes only this."""
    filing, sender = application.filing, application.invite.created_by
    promise = application.promise
    with attempt_in_savepoint() as attempted:
        opinion = f"{application.applicant.words}通过填报链接提交。"
        opinion += f"本人已作出“{promise.label}”。" if promise else ""
        # An applicant answers for nobody's sanction: the office sees the mark and decides.
        despite = "申请人通过填报链接提交"
        transitions.move(
            filing, g.institution, Verb.submit, sender, opinion, filing.revision, despite=despite
        )
        if promise:
            # Without a word: the box on the paper is the applicant's to sign.
            transitions.move(filing, g.institution, Verb.approve, sender, "", filing.revision)
    if attempted.refused:
        reading.errors[""] = TAKEN if isinstance(attempted.refusal, Duplicate) else attempted.sentence
        return
    application.invite.used_at = utcnow()
    notices.notify(
        filing.institution, {sender.id}, f"“{filing.title}”已由申请人通过填报链接提交。", filing=filing
    )
