"""One form: drawn, against the same form in raw reportlab; and asked for a second time."""

from dataclasses import replace
from shutil import rmtree
from statistics import median

from flask import Flask
from flask.testing import FlaskClient

from bench import raw_form
from bench.measuring import Result, medians_of_pairs, seconds
from bench.school import officer, sample
from blueprints.auth.session import TOKEN
from blueprints.institution.paper import draw_sheet, print_sheet
from blueprints.institution.paper.printing import _qr, specimen
from models.auth.sessions import open_session
from models.database import db
from models.people.person import Person

LINK = "http://localhost:8000/school/filings/1234"


def drawn_against_raw(app: Flask, pairs: int) -> list[Result]:
    """Each form that has a sheet, filled with examples; interleaved pairs."""
    results = []
    with app.app_context():
        for school in app.extensions["institutions"].values():
            forms = [form for form in school.forms.values() if form.paper]
            results.extend(_pair(school, form, pairs) for form in forms)
    return results


def _pair(school, form, pairs: int) -> Result:
    filing = replace(specimen(school, form), id=1234)

    def ours() -> bytes:
        _qr.cache_clear()
        return print_sheet(school, form, filing, link=LINK)

    def raw() -> bytes:
        return raw_form.draw(draw_sheet(school, form, filing), LINK)

    mine, least = medians_of_pairs(ours, raw, pairs)
    note = f"{mine * 1000:.0f} ms against {least * 1000:.0f} ms, {pairs} pairs"
    return Result(f"a  {school.code}/{form.code}: drawn, against raw reportlab", mine / least,
                  "x", 3.5, note)  # fmt: skip


def requested_twice(app: Flask, pairs: int) -> list[Result]:
    """A whole request for a sheet: with an empty cache, and again."""
    with app.app_context():
        filing = sample()
        address = f"/{filing.institution}/filings/{filing.id}/sheet.pdf"
        browser = signed_in(app, officer(filing.institution))
    first, again = [], []
    for _ in range(pairs):
        rmtree(f"{app.instance_path}/cache", ignore_errors=True)
        first.append(seconds(lambda: browser.get(address)))
        again.append(seconds(lambda: browser.get(address)))
    assert browser.get(address).mimetype == "application/pdf"
    note = f"{median(again) * 1000:.1f} ms against {median(first) * 1000:.0f} ms the first time"
    return [Result("b  second request for an unchanged filing",
                   median(again) / median(first), "x", 0.5, note)]  # fmt: skip


def signed_in(app: Flask, person: Person) -> FlaskClient:
    """A client with a session of this person; inside the application's context."""
    token = open_session(person)
    db.session.commit()
    browser = app.test_client()
    with browser.session_transaction() as session:
        session[TOKEN] = token
    return browser
