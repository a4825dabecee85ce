"""What the person who runs the server types: `flask --app app <command>`."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import click
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy.orm import configure_mappers

from blueprints.auth.pages import HASHING
from blueprints.cli import audit, backup, demo, housekeeping, jobs, mail
from blueprints.cli.people import add_person, add_unit, reset_password
from blueprints.cli.remind import remind
from blueprints.cli.setup import setup
from blueprints.cli.upgrade import freeze_what_was_signed, refuse_another_version
from blueprints.cli.workers import at_work
from blueprints.web import memory, security_log
from models.database import MIGRATIONS, db, engine_in_use
from models.people.unsignable import unsignable_steps
from models.purpose import Purpose, purpose
from models.rules.definitions.institution import Institution
from models.rules.definitions.schema import schema

BLUEPRINTS = Path(__file__).parents[1]


def init_app(app: Flask) -> None:
    """Add the commands of this house to the `flask` command line."""
    for command in (
        prepare,
        setup,
        serve,
        check_definitions,
        definition_schema,
        preview,
        jobs.make_file,
        add_unit,
        add_person,
        reset_password,
        remind,
    ):
        app.cli.add_command(command)


@click.command()
@click.option("--demo/--no-demo", "wants_demo", default=True, help="演示数据，只装入空库")
def prepare(wants_demo: bool) -> None:
    """Bring the database up to date; make an empty one a trial with the demo of every school."""
    upgrade(directory=str(MIGRATIONS))
    freeze_what_was_signed()
    if not wants_demo:
        return
    if purpose() is Purpose.real:
        click.echo("这是正式环境：数据库结构已是最新，不装入演示数据。")
        return
    for code, institution in current_app.extensions["institutions"].items():
        folder = _folder_of(code)
        if folder is not None and demo.is_wanted(institution):
            laid_out = demo.load_demo(institution, folder)
            _show_passwords(institution, laid_out.accounts)
            for sentence in laid_out.left_out:
                click.echo(f"  未装入：{sentence}")


def _folder_of(code: str) -> Path | None:
    """The folder that holds a school's demo.yaml: the deployment's own before the built-in."""
    for home in (Path(current_app.instance_path) / "institutions", BLUEPRINTS):
        if (home / code / "demo.yaml").exists():
            return home / code
    return None


def _show_passwords(institution: Institution, people: list[tuple[str, str, str, str]]) -> None:
    click.echo(f"\n{institution.name}：演示账号（密码只显示这一次，请记下）")
    for name, username, password, roles in people:
        click.echo(f"  {username:<14} {password:<20} {name}　{roles}")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--threads", default=8, show_default=True, help="每个进程的线程数")
@click.option("--processes", type=click.IntRange(1, 32), help="进程数，默认每个处理器一个，最多 4 个")
def serve(host: str, port: int, threads: int, processes: int | None) -> None:
    """Serve with waitress until interrupted."""
    with backup.serving():
        refuse_another_version()
        # Nothing may be open when processes are started.
        db.engine.dispose()
        _serve(host, port, threads, processes)


def _serve(host: str, port: int, threads: int, processes: int | None) -> None:
    from blueprints.web import processes as several

    _warn_of_open_hosts(host)
    click.echo(f"数据库：{engine_in_use()}")
    count = processes or several.usual()
    if count == 1 or not several.CAN_FORK:
        _serve_alone(threads, 1, _say_where(host), host=host, port=port)
        return
    sockets = several.listen_at(host, port)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def work(number: int) -> None:
        with app.app_context():
            # What the first process may have opened is not this one's to use.
            db.engine.dispose(close=False)
            _serve_alone(threads, count, lambda _: None, works=number == 0, sockets=sockets)

    # Once for all of them, in time and in memory; who comes meanwhile waits at the sockets.
    memory.give_back_what_is_freed()
    _load_everything(app)
    memory.share_with_children()
    _say_where(host)(sockets[0].getsockname()[1])
    several.run(count, work)
    for listening in sockets:
        listening.close()


def _say_where(host: str) -> Callable[[int], None]:
    return lambda port: click.echo(f"\n打开浏览器访问 http://{host}:{port}　（按 Ctrl+C 停止）")


def _serve_alone(
    threads: int, processes: int, listening: Callable[[int], None], works: bool = True, **where: Any
) -> None:
    """Serve in this process, one of so many. `works`: it is the one that sends mail, seals and tidies up."""
    from blueprints.web import server

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    security_log.keep_in(Path(current_app.instance_path) / "logs")
    Thread(target=_warm_up, args=(app, works), daemon=True).start()
    beside = [*mail.jobs(app), *backup.jobs(app), audit.JOB, jobs.JOB, *housekeeping.JOBS]
    with at_work(app, beside if works else []):
        server.serve(
            app,
            server.bounds_here(current_app.config["MAX_CONTENT_LENGTH"], processes),
            listening,
            threads=threads,
            apart={rule.rule for name in HASHING for rule in app.url_map.iter_rules(name)},
            ident=None,
            **where,
            **_proxy_settings(current_app.config.get("TRUSTED_PROXY")),
        )


def _warm_up(app: Flask, examines: bool) -> None:
    """Do what a start leaves out, so that nobody waits for it who first signs in or prints.

    `examines`: a process that looks into files begins now, too, not with the first file.
    """
    from models.examining import pool

    _load_everything(app)
    if examines:
        pool.POOL.get_ready()


def _load_everything(app: Flask) -> None:
    """What the first who needs it would load: libraries, tables, the fonts, every page's template."""
    import argon2  # noqa: F401
    import email_validator  # noqa: F401
    import pypdf  # noqa: F401
    import segno  # noqa: F401

    from blueprints.institution.components import table_workbook  # noqa: F401
    from blueprints.institution.paper import summary_pdf  # noqa: F401
    from blueprints.institution.pdf import render
    from models.rules.deadlines import working_days

    configure_mappers()
    working_days()
    # Whatever else drawing takes is loaded by drawing.
    render("<p>字</p>", title="")
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)


