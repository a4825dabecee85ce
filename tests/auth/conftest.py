"""Here people sign in by the page, or by the CAS server: that is what is tested."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.client import Browser
from tests.conftest import Demo
from tests.signing import enter


@pytest.fixture
def sign_in(app: Flask, demo: Demo) -> Callable[..., Browser]:
    """`sign_in("linxiao")` opens a browser and signs that person of the demo in."""

    def signed_in(username: str, school: str = "pdsu") -> Browser:
        browser = Browser(app.test_client())
        browser.open(f"/sign-in?school={school}")
        page = enter(browser, username, demo.passwords[school, username], school)
        assert page.status == 200, page.text
        return browser

    return signed_in
