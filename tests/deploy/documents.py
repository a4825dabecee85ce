"""The commands that documents tell people to type, and a folder like theirs to type them in."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from app import HOUSE
from tests.parts import PATIENCE

DEPLOY = HOUSE / "docs/deploy"
DOCUMENTS = [HOUSE / "README.md", HOUSE / "README.zh-CN.md", *sorted(DEPLOY.glob("*.md"))]
BLOCK = re.compile(r"^( *)```(sh|cron|toml)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
# Into an environment of Python's own, from the network: executed by the long test of the installation alone.
DEAR = re.compile(r"-m (?:pip|venv) |^make wheelhouse|^tar ")
# They would run the tests, this one among them.
OURSELVES = re.compile(r"^make test")
SERVES = re.compile(r" serve\b|^make run")
# Before these the server is stopped; beside others it runs on, as it does in earnest.
NEEDS_IT_STOPPED = re.compile(r" (?:serve|restore|upgrade)\b|^make run|\bmv ")
# What an installation is made of, beside the environment.
LEFT_BEHIND = shutil.ignore_patterns(".*", "build", "__pycache__", "artefacts", "*.sqlite3*", "*_key")
NAME = "beian.example.edu.cn"


@dataclass(frozen=True)
class Step:
    """Something to type (`sh`), or to write into config.toml (`toml`)."""

    kind: str
    words: str


def steps(document: Path) -> list[Step]:
    """In the order of the document; what needs root is left out, comments too."""
    found: list[Step] = []
    for indent, kind, text in BLOCK.findall(document.read_text("utf-8")):
        lines = [line.removeprefix(indent) for line in text.splitlines()]
        if kind == "toml":
            found.append(Step(kind, "\n".join(lines)))
            continue
        typed = [line.partition("  #")[0].strip() for line in lines]
        if kind == "cron":
            typed = [line.split(maxsplit=5)[5] for line in typed]
        found += [Step("sh", line) for line in typed if line and not line.startswith("sudo ")]
    return found


class Machine:
    """A folder in the place of the root, with an installation in /srv/beian, and one who types.

    Of what is typed two things are exchanged: /srv is below the folder, and the port is a free one.
    """

    def __init__(self, root: Path, port: int) -> None:
        self.root, self.port = root, port
        self.program = self.folder = root / "srv/beian"
        (root / "srv/beian-backup").mkdir(parents=True)
        self.server: subprocess.Popen[str] | None = None
        base = Path(os.path.realpath(sys.executable)).parent
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("BEIAN_", "FLASK_"))
        }
        self.environment = kept | {
            "PATH": f"{base}{os.pathsep}{kept['PATH']}",
            "HOME": str(root),
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
            # The default of `serve --port`.
            "FLASK_SERVE_PORT": str(port),
        }

    def lay_out(self, with_environment: bool = True) -> None:
        """The source, and in the place of its environment the one of the tests, as `make` would leave it."""
        shutil.copytree(HOUSE, self.program, ignore=LEFT_BEHIND, dirs_exist_ok=True)
        if not with_environment:
            return
        environment = self.program / ".venv"
        environment.mkdir()
        for name in ("bin", "lib", "pyvenv.cfg"):
            (environment / name).symlink_to(Path(sys.prefix) / name)
        for stamp in ("run.stamp", "dev.stamp"):
            (environment / stamp).touch()

    def placed(self, words: str) -> str:
        return words.replace("/srv/", f"{self.root}/srv/").replace("8000", str(self.port))

    def type(self, words: str) -> str:
        """What it answered."""
        if NEEDS_IT_STOPPED.search(words):
            self.stop()
        typed = self.placed(words)
        if typed.startswith("cd ") and "&&" not in typed:
            self.folder = Path(shlex.split(typed)[1])
            assert self.folder.is_dir(), words
            return ""
        if SERVES.search(words):
            return self._serve(typed)
        done = subprocess.run(
            ["bash", "-c", typed], cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def _serve(self, typed: str) -> str:
        self.server = subprocess.Popen(
            ["bash", "-c", f"exec {typed}"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        shown = ""
        for line in self.server.stdout:
            shown += line
            if "打开浏览器访问" in line:
                asked = Request(f"http://127.0.0.1:{self.port}/healthz", headers={"Host": NAME})
                with urlopen(asked, timeout=PATIENCE) as answer:
                    assert answer.status == 200
                return shown
        raise AssertionError(f"{typed}\n{shown}")

    def write(self, settings: str) -> None:
        """At the end of config.toml, as the document says."""
        with (self.program / "instance/config.toml").open("a", encoding="utf-8") as file:
            file.write(f"{self.placed(settings)}\n")

    def stop(self) -> None:
        """Ctrl+C, which reaches all that was started."""
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGINT)
            self.server.communicate()
            self.server = None

    def follow(self, step: Step) -> str:
        if step.kind == "toml":
            self.write(step.words)
            return ""
        return self.type(step.words)
