"""What the program can say to the person who deploys it stands on docs/deploy/troubles.md, with what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import HOUSE

PAGE = HOUSE / "docs/deploy/troubles.md"
# Where what they read is written: starting, commands, the server, its settings, backups, the history's check.
SAYING = (
    "app.py",
    "blueprints/cli/*.py",
    "blueprints/auth/session.py",
    "blueprints/auth/cas/__init__.py",
    "blueprints/web/health.py",
    "blueprints/web/protection.py",
    "blueprints/web/server.py",
    "blueprints/web/unavailable.py",
    "models/*.py",
    "models/audit/[!te]*.py",
    "models/backup/*.py",
    "models/rules/settings/*.py",
)
# Said to others, in pages and mails, or by the demo.
TO_OTHERS = ("demo.py", "jobs.py", "purge.py")
# Success, questions, and the words that stand for something in the sentences.
CALLS_THAT_TELL = ("click.echo", "click.prompt", "click.confirm", "_ask")
SUCCESS = {
    "……自动发送，请勿回复。不想再收到，可在“个人设置”中清空邮箱。",
    "…打开查看：……",
    "…，催报 … 个单位，通知 … 人次。",
    "… 件备案的状态和内容都与记录、签署相符，… 个附件与上传时相同，… 份报送与签字时相同",
    "# 本部署的学校，其他学校没有页面。SCHOOLS = …",
    "<p>字</p>",
    "密码只显示这一次，7 天内有效；首次登录时要换成自己的密码。",
    "您的账号已停用，或不再能查看备案，文件没有生成。如有疑问请联系系统管理员。",
    "统一身份认证登录",
}
# They stand within a sentence, or beside one that says what to do.
WITHIN = {
    "… 的内容不对",
    "…的行或表头",
    "刚才的操作没有生效。",
    "填写的内容还在本页。",
    "压缩包读不出来",
    "原因见上面的输出",
    "审核到第几步",
    "报送单位、签字人、年度等登记信息",
    "报送清单",
    "缺少一张表（…）",
    "办结时间",
    "找不到文件",
    "提交时间",
    "数据库与清单不符",
    "磁盘空间不够",
}
# A word, not a sentence: it stands within one.
SHORTEST = 4
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENTRY = re.compile(r"^- `([^`]+)`$")


def shown(text: str) -> str:
    """A sentence as the page has it: what differs each time is …, and it stands on one line."""
    return "".join(re.sub(r"\{[^{}]*\}|%\.?\d*s", "…", text).split("\n")).strip()


def written(tree: ast.AST, ignored: set[int]) -> Iterator[str]:
    within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in ignored | within:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def all_below(node: ast.AST) -> set[int]:
    return {id(part) for part in ast.walk(node)}


def not_said(tree: ast.AST) -> set[int]:
    """Docstrings, the help of options, and what a command says when all is well."""
    ignored: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and isinstance(
            node.body[0], ast.Expr
        ):
            ignored |= all_below(node.body[0])
        elif (isinstance(node, ast.keyword) and node.arg == "help") or (
            isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS_THAT_TELL
        ):
            ignored |= all_below(node)
    return ignored


def sentences() -> set[str]:
    """Of the program, and of the proxy's sample."""
    gathered = set(re.findall(r'return \d+ "(.+)";', (PAGE.parent / "nginx.conf").read_text("utf-8")))
    for file in (path for pattern in SAYING for path in HOUSE.glob(pattern) if path.name not in TO_OTHERS):
        tree = ast.parse(file.read_text("utf-8"))
        for text in written(tree, not_said(tree)):
            if len(CHINESE.findall(text)) >= SHORTEST:
                gathered.add(shown(text))
    return gathered - SUCCESS - WITHIN


def log_lines() -> set[str]:
    """What stands in the server's output, in English, of what went wrong."""
    gathered = set()
    for file in (path for room in ("blueprints", "models") for path in (HOUSE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "log.error",
                "log.exception",
                "log.warning",
            ):
                gathered.add(shown(ast.literal_eval(node.args[0])))
    return gathered


def entries() -> set[str]:
    return {match[1] for line in PAGE.read_text("utf-8").splitlines() if (match := ENTRY.match(line))}


def test_every_sentence_has_its_entry():
    assert sorted((sentences() | log_lines()) - entries()) == []


def test_no_entry_is_of_a_sentence_that_nobody_says():
    assert entries() - sentences() - log_lines() == set()


def test_what_is_said_is_gathered():
    """The gathering itself sees an exception, an f-string, a constant, and no success."""
    assert "服务正在运行，没有…。请先停止服务，再运行一次。" in sentences()
    assert "密钥文件 … 是空的，程序没有启动。请从备份恢复这个文件；…" in sentences()
    assert not any(text.startswith("已备份到") for text in sentences())
    assert len(sentences()) > 100
    assert len(log_lines()) > 15


def groups() -> list[str]:
    """Entries that share a cure, each group with what stands below it."""
    return re.findall(r"(?:^- `[^`]+`\n)+\n?(.*)", PAGE.read_text("utf-8"), re.MULTILINE)


def test_every_entry_is_followed_by_what_to_do():
    assert groups()
    assert [cure for cure in groups() if not CHINESE.search(cure)] == []


@pytest.mark.parametrize("path", [Path(pattern) for pattern in SAYING], ids=str)
def test_every_place_that_is_looked_through_is_there(path):
    assert list(HOUSE.glob(str(path)))
