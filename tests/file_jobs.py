"""Watching a file being made, as the browser does."""

from threading import enumerate as running_threads

from werkzeug.test import TestResponse

from blueprints.institution.components.file_jobs import WAITING
from tests.client import Browser


def wait_for_processes() -> None:
    """Until every process that makes a file has ended."""
    for thread in running_threads():
        if thread.name == WAITING:
            thread.join()


def finished(browser: Browser) -> None:
    """Look at the page as htmx does, again when the process that makes the file has ended."""
    browser.open(browser.page.address, htmx=True)
    wait_for_processes()
    browser.open(browser.page.address, htmx=True)
    assert not browser.page.soup.select("#progress[hx-trigger]"), browser.page.text


def downloaded(browser: Browser) -> TestResponse:
    """The file behind the download button."""
    link = browser.page.find("#progress a[download]")["href"]
    with browser.client.get(link) as response:
        assert response.status_code == 200, response.status
        assert response.headers["Cache-Control"] == "no-store"
        response.get_data()
        return response
