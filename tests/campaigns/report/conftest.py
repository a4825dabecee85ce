"""A campaign over the demo, and one unit's report at each stage of its way."""

import pytest

from tests.campaigning import ask, report_state, unit_id


@pytest.fixture
def campaign(app) -> int:
    return ask(app)


@pytest.fixture
def address(app, campaign):
    def of(unit: str = "文学院") -> str:
        return f"/pdsu/campaigns/{campaign}/reports/{unit_id(app, unit)}"

    return of


@pytest.fixture
def reporter(sign_in, address):
    """The reporter of a college with an account and a group, before its report."""
    browser = sign_in("sunli")
    browser.open(address())
    return browser


@pytest.fixture
def handed_in(reporter):
    reporter.submit("其余 2 个都无变更")
    reporter.submit("提交签字")
    return reporter


@pytest.fixture
def signed(handed_in, sign_in, address):
    """The office, before a report that was signed."""
    head = sign_in("qinling")
    head.open(address())
    assert report_state(head.submit("签字报送")) == "已报送"
    office = sign_in("suyi")
    office.open(address())
    return office
