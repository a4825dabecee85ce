"""Texts that cost a careless reader the most time, in the length that is wanted."""

from urllib.parse import urlencode

from models.rules.typed_text import LONGEST_TYPED

# Beginning, what is repeated, end. The marks are of many classes by turns: normalising sorts them.
WORST = {
    "marks": ("a", "\u0301\u0323\u0334\u0345\u05b0\u3099", ""),
    "growing": ("", "\ufdfa", ""),
    "surrogates": ("", "\ud800", ""),
    "spaces": ("其他1", " ", "1"),
    "digits": ("", "9", ""),
    "slashes": ("a.b", "/", ""),
    "clocks": ("2026-11-01", "T ", "x"),
    "percents": ("a", "%25", ""),
    "lines": ("a", "\t\n", "a"),
}


def text_of(kind: str, most: int) -> str:
    """A worst text that is just short enough to be read, and weighs at most so many bytes in a form."""
    start, middle, end = WORST[kind]
    ends = len(encoded({"": start + end}))
    times = min((most - ends) // len(encoded({"": middle})), LONGEST_TYPED // len(middle) - 10)
    return start + middle * max(times, 0) + end


def encoded(items: dict[str, str]) -> str:
    """A form's body, lone surrogates included."""
    return urlencode(items, errors="surrogatepass")
