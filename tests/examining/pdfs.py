"""PDFs as bytes, object by object: harmless ones, and each way to hide what a reader would run."""

import zlib
from collections.abc import Callable

CATALOG = b"<</Type/Catalog/Pages 2 0 R%s>>"
PAGES = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]%s>>"


def written(*objects: bytes, between: bytes = b"", trailer: bytes = b"<</Root 1 0 R>>") -> bytes:
    """A PDF with a table of its objects; `between` stands where no table leads."""
    content, places = b"%PDF-1.7\n", []
    for number, words in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, words)
    content += between
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    trailer = trailer.replace(b"<<", b"<</Size %d" % (len(objects) + 1), 1)
    return content + b"trailer\n%s\nstartxref\n%d\n%%%%EOF" % (trailer, start)


def document(in_catalog: bytes = b"", in_page: bytes = b"", *more: bytes, between: bytes = b"") -> bytes:
    """One empty page; `more` objects are numbered from 4."""
    return written(CATALOG % in_catalog, PAGES, PAGE % in_page, *more, between=between)


def stream(content: bytes, keys: bytes = b"/Filter/FlateDecode") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), keys, content)


def object_stream(words: bytes, keys: bytes = b"/Type/ObjStm/Filter/FlateDecode") -> bytes:
    """One object, number 9, packed into a stream."""
    return stream(zlib.compress(b"9 0 " + words), b"/N 1/First 4" + keys)


def swollen_streams(count: int = 40, size: int = 1_500_000) -> bytes:
    """Some ten KB that unpack to sixty MB of objects."""
    packed = zlib.compress(b"".join(b"%d 0 " % n for n in range(1000)) + b" " * size, 9)
    return document(b"", b"", *[stream(packed, b"/Type/ObjStm/N 1000/First 8000/Filter/FlateDecode")] * count)


SCRIPT = b"<</S/JavaScript/JS(app.alert(1))>>"
LAUNCH = b"<</S/Launch/F(calc.exe)>>"
# What is hidden, and a piece of the sentence it has to get.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a script on opening": (lambda: document(b"/OpenAction" + SCRIPT), "自动执行"),
    "a script after a jump": (
        lambda: document(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next " + SCRIPT + b">>"), "自动执行",
    ),
    "a script after a link": (
        lambda: document(b"", b"/Annots[<</Subtype/Link/A<</S/GoTo/D[3 0 R/Fit]/Next[4 0 R]>>>>]", SCRIPT),
        "自动执行",
    ),
    "a program when the page opens": (lambda: document(b"", b"/AA<</O " + LAUNCH + b">>"), "自动执行"),
    "a program behind a link": (lambda: document(b"", b"/Annots[<</A " + LAUNCH + b">>]"), "自动执行"),
    "a site on opening": (lambda: document(b"/OpenAction<</S/URI/URI(http://evil.example)>>"), "自动执行"),
    "another file": (lambda: document(b"", b"/Annots[<</A<</S/GoToR/F(//evil/x.pdf)>>>>]"), "自动执行"),
    "a form of XML": (lambda: document(b"/AcroForm<</XFA 4 0 R>>", b"", stream(b"")), "电子表单"),
    "a form that sends": (lambda: document(b"", b"/Annots[<</A<</S/SubmitForm>>>>]"), "电子表单"),
    "a file inside": (
        lambda: document(b"/Names<</EmbeddedFiles<</Names[(a)4 0 R]>>>>", b"", b"<</EF<</F 5 0 R>>>>"),
        "别的文件",
    ),
    "a file without a name": (lambda: document(b"", b"", stream(b"MZ", b"/Type/EmbeddedFile")), "别的文件"),
    "a film": (lambda: document(b"", b"/Annots[<</Subtype/RichMedia>>]"), "音视频"),
    "a name spelt otherwise": (
        lambda: document(b"/OpenAction<</S/J#61vaScript/#4aS(1)>>"), "自动执行",
    ),
    "a script in an object stream": (lambda: document(b"", b"", object_stream(SCRIPT)), "自动执行"),
    "one that does not say it is one": (
        lambda: document(b"", b"", object_stream(SCRIPT, b"/Filter/FlateDecode")), "自动执行",
    ),
    "an object stream in a bracket that stays open": (
        lambda: document(b"", b"", object_stream(SCRIPT, b"/Type/ObjStm/Filter/FlateDecode/A[")), "自动执行",
    ),
    "a site after a jump": (
        lambda: document(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next<</S/URI/URI(http://evil.example)>>>>"),
        "自动执行",
    ),
    "a stream packed twice": (
        lambda: document(
            b"", b"",
            stream(zlib.compress(zlib.compress(b"9 0 " + SCRIPT)),
                   b"/N 1/First 4/Type/ObjStm/Filter[/FlateDecode/FlateDecode]"),
        ),
        "少见",
    ),
    "nothing refers to it": (lambda: document(b"", b"", SCRIPT), "自动执行"),
    "no table leads to it": (lambda: document(between=b"7 0 obj" + SCRIPT + b"endobj\n"), "自动执行"),
    "within a picture": (
        lambda: document(b"", b"", stream(b"\xff\xd8 7 0 obj" + SCRIPT + b"endobj", b"")), "自动执行",
    ),
    "behind a comment": (lambda: document(between=b"7 0%)\nobj" + SCRIPT + b"endobj\n"), "自动执行"),
    "behind a string with an end in it": (
        lambda: document(b"", b"", b"[(endobj \\) stream)(>>stream\n)" + SCRIPT + b"]"), "自动执行",
    ),
    "behind a comment with a stream in it": (
        lambda: document(b"", b"", b"<</A 1%>>stream\n\n/B " + SCRIPT + b">>"), "自动执行",
    ),
    "in an object of many": (lambda: document(b"", b"", b"[<<>>stream\n" + SCRIPT + b"]"), "自动执行"),
    "in a string of hex beside it": (lambda: document(b"", b"", b"<</A<28>>>" + SCRIPT), "自动执行"),
    "in an earlier edition": (
        lambda: document(b"/OpenAction" + SCRIPT) + b"\n" + document(), "自动执行",
    ),
    "a lock": (
        lambda: written(CATALOG % b"", PAGES, PAGE % b"", trailer=b"<</Root 1 0 R/Encrypt<</V 5>>>>"), "去掉密码",
    ),
    "streams that swell": (swollen_streams, "太大"),
}  # fmt: skip
HARMLESS: dict[str, Callable[[], bytes]] = {
    "nothing but a page": document,
    "a link to a site": lambda: document(b"", b"/Annots[<</Subtype/Link/A<</S/URI/URI(http://a.cn)>>>>]"),
    "a link within": lambda: document(b"", b"/Annots[<</Subtype/Link/A<</S/GoTo/D[3 0 R/Fit]>>>>]"),
    "a place to open at": lambda: document(b"/OpenAction[3 0 R/Fit]"),
    "a jump on opening": lambda: document(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"),
    "names that only begin alike": lambda: document(b"/JSX 1/AAB 2/#4aS1 3"),
    "a packed title": lambda: document(b"", b"", object_stream(b"<</Title(JavaScript and AA)>>")),
    "a fillable form": lambda: document(b"/AcroForm<</Fields[4 0 R]>>", b"", b"<</FT/Tx/T(a)>>"),
}
