"""The scene is laid out once for all tests of this folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from blueprints.institution.components import file_jobs
from models.auth import sessions
from tests.authz.scene import Scene, laid_out
from tests.conftest import Demo


@contextmanager
def nothing_by_itself() -> Iterator[None]:
    """While tests of this folder run, and not a test longer: nothing is written but by what is asked for."""
    with pytest.MonkeyPatch.context() as patch:
        # No file is made in a process beside the tests.
        patch.setattr(file_jobs, "_start", lambda _job_id: None)
        # A walk that a busy machine draws out does not note that its person is still here.
        patch.setattr(sessions, "MARK_EVERY", timedelta(days=1))
        yield


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with nothing_by_itself():
        yield


@pytest.fixture(scope="session")
def whole_scene(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The scene itself; tests take `scene`, which puts it back."""
    with nothing_by_itself():
        return laid_out(demo, tmp_path_factory.mktemp("authz"))


@pytest.fixture
def scene(whole_scene: Scene):
    """The scene as it was laid out, whatever the test before did."""
    whole_scene.put_back()
    yield whole_scene
    whole_scene.put_back()
