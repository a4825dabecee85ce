"""The opinion a request gives, for one filing or many."""

from flask import request

from models.messages import clean, say

LONGEST = 2000


def read_opinion() -> tuple[str, str]:
    """The opinion as typed and a sentence when it is too long to print; '' when it is not."""
    opinion = clean(request.form.get("opinion", ""))
    if len(opinion) <= LONGEST:
        return opinion, ""
    return opinion, say("too_long", label="意见", max=LONGEST, now=len(opinion))
