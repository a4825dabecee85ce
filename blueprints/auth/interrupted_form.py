"""What was typed when the session ended: carried through the sign-in in the pages themselves.

It travels in one hidden input, sealed by us, so that nobody else can put words into it; nothing of
it is stored on the server. Only what one of our own pages sent is carried (docs/decisions).
"""

from dataclasses import astuple, dataclass
from urllib.parse import urlsplit

from flask import current_app, g, request, session
from itsdangerous import BadData, URLSafeTimedSerializer

from blueprints.auth.session import CSRF, WHO
from blueprints.web.page import is_own_address
from models.people.person import Person

MOST_BYTES = 1024 * 1024
MOST_FIELDS = 4_000
LONGEST = 12 * 60 * 60  # seconds between what was typed and signing in again


@dataclass(frozen=True)
class Carried:
    """The fields (name, value) that were on their way to `address` of a school.

    `person`: who was signed in last in this browser, None when nobody knows; `files`: whether
    files were sent too, which cannot be carried.
    """

    institution: str
    address: str
    person: int | None
    files: bool
    fields: list[list[str]]

    def is_for(self, person: Person) -> bool:
        """Nobody goes on with what somebody else typed."""
        return self.institution == person.institution and self.person in (None, person.id)

    def named(self) -> dict[str, list[str]]:
        """The values by field, in the order in which they were sent."""
        values: dict[str, list[str]] = {}
        for name, value in self.fields:
            values.setdefault(name, []).append(value)
        return values


def pack() -> str:
    """What this request sent, sealed; '' when there is nothing to carry or it is too much."""
    carried = sent_here()
    return _sealer().dumps(astuple(carried)) if carried else ""


def sent_here() -> Carried | None:
    """What this request sent; None when there is nothing to carry or it is too much."""
    if not (_may_be_carried() and _came_from_here()):
        return None
    fields = [[name, value] for name, value in request.form.items(multi=True) if _is_open(name)]
    if not fields or len(fields) > MOST_FIELDS:
        return None
    if sum(len(name.encode()) + len(value.encode("utf-8", "replace")) for name, value in fields) > MOST_BYTES:
        return None
    files = any(file.filename for file in request.files.values())
    return Carried(g.institution.code, request.full_path.rstrip("?"), session.get(WHO), files, fields)


def unpack(sealed: str | None) -> Carried | None:
    """What `pack` sealed; None for anything else and for what is too old."""
    try:
        return Carried(*_sealer().loads(sealed or "", max_age=LONGEST))
    except BadData:
        return None


def _may_be_carried() -> bool:
    """Only forms of a school's own pages, never a password's."""
    return request.method == "POST" and "institution" in g and is_own_address(request.full_path)


def _came_from_here() -> bool:
    """Whether a page of ours sent this: another site's words are never offered for sending.

    Browsers say where a POST comes from; without a word of it, nothing is carried.
    """
    origin = request.origin or request.referrer or ""
    return urlsplit(origin).netloc == request.host


def _is_open(name: str) -> bool:
    return name != CSRF and "password" not in name.lower()


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key, salt="carried through sign-in")
