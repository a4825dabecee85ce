"""What the tests of the history share: the command line."""

from collections.abc import Callable

import pytest


@pytest.fixture
def run(app) -> Callable[..., tuple[str, int]]:
    """What a command prints, and with what it ends."""

    def output(*words: str) -> tuple[str, int]:
        with app.app_context():
            result = app.test_cli_runner().invoke(args=words)
        return result.output, result.exit_code

    return output
