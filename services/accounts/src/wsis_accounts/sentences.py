"""Sentences of this service in people's languages."""

from __future__ import annotations

from wsis_shared.sentences import Sentences

say = Sentences("wsis_accounts", "sentences")
