"""The encoding of a text file: named, marked by its first bytes, or found by what its letters would be."""

from __future__ import annotations

import codecs
import math
from pathlib import Path

from wsis_shared.tables import Note, TableRefused, note

_CHUNK = 1 << 16
_SAMPLE = 12_000  # bytes of lines that are not ASCII
_UNSURE, _UNKNOWN = 0.4, -5.5  # log P for each byte that is not ASCII: a difference, and the least
_ALONE, _LEAST = 1.0, -7.0  # a difference to all others with which less is enough, and how much
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8"}
_CODECS = {"utf-8": "utf-8-sig", "shift_jis": "cp932", "euc-kr": "cp949"}  # those that Windows writes have more
_NULS = 0.3  # of every second byte of UTF-16 without a mark


def codec_of(encoding: str) -> str:
    """The codec that reads an encoding of ENCODINGS, as it is met in files."""
    return _CODECS.get(encoding, encoding)


def encoding_of(path: Path, named: str | None) -> tuple[str, list[Note]]:
    """The encoding of all of the file, and what was guessed. Raises TableRefused where a byte does not fit."""
    with path.open("rb") as file:
        head = file.read(4096)
    if named is not None:
        named = _without_mark(head) if named == "utf-16" else named
        if not _fits(path, named):
            raise TableRefused("encoding", encoding=named)
        return named, []
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None) or _of_nuls(head)
    if marked:
        if not _fits(path, marked):
            raise TableRefused("encoding", encoding=marked)
        return marked, []
    return ("utf-8", []) if _fits(path, "utf-8") else _guess(path)


def _without_mark(head: bytes) -> str:
    return "utf-16" if head[:2] in _MARKS else _of_nuls(head) or "utf-16"


def _of_nuls(head: bytes) -> str | None:
    """UTF-16 without a mark: the delimiters and digits have a zero byte."""
    half = len(head) // 2
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if half and head[first::2].count(0) > _NULS * half and not head[1 - first :: 2].count(0):
            return name
    return None


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec_of(encoding))()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if "\0" in decoder.decode(chunk):
                    raise TableRefused("nul")
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guess(path: Path) -> tuple[str, list[Note]]:
    from wsis_shared.tables.plausibility import LANGUAGES, likelihood  # noqa: PLC0415 -- most files are UTF-8

    sample = _sample(path)
    scored: list[tuple[float, str, str]] = []
    for encoding, languages in LANGUAGES.items():
        try:
            text = sample.decode(codec_of(encoding))
        except UnicodeDecodeError:
            continue
        score = max(likelihood(text, language) for language in languages)
        scored.append((score, encoding, text))
    scored.sort(key=lambda each: -each[0])  # stable: the first of equals
    found = next((each for each in scored if _fits(path, each[1])), None)
    if found is None:
        raise TableRefused("encoding_unknown")
    score, encoding, text = found
    count = sum(byte > 127 for byte in sample)
    second = max((other for other, _, read in scored if read != text), default=-math.inf)
    is_alone = (score - second) / count >= _ALONE
    if score / count < (_LEAST if is_alone else _UNKNOWN):
        raise TableRefused("encoding_unknown")
    notes = [note("encoding_guessed", encoding=encoding)]
    others = [name for other, name, read in scored if read != text and (score - other) / count < _UNSURE]
    return encoding, notes + [note("encoding_unsure", encoding=name) for name in others[:1]]


def _sample(path: Path) -> bytes:
    """Lines that are not ASCII, spread over the file only as far as they are needed."""
    sample = bytearray()
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                sample += line[: 4 * _SAMPLE] if len(line) < 4 * _SAMPLE else b""
            if len(sample) > _SAMPLE:
                break
    if not sample:
        raise TableRefused("encoding_unknown")
    return bytes(sample)
