"""Ways in without a sign-in: public routes that write or take a token, mailboxes, and what each of them proves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from wsis_shared.plugin import PUBLIC
from wsis_shared.resources import load_object
from wsis_shared.security import Installed, Part
from wsis_shared.security.tables import codes, section, table

_COLUMNS = ("way", "proves", "bits", "good_for", "ends", "routes")
_HEAD = ("way", "proves", "bits", "good for", "ends", "routes and mailboxes")
# The length of a key that code cuts off: `wsis_shared.mailboxes:MAC_BYTES * 8`.
_LENGTH = re.compile(r"(?P<name>[\w.]+:\w+) \* (?P<times>\d+)")


def write(part: Part, _suite: Installed) -> str:
    """The section."""
    ways = (
        (row["way"], row["proves"], _bits(row.get("bits", "")), row["good_for"], row["ends"], _at(row))
        for row in part.of("ways_in") or ()
    )
    writes = ((row["what"], codes(row["routes"])) for row in part.of("public_writes") or ())
    return section(
        "Ways in",
        table(_HEAD, ways),
        table(("public, without a proof", "routes"), writes),
        table(("public files, feeds and pages",), ([codes([name])] for name in _files(part))),
    )


def problems(part: Part, _suite: Installed) -> Iterator[str]:
    """Ways of which nothing is said, and the reverse."""
    rows = (*(part.of("ways_in") or ()), *(part.of("public_writes") or ()))
    listed, there = Counter(name for row in rows for name in row.get("routes", ())), {*_ways(part)}
    yield from (f"ways_in: {name}: what does it prove? Or nothing: public_writes" for name in sorted(there - {*listed}))
    yield from (f"ways_in: {name}: nobody comes in there" for name in {*listed} - there)
    yield from (f"ways_in: {name}: it stands twice" for name, times in listed.items() if times > 1)
    for row in part.of("ways_in") or ():
        yield from (f"ways_in: {row['way']}: {name}?" for name in _COLUMNS[:-1] if not row.get(name) and name != "bits")
        try:
            _bits(row.get("bits", ""))
        except (ImportError, AttributeError) as error:
            yield f"ways_in: {row['way']}: bits: {error}"


def _ways(part: Part) -> Iterator[str]:
    for route in part.plugin.routes if part.plugin else ():
        if route.permission == PUBLIC and (route.writes or re.search(r"{token}|unsubscription", route.path)):
            yield f"{route.method} {route.path}"
    yield from (mailbox.pattern for mailbox in (part.plugin.mailboxes if part.plugin else ()))


def _files(part: Part) -> Iterator[str]:
    """Public routes that show what no schema describes."""
    for route in part.plugin.routes if part.plugin else ():
        if route.permission == PUBLIC and not route.writes and route.response is None:
            yield f"{route.method} {route.path}"


def _bits(said: float | str) -> str:
    match = _LENGTH.fullmatch(str(said))
    return str(load_object(match["name"]) * int(match["times"])) if match else str(said)


def _at(row: dict[str, list[str]]) -> str:
    return codes(row["routes"]) if "routes" in row else str(row.get("at", ""))
