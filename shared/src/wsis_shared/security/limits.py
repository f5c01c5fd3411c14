"""Limits: rates, uploads, and what one account, one address, a file or a process may have at most."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NotRequired, TypedDict

from wsis_shared.errors import KINDS, TooMany
from wsis_shared.rates import CORE, RateClass
from wsis_shared.security import SHARED, Installed, Part
from wsis_shared.security.tables import codes, section, table


class Limit(TypedDict):
    """What is limited, and with which code more is refused. `source` is a setting or `module:CONSTANT`, which give the
    number, or a test, and then `at_most` is the number."""

    what: str
    source: str
    refusal: NotRequired[str]
    at_most: NotRequired[int]


_CONSTANT = re.compile(r"[\w.]+:[A-Z][\w.]*")
_FULL = re.compile(r"too_many|_full$|used_up")


def write(part: Part, suite: Installed) -> str:
    """The section."""
    over = part.of("rates")
    rates = [(f"`{rate.name}`", rate.rate, rate.of_whom, _over(rate, over)) for rate in _rates(part)]
    limits = [
        (
            each["what"],
            _number(each, suite),
            _refusal(each.get("refusal", "-")),
            f"`{each['source']}`",
        )
        for each in part.of("limits") or ()
    ]
    return section(
        "Limits",
        table(("rate class", "rate", "of", "over the rate"), rates),
        table(("what", "at most", "refusal", "source"), limits),
        table(("upload", "bytes", "types"), _uploads(part)),
    )


def problems(part: Part, suite: Installed) -> Iterator[str]:
    """Refusals of which nobody says what is limited, rates with a ceiling of which nobody says what comes over them."""
    listed = {each.get("refusal") for each in part.of("limits") or ()}
    excused, refusals = part.of("no_limits").keys(), refusals_of(part)
    yield from (
        f"limits: {code}: what is limited, and by which setting or constant?"
        for code in sorted(refusals - listed - excused)
    )
    yield from (
        f"no_limits: {code}: it stands in limits, or no error has it"
        for code in excused
        if code in listed or code not in refusals
    )
    yield from (f"limits: no error has the code {code}" for code in _unknown(part, listed - {None}, refusals))
    for rate in _rates(part):
        if rate.ceiling_factor > 1 and rate.name not in part.of("rates"):
            yield f"rates: {rate.name}: what comes over the rate, up to {rate.ceiling_factor} times?"
    for each in part.of("limits") or ():
        if unknown := each.keys() - {"what", "source", "refusal", "at_most"}:
            yield f"limits: {each['what']}: unknown: {', '.join(sorted(unknown))}"
        if not _number(each, suite):
            yield f"limits: {each['what']}: {each['source']} has no number"


def _unknown(part: Part, listed: Iterable[object], refusals: set[str]) -> Iterator[str]:
    """Codes that no error of the part has. Shared and gateway raise theirs where they find the fault."""
    text = "" if part.plugin else "\n".join(source.text for source in part.code)
    for code in map(str, listed):
        if part.plugin:
            if code.startswith(f"{part.name}.") and code not in refusals:
                yield code
        elif "." in code and f'"{code}"' not in text:
            yield code


def refusals_of(part: Part) -> set[str]:
    """Codes of errors of a service that say how many there may be, or when to come again."""
    calls = [call for source in part.code for call in source.nodes(ast.Call)] if part.plugin else []
    return {code for call in calls if (code := _code(call)).startswith(f"{part.name}.") and _limits(call, code)}


def _code(call: ast.Call) -> str:
    """The code of an error; empty where none is made."""
    made = isinstance(call.func, ast.Name) and call.func.id in KINDS and call.args
    return str(getattr(call.args[0], "value", "")) if made else ""


def _limits(call: ast.Call, code: str) -> bool:
    waits = isinstance(call.func, ast.Name) and call.func.id == TooMany.__name__
    return waits or not {word.arg for word in call.keywords}.isdisjoint({"limit", "most"}) or bool(_FULL.search(code))


def _rates(part: Part) -> tuple[RateClass, ...]:
    return CORE if part.name == SHARED else part.plugin.rate_classes if part.plugin else ()


def _over(rate: RateClass, said: Mapping[str, str]) -> str:
    return (
        f"{said.get(rate.name, '')}, up to {rate.ceiling_factor} times the rate" if rate.ceiling_factor > 1 else "429"
    )


def _refusal(code: str) -> str:
    return f"`{code}`" if "." in code else code


def _number(limit: Limit, suite: Installed) -> str:
    """The number; empty where there is none."""
    source = limit["source"]
    if source.startswith("WSIS_"):
        return next((_text(part.settings[source]) for part in suite.parts if source in part.settings), "")
    if not _CONSTANT.fullmatch(source):
        return str(limit.get("at_most", ""))
    module, _, path = source.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name, "")
    return _text(found)


def _text(number: float | str) -> str:
    """Without the `.0` of a whole number."""
    return str(int(number)) if isinstance(number, float) and number.is_integer() else str(number)


def _uploads(part: Part) -> Iterator[tuple[str, str, str]]:
    for route in part.plugin.routes if part.plugin else ():
        if route.upload:
            yield f"`{route.method} {route.path}`", str(route.upload.max_bytes), codes(route.upload.media_types)
