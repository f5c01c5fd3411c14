"""A document that is set in parts is what it would be in one piece, to its readers and to their programs."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pikepdf
import pytest
from wsis_shared.rendering import blocks, joined, parts, pdf
from wsis_shared.rendering.blocks import run
from wsis_shared.rendering.plain_pdf import Unreadable
from wsis_testkit.pdfs import words_of

WORDS = {"en": "A paragraph of (5 0 R) words. ", "ar": "فقرة من الكلمات. ", "zh": "一段文字。"}
SMALL = 2_500  # bytes of text in a part


class Anchor(NamedTuple):
    """From a page to a page, from 1; what it says of itself."""

    at: int
    to: int
    said: str


class Seen(NamedTuple):
    """What a reader's program makes of a file."""

    pages: list[list[str]]
    bookmarks: list[tuple[int, str, int]]
    links: list[Anchor]
    tags: Counter[str]


def document(language: str) -> blocks.Document:
    def content() -> Iterator[blocks.Block]:
        yield blocks.heading(1, "Summary", new_page=True)
        yield blocks.paragraph(
            ["As ", run("the last one", link="#E-19"), " says, or ", run("the table", link="#numbers")]
        )
        for chapter in range(1, 5):
            yield blocks.heading(1, f"Chapter ({chapter} 0 R) \\", new_page=chapter == 3)
            yield blocks.heading(2, WORDS[language], id="numbers" if chapter == 4 else "")
            rows = [[f"row {chapter}-{row}", f"{row}"] for row in range(5)]
            yield blocks.table([("Name", "text"), ("Number", "number")], rows, caption="Rows")
            for entry in range(chapter * 5 - 5, chapter * 5):
                back: list[Any] = ["See ", run("the first", link="#E-0"), WORDS[language] * 20]
                yield blocks.entry(f"Entry {entry} U1x0y0", "2017", [("Text", back)], id=f"E-{entry}")
            yield blocks.bars(f"Bars ({chapter} 0 R", [("One", 1, "1")], source="query")

    return blocks.document(
        language=language,
        direction="rtl" if language == "ar" else "ltr",
        title="Outcomes",
        series="WSIS Forum 2017",
        cover=[("Version", "1.1")],
        running="Outcomes 1.1",
        contents="Contents",
        author="Secretariat",
        date="2017-03-17",
        blocks=content(),
    )


def read(file: bytes) -> Seen:
    with pikepdf.open(io.BytesIO(file)) as opened:
        assert opened.check_pdf_syntax() == []
        number = {page.obj.objgen: at for at, page in enumerate(opened.pages, 1)}
        places = {name: number[place[0].objgen] for name, place in pikepdf.NameTree(opened.Root.Names.Dests).items()}
        links = [
            Anchor(at, places[str(note.Dest)], str(note.Contents))
            for at, page in enumerate(opened.pages, 1)
            for note in page.obj.get("/Annots", ())
        ]
        with opened.open_outline() as outline:
            marks = list(bookmarks(outline.root, 1, number))
        return Seen([text(page) for page in opened.pages], marks, links, Counter(tags(opened)))


def text(page: pikepdf.Page) -> list[str]:
    """What stands on a page, with the form that is laid over it."""
    alone, out = pikepdf.Pdf.new(), io.BytesIO()
    alone.pages.append(page)
    for form in page.get("/Resources", {}).get("/XObject", {}).values():
        if "/Resources" in form:
            blank = alone.add_blank_page()
            blank.obj.Contents = alone.make_stream(form.read_bytes())
            blank.obj.Resources = alone.copy_foreign(form.Resources)
    alone.save(out)
    return list(words_of(out.getvalue()))


def bookmarks(items: Any, level: int, number: dict[Any, int]) -> Iterator[tuple[int, str, int]]:
    for item in items:
        yield level, item.title, number[item.destination[0].objgen]
        yield from bookmarks(item.children, level + 1, number)


