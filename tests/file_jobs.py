"""Watching a file being made, as the browser does."""

import time

from werkzeug.test import TestResponse

from tests.client import Browser


def finished(browser: Browser) -> None:
    """Look at the page as htmx does, until it stops asking."""
    for _ in range(3_000):
        if not browser.page.soup.select("#progress[hx-trigger]"):
            return
        time.sleep(0.1)
        browser.open(browser.page.address, htmx=True)
    raise AssertionError(browser.page.text)


def downloaded(browser: Browser) -> TestResponse:
    """The file behind the download button."""
    link = browser.page.find("#progress a[download]")["href"]
    with browser.client.get(link) as response:
        assert response.status_code == 200, response.status
        assert response.headers["Cache-Control"] == "no-store"
        response.get_data()
        return response
