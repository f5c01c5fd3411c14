"""PDF files as typst writes them: plain, with one table of objects (ISO 32000-1, 7.5).

No object is compressed into another, and a text is a literal string of ASCII or a hexadecimal one. So an object can be
taken as it is, with other numbers of those that it refers to.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_ENTRY, _TAIL = 20, 1024  # bytes of an entry in the table of objects, and of the end of a file that names its place
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,10}) 0 R")
_NUMBER = re.compile(rb"(?<!\d)\d{1,10}(?= 0 R)")  # of a reference
# What changes in an object that moves: references, keys into the tree of parents, ids of the heads of tables. A text in
# parentheses does not.
_MOVING = re.compile(
    rb"\\.|[()]|(?<!\d)(?P<reference>\d{1,10})(?= 0 R)|(?P<key>/StructParents? )(?P<at>\d{1,10})|(?P<id>/ID\()"
    rb"|(?P<heads>/Headers\[[^\]]{0,4000}\])"
)


class Unreadable(ValueError):
    """A file that is not as plain as typst writes it."""


def read(file: bytes) -> tuple[dict[int, bytes], bytes]:
    """The objects by their numbers, and the trailer. Raises Unreadable."""
    end = re.search(rb"\nstartxref\n(\d+)\n%%EOF\s*\Z", file[-_TAIL:])
    table = re.match(rb"xref\n0 (\d+)\n", file[int(end[1]) :][:_TAIL]) if end else None
    if not end or not table:
        raise Unreadable("no table of objects at the end")
    start, count = int(end[1]), int(table[1])
    first = start + len(table[0])
    lines = (file[at : at + _ENTRY] for at in range(first, first + count * _ENTRY, _ENTRY))
    offsets = sorted(int(line[:10]) for line in lines if b"n" in line)
    objects = {}
    for at, until in zip(offsets, [*offsets[1:], start], strict=True):
        number, _, body = file[at:until].partition(b" 0 obj\n")
        objects[int(number)] = body[: body.rindex(b"\nendobj")]
    return objects, file[first + count * _ENTRY : start + len(file)]


def file_of(objects: dict[int, bytes], trailer: bytes) -> bytes:
    """Objects as a file with their table."""
    chunks, at, places = [b"%PDF-1.7\n%\x80\x80\x80\x80\n\n"], 0, {}
    at = len(chunks[0])
    for number, body in sorted(objects.items()):
        places[number] = at
        chunks.append(b"%d 0 obj\n%b\nendobj\n\n" % (number, body))
        at += len(chunks[-1])
    size = max(objects) + 1
    free = [number for number in range(size) if number not in places]
    following = dict(zip(free, [*free[1:], 0], strict=True))
    chunks.append(b"xref\n0 %d\n" % size)
    for number in range(size):
        place = places.get(number)
        chunks.append(b"%010d 65535 f\r\n" % following[number] if place is None else b"%010d 00000 n\r\n" % place)
    chunks.append(b"trailer\n<</Size %d%b>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, at))
    return b"".join(chunks)


def mover(new: Callable[[int], int], keys: int, prefix: bytes) -> Callable[[bytes], bytes]:
    """What gives an object the numbers, keys and ids that it has in the whole. A stream has none."""

    def moved(body: bytes) -> bytes:
        depth = 0
        head, stream, content = body.partition(b"\nstream\n")

        def put(found: re.Match[bytes]) -> bytes:
            nonlocal depth
            text = found[0]
            if text == b"(" or found["id"]:
                depth += 1
                return text + prefix if found["id"] and depth == 1 else text
            if text == b")":
                depth -= 1
            elif depth == 0 and found["reference"]:
                return b"%d" % new(int(text))
            elif depth == 0 and found["key"]:
                return b"%b%d" % (found["key"], int(found["at"]) + keys)
            elif depth == 0 and found["heads"]:
                return text.replace(b"(", b"(" + prefix)
            return text

        if b"(" in head or b"/StructParent" in head:
            return _MOVING.sub(put, head) + stream + content
        return _NUMBER.sub(lambda found: b"%d" % new(int(found[0])), head) + stream + content  # most are such

    return moved


def reference(body: bytes, name: bytes) -> int:
    """The object that an entry refers to. Raises Unreadable."""
    if not (found := re.search(rb"/%b (\d{1,10}) 0 R" % name, body)):
        raise Unreadable(f"no reference {name!r} in {body[:200]!r}")
    return int(found[1])


def references(body: bytes) -> list[int]:
    return [int(number) for number in _REFERENCE.findall(body)]
