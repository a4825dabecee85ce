"""填报链接: the office sends one person a link for one form, and may take it back."""

from datetime import datetime

from flask import Response, abort, flash, g, request, url_for
from flask_login import current_user
from markupsafe import Markup

from blueprints.institution.components.individual_ways import forms_for_people, links_allowed, usual_unit
from blueprints.institution.filtering import chips, page_number
from blueprints.institution.individuals.individual_forms import InviteForm, RenewForm
from blueprints.institution.individuals.on_behalf import cautions, usual_name
from blueprints.institution.loading import find
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from blueprints.web.writing import begin_to_write
from models.clock import utcnow
from models.database import db
from models.filings import queries
from models.filings.invite import Invite, Standing, issue
from models.filings.invite import invites as listed
from models.people.unit import Unit
from models.rules.filters import Filters
from models.rules.policy import Action

PAGE_SIZE = 20
TONES = {
    Standing.waiting: "amber",
    Standing.returned: "red",
    Standing.used: "green",
    Standing.expired: "grey",
    Standing.revoked: "grey",
}


@mould.get("/invites/")
@requires(Action.OVERSEE)
def invites() -> Response:
    """Every link there is, the newest first."""
    _only_where_allowed()
    filters, now = Filters.read(request.args), utcnow()
    query = listed(g.institution.code, filters.q, filters.state, now)
    standings = {standing.value: standing.label for standing in Standing}
    return page(
        "institution/individuals/invites.html",
        "results",
        invites=queries.page(query, page_number(request.args), PAGE_SIZE),
        filters=filters,
        chips=chips(".invites", request.args, {"q": {}, "state": standings}),
        standings=standings,
        words=_words(now),
        forms=g.institution.forms,
    )


@mould.route("/invites/new", methods=["GET", "POST"])
@requires(Action.OVERSEE)
@once
def new_invite() -> Response:
    """Send a link; the answer itself shows it, so that it is in no address or cookie."""
    _only_where_allowed()
    form = InviteForm(unit=usual_unit(), days=str(g.institution.individuals.days))
    form.offer(forms_for_people())
    if not form.validate_on_submit():
        return page(
            "institution/individuals/new_invite.html",
            status=422 if form.errors else 200,
            form=form,
            cautions=cautions(),
            usual=usual_name(),
        )
    unit = db.session.get(Unit, int(form.unit.data))
    definition = forms_for_people()[form.form.data]
    begin_to_write()
    made, token = issue(g.institution.code, definition, unit, form.name.data, form.life, current_user)
    db.session.commit()
    return _draw(made, token=token)


@mould.get("/invites/<int:invite_id>")
@requires(Action.OVERSEE)
def invite(invite_id: int) -> Response:
    """One link: how it stands and what came of it. Never the link itself."""
    return _draw(_load(invite_id))


@mould.post("/invites/<int:invite_id>/renew")
@requires(Action.OVERSEE)
@once
def renew_invite(invite_id: int) -> Response:
    """Send a new link in place of the old one, for what was begun or sent back."""
    invite, form = _load(invite_id), RenewForm()
    if not form.validate():
        return _draw(invite, form=form, status=422)
    with attempt() as attempted:
        token = invite.renew(form.life, current_user)
        db.session.commit()
    if attempted.refused:
        return _draw(_load(invite_id), error=attempted.sentence, status=attempted.status)
    return _draw(invite, token=token)


@mould.post("/invites/<int:invite_id>/revoke")
@requires(Action.OVERSEE)
def revoke_invite(invite_id: int) -> Response:
    """Take a link back; the page asks first."""
    invite = _load(invite_id)
    with attempt() as attempted:
        invite.revoke(current_user)
        db.session.commit()
    if attempted.refused:
        return _draw(_load(invite_id), error=attempted.sentence, status=attempted.status)
    flash("链接已撤销，打不开了。")
    return go(".invite", invite_id=invite_id)


def _draw(
    invite: Invite, token: str = "", error: str = "", form: RenewForm | None = None, status: int = 200
) -> Response:
    """The page of a link; its `token` is known, and shown, only at this moment."""
    link = token and url_for(".apply", token=token, _external=True)
    now = utcnow()
    standing = invite.standing(now)
    return page(
        "institution/individuals/invite.html",
        status=status,
        invite=invite,
        standing=_words(now)(invite),
        is_closed=standing is Standing.revoked,
        may_renew=standing is not Standing.used,
        form=form or RenewForm(formdata=None, days=str(g.institution.individuals.days)),
        definition=g.institution.forms.get(invite.form),
        link=link,
        code=_code(link) if link else "",
        error=error,
        cautions=cautions() if link else [],
    )


def _words(now: datetime):
    """How a link stands, in words and tone."""

    def words(invite: Invite) -> tuple[str, str]:
        standing = invite.standing(now)
        return standing.label, TONES[standing]

    return words


def _code(link: str) -> Markup:
    """The link as a code for a phone's camera: an SVG drawn here, without any style."""
    import segno  # only where a code is drawn

    drawn = segno.make(link, micro=False, error="m")
    return Markup(drawn.svg_inline(scale=5, border=2, dark="#000", light="#fff"))


def _load(invite_id: int) -> Invite:
    """The link, if it is one of this school; else 404."""
    _only_where_allowed()
    invite = find(Invite, invite_id)
    return invite if invite and invite.institution == g.institution.code else abort(404)


def _only_where_allowed() -> None:
    if not links_allowed():
        abort(404)