def tags(opened: pikepdf.Pdf) -> Iterator[str]:
    """The structure, each element with its own parent, each head that a cell names, each link with its place in it."""
    tree = opened.Root.StructTreeRoot
    heads = dict(pikepdf.NameTree(tree.IDTree).items())
    of = pikepdf.NumberTree(tree.ParentTree)
    keys = [int(page.obj.StructParents) for page in opened.pages if "/StructParents" in page.obj]
    assert len(set(keys)) == len(keys)

    def walk(node: Any) -> Iterator[str]:
        yield " ".join(str(node.get(key, "")) for key in ("/S", "/T", "/Alt"))
        for attributes in node.get("/A", ()):
            for head in attributes.get("/Headers", ()):
                assert heads[str(head)].P.P.P.objgen == node.P.P.P.objgen, "a head of another table"
        for child in node.get("/K", ()):
            if isinstance(child, pikepdf.Dictionary) and "/S" in child:
                assert child.P.objgen == node.objgen
                yield from walk(child)
            elif isinstance(child, pikepdf.Dictionary) and "/Obj" in child:
                assert of[int(child.Obj.StructParent)].objgen == node.objgen

    [top] = tree.K
    yield from walk(top)


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_a_document_in_parts_reads_as_one_in_one_piece(language: str) -> None:
    given = document(language)
    assert len(parts.split(given["blocks"], SMALL)) > 3
    made = pdf.make(given, SMALL)
    seen, whole = read(made), read(pdf.make(given, 10**9))
    assert [mark[:2] for mark in seen.bookmarks] == [mark[:2] for mark in whole.bookmarks]
    assert seen.tags == whole.tags
    assert len(seen.links) == len(whole.links)
    with pikepdf.open(io.BytesIO(made)) as opened, opened.open_metadata() as about:
        assert (opened.Root.Lang, about["pdfuaid:part"]) == (language, "1")
        assert f"<xmpTPg:NPages>{len(seen.pages)}<" in opened.Root.Metadata.read_bytes().decode()


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_pages_of_all_parts_are_numbered_and_links_lead_to_them(language: str) -> None:
    given = document(language)
    seen = read(pdf.make(given, SMALL))
    total = len(seen.pages)
    for at, page in enumerate(seen.pages[1:], 2):
        footer = re.findall(r"\d+", "\n".join(page[-3:]))[-2:]  # from right to left it has three words
        assert sorted(map(int, footer)) == [at, total], page[-3:]
    placed = {title: page for _, title, page in seen.bookmarks}
    listed = [link for link in seen.links if link.at == 2]
    first = [page for level, _, page in seen.bookmarks if level < 3]
    assert [link.to for link in listed][: len(first)] == first, "the table of contents"
    for title, page in placed.items():
        if title.startswith("Entry"):
            assert language == "ar" or title in "".join(seen.pages[page - 1])
    assert all(str(link.to) == re.findall(r"\d+", link.said)[-1] for link in seen.links)
    back = [link for link in seen.links if link.to == placed["Entry 0 U1x0y0"]]
    assert {link.at for link in back} >= {placed[f"Entry {entry} U1x0y0"] for entry in range(20)}


def test_a_table_of_contents_says_the_pages() -> None:
    seen = read(pdf.make(document("en"), SMALL))
    first = [str(page) for level, _, page in seen.bookmarks if level < 3]
    shown = [word.strip("\u00a0") for before, word in pairwise(seen.pages[1]) if before == "." != word]
    assert shown == first
    assert len(set(first)) > 3


def test_parts_are_alike_and_begin_where_a_page_may() -> None:
    content = document("en")["blocks"]
    pieces = parts.split(content, SMALL)
    assert [block for piece in pieces for block in piece] == content
    sizes = [sum(len(word) for block in piece for word in blocks.texts(block)) for piece in pieces]
    assert max(sizes) < SMALL * 1.5
    for before, after in pairwise(pieces):
        assert after[0]["block"] in ("heading", "entry")
        assert before[-1]["block"] != "heading"


def test_the_same_parts_give_the_same_bytes_and_others_another_identity() -> None:
    first, second = (pdf.make(document("en"), SMALL) for _ in range(2))
    assert first == second
    other = pdf.make({**document("en"), "running": "Outcomes 1.2"}, SMALL)
    with pikepdf.open(io.BytesIO(first)) as one, pikepdf.open(io.BytesIO(other)) as two:
        assert bytes(one.trailer.ID[0]) == bytes(two.trailer.ID[0])
        assert bytes(one.trailer.ID[1]) != bytes(two.trailer.ID[1])


def test_a_file_of_another_program_is_refused() -> None:
    out = io.BytesIO()
    made = pikepdf.Pdf.new()
    made.add_blank_page()
    made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pytest.raises(Unreadable):
        joined.pages(out.getvalue())
