"""The inspection in its child process: its verdict and its limits refuse a file, a busy machine does not."""

from __future__ import annotations

import io
import sys
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from wsis_shared.context import Context
from wsis_testkit import refused
from wsis_testkit.sizes import size

from wsis_consultation.attachments.errors import REASONS
from wsis_consultation.attachments.inspection import DOCX, PDF, PNG, sandbox

CONTEXT = Context()


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test expects of a file does not depend on how busy this machine is."""
    monkeypatch.setattr(sandbox, "SECONDS", 300.0)


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
        (
            "more than the memory",
            lambda: _pdf(zlib.compress(_run_length(1_200_000_000), 9), b"[/FlateDecode /RunLengthDecode]"),
        ),
        ("lists in lists", lambda: _pdf(zlib.compress(b"x"), b"/FlateDecode /Deep " + b"[" * 200_000 + b"]" * 200_000)),
        ("more than is allowed", lambda: _pdf(_run_length(200_000_000), b"/RunLengthDecode")),
    ],
)
def test_what_fills_the_memory_is_refused(name: str, make: Callable[[], bytes]) -> None:
    assert sandbox.refusal(CONTEXT, [make()], PDF) == "expands", name


@pytest.mark.parametrize("signal", ["XCPU", "SEGV", "ABRT"])
def test_a_child_that_its_own_limits_end_is_a_refusal(signal: str) -> None:
    assert sandbox._run(["/bin/sh", "-c", f"kill -{signal} $$"], 60) == "expands"


def test_a_file_that_takes_all_its_processor_time_is_refused_however_long_the_machine_takes() -> None:
    endless = "import resource; from wsis_consultation.attachments.inspection import __main__ as child\n"
    endless += "child.CPU_SECONDS = 1; child.inspect = lambda *_: [None for _ in iter(int, 1)]; child.main('', '')"
    assert sandbox._run([sys.executable, "-c", endless], 600) == "expands"


@pytest.mark.parametrize(
    "command",
    [
        ["/bin/sh", "-c", "kill -KILL $$"],  # as the machine does where it has no memory left
        ["/bin/sh", "-c", "kill -TERM $$"],
        ["/bin/false"],  # it did not even start
        ["/bin/true"],
    ],
)
def test_a_child_that_anything_else_ends_says_nothing_of_the_file(command: list[str]) -> None:
    with refused("consultation.attachments_busy", retry_after=5):
        sandbox._run(command, 60)


def test_a_child_that_hangs_is_killed_and_says_nothing_of_the_file() -> None:
    with refused("consultation.attachments_busy", retry_after=5):
        sandbox._run(["/bin/sleep", "600"], 0.2)


def test_a_good_file_on_a_machine_without_time_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 0.0)
    with refused("consultation.attachments_busy"):
        sandbox.refusal(CONTEXT, [_png()], PNG)


@given(st.binary(max_size=300), st.sampled_from((PDF, DOCX, PNG, "text/html")))
@settings(max_examples=size(8, 80))
def test_any_bytes_get_a_reason_that_has_a_text(content: bytes, media_type: str) -> None:
    assert sandbox.refusal(CONTEXT, [content], media_type) in REASONS
