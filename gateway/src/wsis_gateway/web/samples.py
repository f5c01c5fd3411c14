"""Values for the style page: each component as it looks with the words of a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace

from wsis_gateway.web.fields import Control
from wsis_gateway.web.forms import Own

_CHOICES = {"submission": "Submission", "review": "Review", "ceremony": "Ceremony"}
_OLD = {f"version-{way}": ["1"] for way in ("ltr", "rtl")}
_REVISED = ("revised-ltr", "revised-rtl")
_COUNTS = ((128, 40, 3, 0), (64, 12, 90, 7), (31, 55, 2, 18))


def samples(_values: Mapping[str, object], _locale: str) -> Mapping[str, object]:
    """What the components are filled with."""
    greatest = max(map(max, _COUNTS))
    return {
        "names": ("Submission", "Review", "Public online voting", "Ceremony"),
        "states": ("done", "done", "now", "later"),
        "kinds": ("plain", "info", "done", "todo", "wrong"),
        "choices": _CHOICES,
        "languages_rows": {"en": "English", "ar": "العربية", "zh": "中文"},
        "heat": [(f"C{number}", row) for number, row in enumerate(_COUNTS, 1)],
        "greatest": greatest,
        "bars": [(f"Category {number}", row[0]) for number, row in enumerate(_COUNTS, 1)],
        "sent": SimpleNamespace(
            name="sent",
            action="#",
            upload=None,
            file="",
            row="",
            hidden=(),
            failed=True,
            typed=_OLD,
            sent=[("name", ["review"], control("name"))],
            shown=lambda _without: [("Name", "Review"), ("Languages", "English, العربية, 中文")],
            control=lambda name, _value, label, within: replace(control(name, "textarea"), label=label, within=within),
        ),
        "revised": {name: SimpleNamespace(name=name, failed=True, own=Own(revision='"1-a"')) for name in _REVISED},
        "control": control,
    }


def control(
    name: str, kind: str = "text", many: bool = False, error: str = "", chosen: bool = False, listed: str = ""
) -> Control:
    """A control of a form. `chosen`: one of the choices, or of them several; `listed`: by its title."""
    return Control(
        form="example",
        name=name,
        label=name.partition("-")[0].capitalize(),
        hint={"text": "As it is in your passport", "file": "PDF, at most 2 MB"}.get(kind, ""),
        type=kind,
        required=False,
        longest=200 if kind == "textarea" else 0,
        choices=_CHOICES if many or chosen or listed else {},
        many=many,
        value="review",
        values=("review",),
        error=error,
        accept=".pdf",
        most=2_000_000,
        too_large="Choose a file of at most 2 MB",
        kept="plan.pdf" if kind == "file" else "",
        listed=listed,
    )
