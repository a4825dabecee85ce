"""The app behind real HTTP: waitress as the `serve` command runs it, on a port of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from flask import Flask
from waitress import wasyncore

from blueprints.web import server as http


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the app with the settings of `flask serve`; the address is the context's value."""
    with pytest.MonkeyPatch.context() as patch:
        served_as: dict = {}
        patch.setattr(
            http, "serve", lambda app, bounds, _, **settings: served_as.update(settings, bounds=bounds)
        )
        # What `serve` looks at from time to time must not be that of the next test.
        patch.setattr(Thread, "start", lambda thread: None)
        patch.setattr(Thread, "join", lambda thread, timeout=None: None)
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["serve", "--port", "0", "--processes", "1"])
        assert result.exit_code == 0, result.output
    server = http.create_server(app, **served_as)
    thread = Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    # In the server's own thread, so that it does not wait for a socket that is gone.
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join()
    server.task_dispatcher.shutdown()
