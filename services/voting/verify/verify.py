#!/usr/bin/env python3
"""Check a published vote log, on your own machine, with nothing but Python 3.9 or later.

    python3 verify.py FOLDER              a copy of the log: FOLDER holds head.json
    python3 verify.py https://.../log/2017
    python3 verify.py FOLDER --key 07509fd7b8294aff     the name of the key, as you know it from elsewhere
    python3 verify.py FOLDER --receipt receipts.txt     also look for votes of your own: a receipt, or the whole mail
    python3 verify.py FOLDER --champions page.json      also compare the champions that were announced: the answer of
                                                        /v1/editions/2017/champions?limit=100, once for each page

Prints each check with its number. Ends with 0 when all hold, 1 when one does not, 3 when the log could not be read,
which says nothing about it. What is checked, and what that proves: docs/verify-the-vote.md. This file shares no code
with the voting service nor with verify.js.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import http.client
import json
import os
import random
import re
import sys
import time
import urllib.error
import urllib.request

sha256 = hashlib.sha256
LEAVES_IN_FILE, WIDTH, HASH = 4096, 256, 32
EVERY_SIGNATURE = 10_000  # heads; of a longer log, the last head and a sample: each head names the former by its hash
REASONS = {"incomplete_ballot", "excluded_account", "disqualified_project"}
EMPTY = sha256(b"").digest()
TRIES, LONGEST_WAIT = 6, 30.0  # of one file, and seconds between two at most
# Direction marks, joiners and soft hyphens, which mail programs add and copy along.
INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Wrong(Exception):
    """A check failed; the text says where."""


class Unreachable(Exception):
    """The log could not be read; the text says where."""


def check(holds, text):
    if not holds:
        raise Wrong(text)


# -- Ed25519 (RFC 8032), verification alone ----------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    aa, bb = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    cc, dd = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = bb - aa, dd - cc, dd + cc, bb + aa
    return e * f % P, g * h % P, f * g % P, e * h % P


def decompress(raw):
    if len(raw) != 32:
        return None
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def compress(point):
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little")


def table(point):
    """Multiples of the point for each byte of a scalar, so that a product is 32 additions."""
    rows = []
    for _ in range(32):
        row = [NEUTRAL]
        for _ in range(255):
            row.append(add(row[-1], point))
        rows.append(row)
        point = add(row[-1], point)
    return rows


def times(rows, scalar):
    total = NEUTRAL
    for place, byte in enumerate(scalar.to_bytes(32, "little")):
        if byte:
            total = add(total, rows[place][byte])
    return total


BASE = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)
BASE_TABLE = None


class Key:
    def __init__(self, public):
        global BASE_TABLE
        point = decompress(public)
        check(point is not None, "the public key is not a point of the curve")
        if BASE_TABLE is None:
            BASE_TABLE = table((*BASE, 1, BASE[0] * BASE[1] % P))
        x, y, z, t = point
        self.public, self.minus = public, table((P - x, y, z, P - t))

    def signed(self, message, signature):
        if len(signature) != 64:
            return False
        s = int.from_bytes(signature[32:], "little")
        if s >= L:
            return False
        h = int.from_bytes(hashlib.sha512(signature[:32] + self.public + message).digest(), "little") % L
        return compress(add(times(BASE_TABLE, s), times(self.minus, h))) == signature[:32]


@functools.lru_cache(maxsize=4)
def key_of(public):
    return Key(public)


# -- reading -----------------------------------------------------------------------------------------------------------


def canonical(document):
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


class Source:
    """A folder, or a web address that serves one."""

    def __init__(self, place, longest_wait=LONGEST_WAIT):
        self.place, self.remote = place.rstrip("/"), place.startswith(("http://", "https://"))
        self.longest_wait = longest_wait

    def read(self, name):
        """The bytes of a file, None where there is none. Raises Unreachable."""
        if self.remote:
            return self.fetch(f"{self.place}/{name}")
        try:
            with open(os.path.join(self.place, *name.split("/")), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def fetch(self, address):
        """The same over HTTP. A server that is busy (429) or broken (5xx) is asked again."""
        for number in range(TRIES):
            wait = min(2.0**number, self.longest_wait)
            try:
                with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 -- http alone
                    return answer.read()
            except urllib.error.HTTPError as error:
                if error.code in (404, 410):
                    return None
                said = f"HTTP {error.code}"
                if error.code != 429 and error.code < 500:
                    break
                asked = error.headers.get("Retry-After", "")
                wait = min(float(asked), self.longest_wait) if asked.isdigit() else wait
            except (OSError, http.client.HTTPException) as error:
                said = type(error).__name__
            if number < TRIES - 1:
                time.sleep(wait)
        raise Unreachable(f"{address}: {said}")

    def must(self, name):
        data = self.read(name)
        check(data is not None, f"{name} is missing")
        return data

    def document(self, name, data=None):
        """A JSON object in its one canonical form, so that not a byte can differ unseen."""
        data = self.must(name) if data is None else data
        try:
            document = json.loads(data)
        except ValueError:
            raise Wrong(f"{name} is not JSON") from None
        check(isinstance(document, dict) and canonical(document) == data, f"{name} is not in canonical form")
        return document

    def names(self):
        """All files of a folder; None for a web address."""
        if self.remote:
            return None
        found = set()
        for folder, _, files in os.walk(self.place):
            inside = os.path.relpath(folder, self.place).replace(os.sep, "/")
            found.update(name if inside == "." else f"{inside}/{name}" for name in files)
        return found


def unhex(text, size, what):
    try:
        data = bytes.fromhex(text)
    except (TypeError, ValueError):
        raise Wrong(f"{what} is not hex") from None
    check(len(data) == size and data.hex() == text, f"{what} is not {size} bytes of hex")
    return data


def signature_holds(key, kind, document, what):
    signed = {name: value for name, value in document.items() if name != "signature"}
    signature = unhex(document.get("signature"), 64, f"the signature of {what}")
    check(document.get("key_id") == sha256(key.public).hexdigest()[:16], f"{what} names another key")
    check(key.signed(kind + canonical(signed), signature), f"the signature of {what} is wrong")


# -- the checks --------------------------------------------------------------------------------------------------------


class Log:
    """What the checks hand on to one another."""

    def __init__(self, source, pinned=None):
        self.source, self.pinned = source, pinned
        # What is written last is read first: all that it names is there. `result` is None under embargo and before.
        self.result_data = source.read("result.json")
        self.certification_data = source.read("certification.json")
        self.result = None

    def the_key(self):
        document = self.source.document("keys.json")
        keys = document.get("keys")
        check(isinstance(keys, list) and len(keys) == 1 and isinstance(keys[0], dict), "keys.json holds no key")
        public = unhex(keys[0].get("public_key"), 32, "the public key")
        name = sha256(public).hexdigest()[:16]
        self.edition = document.get("edition")
        whole = {
            "edition": self.edition,
            "keys": [{"algorithm": "Ed25519", "key_id": name, "public_key": public.hex()}],
        }
        check(isinstance(self.edition, str) and document == whole, "keys.json is not what its key says")
        check(self.pinned in (None, name), f"the key is {name}, not {self.pinned}")
        self.key = key_of(public)
        return f"key {name} of edition {self.edition}" + ("" if self.pinned else " (compare it with another source)")

    def the_heads(self):
        last_bytes = self.source.must("head.json")
        last = self.source.document("head.json", last_bytes)
        count = last.get("number")
        check(type(count) is int and count > 0, "head.json has no number")
        self.heads, before, size, at = [], "0" * 64, 0, ""
        fields = {"v", "edition", "number", "size", "root", "time", "prev", "key_id", "signature"}
        for number in range(1, count + 1):
            name = f"heads/{number}.json"
            data = self.source.must(name)
            head = self.source.document(name, data)
            check(head.keys() == fields and head["v"] == 1, f"{name} is not a head")
            check(head["edition"] == self.edition and head["number"] == number, f"{name} belongs elsewhere")
            check(head["prev"] == before, f"{name} does not follow the head before it")
            check(type(head["size"]) is int and head["size"] >= size, f"{name}: the log has shrunk")
            check(isinstance(head["time"], str) and head["time"] >= at, f"{name} is older than the head before it")
            before, size, at = sha256(data).hexdigest(), head["size"], head["time"]
            unhex(head["root"], 32, f"the root of {name}")
            self.heads.append(head)
        check(data == last_bytes, "head.json is not the last head")
        chosen = self.heads
        if count > EVERY_SIGNATURE:
            chosen = [*random.SystemRandom().sample(self.heads[:-1], 1000), self.heads[-1]]
        for head in chosen:
            signature_holds(self.key, b"wsis-head-v1\n", head, f"heads/{head['number']}.json")
        return f"{count} heads, each names the one before it; {len(chosen)} signatures hold"

    def the_tree(self):
        """Builds the tree leaf by leaf. A head is consistent with all before it when its root is met on the way."""
        size = self.heads[-1]["size"]
        due = iter(self.heads)
        head = next(due)
        stack, level0, self.leaves = [], [], []  # stack: roots of perfect trees, largest first, of `count` leaves
        count, digest, leaves = 0, sha256, self.leaves
        while head is not None and head["size"] == 0:
            check(bytes.fromhex(head["root"]) == EMPTY, f"heads/{head['number']}.json: root of an empty tree")
            head = next(due, None)
        for number in range(-(-size // LEAVES_IN_FILE)):
            name = f"leaves/{number:06d}.jsonl"
            data = self.source.must(name)
            lines = data.split(b"\n")
            here = min(LEAVES_IN_FILE, size - number * LEAVES_IN_FILE)
            most = LEAVES_IN_FILE if self.may_grow else here
            check(lines.pop() == b"" and here <= len(lines) <= most, f"{name} does not hold {here} leaves")
            lines = lines[:here]
            leaves += lines
            for line in lines:
                made = digest(b"\0" + line).digest()
                level0.append(made)
                count += 1
                at = count
                while not at & 1:
                    made = digest(b"\1" + stack.pop() + made).digest()
                    at >>= 1
                stack.append(made)
                while head is not None and head["size"] == count:
                    root = stack[-1]
                    for left in stack[-2::-1]:
                        root = digest(b"\1" + left + root).digest()
                    check(root.hex() == head["root"], f"heads/{head['number']}.json: the leaves give another root")
                    head = next(due, None)
        check(head is None, "a head has a size that the leaves do not have")
        self.level0 = level0
        return f"{size} leaves; the root of every head is that of its first leaves, so the log only ever grew"

    @property
    def may_grow(self):
        """Until the result is out votes may come in, while this reads too."""
        return self.result_data is None

    def the_tiles(self):
        names = self.source.names()
        row, level, wanted, wrong = self.level0, 0, set(), None
        sizes = [head["size"] for head in self.heads]
        while row:
            full = len(row) // WIDTH
            parts = {(index, WIDTH) for index in range(full)}
            if names is not None:
                parts |= {(full, size % WIDTH) for size in sizes if size % WIDTH and size // WIDTH == full}
                # A copy may hold what the log had of a tile before it was full.
                parts |= {part for part in parts_of_tiles(names, level) if part[0] * WIDTH + part[1] <= len(row)}
            for index, width in sorted(parts):
                name = f"tile/{level}/{tile_name(index)}" + (f".p/{width}" if width < WIDTH else "")
                wanted.add(name)
                start = index * WIDTH
                hashes, held = b"".join(row[start : start + width]), self.source.read(name)
                if held is None and width < WIDTH and self.may_grow:
                    # It has become full since, and begins with what it was.
                    held = (self.source.read(f"tile/{level}/{tile_name(index)}") or b"")[: len(hashes)]
                if held != hashes:
                    wrong = wrong or name
            above = []
            for index in range(full):
                part = row[index * WIDTH : (index + 1) * WIDTH]
                while len(part) > 1:
                    part = [sha256(b"\1" + part[i] + part[i + 1]).digest() for i in range(0, len(part), 2)]
                above.append(part[0])
            row, level, sizes = above, level + 1, [size // WIDTH for size in sizes]
        check(wrong is None, f"{wrong} is missing or not what the leaves give")
        if names is None:
            return f"{len(wanted)} tiles follow from the leaves"
        kept = {"head.json", "keys.json", "result.json", "certification.json"} | wanted
        kept |= {f"heads/{head['number']}.json" for head in self.heads}
        kept |= {f"leaves/{n:06d}.jsonl" for n in range(-(-len(self.leaves) // LEAVES_IN_FILE))}
        odd = sorted(n for n in names - kept if not n.startswith("openings/") and "/." not in f"/{n}")
        if self.may_grow:
            odd = [name for name in odd if not self.is_newer(name)]
        check(not odd, f"{odd[:1]} does not belong to a log")
        return f"{len(wanted)} tiles follow from the leaves, and no file is there that does not belong"

    def is_newer(self, name):
        """Is it a file of a head that came after the one that was read?"""
        if match := re.fullmatch(r"heads/([1-9][0-9]*)\.json", name):
            return int(match[1]) > len(self.heads)
        if match := re.fullmatch(r"leaves/([0-9]{6,})\.jsonl", name):
            return int(match[1]) * LEAVES_IN_FILE >= len(self.leaves)
        tile = tile_of(name)
        return tile is not None and (tile[1] * WIDTH + tile[2]) * WIDTH ** tile[0] > len(self.leaves)

    def the_certification(self):
        """The result is committed to by the leaf after the head that it stands on."""
        names = self.source.names() or ()
        if self.certification_data is None:
            check(self.result_data is None, "there is a result.json without its certification.json")
            check(not any(name.startswith("openings/") for name in names), "there are openings without a result.json")
            return None
        told = self.source.document("certification.json", self.certification_data)
        signature_holds(self.key, b"wsis-certification-v1\n", told, "certification.json")
        fields = {"v", "edition", "number", "certified_at", "head", "result", "key_id", "signature"}
        check(told.keys() == fields and told["v"] == 1, "certification.json is not a certification")
        check(told["edition"] == self.edition, "certification.json belongs elsewhere")
        head = told["head"]
        check(type(head["number"]) is int and 0 < head["number"] < len(self.heads), "certification.json names no head")
        mine = self.heads[head["number"] - 1]
        same = head == {name: mine[name] for name in ("number", "size", "root")}
        check(same, "certification.json names another head")
        unhex(told["result"], 32, "the hash of the result")
        place = head["size"]
        leaf = f'{{"c":"{told["result"]}","t":"result"}}'.encode()
        check(place < len(self.leaves) and self.leaves[place] == leaf, f"leaf {place} is not that of the certification")
        text = f"certification number {told['number']} is signed, stands on head {head['number']} and is in the log"
        if self.result_data is None:
            grown = len(self.leaves) - place - 1
            check(not any(name.startswith("openings/") for name in names), "there are openings without a result.json")
            return f"{text}; " + (
                f"the log has grown by {grown} leaves since" if grown else "the result is not public yet"
            )
        check(sha256(self.result_data).hexdigest() == told["result"], "result.json is not what was certified")
        result = self.source.document("result.json", self.result_data)
        signature_holds(self.key, b"wsis-result-v1\n", result, "result.json")
        same = ("v", "edition", "number", "certified_at", "head")
        check(all(result[name] == told[name] for name in same), "result.json and its certification differ")
        check(place + 1 == len(self.leaves), "the log has leaves after the result")
        self.result = result
        return f"{text}; the result is the one that was certified"

    def the_states(self):
        """Each commitment is voted once; voids and restorations alternate. Leaves `self.open`: those that count."""
        opened, void, reasons, results = set(), set(), {}, 0
        for place, line in enumerate(self.leaves):
            c = line[6:70]
            kind = line[70:]
            if kind == b'","t":"vote"}':
                check(c not in opened and c not in void, f"leaf {place}: a commitment is there twice")
                opened.add(c)
            elif kind.startswith(b'","reason":"'):
                check(c in opened, f"leaf {place}: void of a vote that is not there, or void already")
                opened.remove(c)
                void.add(c)
                reasons[c] = kind[12:-13].decode("ascii", "replace")
                check(kind == f'","reason":"{reasons[c]}","t":"void"}}'.encode(), f"leaf {place} is not a leaf")
                check(reasons[c] in REASONS, f"leaf {place}: a reason that is none")
            elif kind == b'","t":"result"}':
                results += 1
            else:
                check(kind == b'","t":"restored"}' and c in void, f"leaf {place} is not a leaf, or restores nothing")
                void.remove(c)
                opened.add(c)
            check(len(c) == 64 and line[:6] == b'{"c":"', f"leaf {place} is not a leaf")
        told = {}
        for c in void:
            told[reasons[c]] = told.get(reasons[c], 0) + 1
        if self.result:
            votes = self.result["votes"]
            check(results == self.result["number"], "the log does not hold as many results as were certified")
            check(told == votes["void"], "the voids are not those that result.json counts")
            check(len(opened) + len(void) == votes["cast"], "the votes are not as many as result.json says")
            check(len(opened) == votes["counted"], "the votes that count are not as many as result.json says")
        self.open = opened
        said = ", ".join(f"{n} {reason}" for reason, n in sorted(told.items())) or "none"
        return f"{len(opened) + len(void)} votes, each there once; void: {said}"

    def the_openings(self):
        edition, waiting = self.edition, self.open
        categories = self.result["categories"]
        files = {f"openings/{row['category']}.jsonl" for row in categories}
        check(len(files) == len(categories) and files == self.result["files"].keys(), "openings and categories differ")
        names = self.source.names()
        odd = sorted(n for n in names or () if n.startswith("openings/") and n not in files and "/." not in n)
        check(not odd, f"{odd[:1]} does not belong to the result")
        self.counted = {}
        for row in categories:
            category = row["category"]
            name = f"openings/{category}.jsonl"
            data = self.source.must(name)
            start = f'{{"category":"{category}","project":"'.encode()
            skip, counts = len(start), {}
            lines = data.split(b"\n")
            check(lines.pop() == b"", f"{name} is cut off")
            prefix = f"wsis-vote-v1|{edition}|{category}|".encode()
            for number, line in enumerate(lines, 1):
                project, r = line[skip:-73], line[-66:-2]
                try:
                    c = sha256(prefix + project + b"|" + bytes.fromhex(r.decode())).hexdigest().encode()
                    waiting.remove(c)
                except (ValueError, KeyError):
                    raise Wrong(f"{name} line {number} opens no vote of the log that is still to be opened") from None
                if line != start + project + b'","r":"' + r + b'"}' or len(r) != 64:
                    raise Wrong(f"{name} line {number} is not an opening")
                counts[project] = counts.get(project, 0) + 1
            check(sha256(data).hexdigest() == self.result["files"][name], f"{name} is not the file that was signed")
            self.counted[category] = {project.decode(): votes for project, votes in counts.items()}
        check(not waiting, f"{len(waiting)} votes are neither opened nor void")
        return f"{self.result['votes']['counted']} openings, each of a vote in the log; each vote opened or void, once"

    def the_count(self):
        for row in self.result["categories"]:
            told = {project["project"]: project["counted"] for project in row["projects"]}
            found = self.counted[row["category"]]
            where = row["category"]
            check(len(told) == len(row["projects"]), f"{where}: a project is listed twice")
            check(found.keys() <= told.keys(), f"{where}: votes for a project that is not nominated")
            check(all(found.get(p, 0) == n for p, n in told.items()), f"{where}: totals differ from the openings")
            check(row["counted"] == sum(told.values()), f"{where}: the sum is wrong")
            out = [p["project"] for p in row["projects"] if p["disqualified"]]
            check(not any(told[p] for p in out), f"{where}: a disqualified project has votes")
        total = sum(row["counted"] for row in self.result["categories"])
        check(total == self.result["votes"]["counted"], "the sum over the categories is wrong")
        return f"{len(self.result['categories'])} categories, {total} votes: all totals are those of the openings"

    def the_finalists(self):
        rules, count = self.result["rules"], 0
        for row in self.result["categories"]:
            chosen, tied = finalists(self.counted[row["category"]], rules["finalists_per_category"], rules["tie_rule"])
            check(row["finalists"] == chosen and row["tied"] == tied, f"{row['category']}: other finalists by the rule")
            count += len(chosen)
        places = rules["finalists_per_category"]
        return f"{count} finalists: the {places} with most votes in each category, ties by {rules['tie_rule']}"

    def the_champions(self, paths):
        """The list that was announced: the finalists of the result, and what the rulings that it names made of them."""
        champions, rulings = champions_in(paths, self.edition)
        check(self.certification_data is not None, "there are champions without a certified result")
        if self.result is None:
            raise Unreachable("result.json: not public yet, though there are champions: try again in a minute")
        rules, listed = self.result["rules"], {}
        for one in champions:
            listed.setdefault(one["category"], []).append(one["project"])
        rows = {row["category"]: row for row in self.result["categories"]}
        odd = sorted({*listed, *(ruling["category"] for ruling in rulings)} - rows.keys())
        check(not odd, f"champions or rulings in {odd[:1]}, in which nobody was nominated")
        for category, row in rows.items():
            mine = [ruling for ruling in rulings if ruling["category"] == category]
            wanted = after_rulings(row, self.counted[category], rules, mine)
            check(sorted(listed.get(category, [])) == sorted(wanted), f"{category}: other champions than were counted")
        told = "; ".join(ruling_text(ruling) for ruling in rulings) or "no ruling since"
        return f"{len(champions)} champions: the finalists of the result; {told}"

    def the_receipts(self, path):
        found = receipts_in(path)
        check(found, "there is no receipt in that file")
        last = {line[6:70]: line for line in self.leaves}
        for receipt in found:
            signature_holds(self.key, b"wsis-receipt-v1\n", receipt, "a receipt")
            check(receipt["edition"] == self.edition, "a receipt is of another edition")
            where = receipt["commitment"].encode() in last
            check(where, f"the vote of a receipt is not in the log (it must be by {receipt['logged_by']})")
        said = [f"your vote in {r['category']} is in the log: {last[r['commitment'].encode()].decode()}" for r in found]
        return "\n         ".join(said)


def receipts_in(path):
    """The receipts of a file: one as the API gives it, or text that holds some, such as a mail with line breaks, marks
    of writing direction and signs of quotation that a mail program put in."""
    with open(path, "rb") as file:
        text = INVISIBLE.sub("", file.read().decode("utf-8", "replace"))
    packed = re.sub(r"\s", "", re.sub(r"[\r\n]+[>\s]*", "", text))
    found = []
    for part in re.findall(r"\{[^{}]*\}", packed):
        try:
            document = json.loads(part)
        except ValueError:
            continue
        if "commitment" in document and "signature" in document:
            found.append(document)
    return found


def champions_in(paths, edition):
    """(champions, rulings) of the saved pages of the list. Raises Unreachable where a page is missing."""
    champions, rulings, following = [], [], None
    for path in paths:
        with open(path, "rb") as file:
            page = json.loads(file.read())
        check(page["edition"] == edition, f"{path} has the champions of another edition")
        champions += page["items"]
        rulings, following = page["rulings"], page["next"]
    if following is not None:
        raise Unreachable("the list of champions goes on: save its next page too")
    ids = [one["project"] for one in champions]
    check(all(type(id) is str for id in ids) and len({*ids}) == len(ids), "a champion is listed twice")
    return champions, rulings


def after_rulings(row, counts, rules, rulings):
    """The finalists of a category after the rulings since its certification, in their order."""
    places, rule, category = rules["finalists_per_category"], rules["tie_rule"], row["category"]
    chosen, tied, out = list(row["finalists"]), list(row["tied"]), set()
    nominees = {project["project"] for project in row["projects"]}
    for ruling in rulings:
        if ruling["kind"] == "tie_settled":
            named = ruling["projects"]
            fits = {*named} <= {*tied} and len({*named}) == len(named) == places - len(chosen)
            check(tied and fits, f"{category}: a ruling that does not settle the tie")
            chosen, tied = chosen + named, []
            continue
        check(ruling["kind"] in ("disqualified", "withdrawn"), f"{category}: a ruling of no kind")
        check(ruling["project"] in nominees - out, f"{category}: a ruling on a project that is not nominated")
        out.add(ruling["project"])
        left = {project: votes for project, votes in counts.items() if project not in out}
        if tied:
            chosen, tied = finalists(left, places, rule)
            continue
        chosen = [project for project in chosen if project not in out]
        others = {project: votes for project, votes in left.items() if project not in chosen}
        chosen += finalists(others, places - len(chosen), "all_tied")[0]
    check(not tied, f"{category}: nobody settled the tie")
    return chosen


def ruling_text(ruling):
    if ruling["kind"] == "tie_settled":
        return f"{ruling['category']}: the Expert Group named {', '.join(ruling['projects'])} of the tie"
    return f"{ruling['category']}: {ruling['project']} was {ruling['kind']}, the next by votes moved up"


def finalists(counts, places, rule):
    if places <= 0:
        return [], []
    ranked = sorted(((votes, project) for project, votes in counts.items() if votes), key=lambda r: (-r[0], r[1]))
    if len(ranked) <= places:
        return [project for _, project in ranked], []
    last = ranked[places - 1][0]
    chosen = [row for row in ranked if row[0] >= last]
    if rule != "expert_group_decides" or len(chosen) == places:
        return [project for _, project in chosen], []
    return [p for v, p in ranked if v > last], [p for v, p in ranked if v == last]


def tile_name(index):
    name = f"{index % 1000:03d}"
    while index := index // 1000:
        name = f"x{index % 1000:03d}/{name}"
    return name


def tile_of(name):
    """(level, index, width) of a tile's path, None for any other name."""
    match = re.fullmatch(r"tile/([0-9]|[1-9][0-9])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", name)
    if match is None:
        return None
    index, width = int(match[2].replace("x", "").replace("/", "")), int(match[3] or WIDTH)
    return (int(match[1]), index, width) if tile_name(index) == match[2] and width <= WIDTH else None


