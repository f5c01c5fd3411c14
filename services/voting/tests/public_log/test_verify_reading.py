"""A log as verifiers read it: while it grows, from mirrors and servers, and receipts as people paste them."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from textwrap import wrap
from threading import Thread
from typing import Any

import pytest

from .verifying import both, example, said, under_embargo, verify


def test_log_that_grows_while_it_is_read_is_sound(sound: Path, tmp_path: Path) -> None:
    """Head.json was read, and then came a head with its leaves and tiles."""
    copy = under_embargo(sound, tmp_path / "log")
    (copy / "certification.json").unlink()
    shutil.copy(copy / "heads/3.json", copy / "head.json")
    good, lines = said(copy)
    assert good, lines
    assert "3 heads" in lines[1]
    assert both(copy) == (0, 0)
    with (copy / "leaves/000000.jsonl").open("r+b") as file:
        file.write(b'{"c":"00')
    assert both(copy) == (1, 1)


def test_tile_that_becomes_full_while_the_log_is_read_is_sound(tmp_path: Path) -> None:
    """Head.json was read, and then the part of the tile that it needs went: the whole tile took its place."""
    whole = example.publish(str(tmp_path / "whole"), votes=400, heads=12)
    copy = under_embargo(whole, tmp_path / "log")
    (copy / "certification.json").unlink()
    shutil.copy(copy / "heads/3.json", copy / "head.json")
    assert json.loads((copy / "head.json").read_bytes())["size"] < 256
    assert (copy / "tile/0/000").exists()
    assert not (copy / "tile/0/000.p").exists()
    assert said(copy)[0]
    assert both(copy) == (0, 0)
    tile = (copy / "tile/0/000").read_bytes()
    (copy / "tile/0/000").write_bytes(bytes(32) + tile[32:])
    assert both(copy) == (1, 1), "it begins with something else"
    (copy / "tile/0/000").unlink()
    assert both(copy) == (1, 1), "neither the part nor the tile is there"


def test_mirror_that_kept_what_tiles_were_before_they_were_full_is_sound(tmp_path: Path) -> None:
    log = example.publish(str(tmp_path), votes=400, heads=12)
    whole, part = log / "tile/0/000", log / "tile/0/000.p/37"
    part.parent.mkdir()
    part.write_bytes(whole.read_bytes()[: 37 * 32])
    assert said(log)[0]
    assert both(log) == (0, 0)
    part.write_bytes(whole.read_bytes()[32 : 38 * 32])
    assert both(log) == (1, 1)


class Site(ThreadingHTTPServer):
    """Serves a folder; `refuse` says with which status it refuses the number-th request for a path, if it does."""

    def __init__(self, folder: Path, refuse: Callable[[str, int], int | None]) -> None:
        self.asked: Counter[str] = Counter()

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(handler) -> None:
                self.asked[handler.path] += 1
                status = refuse(handler.path, self.asked[handler.path])
                if status is None:
                    super().do_GET()
                    return
                handler.send_response(status)
                handler.send_header("Retry-After", "0")
                handler.send_header("Content-Length", "0")
                handler.end_headers()

            def log_message(handler, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def served(folder: Path, refuse: Callable[[str, int], int | None]) -> Iterator[Site]:
    with Site(folder, refuse) as site:
        thread = Thread(target=site.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()


def test_server_that_is_busy_is_asked_again(sound: Path) -> None:
    """An answer 429 of our own nginx was called a missing file."""
    with served(sound, lambda _, number: 429 if number % 3 == 1 else None) as site:
        assert both(site.address) == (0, 0)


def test_server_that_is_broken_says_nothing_about_the_log(sound: Path) -> None:
    """An answer 500 for result.json was called "not certified yet"."""
    with served(sound, lambda path, _: 500 if path == "/result.json" else None) as site:
        assert both(site.address) == (3, 3)
    assert both(site.address, "--longest-wait", "0.01") == (3, 3), "nobody listens"


def receipts_of(sound: Path, count: int) -> list[str]:
    """Receipts of votes of the log, as they stand in a mail."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from wsis_voting.keys.rules import Committed, Signer, canonical

    signer = Signer(Ed25519PrivateKey.from_private_bytes(random.Random(1).randbytes(32)))
    leaves = (sound / "leaves/000000.jsonl").read_text().splitlines()[:count]
    made = [Committed(bytes.fromhex(json.loads(leaf)["c"]), 5) for leaf in leaves]
    return [canonical(signer.receipt("2017", "C7.e-health", its)).decode() for its in made]


def as_json(receipts: list[str]) -> str:
    return json.dumps({"receipt": json.loads(receipts[0])}, indent=2)


def in_an_arabic_mail(receipts: list[str]) -> str:
    return "إيصالاتكم، إيصال لكل صوت:\n\n" + "".join(f"- \u2068{one}\u2069\n" for one in receipts) + "\nكل إيصال {وعد}"


def with_marks_within(receipts: list[str]) -> str:
    return in_an_arabic_mail([one.replace(":", ":\u200e") for one in receipts])


def quoted_and_folded(receipts: list[str]) -> str:
    lines = [line for one in receipts for line in wrap(f"- {one}", 70, break_on_hyphens=False)]
    return "".join(f"> {line}\r\n" for line in ["Your receipts:", "", *lines])


@pytest.mark.parametrize("how", [as_json, in_an_arabic_mail, with_marks_within, quoted_and_folded])
def test_receipts_are_read_as_people_paste_them(sound: Path, tmp_path: Path, how: Callable[[list[str]], str]) -> None:
    """The marks of direction around a receipt of an Arabic mail ended in THE LOG IS NOT SOUND."""
    receipts, file = receipts_of(sound, 3), tmp_path / "receipts.txt"
    file.write_text(how(receipts), "utf-8", newline="")
    good, lines = said(sound, receipts=str(file))
    assert good, lines
    assert lines[-1].count("your vote in C7.e-health is in the log") == (1 if how is as_json else 3)
    file.write_text(how(receipts).replace("C7.e", "C8.e"), "utf-8", newline="")
    assert not said(sound, receipts=str(file))[0], "it was signed for another category"
    file.write_text("nothing", "utf-8")
    assert not said(sound, receipts=str(file))[0]


def test_signatures_are_those_of_rfc_8032() -> None:
    """Test vector 3 of RFC 8032, section 7.1, and each of its bytes altered."""
    public = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    message = bytes.fromhex("af82")
    signature = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    key = verify.Key(public)
    assert key.signed(message, signature)
    for at in range(64):
        assert not key.signed(message, signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :])
    s = int.from_bytes(signature[32:], "little") + verify.L
    assert not key.signed(message, signature[:32] + s.to_bytes(32, "little")), "no second signature for one message"
