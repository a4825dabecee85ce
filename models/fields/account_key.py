"""When two spellings mean the same account, or the same name."""

import re
import unicodedata


def normalise(text: str) -> str:
    """The key under which an account is unique: '' when nothing is left.

    NFKC and casefold make full-width and capital letters equal; spaces, a URL's scheme, `www.`
    and the slash at the end do not tell accounts apart (一号一报备).
    """
    key = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())
    key = re.sub(r"^https?://", "", key)
    return key.removeprefix("www.").rstrip("/")


def title_key(title: str) -> str:
    """A name without what people write differently: width, case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", title).casefold())
