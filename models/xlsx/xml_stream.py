"""Reading one XML part of a workbook as a stream: what is held does not grow with the part.

Expat with plain callbacks: no tree, no entities. Names are bounded, because a parser keeps every
name it has seen, and so is depth, because it keeps every element that is open.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import IO
from xml.parsers import expat

from models.xlsx.worksheet import BadWorkbook, damaged

CHUNK = 1 << 16
MOST_NAMES = 2000
DEEPEST = 60

Attributes = Mapping[str, str]


def local(name: str) -> str:
    """A name without its namespace's prefix: some programs write <x:row>."""
    return name.rpartition(":")[2]


class XmlReader:
    """Calls what is listed under an element's name in `opening` and `closing`.

    While `listening`, character data is gathered; `heard()` hands it out and stops listening.
    `elements` are counted, for their number is what reading takes time for.
    """

    longest_text = 1 << 20

    def __init__(self) -> None:
        self.opening: dict[str, Callable[[Attributes], None]] = {}
        self.closing: dict[str, Callable[[], None]] = {}
        self.listening = False
        self._heard: list[str] = []
        self.elements = self._length = self._depth = 0

    def read(self, stream: IO[bytes]) -> Iterator[None]:
        """Read on, chunk by chunk. Raises BadWorkbook for what is no plain XML."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._open, self._close
        parser.CharacterDataHandler = self._hear
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
        try:
            while chunk := stream.read(CHUNK):
                parser.Parse(chunk, False)
                if len(parser.intern) > MOST_NAMES:
                    raise damaged()
                yield
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise damaged() from None
        yield

    def listen(self, _: Attributes | None = None) -> None:
        self.listening, self._heard, self._length = True, [], 0

    def heard(self) -> str:
        self.listening = False
        return "".join(self._heard)

    def _open(self, name: str, attributes: Attributes) -> None:
        self.elements += 1
        self._depth += 1
        if self._depth > DEEPEST:
            raise damaged()
        if call := self.opening.get(local(name) if ":" in name else name):
            call(attributes)

    def _close(self, name: str) -> None:
        self._depth -= 1
        if call := self.closing.get(local(name) if ":" in name else name):
            call()

    def _hear(self, text: str) -> None:
        if self.listening:
            self._length += len(text)
            if self._length > self.longest_text:
                raise BadWorkbook("表格里有一个单元格的文字太长（超过 32767 个字），请把它删减后再上传。")
            self._heard.append(text)


def _refuse(*_: object) -> None:
    raise damaged()
