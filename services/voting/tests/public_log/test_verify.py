"""Both verifiers accept a sound log and find whatever is changed in it."""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
import subprocess
import sys
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
from wsis_testkit.sizes import size

FOLDER = Path(__file__).parents[2] / "verify"
EDITS = size(500, 10_000)
EDITS_JS = size(100, 300)
NODE = shutil.which("node")


def load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"verify_{name}", FOLDER / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verify, example = load("verify"), load("example")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small published log: 60 votes, 5 heads."""
    return example.publish(str(tmp_path_factory.mktemp("log")), votes=60, heads=5)


def said(place: Path, **more: Any) -> tuple[bool, list[str]]:
    lines: list[str] = []
    return verify.verify(str(place), say=lines.append, **more), lines


def edit(chance: random.Random, files: dict[str, bytes]) -> tuple[str, str, bytes | None]:
    """(kind, file, what it holds after one edit): a byte or a line altered, dropped, inserted, swapped, cut off."""
    while True:
        name = chance.choice(sorted(files))
        data = files[name]
        kind = chance.choice(["alter", "drop", "insert", "swap", "truncate", "line", "file"])
        at = chance.randrange(len(data))
        lines = data.splitlines(keepends=True)
        n = chance.randrange(len(lines))
        changed: bytes | None = data
        if kind == "alter":
            changed = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        elif kind == "drop":
            changed = data[:at] + data[at + 1 :] if chance.random() < 0.5 else b"".join(lines[:n] + lines[n + 1 :])
        elif kind == "insert":
            more = bytes([chance.choice([chance.randrange(256), 32, 48, 10])])
            changed = (
                data[:at] + more + data[at:] if chance.random() < 0.5 else b"".join([*lines[:n], lines[n], *lines[n:]])
            )
        elif kind == "swap":
            other = chance.randrange(len(lines))
            if len(lines) > 1:
                lines[n], lines[other] = lines[other], lines[n]
                changed = b"".join(lines)
            else:
                changed = data[:at] + data[at + 1 : at + 2] + data[at : at + 1] + data[at + 2 :]
        elif kind == "truncate":
            changed = data[:at]
        elif kind == "line":  # a line or a file of another place
            elsewhere = files[chance.choice(sorted(files))].splitlines(keepends=True)
            lines[n] = chance.choice(elsewhere) if elsewhere else b""
            changed = b"".join(lines)
        elif kind == "file":
            changed = None if chance.random() < 0.5 else files[chance.choice(sorted(files))]
        if changed != data:
            return kind, name, changed


def write(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_sound_log_holds_in_both(sound: Path) -> None:
    good, lines = said(sound)
    assert good, lines
    assert [line.split(".")[0] for line in lines] == [str(n) for n in range(1, 10)]
    done = subprocess.run([sys.executable, str(FOLDER / "verify.py"), str(sound)], capture_output=True, text=True)
    assert (done.returncode, "all checks hold" in done.stdout) == (0, True)
    if NODE:
        js = subprocess.run([NODE, str(FOLDER / "verify.js"), str(sound)], capture_output=True, text=True)
        assert (js.returncode, js.stdout.splitlines()[-1]) == (0, "sound")


def test_every_single_edit_is_found_by_the_first(sound: Path) -> None:
    files, missed = contents(sound), []
    chance = random.Random(2017)
    for _ in range(EDITS):
        kind, name, changed = edit(chance, files)
        write(sound / name, changed)
        if said(sound)[0]:
            missed.append((kind, name))
        write(sound / name, files[name])
    assert missed == []
    assert said(sound)[0]


@pytest.mark.skipif(NODE is None, reason="node is in Debian's package nodejs")
def test_every_single_edit_is_found_by_the_second(sound: Path, tmp_path: Path) -> None:
    files, chance, edits = contents(sound), random.Random(77), []
    for number in range(EDITS_JS):
        kind, name, changed = edit(chance, files)
        edits.append((kind, name))
        shutil.copytree(sound, tmp_path / str(number))
        write(tmp_path / str(number) / name, changed)
    script = """
        const { verify } = require(process.argv[1]);
        (async () => {
          const found = [];
          for (let n = 0; n < Number(process.argv[3]); n += 1)
            await verify(`${process.argv[2]}/${n}`).catch(() => found.push(n));
          console.log(JSON.stringify(found));
        })();
    """
    done = subprocess.run(
        [str(NODE), "-e", script, str(FOLDER / "verify.js"), str(tmp_path), str(EDITS_JS)],
        capture_output=True,
        text=True,
    )
    found = set(json.loads(done.stdout))
    assert [edits[n] for n in range(EDITS_JS) if n not in found] == []


@pytest.mark.parametrize(
    "extra", ["heads/9.json", "openings/C9.jsonl", "tile/0/007", "leaves/000009.jsonl", "more.json"]
)
def test_a_file_that_does_not_belong_is_found(sound: Path, extra: str) -> None:
    (sound / extra).write_bytes(b"{}")
    good, lines = said(sound)
    js = subprocess.run([NODE, str(FOLDER / "verify.js"), str(sound)], capture_output=True) if NODE else None
    (sound / extra).unlink()
    assert not good
    assert extra in lines[-1]
    assert js is None or js.returncode == 1


def forged(folder: Path, tmp_path: Path, how: Callable[[dict[str, Any]], Any]) -> Path:
    """The log with a result that its own key signs: what a dishonest secretariat could publish."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from wsis_voting.keys.rules import RESULT, Signer, canonical

    copy = tmp_path / "forged"
    shutil.copytree(folder, copy)
    result = json.loads((copy / "result.json").read_bytes())
    how(result)
    result.pop("signature")
    result.pop("key_id")
    signer = Signer(Ed25519PrivateKey.from_private_bytes(random.Random(1).randbytes(32)))
    (copy / "result.json").write_bytes(canonical(signer.sign(RESULT, result)))
    return copy


