"""What the log of the relay says of mails: a reader of what Postfix writes, by syslog or by journald.

A line of `cleanup` has the Message-ID of a mail with its queue id; what became of it stands in later lines under the
queue id alone. A queue id is used again. `qmgr` names a mail only once the relay has answered for it: one whose
connection broke before has a line of `cleanup` and no other.

Strangers write into these lines: names of hosts, addresses, replies. So a line counts only where all that stands before
its result has the shape that Postfix gives it, and nothing of it is kept but a status code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from wsis_notifications.returned.rules import Report, report_of_status

BYTES = 256 * 2**20  # of the newest lines: an hour of some 500 mails a second
CHUNK, LONGEST_LINE = 2**20, 2**16
COMPRESSED = {".gz", ".bz2", ".xz", ".zst"}

_TIME = rb"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.,Z+-]{8,24})"
_LINE = rb"^" + _TIME + rb" [!-~]{1,255} [\w.-]{1,60}(?:/[\w-]{1,40}){0,2}/%s\[\d{1,10}\]: ([0-9A-Za-z]{5,20}): "
_RECEIVED = re.compile(_LINE % rb"cleanup" + rb"message-id=<?([!-~]{0,998}?)>?$")
_QUEUED = re.compile(_LINE % rb"qmgr" + rb"from=<[^>]{0,320}>, size=\d{1,12}, nrcpt=\d{1,6} \(queue active\)$")
_STATUS = re.compile(
    _LINE
    % rb"[\w-]{1,40}"
    + rb"to=<[^>]{0,320}>, (?:orig_to=<[^>]{0,320}>, )?relay=[!-~]{1,320}, (?:conn_use=\d{1,6}, )?delay=[\d.]{1,20}, "
    rb"delays=[\d./]{1,80}, dsn=(\d\.\d{1,3}\.\d{1,3}), status=(sent|deferred|bounced) (.{0,1000})"
)
_CUT = b"\0"  # begins what is left of a line of which a part was not read: it matches nothing
_ACCEPTED = Report("delayed")


def search(log: Path, wanted: Collection[str]) -> dict[str, Report]:
    """What the newest BYTES of the log, and of its rotated files that are not compressed, say of mails. `wanted`: what
    stands in their Message-IDs before the @. A mail that is not in the result was not accepted, or the log does not
    reach so far back. Raises OSError."""
    return read(_lines(log), wanted)


def read(lines: Iterable[bytes], wanted: Collection[str]) -> dict[str, Report]:
    """Of lines, the oldest first: the last that they say of each mail. One that the relay forwards to itself through a
    filter has a second queue id under the same Message-ID."""
    found: dict[str, Report] = {}
    queued: dict[bytes, str] = {}
    for line in lines:
        if b": message-id=" in line:
            if received := _RECEIVED.match(line):
                id = received[2].partition(b"@")[0].decode("ascii")
                queued.pop(received[1], None)
                if id in wanted:
                    queued[received[1]] = id
        elif queued and b" (queue active)" in line:
            if (active := _QUEUED.match(line)) and active[1] in queued:
                found.setdefault(queued[active[1]], _ACCEPTED)
        elif queued and b", status=" in line and (status := _STATUS.match(line)) and status[1] in queued:
            found[queued[status[1]]] = _report(*status.groups()[1:])
    return found


def _report(code: bytes, status: bytes, text: bytes) -> Report:
    if status == b"bounced":
        return report_of_status(code.decode("ascii"), text.decode("ascii", "replace"))
    return Report("delivered") if status == b"sent" else _ACCEPTED


def _lines(log: Path) -> Iterator[bytes]:
    """Whole lines, the oldest first, without their ends."""
    for path, start in _newest(log):
        with path.open("rb") as file:
            file.seek(start)
            rest = _CUT if start else b""
            while chunk := file.read(CHUNK):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from (line.rstrip(b"\r") for line in lines if len(line) <= LONGEST_LINE)
                rest = rest if len(rest) <= LONGEST_LINE else _CUT


def _newest(log: Path) -> list[tuple[Path, int]]:
    """The log and its rotated files, the oldest first, each with the place from which on it is read."""
    files = [path for path in log.parent.iterdir() if path.name.startswith(log.name) and path.is_file()]
    files = [path for path in files if path.suffix not in COMPRESSED]
    chosen: list[tuple[Path, int]] = []
    left = BYTES
    for path in sorted(files, key=lambda path: path.stat().st_mtime, reverse=True):
        size = path.stat().st_size
        chosen.append((path, max(0, size - left)))
        left -= size
        if left <= 0:
            break
    return chosen[::-1]