def _proxy_settings(address: str | None) -> dict:
    """Waitress's settings for the one proxy whose word is taken on who asked, and how.

    Without `TRUSTED_PROXY` every such header is thrown away, whoever sends it.
    """
    if not address:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "trusted_proxy": address,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        "clear_untrusted_proxy_headers": True,
    }


def _warn_of_open_hosts(host: str) -> None:
    """Links on paper are made with the name a browser asked for: it must be one of ours."""
    if host not in ("127.0.0.1", "localhost", "::1") and not current_app.config["TRUSTED_HOSTS"]:
        click.echo("提醒：对外提供服务时请在 config.toml 中用 TRUSTED_HOSTS 写明本系统的域名。")


@click.command("check-definitions")
@click.option("--database", is_flag=True, help="并列出现在没有人可以签署的步骤")
def check_definitions(database: bool) -> None:
    """Say what was found. A school that is not sound has already stopped the start."""
    for institution in current_app.extensions["institutions"].values():
        forms = "、".join(form.short for form in institution.forms.values())
        registers = "、".join(register.short for register in institution.registers.values())
        click.echo(f"{institution.code} {institution.name}：表单 {forms}；汇总表 {registers or '无'}")
        for missing in unsignable_steps(institution) if database else ():
            click.echo(f"  {missing.sentence}")
    click.echo("定义检查通过。")


@click.command("definition-schema")
def definition_schema() -> None:
    """Print the JSON Schema of the YAML, for editors that complete and check while typing."""
    click.echo(json.dumps(schema(), ensure_ascii=False, indent=2))


@click.command()
@click.argument("school")
@click.argument("form")
@click.option("--out", type=click.Path(path_type=Path), help="写到哪个 PDF 文件")
def preview(school: str, form: str, out: Path | None) -> None:
    """Print FORM of SCHOOL to a PDF: blank, then filled with example answers."""
    from blueprints.institution import paper

    institution = current_app.extensions["institutions"].get(school)
    if institution is None or form not in institution.forms:
        known = [
            f"{code} {name}"
            for code, item in current_app.extensions["institutions"].items()
            for name in item.forms
        ]
        raise click.ClickException("没有这个学校或表单。现有：" + "；".join(known))
    out = out or Path(current_app.instance_path) / "preview" / f"{school}-{form}.pdf"
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        out.write_bytes(paper.preview(institution, institution.forms[form]))
    except paper.PaperError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"已写入 {out}")
