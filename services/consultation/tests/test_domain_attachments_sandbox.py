"""The inspection in its child process: what crashes or hangs there is a refusal here."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from wsis_shared.context import Context

from wsis_consultation.errors.attachments import REASONS
from wsis_consultation.inspection import DOCX, PDF, PNG, sandbox

CONTEXT = Context()


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, "PNG")
    return out.getvalue()


def _pdf(stream: bytes, filters: bytes) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (len(stream), filters, stream),
    ]
    out, table = bytearray(b"%PDF-1.7\n"), b"xref\n0 5\n0000000000 65535 f \n"
    for number, content in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    end = b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return bytes(out + table + end)


def _run_length(size: int) -> bytes:
    return b"\x81\x00" * (size // 128) + b"\x80"


def test_good_file_is_accepted() -> None:
    assert sandbox.refusal(CONTEXT, [_png()[:50], _png()[50:]], PNG) is None
    assert sandbox.refusal(CONTEXT, [_pdf(zlib.compress(b"0 0 m"), b"/FlateDecode")], PDF) is None


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("more than the memory", lambda: _pdf(
            zlib.compress(_run_length(1_200_000_000), 9), b"[/FlateDecode /RunLengthDecode]")),
        ("lists in lists", lambda: _pdf(zlib.compress(b"x"), b"/FlateDecode /Deep " + b"[" * 200_000 + b"]" * 200_000)),
        ("more than is allowed", lambda: _pdf(_run_length(200_000_000), b"/RunLengthDecode")),
    ],
)  # fmt: skip
def test_what_fills_the_memory_is_refused(name: str, make: Callable[[], bytes]) -> None:
    assert sandbox.refusal(CONTEXT, [make()], PDF) == "expands", name


def test_child_that_dies_is_a_refusal() -> None:
    assert sandbox._run(["/bin/sh", "-c", "kill -9 $$"]) == "expands"


def test_child_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 0.2)
    assert sandbox._run(["/bin/sleep", "60"]) == "expands"


@given(st.binary(max_size=300), st.sampled_from((PDF, DOCX, PNG, "text/html")))
@settings(max_examples=8, deadline=None)
def test_any_bytes_get_a_reason_that_has_a_text(content: bytes, media_type: str) -> None:
    assert sandbox.refusal(CONTEXT, [content], media_type) in REASONS
