"""The samples of docs/deploy are taken by systemd and nginx, and a person signs in through the proxy."""

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509

from app import HOUSE
from tests.certificates import write_certificate
from tests.lending import app_on
from tests.live import served
from tests.parsing import read_fragment
from tests.parts import NGINX, PATIENCE

SAMPLES = HOUSE / "docs/deploy"
UNITS = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in (".service", ".timer"))
# Of 100 that `systemd-analyze security` counts; an ordinary service has 96.
MOST_EXPOSED = 20
NAME = "beian.example.edu.cn"


@pytest.mark.systemd
def test_systemd_takes_the_units_word_for_word(tmp_path):
    """In a system of their own, which has the programs that they start, and systemd's own units."""
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True)
    (tmp_path / "etc/systemd/system").mkdir(parents=True)
    for name in UNITS:
        text = (SAMPLES / name).read_text("utf-8")
        (tmp_path / "etc/systemd/system" / name).write_text(text, "utf-8")
        for program in re.findall(r"^ExecStart=(\S+)", text, re.MULTILINE):
            place = tmp_path / program.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("#!/bin/sh\n")
            place.chmod(0o755)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"--root={tmp_path}", *UNITS],
        capture_output=True,
        text=True,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@pytest.mark.systemd
@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_every_service_is_shut_in(name):
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}"]
    checked = subprocess.run([*command, str(SAMPLES / name)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_timer_has_its_service_and_every_command_of_ours_exists(app):
    for name in UNITS:
        text = (SAMPLES / name).read_text("utf-8")
        if name.endswith(".timer"):
            assert name.replace(".timer", ".service") in UNITS
        for command in re.findall(r"flask --app app ([\w-]+)", text):
            assert command in app.cli.commands


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def certify(folder: Path) -> None:
    """A certificate as a school would have, signed by itself."""
    of_the_host = x509.SubjectAlternativeName([x509.DNSName(NAME)])
    write_certificate(folder / "fullchain.pem", folder / "privkey.pem", NAME, (of_the_host, False))


@pytest.fixture
def sample(tmp_path_factory) -> Path:
    """nginx.conf as it is but for the places of the certificate and of the logs, in a whole configuration."""
    folder = tmp_path_factory.mktemp("nginx")
    certify(folder)
    text = (SAMPLES / "nginx.conf").read_text("utf-8")
    for place in ("/etc/ssl/beian", "/var/log/nginx"):
        assert place in text
        text = text.replace(place, str(folder))
    (folder / "beian.conf").write_text(text, "utf-8")
    folders = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "whole.conf").write_text(
        f"pid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\n{folders}\ninclude {folder}/beian.conf;\n}}\n"
    )
    return folder


def nginx(folder: Path, *words: str) -> tuple[int, str]:
    """Runs it; how it ended, and what it said. What goes on in the background keeps no pipe of ours."""
    command = [NGINX, "-p", str(folder), "-c", "whole.conf", "-e", str(folder / "start.log"), *words]
    with (folder / "output").open("w+") as output:
        code = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        output.seek(0)
        return code, output.read()


@pytest.mark.nginx
def test_nginx_takes_the_sample(sample):
    code, output = nginx(sample, "-t")
    assert (code, "warn" in output) == (0, False), output


@contextmanager
def proxied(sample: Path, server: str) -> Iterator[int]:
    """nginx runs with the sample in front of a server; the port where it speaks HTTPS."""
    port, config = free_port(), sample / "beian.conf"
    text = config.read_text("utf-8").replace("127.0.0.1:8000", server.removeprefix("http://"))
    text = re.sub(r"listen 80;\n *listen \[::\]:80;", f"listen 127.0.0.1:{free_port()};", text)
    text, count = re.subn(
        r"listen 443 (ssl http2);\n *listen \[::\]:443 ssl http2;", rf"listen 127.0.0.1:{port} \1;", text
    )
    assert count == 1
    config.write_text(text, "utf-8")
    code, output = nginx(sample)
    assert code == 0, output
    try:
        yield port
    finally:
        nginx(sample, "-s", "stop")


class Campus:
    """A browser that knows the name of the system and trusts its certificate."""

    def __init__(self, sample: Path, port: int) -> None:
        self.port = port
        self.tls = ssl.create_default_context(cafile=str(sample / "fullchain.pem"))
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, address: str, body: bytes = b"", **headers: str):
        """Status, headers and text of the answer; cookies are kept."""
        raw = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        connection = HTTPSConnection(NAME, timeout=PATIENCE)
        connection.sock = self.tls.wrap_socket(raw, server_hostname=NAME)
        sent = {"Host": NAME, "Referer": f"https://{NAME}/", **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection.request(method, address, body or None, sent)
        response = connection.getresponse()
        text = response.read().decode("utf-8")
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return response.status, response.headers, text


@pytest.mark.nginx
def test_a_person_signs_in_through_the_proxy_over_https(sample, demo, app, tmp_path):
    behind = app_on(tmp_path, TRUSTED_HOSTS=[NAME], TRUSTED_PROXY="127.0.0.1", SESSION_COOKIE_SECURE=True)
    with served(behind) as server, proxied(sample, server) as port:
        browser = Campus(sample, port)
        status, headers, text = browser.ask("GET", "/sign-in?school=pdsu")
        assert status == 200
        assert headers["Strict-Transport-Security"]
        assert "Secure" in headers["Set-Cookie"]
        typed = {
            "csrf_token": read_fragment(text).select_one("[name=csrf_token]")["value"],
            "school": "pdsu",
            "username": "linxiao",
            "password": demo.passwords["pdsu", "linxiao"],
        }
        status, headers, _ = browser.ask("POST", "/sign-in", urlencode(typed).encode())
        assert (status, headers["Location"]) == (303, "/pdsu/")
        assert "您好，林晓" in browser.ask("GET", "/pdsu/")[2]
        # What somebody writes about themselves is thrown away.
        assert browser.ask("GET", "/readyz", **{"X-Forwarded-For": "10.1.2.3"})[0] == 200
    lines = (sample / "beian.access.log").read_text()
    assert (
        len(re.findall(r"^127\.0\.0\.1 \[\S+\] (?:GET|POST) (?:200|303) \d+ \S+ [0-9a-f]{12}$", lines, re.M))
        == 4
    )
    assert "sign-in" not in lines


@pytest.mark.nginx
def test_what_the_proxy_refuses_itself_it_says_in_chinese(sample):
    with proxied(sample, f"http://127.0.0.1:{free_port()}") as port:
        browser = Campus(sample, port)
        status, headers, text = browser.ask("GET", "/")
        assert (status, "正在重新启动或没有运行" in text) == (503, True)
        assert headers["Content-Type"] == "text/plain; charset=utf-8"
        status, _, text = browser.ask("POST", "/", **{"Content-Length": str(33 * 1024 * 1024)})
        assert (status, "提交的内容太大" in text) == (413, True)


@pytest.mark.nginx
def test_who_asks_too_often_is_told_so(sample):
    config = sample / "beian.conf"
    text = config.read_text("utf-8")
    assert re.findall(r"rate=\S+(?=;)|burst=\d+", text) == ["rate=20r/s", "burst=200"]
    config.write_text(text.replace("rate=20r/s", "rate=1r/m").replace("burst=200", "burst=2"), "utf-8")
    with proxied(sample, f"http://127.0.0.1:{free_port()}") as port:
        browser = Campus(sample, port)
        answers = [browser.ask("GET", "/") for _ in range(4)]
    assert [status for status, _, _ in answers] == [503, 503, 503, 429]
    assert "请求太多" in answers[-1][2]