def parts_of_tiles(names, level):
    """(index, width) of the tiles of a level that are there and not full."""
    tiles = filter(None, map(tile_of, names))
    return {(index, width) for at, index, width in tiles if at == level and width < WIDTH}


def verify(place, pinned=None, receipts=None, say=print, champions=(), longest_wait=LONGEST_WAIT):
    """True when all checks hold; `say` gets a line for each. `receipts` is the name of a file with some, `champions`
    are those of the saved pages of the list."""
    number = 0
    try:
        log = Log(Source(place, longest_wait), pinned)
        checks = [log.the_key, log.the_heads, log.the_tree, log.the_tiles, log.the_certification, log.the_states]
        if receipts:
            checks.append(lambda: log.the_receipts(receipts))
        while checks:
            one, number = checks.pop(0), number + 1
            say(f"{number}. ok    {one() or 'voting is not certified yet: there is no result to check'}")
            if one == log.the_states and log.result:
                checks = [log.the_openings, log.the_count, log.the_finalists, *checks]
            if one == log.the_states and champions:
                checks.append(lambda: log.the_champions(champions))
    except Wrong as wrong:
        say(f"{number}. WRONG {wrong}")
        return False
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        say(f"{number}. WRONG a file is not built as it must be ({type(error).__name__})")
        return False
    return True


def main():
    parser = argparse.ArgumentParser(description="Check a published vote log.")
    parser.add_argument("place", help="folder or web address that holds head.json")
    parser.add_argument("--key", help="the name of the signing key, as you know it from elsewhere")
    parser.add_argument("--receipt", help="a file with receipts of yours, for example the whole mail")
    parser.add_argument(
        "--champions", action="append", default=[], help="a saved page of the list of champions; once for each page"
    )
    parser.add_argument(
        "--longest-wait",
        type=float,
        default=LONGEST_WAIT,
        metavar="SECONDS",
        help="between two tries of a file that a busy or broken server did not send [30]",
    )
    asked = parser.parse_args()
    say, started = print, time.monotonic()
    try:
        good = verify(asked.place, asked.key, asked.receipt, champions=asked.champions, longest_wait=asked.longest_wait)
    except Unreachable as error:
        say(f"THE LOG COULD NOT BE READ, which says nothing about it: {error}")
        return 3
    say(f"{'all checks hold' if good else 'THE LOG IS NOT SOUND'} ({time.monotonic() - started:.1f} s)")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
