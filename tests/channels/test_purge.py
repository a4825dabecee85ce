"""到期清理: the office chooses what goes; after it nothing of the people is found anywhere."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from blueprints.institution.components import print_run
from models import jobs
from models.channels.channel import Channel
from models.clock import utcnow
from models.database import db
from models.events.history import Event
from models.filings.filing import Filing
from models.jobs import FileJob, JobKind, Progress
from models.people.person import Person
from models.rules.definitions.institution import Retention
from tests import pages
from tests.builders import ACCOUNT, file, pdf
from tests.imports.pages.conftest import group, preview

WORDS = {
    "负责人姓名": "欧阳菲",
    "负责人联系电话": "18612345001",
    "账号或网址": "canary_ouyang",
    "负责老师": "司马昭",
    "负责老师电话": "18612345002",
    "简要介绍": "诸葛写的介绍",
}
CANARIES = (
    "欧阳菲",
    "18612345001",
    "canary_ouyang",
    "司马昭",
    "18612345002",
    "诸葛写的介绍",
    "公孙的留言",
    "皇甫的意见",
)
TITLE = "平院旧闻"


@pytest.fixture
def keeps(app):
    """The school keeps what is known of people for three years after an account has ended."""
    schools = app.extensions["institutions"]
    schools["pdsu"] = schools["pdsu"].model_copy(update={"retention": Retention(closed_years=3)})


@pytest.fixture
def address(app, sign_in) -> str:
    """A filing about an account that was seen gone four years ago."""
    reporter, head, office = sign_in("linxiao"), sign_in("zhoumin"), sign_in("suyi")
    place = pages.filed_by(reporter, ACCOUNT | WORDS | {"平台名称": TITLE})
    pages.decide(head, place, "同意", "皇甫的意见")
    pages.decide(office, place, "同意备案")
    reporter.open(place)
    reporter.submit("发送", text="公孙的留言")
    reporter.client.get(f"{place}/sheet.pdf")
    end(app, TITLE, utcnow() - timedelta(days=4 * 366))
    return place


def end(app, title: str, when: datetime) -> None:
    with app.app_context():
        db.session.execute(
            update(Channel).where(Channel.title == title).values(state="closed", closed_at=when, gone_at=when)
        )
        db.session.commit()


def run(app, *words: str):
    with app.app_context():
        return app.test_cli_runner().invoke(args=words)


def left_in(folder: str) -> set[str]:
    """The canaries whose bytes are in any file of the instance folder."""
    found = b"".join(one.read_bytes() for one in Path(folder).rglob("*") if one.is_file())
    return {word for word in CANARIES if word.encode() in found}


@pytest.mark.sqlite("looks into the file; its twin is in tests/house/test_engines.py")
def test_the_office_erases_what_is_due(app, keeps, sign_in, address):
    office = sign_in("suyi")
    assert left_in(app.instance_path) == set(CANARIES)
    office.open("/pdsu/closings")
    page = office.follow("到期清理")
    assert [one.get_text() for one in page.soup.select("td[data-label=名称] a")] == [TITLE]
    assert "不能恢复" in page.text
    page = office.submit("确认清理")
    assert f"{TITLE}：已清理备案 1 件" in page.text
    assert "没有到期的账号" in page.text
    assert left_in(app.instance_path) == set()
    assert not list(Path(app.instance_path, "cache", "sheets").glob("*.pdf"))


def test_what_was_purged_is_shown_as_a_shell(keeps, sign_in, address):
    office = sign_in("suyi")
    office.open("/pdsu/retention")
    office.submit("确认清理")
    page = office.open(address)
    assert page.heading == TITLE
    assert "个人信息已于" in page.text
    assert "打印 PDF" not in page.text
    assert "显示完整号码" not in page.text
    assert office.client.get(f"{address}/sheet.pdf").status_code == 404
    assert "林晓 提交" in page.find("#status .history").get_text(" ", strip=True)
    channel = office.follow("查看平台")
    assert "个人信息已于" in channel.text
    assert "清理个人信息" in sign_in("shenzhi").open("/pdsu/audit").text
    for place in ("filings/", "register?state=closed", "dashboard", "summaries/accounts", ""):
        assert office.open(f"/pdsu/{place}").status == 200
    assert TITLE in office.open("/pdsu/register?state=closed").text


@pytest.mark.sqlite("looks into the file; its twin is in tests/house/test_engines.py")
def test_what_is_not_ticked_stays(app, keeps, sign_in, address):
    end(app, "平院信工", utcnow() - timedelta(days=5 * 366))
    office = sign_in("suyi")
    page = office.open("/pdsu/retention")
    boxes = page.soup.select("input[name=channel]")
    assert len(boxes) == 2
    page = office.submit("确认清理", channel=boxes[0]["value"])
    assert [one.get_text() for one in page.soup.select("td[data-label=名称] a")] == [TITLE]
    assert "欧阳菲" in left_in(app.instance_path)
    assert office.submit("确认清理", channel=None).status == 422


def test_what_is_not_due_is_refused_in_words(app, keeps, sign_in, address):
    office = sign_in("suyi")
    office.open("/pdsu/retention")
    with app.app_context():
        other = db.session.scalar(select(Channel.id).where(Channel.title == "平院信工"))
    page = office.submit("确认清理", channel=[str(other), "99999"])
    assert "平院信工：“平院信工”没有到期，或已经清理。" in page.text
    with app.app_context():
        assert db.session.scalar(select(Filing.purged_at).where(Filing.title == "平院信工")) is None


def test_a_school_without_a_limit_keeps_all(sign_in, address):
    office = sign_in("suyi")
    assert "到期清理" not in office.open("/pdsu/closings").find("main").text
    page = office.open("/pdsu/retention")
    assert "没有设置保留年限" in page.text
    assert not page.soup.select("input[name=channel]")


@pytest.mark.parametrize("username", ["linxiao", "zhoumin", "guanyiming", "shenzhi"])
def test_nobody_else_purges(keeps, sign_in, username):
    browser = sign_in(username)
    token = browser.open("/pdsu/").find("[name=csrf_token]")["value"]
    assert browser.client.get("/pdsu/retention").status_code == 403
    answer = browser.client.post("/pdsu/retention", data={"csrf_token": token, "channel": "1"})
    assert answer.status_code == 403


@pytest.mark.sqlite("looks into the file; its twin is in tests/house/test_engines.py")
def test_the_command_only_lists_until_it_is_told_to_erase(app, keeps, address):
    said = run(app, "purge").output
    assert "到期的账号 1 个" in said
    assert f"{TITLE}（信息工程学院）" in said
    assert "还没有清理" in said
    assert "安徽商贸职业技术学院：没有设置保留年限，长期保留。" in said
    assert left_in(app.instance_path) == set(CANARIES)
    result = run(app, "purge", "--yes")
    assert result.exit_code == 0, result.output
    assert "已清理备案 1 件" in result.output
    assert left_in(app.instance_path) == set()
    assert run(app, "verify-history").exit_code == 0
    with app.app_context():
        last = db.session.scalar(select(Event).where(Event.verb == "purge"))
        assert last.actor_name == "管一鸣"


def job_of(app, username: str, progress: Progress, content: bytes) -> int:
    """A print of one filing, as far as it came, and what it holds so far."""
    with app.app_context():
        person = db.session.scalars(select(Person).filter_by(username=username)).first()
        request = {"filings": [1], "everyone": False, "link": "http://localhost/pdsu/filings/"}
        job = jobs.start(person, JobKind.print, request, "备案表（1件）.pdf", 1)
        job.advance(progress, 1)
        jobs.keep(job, content)
        db.session.commit()
        return job.id


def purge_by_page(app, sign_in) -> None:
    office = sign_in("suyi")
    office.open("/pdsu/retention")
    office.submit("确认清理")


def purge_by_command(app, sign_in) -> None:
    assert run(app, "purge", "--yes").exit_code == 0


@pytest.mark.parametrize("purge", [purge_by_page, purge_by_command])
def test_no_file_that_was_made_or_begun_before_outlives_a_purge(app, keeps, sign_in, address, purge):
    done = job_of(app, "wutong", Progress.done, "欧阳菲".encode())
    begun = job_of(app, "linxiao", Progress.drawing, "司马昭".encode())
    folder = Path(app.instance_path)
    torn = folder / "cache" / "sheets" / "tmp1.part"
    (folder / "files").mkdir(exist_ok=True)
    for path in (torn, folder / "files" / "7.pdf", folder / "files" / f"{begun}.log"):
        path.write_bytes("诸葛写的介绍".encode())
    purge(app, sign_in)
    assert left_in(app.instance_path) == set()
    assert list((folder / "files").iterdir()) == []
    assert not torn.exists()
    assert sign_in("wutong").client.get(f"/pdsu/files/{done}").status_code == 404
    for username, job in (("wutong", done), ("linxiao", begun)):
        assert "清理前生成的文件都已删除" in sign_in(username).open(f"/pdsu/prints/{job}").text


@pytest.mark.parametrize("moment", ["while it draws", "while it binds"])
def test_a_process_that_read_before_a_purge_finishes_no_file(
    app, keeps, sign_in, address, monkeypatch, moment
):
    """It holds in its memory what is erased meanwhile."""
    job = job_of(app, "wutong", Progress.waiting, b"")
    draw, bind = print_run.draw_batch, print_run.bind

    def purge_first(step):
        def purged(*arguments):
            result = step(*arguments)
            db.session.rollback()
            purge_by_command(app, sign_in)
            return result

        return purged

    if moment == "while it draws":
        monkeypatch.setattr(print_run, "draw_batch", purge_first(draw))
    else:
        monkeypatch.setattr(print_run, "bind", purge_first(bind))
    run(app, "make-file", str(job))
    with app.app_context():
        assert jobs.content_of(db.session.get(FileJob, job)) is None
        assert db.session.get(FileJob, job).status() == (Progress.failed, jobs.WITHDRAWN)
        assert not db.session.scalars(select(Event).where(Event.verb == "print", Event.filing_id == 1)).all()


def test_the_command_erases_among_many(app, keeps, sign_in, address):
    """Pages of the file that were split and joined keep nothing in what they do not use."""
    reporter = sign_in("linxiao")
    for number in range(12):
        pages.filed_by(
            reporter,
            ACCOUNT
            | {"平台名称": f"平院第{number}报", "账号或网址": f"other_{number}", "简要介绍": "其他介绍" * 50},
        )
    result = run(app, "purge", "--yes")
    assert result.exit_code == 0, result.output
    assert left_in(app.instance_path) == set()


@pytest.mark.sqlite("looks into the file; its twin is in tests/house/test_engines.py")
def test_what_is_thrown_away_leaves_no_byte(app, sign_in):
    """A draft with the proof that was handed in, and rows that were read and not taken over."""
    reporter = sign_in("linxiao")
    pages.find_channel(reporter, "平院信工")
    reporter.submit("注销")
    proof = pdf(2) + "\n% 诸葛写的介绍\n".encode()
    pages.keep(reporter, {"注销证明": file(proof, "公孙的留言.pdf"), "注销说明": "皇甫的意见"})
    assert left_in(app.instance_path) == {"诸葛写的介绍", "公孙的留言", "皇甫的意见"}
    reporter.submit("确认删除")
    assert left_in(app.instance_path) == set()

    preview(reporter, group("公孙的留言", 创建人="欧阳菲", 创建人电话="18612345001"))
    assert left_in(app.instance_path) == {"公孙的留言", "欧阳菲", "18612345001"}
    reporter.submit("放弃并删除")
    assert left_in(app.instance_path) == set()
