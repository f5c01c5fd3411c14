"""Titles beside the codes of the lists of pledges and of the fund. Pure: the gateway loads it to write files."""

from __future__ import annotations

from wsis_shared.exports import Title, labels
from wsis_shared.sentences import Sentences

_SAY = Sentences("wsis_partnerships", "pages")


def _said(group: str) -> Title:
    return lambda code, language: _SAY(f"choice_{group}_{code}", language)


_FORM, _STATE = _said("form"), _said("state")
PLEDGE_LABELS = labels({"form": _FORM, "state": _STATE})
LINE_LABELS = labels({"form": _FORM})
LEDGER_LABELS = labels({"form": _FORM, "from_state": _STATE, "to_state": _STATE})
