"""The register as the smallest hand-written page: Flask, the sqlite3 module and one template.

The same database file, the same filters and columns, the same question of who is signed in, an
exact count and twenty lines; a connection per request, as Flask's own tutorial has it. What it
leaves out: the head's totals, the masthead's counts, reporters' units, tokens, security headers.
`python -m bench.raw_register <database> <port>` serves it as the app is served.
"""

import re
import sqlite3
import sys
from hashlib import sha256
from pathlib import Path

from flask import Flask, abort, g, redirect, render_template, request
from markupsafe import Markup, escape

SIZE = 20
PLACES = ["待办", "备案", "审核", "台账", "核实", "汇总表"]
FORMS = {"account": "媒体平台", "group": "群聊工具"}
PLATFORMS = {name: name for name in ("微信公众号", "微博", "抖音", "视频号", "QQ公众号", "报纸")}
TIERS = {"first": "一级平台", "second": "二级平台", "third": "三级平台"}
STATES = {"closing": "待核实销号", "closed": "已注销", "void": "作废"}
STANDING = {
    "": "state = 'in_force'", "void": "state = 'void'",
    "closing": "state = 'closed' AND gone_at IS NULL",
    "closed": "state = 'closed' AND gone_at IS NOT NULL",
}  # fmt: skip
BELOW = """WITH RECURSIVE below(id) AS (SELECT :unit UNION ALL
    SELECT unit.id FROM unit JOIN below ON unit.parent_id = below.id) SELECT id FROM below"""


def create(path: str) -> Flask:
    """The app over a database file."""
    app = Flask(__name__, template_folder=str(Path(__file__).parent))

    @app.before_request
    def who() -> object:
        g.db = sqlite3.connect(path)
        g.db.row_factory = sqlite3.Row
        token = request.cookies.get("token", "")
        g.person = g.db.execute(
            "SELECT person.* FROM sign_in JOIN person ON person.id = sign_in.person_id "
            "WHERE token_hash = ? AND active", (sha256(token.encode()).hexdigest(),)
        ).fetchone()  # fmt: skip
        return None if g.person else redirect("/sign-in")

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        g.db.close()

    app.add_url_rule("/register", view_func=register)
    return app


def register() -> str:
    """The page."""
    filters = {name: value for name, value in request.args.items() if value and name != "page"}
    page, school = request.args.get("page", 1, type=int), g.person["institution"]
    if not g.db.execute("SELECT 1 FROM person_grant WHERE person_id = ? AND role = 'office'",
                        (g.person["id"],)).fetchone():  # fmt: skip
        abort(403)
    units = dict(g.db.execute("SELECT id, name FROM unit WHERE institution = ?",
                              (school,)).fetchall())  # fmt: skip
    source, given = _where(filters, school, units)
    total = g.db.execute(f"SELECT count(*) {source}", given).fetchone()[0]
    rows = g.db.execute(f"SELECT * {source} ORDER BY unit_id, id LIMIT ? OFFSET ?",
                        [*given, SIZE, (page - 1) * SIZE]).fetchall()  # fmt: skip
    return render_template(
        "raw_register.html", places=PLACES, school=school, person=g.person, filters=filters,
        units=units, forms=FORMS, platforms=PLATFORMS, tiers=TIERS, states=STATES,
        rows=rows, total=total, page=page, mark=lambda text: _mark(text, filters.get("q")),
    )  # fmt: skip


def _where(filters: dict[str, str], school: str, units: dict[int, str]) -> tuple[str, list]:
    where, given = ["institution = ?", STANDING[filters.get("state", "")]], [school]
    for name in ("form", "platform", "tier", "incomplete"):
        if name in filters:
            where.append(f"{name} = ?")
            given.append(filters[name])
    if "unit" in filters:
        below = [row[0] for row in g.db.execute(BELOW, {"unit": int(filters["unit"])})]
        where.append(f"unit_id IN ({', '.join('?' * len(below))})")
        given += below
    if "q" in filters:
        words = filters["q"].lower()
        named = [unit for unit, name in units.items() if words in name.lower()]
        where.append(f"(instr(search, ?) OR unit_id IN ({', '.join('?' * len(named))}))")
        given += [words, *named]
    return f"FROM channel WHERE {' AND '.join(where)}", given


def _mark(text: str, words: str | None) -> Markup:
    safe = escape(text)
    if not words:
        return safe
    sought = re.escape(str(escape(words)))
    return Markup(re.sub(f"({sought})", r"<mark>\1</mark>", safe, flags=re.IGNORECASE))


if __name__ == "__main__":
    from waitress import serve

    serve(create(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), threads=8, ident=None)
