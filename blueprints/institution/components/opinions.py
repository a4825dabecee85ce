"""The opinion a request gives, and what helps to give one."""

from flask import flash, g, request
from flask_login import current_user

from models.filings.filing import Filing
from models.filings.queries import place_of
from models.messaging import saved_replies
from models.rules.messages import clean, say
from models.rules.workflow import Refused

LONGEST = 2000
# What a reporter ticks to hand in though a sanction stands against it.
KNOWING = "知悉处理，仍要提交"


def read_opinion() -> tuple[str, str]:
    """The opinion as typed and a sentence when it is too long to print; '' when it is not.

    Where nothing was typed, the one chosen from the list that stands there with scripts off.
    """
    opinion = clean(request.form.get("opinion", "")) or clean(request.form.get("canned", ""))
    if len(opinion) <= LONGEST:
        return opinion, ""
    return opinion, say("too_long", label="意见", max=LONGEST, now=len(opinion))


def read_reason() -> tuple[str, str]:
    """Why an approval goes on though a sanction stands against it, and a sentence when it is too long."""
    if request.form.get("go_on") != "1":
        return "", ""
    reason = clean(request.form.get("despite", ""))
    if len(reason) <= LONGEST:
        return reason, ""
    return reason, say("too_long", label="理由", max=LONGEST, now=len(reason))


def read_despite() -> str:
    """Why a submission goes on though a sanction stands against it: the words that were ticked."""
    return KNOWING if request.form.get("despite") == "1" else ""


def keep_opinion(opinion: str) -> None:
    """Keep the opinion just given if 存为常用意见 was ticked; what was decided stands anyway."""
    if not opinion or request.form.get("remember") != "1":
        return
    if opinion in {reply.text for reply in saved_replies.of(current_user)}:
        return
    try:
        saved_replies.add(current_user, opinion)
    except Refused as refusal:
        flash(f"意见已提交，但没有存为常用意见：{refusal}", "warning")


def signing_help(filing: Filing | None) -> dict:
    """What helps to sign a filing: one's own opinions and its place on the desk; None: no help."""
    if filing is None:
        return {"canned": [], "queue": None}
    return {"canned": saved_replies.of(current_user), "queue": place_of(g.institution, current_user, filing)}
