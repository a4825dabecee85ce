"""The paper over HTTP: who may see a filing gets its sheet, under its Chinese name."""

from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select

from models.channels.channel import ChannelState
from models.database import db
from models.filings.filing import Filing
from tests.paper.sheet_reading import PLATFORM, Paper


@pytest.fixture
def filed(app: Flask) -> Filing:
    """A filing of 信息工程学院 that is filed and in force."""
    with app.app_context():
        asked = select(Filing).where(Filing.institution == "pdsu", Filing.form == "account")
        return next(
            found
            for found in db.session.scalars(asked.order_by(Filing.id))
            if found.unit.name == "信息工程学院"
            and found.channel.state is ChannelState.in_force
            and found.channel.current_id == found.id
        )


def test_a_filing_is_printed_for_its_unit_with_its_name_and_opinions(sign_in, filed):
    response = sign_in("linxiao").client.get(f"/pdsu/filings/{filed.id}/sheet.pdf")
    assert response.status_code == 200
    assert response.mimetype == "application/pdf"
    disposition = unquote(response.headers["Content-Disposition"])
    assert disposition.startswith("inline")
    assert f"{PLATFORM}（{filed.title}）.pdf" in disposition
    paper = Paper(response.data)
    assert len(paper.pages) == 1
    assert filed.title in paper.text
    assert f"备案件{filed.id}" in paper.text


def test_all_copies_are_printed_for_their_holders(sign_in, filed):
    address = f"/pdsu/filings/{filed.id}/sheet.pdf?copies=all"
    assert len(Paper(sign_in("zhoumin").client.get(address).data).pages) == 2


def test_the_page_of_a_filing_shows_the_same_words_as_the_paper(sign_in, filed):
    browser = sign_in("linxiao")
    page = browser.open(f"/pdsu/filings/{filed.id}")
    paper = Paper(browser.client.get(f"/pdsu/filings/{filed.id}/sheet.pdf").data)
    shown = "".join(page.find(".sheet").get_text().split())
    assert shown in paper.text


def test_another_unit_finds_no_sheet(sign_in, filed):
    browser = sign_in("sunli")
    assert browser.client.get(f"/pdsu/filings/{filed.id}/sheet.pdf").status_code == 404


def test_the_blank_form_is_there_for_everyone_and_a_list_has_none(sign_in):
    client = sign_in("linxiao").client
    response = client.get("/pdsu/forms/account/blank.pdf")
    assert f"{PLATFORM}.pdf" in unquote(response.headers["Content-Disposition"])
    assert "单位负责人签字：" in Paper(response.data).text
    assert client.get("/pdsu/forms/group/blank.pdf").status_code == 404
    assert client.get("/pdsu/forms/nothing/blank.pdf").status_code == 404
