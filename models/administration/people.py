"""What is done to the school's people, each with its event: for the pages, the commands and the lists.

No event holds a password or a full telephone number. Nothing commits. Who compares usernames or
counts administrators calls `lock_people` first.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from models.auth import attempts, hashing, sessions
from models.database import db, lock
from models.events import history
from models.people.person import Grant, Person
from models.rules.masking import mask_text
from models.rules.workflow import Role

LABELS = {"name": "姓名", "username": "用户名", "phone": "联系电话", "email": "邮箱", "grants": "角色和单位"}
# Read aloud and typed once: no letter or digit that looks like another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# What says that nothing was granted at all.
NO_GRANT = "请至少选择一项角色和单位；暂时不用的人员请停用。"
NOT_ONESELF = "不能停用自己，也不能去掉自己的“系统管理员”，请由另一位系统管理员操作。"


@dataclass(frozen=True)
class Details:
    """Who somebody is, as read by `particulars`."""

    name: str
    username: str
    phone: str = ""
    email: str = ""


def lock_people(institution: str) -> None:
    """Usernames and administrators are counted before a change: one at a time in a school."""
    lock(f"people of {institution}")


def holder(institution: str, username: str) -> Person | None:
    """Who has the username in the school; capital letters make no other name."""
    query = select(Person).where(
        Person.institution == institution, func.lower(Person.username) == username.lower()
    )
    with db.session.no_autoflush:
        return db.session.scalar(query)


def command_actor(institution: str) -> Person | None:
    """Under whose name history keeps what a command did: the first administrator's.

    Without one it is the first person's; None while nobody is there.
    """
    is_admin = Person.active & Person.grants.any(Grant.role == Role.admin)
    query = select(Person).where(Person.institution == institution)
    return db.session.scalar(query.order_by(is_admin.desc(), Person.id).limit(1))


def must_stay(person: Person, actor: Person) -> str:
    """Why a person must stay an active administrator; '' when they need not."""
    if person.id == actor.id:
        return NOT_ONESELF
    if person.active and person.has(Role.admin) and not other_administrators(person):
        return "这是最后一位系统管理员，请先把这个角色交给别人。"
    return ""


def other_administrators(person: Person) -> int:
    """How many others may administer the school, as the database says at this moment."""
    query = (
        select(func.count())
        .select_from(Person)
        .where(
            Person.institution == person.institution,
            Person.id != person.id,
            Person.active,
            Person.grants.any(Grant.role == Role.admin),
        )
    )
    return db.session.scalar(query)


@dataclass(frozen=True)
class OneTimePassword:
    """A password for somebody else, to be shown once, and what is kept of it."""

    text: str
    hash: str


def draw_password() -> OneTimePassword:
    """Four groups of four: about 79 bits. Before the transaction: raises hashing.WithinTransaction."""
    text = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    return OneTimePassword(text, hashing.hashed_drawn(text))


def add(person: Person, details: Details, grants: Iterable[tuple[Role, int]], actor: Person | None) -> None:
    """Keeps a new person, whose password is set already. Flushed.

    `grants`: roles and units' ids. `actor`: None where nobody is there yet to do it but they.
    """
    fill(person, details, grants)
    note_added(person, actor or person)


def fill(person: Person, details: Details, grants: Iterable[tuple[Role, int]]) -> None:
    """Makes somebody of a new person. Not flushed and not yet written down: many go in at once."""
    _write(person, details)
    person.active = True
    person.set_grants(set(grants))
    db.session.add(person)


def note_added(person: Person, actor: Person) -> None:
    """Writes down that a person was added."""
    _record(person, "person_add", actor, {})


def change(person: Person, details: Details, grants: set[tuple[Role, int]], actor: Person) -> bool:
    """What is known of a person and what they may do; events only for what changed.

    True when the grants changed: then every session of theirs has ended. Flushed.
    """
    before = described(person)
    _write(person, details)
    _record(person, "person_change", actor, before)
    before = described(person)
    changed = person.set_grants(grants)
    if changed:
        _record(person, "grant", actor, before)
        sessions.close_all(person)
    return changed


def disable(person: Person, actor: Person) -> None:
    """Keeps a person out; what they did stays theirs."""
    _switch(person, False, "person_disable", actor)


def enable(person: Person, actor: Person) -> None:
    """Lets a person in again."""
    _switch(person, True, "person_enable", actor)


def reset_password(person: Person, actor: Person, drawn: OneTimePassword) -> None:
    """A one-time password in place of a lost one; every session of theirs ends.

    A lock after too many failed tries is lifted.
    """
    person.set_one_time_password(drawn.hash)
    attempts.forgive(person.institution, person.username)
    sessions.close_all(person)
    history.record(person.institution, "password_reset", actor, opinion=name_for_history(person))


def change_own_email(person: Person, email: str) -> None:
    """What a person says of themselves."""
    before = described(person)
    person.email = email
    _record(person, "person_change", person, before)


def note_own_password(person: Person) -> None:
    """Writes down that somebody chose a new password."""
    history.record(person.institution, "password_change", person, opinion=name_for_history(person))


def name_for_history(person: Person) -> str:
    """A person in an event: name and username, the latter masked where it is a phone number."""
    return f"{person.name}（{mask_text(person.username)}）"


def described(person: Person) -> dict[str, str]:
    """What is known of a person, in people's words, path by path."""
    held = sorted(person.grants, key=lambda grant: (list(Role).index(grant.role), grant.unit_id))
    return {
        "name": person.name,
        "username": person.username,
        "phone": person.phone,
        "email": person.email,
        "grants": "、".join(f"{grant.role.label}（{grant.unit.name}）" for grant in held),
    }


def _write(person: Person, details: Details) -> None:
    person.name, person.username = details.name, details.username
    person.phone, person.email = details.phone, details.email


def _switch(person: Person, active: bool, verb: str, actor: Person) -> None:
    if person.active != active:
        person.active = active
        history.record(person.institution, verb, actor, opinion=name_for_history(person))
    sessions.close_all(person)


def _record(person: Person, verb: str, actor: Person, before: dict[str, str]) -> None:
    db.session.flush()
    after = described(person)
    changes = [
        {"path": path, "label": label, "before": before.get(path, ""), "after": after[path]}
        for path, label in LABELS.items()
        if before.get(path, "") != after[path]
    ]
    if changes:
        history.record(person.institution, verb, actor, opinion=name_for_history(person), changes=changes)
