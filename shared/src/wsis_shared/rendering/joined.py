"""The parts of a PDF as one file: pages, bookmarks, places of links, structure, numbers of pages.

A library for PDF reads each mark of tagged text, a thousand a page: 500 MB for 2,000 inputs (docs/decisions/0047).
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from wsis_shared.rendering.plain_pdf import Unreadable, file_of, mover, read, reference, references

_DIGITS, _IDENTITY = b"0123456789", 16  # bytes
# typst says of a link "Section, page 12", in the document's language; the number is the last one.
_LINK = re.compile(
    rb"(?P<before><</Type/Annot[^()]*)/Dest(?P<name>\([^()]*\)|<[0-9A-F]*>)"
    rb"(?P<between>/F \d{1,10}/StructParent \d{1,10})/Contents(?P<said>.*)>>",
    re.DOTALL,
)
_LAST_NUMBER = re.compile(r"(?<!\d)\d{1,10}(?=\D*\Z)")
_FOOTER = b"/Artifact<</Type/Pagination/Subtype/Footer/Attached[/Bottom]>>BDC q/PageNumber Do Q EMC"


class Bookmark(NamedTuple):
    """A title as the file writes it, and the object that says its place."""

    title: bytes
    place: int


def pages(file: bytes) -> tuple[int, list[int]]:
    """How many pages a part has, and on which of them, from 0, its bookmarks are, in reading order."""
    objects, trailer = read(file)
    catalog = objects[reference(trailer, b"Root")]
    index = {page: at for at, page in enumerate(references(objects[reference(catalog, b"Pages")]))}
    marks = _bookmarks(objects, reference(catalog, b"Outlines"), [])
    return len(index), [index[references(objects[mark.place])[0]] for mark in marks]


def join(parts: Sequence[bytes], numbers: bytes, levels: Sequence[int]) -> bytes:
    """The parts as one file, which says of itself what the first says. `numbers` has a page for each page but the
    first, to lay over it; `levels` are those of all bookmarks, in their order. The same parts give the same bytes."""
    whole = _Whole()
    for part in parts:
        whole.append(part)
    whole.lead(levels)
    whole.number(numbers)
    return whole.write(hashlib.sha256(b"".join(parts)).digest()[:_IDENTITY])


class _Whole:
    """Objects by their numbers, and what the objects at the root of each part list."""

    def __init__(self) -> None:
        self._objects: dict[int, bytes] = {}
        self._size = 0
        self._trailer = b""
        self._pages: list[int] = []
        self._children: list[int] = []
        self._parents: list[tuple[int, int]] = []
        self._ids: list[tuple[bytes, int]] = []
        self._names: list[tuple[bytes, int]] = []
        self._marks: list[Bookmark] = []
        self._keys = 0

    def append(self, file: bytes) -> None:
        """A part; the roots of the first are those of all."""
        objects, trailer = read(file)
        roots = _roots(objects, trailer)
        if not self._trailer:
            self._trailer, self._roots = trailer, roots
        same = dict(zip(roots.values(), self._roots.values(), strict=True))
        shift, first = self._size, not self._objects

        def new(number: int) -> int:
            return same.get(number, number + shift)

        dropped: list[int] = []
        self._marks += [Bookmark(title, new(place)) for title, place in _bookmarks(objects, roots["Outlines"], dropped)]
        tree, catalog = objects[roots["StructTreeRoot"]], objects[roots["Root"]]
        prefix = b"" if first else b"P%d" % shift
        self._pages += map(new, references(objects[roots["Pages"]]))
        self._children += map(new, references(objects[roots["Document"]].partition(b"/K[")[2]))
        parents = _pairs(_between(tree, b"/Nums[", b"]"))
        self._parents += [(int(key) + self._keys, new(number)) for key, number in parents]
        ids = _pairs(_between(tree, b"/IDTree<</Names[", b"]"))
        self._ids += [(b"(" + prefix + name[1:], new(number)) for name, number in ids]
        self._names += [(name, new(place)) for name, place in _pairs(_between(catalog, b"/Dests<</Names[", b"]"))]
        moved = mover(new, self._keys, prefix)
        for number, body in objects.items():
            if number not in dropped and (first or number not in same):
                self._objects[new(number)] = moved(body)
        self._keys += int(_between(tree, b"/ParentTreeNextKey ", b">"))
        self._size += max(objects)

    def lead(self, levels: Sequence[int]) -> None:
        """Bookmarks and links to the headings, and what links say of their pages."""
        true = {mark.place for mark in self._marks}
        places = {name: place for name, place in self._names if place in true}
        listed = b"".join(b"%b%d 0 R" % each for each in sorted(places.items()))
        self._edit("Root", rb"(/Names<<.*)?>>\Z", b"/Names<</Dests<</Names[%b]>>>>>>" % listed)
        index = {page: at for at, page in enumerate(self._pages, 1)}
        for number, body in self._objects.items():
            if body.startswith(b"<</Type/Annot") and b"/Dest" in body.partition(b"(")[0]:
                if not (link := _LINK.fullmatch(body)):
                    raise Unreadable(f"a link in other words: {body[:200]!r}")
                [page, *_] = references(self._objects[places[link["name"]]])
                said = _said(link["said"], index[page])
                self._objects[number] = b"%b/Dest%b%b%b>>" % (link["before"], link["name"], link["between"], said)
        self._bookmark(levels)

    def _bookmark(self, levels: Sequence[int]) -> None:
        """Bookmarks below those of a lower level, closed."""
        root = self._roots["Outlines"]
        below: dict[int, list[int]] = {root: []}
        above, path = {}, [(0, root)]
        for level in levels:
            while path[-1][0] >= level:
                path.pop()
            number = self._new()
            above[number], below[number] = path[-1][1], []
            below[path[-1][1]].append(number)
            path.append((level, number))
        for (number, parent), mark in zip(above.items(), self._marks, strict=True):
            beside = below[parent]
            at = bisect_left(beside, number)  # they are in order
            links = b"/Parent %d 0 R" % parent
            links += b"/Prev %d 0 R" % beside[at - 1] if at else b""
            links += b"/Next %d 0 R" % beside[at + 1] if at + 1 < len(beside) else b""
            links += _ends(below[number], -1)
            self._objects[number] = b"<<%b/Title%b/Dest %d 0 R>>" % (links, mark.title, mark.place)
        self._objects[root] = b"<</Type/Outlines%b>>" % _ends(below[root], 1)

    def number(self, numbers: bytes) -> None:
        """Lay the numbers over the pages from the second on; as a footer, which no reader of the text meets."""
        objects, trailer = read(numbers)
        drawn = references(objects[reference(objects[reference(trailer, b"Root")], b"Pages")])
        shift = self._size
        moved = mover(lambda number: number + shift, 0, b"")
        self._objects |= {number + shift: moved(body) for number, body in objects.items()}
        self._size += max(objects)
        footer = self._new(b"<</Length %d>>\nstream\n%b\nendstream" % (len(_FOOTER), _FOOTER))
        for page, source in zip(self._pages[1:], drawn, strict=True):
            form = self._form(source + shift)
            body = self._objects[page]
            content, resources = (reference(body, name) for name in (b"Contents", b"Resources"))
            alone, both = b"/Contents %d 0 R" % content, b"/Contents[%d 0 R %d 0 R]" % (content, footer)
            self._objects[page] = body.replace(alone, both)
            named, known = b"/PageNumber %d 0 R" % form, self._objects[resources]
            place = b"/XObject<<"
            if b"/PageNumber" in known:
                raise Unreadable("two pages with the same resources")
            if place in known:
                self._objects[resources] = known.replace(place, place + named)
            else:
                self._objects[resources] = known.removesuffix(b">>") + place + named + b">>>>"

    def _form(self, page: int) -> int:
        """The content of a page as a form that other pages can draw."""
        body = self._objects.pop(page)
        content, resources = (reference(body, name) for name in (b"Contents", b"Resources"))
        box = b"[%b]" % _between(body, b"/MediaBox[", b"]")
        form = b"<</Type/XObject/Subtype/Form/BBox%b/Resources %d 0 R" % (box, resources)
        self._objects[content] = form + self._objects[content].removeprefix(b"<<")
        return content

    def write(self, content: bytes) -> bytes:
        """The file; `content` tells it from others with the same title."""
        parents = b" ".join(b"%d %d 0 R" % each for each in self._parents)
        ids = b"/IDTree<</Names[%b]>>" % b"".join(b"%b%d 0 R" % each for each in sorted(self._ids))
        self._edit("Pages", rb"/Count .*\Z", b"/Count %d/Kids[%b]>>" % (len(self._pages), _listed(self._pages)))
        self._edit("Document", rb"/K\[.*\Z", b"/K[%b]>>" % _listed(self._children))
        tree = b"/ParentTree<</Nums[%b]>>%b/ParentTreeNextKey %d>>" % (parents, ids if self._ids else b"", self._keys)
        self._edit("StructTreeRoot", rb"/ParentTree<<.*\Z", tree)
        self._edit("Metadata", rb"(?<=<xmpTPg:NPages>)\d+", b"%d" % len(self._pages))
        instance = b64encode(content)
        self._edit("Metadata", rb"(?<=<xmpMM:InstanceID>)[^<]+", instance)
        said = self._objects[self._roots["Metadata"]].partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
        self._edit("Metadata", rb"(?<=/Length )\d+", b"%d" % len(said))
        document = _between(self._trailer, b"/ID[", b")") + b")"
        ends = (self._roots["Root"], self._roots["Info"], document, instance)
        return file_of(self._objects, b"/Root %d 0 R/Info %d 0 R/ID[%b(%b)]" % ends)

    def _edit(self, root: str, pattern: bytes, put: bytes) -> None:
        number = self._roots[root]
        self._objects[number], found = re.subn(pattern, lambda _: put, self._objects[number], count=1, flags=re.DOTALL)
        if not found:
            raise Unreadable(f"{root} without {pattern!r}")

    def _new(self, body: bytes = b"") -> int:
        self._size += 1
        self._objects[self._size] = body
        return self._size


def _roots(objects: dict[int, bytes], trailer: bytes) -> dict[str, int]:
    """The objects that each part has one of."""
    found = {name: reference(trailer, name.encode()) for name in ("Root", "Info")}
    catalog = objects[found["Root"]]
    found |= {name: reference(catalog, name.encode()) for name in ("Pages", "Metadata", "StructTreeRoot", "Outlines")}
    [found["Document"]] = references(_between(objects[found["StructTreeRoot"]], b"/K[", b"]"))
    return found


def _bookmarks(objects: dict[int, bytes], above: int, passed: list[int]) -> Iterator[Bookmark]:
    """Those below a bookmark, in reading order; `passed` gets the numbers of their objects."""
    links = objects[above].partition(b"/Title")[0]
    number = reference(links, b"First") if b"/First" in links else 0
    while number:
        passed.append(number)
        links, _, rest = objects[number].partition(b"/Title")
        title, _, place = rest.rpartition(b"/Dest")
        yield Bookmark(title, references(place)[0])
        yield from _bookmarks(objects, number, passed)
        number = reference(links, b"Next") if b"/Next" in links else 0


def _said(text: bytes, page: int) -> bytes:
    """What a link says, with the number of the page that it leads to."""
    if text.startswith(b"("):
        return b"/Contents" + _LAST_NUMBER.sub(str(page), text.decode("ascii")).encode()
    plain = bytes.fromhex(text[1:-1].decode()).decode("utf-16")
    return b"/Contents<FEFF%b>" % _LAST_NUMBER.sub(str(page), plain).encode("utf-16-be").hex().upper().encode()


def _between(body: bytes, start: bytes, end: bytes) -> bytes:
    """From a mark to the next one of the other kind; nothing without the first."""
    return body.partition(start)[2].partition(end)[0]


def _pairs(listed: bytes) -> list[tuple[bytes, int]]:
    """The keys of a tree and the objects that they stand for: "(name)12 0 R", "3 14 0 R"."""
    pairs = listed.split(b" 0 R")[:-1]
    keys = [pair.rstrip(_DIGITS) for pair in pairs]
    return [(key.strip(), int(pair[len(key) :])) for key, pair in zip(keys, pairs, strict=True)]


def _listed(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _ends(children: Sequence[int], sign: int) -> bytes:
    if not children:
        return b""
    return b"/First %d 0 R/Last %d 0 R/Count %d" % (children[0], children[-1], sign * len(children))
