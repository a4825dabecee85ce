"""Reading one YAML file so that every later complaint can name its line.

The words are read as they stand: keys stay the text they were typed as, dates are not turned
into dates, and what YAML itself would reinterpret (no → False, 0371 → 249) keeps its source text.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from models.rules.messages import say

Path_ = tuple[str | int, ...]
_SMALL_ENOUGH = 500_000


@dataclass(frozen=True)
class Mark:
    """Where something stands, and how a plain scalar was spelled."""

    file: str
    line: int
    raw: str = ""


@dataclass
class Source:
    """The data of a file, the mark of every path in it, and what was wrong with its text."""

    file: str
    data: Any = None
    marks: dict[Path_, Mark] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    # Mappings whose preset could not be found: what they lack is not their own mistake.
    gaps: set[Path_] = field(default_factory=set)

    def mark(self, path: Path_) -> Mark:
        """The mark of a path, or of the nearest thing around it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark(self.file, 1))

    def complain(self, path: Path_, message: str, /, **words: object) -> None:
        """Note an error at a path."""
        mark = self.mark(path)
        self.errors.append(located(mark.file, mark.line, say(message, **words)))


def located(file: str, line: int, sentence: str) -> str:
    """An error as people and editors read it."""
    return f"{file}:{line}: {sentence}"


class _Composer(yaml.composer.Composer):
    """Nodes without aliases: presets are the one way to repeat."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        # The events are the parser's, beside which this stands in a loader.
        if self.check_event(yaml.AliasEvent):  # type: ignore[attr-defined]
            mark = self.peek_event().start_mark  # type: ignore[attr-defined]
            raise yaml.composer.ComposerError(None, None, "alias", mark)
        return super().compose_node(parent, index)


class _Loader(_Composer, yaml.SafeLoader):
    """SafeLoader without timestamps and without aliases."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

if yaml.__with_libyaml__:

    class _QuickLoader(_Composer, yaml.CSafeLoader):
        """The same over libyaml's parser, which takes a tenth of the time."""

        yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers

        def __init__(self, text: str):
            yaml.CSafeLoader.__init__(self, text)
            yaml.composer.Composer.__init__(self)


def read_source(path: Path, shown_as: str) -> Source:
    """Read a file. Never raises for bad content: the errors are in the result."""
    try:
        content = path.read_bytes()[: _SMALL_ENOUGH + 1]
    except OSError:
        return Source(shown_as, errors=[located(shown_as, 1, say("file_unreadable"))])
    if len(content) > _SMALL_ENOUGH:
        return Source(shown_as, errors=[located(shown_as, 1, say("file_too_large"))])
    if content.startswith(b"\xef\xbb\xbf"):
        return Source(shown_as, errors=[located(shown_as, 1, say("bom"))])
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Source(shown_as, errors=[located(shown_as, line, say("not_utf8"))])
    return parse_source(text, shown_as)


def parse_source(text: str, shown_as: str) -> Source:
    """The same for a text that is at hand."""
    source = Source(shown_as)
    try:
        node = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line if mark else 0
        source.errors.append(_syntax_error(error, text, shown_as, line))
        return source
    except (yaml.YAMLError, RecursionError) as error:
        key = "too_deep" if isinstance(error, RecursionError) else "bad_character"
        source.errors.append(located(shown_as, 1, say(key)))
        return source
    if not isinstance(node, yaml.MappingNode):
        source.errors.append(located(shown_as, 1, say("not_a_mapping")))
        return source
    source.data = _Builder(source).build(node, ())
    return source


# What libyaml takes where PyYAML's own parser does not: a Tab behind a colon, ? and ! in a list.
_QUOTED, _DOUBTFUL = re.compile(r'"[^"\n]*"'), re.compile("[\t?!\ufeff]")


def _composed(text: str) -> yaml.Node | None:
    """The node of a text. Raises yaml.YAMLError or RecursionError.

    Every error is the one of PyYAML's own parser, whose words and lines are known here: libyaml
    only reads what is sound.
    """
    if yaml.__with_libyaml__ and not _DOUBTFUL.search(_QUOTED.sub("", text)):
        with suppress(yaml.YAMLError, RecursionError, UnicodeError):
            return yaml.compose(text, Loader=_QuickLoader)
    return yaml.compose(text, Loader=_Loader)


_SLIPS = {
    "tab": r" *\t",
    "wide_colon": r"\s*(- )?\w+：",
    "wide_quote": r"[^#]*:\s*[“‘”’]",
    "alias": r"[^#]*:\s*[*&]",
}


def _syntax_error(error: yaml.MarkedYAMLError, text: str, shown_as: str, line: int) -> str:
    """The likeliest cause of a syntax error, looked for where the parser stopped and above."""
    if error.problem == "alias":
        return located(shown_as, line + 1, say("alias"))
    lines = text.splitlines()
    for number in range(min(line, len(lines) - 1), max(line - 3, -1), -1):
        for key, pattern in _SLIPS.items():
            if re.match(pattern, lines[number]):
                return located(shown_as, number + 1, say(key))
    return located(shown_as, line + 1, say("syntax"))


class _Builder:
    """Turns composed nodes into plain data, noting marks and the mistakes in passing."""

    def __init__(self, source: Source):
        self.source, self.loader = source, _Loader("")

    def build(self, node: yaml.Node, path: Path_) -> Any:
        line = node.start_mark.line + 1
        raw = node.value if isinstance(node, yaml.ScalarNode) and not node.style else ""
        # A mapping entry was already marked at its key, which is where people look.
        line = self.source.marks[path].line if path in self.source.marks else line
        self.source.marks[path] = Mark(self.source.file, line, raw)
        if len(path) > 20:
            self.source.complain(path, "too_deep")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, n)) for n, child in enumerate(node.value)]
        return self._scalar(cast("yaml.ScalarNode", node), path)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, child in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
            line = key_node.start_mark.line + 1
            if not key or key == "<<":
                self.source.errors.append(located(self.source.file, line, say("bad_key")))
            elif key in data:
                sentence = say("duplicate_key", key=key, first=self.source.mark((*path, key)).line)
                self.source.errors.append(located(self.source.file, line, sentence))
            else:
                self.source.marks[*path, key] = Mark(self.source.file, line)
                data[key] = self.build(child, (*path, key))
        return data

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> Any:
        # A value that begins with “ was meant to be quoted; a plain text may be put in quotes.
        if not node.style and re.match(r"[“”‘’]", node.value):
            self.source.complain(path, "wide_quote")
        try:
            value = self.loader.construct_object(node)
        except (yaml.YAMLError, ValueError):
            value = object
        if value is not None and not isinstance(value, str | int | float | bool):
            self.source.complain(path, "bad_value", raw=node.value[:30])
            return None
        return value
