"""发现台账: the list, and noting an account or a group that is not on file."""

from flask import Response, abort, flash, g, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload

from blueprints.institution.components.uploads import Files, Sent, examines
from blueprints.institution.download import handed_in
from blueprints.institution.filtering import chips, page_number, units_on_offer, whole_number
from blueprints.institution.loading import find, is_within_scope
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.writing import begin_to_write
from models.campaigns.campaign import running
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.examining.examined import Kind
from models.filings import queries
from models.findings.found_account import STANDINGS, FoundAccount, found_accounts, unanswered
from models.findings.matching import is_same_account, noted_already, on_file, platforms
from models.findings.transitions import LONGEST, Noted, note
from models.people.unit import Unit, tree
from models.rules.filters import Filters
from models.rules.messages import clean, say
from models.rules.particulars import tidy
from models.rules.policy import Action, may
from models.rules.workflow import Role

PAGE_SIZE = 20
LABELS = {"title": "名称", "platform": "平台", "account": "链接或账号", "words": "发现情况"}


@mould.get("/found", endpoint="found")
@requires(Action.READ)
def findings() -> Response:
    """The list, by the filters of the address."""
    filters, bears = Filters.read(request.args), request.args.get("bears") == "1"
    units, states = units_on_offer(), {code: label for code, (label, _) in STANDINGS.items()}
    query = found_accounts(current_user, filters.q, filters.state, filters.unit, bears)
    query = query.options(
        joinedload(FoundAccount.unit), joinedload(FoundAccount.filing), joinedload(FoundAccount.found_by)
    )
    return page(
        "institution/findings/found_accounts.html",
        "results",
        findings=queries.page(query, page_number(request.args), PAGE_SIZE),
        filters=filters,
        bears=bears,
        oversees=may(current_user, Action.OVERSEE),
        units=units,
        states=states,
        tone=tone,
        chips=chips(
            ".found",
            request.args,
            {"q": {}, "unit": dict(units), "state": states, "bears": {"1": "名称含校名"}},
        ),
    )


@mould.get("/found/new")
@requires(Action.READ)
def new_found() -> Response:
    """The form; its address may bring what is typed already, and says whether it is on file."""
    return _draw_new({name: request.args.get(name, "") for name in (*LABELS, "unit")})


@mould.post("/found/new")
@requires(Action.READ)
@examines(screenshot=Kind.proof)
@once
def note_found(files: Files) -> Response:
    """Note it, unless it is on file already."""
    typed = {name: request.form.get(name, "") for name in (*LABELS, "unit")}
    noted, errors = _read(typed, files.get("screenshot"))
    begin_to_write()
    if not errors and request.form.get("anyway") != "1" and _same(noted):
        return _draw_new(typed, {}, 422, asks=True)
    unit, problem = chosen_unit(typed["unit"])
    errors |= {"unit": problem} if problem else {}
    if errors:
        return _draw_new(typed, errors, 422)
    campaign = next(iter(running(g.institution.code)), None)
    made, joined = note(g.institution, noted, unit, current_user, campaign and campaign.id)
    db.session.commit()
    if joined:
        flash("这个账号已经有人登记过，您的说明已并入那一条，谢谢。")
    else:
        flash(f"已登记，并已请{unit.name}答复。" if unit else "已登记，由审核部门指定答复的单位。")
    if is_in_sight(made):
        return go(".found_account", found_id=made.id)
    return go(".found")


@mould.get("/found/<int:found_id>/screenshot")
@requires(Action.READ)
def found_screenshot(found_id: int) -> Response:
    """The picture, painted anew when it came in."""
    finding = load_found(found_id)
    if not finding.screenshot_mime:
        abort(404)
    return handed_in(
        finding.screenshot, finding.screenshot_mime, None, attached=False, cache="private, max-age=86400"
    )