def other_total(result: dict[str, Any]) -> None:
    project = result["categories"][0]["projects"][3]
    project["counted"] += 1


def other_finalists(result: dict[str, Any]) -> None:
    result["categories"][1]["finalists"].reverse()


def other_rule(result: dict[str, Any]) -> None:
    result["rules"]["finalists_per_category"] = 3


def fewer_voids(result: dict[str, Any]) -> None:
    result["votes"]["void"].pop("excluded_account")


def smaller_tree(result: dict[str, Any]) -> None:
    result["head"]["size"] -= 1


@pytest.mark.parametrize("how", [other_total, other_finalists, other_rule, fewer_voids, smaller_tree])
def test_a_false_result_is_found_though_it_is_signed(sound: Path, tmp_path: Path, how: Any) -> None:
    copy = forged(sound, tmp_path, how)
    assert said(copy)[0] is False
    if NODE:
        assert subprocess.run([NODE, str(FOLDER / "verify.js"), str(copy)], capture_output=True).returncode == 1


def test_vote_dropped_by_the_writer_of_the_openings_is_found(sound: Path, tmp_path: Path) -> None:
    """A vote neither opened nor void: the digests and totals fit, and still it shows."""
    import hashlib

    def how(result: dict[str, Any]) -> None:
        name = "openings/C2.jsonl"
        path = tmp_path / "forged" / name
        first, *rest = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(rest))
        result["files"][name] = hashlib.sha256(b"".join(rest)).hexdigest()
        row = result["categories"][1]
        row["counted"] -= 1
        result["votes"]["counted"] -= 1
        next(p for p in row["projects"] if p["project"] == json.loads(first)["project"])["counted"] -= 1

    good, lines = said(forged(sound, tmp_path, how))
    assert not good
    assert "WRONG" in lines[-1]


def test_key_that_is_known_from_elsewhere_decides(sound: Path) -> None:
    key = json.loads((sound / "keys.json").read_bytes())["keys"][0]["key_id"]
    assert said(sound, pinned=key)[0]
    assert not said(sound, pinned="0123456789abcdef")[0]


def under_embargo(sound: Path, copy: Path) -> Path:
    """The log as it is published from the certification to the announcement."""
    shutil.copytree(sound, copy)
    (copy / "result.json").unlink()
    shutil.rmtree(copy / "openings")
    return copy


def test_log_before_its_result_holds_as_far_as_it_goes(sound: Path, tmp_path: Path) -> None:
    copy = under_embargo(sound, tmp_path / "log")
    good, lines = said(copy)
    assert good
    assert "the result is not public yet" in lines[4]
    assert both(copy) == (0, 0)
    (copy / "certification.json").unlink()
    good, lines = said(copy)
    assert good
    assert "not certified yet" in lines[4]
    assert both(copy) == (0, 0)


def test_other_result_than_the_one_that_was_certified_is_found(sound: Path, tmp_path: Path) -> None:
    """Both are signed, and agree with the openings: the leaf of the log tells which one was certified."""
    copy = forged(sound, tmp_path, lambda result: result["ballots"].update(started=61))
    good, lines = said(copy)
    assert not good
    assert "result.json is not what was certified" in lines[-1]
    assert both(copy) == (1, 1)


def test_logs_of_versions_that_lifted_voids_stay_readable(tmp_path: Path) -> None:
    """Nothing writes such leaves any more: a certified contest is not opened again."""
    log = example.publish(str(tmp_path), votes=60, heads=5, reopened=True)
    assert b'"t":"restored"' in (log / "leaves/000000.jsonl").read_bytes()
    assert json.loads((log / "result.json").read_bytes())["number"] == 2
    assert said(log)[0]
    assert both(log) == (0, 0)


# -- the champions that were announced ---------------------------------------------------------------------------------


def compared(folder: Path, page: dict[str, Any], tmp_path: Path) -> int:
    """How both verifiers end with this list of champions."""
    file = tmp_path / "champions.json"
    file.write_text(json.dumps(page))
    python, js = both(folder, "--champions", str(file))
    assert python == js, page
    return python


