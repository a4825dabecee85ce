"""代个人填报: the office writes a filing for somebody who has no unit and no account here."""

from flask import Response, g
from flask_login import current_user

from blueprints.institution.components.individual_ways import forms_for_people, usual_unit, ways_for_people
from blueprints.institution.individuals.individual_forms import OnBehalfForm
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.writing import begin_to_write
from models.database import db
from models.filings.applicant import Applicant
from models.filings.filing import Filing
from models.filings.starting import start
from models.messaging import notices
from models.people.unit import Unit
from models.rules.filing_kind import FilingKind
from models.rules.policy import Action


@mould.route("/filings/new/individual", methods=["GET", "POST"])
@requires(Action.OVERSEE)
@once
def on_behalf() -> Response:
    """Ask who applies and for what; then a draft is opened for them."""
    form = OnBehalfForm(unit=usual_unit())
    form.offer(forms_for_people())
    if not form.validate_on_submit():
        return page(
            "institution/individuals/on_behalf.html",
            status=422 if form.errors else 200,
            form=form,
            cautions=cautions(),
            usual=usual_name(),
            **ways_for_people(),
        )
    begin_to_write()
    filing = _begin(form)
    db.session.commit()
    return go(".edit", filing_id=filing.id)


def _begin(form: OnBehalfForm) -> Filing:
    """The draft, and with it on whose behalf it is written."""
    unit = db.session.get(Unit, int(form.unit.data))
    definition = forms_for_people()[form.form.data]
    filing = start(g.institution, definition, FilingKind.first, unit, current_user)
    applicant = Applicant(filing_id=filing.id, name=form.name.data)
    form.write(applicant)
    db.session.add(applicant)
    return filing


def usual_name() -> str:
    """What the school calls the unit of people who have none; '' when it is not there."""
    return g.institution.individuals.unit if usual_unit() else ""


def cautions() -> list[str]:
    """What the office should know before: a unit that is not there, nobody else to approve."""
    sentences, individuals = [], g.institution.individuals
    if individuals and not usual_unit():
        sentences.append(
            f"本校还没有名为“{individuals.unit}”的单位，请系统管理员在“单位”中添加；添加以前请选择别的单位。"
        )
    if not notices.office_people(g.institution.code) - {current_user.id}:
        sentences.append(
            "本校现在只有您一位审核员。您代为提交的备案不能由您自己审核，请先请系统管理员再登记一位审核员。"
        )
    return sentences
