"""Who went from this browser to the CAS server, and where they were going.

A random state goes along in the address they come back to and stays in their session, once: nobody
can be signed in by a link that somebody else made.
"""

import secrets
from dataclasses import dataclass

from flask import session

VISITS = "cas"
# Several tabs at once; all of a session must fit into one cookie.
MOST = 3
LONGEST_NEXT = 400  # bytes


@dataclass(frozen=True)
class Visit:
    """One way to the CAS server and back."""

    school: str
    state: str
    wanted: str


def begin(school: str, wanted: str) -> Visit:
    """Note that this browser sets out for the CAS server."""
    fits = len(wanted.encode("utf-8", "replace")) <= LONGEST_NEXT
    visit = Visit(school, secrets.token_urlsafe(18), wanted if fits else "")
    session[VISITS] = [*session.get(VISITS, []), [visit.school, visit.state, visit.wanted]][-MOST:]
    return visit


def finish(school: str, state: str) -> Visit | None:
    """The visit of a state, once; None when it did not start in this browser."""
    visits = [Visit(*kept) for kept in session.get(VISITS, [])]
    visit = next((visit for visit in visits if (visit.school, visit.state) == (school, state)), None)
    if visit:
        session[VISITS] = [[other.school, other.state, other.wanted] for other in visits if other != visit]
    return visit
