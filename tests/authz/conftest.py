"""The scene is laid out once for all tests of this folder."""

from datetime import timedelta

import pytest

from blueprints.institution.components import file_jobs
from models.auth import sessions
from tests.authz.scene import Scene, laid_out
from tests.conftest import Demo


@pytest.fixture(scope="session")
def whole_scene(demo: Demo, tmp_path_factory: pytest.TempPathFactory):
    """The scene itself; tests take `scene`, which puts it back."""
    with pytest.MonkeyPatch.context() as patch:
        # No file is made in a process beside the tests.
        patch.setattr(file_jobs, "_start", lambda _job_id: None)
        # A walk that a busy machine draws out writes nothing of its own: that its person is still here.
        patch.setattr(sessions, "MARK_EVERY", timedelta(days=1))
        yield laid_out(demo, tmp_path_factory.mktemp("authz"))


@pytest.fixture
def scene(whole_scene: Scene):
    """The scene as it was laid out, whatever the test before did."""
    whole_scene.put_back()
    yield whole_scene
    whole_scene.put_back()
