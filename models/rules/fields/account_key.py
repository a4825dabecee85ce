"""When two spellings mean the same account, or the same name."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from urllib.parse import unquote

from models.rules.typed_text import folded

# Longer answers no form takes: the keys of what is kept are those of the whole text.
LONGEST_TITLE, LONGEST_ACCOUNT = 3000, 2000
_ADDRESS = re.compile(
    r"(?P<host>[^\s/:.@?#]+(?:\.[^\s/:.@?#]+)+)(?::(?P<port>\d*))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?"
)
_FRONT = re.compile(r"^(?:@|(?:https?:)?//+)+")
# The computer's and the phone's face of one site; not before a word that is no host any more.
_FACES = re.compile(r"^(?:(?:www|m|wap)\.)+(?=[^/:?#.]+\.[^/:?#.])")
# Where a link was copied, never what it leads to.
_TRACKING = re.compile(
    r"from|is_from_.*|isappinstalled|ref|refer|referer|referrer|scene|sessionid|share.*|source|spm"
    r"|tabtype|timestamp|utm_.*|vd_source|wx_header"
)


def normalise(text: str, hosts: Sequence[str] = (), kept: Collection[str] | None = None) -> str:
    """The key under which an account is unique: '' when nothing is left. Never raises.

    Width, case, spaces and characters without a shape do not tell accounts apart, nor an @ in
    front (一号一报备). Of an address neither do the scheme, the usual ports, `www.` and `m.`,
    percent signs, the slash at the end, a place on the page, the order of the query and what in
    it only says where a link was copied. A route behind `#/` or `#!` leads somewhere and stays.

    `hosts`: names of one site, of which the first stands for all. `kept`: the only words of the
    query that tell its accounts apart; None where nothing is known of the site.

    Keys are stored when an account is claimed, so a change of these rules, or of a form's
    `identifiers`, leaves the old keys in place: such a row is compared as it was spelled then,
    until its next approved filing writes its key anew. After a release a change here needs a
    migration that does so for all rows at once.
    """
    before, key = None, text[:LONGEST_ACCOUNT]
    # Each round takes something away or leaves all as it is, so it ends; one slip may hide another.
    while key != before:
        before, key = key, _FRONT.sub("", _plain(key)).rstrip("/")
        if address := _ADDRESS.fullmatch(_FACES.sub("", key)):
            key = _address_key(address, hosts, kept)
    return key


def title_key(title: str) -> str:
    """A name without what people write differently: width, case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", folded(title[:LONGEST_TITLE]))


def _plain(text: str) -> str:
    decoded = unquote(folded(text))
    return "".join(
        character
        for character in decoded
        if not character.isspace() and unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )


def _address_key(address: re.Match[str], hosts: Sequence[str], kept: Collection[str] | None) -> str:
    host, port = address["host"], address["port"]
    if host in hosts:
        host = hosts[0]
    if port and port.lstrip("0") not in ("80", "443"):
        host = f"{host}:{port}"
    words = sorted(word for word in (address["query"] or "").split("&") if _tells(word, kept))
    query = "?" + "&".join(words) if words else ""
    fragment = (address["fragment"] or "").rstrip("/!")
    route = f"#{fragment}" if fragment.startswith(("/", "!")) else ""
    return f"{host}{(address['path'] or '').rstrip('/')}{query}{route}"


def _tells(word: str, kept: Collection[str] | None) -> bool:
    """Whether one word of a query says which account is meant."""
    name = word.partition("=")[0]
    if kept is not None:
        return name in kept
    return bool(word) and not _TRACKING.fullmatch(name)
