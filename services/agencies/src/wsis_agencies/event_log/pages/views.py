"""What the page of public events makes of them: a pure function."""

from __future__ import annotations

import json

from wsis_shared.json_types import Input


def contents(values: Input, _locale: str) -> Input:
    """Sequence -> (name, text) of each field of an event that has its content, as agencies get it: text or JSON."""
    return {
        "contents": {
            row["sequence"]: [
                (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
                for name, value in row["data"].items()
            ]
            for row in values["log"]["items"]
            if row["data"] is not None
        }
    }
