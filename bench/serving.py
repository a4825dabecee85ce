"""Servers in processes of their own, and a browser that keeps its connection."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from time import sleep

from flask import Flask

from bench.measuring import HOUSE


@contextmanager
def serving(*command: str, instance: str = "") -> Iterator[int]:
    """Runs `python -m <command>`, in which PORT stands for a free port; gives the port."""
    with running(*command, instance=instance) as (_, port):
        yield port


@contextmanager
def running(*command: str, instance: str = "") -> Iterator[tuple[subprocess.Popen, int]]:
    """`serving`, with the process of the server before its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [word.replace("PORT", str(port)) for word in command]
    server = subprocess.Popen(
        [sys.executable, "-m", *words], cwd=HOUSE, env=os.environ | {"BEIAN_INSTANCE": instance},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await(port)
        yield server, port
    finally:
        server.terminate()
        server.wait()


@contextmanager
def the_app(app: Flask) -> Iterator[int]:
    """The app under its own server, as people run it; the port."""
    command = ("flask", "--app", "app", "serve", "--port", "PORT")
    with serving(*command, instance=app.instance_path) as port:
        yield port


class Browser:
    """Asks one server again and again with one cookie."""

    def __init__(self, port: int, cookie: str):
        self.connection = HTTPConnection("127.0.0.1", port)
        self.headers = {"Cookie": cookie}

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def get(self, address: str) -> bytes:
        """The page; AssertionError for any answer but 200."""
        self.connection.request("GET", address, headers=self.headers)
        answer = self.connection.getresponse()
        page = answer.read()
        assert answer.status == 200, (address, answer.status)
        return page


def _await(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            sleep(0.1)