def load_found(found_id: int) -> FoundAccount:
    """The found account, if this person may see it; else 404."""
    finding = find(FoundAccount, found_id)
    return finding if finding is not None and is_in_sight(finding) else abort(404)


def is_in_sight(finding: FoundAccount) -> bool:
    """One's own note is always in sight, what one's units are asked as well, all to the office."""
    if finding.institution != g.institution.code:
        return False
    visible = current_user.visible_units()
    return visible is None or finding.unit_id in visible or finding.found_by_id == current_user.id


def on_home() -> dict:
    """What the home page counts: what one's units are to answer, what the office is to assign."""
    office = current_user.has(Role.office)
    own = current_user.units(Role.reporter)
    nobody = found_accounts(current_user, state="nobody")
    return {
        "asked": queries.count(unanswered(g.institution.code, own)) if own else 0,
        "nobody": queries.count(nobody) if office else 0,
    }


def units_to_ask() -> list[tuple[str, str]]:
    """Every unit of the school, indented as in the tree: anybody may presume finding."""
    return [
        (str(node.id), "　" * depth + node.name)
        for node, depth in tree(g.institution.code).ordered()
        if node.active
    ]


def chosen_unit(text: str) -> tuple[Unit | None, str]:
    """The unit that was chosen, None for none; and a sentence when there is no such unit."""
    if not text:
        return None, ""
    unit = find(Unit, whole_number(text) or 0)
    if unit is None or unit.institution != g.institution.code or not unit.active:
        return None, "没有这个单位，请重新选择。"
    return unit, ""


def tone(finding: FoundAccount) -> str:
    """The colour of where it stands."""
    if finding.is_over:
        return "green"
    return ("red" if finding.late() else "amber") if finding.waits else "blue"


def linked(channel: Channel) -> str:
    """The address of a channel for those who may look at it; '' for others."""
    in_scope = is_within_scope(channel, current_user.visible_units())
    return url_for(".channel", channel_id=channel.id) if in_scope else ""


def _read(typed: dict[str, str], screenshot: Sent | None) -> tuple[Noted, dict[str, str]]:
    cleaned = {name: tidy(typed[name]) for name in ("title", "platform", "account")}
    cleaned["words"] = clean(typed["words"])
    errors = {
        name: say("too_long", label=LABELS[name], max=LONGEST[name], now=len(text))
        for name, text in cleaned.items()
        if len(text) > LONGEST[name]
    }
    if not cleaned["title"] and not cleaned["account"]:
        errors["title"] = "请填写名称；不知道名称的，至少填写链接或账号。"
    if screenshot is not None and screenshot.problem:
        errors["screenshot"] = screenshot.problem
    title = cleaned["title"] or cleaned["account"][: LONGEST["title"]]
    picture = screenshot.file if screenshot else None
    return Noted(title, cleaned["platform"], cleaned["account"], cleaned["words"], picture), errors


def _same(noted: Noted) -> bool:
    """Whether this very account is on the register, so that there is probably nothing to note."""
    likely = on_file(g.institution, noted.title, noted.platform, noted.account)
    return any(
        channel.state is ChannelState.in_force and is_same_account(g.institution, channel, noted.account)
        for channel in likely
    )


def _draw_new(
    typed: dict[str, str], errors: dict[str, str] | None = None, status: int = 200, asks: bool = False
) -> Response:
    title, account = tidy(typed["title"]), tidy(typed["account"])
    platform = tidy(typed["platform"])
    likely = on_file(g.institution, title, platform, account) if title or account else []
    return page(
        "institution/findings/new_found_account.html",
        "known",
        status=status,
        typed=typed,
        errors=errors or {},
        asks=asks,
        labels=LABELS,
        known=[
            (channel, is_same_account(g.institution, channel, account), linked(channel)) for channel in likely
        ],
        noted=bool(account) and noted_already(g.institution.code, account) is not None,
        units=units_to_ask(),
        platforms=platforms(g.institution),
    )
