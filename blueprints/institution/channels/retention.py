"""到期清理: what is known of people of accounts long gone is erased, once the office says so."""

from pathlib import Path

from flask import Response, current_app, g, request
from flask_login import current_user

from blueprints.institution.components import file_jobs
from blueprints.institution.filtering import page_number, ticked_rows
from blueprints.institution.loading import rows_in_sight
from blueprints.institution.paper import sheet_cache
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from blueprints.web.refusal import attempt
from models.audit import erasing
from models.channels.channel import Channel
from models.database import db, sweep
from models.filings import queries
from models.rules.policy import Action

PAGE_SIZE = 50
NOT_SWEPT = (
    "清理已完成，但数据库正忙，旧内容所占的磁盘空间还没有腾清：请由系统管理员在空闲时执行 VACUUM FULL。"
)


@mould.get("/retention")
@requires(Action.OVERSEE)
def retention() -> Response:
    """What is due, all of it ticked."""
    return _draw([])


@mould.post("/retention")
@requires(Action.OVERSEE)
def purge() -> Response:
    """Erase the ticked ones, each in a transaction of its own: a refused one stops nobody."""
    chosen = ticked_rows(request.form, "channel")[:PAGE_SIZE]
    if not chosen:
        return _draw([], problem="请先勾选要清理的账号。", status=422)
    results, years = [], g.institution.retention.closed_years
    for channel in rows_in_sight(Channel, chosen):
        title = channel.title
        with attempt() as attempted:
            erased = erasing.erase(channel, g.institution, years, current_user)
            db.session.commit()
        results.append((title, attempted.sentence or f"已清理{erased}"))
    return _draw(results, problem=forget_copies())


def forget_copies() -> str:
    """What else holds what was erased: files made of it, sheets drawn before, the database's journal.

    Commits. Out: a sentence for what could not be done now, or ''.
    """
    file_jobs.forget_all()
    sheet_cache.forget_all(Path(current_app.instance_path) / "cache" / "sheets")
    return "" if sweep() else NOT_SWEPT


def _draw(results: list[tuple[str, str]], problem: str = "", status: int = 200) -> Response:
    years = g.institution.retention.closed_years
    query = erasing.due(g.institution.code, years)
    return page(
        "institution/channels/retention.html",
        "results",
        status=status,
        years=years,
        results=results,
        problem=problem,
        listed=queries.page(query, page_number(request.args), PAGE_SIZE),
    )
