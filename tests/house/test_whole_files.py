"""A file is whole or not there: it is written beside, brought to the disk, and renamed."""

import os
from pathlib import Path

import pytest

from models import files


@pytest.fixture
def calls(monkeypatch) -> list[tuple[str, str]]:
    """What was done to the disk, in its order, with the ending of the file that it was done to."""
    done = []
    sync, rename, link = os.fsync, Path.replace, os.link

    def name_of(handle: int) -> str:
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        return "folder" if path.is_dir() else path.suffix

    monkeypatch.setattr("os.fsync", lambda handle: done.append(("sync", name_of(handle))) or sync(handle))
    monkeypatch.setattr(
        Path, "replace", lambda part, to: done.append(("name", part.suffix)) or rename(part, to)
    )
    monkeypatch.setattr("os.link", lambda part, to: done.append(("name", part.suffix)) or link(part, to))
    return done


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells what a handle is of")
@pytest.mark.parametrize("write", [files.write, files.write_first])
def test_it_is_on_the_disk_before_it_has_its_name_and_then_the_name_is(tmp_path, calls, write):
    write(tmp_path / "key", b"content")
    assert calls == [("sync", ".part"), ("name", ".part"), ("sync", "folder")]
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"key": b"content"}


@pytest.mark.parametrize("broken", ["os.fsync", "pathlib.Path.replace"])
def test_what_was_there_stays_when_the_new_cannot_be_written(tmp_path, monkeypatch, broken):
    file = tmp_path / "seals"
    file.write_bytes(b"before")

    def refuse(*_) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(broken, refuse)
    with pytest.raises(OSError, match="No space"):
        files.write(file, b"after")
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"seals": b"before"}


def test_of_two_first_ones_the_first_stays(tmp_path, monkeypatch):
    file = tmp_path / "key"
    written_beside = files._written_beside

    def while_another_starts(*arguments):
        part = written_beside(*arguments)
        file.write_bytes(b"theirs")
        return part

    monkeypatch.setattr(files, "_written_beside", while_another_starts)
    assert files.write_first(file, b"ours") == b"theirs"
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def test_a_disk_without_links_gets_its_first_file_too(tmp_path, monkeypatch):
    def refuse(*_) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    assert files.write_first(tmp_path / "key", b"ours") == b"ours"
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]
