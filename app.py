"""Joins the house: settings, database, schools, pages and commands become one application."""
# ruff: noqa: E402

import gc

# Nearly all that is imported stays for as long as the process: to look through it for garbage
# again and again while it grows takes a sixth of the start, and some time ever after.
gc.disable()

import os
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import Flask

import blueprints
from blueprints.auth import cas, session
from blueprints.cli import audit, backup, commands, mail, move, purge, troubles, upgrade
from blueprints.institution.pdf import add_fonts
from blueprints.web import (
    compression,
    errors,
    log_masking,
    presentation,
    protection,
    static_files,
    unavailable,
)
from blueprints.web.csrf import MaskedCSRF
from models import files, tables  # noqa: F401 - every table is known before the first is used
from models.database import init_database
from models.rules.definitions.institution import Institution
from models.rules.definitions.loader import DefinitionErrors, codes_in, load_institutions

gc.freeze()
gc.enable()

HOUSE = Path(__file__).resolve().parent

DEFAULTS: dict[str, Any] = {
    # A proof and a picture of the largest size, and room for the answers.
    "MAX_CONTENT_LENGTH": 24 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
    "MAX_FORM_PARTS": 5_000,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    # A long form outlives an hour; the token is bound to the session instead.
    "WTF_CSRF_TIME_LIMIT": None,
}

# What to do about a key's file that holds nothing; the copy and not a guess of ours mends it.
EMPTY_KEYS = {
    "secret_key": "没有备份时请删除它再启动，程序会生成新的密钥，所有人需要重新登录。",
    "seal_key": "没有备份时请把它和 seals 文件夹一起移到别处保存再启动，程序会重新开始封存。",
}


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Build the application.

    In: settings that override `instance/config.toml` (tests pass their own database and folder;
    `INSTANCE_PATH` moves the whole instance folder).
    Out: a Flask app with every school of `blueprints/` and `instance/institutions/` on its own
    prefix. The process makes files for its owner alone from then on.
    Raises click.ClickException, with every mistake, when a school's YAML is not sound, and when a
    key is empty.
    """
    overrides = dict(config or {})
    instance = overrides.pop("INSTANCE_PATH", os.environ.get("BEIAN_INSTANCE", HOUSE / "instance"))
    app = Flask(__name__, instance_path=str(Path(instance).resolve()))
    # Before the first file is made, in every process: each begins here.
    files.keep_private(Path(app.instance_path))
    log_masking.init_app()
    _configure(app, overrides)
    init_database(app)
    compression.init_app(app)
    protection.init_app(app)
    static_files.init_app(app)
    MaskedCSRF(app)
    app.extensions["institutions"] = _schools(app)
    add_fonts(Path(app.instance_path) / "fonts")
    session.init_app(app)
    cas.init_app(app)
    presentation.init_app(app)
    errors.init_app(app)
    unavailable.init_app(app)
    commands.init_app(app)
    mail.init_app(app)
    audit.init_app(app)
    backup.init_app(app)
    upgrade.init_app(app)
    purge.init_app(app)
    move.init_app(app)
    troubles.init_app(app)
    blueprints.register(app)
    return app


def _schools(app: Flask) -> dict[str, Institution]:
    """The built-in schools and those of this deployment, which shadow them file by file.

    With `SCHOOLS` only the ones it names: of the others not even a file is read.
    """
    folders = HOUSE / "blueprints", Path(app.instance_path) / "institutions"
    only = app.config.get("SCHOOLS")
    if only is not None:
        _refuse_unknown(only, codes_in(*folders))
    try:
        return load_institutions(*folders, only=only)
    except DefinitionErrors as errors:
        # The `flask` command prints this one's sentences alone, without a traceback.
        raise click.ClickException(f"学校定义有误，程序没有启动：\n{errors}") from errors


def _refuse_unknown(codes: Any, known: list[str]) -> None:
    """A school that is misspelt would be missing without a word."""
    there = "现有：" + "、".join(known)
    if not isinstance(codes, list) or not codes or not all(isinstance(code, str) for code in codes):
        sentence = "SCHOOLS 应当写成学校代码的列表，写法见 config.example.toml"
    elif missing := [code for code in codes if code not in known]:
        sentence = f"SCHOOLS 中没有这样的学校：{'、'.join(missing)}"
    else:
        return
    raise click.ClickException(f"config.toml 的 {sentence}，程序没有启动。{there}。")


def _configure(app: Flask, overrides: Mapping[str, Any]) -> None:
    folder = Path(app.instance_path)
    app.config.from_mapping(DEFAULTS)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'beian.sqlite3'}"
    if (folder / "config.toml").exists():
        app.config.from_mapping(_settings_in(folder / "config.toml"))
    app.config.from_mapping(overrides)
    for name, advice in EMPTY_KEYS.items():
        _refuse_empty(folder / name, advice)
    app.config["OWN_SECRET_KEY"] = bool(app.config.get("SECRET_KEY"))
    if not app.config["OWN_SECRET_KEY"]:
        app.config["SECRET_KEY"] = _secret_key(folder / "secret_key")


def _settings_in(file: Path) -> dict[str, Any]:
    """The settings of a file, which Windows' editor may have begun with a byte order mark."""
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except ValueError as mistake:
        sentence = f"{file.name} 有误，程序没有启动。请对照 config.example.toml 修改：\n{mistake}"
        raise click.ClickException(sentence) from None


def _refuse_empty(file: Path, advice: str) -> None:
    """A key that was cut off by a full disk or a bad copy would be the same for everybody."""
    if file.exists() and not file.read_bytes().strip():
        raise click.ClickException(f"密钥文件 {file} 是空的，程序没有启动。请从备份恢复这个文件；{advice}")


def _secret_key(file: Path) -> str:
    """The deployment's own key, made at the first start and readable by its owner alone."""
    return files.write_first(file, secrets.token_hex(32).encode()).decode().strip()
