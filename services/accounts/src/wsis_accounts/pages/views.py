"""How long what is mailed works, and what an app scans: pure functions."""

from __future__ import annotations

from datetime import timedelta

import segno
from wsis_shared.json_types import Input

from wsis_accounts.rules import codes, erasures


def confirm(_values: Input, _locale: str) -> Input:
    """The minutes of a code."""
    return {"minutes": codes.LIFE // timedelta(minutes=1)}


def erase(_values: Input, _locale: str) -> Input:
    """The hours of a link."""
    return {"hours": erasures.LIFE // timedelta(hours=1)}


def second_factor(values: Input, _locale: str) -> Input:
    """The QR code of a new authenticator: its dark squares as the path of an SVG, and the side of the picture."""
    made = values["replies"].get("make")
    if not made:
        return {"qr": None}
    code = segno.make(made["uri"], error="m", micro=False)
    rows = list(code.matrix_iter(border=4))
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, square in enumerate(row) if square)
    return {"qr": {"path": "".join(dark), "side": len(rows)}}
