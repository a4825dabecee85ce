"""config.toml: a mistake in it stops the start with a sentence, never with a traceback."""

import click
import pytest

from tests.lending import app_on


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("SECRET_KEY = ", "config.toml 有误"),
        ("SIGN_IN = 5", "写成 [SIGN_IN] 一节"),
        ("CAS = true", "写成 [CAS] 一节"),
        ("MAIL = 1.5", "写成 [MAIL] 一节"),
        ("MAIL = 'smtp'", "写成 [MAIL] 一节"),
        ("BACKUP = 5", "写成 [BACKUP] 一节"),
        ("[BACKUP]\nto = 'backups'", "to：填写存放备份的文件夹的完整路径"),
        ("[BACKUP]\nkeep = 3", "to：填写存放备份的文件夹的完整路径"),
        ("[BACKUP]\nto = '/srv/b'\nkeep = 0", "keep：填写保留几份备份"),
        ("[BACKUP]\nto = '/srv/b'\nat = '24:00'", "at：填写每天备份的时刻"),
        ("[BACKUP]\nto = '/srv/b'\nat = 2", "at：填写每天备份的时刻"),
        ("[BACKUP]\nto = '/srv/b'\nevery = 2", "every：没有这一项，请删去"),
        ("TRUSTED_HOSTS = 5", "TRUSTED_HOSTS 有误"),
        ("TRUSTED_HOSTS = 'a.edu.cn'", "TRUSTED_HOSTS 有误"),
        ("TRUSTED_HOSTS = []", "TRUSTED_HOSTS 有误"),
        ("TRUSTED_HOSTS = [1]", "TRUSTED_HOSTS 有误"),
        ("SCHOOLS = 'pdsu'", "SCHOOLS 应当写成学校代码的列表"),
        ("SCHOOLS = []", "SCHOOLS 应当写成学校代码的列表"),
        ("SCHOOLS = [1]", "SCHOOLS 应当写成学校代码的列表"),
        ("SCHOOLS = ['pdsu', 'pdus']", "没有这样的学校：pdus，程序没有启动。现有：ahbc、pdsu。"),
        ("SCHOOLS = ['institution']", "没有这样的学校：institution"),
    ],
)
def test_a_mistake_stops_the_start_with_a_sentence(tmp_path, content, sentence):
    (tmp_path / "config.toml").write_text(content, "utf-8")
    with pytest.raises(click.ClickException) as stopped:
        app_on(tmp_path)
    assert sentence in stopped.value.message


def test_a_file_in_another_encoding_is_a_mistake(tmp_path):
    (tmp_path / "config.toml").write_bytes("# 备案系统".encode("gb18030"))
    with pytest.raises(click.ClickException, match="有误"):
        app_on(tmp_path)


def test_a_file_that_windows_notepad_saved_is_read(tmp_path):
    (tmp_path / "config.toml").write_text("SESSION_COOKIE_SECURE = true", "utf-8-sig")
    assert app_on(tmp_path).config["SESSION_COOKIE_SECURE"] is True
