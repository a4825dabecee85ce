"""Who may do what: the one table that buttons and guards both ask."""

from collections.abc import Collection
from enum import StrEnum
from typing import Protocol


class Action(StrEnum):
    """What a route can declare. Which objects it reaches is the person's scope, not the action."""

    OPEN = "open"  # anybody, signed in or not
    ENTER = "enter"  # anybody signed in to this school
    READ = "read"  # filings, register and summary tables within one's units
    FILE = "file"  # write filings for one's units
    REVIEW = "review"  # the desk: give an opinion where the route asks for it
    OVERSEE = "oversee"  # the office's own deeds on accounts: seen gone, allowed to open
    ADMINISTER = "administer"  # units and people
    AUDIT = "audit"  # the trail of all that was done, and its export


# The administrator keeps units and people and may not approve; the auditor may not write.
ROLES = {
    Action.READ: {"reporter", "head", "office"},
    Action.FILE: {"reporter", "office"},
    Action.REVIEW: {"reporter", "head", "office"},
    Action.OVERSEE: {"office"},
    Action.ADMINISTER: {"admin"},
    Action.AUDIT: {"auditor"},
}
# Who may sign for an absent head; whoever administers or audits never decides, not even so.
MAY_SIGN = ROLES[Action.REVIEW]
NEVER_DECIDES = ROLES[Action.ADMINISTER] | ROLES[Action.AUDIT]


class HoldsRoles(Protocol):
    """Anyone who can say which roles they hold."""

    def has(self, role: str) -> bool: ...


def may(person: HoldsRoles, action: Action) -> bool:
    """Whether a signed-in person's roles allow an action somewhere in their school."""
    if action in (Action.OPEN, Action.ENTER):
        return True
    return any(person.has(role) for role in ROLES[action])


def may_stand_in(roles: Collection[str]) -> bool:
    """Whether somebody who holds these roles somewhere in the school may sign for an absent head."""
    return bool(MAY_SIGN.intersection(roles)) and not NEVER_DECIDES.intersection(roles)
