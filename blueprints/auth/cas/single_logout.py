"""Single logout: the CAS server tells which ticket's sign-in is over."""

from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import fromstring

PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"


def ticket_in(logout_request: str) -> str | None:
    """The ticket that a logoutRequest names; None when it is not a sound one."""
    try:
        root = fromstring(logout_request.encode("utf-8", "replace"), forbid_dtd=True)
    except (ParseError, ValueError, LookupError):
        return None
    named = root.findall(f"{PROTOCOL}SessionIndex")
    if root.tag != f"{PROTOCOL}LogoutRequest" or len(named) != 1:
        return None
    return (named[0].text or "").strip() or None
