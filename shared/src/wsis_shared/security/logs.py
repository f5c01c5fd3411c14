"""Logs: the fields of all lines, and the events of security."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from wsis_shared.security import Installed, Part
from wsis_shared.security.source import Source
from wsis_shared.security.tables import codes, section, table

LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
# Always security: who is not let in, may not do it, or does it too often.
REFUSALS = {"Unauthenticated", "Forbidden", "TooMany"}
_REFUSES = re.compile(r"\b(HttpError|Unauthenticated|Forbidden|TooMany)\b")
_CODE = re.compile(r"[a-z]+\.[a-z_]+")


def write(part: Part, _suite: Installed) -> str:
    """The section."""
    fields = sorted(fields_of(part))
    events = ((codes(row["events"]), row["what"]) for row in part.of("security_events") or ())
    return section(
        "Logs",
        f"Fields of lines: {codes(fields)}.\n" if fields else "",
        table(("event or error", "what happened"), events),
    )


def problems(part: Part, _suite: Installed) -> Iterator[str]:
    """Refusals that are no event of security, and events that nothing writes."""
    listed = {name for row in part.of("security_events") or () for name in row["events"]}
    for code in sorted({code for source in part.code for code in _refused(source)} - listed):
        yield f"security_events: {code}: what happened then?"
    for name in sorted(listed):
        if not any(_says(source, name) for source in part.code if f'"{name}"' in source.text):
            yield f"security_events: {name}: nothing writes it"


def fields_of(part: Part) -> set[str]:
    """The keys of `extra` of all log calls, and of lines that are written whole. Raises ValueError where it is no
    dictionary that can be read here."""
    found: set[str] = set()
    for source in part.code:
        for call in source.nodes(ast.Call) if re.search(r"extra=|_log\.write\(", source.text) else ():
            if _called(call) in LEVELS | {"partial"}:
                found |= {key for word in call.keywords if word.arg == "extra" for key in _keys(source, word.value)}
            elif ast.unparse(call.func) == "self._log.write" and isinstance(call.args[0], ast.Dict):
                found |= {ast.literal_eval(key) for key in call.args[0].keys if key is not None}
    return found


def _keys(source: Source, value: ast.expr) -> set[str]:
    """The keys of a dictionary, or of the one that a name stands for in its module."""
    if isinstance(value, ast.Name):
        assigned = [
            node.value
            for node in source.nodes(ast.Assign)
            if any(ast.unparse(target) == value.id for target in node.targets)
        ]
        return set().union(*(_keys(source, one) for one in assigned if isinstance(one, ast.Dict)))
    if not isinstance(value, ast.Dict):
        raise ValueError(f"{source.name}: extra= is to be a dictionary")
    pairs = zip(value.keys, value.values, strict=True)
    return set().union(*(_keys(source, one) if key is None else {ast.literal_eval(key)} for key, one in pairs))


def _refused(source: Source) -> Iterator[str]:
    """Codes of refusals for want of a sign-in or a right, or for too much."""
    for call in source.nodes(ast.Call) if _REFUSES.search(source.text) else ():
        texts = [argument.value for argument in call.args[:2] if isinstance(argument, ast.Constant)]
        name = _called(call)
        if name in REFUSALS or (name == "HttpError" and texts[:1] in ([401], [403], [429])):
            yield from (text for text in texts if isinstance(text, str) and _CODE.fullmatch(text))


def _says(source: Source, event: str) -> bool:
    """The code of an error, or the text of a line."""
    lines = (call for call in source.nodes(ast.Call) if _called(call) in LEVELS | {"partial"})
    return bool(_CODE.fullmatch(event)) or any(
        isinstance(argument, ast.Constant) and argument.value == event for call in lines for argument in call.args
    )


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
