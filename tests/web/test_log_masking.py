"""No log of a whole journey holds a phone number, a password, or a token."""

import logging
import re
from time import process_time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from blueprints.web.log_masking import SafeRecord, safe
from models.database import db
from tests import pages
from tests.builders import ACCOUNT

PHONE, PASSWORD = "13987650001", "Canary-Password-77"


def said(caplog) -> str:
    """Everything that any handler would write, tracebacks included."""
    form = logging.Formatter("%(name)s %(message)s")
    return "\n".join(form.format(record) for record in caplog.records)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET /apply/Zk3_canary-token-0123456789 500", "GET /apply/… 500"),
        ("password=Canary77&name=a", "password=…&name=a"),
        ("{'new_password': 'Canary 77', 'csrf_token': 'abc.def'}", "{'new_password': …, 'csrf_token': …}"),
        ("Cookie: session=abc.def; x=1", "Cookie: …; x=1"),
        ("ticket=ST-1-canary for 13987650001", "ticket=… for 139****0001"),
        ("Mail 12 was not sent: 550", "Mail 12 was not sent: 550"),
    ],
)
def test_what_is_secret_is_left_out_of_a_line(text, shown):
    assert safe(text) == shown


@pytest.mark.parametrize("sent", ["a-" * 20_000, "token" * 20_000, "token=" + "'" * 20_000])
def test_a_long_word_that_was_sent_does_not_keep_the_log_busy(sent):
    began = process_time()
    safe(sent)
    assert process_time() - began < 2


def test_every_record_of_every_library_is_made_safe(app):
    assert logging.getLogRecordFactory() is SafeRecord


def test_a_traceback_is_masked_too(app, caplog):
    try:
        raise ValueError(f"{PHONE} password={PASSWORD}")
    except ValueError:
        logging.getLogger("any").exception("It failed for %s", PHONE)
    logging.getLogger("any").error("%s and %s", PHONE)  # words and values do not go together
    assert "139****0001 password=…" in said(caplog)
    assert PHONE not in said(caplog)
    assert PASSWORD not in said(caplog)


def test_an_error_of_the_database_names_its_statement_and_no_value(app):
    with app.app_context(), pytest.raises(IntegrityError) as failed:
        db.session.execute(text("INSERT INTO unit (id, name) VALUES (1, :name)"), {"name": PHONE})
    assert "INSERT INTO unit" in str(failed.value)
    assert PHONE not in str(failed.value)


def test_a_journey_leaves_no_number_password_or_token_in_the_log(app, sign_in, anyone, caplog):
    caplog.set_level(logging.DEBUG)
    anyone.open("/sign-in?school=pdsu")
    anyone.submit("登录", username="linxiao", password=PASSWORD)
    reporter = sign_in("linxiao")
    address = pages.filed_by(reporter, ACCOUNT | {"负责人联系电话": PHONE})
    reporter.open("/pdsu/register")
    reporter.submit("查电话", phone=PHONE)
    app.view_functions["pdsu.filing"] = _fails
    assert reporter.client.get(address).status_code == 500
    token = re.findall(r'name="csrf_token" value="([^"]+)"', reporter.open("/pdsu/me").html)[0]
    words = said(caplog)
    assert "the page failed" in words
    for canary in (PHONE, PASSWORD, token):
        assert canary not in words


def _fails(**_asked):
    raise RuntimeError(f"the page failed for {PHONE} with password={PASSWORD}")
