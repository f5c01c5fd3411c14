"""The submission form as people see it: labels, help and limits of each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wsis_shared.json_types import Input
from wsis_shared.reference import title

ALWAYS = ({"code": "completed", "required": True}, {"code": "language", "required": False})


def described(fields: Sequence[Input], texts: Mapping[str, Input], locale: str | None) -> list[dict[str, object]]:
    """The fields of an edition's form with `label` and `help` in the reader's language, and in all under `labels`.

    `ALWAYS` belongs to every form, also to those of editions that were made before it was listed.
    """
    codes = {field["code"] for field in fields}
    whole = [*fields, *(field for field in ALWAYS if field["code"] not in codes)]
    return [{**field, **_texts_of(texts.get(field["code"], {}), locale)} for field in whole]


def _texts_of(texts: Input, locale: str | None) -> dict[str, object]:
    if not texts:
        return {}
    return {
        "label": title({"title": texts["label"]}, locale),
        "help": title({"title": texts["help"]}, locale),
        "labels": dict(texts["label"]),
        "helps": dict(texts["help"]),
    }
