"""What somebody puts their name to when a filing is submitted, approved or completed, part by part.

Each such event keeps salted digests of it (`models.events.history`), so that a paper which was changed
beside the app is found: by `models.audit.papers`, and here before anybody else signs it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, select

from models.database import db
from models.events import history
from models.events.history import Event
from models.filings.attachment import Attachment
from models.filings.filing import Filing
from models.rules.event_labels import deed_label
from models.rules.fields.media import attachment_ids
from models.rules.workflow import EDITABLE, Refused, Verb

SIGNING = (Verb.submit, Verb.approve)
ANSWERS, ENTRY, EDITION, FILE = "answers", "row", "edition", "file "
LABELS = {ANSWERS: "填报内容", ENTRY: "编号、名称、单位等登记信息", EDITION: "表单版本"}
# Written when the paper is handed in, decided or completed, and never between. Not among them: `search`,
# which is for finding alone; state, step, submitter and moments, which the events themselves tell.
COLUMNS = (
    "form",
    "channel_id",
    "unit_id",
    "owner_kind",
    "number",
    "base_id",
    "base_answers",
    "opened",
    "title",
    "platform",
    "account",
    "person",
    "phone",
)

# By an attachment's id: the digest of its bytes, and as what it is shown.
Files = Mapping[int, list[str]]


def content_of(filing: "Filing | Row", files: Files | None = None) -> dict[str, Any]:
    """The parts that are signed, of a filing or a row with its columns.

    Of what is being written again they are those of the last submission, without the entry: that
    changes lawfully. `files`: looked up where they are not given. Raises ValueError or TypeError when
    the answers are none.
    """
    being_written = filing.state in EDITABLE
    answers = (filing.submitted_answers if being_written else filing.answers) or {}
    ids = attachment_ids(answers)
    if files is None:
        files = files_by_id(ids.values())
    parts = {ANSWERS: answers, EDITION: filing.edition_digest}
    if not being_written:
        parts[ENTRY] = {name: getattr(filing, name) for name in COLUMNS} | {
            "kind": str(filing.kind),
            "happened_on": filing.happened_on and filing.happened_on.isoformat(),
        }
    return parts | {FILE + item: files.get(number) for item, number in ids.items()}


def files_by_id(ids: Iterable[int]) -> dict[int, list[str]]:
    """What is signed of these attachments; one that is gone is left out."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = select(Attachment.id, Attachment.digest, Attachment.mime).where(Attachment.id.in_(wanted))
    return {number: [digest, mime] for number, digest, mime in db.session.execute(query)}


def altered_parts(filing: "Filing | Row", entry: "Event | Row", files: Files | None = None) -> list[str]:
    """The parts of a filing that are not as they were signed with that event, which still has its salt.

    Raises ValueError or TypeError when the row cannot be read.
    """
    digests = history.digests(entry.salt, content_of(filing, files))
    signed = dict(entry.signed or {})
    if ENTRY not in digests:
        signed.pop(ENTRY, None)
    parts = {name for name in signed | digests if signed.get(name) != digests.get(name)}
    if filing.state not in EDITABLE and filing.submitted_answers != filing.answers:
        parts.add(ANSWERS)
    return sorted(parts)


def refuse_altered(filing: Filing) -> None:
    """Raises Refused when a filing is not as it was signed last: nobody adds their name to that."""
    last = history.last_signed(filing.id)
    if last is not None and last.salt and (parts := altered_parts(filing, last)):
        raise Refused(
            f"这件备案的{in_words(parts)}与{last.actor_name}“{deed_label(last.verb)}”时的不一致，可能在系统之外被改动，"
            "不能再签署。请联系系统管理员核对记录。"
        )


def in_words(parts: Iterable[str]) -> str:
    """Parts as people call them: 填报内容、附件."""
    return "、".join(dict.fromkeys(LABELS.get(part, "附件") for part in parts))