def champions(folder: Path, **more: Any) -> dict[str, Any]:
    """The list that follows from the result."""
    result = json.loads((folder / "result.json").read_bytes())
    rows = [{"project": id, "category": row["category"]} for row in result["categories"] for id in row["finalists"]]
    return {"edition": "2017", "items": rows, "rulings": [], "next": None, **more}


def votes_in(folder: Path, category: str) -> list[str]:
    """Projects of a category that got votes, by votes."""
    result = json.loads((folder / "result.json").read_bytes())
    (row,) = [row for row in result["categories"] if row["category"] == category]
    return [p["project"] for p in sorted(row["projects"], key=lambda p: -p["counted"]) if p["counted"]]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log in which more projects of a category have votes than places."""
    return example.publish(str(tmp_path_factory.mktemp("many")), votes=400, heads=3)


def test_champions_are_those_that_were_counted(many: Path, tmp_path: Path) -> None:
    told = champions(many)
    assert compared(many, told, tmp_path) == 0
    (*others, last) = told["items"]
    sixth = next(id for id in votes_in(many, "C2") if id not in [row["project"] for row in told["items"]])
    for items in (
        others,
        [*told["items"], {"project": sixth, "category": "C2"}],
        [*told["items"], last],
        [*others, {**last, "category": "C2"}],
        [*told["items"], {"project": "stranger", "category": "C99"}],
        [row for row in told["items"] if row["category"] != "C1"],
    ):
        assert compared(many, {**told, "items": items}, tmp_path) == 1, items
    assert compared(many, {**told, "edition": "2018"}, tmp_path) == 1
    assert compared(many, {**told, "next": "more"}, tmp_path) == 3, "a page is missing: that says nothing of the log"


def test_places_that_one_has_changed_who_read_the_tally_are_found(many: Path, tmp_path: Path) -> None:
    """Three champions of nine: the first of each category, as if there were one place."""
    first, told = {}, champions(many)
    for row in told["items"]:
        first.setdefault(row["category"], row)
    assert len(told["items"]) > len(first)
    assert compared(many, {**told, "items": list(first.values())}, tmp_path) == 1


def test_champions_after_a_disqualification_are_explained(many: Path, tmp_path: Path) -> None:
    told, ranked = champions(many), votes_in(many, "C2")
    gone, sixth = ranked[0], ranked[5]
    items = [row for row in told["items"] if row["project"] != gone] + [{"project": sixth, "category": "C2"}]
    ruling = {"category": "C2", "kind": "disqualified", "project": gone}
    assert compared(many, {**told, "items": items, "rulings": [ruling]}, tmp_path) == 0
    assert compared(many, {**told, "items": items}, tmp_path) == 1, "nobody says why"
    for wrong in ({**ruling, "kind": "disliked"}, {**ruling, "project": "stranger"}, {**ruling, "category": "C1"}):
        assert compared(many, {**told, "items": items, "rulings": [wrong]}, tmp_path) == 1
    assert compared(many, {**told, "rulings": [ruling]}, tmp_path) == 1, "the one ruled out stays"


def test_champions_of_a_settled_tie_are_explained(tmp_path: Path) -> None:
    rules: dict[str, Any] = {"tie_rule": "expert_group_decides", "places": 3, "even": True}
    log = example.publish(str(tmp_path / "log"), votes=400, heads=3, **rules)
    result = json.loads((log / "result.json").read_bytes())
    tie = next(row for row in result["categories"] if row["tied"])
    free = 3 - len(tie["finalists"])
    settled = [
        {"category": row["category"], "kind": "tie_settled", "projects": row["tied"][: 3 - len(row["finalists"])]}
        for row in result["categories"]
        if row["tied"]
    ]
    named = [{"project": id, "category": one["category"]} for one in settled for id in one["projects"]]
    told = champions(log)
    told["items"] += named
    assert compared(log, {**told, "rulings": settled}, tmp_path) == 0
    assert compared(log, told, tmp_path) == 1, "nobody settled it"
    more = {**settled[0], "projects": tie["tied"][: free + 1]}
    assert compared(log, {**told, "rulings": [more, *settled[1:]]}, tmp_path) == 1, "more than there are places"


def test_champions_without_a_result_are_not_sound(sound: Path, tmp_path: Path) -> None:
    told, copy = champions(sound), under_embargo(sound, tmp_path / "log")
    assert compared(copy, told, tmp_path) == 3, "the result comes within a minute"
    (copy / "certification.json").unlink()
    assert compared(copy, told, tmp_path) == 1


# -- no false alarms ---------------------------------------------------------------------------------------------------


def both(place: Path | str, *options: str) -> tuple[int, int]:
    """The exit codes of the two verifiers; that of the first twice where there is no node."""
    done = subprocess.run([sys.executable, str(FOLDER / "verify.py"), str(place), *options], capture_output=True)
    if not NODE:
        return done.returncode, done.returncode
    js = subprocess.run([NODE, str(FOLDER / "verify.js"), str(place), *options], capture_output=True)
    return done.returncode, js.returncode


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


# -- receipts ----------------------------------------------------------------------------------------------------------


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
