"""统计: the channels one may see in figures, drawn and tabled; and the same as a workbook."""

import re

from flask import Response, g, request
from flask_login import current_user

from blueprints.institution.components.summary_scope import Scope, asked_scope
from blueprints.institution.components.tables import FOLLOWERS, workbook
from blueprints.institution.dashboard.sections import sections
from blueprints.institution.download import download
from blueprints.institution.filtering import chips, forms_on_offer, units_on_offer
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models.clock import campus_time
from models.database import db, will_write
from models.events import history
from models.reports import dashboard as models
from models.reports.dashboard import Figures, Question
from models.rules.policy import Action


@mould.get("/dashboard")
@requires(Action.READ)
def dashboard() -> Response:
    scope, form = asked_scope(), _asked_form()
    figures = models.figures(Question(g.institution.code, scope.ids, form))
    units, forms = units_on_offer(), forms_on_offer()
    asked = {name: value for name, value in (("unit", scope.unit), ("form", form)) if value}
    return page(
        "institution/dashboard/dashboard.html",
        scope=scope, form=form, figures=figures, units=units, forms=forms, asked=asked,
        chips=chips(".dashboard", asked, {"unit": dict(units), "form": forms}),
        followers=FOLLOWERS.scaled_text(sum(one.followers for one in figures.platforms)),
        counts_followers=any(one.said for one in figures.platforms),
        sections=sections(figures), as_of=_as_of(figures),
    )


@mould.get("/dashboard.xlsx")
@requires(Action.READ)
def dashboard_xlsx() -> Response:
    """The page's tables, a sheet each. It is an event."""
    will_write()
    scope, form = asked_scope(), _asked_form()
    figures = models.figures(Question(g.institution.code, scope.ids, form))
    about = "，".join(filter(None, [scope.name, forms_on_offer().get(form)]))
    history.record(g.institution.code, "export", current_user, opinion=f"统计（{about}，Excel）")
    tables = [one.table for one in sections(figures)]
    file = workbook("统计", [f"范围：{about}", f"截至：{_as_of(figures)}"], tables)
    db.session.commit()
    return download(file, _file_name(scope))


def _asked_form() -> str:
    """The form's code; '' for all, and for what is no form of this school."""
    asked = request.args.get("form", "")
    return asked if asked in g.institution.forms else ""


def _as_of(figures: Figures) -> str:
    """The whole date: a printed page is read in another year."""
    moment = campus_time(figures.as_of)
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _file_name(scope: Scope) -> str:
    """The download's name, without signs that a disk refuses."""
    return re.sub(r'[\\/:*?"<>|]', "_", f"统计（{scope.name}）")[:120] + ".xlsx"
